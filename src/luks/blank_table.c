// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/blank_table.h"

#include <stdlib.h>
#include <string.h>

#include "luks/luks1.h"
#include "luks/luks2_binary.h"
#include "util/bytes.h"
#include "util/util.h"

/* UEFI Specification, 5.2: the disk's signature, which fdisk makes up; two zeros, the entries, and 55 aa. */
#define SIGNATURE     440u
#define SIGNATURE_END 444u

/* LUKS1's keyslot 4 has its offset there, in sectors. */
#define SLOT_THERE 4u

static bool is_table(const unsigned char *s)
{
	return !bytes_are_zero(s + SIGNATURE, SIGNATURE_END - SIGNATURE) &&
	       bytes_are_zero(s + SIGNATURE_END, SECTOR_BYTES - SIGNATURE_END);
}

/* What both copies of LUKS2 say, and what is zero in each; a salt is of one copy alone. */
static bool is_as_second(const unsigned char *a, const unsigned char *b)
{
	return memcmp(a + LUKS2_AT_VERSION, b + LUKS2_AT_VERSION,
		      LUKS2_AT_SALT - LUKS2_AT_VERSION) == 0 &&
	       memcmp(a + LUKS2_AT_UUID, b + LUKS2_AT_UUID, LUKS2_AT_OFFSET - LUKS2_AT_UUID) == 0 &&
	       bytes_are_zero(a + LUKS2_AT_OFFSET, SIGNATURE - LUKS2_AT_OFFSET) &&
	       bytes_are_zero(a + SECTOR_BYTES, LUKS2_BINARY - SECTOR_BYTES);
}

static bool is_over_luks2(const struct luks_view *v, const struct source *source)
{
	const struct luks_copy *c = v->luks.copies;
	unsigned char a[LUKS2_BINARY], b[LUKS2_BINARY];

	/* The JSON areas are alike. */
	return v->luks.chosen == 1 && c[0].state == LUKS_COPY_BAD_CHECKSUM &&
	       v->bad_copies[0].bytes == BLOCK_SIZE && !v->bad_copies[0].ranges[0].offset &&
	       source_read(source, a, sizeof(a), 0) == (ssize_t)sizeof(a) &&
	       source_read(source, b, sizeof(b), c[1].offset) == (ssize_t)sizeof(b) &&
	       is_table(a) && is_as_second(a, b);
}

static bool any_field_is_bad(const struct luks_view *v)
{
	bool bad = v->comparison.fields_bad;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		bad |= v->comparison.slot_fields_bad[i];
	return bad;
}

/* Of LUKS1 the keyslots there are not in use, and the format says how they are. */
static bool is_over_luks1(const struct luks_view *v, const struct source *source)
{
	cleanup(free_ptr) unsigned char *right = NULL;
	unsigned char s[BLOCK_SIZE];
	size_t len;

	if (v->luks.version != 1 || v->luks.chosen >= 0 || !v->luks.only_unused_bad ||
	    any_field_is_bad(v) || source_read(source, s, sizeof(s), 0) != (ssize_t)sizeof(s) ||
	    luks1_rebuild(source, &right, &len))
		return false;
	return is_table(s) &&
	       (uint64_t)be32(s + SIGNATURE) * SECTOR_BYTES != v->luks.slots[SLOT_THERE].offset &&
	       memcmp(s, right, SIGNATURE) == 0 &&
	       memcmp(s + SECTOR_BYTES, right + SECTOR_BYTES, len - SECTOR_BYTES) == 0;
}

bool luks_has_blank_table(const struct luks_view *v, const struct source *source)
{
	return is_over_luks2(v, source) || is_over_luks1(v, source);
}
