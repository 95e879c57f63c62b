// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/superblock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "storage/lvm_label.h"
#include "util/bytes.h"
#include "util/util.h"

#define HEAD_BYTES 8192u
#define CRC32C	   UINT32_C(0x82F63B78)

#define EXT_BYTES	     1024u
#define EXT_MAGIC	     0xEF53u
#define EXT_COMPAT_JOURNAL   0x4u
#define EXT_COMPAT_EXT_ATTR  0x8u
#define EXT_COMPAT_SPARSE_2  0x200u
#define EXT_INCOMPAT_64BIT   0x80u
#define EXT_INCOMPAT_EXT4    (0x40u | 0x80u | 0x200u) /* extents, 64bit, flex_bg */
#define EXT_RO_SPARSE	     0x1u
#define EXT_RO_METADATA_CSUM 0x400u

#define XFS_SECTOR_MIN 512u

#define BTRFS_OFFSET	 65536u
#define BTRFS_BYTES	 4096u
#define BTRFS_CSUM	 32u
#define BTRFS_SPARE	 (64u << 20)
#define BTRFS_MAGIC	 "_BHRfS_M"
#define BTRFS_GENERATION 0x48u
#define BTRFS_ROOT	 0x50u
/* More commits behind the first superblock no spare one is: it is written in each. */
#define BTRFS_COMMITS_MAX (1u << 16)
/* Its bytes end in the seventh sector: what is written up to there is written, all of it. */
#define BTRFS_TORN_END (6u * SECTOR_BYTES)

static void set_uuid(char *out, const unsigned char *u)
{
	snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12],
		 u[13], u[14], u[15]);
}

static void set_kind(struct superblock *s, const char *kind)
{
	snprintf(s->kind, sizeof(s->kind), "%s", kind);
}

static void set_label(struct superblock *s, const unsigned char *label, int len)
{
	snprintf(s->label, sizeof(s->label), "%.*s", len, (const char *)label);
}

static void set_checksum(struct superblock *s, bool has_one, bool right)
{
	s->damaged = has_one && !right;
	s->proven = has_one && right;
}

/* CRC-32C, begun with all ones; ext4 keeps it as it is, XFS and btrfs inverted. */
static uint32_t crc32c(uint32_t crc, const unsigned char *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C : 0);
	}
	return crc;
}

/*
 * Where the one bit is that makes len bytes, or their CRC-32C behind them, differ by this: its byte; -1: it is
 * more than one bit. The last bit first.
 */
static ssize_t one_bit_at(uint32_t difference, size_t len)
{
	uint32_t one = CRC32C;

	for (size_t bits = len * 8; bits; bits--) {
		if (one == difference)
			return (ssize_t)((bits - 1) / 8);
		one = one >> 1 ^ (one & 1 ? CRC32C : 0);
	}
	return difference & (difference - 1) ? -1 : (ssize_t)len;
}

/*
 * What of an ext superblock changes while it is used, of which the spare ones are not told. Linux,
 * Documentation/filesystems/ext4/super.rst.
 */
struct ext_field {
	uint16_t at, len;
	/* A small tune2fs writes it alone, or a driver, that keeps no checksum: BusyBox, e2fsprogs/tune2fs.c
	 * (-c, -i, -C, -L), and tune2fs -m, -e, -T of others; Ext2Fsd. */
	bool alone;
};

static const struct ext_field ext_changing[] = {
	{ 0x08, 4, true },   /* blocks that are reserved */
	{ 0x0C, 8, true },   /* counts of what is free */
	{ 0x2C, 12, true },  /* times of mounting and writing, how many mounts, how many at most */
	{ 0x3A, 4, true },   /* state, what to do on errors */
	{ 0x40, 8, true },   /* the last check, how often */
	{ 0x5A, 2, false },  /* the group that it is in */
	{ 0x78, 80, true },  /* label, where it was mounted */
	{ 0xE0, 12, false }, /* the journal's inode or device as it was mounted, orphans */
	{ 0x154, 8, true },  /* high bytes of blocks that are reserved, or free */
	{ 0x178, 8, false }, /* bytes written */
	{ 0x194, 108, false }, /* errors that were seen */
	{ 0x248, 4, false },   /* overhead */
	{ 0x258, 16, false },  /* salt of passphrases, EXT4_IOC_GET_ENCRYPTION_PWSALT */
	{ 0x274, 8, false },   /* high bytes of the times */
	{ EXT_BYTES - 4, 4, false },
};

