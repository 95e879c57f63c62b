// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/pe.h"

#include <stddef.h>
#include <string.h>

#include "image/entry.h"
#include "util/bytes.h"

#define AT_HEADER     0x3cu
#define HEADER_MAX    1024u /* where it begins, in what is taken for such a program */
#define HEADER_BYTES  184u  /* up to the directory's entry for the certificates */
#define AT_OPTIONAL   24u
#define PE32_PLUS     0x20bu
#define AT_CHECKSUM   64u  /* in the optional header, as the next ones */
#define AT_ENTRY      128u /* PE32; PE32+ has it 16 bytes further */
#define ENTRY_BYTES   8u
#define CHECKSUM_SIZE 4u

/*
 * The sum of all words, 16 bits with the carry added, and the file's size; the field itself counts as
 * zero. False: the file cannot be read.
 */
static bool checksum(struct input *in, uint64_t field, uint32_t *sum)
{
	uint64_t total = 0, at = 0;
	const unsigned char *p;
	ssize_t n;

	if (input_seek(in, 0))
		return false;
	while ((n = input_peek(in, 1, &p)) > 0) {
		for (ssize_t i = 0; i < n; i++, at++) {
			if (at < field || at >= field + CHECKSUM_SIZE)
				total += (uint64_t)p[i] << (at % 2 * 8);
		}
		input_consume(in, (size_t)n);
	}
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	*sum = (uint32_t)(total + at);
	return n == 0;
}

bool pe_signature_find(struct input *in, struct pe_signature *s)
{
	const unsigned char *p;
	uint32_t at, entry, said, sum;
	ssize_t n;

	if (input_seek(in, 0))
		return false;
	n = input_peek(in, HEADER_MAX + HEADER_BYTES, &p);
	if (n < (ssize_t)(HEADER_MAX + HEADER_BYTES) || memcmp(p, "MZ", 2) != 0)
		return false;
	at = le32(p + AT_HEADER);
	if (at > HEADER_MAX || memcmp(p + at, "PE\0\0", 4) != 0)
		return false;
	at += AT_OPTIONAL;
	entry = at + AT_ENTRY + (le16(p + at) == PE32_PLUS ? 16 : 0);
	s->fields = at + AT_CHECKSUM;
	s->fields_end = entry + ENTRY_BYTES;
	s->start = le32(p + entry);
	said = le32(p + s->fields);
	/* Without certificates this is zero. */
	if (s->start < s->fields_end || s->start + le32(p + entry + 4) != input_end(in))
		return false;
	return checksum(in, s->fields, &sum) && sum == said;
}
