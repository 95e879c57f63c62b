/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_HEADER_H
#define BV_LUKS_HEADER_H

#include "manifest/sealed_luks.h" /* LUKS_SLOTS_MAX, LUKS_HEADERS */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * LUKS headers as they are on the device, read raw: nothing here writes, and nothing here calls
 * a library that repairs what it reads.
 *
 * LUKS1: "LUKS1 On-Disk Format Specification", version 1.2.3. LUKS2: "LUKS2 On-Disk Format
 * Specification", version 1.1.x, sections 2 (binary header) and 3 (JSON area).
 */

#define LUKS1_SLOTS    8u
#define LUKS2_JSON_MAX (4u << 20) /* the largest header that the format allows, less 4096 */

enum luks_copy_state {
	LUKS_COPY_ABSENT, /* no magic where it must be */
	LUKS_COPY_GOOD,
	LUKS_COPY_ERASED,    /* its magic is all zero, and with the magic put back it is GOOD */
	LUKS_COPY_BAD_FIELD, /* the binary header contradicts the format */
	LUKS_COPY_BAD_CHECKSUM,
	LUKS_COPY_BAD_JSON,   /* the checksum is right, and this program refuses the metadata */
	LUKS_COPY_UNREADABLE, /* the device cannot read it */
	LUKS_COPY_UNKNOWN,    /* a version that is newer than this program */
	LUKS_COPY_CUT,	      /* the device ends inside it, or in front of it */
};

/* One of the two copies of a LUKS2 header; LUKS1 has one. */
struct luks_copy {
	enum luks_copy_state state;
	char reason[160];	 /* in words, unless GOOD */
	uint64_t offset, length; /* binary header and JSON area, bytes; length 0 when unknown */
	uint64_t seqid;
	bool checksummed; /* LUKS2: compared; LUKS1 has none */
	/* BAD_CHECKSUM because the field is all zero still: cryptsetup writes a copy without its
	 * checksum, then its JSON area, then the checksum (lib/luks2/luks2_disk_metadata.c). */
	bool unfinished;
	/* LUKS2, GOOD: where on the device bytes behind the checksum are not zero, up to the end of the
	 * sector. No checksum covers them, and cryptsetup ignores them (lib/luks2/luks2_disk_metadata.c,
	 * hdr_checksum_check()). 0: they are zero. */
	uint64_t unused_bad;
	/* BAD_CHECKSUM beside a GOOD copy: its binary header is well formed and of a lower seqid, and that
	 * is not all that is wrong: it is of an older header than the rest. */
	bool older_start;
	bool boot_mark; /* the first copy: of these, 55 aa of a boot sector and nothing else */
	/* hash64() of its length bytes, when they could be read; those of unused_bad count as zero. */
	uint64_t hash;
};

/* How a header was put together when none can be used as it is. */
enum luks_rebuilt {
	LUKS_NOT_REBUILT,
	LUKS_REBUILT_PROVEN, /* LUKS2: a checksum that is there is right over it */
	/* LUKS2: from a JSON text alone, which is whole and says nothing that cannot be. LUKS1, which
	 * has no checksum: with the magic, or with the descriptors of keyslots, as they must be. */
	LUKS_REBUILT_UNPROVEN,
};

struct luks_keyslot {
	bool present; /* there is a keyslot of this number */
	bool active;  /* a passphrase may open it (LUKS1: state 0x00AC71F3) */
	bool unbound; /* active, but not of the volume key (LUKS2: no digest of a segment in use) */
	bool ignored; /* LUKS2: of priority 0: tried only when it is named */
	bool reencrypt; /* it belongs to a reencryption in progress, not to a passphrase */
	char token[24]; /* LUKS2: the type of a token that names it: "systemd-tpm2", ...; or "" */
	char pbkdf[16]; /* "argon2id", "pbkdf2", ... */
	char cipher[64];
	uint32_t key_bytes, stripes;
	uint64_t iterations;	 /* pbkdf2: iterations; argon2: passes */
	uint64_t memory_kib;	 /* argon2 */
	uint64_t offset, length; /* its area, bytes from the start of the header device */
	uint64_t used; /* of these, key material (key_bytes * stripes); the rest is padding */
	/* hash64() of all that the header says of this keyslot, its salt included: what changes
	 * whenever the key material is written anew. LUKS2: of its JSON object. */
	uint64_t described;
};

struct luks {
	int version; /* 1, 2, or 0: none was recognised */
	struct luks_copy copies[LUKS_HEADERS];
	int chosen; /* index of the copy that counts (good, higher seqid), or -1 */
	/* Printable ASCII, anything else replaced; without a good copy as a damaged one has them, or "". */
	char uuid[41], label[49], subsystem[49];
	char cipher[64]; /* of the data */
	uint32_t sector_bytes, volume_key_bytes;
	uint64_t
		data_offset; /* where encrypted data begins, bytes; a detached header: on the data device */
	struct luks_keyslot slots[LUKS_SLOTS_MAX];
	unsigned int slot_count, token_count, digest_count; /* present ones */
	/* The header says that a reencryption is in progress; when none is known, what is left of it. */
	bool reencrypting;
	/*
	 * What the header needs and this program does not know: mandatory requirements, keyslot
	 * types, ..., as in "foo, keyslot type bar"; or "". Its keyslots are as far as understood.
	 */
	char requirements[128];
	/* With chosen -1: all from uuid to requirements is of a header that was put together. */
	enum luks_rebuilt rebuilt;
	/* Version 0: what is left of a LUKS1 header of which the beginning is lost, in words; or "". */
	char left[112];
	/* LUKS1: only descriptors of keyslots that are not in use contradict the format. */
	bool only_unused_bad;
	uint64_t size;	 /* of what was read, bytes */
	uint64_t needed; /* the least that it must have for header and keyslots; 0: unknown */
	/* Where its data ends, bytes; 0: at the end of the device, wherever that is. */
	uint64_t data_end;
	/* A container in it that does not begin at its start: a partition's, say. version 0: none. */
	struct {
		int version;
		uint64_t offset; /* bytes */
		/* luks_find_near(): it begins so many bytes in front of the start, on the disk that
		 * the device is a partition of; then offset is 0. */
		uint64_t before;
		char uuid[41];
		bool whole; /* each copy of its header is good */
		bool cut;   /* before, and told by what is here of it, not by what is in front */
	} inside;
	/* LUKS1: of the fields that neither a change of a slot nor of the UUID alters; else 0. */
	uint64_t immutable_hash;
};

#endif