static bool is_written_alone(ssize_t at)
{
	for (size_t i = 0; i < ARRAY_SIZE(ext_changing); i++) {
		const struct ext_field *f = &ext_changing[i];

		if (f->alone && at >= f->at && at < f->at + f->len)
			return true;
	}
	return false;
}

static uint64_t ext_blocks(const unsigned char *sb)
{
	uint64_t high = le32(sb + 0x60) & EXT_INCOMPAT_64BIT ? le32(sb + 0x150) : 0;

	return high << 32 | le32(sb + 0x4);
}

static bool ext_has_checksum(const unsigned char *sb)
{
	return le32(sb + 0x64) & EXT_RO_METADATA_CSUM;
}

const char *superblock_ext_kind(const unsigned char *sb)
{
	if (le16(sb + 0x38) != EXT_MAGIC)
		return NULL;
	if (ext_has_checksum(sb) || le32(sb + 0x60) & EXT_INCOMPAT_EXT4)
		return "ext4";
	return le32(sb + 0x5C) & EXT_COMPAT_JOURNAL ? "ext3" : "ext2";
}

/* sb: EXT_BYTES bytes. */
static bool is_ext(const unsigned char *sb, struct superblock *s)
{
	const char *kind = superblock_ext_kind(sb);
	bool csum = ext_has_checksum(sb);
	uint32_t says = le32(sb + EXT_BYTES - 4), is;
	ssize_t bit;

	if (!kind)
		return false;
	is = crc32c(~UINT32_C(0), sb, EXT_BYTES - 4);
	set_kind(s, kind);
	set_uuid(s->uuid, sb + 0x68);
	set_label(s, sb + 0x78, 16);
	if (!csum && le32(sb + 0x18) <= 6)
		s->ext_block = 1024u << le32(sb + 0x18);
	set_checksum(s, csum, is == says);
	bit = one_bit_at(is ^ says, EXT_BYTES - 4);
	s->lost = s->damaged && (!says || (bit >= 0 && !is_written_alone(bit)));
	if (le32(sb + 0x18) <= 6)
		s->bytes = ext_blocks(sb) << (10 + le32(sb + 0x18));
	return true;
}

/*
 * Version 5 has a checksum of its first sector, in which its own four bytes, at 224, count as zeros.
 * A sector that is longer than what was read stays unproven.
 */
static void check_xfs(const unsigned char *head, struct superblock *s)
{
	static const unsigned char zeros[4];
	size_t sector = (size_t)head[102] << 8 | head[103];
	bool right = sector >= XFS_SECTOR_MIN;
	uint32_t crc;

	if ((head[101] & 15) != 5 || sector > HEAD_BYTES)
		return;
	crc = crc32c(~UINT32_C(0), head, 224);
	crc = crc32c(crc, zeros, sizeof(zeros));
	set_checksum(s, true, right && ~crc32c(crc, head + 228, sector - 228) == le32(head + 224));
}

static bool is_xfs(const unsigned char *head, struct superblock *s)
{
	if (memcmp(head, "XFSB", 4) != 0)
		return false;
	set_kind(s, "xfs");
	set_uuid(s->uuid, head + 32);
	set_label(s, head + 108, 12);
	s->bytes = be64(head + 8) * be32(head + 4);
	check_xfs(head, s);
	return true;
}

/*
 * To hibernate puts another signature into the place of swap's own, and leaves the rest of its header: the
 * kernel's, or uswsusp's, or TuxOnIce's (util-linux, libblkid/src/superblocks/swap.c).
 */
static bool is_hibernated(const unsigned char *signature)
{
	static const char *const signatures[] = { "S1SUSPEND", "S2SUSPEND", "ULSUSPEND",
						  "LINHIB0001" };

	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++) {
		if (!memcmp(signature, signatures[i], strlen(signatures[i])))
			return true;
	}
	return false;
}

