// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/signature.h"

#include <string.h>

#include "storage/disk_form.h"
#include "storage/disklabel.h"
#include "storage/lvm_label.h"
#include "storage/md.h"
#include "storage/superblock.h"
#include "util/bytes.h"
#include "util/util.h"

/* A mark that a format leaves at a fixed place, and what that is called. */
struct mark {
	uint32_t offset, len;
	const char *bytes;
	const char *name;
	bool alone; /* blkid asks for no more than the mark, in each of its versions up to 2.41 */
};

#define MARK(at, text, name)                              \
	{                                                 \
		at, sizeof(text) - 1, text, (name), false \
	}
#define ALONE(at, text, name)                            \
	{                                                \
		at, sizeof(text) - 1, text, (name), true \
	}

/* Magic, and major version. */
#define MD1_MARK "\xfc\x4e\x2b\xa9\x01\0\0\0"

static const struct mark volumes[] = {
	/* XFS Algorithms & Data Structures, "Superblocks": sb_magicnum. */
	MARK(0, "XFSB", "an XFS file system"),
	/* btrfs dev documentation, "On-disk format": the superblock is at 64 KiB, magic at 64. */
	ALONE(65536 + 64, "_BHRfS_M", "a btrfs file system"),
	/* lvm2, lib/format_text/layout.h and lib/label/label.h: a label in one of four sectors. */
	MARK(512, "LABELONE", "an LVM physical volume"),
	MARK(0, "LABELONE", "an LVM physical volume"),
	MARK(1024, "LABELONE", "an LVM physical volume"),
	MARK(1536, "LABELONE", "an LVM physical volume"),
	/* linux/swap.h, union swap_header: at the end of the first page, of 4, 16 or 64 KiB. */
	MARK(4096 - 10, "SWAPSPACE2", "swap space"),
	MARK(16384 - 10, "SWAPSPACE2", "swap space"),
	MARK(65536 - 10, "SWAPSPACE2", "swap space"),
	/* Linux RAID wiki, "RAID superblock formats": 1.1 at the start, 1.2 at 4096; magic, major. */
	MARK(0, MD1_MARK, "a Linux RAID member"),
	MARK(4096, MD1_MARK, "a Linux RAID member"),
	/* Microsoft, "NTFS boot sector", "exFAT file system specification" 3.1.2; BitLocker. */
	MARK(3, "NTFS    ", "an NTFS file system"),
	MARK(3, "EXFAT   ", "an exFAT file system"),
	MARK(3, "-FVE-FS-", "a BitLocker volume"),
	/* Microsoft, "FAT: General Overview of On-Disk Format": BS_FilSysType. */
	MARK(82, "FAT32   ", "a FAT file system"),
	MARK(54, "FAT16   ", "a FAT file system"),
	MARK(54, "FAT12   ", "a FAT file system"),
	/* Linux, include/linux/f2fs_fs.h: F2FS_SUPER_MAGIC, at F2FS_SUPER_OFFSET. */
	ALONE(1024, "\x10\x20\xf5\xf2", "an F2FS file system"),
	/* Linux, fs/squashfs/squashfs_fs.h: SQUASHFS_MAGIC. */
	ALONE(0, "hsqs", "a squashfs image"),
	/* ECMA-119, 8.1: the volume descriptor, in sector 16. */
	MARK(32768 + 1, "CD001", "an ISO 9660 image"),
	/* What follows is as util-linux has it, libblkid/src/superblocks/, a file for each. */
	MARK(32768 + 1, "BEA01", "a UDF file system"),
	MARK(32768 + 1, "NSR0", "a UDF file system"),
	MARK(0, "verity\0\0", "a dm-verity hash device"),
	MARK(0, "integrt\0", "a dm-integrity device"),
	ALONE(0, "SnAp", "a snapshot's volume"),
	ALONE(0, "dmvdo001", "a VDO volume"),
	MARK(512 + 4, "!Stra0tis\x86\xff\x02^A", "a Stratis pool's device"),
	MARK(4608 + 4, "!Stra0tis\x86\xff\x02^A", "a Stratis pool's device"),
	MARK(4096 + 24, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca", "a bcache device"),
	MARK(4096 + 24, "\xc6\x85\x73\xf6\x66\xce\x90\xa9", "a bcachefs file system"),
	ALONE(0, "bluestore block device", "a Ceph BlueStore device"),
	ALONE(1u << 20, "\x0d\xd0\x01\xc0", "a VMFS volume"),
	MARK(1024, "\xe2\xe1\xf5\xe0", "an EROFS image"),
	ALONE(0, "\x45\x3d\xcd\x28", "a cramfs image"),
	ALONE(0, "\x28\xcd\x3d\x45", "a cramfs image"),
	MARK(0, "-rom1fs-", "a romfs image"),
	ALONE(0, "sqsh", "a squashfs image"),
	ALONE(0, "UBI#", "a UBI image"),
	MARK(0, "\x31\x18\x10\x06", "a UBIFS image"),
	MARK(0, "SFOZ", "a zonefs file system"),
	MARK(32768, "JFS1", "a JFS file system"),
	/* s_rev_level 2, s_minor_rev_level 0, s_magic. */
	MARK(1024, "\x02\0\0\0\0\0\x34\x34", "a NILFS2 file system"),
	MARK(65536 + 52, "ReIsEr", "a ReiserFS file system"),
	MARK(8192 + 52, "ReIsErFs", "a ReiserFS file system"),
	MARK(8192 + 20, "ReIsErFs", "a ReiserFS file system"),
	ALONE(65536, "ReIsEr4", "a Reiser4 file system"),
	/* mh_magic, and mh_type: of a superblock. */
	MARK(65536, "\x01\x16\x19\x70\0\0\0\x01", "a GFS2 file system"),
	ALONE(1024, "OCFSV2", "an OCFS2 file system"),
	ALONE(2048, "OCFSV2", "an OCFS2 file system"),
	ALONE(4096, "OCFSV2", "an OCFS2 file system"),
	ALONE(8192, "OCFSV2", "an OCFS2 file system"),
	ALONE(8192, "OracleCFS", "an OCFS file system"),
	ALONE(32, "ORCLDISK", "an Oracle ASM disk"),
	MARK(32, "NXSB", "an APFS container"),
	/* The signature, and its version. */
	MARK(1024, "H+\0\x04", "an HFS Plus file system"),
	MARK(1024, "HX\0\x05", "an HFS Plus file system"),
	ALONE(0, "\xce\xfa\xad\x1b", "a BFS file system"),
	MARK(32, "BFS1", "a BeFS file system"),
	MARK(32, "1SFB", "a BeFS file system"),
	MARK(512 + 32, "BFS1", "a BeFS file system"),
	MARK(512 + 32, "1SFB", "a BeFS file system"),
	ALONE(65536 + 1372, "\x19\x01\x54\x19", "a UFS file system"),
	ALONE(8192 + 1372, "\x19\x01\x54\x19", "a UFS file system"),
	ALONE(8192 + 1372, "\x54\x19\x01\0", "a UFS file system"),
	MARK(8192, "\x49\xe8\x95\xf9", "an HPFS file system"),
	ALONE(1024, "\xf5\xfc\x01\xa5", "a VxFS file system"),
	ALONE(8192, "\xa5\x01\xfc\xf5", "a VxFS file system"),
	ALONE(4096, "SPB5", "a NetWare volume"),
	ALONE(0, "\0\0\0ReFS\0", "a ReFS file system"),
	MARK(82, "MSWIN", "a FAT file system"),
	MARK(54, "MSDOS", "a FAT file system"),
	MARK(54, "FAT     ", "a FAT file system"),
	ALONE(4096 - 10, "SWAP-SPACE", "swap space"),
	ALONE(4096 - 10, "S1SUSPEND", "swap space, with a hibernated system"),
	ALONE(4096 - 10, "S2SUSPEND", "swap space, with a hibernated system"),
	ALONE(4096 - 10, "ULSUSPEND", "swap space, with a hibernated system"),
	ALONE(4096 - 10, "LINHIB0001", "swap space, with a hibernated system"),
};

static const struct mark tables[] = {
	/* UEFI Specification, 5.3.2 "GPT Header": in the second sector, of 512 or 4096 bytes. Without the
	 * protective MBR in front blkid takes it for none (libblkid, partitions/gpt.c). */
	MARK(512, "EFI PART", "a GPT partition table"),
	MARK(4096, "EFI PART", "a GPT partition table"),
};

static bool is_there(const struct source *source, uint64_t offset, const char *bytes, size_t len)
{
	unsigned char found[24];

	return source_read(source, found, len, offset) == (ssize_t)len &&
	       memcmp(found, bytes, len) == 0;
}

static const struct mark *find_mark(const struct source *source, const struct mark *m, size_t count,
				    const char *but)
{
	for (; count; m++, count--) {
		if ((!but || strcmp(m->bytes, but) != 0) &&
		    is_there(source, m->offset, m->bytes, m->len))
			return m;
	}
	return NULL;
}

/* A magic of two bytes is there by chance as well: the size of a block (0x18) must be a possible one. */
static const char *recognise_ext(const struct source *source)
{
	unsigned char sb[EXT_KIND_BYTES];
	const char *kind;

	if (source_read(source, sb, sizeof(sb), EXT_SUPERBLOCK_AT) != (ssize_t)sizeof(sb) ||
	    le32(sb + 0x18) > 6)
		return NULL;
	kind = superblock_ext_kind(sb);
	if (!kind)
		return NULL;
	if (kind[3] == '4')
		return "an ext4 file system";
	return kind[3] == '3' ? "an ext3 file system" : "an ext2 file system";
}

static bool is_minix(uint32_t magic)
{
	return magic == 0x137f || magic == 0x138f || magic == 0x2468 || magic == 0x2478;
}

/*
 * Magics of two bytes, which noise has once in 65536 blocks: more must be as it always is. Linux,
 * linux/minix_fs.h, in the usual byte order: no zones of more than a block, and the state or the
 * padding; Inside Macintosh: Files, "Master Directory Blocks": drVBMSt is 3.
 */
static const char *recognise_short(const struct source *source)
{
	unsigned char s[32];

	if (source_read(source, s, sizeof(s), 1024) != (ssize_t)sizeof(s))
		return NULL;
	if (s[0] == 'B' && s[1] == 'D' && s[14] == 0 && s[15] == 3)
		return "an HFS file system";
	if (le16(s + 24) == 0x4d5a && !le16(s + 12) && !le16(s + 14) && !le16(s + 26))
		return "a MINIX file system";
	if (is_minix(le16(s + 16)) && !le16(s + 10) && le16(s + 18) <= 3)
		return "a MINIX file system";
	return NULL;
}

static bool read_boot_sector(const struct source *source, unsigned char s[512])
{
	return source_read(source, s, 512, 0) == 512 && s[510] == 0x55 && s[511] == 0xaa;
}

/*
 * UEFI Specification, 5.2.1 "Legacy Master Boot Record" and 5.2.3 "Protective MBR": 55 aa, and four
 * entries, each unused or with a boot flag of 00 or 80, a type (ee: protective), and a length. What
 * has other flags blkid takes for no table (libblkid, partitions/dos.c).
 */
static const char *recognise_mbr(const struct source *source)
{
	unsigned int used = 0, flags = 0;
	unsigned char s[512];

	if (!read_boot_sector(source, s))
		return NULL;
	for (unsigned int i = 0; i < 4; i++) {
		const unsigned char *entry = s + 446 + 16 * i;

		if (entry[4] == 0xee)
			return "a GPT partition table";
		flags |= entry[0] & 0x7fu;
		used += entry[4] && (le16(entry + 12) || le16(entry + 14));
	}
	if (flags)
		return NULL;
	return used ? "an MBR partition table" : "a boot sector";
}

#define ZFS_LABEL (256u << 10)

/*
 * ZFS On-Disk Specification, 1.3: uberblocks from 128 to 256 KiB of a label, of which a young pool
 * has written but a few; their magic in either byte order.
 */
static const char *recognise_zfs(const struct source *source, uint64_t label)
{
	unsigned char block[BLOCK_SIZE];

	for (uint64_t at = ZFS_LABEL / 2; at < ZFS_LABEL; at += sizeof(block)) {
		if (source_read(source, block, sizeof(block), label + at) != (ssize_t)sizeof(block))
			return NULL;
		for (size_t i = 0; i < sizeof(block); i += 1024) {
			if (memcmp(block + i, "\x0c\xb1\xba\0\0\0\0", 8) == 0 ||
			    memcmp(block + i, "\0\0\0\0\0\xba\xb1\x0c", 8) == 0)
				return "a ZFS member";
		}
	}
	return NULL;
}

/* The block of the first header, where nothing else was recognised. */
static const char *recognise_pattern(const struct source *source)
{
	unsigned char block[BLOCK_SIZE];
	ssize_t n = source_read(source, block, sizeof(block), 0);

	if (n <= 0 || !bytes_are(block, (size_t)n, block[0]))
		return NULL;
	if (block[0] == 0)
		return "zeros";
	return block[0] == 0xff ? "bytes that are all ff" : "one byte over and over";
}

/* *at: where it is, bytes. but: a mark that does not count, or NULL. */
static const char *find_volume(const struct source *source, uint64_t *at, const char *but)
{
	const char *found = recognise_ext(source);
	const struct mark *m = found ? NULL : find_mark(source, volumes, ARRAY_SIZE(volumes), but);

	*at = m ? m->offset : 1024;
	if (m)
		return m->name;
	if (!found)
		found = recognise_short(source);
	if (found)
		return found;
	found = recognise_zfs(source, 0);
	*at = found ? ZFS_LABEL / 2 : 0;
	return found;
}

const char *recognise_volume(const struct source *source)
{
	uint64_t at;

	return find_volume(source, &at, NULL);
}

uint64_t recognise_volume_at(const struct source *source)
{
	uint64_t at;

	find_volume(source, &at, NULL);
	return at;
}

/* The superblock of md 1.0 says where it is itself, in sectors, at 144. */
static bool is_md10(const struct source *source, uint64_t offset)
{
	unsigned char at[8];

	return is_there(source, offset, MD1_MARK, 8) &&
	       source_read(source, at, sizeof(at), offset + 144) == (ssize_t)sizeof(at) &&
	       le64(at) == offset / SECTOR_BYTES;
}

/*
 * Linux RAID wiki, "RAID superblock formats": 0.90 in the last whole 64 KiB but one (magic and major, in
 * the machine's byte order), 1.0 from 8 to 12 KiB before the end.
 */
static bool is_md(const struct source *source)
{
	uint64_t old = (source->size & ~UINT64_C(0xffff)) - 0x10000;

	return is_there(source, old, "\xfc\x4e\x2b\xa9\0\0\0\0", 8) ||
	       is_there(source, old, "\xa9\x2b\x4e\xfc\0\0\0\0", 8) ||
	       is_md10(source, (source->size & ~UINT64_C(0xfff)) - 0x2000);
}

bool recognise_md(const struct source *source)
{
	return (source->size >= 0x20000 && is_md(source)) || is_there(source, 0, MD1_MARK, 8) ||
	       is_there(source, 4096, MD1_MARK, 8);
}

/* SNIA, "Common RAID Disk Data Format", 5.5: the anchor header, in the last sector or 256 before it. */
static bool is_ddf(const struct source *source)
{
	uint64_t last = source->size / SECTOR_BYTES * SECTOR_BYTES - SECTOR_BYTES;

	return is_there(source, last, "\xde\x11\xde\x11", 4) ||
	       is_there(source, last, "\x11\xde\x11\xde", 4) ||
	       is_there(source, last - 256 * SECTOR_BYTES, "\xde\x11\xde\x11", 4) ||
	       is_there(source, last - 256 * SECTOR_BYTES, "\x11\xde\x11\xde", 4);
}

/* drbd-headers, drbd_meta_data.h: internal metadata in the last 4 KiB, the magic (6b to 6d) at 60. */
static bool is_drbd(const struct source *source)
{
	uint64_t at = source->size - 4096 + 60;

	return is_there(source, at, "\x83\x74\x02\x6b", 4) ||
	       is_there(source, at, "\x83\x74\x02\x6c", 4) ||
	       is_there(source, at, "\x83\x74\x02\x6d", 4);
}

const char *recognise_member(const struct source *source)
{
	uint64_t size = source->size, labels = size / ZFS_LABEL * ZFS_LABEL - ZFS_LABEL;

	if (size < 256 * SECTOR_BYTES + ZFS_LABEL * 2)
		return NULL;
	if (is_md(source))
		return "a Linux RAID member";
	/* mdadm, super-intel.c: the anchor is in the last sector but one. */
	if (is_there(source, (size / SECTOR_BYTES - 2) * SECTOR_BYTES, "Intel Raid ISM", 14))
		return "an Intel RAID member";
	if (is_ddf(source))
		return "a DDF RAID member";
	if (is_drbd(source))
		return "a DRBD device";
	return recognise_zfs(source, labels) ? "a ZFS member"
					     : recognise_zfs(source, labels - ZFS_LABEL);
}

/*
 * Linux, include/uapi/linux/bcache.h, struct cache_sb_disk, at 4096: behind a checksum the sector that it is
 * in, its version, and the magic, which alone is zeros.
 */
static bool is_erased_bcache(const struct source *source)
{
	unsigned char s[40];

	return source_read(source, s, sizeof(s), 4096) == (ssize_t)sizeof(s) && le64(s) &&
	       le64(s + 8) == 4096 / SECTOR_BYTES && le64(s + 16) <= 6 &&
	       bytes_are_zero(s + 24, 16);
}

/* A layer that LVM is not to be judged under: structure is enough for that, where recognise_erased() wants proof. */
static const char *recognise_erased_layer(const struct source *source)
{
	uint64_t at;

	if (md_is_erased(source, &at))
		return "a Linux RAID member whose magic was erased";
	return is_erased_bcache(source) ? "a bcache device whose magic was erased" : NULL;
}

const char *recognise_over_lvm(const struct source *source)
{
	uint64_t at;
	const char *found = find_volume(source, &at, LVM_LABEL_MAGIC);
	const struct mark *table;

	if (!found)
		found = recognise_member(source);
	if (!found)
		found = recognise_erased_layer(source);
	if (found)
		return found;
	table = find_mark(source, tables, ARRAY_SIZE(tables), NULL);
	return table ? table->name : NULL;
}

/* libblkid, superblocks/lvm.c: the label's own sector, and its checksum. */
static bool is_whole_label(const struct source *source, uint32_t sector)
{
	unsigned char s[LVM_SECTOR];

	return source_read(source, s, sizeof(s), sector * sizeof(s)) == (ssize_t)sizeof(s) &&
	       lvm_label_is_right(s) && le32(s + 8) == sector && !le32(s + 12);
}

/* libblkid, superblocks/swap.c: version 1, and pages, in either byte order. */
static bool is_whole_swap(const struct source *source)
{
	unsigned char s[8];

	return source_read(source, s, sizeof(s), 1024) == (ssize_t)sizeof(s) &&
	       (le32(s) == 1 || le32(s) == 0x1000000) && le32(s + 4);
}

static ssize_t read_without_magic(void *ctx, void *buf, size_t len, uint64_t offset)
{
	ssize_t n = source_read(ctx, buf, len, offset);

	if (offset == 0 && n >= (ssize_t)LUKS_SIGNATURE_BYTES &&
	    memcmp(buf, LUKS_SIGNATURE, LUKS_SIGNATURE_BYTES) == 0)
		memset(buf, 0, LUKS_SIGNATURE_BYTES);
	return n;
}

/* Kinds that a checksum proves, or that have none and are no more than this. */
static bool is_whole_volume(const struct source *source)
{
	struct source real = *source, other = { read_without_magic, &real, source->size };
	unsigned char version[2];
	struct superblock s;

	/* Beside the LUKS magic nothing else is looked for. */
	if (superblock_read(&other, &s) || s.damaged)
		return false;
	if (strcmp(s.kind, "xfs") == 0)
		return source_read(source, version, 2, 100) == 2 && (version[1] & 0xf) == 5;
	if (strcmp(s.kind, "swap") == 0)
		return is_whole_swap(source);
	return strncmp(s.kind, "ext", 3) == 0;
}

bool blkid_takes_for_another(const struct source *source)
{
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++) {
		const struct mark *m = &volumes[i];

		if (m->alone && is_there(source, m->offset, m->bytes, m->len))
			return true;
	}
	for (uint32_t sector = 0; sector < 4; sector++) {
		if (is_whole_label(source, sector))
			return true;
	}
	return is_whole_volume(source) || recognise_mbr(source) || blkid_takes_disklabel(source);
}

static const char *recognise_partitions(const struct source *source)
{
	const char *found = recognise_mbr(source);

	return found ? found : recognise_disklabel(source);
}

/* Tables last: several file systems have a boot sector, whose last bytes are those of an MBR. */
const char *recognise_format(const struct source *source)
{
	const char *found = recognise_volume(source);

	return found ? found : recognise_partitions(source);
}

const char *recognise_table(const struct source *source)
{
	const struct mark *found = find_mark(source, tables, ARRAY_SIZE(tables), NULL);
	unsigned char s[512];

	if (found)
		return found->name;
	if (read_boot_sector(source, s))
		return "a boot sector";
	return recognise_disklabel(source);
}

const char *recognise_rest(const struct source *source)
{
	const char *found = recognise_partitions(source);
	const struct disk_form *form;

	if (!found)
		found = recognise_table(source);
	if (!found && (form = recognise_disk_form(source)))
		found = form->name;
	return found ? found : recognise_pattern(source);
}

const char *recognise_other(const struct source *source)
{
	const char *found = recognise_volume(source);

	return found ? found : recognise_rest(source);
}
