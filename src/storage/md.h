/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_MD_H
#define BV_STORAGE_MD_H

#include "storage/source.h"

/*
 * What a member of a Linux md array (software RAID) says of its array, in a superblock whose checksum
 * is right. Sources: Linux, include/uapi/linux/raid/md_p.h; drivers/md/md.c, super_90_load(),
 * super_1_load(), calc_sb_csum() and calc_sb_1_csum(); mdadm, Examine.c and super0.c for the names.
 */
struct md {
	bool member;	      /* there is such a superblock; else all else is zero */
	bool mirror;	      /* level 1: each member holds all of the array's data */
	uint64_t data_offset; /* where the array's data begin on this member, bytes */
	char level[16];	      /* "RAID1", "linear", ... */
	unsigned int disks;   /* that the whole array has */
	/* Of an array that parts its data, bytes: further in than that no member holds anything in the
	 * place that it has in the array. 0: that is not known. */
	uint64_t chunk;
	char uuid[36]; /* as mdadm writes it: "11223344:..." */
	char device
		[48]; /* what the array is called when nothing else is said: "/dev/md/NAME", "/dev/md0" */
};

/*
 * Looks for it at the end, where the array's data begin at the member's start (metadata 0.90 and 1.0),
 * then at the start (1.1, 1.2). False: there is none, or none can be read.
 */
bool md_read(const struct source *source, struct md *md);

/*
 * Whether the magic alone of one at the start (1.1, 1.2) was erased, as wipefs does it: put back, its
 * checksum is right. *at: where it is, bytes.
 */
bool md_is_erased(const struct source *source, uint64_t *at);

#endif