static bool is_swap(const unsigned char *head, struct superblock *s)
{
	const unsigned char *signature = head + 4096 - 10;

	s->hibernated = is_hibernated(signature);
	if (!s->hibernated && memcmp(signature, "SWAPSPACE2", 10) != 0)
		return false;
	set_kind(s, "swap");
	set_uuid(s->uuid, head + 1024 + 12);
	return true;
}

static bool is_luks(const unsigned char *head, struct superblock *s)
{
	if (memcmp(head, LUKS_SIGNATURE, LUKS_SIGNATURE_BYTES) != 0)
		return false;
	set_kind(s, "crypto_LUKS");
	snprintf(s->uuid, sizeof(s->uuid), "%.40s", (const char *)head + 168);
	return true;
}

/* 32 letters and digits, shown in groups of 6, 4, 4, 4, 4, 4 and 6. */
static void set_lvm_uuid(char *out, const unsigned char *u)
{
	snprintf(out, 39, "%.6s-%.4s-%.4s-%.4s-%.4s-%.4s-%.6s", (const char *)u,
		 (const char *)u + 6, (const char *)u + 10, (const char *)u + 14,
		 (const char *)u + 18, (const char *)u + 22, (const char *)u + 26);
}

/* The label is in one of the first four sectors; it says where the header begins behind it. */
static bool is_lvm(const unsigned char *head, struct superblock *s)
{
	for (unsigned int sector = 0; sector < 4; sector++) {
		const unsigned char *label = head + (size_t)sector * 512;
		uint32_t offset = le32(label + 20);

		if (memcmp(label, LVM_LABEL_MAGIC, 8) != 0 ||
		    memcmp(label + 24, LVM_LABEL_TYPE, 8) != 0)
			continue;
		set_kind(s, "LVM2_member");
		if (offset <= 512 - 32)
			set_lvm_uuid(s->uuid, label + offset);
		return true;
	}
	return false;
}

/* csum_type 0 is CRC-32C, of four bytes in 32; the other kinds, which are longer, stay unproven. */
static bool is_btrfs(const unsigned char *sb, struct superblock *s)
{
	uint32_t is;

	if (memcmp(sb + 0x40, BTRFS_MAGIC, 8) != 0)
		return false;
	set_kind(s, "btrfs");
	set_uuid(s->uuid, sb + 0x20);
	set_label(s, sb + 0x12B, 256);
	s->devices = le64(sb + 0x88);
	s->device = le64(sb + 0xC9);
	s->seed = le64(sb + 0x38) >> 32 & 1;
	s->bytes = le64(sb + 0xD1);
	is = ~crc32c(~UINT32_C(0), sb + BTRFS_CSUM, BTRFS_BYTES - BTRFS_CSUM);
	set_checksum(s, bytes_are_zero(sb + 4, BTRFS_CSUM - 4), is == le32(sb));
	s->lost = s->damaged && one_bit_at(is ^ le32(sb), BTRFS_BYTES - BTRFS_CSUM) >= 0;
	return true;
}

static bool read_btrfs(const struct source *source, unsigned char sb[BTRFS_BYTES], uint64_t offset)
{
	return source_read(source, sb, BTRFS_BYTES, offset) == BTRFS_BYTES;
}

int superblock_read(const struct source *source, struct superblock *s)
{
	unsigned char head[HEAD_BYTES], sb[BTRFS_BYTES];
	ssize_t n;

	memset(s, 0, sizeof(*s));
	memset(head, 0, sizeof(head));
	n = source_read(source, head, sizeof(head), 0);
	if (n < 0)
		return (int)n;
	if (!is_luks(head, s) && !is_xfs(head, s) && !is_lvm(head, s) &&
	    !is_ext(head + EXT_SUPERBLOCK_AT, s) && !is_swap(head, s) &&
	    read_btrfs(source, sb, BTRFS_OFFSET))
		is_btrfs(sb, s);
	return 0;
}

/*
 * In how many of three places both are the same: layout and features of that kind, and UUID; Linux,
 * Documentation/filesystems/ext4/super.rst: from s_first_data_block to s_inodes_per_group, from
 * s_rev_level to s_inode_size, and s_uuid.
 */
