// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks1.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luks/copy.h"
#include "luks/fields.h"
#include "util/bytes.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

/* "LUKS1 On-Disk Format Specification", version 1.2.3, figures 1 and 2; numbers are big-endian. */
#define AT_VERSION     6u
#define AT_CIPHER      8u
#define AT_MODE	       40u
#define AT_HASH	       72u
#define AT_PAYLOAD     104u /* sectors; 0: the header is detached */
#define AT_KEY_BYTES   108u
#define AT_ITERATIONS  164u
#define AT_UUID	       168u
#define AT_SLOTS       208u
#define LUKS1_BYTES    592u
#define NAME_BYTES     32u
#define UUID_BYTES     40u
#define SLOT_BYTES     48u
#define SLOT_ITERATION 4u
#define SLOT_SALT      8u
#define SLOT_OFFSET    40u /* sectors */
#define SLOT_STRIPES   44u
#define SLOT_ENABLED   0x00ac71f3u
#define SLOT_DISABLED  0x0000deadu
#define STRIPES	       4000u

/* cryptsetup's own structure of the header, which nothing may overlap (luks1/luks.h). */
#define FIRST_AREA 1024u
/* No cipher of dm-crypt has a key this long. */
#define KEY_BYTES_MAX 512u

/*
 * What cryptsetup's offline reencryption of LUKS1 puts in the place of the last two bytes of the
 * magic, so that nothing opens the device meanwhile (src/utils_reencrypt_luks1.c).
 */
static const unsigned char magic_in_reencryption[LUKS_MAGIC_BYTES] = {
	'L', 'U', 'K', 'S', 0xde, 0xad,
};

static const unsigned char *slot_at(const unsigned char *h, unsigned int slot)
{
	return h + AT_SLOTS + slot * SLOT_BYTES;
}

static uint64_t area_offset(const unsigned char *h, unsigned int slot)
{
	return (uint64_t)be32(slot_at(h, slot) + SLOT_OFFSET) * SECTOR_BYTES;
}

/* Key material of a slot that keeps to the format, in whole sectors. */
static uint64_t area_used(const unsigned char *h)
{
	uint64_t bytes = (uint64_t)be32(h + AT_KEY_BYTES) * STRIPES;

	return (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
}

static uint64_t payload_offset(const unsigned char *h)
{
	return (uint64_t)be32(h + AT_PAYLOAD) * SECTOR_BYTES;
}

static bool bad(struct luks_copy *c, const char *what, unsigned int slot)
{
	if (slot < LUKS1_SLOTS)
		luks_copy_says(c, LUKS_COPY_BAD_FIELD, "keyslot %u: %s", slot, what);
	else
		luks_copy_says(c, LUKS_COPY_BAD_FIELD, "%s", what);
	return false;
}

static bool names_are_right(const unsigned char *h, struct luks_copy *c)
{
	if (!luks_is_name(h + AT_CIPHER, NAME_BYTES))
		return bad(c, "the name of the cipher is none", LUKS1_SLOTS);
	if (!luks_is_name(h + AT_MODE, NAME_BYTES))
		return bad(c, "the name of the cipher's mode is none", LUKS1_SLOTS);
	if (!luks_is_name(h + AT_HASH, NAME_BYTES))
		return bad(c, "the name of the hash is none", LUKS1_SLOTS);
	if (!luks_is_uuid(h + AT_UUID, UUID_BYTES))
		return bad(c, "the UUID is none", LUKS1_SLOTS);
	return true;
}

static bool slot_is_right(const unsigned char *h, unsigned int slot, struct luks_copy *c)
{
	const unsigned char *s = slot_at(h, slot);
	uint32_t state = be32(s);
	uint64_t start = area_offset(h, slot), end = start + area_used(h);

	if (state != SLOT_ENABLED && state != SLOT_DISABLED)
		return bad(c, "it is neither enabled nor disabled", slot);
	if (state == SLOT_ENABLED && be32(s + SLOT_ITERATION) == 0)
		return bad(c, "it is enabled, and has no iterations", slot);
	if (be32(s + SLOT_STRIPES) != STRIPES)
		return bad(c, "it does not have 4000 stripes", slot);
	if (start < FIRST_AREA)
		return bad(c, "its area would begin inside the header", slot);
	if (payload_offset(h) && end > payload_offset(h))
		return bad(c, "its area would end behind the start of the data", slot);
	for (unsigned int other = 0; other < slot; other++) {
		uint64_t from = area_offset(h, other);

		if (start < from + area_used(h) && from < end)
			return bad(c, "its area overlaps another keyslot's", slot);
	}
	return true;
}

/* All but the magic and the version. */
static bool fields_are_right(const unsigned char *h, struct luks_copy *c)
{
	uint32_t key_bytes = be32(h + AT_KEY_BYTES);

	if (!names_are_right(h, c))
		return false;
	if (key_bytes == 0 || key_bytes > KEY_BYTES_MAX)
		return bad(c, "the length of the volume key cannot be", LUKS1_SLOTS);
	if (be32(h + AT_ITERATIONS) == 0)
		return bad(c, "the volume key's digest has no iterations", LUKS1_SLOTS);
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++) {
		if (!slot_is_right(h, i, c))
			return false;
	}
	return true;
}

