/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_ARTIFACT_SUPERBLOCK_H
#define BV_ARTIFACT_SUPERBLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "artifact/luks.h"

/*
 * What a device holds, by the signature that its kind keeps at a fixed place. Sources: Linux,
 * Documentation/filesystems/ext4/super.rst; fs/xfs/libxfs/xfs_format.h (struct xfs_dsb);
 * include/uapi/linux/btrfs_tree.h (struct btrfs_super_block); include/linux/swap.h (union
 * swap_header); LVM2, lib/format_text/layout.h (struct pv_header).
 */
struct superblock {
	char kind[16]; /* as libblkid names it: "ext4", "xfs", "btrfs", "swap", "LVM2_member",
			* "crypto_LUKS"; "": nothing of these */
	char uuid[41]; /* as libblkid writes it; "" when the kind is "" */
	/* The signature is there, but the checksum is wrong, so that no byte of it is proven: ext4 with
	 * metadata_csum, XFS version 5, btrfs with CRC-32C. The others have none that is compared here. */
	bool damaged;
	uint32_t ext_block; /* ext without metadata_csum: the size of its blocks, bytes; else 0 */
};

/* 0; -EIO when the device cannot deliver the places where signatures are. */
int superblock_read(const struct luks_source *source, struct superblock *s);

/*
 * Looks for a spare superblock of an ext file system with this UUID (NULL: any). Returns the size
 * of its blocks and sets *block (what `e2fsck -b BLOCK -B SIZE` wants); 0: there is none, or another
 * format is there now.
 */
uint32_t superblock_find_spare(const struct luks_source *source, const char *uuid, uint64_t *block);

#endif
