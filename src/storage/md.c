// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/md.h"

#include <stdio.h>
#include <string.h>

#include "util/bytes.h"
#include "util/text.h"

#define MD_MAGIC UINT32_C(0xa92b4efc)
#define MD_BYTES 4096u

/* Of version 0.90: 32-bit words, in the byte order of the machine that made it. */
#define MD0_ALIGN	  0x10000u
#define MD0_MAJOR	  1u
#define MD0_MINOR_VERSION 2u
#define MD0_SETTLED	  90u /* 91: it is being reshaped */
#define MD0_UUID0	  5u
#define MD0_LEVEL	  7u
#define MD0_SIZE	  8u /* of what is used of each member, KiB */
#define MD0_DISKS	  10u
#define MD0_MINOR	  11u
#define MD0_UUID1	  13u
#define MD0_CSUM	  38u
#define MD0_CHUNK	  65u /* bytes */

/* Of version 1: bytes, little-endian. */
#define MD1_MAJOR	 4u
#define MD1_FEATURES	 8u
#define MD1_RESHAPING	 4u
#define MD1_UUID	 16u
#define MD1_NAME	 32u
#define MD1_NAME_BYTES	 32u
#define MD1_LEVEL	 72u
#define MD1_CHUNK	 88u /* sectors */
#define MD1_DISKS	 92u
#define MD1_DATA_OFFSET	 128u
#define MD1_SUPER_OFFSET 144u
#define MD1_CSUM	 216u
#define MD1_MAX_DEV	 220u
#define MD1_ROLES	 256u

static uint32_t word(const unsigned char *sb, size_t i, bool big)
{
	return big ? be32(sb + i * 4) : le32(sb + i * 4);
}

/* The sum of all words but the checksum itself, its carry added; of an odd half word, too. */
static uint32_t checksum(const unsigned char *sb, size_t len, size_t csum, bool big)
{
	uint64_t sum = len % 4 ? le16(sb + len - 2) : 0;

	for (size_t i = 0; i < len / 4; i++)
		sum += i == csum ? 0 : word(sb, i, big);
	return (uint32_t)sum + (uint32_t)(sum >> 32);
}

static void set_level(struct md *md, uint32_t level)
{
	md->mirror = level == 1;
	if (level <= 10)
		snprintf(md->level, sizeof(md->level), "RAID%u", level);
	else
		snprintf(md->level, sizeof(md->level), "%s",
			 level == UINT32_MAX ? "linear" : "level unknown");
}

/*
 * Of these levels a member holds no chunk but the array's first one in the place that it has in the array.
 * RAID5 of two is a mirror, and RAID10 may be one; the first member of a linear array begins as that does.
 */
static bool is_striped(uint32_t level, uint32_t disks)
{
	return (level == 0 && disks > 1) || ((level == 4 || level == 5) && disks > 2) ||
	       (level == 6 && disks > 3);
}

static bool read_old(const struct source *source, struct md *md)
{
	uint64_t at = (source->size & ~(uint64_t)(MD0_ALIGN - 1)) - MD0_ALIGN;
	unsigned char sb[MD_BYTES];
	bool big;

	if (source->size < MD0_ALIGN ||
	    source_read(source, sb, sizeof(sb), at) != (ssize_t)sizeof(sb))
		return false;
	big = be32(sb) == MD_MAGIC;
	if (word(sb, 0, big) != MD_MAGIC || word(sb, MD0_MAJOR, big) != 0 ||
	    word(sb, MD0_SIZE, big) > at / 1024 ||
	    checksum(sb, sizeof(sb), MD0_CSUM, big) != word(sb, MD0_CSUM, big))
		return false;
	set_level(md, word(sb, MD0_LEVEL, big));
	md->disks = word(sb, MD0_DISKS, big);
	if (is_striped(word(sb, MD0_LEVEL, big), md->disks) &&
	    word(sb, MD0_MINOR_VERSION, big) == MD0_SETTLED)
		md->chunk = word(sb, MD0_CHUNK, big);
	snprintf(md->uuid, sizeof(md->uuid), "%08x:%08x:%08x:%08x", word(sb, MD0_UUID0, big),
		 word(sb, MD0_UUID1, big), word(sb, MD0_UUID1 + 1, big),
		 word(sb, MD0_UUID1 + 2, big));
	snprintf(md->device, sizeof(md->device), "/dev/md%u", word(sb, MD0_MINOR, big));
	return true;
}

/* "HOST:NAME" is /dev/md/NAME, and a number /dev/mdN. Without a name only the UUID tells. */
static void name_array(struct md *md, const unsigned char *field)
{
	char name[MD1_NAME_BYTES + 1];
	const char *last;

	text_field(name, sizeof(name), field, MD1_NAME_BYTES);
	last = strrchr(name, ':');
	last = last ? last + 1 : name;
	if (!*last || strpbrk(last, "?/"))
		snprintf(md->device, sizeof(md->device), "/dev/mdN");
	else
		snprintf(md->device, sizeof(md->device), "/dev/md%s%s",
			 last[strspn(last, "0123456789")] ? "/" : "", last);
}

/* sb: MD_BYTES bytes, of the place at. */
static bool parse_new(const unsigned char *sb, uint64_t at, struct md *md)
{
	const unsigned char *u = sb + MD1_UUID;
	uint32_t devices;

	if (le32(sb) != MD_MAGIC || le32(sb + MD1_MAJOR) != 1 ||
	    le64(sb + MD1_SUPER_OFFSET) != at / SECTOR_BYTES)
		return false;
	devices = le32(sb + MD1_MAX_DEV);
	if (devices > (MD_BYTES - MD1_ROLES) / 2 ||
	    checksum(sb, MD1_ROLES + devices * 2, MD1_CSUM / 4, false) != le32(sb + MD1_CSUM))
		return false;
	set_level(md, le32(sb + MD1_LEVEL));
	md->disks = le32(sb + MD1_DISKS);
	if (is_striped(le32(sb + MD1_LEVEL), md->disks) &&
	    !(le32(sb + MD1_FEATURES) & MD1_RESHAPING))
		md->chunk = (uint64_t)le32(sb + MD1_CHUNK) * SECTOR_BYTES;
	md->data_offset = le64(sb + MD1_DATA_OFFSET) * SECTOR_BYTES;
	snprintf(md->uuid, sizeof(md->uuid), "%08x:%08x:%08x:%08x", be32(u), be32(u + 4),
		 be32(u + 8), be32(u + 12));
	name_array(md, sb + MD1_NAME);
	return true;
}

static bool read_new(const struct source *source, uint64_t at, struct md *md)
{
	unsigned char sb[MD_BYTES];

	return source_read(source, sb, sizeof(sb), at) == (ssize_t)sizeof(sb) &&
	       parse_new(sb, at, md);
}

bool md_is_erased(const struct source *source, uint64_t *at)
{
	unsigned char sb[MD_BYTES];
	struct md md;

	for (*at = 0; *at <= MD_BYTES; *at += MD_BYTES) {
		if (source_read(source, sb, sizeof(sb), *at) == (ssize_t)sizeof(sb) &&
		    bytes_put_back(sb, "\xfc\x4e\x2b\xa9", 4) && parse_new(sb, *at, &md))
			return true;
	}
	return false;
}

bool md_read(const struct source *source, struct md *md)
{
	uint64_t end = source->size & ~UINT64_C(0xfff);

	memset(md, 0, sizeof(*md));
	md->member = read_old(source, md) ||
		     (end >= 0x2000 && read_new(source, end - 0x2000, md)) ||
		     read_new(source, 0, md) || read_new(source, MD_BYTES, md);
	return md->member;
}