/* Up to the next multiple of 4096, where cryptsetup aligns the next area, if there is room. */
static uint64_t area_length(const unsigned char *h, unsigned int slot, uint64_t size)
{
	uint64_t start = area_offset(h, slot), used = area_used(h);
	uint64_t end = (start + used + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;

	for (unsigned int other = 0; other < LUKS1_SLOTS; other++) {
		uint64_t from = area_offset(h, other);

		if (from > start && from < end)
			end = from;
	}
	if (payload_offset(h) > start && payload_offset(h) < end)
		end = payload_offset(h);
	if (size > start && size < end)
		end = size;
	return end - start < used ? used : end - start;
}

static void fill_slot(const unsigned char *h, unsigned int slot, uint64_t size, struct luks *l)
{
	const unsigned char *s = slot_at(h, slot);
	struct luks_keyslot *k = &l->slots[slot];

	k->present = true;
	k->active = be32(s) == SLOT_ENABLED;
	strcpy(k->pbkdf, "pbkdf2");
	memcpy(k->cipher, l->cipher, sizeof(k->cipher));
	k->key_bytes = l->volume_key_bytes;
	k->stripes = be32(s + SLOT_STRIPES);
	k->iterations = be32(s + SLOT_ITERATION);
	k->described = hash64(s, SLOT_BYTES);
	k->offset = area_offset(h, slot);
	/* A key of that length nobody has: as long as the disk its area would be read for nothing. */
	if (k->key_bytes > KEY_BYTES_MAX)
		return;
	k->used = (uint64_t)k->key_bytes * STRIPES;
	k->length = area_length(h, slot, size);
	if (k->offset + area_used(h) > l->needed)
		l->needed = k->offset + area_used(h);
}

/* What adding, changing and removing a passphrase leaves as it is, and a new UUID, too. */
static uint64_t immutable_hash(const unsigned char *h)
{
	unsigned char fields[LUKS1_BYTES];

	memcpy(fields, h, LUKS1_BYTES);
	memset(fields + AT_UUID, 0, UUID_BYTES);
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++)
		memset(fields + AT_SLOTS + i * SLOT_BYTES, 0, SLOT_OFFSET);
	return hash64(fields, LUKS1_BYTES);
}

static void fill(const unsigned char *h, uint64_t size, struct luks *l)
{
	char name[NAME_BYTES + 1], mode[NAME_BYTES + 1];

	l->version = 1;
	l->copies[0].length = LUKS1_BYTES;
	l->copies[0].hash = hash64(h, LUKS1_BYTES);
	text_field(name, sizeof(name), h + AT_CIPHER, NAME_BYTES);
	text_field(mode, sizeof(mode), h + AT_MODE, NAME_BYTES);
	snprintf(l->cipher, sizeof(l->cipher), "%.31s-%.31s", name, mode);
	text_field(l->uuid, sizeof(l->uuid), h + AT_UUID, UUID_BYTES);
	l->sector_bytes = SECTOR_BYTES;
	l->volume_key_bytes = be32(h + AT_KEY_BYTES);
	l->data_offset = payload_offset(h);
	l->digest_count = 1;
	l->slot_count = LUKS1_SLOTS;
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++)
		fill_slot(h, i, size, l);
	l->immutable_hash = immutable_hash(h);
}

