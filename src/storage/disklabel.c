// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/disklabel.h"

#include <string.h>

#include "util/bytes.h"
#include "util/util.h"

/*
 * util-linux, libblkid/src/partitions/: a file for each. All numbers of Sun, SGI, Apple and Atari are big
 * endian, those of BSD, Solaris on x86 and ULTRIX are not.
 */

static bool read_at(const struct source *source, unsigned char *p, size_t len, uint64_t at)
{
	return source_read(source, p, len, at) == (ssize_t)len;
}

/* sun.c: struct sun_disklabel, magic and checksum at its end: all its words make zero. */
#define SUN_MAGIC 508u

static bool is_sun(const unsigned char s[SECTOR_BYTES])
{
	unsigned int sum = 0;

	for (size_t at = 0; at < SECTOR_BYTES; at += 2)
		sum ^= be16(s + at);
	return be16(s + SUN_MAGIC) == 0xdabe && !sum;
}

/* sgi.c: struct sgi_disklabel, count_checksum(). */
static bool is_sgi(const unsigned char s[SECTOR_BYTES])
{
	uint32_t sum = 0;

	for (size_t at = 0; at < SECTOR_BYTES; at += 4)
		sum += be32(s + at);
	return be32(s) == 0x0be5a941 && !sum;
}

/* Its volume table says so as well: the checksum has 16 bits alone. */
#define SUN_SANITY 188u

const char *recognise_erased_disklabel(const struct source *source)
{
	unsigned char s[SECTOR_BYTES];

	if (!read_at(source, s, sizeof(s), 0))
		return NULL;
	if (be32(s + SUN_SANITY) == 0x600ddeee && bytes_put_back(s + SUN_MAGIC, "\xda\xbe", 2))
		return is_sun(s) ? "a wiped Sun disk label" : NULL;
	return bytes_put_back(s, "\x0b\xe5\xa9\x41", 4) && is_sgi(s) ? "a wiped SGI disk label"
								     : NULL;
}

/* mac.c: struct mac_driver_desc; in the block behind it the first entry of the map, of either form. */
static bool is_mac(const struct source *source, const unsigned char s[SECTOR_BYTES])
{
	uint32_t block = be16(s + 2);
	unsigned char entry[2];

	return s[0] == 'E' && s[1] == 'R' && block >= SECTOR_BYTES && !(block & (block - 1)) &&
	       read_at(source, entry, sizeof(entry), block) &&
	       (!memcmp(entry, "PM", 2) || !memcmp(entry, "TS", 2));
}

/* bsd.c: struct bsd_disklabel: d_magic, d_magic2, d_npartitions; what is xored up to their end makes zero. */
#define BSD_MAGIC      UINT32_C(0x82564557)
#define BSD_MAGIC2     132u
#define BSD_PARTITIONS 138u
#define BSD_HEAD       148u
#define BSD_ENTRY      16u
#define BSD_MAX	       22u /* OpenBSD has 16, NetBSD 22 at most */

static bool is_bsd(const struct source *source, uint64_t at)
{
	unsigned char s[BSD_HEAD + BSD_MAX * BSD_ENTRY];
	unsigned int count, sum = 0;

	if (!read_at(source, s, sizeof(s), at) || le32(s) != BSD_MAGIC ||
	    le32(s + BSD_MAGIC2) != BSD_MAGIC)
		return false;
	count = le16(s + BSD_PARTITIONS);
	if (count > BSD_MAX)
		return false;
	for (size_t i = 0; i < BSD_HEAD + (size_t)count * BSD_ENTRY; i += 2)
		sum ^= le16(s + i);
	return !sum;
}

/* solaris_x86.c: struct solaris_vtoc, in the second sector: v_sanity, v_version. */
static bool is_solaris(const struct source *source)
{
	unsigned char s[8];

	return read_at(source, s, sizeof(s), SECTOR_BYTES + 12) && le32(s) == 0x600ddeee &&
	       le32(s + 4) == 1;
}

/* ultrix.c: struct ultrix_disklabel, 72 bytes that end at 16 KiB: pt_magic, pt_valid. */
static bool is_ultrix(const struct source *source)
{
	unsigned char s[8];

	return read_at(source, s, sizeof(s), 16384 - 72) && le32(s) == 0x032957 && le32(s + 4) == 1;
}

/*
 * atari.c: struct atari_rootsector, of which libblkid asks for one active entry with a name of letters and
 * digits, as noise has it as well. Here the disk's size must be right, each entry must be active, with one of
 * the usual names, or zeros, and one of them be there.
 */
#define ATARI_SIZE    450u
#define ATARI_ENTRIES 454u
#define ATARI_ENTRY   12u
#define ATARI_COUNT   4u

static bool is_atari_partition(const unsigned char *entry, uint64_t sectors)
{
	static const char *const names[] = { "GEM", "BGM", "LNX", "SWP", "RAW", "XGM" };
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		known |= !memcmp(entry + 1, names[i], 3);
	return known && entry[0] & 1 && (uint64_t)be32(entry + 4) + be32(entry + 8) <= sectors;
}

static bool is_atari(const unsigned char s[SECTOR_BYTES], uint64_t sectors)
{
	bool any = false;

	if (be32(s + ATARI_SIZE) != sectors)
		return false;
	for (unsigned int i = 0; i < ATARI_COUNT; i++) {
		const unsigned char *entry = s + ATARI_ENTRIES + (size_t)i * ATARI_ENTRY;

		if (bytes_are_zero(entry, ATARI_ENTRY))
			continue;
		if (!is_atari_partition(entry, sectors))
			return false;
		any = true;
	}
	return any;
}

/* But for BSD. */
static const char *find_label(const struct source *source)
{
	unsigned char s[SECTOR_BYTES];

	if (!read_at(source, s, sizeof(s), 0))
		return NULL;
	if (is_sun(s))
		return "a Sun disk label";
	if (is_sgi(s))
		return "an SGI disk label";
	if (is_mac(source, s))
		return "an Apple partition map";
	/* aix.c: nothing but the magic is known of it. */
	if (be32(s) == 0xc9c2d4c1)
		return "an AIX disk label";
	if (is_solaris(source))
		return "a Solaris disk label";
	if (is_ultrix(source))
		return "an ULTRIX disk label";
	return is_atari(s, source->size / SECTOR_BYTES) ? "an Atari partition table" : NULL;
}

const char *recognise_disklabel(const struct source *source)
{
	const char *found = find_label(source);

	if (found)
		return found;
	if (is_bsd(source, 64) || is_bsd(source, 128) || is_bsd(source, SECTOR_BYTES))
		return "a BSD disk label";
	return NULL;
}

bool blkid_takes_disklabel(const struct source *source)
{
	return find_label(source) != NULL;
}
