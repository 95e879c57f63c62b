/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_LVM_LABEL_H
#define BV_STORAGE_LVM_LABEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "util/bytes.h"

/* The label of an LVM2 physical volume: LVM2, lib/label/label.h (struct label_header), lib/misc/crc.h. */
#define LVM_SECTOR	512u
#define LVM_LABEL_MAGIC "LABELONE"
#define LVM_LABEL_TYPE	"LVM2 001"
#define LVM_CRC_INIT	UINT32_C(0xf597a6cf)

/* The usual CRC-32, not inverted, and begun with another number. */
static inline uint32_t lvm_crc(uint32_t crc, const unsigned char *p, size_t len)
{
	return (uint32_t)~crc32(~crc & UINT32_MAX, p, (uInt)len);
}

/* label: LVM_SECTOR bytes. */
static inline bool lvm_label_is_right(const unsigned char *label)
{
	return !memcmp(label, LVM_LABEL_MAGIC, 8) && !memcmp(label + 24, LVM_LABEL_TYPE, 8) &&
	       lvm_crc(LVM_CRC_INIT, label + 20, LVM_SECTOR - 20) == le32(label + 16);
}

#endif