static int count_same(const unsigned char *a, const unsigned char *b)
{
	return !memcmp(a + 0x14, b + 0x14, 0x2C - 0x14) + !memcmp(a + 0x4C, b + 0x4C, 0x5A - 0x4C) +
	       !memcmp(a + 0x68, b + 0x68, 16);
}

/*
 * And what the kernel says in the first one alone: how names are hashed (fs/ext4/super.c, and e2fsck), the features
 * that tell of extended attributes, of a journal in use, large files, directories of many links (fs/ext4/namei.c)
 * and orphans; and the magic, of which others tell.
 */
static void drop_changing(unsigned char *sb)
{
	for (size_t i = 0; i < ARRAY_SIZE(ext_changing); i++)
		memset(sb + ext_changing[i].at, 0, ext_changing[i].len);
	memset(sb + 0x38, 0, 2);
	sb[0x5C] &= (unsigned char)~EXT_COMPAT_EXT_ATTR;
	sb[0x60] &= 0xFB;
	sb[0x64] &= 0xDD;
	sb[0x66] &= 0xFE;
	sb[0x160] &= 0xFC;
}

static bool is_same_at_rest(const unsigned char *a, const unsigned char *b)
{
	unsigned char first[EXT_BYTES], second[EXT_BYTES];

	memcpy(first, a, sizeof(first));
	memcpy(second, b, sizeof(second));
	drop_changing(first);
	drop_changing(second);
	return !memcmp(first, second, sizeof(first));
}

/* The first block of group 1; with blocks of 1024 bytes the groups begin at 1. */
static uint64_t spare_block(uint32_t size)
{
	return (uint64_t)size * 8 + (size == 1024);
}

/* Reads it to sb; false: there is none, or it is damaged. */
static bool read_spare(const struct source *source, uint32_t size, unsigned char sb[EXT_BYTES],
		       struct superblock *s)
{
	uint64_t byte = spare_block(size) * size, skip = byte % BLOCK_SIZE;
	unsigned char data[BLOCK_SIZE];

	memset(s, 0, sizeof(*s));
	if (source_read(source, data, sizeof(data), byte - skip) != (ssize_t)sizeof(data))
		return false;
	memcpy(sb, data + skip, EXT_BYTES);
	return is_ext(sb, s) && !s->damaged;
}

static bool ext_is_erased(const struct source *source, unsigned char *sb, struct superblock *s)
{
	unsigned char spare[EXT_BYTES];
	struct superblock other;

	if (!bytes_put_back(sb + 0x38, "\x53\xef", 2) || !is_ext(sb, s))
		return false;
	if (s->proven)
		return true;
	if (le32(sb + 0x18) > 2 || !read_spare(source, 1024u << le32(sb + 0x18), spare, &other))
		return false;
	return s->damaged ? !s->lost && is_same_at_rest(sb, spare) : count_same(sb, spare) == 3;
}

bool superblock_is_erased(const struct source *source, struct superblock *s)
{
	unsigned char head[HEAD_BYTES], sb[BTRFS_BYTES];

	memset(s, 0, sizeof(*s));
	memset(head, 0, sizeof(head));
	if (source_read(source, head, sizeof(head), 0) < 0)
		return false;
	if (ext_is_erased(source, head + EXT_SUPERBLOCK_AT, s))
		return true;
	if (bytes_put_back(head, "XFSB", 4) && is_xfs(head, s) && s->proven)
		return true;
	return read_btrfs(source, sb, BTRFS_OFFSET) && bytes_put_back(sb + 0x40, BTRFS_MAGIC, 8) &&
	       is_btrfs(sb, s) && s->proven;
}

bool superblock_magic_is_lost(const struct source *source, struct superblock *s)
{
	unsigned char sb[BTRFS_BYTES];

	memset(s, 0, sizeof(*s));
	if (source_read(source, sb, sizeof(sb), 0) == (ssize_t)sizeof(sb)) {
		memcpy(sb + EXT_SUPERBLOCK_AT + 0x38, "\x53\xef", 2);
		if (is_ext(sb + EXT_SUPERBLOCK_AT, s) && s->proven)
			return true;
	}
	memset(s, 0, sizeof(*s));
	if (!read_btrfs(source, sb, BTRFS_OFFSET))
		return false;
	memcpy(sb + 0x40, BTRFS_MAGIC, 8);
	return is_btrfs(sb, s) && s->proven;
}

