// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/randomness.h"

#include <errno.h>

#include "util/util.h"

/*
 * Among 4096 random bytes a run of 8 equal ones has a chance of 4089 * 255 / 256^8, once in 2 * 10^13
 * blocks, and one of 7 would be 256 times as likely.
 */
#define RUN_MIN 8u

/*
 * The sum, over all 256 values, of the squares of how often each occurs in 4096 bytes: 69632 on
 * average; 16 * (chi-square + 4096). Chernoff's bound, of a multinomial distribution as independent
 * Poisson variables under the condition of their sum, says that random bytes leave this range
 * less than once in 2 * 10^12 blocks (chi-square below 110: 1.2e-13; above 505: 3.6e-13).
 */
#define SQUARES_MIN (16u * (110u + 4096u))
#define SQUARES_MAX (16u * (505u + 4096u))

static bool has_run(const unsigned char *p, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		run = i > 0 && p[i] == p[i - 1] ? run + 1 : 1;
		if (run >= RUN_MIN)
			return true;
	}
	return false;
}

static bool has_odd_histogram(const unsigned char p[BLOCK_SIZE])
{
	uint32_t counts[256] = { 0 }, squares = 0;

	for (size_t i = 0; i < BLOCK_SIZE; i++)
		counts[p[i]]++;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		squares += counts[i] * counts[i];
	return squares < SQUARES_MIN || squares > SQUARES_MAX;
}

static bool is_implausible(const unsigned char *block, size_t len)
{
	return has_run(block, len) || (len == BLOCK_SIZE && has_odd_histogram(block));
}

ssize_t luks_implausible_blocks(const struct source *source, uint64_t offset, uint64_t length)
{
	unsigned char block[BLOCK_SIZE];
	ssize_t count = 0;

	while (length > 0) {
		size_t len = length < BLOCK_SIZE ? (size_t)length : BLOCK_SIZE;
		ssize_t n = source_read(source, block, len, offset);

		if (n < 0)
			return -EIO;
		if (n == 0)
			break;
		count += is_implausible(block, (size_t)n);
		if ((size_t)n < len)
			break;
		offset += len;
		length -= len;
	}
	return count;
}

/*
 * On a disk that says that it rotates cryptsetup overwrites a key 40 times, with random bytes and
 * with patterns of three bytes (lib/utils_wipe.c, wipeSpecial()): one byte with both halves alike,
 * or one of six words. Of these, zeros and ff are not asked for here: a disk has them, too.
 */
static bool is_wipe_pattern(const unsigned char *p, size_t len)
{
	static const uint32_t words[] = {
		0x924924, 0x492492, 0x249249, 0x6db6db, 0xb6db6d, 0xdb6db6
	};
	uint32_t word;

	/* The area's last bytes are not of the pattern when it is no multiple of three. */
	if (len < 8)
		return false;
	for (size_t i = 3; i < len - 2; i++) {
		if (p[i] != p[i - 3])
			return false;
	}
	if (p[0] == p[1] && p[1] == p[2])
		return p[0] >> 4 == (p[0] & 15) && p[0] != 0 && p[0] != 0xff;
	word = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (word == words[i])
			return true;
	}
	return false;
}

bool luks_looks_wiped(const unsigned char *block, size_t len)
{
	return !is_implausible(block, len) || is_wipe_pattern(block, len);
}

bool luks_is_wiped(const struct source *source, uint64_t offset, uint64_t length)
{
	unsigned char block[BLOCK_SIZE];

	for (uint64_t at = 0; at < length; at += BLOCK_SIZE) {
		size_t len = length - at < BLOCK_SIZE ? (size_t)(length - at) : BLOCK_SIZE;

		if (source_read(source, block, len, offset + at) != (ssize_t)len ||
		    !luks_looks_wiped(block, len))
			return false;
	}
	return true;
}
