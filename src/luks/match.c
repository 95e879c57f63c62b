// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/match.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "luks/compare.h"
#include "luks/moved.h"
#include "luks/view.h"
#include "system/crypttab.h"
#include "util/hash.h"
#include "util/util.h"

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	if (strcmp(a, b) == 0)
		return true;
	if (stat(a, &x) < 0 || stat(b, &y) < 0)
		return false;
	if (S_ISBLK(x.st_mode) && S_ISBLK(y.st_mode))
		return x.st_rdev == y.st_rdev;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool any_copy_matches(const struct sealed_luks *s, const struct luks *l)
{
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (s->copies[i].length && s->copies[i].length == l->copies[i].length &&
		    s->copies[i].hash == l->copies[i].hash)
			return true;
	}
	return false;
}

/* Names that are made of what is on a disk, or given by its owner, do not go to another disk. */
static bool stays(const char *path)
{
	struct stat st;

	if (strncmp(path, "/dev/disk/", 10) == 0 || strncmp(path, "/dev/mapper/", 12) == 0)
		return true;
	if (strncmp(path, "/dev/", 5) == 0 && lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return true;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static enum record_match match_name(const char *name, const char *device)
{
	cleanup(free_ptr) char *path = name && *name ? crypttab_path("", name) : NULL;

	if (!path || !same_file(path, device))
		return RECORD_OTHER;
	return stays(path) ? RECORD_NAMED : RECORD_CALLED;
}

static enum record_match match_names(const struct sealed_luks *s, const char *device)
{
	/* With a detached header the device holds nothing that was sealed. */
	const char *names[] = { s->header ? NULL : s->device, s->header ? NULL : s->place,
				s->header };
	enum record_match best = RECORD_OTHER;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		enum record_match match = match_name(names[i], device);

		if (match > best)
			best = match;
	}
	return best;
}

bool luks_record_names(const struct sealed_luks *s, const char *device)
{
	return match_names(s, device) != RECORD_OTHER;
}

/* What the header says of a keyslot, its salt included, or of LUKS1's volume key. */
static bool any_field_matches(const struct sealed_luks *s, const struct luks *l)
{
	if (s->immutable_hash && s->immutable_hash == l->immutable_hash)
		return true;
	for (size_t i = 0; i < s->slot_count; i++) {
		const struct luks_keyslot *k = &l->slots[s->slots[i].number];

		if (k->present && k->described == s->slots[i].described)
			return true;
	}
	return false;
}

static bool same_uuid(const struct sealed_luks *s, const struct luks *l)
{
	return *l->uuid && strcmp(l->uuid, s->uuid) == 0;
}

bool luks_record_describes(const struct sealed_luks *s, const struct luks *l)
{
	return same_uuid(s, l) || any_copy_matches(s, l) || any_field_matches(s, l);
}

/* All of it, or what is left of it, by its UUID or by its key material. */
static bool is_near(const struct sealed_luks *s, const struct luks *l, const struct source *source,
		    enum record_match match)
{
	int64_t shift;

	if (l->inside.version)
		return (match != RECORD_OTHER || l->inside.cut) &&
		       strcmp(l->inside.uuid, s->uuid) == 0;
	return match != RECORD_OTHER && l->chosen < 0 && luks_is_moved(s, source, &shift);
}

enum record_match luks_record_match(const struct sealed_luks *s, const struct luks *l,
				    const struct source *source, const char *device)
{
	enum record_match match;

	if (same_uuid(s, l))
		return RECORD_UUID;
	if (luks_record_describes(s, l))
		return RECORD_BYTES;
	if (luks_is_at(s, source, 0) ||
	    (l->chosen < 0 && luks_is_at(s, source, sealed_luks_convert_shift(s))))
		return RECORD_BYTES;
	match = match_names(s, device);
	return is_near(s, l, source, match) ? RECORD_BYTES : match;
}
