/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SEALED_LUKS_H
#define BV_MANIFEST_SEALED_LUKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "luks/luks.h"

/*
 * The record of a LUKS device. It reveals no key: hashes are of encrypted areas and of header
 * bytes that anyone who can read the device sees.
 */
struct sealed_keyslot {
	unsigned int number;
	uint64_t offset, length, used; /* of its area, as in struct luks_keyslot */
	uint64_t described;	       /* likewise */
	uint64_t edge;	  /* hash64() of the key material in the block that it ends in; 0: it ends
			   * with a block */
	uint64_t *blocks; /* hash64() of each 4096 bytes of the area; owned */
	size_t block_count;
};

/* What lies on top of the opened device, lowest first: the chain down to the root file system. */
struct sealed_layer {
	char kind
		[16]; /* "crypt" (name of the mapping), "lvm" (VG/LV), "ext4", "xfs", "swap", ... */
	char *name;   /* owned; "" when it has none */
	char *uuid;   /* owned; "" when unknown */
};

struct sealed_luks {
	char *uuid;   /* owned */
	char *device; /* as crypttab or --device named it: "UUID=...", "/dev/vda3"; owned */
	char *place;  /* another name that does not need the header: by the partition's UUID, or the
		       * kernel's; "" when unknown; owned */
	char *header; /* the detached header's path, or NULL; owned */
	int version;
	uint64_t seqid;	   /* LUKS2; else 0 */
	bool reencrypting; /* a reencryption was in progress */
	struct {
		uint64_t offset, length, hash; /* length 0: none */
	} copies[LUKS_HEADERS];
	uint64_t immutable_hash;      /* LUKS1 */
	struct sealed_keyslot *slots; /* active ones, by number; owned */
	size_t slot_count;
	struct sealed_layer *layers; /* owned */
	size_t layer_count;
};

/*
 * Records what luks_read() found on a source: all but the names (device, place, header) and the
 * layers. -EIO, -ENOMEM; -EBADMSG: it is no LUKS device, or damaged already: a copy of the header
 * is not good, or the two are not of the same update. s must not hold anything before; on error it
 * is empty.
 */
int sealed_luks_record(struct sealed_luks *s, const struct luks *l, const struct source *source);
void sealed_luks_clear(struct sealed_luks *s);

/* Whether both say the same of the header and of the keyslots. Names and layers do not count. */
bool sealed_luks_same(const struct sealed_luks *a, const struct sealed_luks *b);

/* Where the fields of LUKS1's keyslots lie in its header: its specification, figure 1. */
#define LUKS1_SLOT_FIELDS      208u
#define LUKS1_SLOT_FIELD_BYTES 48u

/* The name that it is unlocked as ("root_crypt"), or "". */
const char *sealed_luks_mapping(const struct sealed_luks *s);

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

/* How a device compares with its record. */
struct luks_comparison {
	enum slot_state slots[LUKS_SLOTS_MAX];
	uint64_t first_bad[LUKS_SLOTS_MAX];   /* DAMAGED, UNREADABLE, PADDING: byte offset on the
					       * device, of the area or (LUKS1) of the slot's fields */
	uint64_t bad_blocks[LUKS_SLOTS_MAX];  /* of its area; 0 with DAMAGED: its fields alone */
	bool slot_fields_bad[LUKS_SLOTS_MAX]; /* LUKS1: DAMAGED in the fields of the header */
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
