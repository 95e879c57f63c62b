/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_LOCATION_H
#define BV_STORAGE_LOCATION_H

#include <stdbool.h>
#include <stdint.h>

/* Where on which device a byte of a file lies. */
struct location {
	bool known;
	char device[64]; /* "/dev/vda1", or "" */
	uint64_t lba;	 /* 512-byte sector from the start of the whole disk, or of the device
			      * itself when that is no partition (LVM, dm-crypt) */
	char disk[64];	 /* the device that lba counts on: "/dev/vda" */
};

#endif
