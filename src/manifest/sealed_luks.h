/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SEALED_LUKS_H
#define BV_MANIFEST_SEALED_LUKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "artifact/luks.h"

/*
 * The record of a LUKS device. It reveals no key: hashes are of encrypted areas and of header
 * bytes that anyone who can read the device sees.
 */
struct sealed_keyslot {
	unsigned int number;
	uint64_t offset, length, used; /* of its area, as in struct luks_keyslot */
	uint64_t *blocks;	       /* hash64() of each 4096 bytes of the area; owned */
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
	char *device; /* as crypttab or --device named it; owned */
	char *header; /* the detached header's path, or NULL; owned */
	int version;
	uint64_t seqid; /* LUKS2; else 0 */
	struct {
		uint64_t offset, length, hash; /* length 0: none */
	} copies[LUKS_HEADERS];
	uint64_t immutable_hash;      /* LUKS1 */
	struct sealed_keyslot *slots; /* active ones, by number; owned */
	size_t slot_count;
	struct sealed_layer *layers; /* owned */
	size_t layer_count;
};

/* Records what luks_read() found on a source. -EIO, -ENOMEM; -EBADMSG: it is damaged already. */
int sealed_luks_record(struct sealed_luks *s, const struct luks *l,
		       const struct luks_source *source);
void sealed_luks_clear(struct sealed_luks *s);

enum slot_state {
	SLOT_AS_SEALED,
	SLOT_CHANGED, /* the header says otherwise than the seal: by its owner */
	SLOT_DAMAGED, /* key material differs, and the header did not change with it */
	SLOT_PADDING, /* only bytes behind the key material differ: harmless */
	SLOT_NEW,     /* not there when it was sealed */
	SLOT_REMOVED, /* was there when it was sealed */
	SLOT_UNREADABLE,
	SLOT_UNKNOWN, /* no record to compare with */
};

/* How a device compares with its record. */
struct luks_comparison {
	enum slot_state slots[LUKS_SLOTS_MAX];
	uint64_t first_bad[LUKS_SLOTS_MAX]; /* DAMAGED: byte offset on the device */
	uint64_t bad_blocks[LUKS_SLOTS_MAX];
	bool copy_as_sealed[LUKS_HEADERS];
	bool seqid_higher, same_uuid;
};

/* -ENOMEM; what the device cannot read is in *c. */
int sealed_luks_compare(const struct sealed_luks *s, const struct luks *l,
			const struct luks_source *source, struct luks_comparison *c);

#endif
