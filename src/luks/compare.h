/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_COMPARE_H
#define BV_LUKS_COMPARE_H

#include "luks/luks.h"
#include "manifest/sealed_luks.h"

/* Where the fields of LUKS1's keyslots lie in its header: its specification, figure 1. */
#define LUKS1_SLOT_FIELDS      208u
#define LUKS1_SLOT_FIELD_BYTES 48u

enum slot_state {
	SLOT_AS_SEALED,
	SLOT_CHANGED, /* the header says otherwise than the seal: by its owner */
	SLOT_DAMAGED, /* it differs, and not as anyone changes a keyslot */
	SLOT_WIPED,   /* all of it differs as cryptsetup overwrites a key, and the header names it
		       * still: removing it was interrupted, or its bytes are not what was written */
	SLOT_PADDING, /* only bytes behind the key material differ: harmless */
	SLOT_NEW,     /* not there when it was sealed */
	SLOT_REMOVED, /* was there when it was sealed */
	SLOT_UNREADABLE,
	SLOT_CUT,     /* the device ends in front of its end, and what is there does not differ */
	SLOT_UNKNOWN, /* no record to compare with */
};

/*
 * What a conversion of LUKS1 to LUKS2 moves key material by, and the other way back: from behind
 * one header of 4 KiB to behind two of 16 KiB (cryptsetup, lib/luks2/luks2_luks1_convert.c).
 * Bytes, from where this record has it; 0: it cannot be moved.
 */
int64_t sealed_luks_convert_shift(const struct sealed_luks *s);

/* Whether a block with this hash64() was sealed in any keyslot. */
bool sealed_luks_has_block(const struct sealed_luks *s, uint64_t hash);

/* How a device compares with its record. */
struct luks_comparison {
	enum slot_state slots[LUKS_SLOTS_MAX];
	uint64_t first_bad[LUKS_SLOTS_MAX];    /* DAMAGED, UNREADABLE, PADDING: byte offset on the
					       * device, of the area or (LUKS1) of the slot's fields */
	uint64_t bad_blocks[LUKS_SLOTS_MAX];   /* of its area; 0 with DAMAGED: its fields alone */
	bool slot_fields_bad[LUKS_SLOTS_MAX];  /* LUKS1: DAMAGED in the fields of the header */
	bool restored_in_part[LUKS_SLOTS_MAX]; /* WIPED: by an older key, the front alone */
	bool copy_as_sealed[LUKS_HEADERS];
	/* An interrupted conversion: key material lies so many bytes behind its sealed place (or in
	 * front of it), and the rest of *this is of there; 0: it does not. */
	int64_t shift;
	bool seqid_higher, seqid_lower, same_uuid;
	bool same_version; /* LUKS1 and LUKS2 can be converted into each other */
	bool fields_bad;   /* LUKS1: fields differ that no owner's change alters like that */
	bool unused_bad;   /* LUKS1: fields differ that no keyslot in use needs: harmless */
	bool rewritten;	   /* LUKS2: same seqid, right checksum, other bytes: so looks a copy that
			    * cryptsetup repaired silently */
};

/* -ENOMEM; what the device cannot read is in *c. */
int sealed_luks_compare(const struct sealed_luks *s, const struct luks *l,
			const struct source *source, struct luks_comparison *c);

#endif
