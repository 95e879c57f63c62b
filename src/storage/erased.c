// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/erased.h"

#include <string.h>

#include "storage/md.h"
#include "storage/superblock.h"
#include "util/bytes.h"
#include "util/util.h"

/* linux/swap.h, union swap_header: behind 1024 bytes for a boot loader; the magic ends the page. */
#define SWAP_INFO	1024u
#define SWAP_PADDING	1068u
#define SWAP_MAGIC	10u
#define SWAP_UUID	1036u
#define SWAP_UUID_BYTES 16u

/* Linux, drivers/md/bcache/bcache_ondisk.h, struct cache_sb_disk: up to the keys behind it. */
#define BCACHE_AT    4096u
#define BCACHE_MAGIC 24u
#define BCACHE_KEYS  206u
#define BCACHE_BYTES 208u

static bool read_at(const struct source *source, unsigned char *p, size_t len, uint64_t at)
{
	return source_read(source, p, len, at) == (ssize_t)len;
}

static bool is_zero_at(const struct source *source, uint64_t from, uint64_t to)
{
	unsigned char block[BLOCK_SIZE];

	for (uint64_t at = from; at < to; at += sizeof(block)) {
		size_t len = to - at < sizeof(block) ? (size_t)(to - at) : sizeof(block);

		if (!read_at(source, block, len, at) || !bytes_are_zero(block, len))
			return false;
	}
	return true;
}

/* mkswap: version 1, the number of the last page, no bad pages, a UUID; zeros are all the rest of the page. */
static bool is_swap(const struct source *source, uint32_t page)
{
	unsigned char head[SWAP_PADDING];

	if (!read_at(source, head, sizeof(head), 0) || le32(head + SWAP_INFO) != 1 ||
	    le32(head + SWAP_INFO + 8) != 0 || source->size < 2 * (uint64_t)page ||
	    le32(head + SWAP_INFO + 4) != source->size / page - 1 ||
	    bytes_are_zero(head + SWAP_UUID, SWAP_UUID_BYTES))
		return false;
	return is_zero_at(source, SWAP_PADDING, page);
}

static bool any_swap(const struct source *source)
{
	static const uint32_t pages[] = { 4096, 16384, 65536 };

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (is_swap(source, pages[i]))
			return true;
	}
	return false;
}

static bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

/*
 * Microsoft, "FAT: General Overview of On-Disk Format": the BPB, and both tables begin with its media byte
 * and ones. wipefs erases the type's name, the jump's first byte, and 55 aa.
 */
static bool is_fat(const struct source *source)
{
	unsigned char s[512], first[4], second[4];
	uint32_t sector, reserved, fat, all;

	if (!read_at(source, s, sizeof(s), 0) || s[0] || s[510] || s[511])
		return false;
	sector = le16(s + 11);
	reserved = le16(s + 14);
	fat = le16(s + 22) ? le16(s + 22) : le32(s + 36);
	all = le16(s + 19) ? le16(s + 19) : le32(s + 32);
	if (!is_power_of_two(sector) || sector < 512 || !is_power_of_two(s[13]) || !reserved ||
	    s[16] != 2 || s[21] < 0xf0 || !fat || !all || all > source->size / sector)
		return false;
	if (!read_at(source, first, sizeof(first), (uint64_t)reserved * sector) ||
	    !read_at(source, second, sizeof(second), ((uint64_t)reserved + fat) * sector))
		return false;
	return first[0] == s[21] && first[1] == 0xff && memcmp(first, second, sizeof(first)) == 0;
}

/* ECMA-182, inverted before and behind, as bcache has it. */
static uint64_t crc64(const unsigned char *p, size_t len)
{
	uint64_t crc = ~UINT64_C(0);

	while (len--) {
		crc ^= (uint64_t)*p++ << 56;
		for (int i = 0; i < 8; i++)
			crc = crc << 1 ^ (crc >> 63 ? UINT64_C(0x42f0e1eba9ea3693) : 0);
	}
	return ~crc;
}

static bool is_bcache(const struct source *source)
{
	unsigned char sb[BLOCK_SIZE];
	size_t len;

	if (!read_at(source, sb, sizeof(sb), BCACHE_AT) ||
	    !bytes_put_back(sb + BCACHE_MAGIC,
			    "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81", 16))
		return false;
	len = BCACHE_BYTES + 8 * (size_t)le16(sb + BCACHE_KEYS);
	return len <= sizeof(sb) && le64(sb) == crc64(sb + 8, len - 8);
}

static const char *of_superblock(const struct superblock *s, uint64_t *at)
{
	*at = strcmp(s->kind, "btrfs") == 0 ? 65536 : strcmp(s->kind, "xfs") == 0 ? 0 : 1024;
	if (*at == 1024)
		return "a wiped ext file system";
	return *at ? "a wiped btrfs file system" : "a wiped XFS file system";
}

const char *recognise_erased(const struct source *source, uint64_t *at)
{
	struct superblock s;

	if (superblock_is_erased(source, &s))
		return of_superblock(&s, at);
	if (md_is_erased(source, at))
		return "a wiped Linux RAID member";
	*at = BCACHE_AT;
	if (is_bcache(source))
		return "a wiped bcache device";
	*at = 0;
	if (any_swap(source))
		return "wiped swap space";
	return is_fat(source) ? "a wiped FAT file system" : NULL;
}
