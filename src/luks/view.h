/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_VIEW_H
#define BV_LUKS_VIEW_H

#include "damage/damage.h"
#include "damage/ranges.h"
#include "luks/compare.h"
#include "luks/luks.h"
#include "manifest/manifest.h"
#include "manifest/sealed_luks.h"
#include "storage/layer.h"
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
	struct luks luks;
	const struct sealed_luks *sealed; /* its record, or NULL; the caller's */
	int64_t sealed_at;		  /* of that record; 0: unknown */
	struct luks_comparison comparison;
	/* Where a copy is not good, or not as new as the other: what lies there instead, or NULL; and
	 * whether that is the signature of another format. */
	const char *other;
	bool foreign;
	uint64_t foreign_at; /* foreign: where that signature is, bytes */
	bool ambiguous;	     /* foreign, and cryptsetup refuses it for that, for sure */
	/* Nothing known is at its start, neither a header nor another format, and it is random: data of
	 * dm-crypt look so, also those whose header is elsewhere. */
	bool like_data;
	/* Likewise: the signature at the device's end, of an array or a replica that it is, or was, a
	 * member of, or NULL. It explains nothing of the header, but cryptsetup heeds it. */
	const char *member;
	/* Without anything of a header in its place: the form in which the file holds a disk, or NULL. */
	const struct layer *layer;
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

/*
 * First: reads and understands the header. Returns as luks_read() does. luks_view_clear() frees
 * what a view owns, in any case. *v is zeroed but for what is the caller's.
 */
int luks_view_read(struct luks_view *v, const struct source *source);

/*
 * Then: compares it with the record (NULL: there is none), and looks closer at what differs. Only
 * the areas of active keyslots are read. -ENOMEM.
 */
int luks_view_compare(struct luks_view *v, const struct source *source,
		      const struct sealed_luks *sealed, int64_t sealed_at);
void luks_view_clear(struct luks_view *v);

/*
 * Then, perhaps: opened are the keyslots (bit N is keyslot N) that a passphrase opened. What gives
 * the volume key is no damaged keyslot, whatever the record says: it was changed after the seal.
 */
void luks_view_tried(struct luks_view *v, uint32_t opened);

/* The file or device that holds the header. */
const char *luks_view_place(const struct luks_view *v);

/* How sure it is that a record is one of this device. */
enum record_match {
	RECORD_OTHER,  /* nothing says so */
	RECORD_CALLED, /* only its name is the device's, and disks that are found in another order
			* change such names ("/dev/sda3"): that is no evidence */
	RECORD_NAMED, /* only its name is the device's, but that stays: a file's, or a link's of udev */
	RECORD_BYTES, /* the UUID is another one or gone, but sealed bytes are there: where they were,
			* or with all of the container near to that place */
	RECORD_UUID, /* the header's UUID */
};

/*
 * Compares a record with what luks_view_read() found. The name is compared with device and as files
 * of the same number. Reads no more than the areas that the record names.
 */
enum record_match luks_record_match(const struct sealed_luks *s, const struct luks *l,
				    const struct source *source, const char *device);

/* Whether the header, or what is left of it, is the sealed one by its UUID or by what it says of keyslots. */
bool luks_record_describes(const struct sealed_luks *s, const struct luks *l);

/*
 * Of a record that is this device's: whether it says, by any name, that the device itself is what was
 * opened, and no array that it is a member of.
 */
bool luks_record_names(const struct sealed_luks *s, const char *device);

#endif
