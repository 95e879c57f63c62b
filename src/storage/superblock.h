/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_SUPERBLOCK_H
#define BV_STORAGE_SUPERBLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/source.h"

#define LUKS_SIGNATURE	     "LUKS\xba\xbe" /* at the start of both versions */
#define LUKS_SIGNATURE_BYTES 6u

#define SUPERBLOCK_BTRFS_COPIED \
	((64u << 20) + 4096u) /* bytes: from this size on it has a spare one */

/*
 * What a device holds, by the signature that its kind keeps at a fixed place. Sources: Linux,
 * Documentation/filesystems/ext4/super.rst; fs/xfs/libxfs/xfs_format.h (struct xfs_dsb);
 * include/uapi/linux/btrfs_tree.h (struct btrfs_super_block); include/linux/swap.h (union
 * swap_header); kernel/power/swap.c, mark_swapfiles(); LVM2, lib/format_text/layout.h (struct pv_header).
 */
struct superblock {
	char kind[16]; /* as libblkid names it: "ext4", "xfs", "btrfs", "swap", "LVM2_member",
			* "crypto_LUKS"; "": nothing of these */
	char uuid[41]; /* as libblkid writes it; "" when the kind is "" */
	char label
		[257]; /* of ext, XFS and btrfs; as it is, so not for a terminal; "" when it has none */
	/* The signature is there, but the checksum is wrong, so that no byte of it is proven: ext4 with
	 * metadata_csum, XFS version 5, btrfs with CRC-32C. The others have none that is compared here. */
	bool damaged;
	/* ext4, btrfs, damaged: one bit explains that its checksum is wrong, and of ext4 none of what programs
	 * change that keep no checksum; or, of ext4, the checksum itself is zeros: bytes were lost. */
	bool lost;
	bool hibernated;    /* swap, with the image of a system that is to be resumed */
	bool proven;	    /* such a checksum is there, and right */
	uint32_t ext_block; /* ext without metadata_csum: the size of its blocks, bytes; else 0 */
	uint64_t bytes;	    /* ext, XFS, btrfs: how much of this device it takes; else 0 */
	uint64_t devices;   /* btrfs: how many it is made of, and ... */
	uint64_t device;    /* ... the number of this one; else 0 */
	bool seed; /* btrfs: others are grown from it, which count it, and have UUIDs of their own */
};

#define EXT_SUPERBLOCK_AT 1024u /* bytes, on the device */
#define EXT_KIND_BYTES	  128u	/* of it, for superblock_ext_kind() */

/* "ext4", "ext3", "ext2" by the magic and the features of a superblock; NULL: it has no such magic. */
const char *superblock_ext_kind(const unsigned char *sb);

/* 0; -EIO when the device cannot deliver the places where signatures are. */
int superblock_read(const struct source *source, struct superblock *s);

/*
 * Whether the magic is lost, all zeros, as wipefs leaves it: put back, the checksum is right
 * (s->proven), or, of an ext file system without one, it says what a spare superblock says; or, of ext,
 * its checksum is wrong (s->damaged), and no more is other than in the spare one than changes while it is
 * used. ext, XFS and btrfs. *s is then what it is.
 */
bool superblock_is_erased(const struct source *source, struct superblock *s);

/*
 * Whether the magic alone is lost, whatever is there: put back, the checksum is right. ext and btrfs, where no
 * write of a few bytes by mistake goes, as to a device's start. *s is then what it is.
 */
bool superblock_magic_is_lost(const struct source *source, struct superblock *s);

/* A second superblock: of ext what `e2fsck -b BLOCK -B SIZE` wants, or the one of btrfs at 64 MiB. */
struct superblock_spare {
	struct superblock is;
	uint32_t size; /* ext: of a block, bytes; 0: btrfs */
	uint64_t block;
	/* ext: the 4 KiB behind those that hold the first superblock are as the spare one's neighbours
	 * tell: group descriptors, or blocks that are reserved for more of them. */
	bool rest_is_there;
	/* ext: what is where the first one was says the same in most, but its magic or its checksum is
	 * wrong: it is the superblock yet, and no other bytes. */
	bool first_is_alike;
	/* Nothing there is other than in the spare one but what changes while it is used, and perhaps its
	 * magic; of btrfs, what a commit writes, perhaps the first half of one. */
	bool first_is_same;
	/* The first one, which still has its magic or is alike, is of the same file system: it has blocks of
	 * the same size and is alike; of btrfs, the same UUID. */
	bool first_is_its;
	/* The first one has its magic, and another UUID with another size of blocks; or what it says of its
	 * blocks and groups leaves no room for that spare one; of btrfs, other UUIDs of the file system and of
	 * the device. Then the spare one is of a file system that was there before. */
	bool first_is_other;
};

/* Whether it has this UUID and this label (NULL: any). */
bool superblock_is_named(const struct superblock *s, const char *uuid, const char *label);

/*
 * Looks for a spare superblock with this UUID and this label (NULL: any). Another format may be there
 * now: mkfs of another kind leaves them where they are, and mke2fs with another size of blocks leaves
 * those that lie elsewhere. Of several the one that the first one's place speaks for most, then the one
 * that was made last.
 */
bool superblock_find_spare(const struct source *source, const char *uuid, const char *label,
			   struct superblock_spare *spare);

#endif
