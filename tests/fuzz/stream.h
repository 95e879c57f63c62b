/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_FUZZ_STREAM_H
#define BV_FUZZ_STREAM_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decompress/decompress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Damaged data may unpack to very much: what matters has been seen by then. */
#define STREAM_OUTPUT_MAX (1u << 20)
#define STREAM_READS_MAX  20000u

/*
 * Unpacks a stream in pieces of a size that the input chooses, and checks what decompress.h
 * promises. Returns a sum of the content, so that two readings can be compared.
 */
static inline uint64_t stream_read(enum codec codec, struct input *in, size_t step, ssize_t *result)
{
	static unsigned char buf[65536];
	struct decompressor *d;
	uint64_t sum = 0;
	size_t total = 0;
	unsigned int reads = 0;
	ssize_t n;

	if (decompressor_open(&d, codec, in) < 0)
		abort();
	while ((n = decompressor_read(d, buf, step)) > 0) {
		assert((size_t)n <= step);
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + buf[i];
		total += (size_t)n;
		if (total > STREAM_OUTPUT_MAX || ++reads > STREAM_READS_MAX)
			break;
	}
	*result = n;
	if (n <= 0) {
		assert(decompressor_read(d, buf, step) == n);
		assert(n == 0 || decompressor_reason(d)[0]);
		assert(n == 0 || !decompressor_verified(d));
	}
	assert(input_offset(in) <= input_end(in));
	decompressor_free(d);
	return sum;
}

/* The size of the pieces must not matter. */
static inline int stream_fuzz(enum codec codec, const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 13, 4096, 65536 };
	struct input *in = input_from_memory(data, size);
	ssize_t once, again;
	uint64_t sum, other, offset;

	if (!in)
		return 0;
	sum = stream_read(codec, in, 65536, &once);
	offset = input_offset(in);
	if (once <= 0 && size > 0) {
		assert(input_seek(in, 0) == 0);
		other = stream_read(codec, in, steps[data[size - 1] & 3], &again);
		if (again <= 0)
			assert((again < 0) == (once < 0));
		if (again == 0)
			assert(other == sum && input_offset(in) == offset);
	}
	input_free(in);
	return 0;
}

#endif
