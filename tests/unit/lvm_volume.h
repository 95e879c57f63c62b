/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_TESTS_LVM_VOLUME_H
#define BV_TESTS_LVM_VOLUME_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "storage/lvm.h"

/*
 * The start of an LVM2 physical volume: label in its second sector, one metadata area at 4 KiB, its
 * text at LVM_TEXT_AT or, wrapped, at its end and behind its header.
 */
#define LVM_PV_BYTES 16384u
#define LVM_PV_AREA  4096u
#define LVM_AREA_LEN 8192u
#define LVM_TEXT_LEN 700u

static inline uint32_t lvm_volume_text(bool wrapped)
{
	return wrapped ? LVM_AREA_LEN - 512 : 1024;
}

/* lib/misc/crc.c: CRC-32 begun with this number. */
static inline uint32_t lvm_volume_crc(uint32_t crc, const unsigned char *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return crc;
}

static inline void lvm_volume_put(unsigned char *p, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (unsigned char)(value >> 8 * i);
}

/* Makes the checksums of label and header right. */
static inline void lvm_volume_seal(unsigned char *pv)
{
	const uint32_t start = UINT32_C(0xf597a6cf);

	lvm_volume_put(pv + 512 + 16, lvm_volume_crc(start, pv + 512 + 20, 492), 4);
	lvm_volume_put(pv + LVM_PV_AREA, lvm_volume_crc(start, pv + LVM_PV_AREA + 4, 508), 4);
}

static inline void lvm_volume_make(unsigned char *pv, bool wrapped)
{
	unsigned char *label = pv + 512, *area = pv + LVM_PV_AREA;
	uint32_t at = lvm_volume_text(wrapped), first = wrapped ? 512 : LVM_TEXT_LEN;
	uint32_t crc = UINT32_C(0xf597a6cf);

	memset(pv, 0, LVM_PV_BYTES);
	memcpy(label, "LABELONE", 8);
	lvm_volume_put(label + 8, 1, 8);
	lvm_volume_put(label + 20, 32, 4);
	memcpy(label + 24, "LVM2 001", 8);
	memcpy(label + 32, "abcdef1111222233334444555566ghij", 32);
	lvm_volume_put(label + 64, LVM_PV_BYTES, 8);
	lvm_volume_put(label + 72, 1 << 20, 8); /* data; then zeros, the area, zeros */
	lvm_volume_put(label + 104, LVM_PV_AREA, 8);
	lvm_volume_put(label + 112, LVM_AREA_LEN, 8);
	memcpy(area + 4, " LVM2 x[5A%r0N*>", 16);
	lvm_volume_put(area + 20, 1, 4);
	lvm_volume_put(area + 24, LVM_PV_AREA, 8);
	lvm_volume_put(area + 32, LVM_AREA_LEN, 8);
	for (uint32_t i = 0; i < first; i++)
		area[at + i] = (unsigned char)('a' + i % 26);
	for (uint32_t i = first; i < LVM_TEXT_LEN; i++)
		area[512 + i - first] = (unsigned char)('A' + i % 26);
	crc = lvm_volume_crc(crc, area + at, first);
	crc = lvm_volume_crc(crc, area + 512, LVM_TEXT_LEN - first);
	lvm_volume_put(area + 40, at, 8);
	lvm_volume_put(area + 48, LVM_TEXT_LEN, 8);
	lvm_volume_put(area + 56, crc, 4);
	lvm_volume_seal(pv);
}

/* What a changed byte of a wrapped one makes of it. */
static inline enum lvm_state lvm_volume_part(size_t i)
{
	const size_t text = LVM_PV_AREA + lvm_volume_text(true);

	if (i >= 512 && i < 1024)
		return LVM_LABEL_BAD;
	if (i >= LVM_PV_AREA && i < LVM_PV_AREA + 512)
		return LVM_HEADER_BAD;
	if ((i >= text && i < text + 512) ||
	    (i >= LVM_PV_AREA + 512 && i < LVM_PV_AREA + 512 + LVM_TEXT_LEN - 512))
		return LVM_TEXT_BAD;
	return LVM_SOUND;
}

#endif