static bool is_enabled(const unsigned char *h, unsigned int slot)
{
	return be32(slot_at(h, slot)) == SLOT_ENABLED;
}

static void put_be32(unsigned char *p, uint32_t n)
{
	for (unsigned int i = 0; i < 4; i++)
		p[i] = (unsigned char)(n >> (24 - 8 * i));
}

/*
 * Where cryptsetup puts an area when it formats, and when it repairs a header: from 4096 on, each
 * at a multiple of 4096 (lib/luks1/keymanage.c, LUKS_generate_phdr() and _keyslot_repair()).
 */
static uint64_t usual_offset(const unsigned char *h, unsigned int slot)
{
	uint64_t length = (area_used(h) + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;

	return BLOCK_SIZE + slot * length;
}

static bool is_placed_well(const unsigned char *h, unsigned int slot)
{
	uint64_t start = area_offset(h, slot), end = start + area_used(h);

	if (be32(slot_at(h, slot) + SLOT_STRIPES) != STRIPES || start < FIRST_AREA ||
	    (payload_offset(h) && end > payload_offset(h)))
		return false;
	for (unsigned int other = 0; other < LUKS1_SLOTS; other++) {
		uint64_t from = area_offset(h, other);

		if (other != slot && is_enabled(h, other) && start < from + area_used(h) &&
		    from < end)
			return false;
	}
	return true;
}

/* The header as it must be, for all that the format and cryptsetup prescribe. */
static void as_prescribed(const unsigned char *h, unsigned char *to)
{
	memcpy(to, h, LUKS1_BYTES);
	memcpy(to, luks_magic, LUKS_MAGIC_BYTES);
	to[AT_VERSION] = 0;
	to[AT_VERSION + 1] = 1;
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++) {
		unsigned char *s = to + AT_SLOTS + i * SLOT_BYTES;

		if (!is_enabled(h, i))
			put_be32(s, SLOT_DISABLED);
		if (is_placed_well(h, i))
			continue;
		put_be32(s + SLOT_OFFSET, (uint32_t)(usual_offset(h, i) / SECTOR_BYTES));
		put_be32(s + SLOT_STRIPES, STRIPES);
		if (!is_enabled(h, i))
			memset(s + SLOT_ITERATION, 0, SLOT_OFFSET - SLOT_ITERATION);
	}
}

/* What differs are descriptors of keyslots that are not in use, and nothing else. */
static bool only_unused_differ(const unsigned char *h, const unsigned char *right)
{
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++) {
		if (is_enabled(h, i) && memcmp(slot_at(h, i), slot_at(right, i), SLOT_BYTES) != 0)
			return false;
	}
	return memcmp(h, right, AT_SLOTS) == 0;
}

static void says_magic(const unsigned char *h, bool all_else_is_right, struct luks_copy *c)
{
	bool erased = all_else_is_right && bytes_are_zero(h, LUKS_MAGIC_BYTES);

	luks_copy_says(c, erased ? LUKS_COPY_ERASED : LUKS_COPY_BAD_FIELD,
		       "the magic is %02x %02x %02x %02x %02x %02x, not \"LUKS\" ba be", h[0], h[1],
		       h[2], h[3], h[4], h[5]);
}

/* With its end its fields are gone, and only what it begins with tells it. */
static bool is_cut(const unsigned char *h, size_t len, struct luks *l)
{
	if (len < AT_CIPHER || memcmp(h, luks_magic, LUKS_MAGIC_BYTES) != 0 ||
	    be16(h + AT_VERSION) != 1)
		return false;
	l->version = 1;
	l->copies[0].length = l->needed = LUKS1_BYTES;
	luks_copy_says(&l->copies[0], LUKS_COPY_CUT, "the device ends behind %zu bytes of it", len);
	return true;
}

