// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/near.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "luks/copy.h"
#include "luks/luks2_binary.h"
#include "storage/device.h"
#include "storage/source.h"
#include "util/bytes.h"
#include "util/util.h"

#define CHUNK_BYTES 65536u
/* What begins like a header, and is none, has to be read to be known. */
#define TRIES_MAX 4u

/* Of what may begin at a sector at: where the container would begin. False: it is none. */
typedef bool (*begins_at)(const unsigned char *sector, uint64_t at, uint64_t *start);

static bool begins_like_header(const unsigned char *sector, uint64_t at, uint64_t *start)
{
	uint32_t version = be16(sector + LUKS_MAGIC_BYTES);

	*start = at;
	return memcmp(sector, luks_magic, LUKS_MAGIC_BYTES) == 0 && (version == 1 || version == 2);
}

/* In front of the place that it states; start is below 0 then, modulo 2^64. */
static bool begins_like_second(const unsigned char *sector, uint64_t at, uint64_t *start)
{
	uint64_t offset = be64(sector + LUKS2_AT_OFFSET);

	*start = at - offset;
	return memcmp(sector, luks2_magic_second, LUKS_MAGIC_BYTES) == 0 && at < offset &&
	       offset == be64(sector + LUKS2_AT_SIZE) && be16(sector + LUKS2_AT_VERSION) == 2;
}

/* What cannot be read is passed over. */
static int search(const struct source *source, uint64_t from, uint64_t to, begins_at begins,
		  struct luks *l)
{
	cleanup(free_ptr) unsigned char *chunk = malloc(CHUNK_BYTES);
	unsigned int tries = 0;

	if (!chunk)
		return -ENOMEM;
	for (uint64_t at = from; at < to; at += CHUNK_BYTES) {
		size_t len = to - at < CHUNK_BYTES ? (size_t)(to - at) : CHUNK_BYTES;
		ssize_t n = source_read(source, chunk, len, at);

		for (ssize_t i = 0; i + (ssize_t)SECTOR_BYTES <= n; i += SECTOR_BYTES) {
			uint64_t start;
			int err;

			if (!begins(chunk + i, at + (uint64_t)i, &start) || tries++ >= TRIES_MAX)
				continue;
			l->inside.offset = start;
			err = luks_look_inside(source, l);
			if (err || l->inside.version)
				return err;
		}
	}
	l->inside.offset = 0;
	return 0;
}

static int search_in_front(const char *path, struct luks *l)
{
	struct source disk;
	struct location where;
	uint64_t start;
	int err;

	device_locate(path, 0, &where);
	if (!where.known || strcmp(where.disk, where.device) == 0 || source_open(&disk, where.disk))
		return 0;
	start = where.lba * SECTOR_BYTES;
	err = search(&disk, start > LUKS_NEAR ? start - LUKS_NEAR : 0, start, begins_like_header,
		     l);
	source_close(&disk);
	if (l->inside.version) {
		l->inside.before = start - l->inside.offset;
		l->inside.offset = 0;
	}
	return err;
}

static int search_cut_off(const struct source *source, struct luks *l)
{
	int err = search(source, 0, LUKS_NEAR, begins_like_second, l);

	l->inside.before = -l->inside.offset;
	l->inside.offset = 0;
	l->inside.cut = l->inside.version;
	return err;
}

void luks_take_for_part(struct luks *l)
{
	*l = (struct luks){ .chosen = -1, .size = l->size, .inside = l->inside };
	for (unsigned int i = 0; i < LUKS_HEADERS; i++)
		luks_copy_says(&l->copies[i], LUKS_COPY_ABSENT,
			       "a part of the container near to it");
}

/*
 * What looks like a damaged header at the start is a part of a whole one that begins near to it, if
 * the UUID is the same. Where that is not whole, its copies may have changed places.
 */
static void settle_start(struct luks *l)
{
	if (!l->version || !l->inside.version)
		return;
	if (l->inside.whole && strcmp(l->uuid, l->inside.uuid) == 0)
		luks_take_for_part(l);
	else
		memset(&l->inside, 0, sizeof(l->inside));
}

int luks_find_near(const struct source *source, const char *path, struct luks *l)
{
	int err;

	if (l->chosen >= 0 || l->inside.version)
		return 0;
	err = search(source, SECTOR_BYTES, LUKS_NEAR, begins_like_header, l);
	if (!err && !l->inside.version)
		err = search_in_front(path, l);
	if (!err && !l->inside.version)
		return search_cut_off(source, l);
	settle_start(l);
	return err;
}
