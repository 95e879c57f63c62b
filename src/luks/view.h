/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_VIEW_H
#define BV_LUKS_VIEW_H

#include "damage/damage.h"
#include "damage/ranges.h"
#include "luks/compare.h"
#include "luks/luks.h"
#include "manifest/manifest.h"
#include "manifest/sealed_luks.h"
#include "storage/disk_form.h"
#include "storage/md.h"

/* All that can be seen of one LUKS device, for the rules to judge and for reports to tell. */
struct luks_view {
	const char *device;  /* as it was named; the caller's */
	const char *header;  /* the detached header's file, or NULL; the caller's */
	const char *mapping; /* without a record: what it is unlocked as, or NULL; the caller's */
	bool closed;	     /* known not to be open now; the caller's */
	bool itself;	     /* known to be what is opened, and no part of an array; the caller's */
	/* Without a record, and after luks_view_compare(): the UUID that was sealed under its name, or
	 * NULL; the caller's. */
	const char *namesake;
	const char *elsewhere; /* with namesake: where that one is, or NULL; the caller's */
	const char *others;    /* with neither: which devices are sealed, or NULL; the caller's */
	const char *twin;      /* another device with the same UUID, or NULL; the caller's */
	struct luks luks;
	const struct sealed_luks *sealed; /* its record, or NULL; the caller's */
	int64_t sealed_at;		  /* of that record; 0: unknown */
	struct luks_comparison comparison;
	/* Where a copy is not good, or not as new as the other: what lies there instead, or NULL; and
	 * whether that is the signature of another format. */
	const char *other;
	bool foreign;
	uint64_t foreign_at; /* foreign: where that signature is, bytes */
	bool wiped; /* foreign, and without a magic, or it was erased: blkid takes it for nothing */
	bool boot_code; /* wiped: no magic belongs to it, and the rest of its sector is as it was */
	uint64_t
		wiped_end; /* wiped: behind what a partition table takes at the start, bytes, or 0 */
	bool ambiguous;	   /* foreign, and cryptsetup refuses it for that, for sure */
	/* Nothing known is at its start, neither a header nor another format, and it is random: data of
	 * dm-crypt look so, also those whose header is elsewhere. */
	bool like_data;
	/* So many bytes, the first block and all else that is seen to be other than it was, are random: the
	 * disk lost them, or a program wrote through dm-crypt with another key, on swap or in a file system
	 * with a random one. 0: it is not so. */
	uint64_t noise;
	/* Likewise: the signature at the device's end, of an array or a replica that it is, or was, a
	 * member of, or NULL. It explains nothing of the header, but cryptsetup heeds it. */
	const char *member;
	/* Without anything of a header in its place: the form in which the file holds a disk, or NULL. */
	const struct disk_form *disk_form;
	/* The md array that the device is a member of, whatever its header is like: what was sealed is
	 * that. No member where the record tells that the device itself was opened. */
	struct md array;
	/* The superblock of an array is on it, and what the device holds proves that it is no member:
	 * array tells of that, but for array.member. */
	bool left_over;

	/* Of a passphrase that was tried: whether nothing was opened by it, and the keyslots that differ
	 * from the record and were, which proves them (bit N is keyslot N): luks_view_tried(). */
	bool refused;
	uint32_t proven;

	/* Of active keyslots without a record that still holds for them: luks_implausible_blocks(). */
	ssize_t implausible[LUKS_SLOTS_MAX];

	/*
	 * Offsets on the header's device. Of damaged keyslots; of copies of the header: the whole
	 * copy where nothing tells which of its bytes are bad.
	 */
	struct bad_ranges bad[LUKS_SLOTS_MAX], bad_copies[LUKS_HEADERS];
};

/* Frees what a view owns, in any case. */
void luks_view_clear(struct luks_view *v);

/* The file or device that holds the header. */
const char *luks_view_place(const struct luks_view *v);

#endif