bool luks1_parse(const unsigned char *h, size_t len, uint64_t size, struct luks *l)
{
	struct luks_copy c = { .state = LUKS_COPY_GOOD }, ignored;
	unsigned char right[LUKS1_BYTES];
	bool magic, version, paused, fields, rebuilt;

	if (len < LUKS1_BYTES)
		return is_cut(h, len, l);
	magic = memcmp(h, luks_magic, LUKS_MAGIC_BYTES) == 0;
	paused = memcmp(h, magic_in_reencryption, LUKS_MAGIC_BYTES) == 0;
	version = be16(h + AT_VERSION) == 1;
	fields = fields_are_right(h, &c);
	as_prescribed(h, right);
	rebuilt = fields_are_right(right, &ignored);
	/* All the rest being right tells a LUKS1 header, too. */
	if (!rebuilt && !(magic && version))
		return false;
	if (fields && !version)
		luks_copy_says(&c, LUKS_COPY_BAD_FIELD,
			       "the version is %" PRIu32 ", and all else is a LUKS1 header's",
			       be16(h + AT_VERSION));
	else if (fields && paused)
		luks_copy_says(&c, LUKS_COPY_UNKNOWN,
			       "an offline reencryption with cryptsetup is in progress");
	else if (!magic && (fields || !paused))
		says_magic(h, fields, &c);
	l->copies[0] = c;
	l->reencrypting = c.state == LUKS_COPY_UNKNOWN;
	l->chosen = c.state == LUKS_COPY_GOOD ? 0 : -1;
	if (l->chosen < 0 && rebuilt && !l->reencrypting)
		l->rebuilt = LUKS_REBUILT_UNPROVEN;
	l->only_unused_bad = l->rebuilt && only_unused_differ(h, right);
	fill(l->rebuilt ? right : h, size, l);
	l->copies[0].hash = hash64(h, LUKS1_BYTES);
	return true;
}

/* Two such descriptors are no chance: each has 64 bits that the format prescribes. */
#define REMAINS_MIN 2u

static bool is_descriptor(const unsigned char *slot)
{
	uint32_t state = be32(slot);

	return (state == SLOT_ENABLED || state == SLOT_DISABLED) &&
	       be32(slot + SLOT_STRIPES) == STRIPES;
}

void luks1_find_remains(const unsigned char *h, size_t len, struct luks *l)
{
	unsigned int there = 0, enabled = 0;

	if (len < LUKS1_BYTES)
		return;
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++) {
		if (!is_descriptor(slot_at(h, i)))
			continue;
		there++;
		enabled += be32(slot_at(h, i)) == SLOT_ENABLED;
	}
	if (there < REMAINS_MIN)
		return;
	if (luks_is_uuid(h + AT_UUID, UUID_BYTES))
		text_field(l->uuid, sizeof(l->uuid), h + AT_UUID, UUID_BYTES);
	snprintf(l->left, sizeof(l->left), "the descriptors of %u keyslots, %u in use%s%s", there,
		 enabled, *l->uuid ? ", and the UUID " : "", l->uuid);
}

bool luks1_lost_its_start(const struct source *source, size_t bytes)
{
	unsigned char h[LUKS1_BYTES];

	if (source_read(source, h, sizeof(h), 0) != (ssize_t)sizeof(h))
		return false;
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++) {
		if (is_descriptor(slot_at(h, i)) != (AT_SLOTS + i * SLOT_BYTES >= bytes))
			return false;
	}
	return true;
}

int luks1_rebuild(const struct source *source, unsigned char **header, size_t *len)
{
	unsigned char h[LUKS1_BYTES];

	if (source_read(source, h, sizeof(h), 0) != (ssize_t)sizeof(h))
		return -EIO;
	*header = malloc(LUKS1_BYTES);
	if (!*header)
		return -ENOMEM;
	as_prescribed(h, *header);
	*len = LUKS1_BYTES;
	return 0;
}