/*
 * Group 1 is laid out as group 0, from which the spare's descriptors differ in what changes, but not
 * in where bitmaps and inodes are: their first 12 bytes (Documentation/filesystems/ext4/
 * group_descr.rst). Reserved blocks for descriptors list where their spares are, the one of group 1
 * first; those are zero (e2fsprogs, lib/ext2fs/res_gdt.c).
 */
static bool rest_is_there(const struct source *source, uint32_t size, const unsigned char *sb)
{
	uint64_t away = (uint64_t)le32(sb + 0x20) * size;
	uint32_t step = le32(sb + 0x60) & EXT_INCOMPAT_64BIT ? le16(sb + 0xFE) : 32;
	unsigned char here[BLOCK_SIZE], there[BLOCK_SIZE];

	if (step < 32 || away % BLOCK_SIZE ||
	    source_read(source, here, sizeof(here), BLOCK_SIZE) != (ssize_t)sizeof(here) ||
	    source_read(source, there, sizeof(there), BLOCK_SIZE + away) != (ssize_t)sizeof(there))
		return false;
	if (bytes_are_zero(there, sizeof(there)))
		return le32(here) == BLOCK_SIZE / size + le32(sb + 0x20);
	for (uint32_t at = 0; at + 12 <= sizeof(here); at += step) {
		if (memcmp(here + at, there + at, 12) != 0)
			return false;
	}
	return true;
}

bool superblock_is_named(const struct superblock *s, const char *uuid, const char *label)
{
	return (!uuid || !strcasecmp(s->uuid, uuid)) && (!label || !strcmp(s->label, label));
}

/*
 * Most of it is. With its magic erased it must have a checksum, which was found wrong then: without one
 * it may be wipefs, and a spare one that tune2fs did not change.
 */
static bool first_is_alike(const unsigned char *sb, const unsigned char *spare)
{
	return count_same(sb, spare) >= 2 && (le16(sb + 0x38) || ext_has_checksum(sb));
}

/* Documentation/filesystems/ext4/super.rst: groups 0, 1, and powers of 3, 5 and 7; or those that it names. */
static bool group_has_spare(const unsigned char *sb, uint64_t group)
{
	if (le32(sb + 0x5C) & EXT_COMPAT_SPARSE_2)
		return group == le32(sb + 0x24C) || group == le32(sb + 0x250);
	if (!(le32(sb + 0x64) & EXT_RO_SPARSE) || group <= 1)
		return true;
	for (unsigned int base = 3; base <= 7; base += 2) {
		uint64_t power = base;

		while (power < group)
			power *= base;
		if (power == group)
			return true;
	}
	return false;
}

/* What it says of its groups agrees, and they have no spare one in that block. */
static bool has_groups_without(const unsigned char *sb, uint64_t block)
{
	uint64_t first = le32(sb + 0x14), end = ext_blocks(sb), per = le32(sb + 0x20);

	if (!per || per != le32(sb + 0x24) || end <= first || block < first ||
	    (end - first + per - 1) / per * le32(sb + 0x28) != le32(sb))
		return false;
	return (block - first) % per != 0 || !group_has_spare(sb, (block - first) / per);
}

/*
 * The file system of the first one has no spare superblock in that block, with blocks of the same size: it
 * has one group alone, of as many inodes as there are; or, where the UUID is another one, it ends before, or
 * its groups have none there: no byte that is lost makes both. Without its magic it must be one by its
 * revision, first inode and their size.
 */
static bool is_of_none(const unsigned char *sb, const unsigned char *other, uint64_t block)
{
	bool one = le32(sb) && le32(sb) == le32(sb + 0x28);
	bool ends = ext_blocks(sb) && ext_blocks(sb) <= block;

	if (le32(sb + 0x18) != le32(other + 0x18) ||
	    (le16(sb + 0x38) != EXT_MAGIC && memcmp(sb + 0x4C, other + 0x4C, 0x5A - 0x4C) != 0))
		return false;
	return one || (memcmp(sb + 0x68, other + 0x68, 16) != 0 &&
		       (ends || has_groups_without(sb, block)));
}

