/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SEALED_LUKS_H
#define BV_MANIFEST_SEALED_LUKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LUKS_SLOTS_MAX 32u
#define LUKS_HEADERS   2u

/*
 * The record of a LUKS device. It reveals no key: hashes are of encrypted areas and of header
 * bytes that anyone who can read the device sees.
 */
struct sealed_keyslot {
	unsigned int number;
	uint64_t offset, length, used; /* of its area, as in struct luks_keyslot (luks/luks.h) */
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

void sealed_luks_clear(struct sealed_luks *s);

/* Whether both say the same of the header and of the keyslots. Names and layers do not count. */
bool sealed_luks_same(const struct sealed_luks *a, const struct sealed_luks *b);

/* The name that it is unlocked as ("root_crypt"), or "". */
const char *sealed_luks_mapping(const struct sealed_luks *s);

#endif
