// SPDX-License-Identifier: GPL-2.0-or-later
#include "bytes.h"

#include <errno.h>
#include <sys/syscall.h>

#include "util/input.h"
#include "util/util.h"

/* A file of three windows and a bit, each 4 bytes telling their own offset. */
#define FILE_BYTES (3 * (size_t)INPUT_WINDOW + 1000)

static struct {
	uint64_t bad; /* offset of a block that the device cannot read; UINT64_MAX: none */
	unsigned int interrupts; /* calls that a signal stops */
	unsigned int calls;
} device;

/* Takes the C library's place: a device with one bad block. */
ssize_t pread(int fd, void *buf, size_t len, off_t offset)
{
	device.calls++;
	if (device.interrupts > 0) {
		device.interrupts--;
		errno = EINTR;
		return -1;
	}
	if ((uint64_t)offset + len > device.bad && (uint64_t)offset < device.bad + BLOCK_SIZE) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, buf, len, offset);
}

static unsigned char byte_at(uint64_t offset)
{
	return (unsigned char)(offset / 4 >> 8 * (offset % 4));
}

static int file_new(void **state)
{
	static int fd;
	char name[] = "/tmp/bootverdict-test-XXXXXX";
	unsigned char *p = malloc(FILE_BYTES);

	assert_non_null(p);
	for (size_t i = 0; i < FILE_BYTES; i++)
		p[i] = byte_at(i);
	fd = mkstemp(name);
	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(write(fd, p, FILE_BYTES), FILE_BYTES);
	free(p);
	device.bad = UINT64_MAX;
	device.interrupts = 0;
	device.calls = 0;
	*state = &fd;
	return 0;
}

static int file_close(void **state)
{
	return close(*(int *)*state);
}

static void assert_bytes(const unsigned char *p, size_t len, uint64_t offset)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != byte_at(offset + i))
			fail_msg("byte %llu is %02x", (unsigned long long)(offset + i), p[i]);
}

/* Reads all with one look-ahead and step, and checks each byte. */
static void read_all(struct input *in, size_t want, size_t step)
{
	const unsigned char *p;
	uint64_t start = input_offset(in), offset = start;
	ssize_t n;

	while ((n = input_peek(in, want, &p)) > 0) {
		uint64_t left = input_end(in) - offset;

		assert_int_equal(input_offset(in), offset);
		assert_true((uint64_t)n <= left);
		assert_true((uint64_t)n >= (want < left ? want : left));
		assert_bytes(p, want < (size_t)n ? want : (size_t)n, offset);
		n = (size_t)n < step ? n : (ssize_t)step;
		input_consume(in, (size_t)n);
		offset += (uint64_t)n;
	}
	assert_int_equal(n, 0);
	assert_int_equal(offset, input_end(in));
}

static void test_steps(void **state)
{
	static const size_t sizes[][2] = { { 1, SIZE_MAX }, { INPUT_WINDOW, INPUT_WINDOW },
					   { 110, 4096 },   { INPUT_WINDOW, 3001 },
					   { 4096, 110 },   { 70000, 65537 } };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES);

		assert_non_null(in);
		read_all(in, sizes[i][0], sizes[i][1]);
		input_free(in);
	}
}

/* A long look-ahead with short steps must not read or move everything again and again. */
static void test_reads_once(void **state)
{
	struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES);
	const unsigned char *p;

	while (input_peek(in, INPUT_WINDOW, &p) > 0)
		input_consume(in, 7);
	assert_true(device.calls <= 2 * FILE_BYTES / INPUT_WINDOW + 2);
	input_free(in);
}

static void test_range(void **state)
{
	struct input *in = input_from_fd(*(int *)*state, 1001, 300007);

	assert_int_equal(input_offset(in), 1001);
	assert_int_equal(input_end(in), 300007);
	read_all(in, 1, 1000);
	assert_int_equal(input_seek(in, 1000), -EINVAL);
	assert_int_equal(input_seek(in, 300008), -EINVAL);
	assert_int_equal(input_seek(in, 1001), 0);
	read_all(in, 300, 999);
	input_free(in);
}