/* What is where the first one was, sb: EXT_BYTES bytes; returns how much of it is as in the spare one. */
static int compare_first(const unsigned char *sb, const unsigned char *other,
			 struct superblock_spare *spare)
{
	int same = count_same(sb, other);
	bool magic = le16(sb + 0x38) == EXT_MAGIC, size = le32(sb + 0x18) == le32(other + 0x18);
	bool none = is_of_none(sb, other, spare->block);

	spare->first_is_alike = !none && first_is_alike(sb, other);
	spare->first_is_same = is_same_at_rest(sb, other);
	spare->first_is_its = spare->first_is_alike && size;
	/* A size of blocks that is none tells of nothing. */
	spare->first_is_other =
		none || (magic && !spare->first_is_alike && !size && le32(sb + 0x18) <= 6 &&
			 memcmp(sb + 0x68, other + 0x68, 16) != 0);
	return same + (same && size);
}

/* s_mkfs_time, seconds, and its high byte. */
static uint64_t made_at(const unsigned char *sb)
{
	return (uint64_t)sb[0x276] << 32 | le32(sb + 0x108);
}

struct ext_spare {
	struct superblock_spare spare;
	int same;      /* compare_first() */
	uint64_t made; /* made_at() */
};

static bool find_ext_spare(const struct source *source, uint32_t size, const unsigned char *first,
			   struct ext_spare *s)
{
	uint64_t byte = spare_block(size) * size;
	unsigned char sb[EXT_BYTES];

	memset(s, 0, sizeof(*s));
	if (!read_spare(source, size, sb, &s->spare.is) || le32(sb + 0x18) > 6)
		return false;
	/* Groups that are smaller have theirs where those of smaller blocks lie. */
	size = 1024u << le32(sb + 0x18);
	if (byte % size)
		return false;
	s->spare.size = size;
	s->spare.block = byte / size;
	s->spare.rest_is_there = rest_is_there(source, size, sb);
	s->same = first ? compare_first(first, sb, &s->spare) : 0;
	s->made = made_at(sb);
	return true;
}

static bool is_closer(const struct ext_spare *a, const struct ext_spare *b)
{
	if (a->same != b->same)
		return a->same > b->same;
	if (a->spare.rest_is_there != b->spare.rest_is_there)
		return a->spare.rest_is_there;
	return a->made > b->made;
}

static bool find_ext_spares(const struct source *source, const char *uuid, const char *label,
			    struct superblock_spare *spare)
{
	static const uint32_t sizes[] = { 4096, 1024, 2048 };
	unsigned char head[HEAD_BYTES];
	bool has_head = source_read(source, head, sizeof(head), 0) == (ssize_t)sizeof(head);
	struct ext_spare best = { .same = 0 }, s;
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (!find_ext_spare(source, sizes[i], has_head ? head + EXT_SUPERBLOCK_AT : NULL,
				    &s) ||
		    !superblock_is_named(&s.spare.is, uuid, label) ||
		    (found && !is_closer(&s, &best)))
			continue;
		best = s;
		found = true;
	}
	if (found)
		*spare = best.spare;
	return found;
}

/*
 * What of a btrfs superblock each commit writes. btrfs dev documentation, "On-disk format", "Superblock":
 * checksum, its own place, generation and roots, bytes used, generation of the chunks, levels, bytes used of
 * this device, generations of caches, and the roots of the last four commits.
 */
