/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_BYTES_H
#define BV_UTIL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Numbers as most formats of this machine's kind keep them: the lowest byte first, at any address. */
static inline uint32_t le16(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t le32(const unsigned char *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static inline uint64_t le64(const unsigned char *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* The highest byte first. */
static inline uint32_t be16(const unsigned char *p)
{
	return (uint32_t)p[0] << 8 | (uint32_t)p[1];
}

static inline uint32_t be32(const unsigned char *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static inline uint64_t be64(const unsigned char *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

/* Whether each of len bytes is value; true when there are none. */
static inline bool bytes_are(const unsigned char *p, size_t len, unsigned char value)
{
	/* Each equals the one before it, and the first one is the value. */
	return !len || (p[0] == value && !memcmp(p, p + 1, len - 1));
}

static inline bool bytes_are_zero(const unsigned char *p, size_t len)
{
	return bytes_are(p, len, 0);
}

/* Puts erased bytes back; false, and nothing is changed: others than zeros are there. */
static inline bool bytes_put_back(unsigned char *p, const char *bytes, size_t len)
{
	if (!bytes_are_zero(p, len))
		return false;
	memcpy(p, bytes, len);
	return true;
}

/* The sum of n bytes, as cpio's checksum and bootconfig's have it. */
static inline uint32_t byte_sum(const unsigned char *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

#endif
