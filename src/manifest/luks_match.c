// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/stat.h>

#include "manifest/luks_view.h"
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

enum record_match luks_record_match(const struct sealed_luks *s, const struct luks *l,
				    const struct luks_source *source, const char *device)
{
	if (*l->uuid && strcmp(l->uuid, s->uuid) == 0)
		return RECORD_UUID;
	if (any_copy_matches(s, l))
		return RECORD_BYTES;
	for (size_t i = 0; i < s->slot_count; i++) {
		if (any_block_matches(&s->slots[i], source, 0) ||
		    (l->chosen < 0 &&
		     any_block_matches(&s->slots[i], source, sealed_luks_convert_shift(s))))
			return RECORD_BYTES;
	}
	if (same_file(s->device, device) || (s->place && *s->place && same_file(s->place, device)))
		return RECORD_NAMED;
	return s->header && same_file(s->header, device) ? RECORD_NAMED : RECORD_OTHER;
}
