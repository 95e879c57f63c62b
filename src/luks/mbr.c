// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/mbr.h"

#include <stdlib.h>
#include <string.h>

#include "luks/luks1.h"
#include "luks/luks2_binary.h"
#include "util/bytes.h"
#include "util/util.h"

/* UEFI Specification, 5.2: the disk's signature, which fdisk makes up; two zeros, the entries, and 55 aa. */
#define SIGNATURE     440u
#define SIGNATURE_END 444u
#define ENTRIES	      446u
#define MARK	      510u

#define CODE "the boot code of an MBR (or zeros)"

/* LUKS1's keyslot 4 has its offset there, in sectors. */
#define SLOT_THERE 4u

static bool is_table(const unsigned char *s)
{
	return !bytes_are_zero(s + SIGNATURE, SIGNATURE_END - SIGNATURE) &&
	       bytes_are_zero(s + SIGNATURE_END, SECTOR_BYTES - SIGNATURE_END);
}

/* Where wipefs found the magic it has erased that, too. */
static bool is_magic(const unsigned char *s)
{
	return memcmp(s, luks_magic, LUKS_MAGIC_BYTES) == 0 || bytes_are_zero(s, LUKS_MAGIC_BYTES);
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

/*
 * The start of each copy of LUKS2, where the second one is right but for its magic, and the areas behind
 * both starts are alike. False: it is not so.
 */
static bool read_starts(const struct luks_view *v, const struct source *source,
			unsigned char a[LUKS2_BINARY], unsigned char b[LUKS2_BINARY])
{
	const struct luks_copy *c = v->luks.copies;
	unsigned char one[BLOCK_SIZE], two[BLOCK_SIZE];

	if (v->luks.version != 2 || c[0].state == LUKS_COPY_GOOD ||
	    (c[1].state != LUKS_COPY_GOOD && c[1].state != LUKS_COPY_ERASED) ||
	    source_read(source, a, LUKS2_BINARY, 0) != (ssize_t)LUKS2_BINARY ||
	    source_read(source, b, LUKS2_BINARY, c[1].offset) != (ssize_t)LUKS2_BINARY)
		return false;
	for (uint64_t at = LUKS2_BINARY; at < c[1].length; at += BLOCK_SIZE) {
		if (source_read(source, one, BLOCK_SIZE, at) != (ssize_t)BLOCK_SIZE ||
		    source_read(source, two, BLOCK_SIZE, c[1].offset + at) != (ssize_t)BLOCK_SIZE ||
		    memcmp(one, two, BLOCK_SIZE) != 0)
			return false;
	}
	return true;
}

static bool any_field_is_bad(const struct luks_view *v)
{
	bool bad = v->comparison.fields_bad;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		bad |= v->comparison.slot_fields_bad[i];
	return bad;
}

/* Of LUKS1 the keyslots there are not in use, and the format says how they are. */
static bool is_table_over_luks1(const struct luks_view *v, const struct source *source)
{
	cleanup(free_ptr) unsigned char *right = NULL;
	unsigned char s[BLOCK_SIZE];
	size_t len;

	if (v->luks.version != 1 || v->luks.chosen >= 0 || !v->luks.rebuilt ||
	    any_field_is_bad(v) || source_read(source, s, sizeof(s), 0) != (ssize_t)sizeof(s) ||
	    luks1_rebuild(source, &right, &len))
		return false;
	return is_table(s) && is_magic(s) &&
	       (uint64_t)be32(s + SIGNATURE) * SECTOR_BYTES != v->luks.slots[SLOT_THERE].offset &&
	       memcmp(s + LUKS_MAGIC_BYTES, right + LUKS_MAGIC_BYTES,
		      SIGNATURE - LUKS_MAGIC_BYTES) == 0 &&
	       memcmp(s + SECTOR_BYTES, right + SECTOR_BYTES, len - SECTOR_BYTES) == 0;
}

static bool differs(const unsigned char *a, const unsigned char *b, size_t at, size_t bytes)
{
	return memcmp(a + at, b + at, bytes) != 0;
}

/* No field in front of the code's end is as it was, in which both copies are alike and nothing is zero. */
static bool is_overwritten(const unsigned char *a, const unsigned char *b)
{
	return differs(a, b, LUKS2_AT_VERSION, 2) && differs(a, b, LUKS2_AT_SIZE, 8) &&
	       differs(a, b, LUKS2_AT_SEQID, 8) &&
	       differs(a, b, LUKS2_AT_ALGORITHM, LUKS2_NAME_BYTES) &&
	       differs(a, b, LUKS2_AT_UUID, LUKS2_UUID_BYTES);
}

/* parted and Windows put code of their own in front of the table: it calls INT 13h, which reads a disk. */
static bool is_table_with_code(const unsigned char *s)
{
	return is_table(s) && memmem(s, SIGNATURE, "\xcd\x13", 2);
}

/* Of LUKS1 the last keyslot's descriptor is behind it. */
static bool is_code_over_luks1(const struct luks_view *v, const struct source *source)
{
	unsigned char s[SECTOR_BYTES];

	return !v->luks.version && source_read(source, s, sizeof(s), 0) == (ssize_t)sizeof(s) &&
	       is_table_with_code(s) && luks1_lost_its_start(source, SECTOR_BYTES);
}

static bool is_table_over_luks2(const unsigned char *a, const unsigned char *b)
{
	if (is_table_with_code(a) && is_overwritten(a, b))
		return bytes_are_zero(a + SECTOR_BYTES, LUKS2_BINARY - SECTOR_BYTES);
	return is_table(a) && is_magic(a) && is_as_second(a, b);
}

/*
 * GRUB, util/setup.c: its installer keeps 0x3 to 0x59, where FAT has its fields, and from 0x1b8 on; boot.S
 * begins with a short jump and a nop.
 */
#define KEPT	 3u
#define KEPT_END 0x5au

/* Those as the header has them, and code in each field that is behind them. */
static bool is_overwritten_by_grub(const unsigned char *a, const unsigned char *b)
{
	const unsigned char *tail = a + KEPT_END, *padding = a + LUKS2_AT_PADDING;

	return a[0] == 0xeb && a[2] == 0x90 &&
	       !differs(a, luks_magic, KEPT, LUKS_MAGIC_BYTES - KEPT) &&
	       !differs(a, b, LUKS2_AT_VERSION, KEPT_END - LUKS2_AT_VERSION) &&
	       !bytes_are_zero(tail, LUKS2_AT_SALT - KEPT_END) &&
	       differs(a, b, LUKS2_AT_UUID, LUKS2_UUID_BYTES) &&
	       !bytes_are_zero(a + LUKS2_AT_OFFSET, LUKS2_AT_PADDING - LUKS2_AT_OFFSET) &&
	       !bytes_are_zero(padding, 64) && !bytes_are_zero(padding + 64, 64);
}

/* 55 aa, with which a boot sector ends. */
static bool has_mark(const unsigned char *a)
{
	return a[MARK] == 0x55 && a[MARK + 1] == 0xaa;
}

/* A checksum has every byte as often as any other, and few zeros; entries of a table have many. */
static bool is_like_checksum(const unsigned char *p, size_t bytes)
{
	size_t zeros = 0;

	for (size_t i = 0; i < bytes; i++)
		zeros += !p[i];
	return bytes && zeros * 8 <= bytes;
}

/* The checksum is still there, in its place among zeros: what it is without the salt nothing tells. */
static bool ends_as_written(const unsigned char *a, const unsigned char *b)
{
	size_t bytes = luks2_checksum_bytes(b), end = LUKS2_AT_CHECKSUM + bytes;
	size_t stop = has_mark(a) ? MARK : SECTOR_BYTES;

	return is_like_checksum(a + LUKS2_AT_CHECKSUM, bytes) &&
	       bytes_are_zero(a + ENTRIES, LUKS2_AT_CHECKSUM - ENTRIES) &&
	       (end >= stop || bytes_are_zero(a + end, stop - end)) &&
	       bytes_are_zero(a + SECTOR_BYTES, LUKS2_BINARY - SECTOR_BYTES);
}

static bool is_code_over_luks2(const unsigned char *a, const unsigned char *b)
{
	return (is_overwritten(a, b) || (has_mark(a) && is_overwritten_by_grub(a, b))) &&
	       ends_as_written(a, b);
}

const char *luks_what_mbr(const struct luks_view *v, const struct source *source, bool *boot_code)
{
	unsigned char a[LUKS2_BINARY], b[LUKS2_BINARY];
	bool both = read_starts(v, source, a, b);

	*boot_code = false;
	if (both ? is_table_over_luks2(a, b)
		 : is_table_over_luks1(v, source) || is_code_over_luks1(v, source))
		return "a wiped MBR partition table";
	*boot_code = both ? is_code_over_luks2(a, b)
			  : !v->luks.version && luks1_lost_its_start(source, SIGNATURE);
	if (!*boot_code)
		return NULL;
	return both && has_mark(a) ? "a boot sector" : CODE;
}