static void drop_committed(unsigned char sb[BTRFS_BYTES])
{
	static const struct {
		uint16_t at, len;
	} fields[] = {
		{ 0, 32 },   { 0x30, 8 },   { BTRFS_GENERATION, 40 },
		{ 0x78, 8 }, { 0xA4, 8 },   { 0xC6, 3 },
		{ 0xD9, 8 }, { 0x22B, 16 }, { 0xB2B, 4 * 168 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		memset(sb + fields[i].at, 0, fields[i].len);
}

/* How many commits the spare one is behind; a huge number when it is not. */
static uint64_t commits_behind(const unsigned char *first, const unsigned char *spare)
{
	return le64(first + BTRFS_GENERATION) - le64(spare + BTRFS_GENERATION);
}

/* What no commit changes, of the file system and of this device. */
static bool has_same_identity(const unsigned char *first, const unsigned char *spare)
{
	static const struct {
		uint16_t at, len;
	} fields[] = {
		{ 0x20, 16 },  /* UUID */
		{ 0x40, 8 },   /* magic */
		{ 0x80, 8 },   /* directory of the roots */
		{ 0x90, 16 },  /* sizes of sectors, nodes, leaves, stripes */
		{ 0xC4, 2 },   /* kind of checksum */
		{ 0xC9, 8 },   /* number of the device */
		{ 0xE1, 12 },  /* its alignment, its sectors */
		{ 0x10B, 32 }, /* its UUID, and that of its file system */
		{ 0x23B, 16 }, /* UUID in the metadata */
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (memcmp(first + fields[i].at, spare + fields[i].at, fields[i].len) != 0)
			return false;
	}
	return le64(first + 0x30) == BTRFS_OFFSET;
}

/*
 * A later commit, which changes more (features, label, sizes, chunks of the system), and whose write stopped
 * behind a sector: what follows is as the spare one has it. Each commit writes the tree of roots elsewhere.
 */
static bool is_commit_torn(const unsigned char *first, const unsigned char *spare)
{
	uint64_t root = le64(first + BTRFS_ROOT), sector = le32(first + 0x90);
	uint64_t newer = commits_behind(first, spare);

	return newer && newer <= BTRFS_COMMITS_MAX && has_same_identity(first, spare) && sector &&
	       root % sector == 0 && root != le64(spare + BTRFS_ROOT) &&
	       !memcmp(first + BTRFS_TORN_END, spare + BTRFS_TORN_END,
		       BTRFS_BYTES - BTRFS_TORN_END);
}

/*
 * Half a write: no sector is zeros where the spare one has something, none is other than there but in what
 * each commit writes, and it is of that commit or a later one; or of a later one that changes more.
 */
static bool is_half_committed(const unsigned char *first, const unsigned char *spare)
{
	unsigned char a[BTRFS_BYTES], b[BTRFS_BYTES];

	for (size_t at = 0; at < BTRFS_BYTES; at += SECTOR_BYTES) {
		if (bytes_are(first + at, SECTOR_BYTES, first[at]) &&
		    memcmp(first + at, spare + at, SECTOR_BYTES) != 0)
			return false;
	}
	if (is_commit_torn(first, spare))
		return true;
	memcpy(a, first, sizeof(a));
	memcpy(b, spare, sizeof(b));
	drop_committed(a);
	drop_committed(b);
	return !memcmp(a, b, sizeof(a)) && commits_behind(first, spare) <= BTRFS_COMMITS_MAX;
}

static bool find_btrfs_spare(const struct source *source, const char *uuid, const char *label,
			     struct superblock_spare *spare)
{
	unsigned char first[BTRFS_BYTES], sb[BTRFS_BYTES];

	if (!read_btrfs(source, sb, BTRFS_SPARE) || !is_btrfs(sb, &spare->is) ||
	    spare->is.damaged || !superblock_is_named(&spare->is, uuid, label))
		return false;
	if (read_btrfs(source, first, BTRFS_OFFSET) && !memcmp(first + 0x40, BTRFS_MAGIC, 8)) {
		spare->first_is_its = !memcmp(first + 0x20, sb + 0x20, 16);
		spare->first_is_other =
			!spare->first_is_its && memcmp(first + 0x10B, sb + 0x10B, 16) != 0;
		spare->first_is_same = is_half_committed(first, sb);
	}
	return true;
}

bool superblock_find_spare(const struct source *source, const char *uuid, const char *label,
			   struct superblock_spare *spare)
{
	memset(spare, 0, sizeof(*spare));
	if (find_ext_spares(source, uuid, label, spare) ||
	    find_btrfs_spare(source, uuid, label, spare))
		return true;
	memset(spare, 0, sizeof(*spare));
	return false;
}
