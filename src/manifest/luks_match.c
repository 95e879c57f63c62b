// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "manifest/luks_view.h"
#include "storage/crypttab.h"
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

/* One block of ciphertext in its place is proof enough: chance does not repeat 4096 bytes. */
static bool any_block_matches(const struct sealed_keyslot *k, const struct luks_source *source,
			      int64_t shift)
{
	unsigned char data[BLOCK_SIZE];
	uint64_t start = k->offset + (uint64_t)shift;

	for (size_t i = 0; i < k->block_count && i * BLOCK_SIZE < k->length; i++) {
		uint64_t at = (uint64_t)i * BLOCK_SIZE;
		size_t len = k->length - at < BLOCK_SIZE ? (size_t)(k->length - at) : BLOCK_SIZE;

		if (source->read(source->ctx, data, len, start + at) == (ssize_t)len &&
		    hash64(data, len) == k->blocks[i])
			return true;
	}
	return false;
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
	struct stat st;

	return match_names(s, device) == RECORD_NAMED && stat(device, &st) == 0 &&
	       S_ISBLK(st.st_mode);
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

enum record_match luks_record_match(const struct sealed_luks *s, const struct luks *l,
				    const struct luks_source *source, const char *device)
{
	enum record_match match;

	if (*l->uuid && strcmp(l->uuid, s->uuid) == 0)
		return RECORD_UUID;
	if (any_copy_matches(s, l) || any_field_matches(s, l))
		return RECORD_BYTES;
	for (size_t i = 0; i < s->slot_count; i++) {
		if (any_block_matches(&s->slots[i], source, 0) ||
		    (l->chosen < 0 &&
		     any_block_matches(&s->slots[i], source, sealed_luks_convert_shift(s))))
			return RECORD_BYTES;
	}
	match = match_names(s, device);
	return match != RECORD_OTHER && l->inside.version && strcmp(l->inside.uuid, s->uuid) == 0
		       ? RECORD_BYTES
		       : match;
}
