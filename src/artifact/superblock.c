// SPDX-License-Identifier: GPL-2.0-or-later
#include "artifact/superblock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/bytes.h"
#include "util/util.h"

#define HEAD_BYTES 8192u

#define EXT_OFFSET	     1024u
#define EXT_BYTES	     1024u
#define EXT_MAGIC	     0xEF53u
#define EXT_COMPAT_JOURNAL   0x4u
#define EXT_INCOMPAT_EXT4    (0x40u | 0x80u | 0x200u) /* extents, 64bit, flex_bg */
#define EXT_RO_METADATA_CSUM 0x400u

#define XFS_SECTOR_MIN 512u

#define BTRFS_OFFSET 65536u
#define BTRFS_BYTES  4096u
#define BTRFS_CSUM   32u

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

/* CRC-32C, begun with all ones; ext4 keeps it as it is, XFS and btrfs inverted. */
static uint32_t crc32c(uint32_t crc, const unsigned char *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82F63B78) : 0);
	}
	return crc;
}

/* sb: EXT_BYTES bytes. */
static bool is_ext(const unsigned char *sb, struct superblock *s)
{
	bool journal = le32(sb + 0x5C) & EXT_COMPAT_JOURNAL;
	bool csum = le32(sb + 0x64) & EXT_RO_METADATA_CSUM;

	if (le16(sb + 0x38) != EXT_MAGIC)
		return false;
	set_kind(s, csum || le32(sb + 0x60) & EXT_INCOMPAT_EXT4 ? "ext4"
		    : journal					? "ext3"
								: "ext2");
	set_uuid(s->uuid, sb + 0x68);
	if (!csum && le32(sb + 0x18) <= 6)
		s->ext_block = 1024u << le32(sb + 0x18);
	s->damaged = csum && crc32c(~UINT32_C(0), sb, EXT_BYTES - 4) != le32(sb + EXT_BYTES - 4);
	return true;
}

/*
 * Version 5 has a checksum of its first sector, in which its own four bytes, at 224, count as zeros.
 * A sector that is longer than what was read stays unproven.
 */
static bool xfs_is_damaged(const unsigned char *head)
{
	static const unsigned char zeros[4];
	size_t sector = (size_t)head[102] << 8 | head[103];
	uint32_t crc;

	if ((head[101] & 15) != 5 || sector > HEAD_BYTES)
		return false;
	if (sector < XFS_SECTOR_MIN)
		return true;
	crc = crc32c(~UINT32_C(0), head, 224);
	crc = crc32c(crc, zeros, sizeof(zeros));
	return ~crc32c(crc, head + 228, sector - 228) != le32(head + 224);
}

static bool is_xfs(const unsigned char *head, struct superblock *s)
{
	if (memcmp(head, "XFSB", 4) != 0)
		return false;
	set_kind(s, "xfs");
	set_uuid(s->uuid, head + 32);
	s->damaged = xfs_is_damaged(head);
	return true;
}

static bool is_swap(const unsigned char *head, struct superblock *s)
{
	if (memcmp(head + 4096 - 10, "SWAPSPACE2", 10) != 0)
		return false;
	set_kind(s, "swap");
	set_uuid(s->uuid, head + 1024 + 12);
	return true;
}

static bool is_luks(const unsigned char *head, struct superblock *s)
{
	if (memcmp(head, "LUKS\xba\xbe", 6) != 0)
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

		if (memcmp(label, "LABELONE", 8) != 0 || memcmp(label + 24, "LVM2 001", 8) != 0)
			continue;
		set_kind(s, "LVM2_member");
		if (offset <= 512 - 32)
			set_lvm_uuid(s->uuid, label + offset);
		return true;
	}
	return false;
}

/* csum_type 0 is CRC-32C, of four bytes in 32; the other kinds, which are longer, stay unproven. */
static bool btrfs_is_damaged(const unsigned char *sb)
{
	return bytes_are_zero(sb + 4, BTRFS_CSUM - 4) &&
	       ~crc32c(~UINT32_C(0), sb + BTRFS_CSUM, BTRFS_BYTES - BTRFS_CSUM) != le32(sb);
}

static bool is_btrfs(const struct luks_source *source, struct superblock *s)
{
	unsigned char sb[BTRFS_BYTES];
	ssize_t n = source->read(source->ctx, sb, sizeof(sb), BTRFS_OFFSET);

	if (n != (ssize_t)sizeof(sb) || memcmp(sb + 0x40, "_BHRfS_M", 8) != 0)
		return false;
	set_kind(s, "btrfs");
	set_uuid(s->uuid, sb + 0x20);
	s->damaged = btrfs_is_damaged(sb);
	return true;
}

int superblock_read(const struct luks_source *source, struct superblock *s)
{
	unsigned char head[HEAD_BYTES];
	ssize_t n;

	memset(s, 0, sizeof(*s));
	memset(head, 0, sizeof(head));
	n = source->read(source->ctx, head, sizeof(head), 0);
	if (n < 0)
		return (int)n;
	if (!is_luks(head, s) && !is_xfs(head, s) && !is_lvm(head, s) &&
	    !is_ext(head + EXT_OFFSET, s) && !is_swap(head, s))
		is_btrfs(source, s);
	return 0;
}

/* mkfs of another kind leaves the spare superblocks where they are. */
static bool is_another_volume(const struct luks_source *source)
{
	const char *volume = luks_recognise_volume(source);

	return volume && strncmp(volume, "an ext", 6) != 0;
}

uint32_t superblock_find_spare(const struct luks_source *source, const char *uuid, uint64_t *block)
{
	static const uint32_t sizes[] = { 4096, 1024, 2048 };

	if (is_another_volume(source))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* The first block of group 1; with blocks of 1024 bytes the groups begin at 1. */
		uint64_t at = (uint64_t)sizes[i] * 8 + (sizes[i] == 1024);
		uint64_t byte = at * sizes[i], skip = byte % BLOCK_SIZE;
		struct superblock s = { .kind = "" };
		unsigned char data[BLOCK_SIZE];

		if (source->read(source->ctx, data, sizeof(data), byte - skip) !=
			    (ssize_t)sizeof(data) ||
		    !is_ext(data + skip, &s) || s.damaged ||
		    (uuid && strcasecmp(s.uuid, uuid) != 0))
			continue;
		*block = at;
		return sizes[i];
	}
	return 0;
}