static void test_seek(void **state)
{
	struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES);
	static const uint64_t offsets[] = { 5, 0, 200000, 3, FILE_BYTES - 2, 199999, FILE_BYTES };
	const unsigned char *p;

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		ssize_t n;

		assert_int_equal(input_seek(in, offsets[i]), 0);
		assert_int_equal(input_offset(in), offsets[i]);
		n = input_peek(in, 100, &p);
		assert_true(n >= 0);
		assert_true(n >= 100 || (uint64_t)n == FILE_BYTES - offsets[i]);
		assert_bytes(p, (size_t)n, offsets[i]);
	}
	input_free(in);
}

static void check_limit(struct input *in)
{
	const unsigned char *p;

	assert_true(input_peek(in, 5000, &p) >= 5000);
	input_consume(in, 10);
	input_limit(in, 9);
	assert_int_equal(input_end(in), 10);
	input_limit(in, 2000);
	assert_int_equal(input_end(in), 2000);
	assert_int_equal(input_peek(in, 5000, &p), 1990);
	input_consume(in, 100000);
	assert_int_equal(input_offset(in), 2000);
	assert_int_equal(input_peek(in, 1, &p), 0);
	assert_int_equal(input_seek(in, 2001), -EINVAL);
	input_limit(in, FILE_BYTES + 1);
	assert_int_equal(input_end(in), FILE_BYTES);
	read_all(in, 1, 100000);
}

static void test_limit(void **state)
{
	struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES);
	unsigned char *p = malloc(FILE_BYTES);

	check_limit(in);
	input_free(in);
	assert_non_null(p);
	for (size_t i = 0; i < FILE_BYTES; i++)
		p[i] = byte_at(i);
	in = input_from_memory(p, FILE_BYTES);
	check_limit(in);
	input_free(in);
	free(p);
}

static void test_memory(void **state)
{
	static const unsigned char data[] = { 1, 2, 3, 4, 5 };
	struct input *in = input_from_memory(data, sizeof(data));
	const unsigned char *p;

	(void)state;
	assert_int_equal(input_peek(in, 2, &p), 5);
	assert_ptr_equal(p, data);
	input_consume(in, 3);
	assert_int_equal(input_peek(in, 200, &p), 2);
	assert_int_equal(p[0], 4);
	input_consume(in, 2);
	assert_int_equal(input_peek(in, 1, &p), 0);
	assert_int_equal(input_offset(in), 5);
	assert_int_equal(input_seek(in, 1), 0);
	assert_int_equal(input_peek(in, 1, &p), 4);
	assert_int_equal(input_peek(in, INPUT_WINDOW + 1, &p), -EINVAL);
	input_free(in);
	input_free(NULL);
}

/* Everything in front of a bad block is delivered, and the offset is the block's own. */
static void test_bad_block(void **state)
{
	static const uint64_t blocks[] = { 0, 1, 63, 64, 100, FILE_BYTES / BLOCK_SIZE };

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES);
		const unsigned char *p;
		ssize_t n;

		device.bad = blocks[i] * BLOCK_SIZE;
		while ((n = input_peek(in, 1, &p)) > 0) {
			assert_bytes(p, (size_t)n, input_offset(in));
			input_consume(in, (size_t)n);
		}
		assert_int_equal(n, -EIO);
		assert_int_equal(input_offset(in), device.bad);

		/* Behind it, everything is readable again. */
		if (device.bad + BLOCK_SIZE < FILE_BYTES) {
			assert_int_equal(input_seek(in, device.bad + BLOCK_SIZE), 0);
			read_all(in, 1, SIZE_MAX);
		}
		input_free(in);
	}
}

static void test_signals(void **state)
{
	struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES);

	device.interrupts = 3;
	read_all(in, 1, SIZE_MAX);
	assert_int_equal(device.interrupts, 0);
	input_free(in);
}

/* The file is shorter than its owner said: an end, not an error and not a hang. */
static void test_shrunk(void **state)
{
	struct input *in = input_from_fd(*(int *)*state, 0, FILE_BYTES + 5000);

	assert_int_equal(input_end(in), FILE_BYTES + 5000);
	read_all(in, 1, SIZE_MAX);
	assert_int_equal(input_offset(in), FILE_BYTES);
	input_free(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_steps, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_reads_once, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_range, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_seek, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_limit, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_bad_block, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_signals, file_new, file_close),
		cmocka_unit_test_setup_teardown(test_shrunk, file_new, file_close),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
