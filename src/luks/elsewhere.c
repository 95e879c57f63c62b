// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/elsewhere.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "luks/luks.h"
#include "luks/match.h"
#include "luks/view.h"
#include "storage/device.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "storage/superblock.h"
#include "system/block_devices.h"
#include "util/text.h"

/* closely: by its key material as well, which costs many reads. */
static bool is_it(const struct sealed_luks *s, const struct block_device *b, bool closely)
{
	struct source source;
	struct luks l;
	bool found = false;

	if (source_open(&source, b->path))
		return false;
	if (!luks_read(&source, &l)) {
		found = l.chosen >= 0 && strcmp(l.uuid, s->uuid) == 0;
		if (!found && closely)
			found = luks_record_match(s, &l, &source, b->path) >= RECORD_BYTES;
		/* What a member of an array holds is a part of it, which only the array tells. */
		found = found && !recognise_member(&source);
	}
	source_close(&source);
	return found;
}

char *luks_find_elsewhere(const struct sealed_luks *s)
{
	struct block_devices devices;
	char *path = NULL;

	/* A file, that is. */
	if (s->header || (*s->device == '/' && strncmp(s->device, "/dev/", 5) != 0) ||
	    block_devices_read(&devices, BLOCK_DEVICES_SYSFS, BLOCK_DEVICES_DEV, true))
		return NULL;
	for (int closely = 0; !path && closely <= 1; closely++) {
		for (size_t i = 0; !path && i < devices.count; i++) {
			if (is_it(s, &devices.items[i], closely))
				path = text_copy(devices.items[i].path);
		}
	}
	block_devices_clear(&devices);
	return path;
}

static bool bears(const struct block_device *b, const char *uuid)
{
	struct superblock seen;
	struct source source;
	bool found;

	if (source_open(&source, b->path))
		return false;
	found = !superblock_read(&source, &seen) && !strcmp(seen.kind, "crypto_LUKS") &&
		!strcasecmp(seen.uuid, uuid) && !recognise_member(&source);
	source_close(&source);
	return found;
}

char *luks_find_twin(const char *uuid, const char *path)
{
	struct block_devices devices;
	char *twin = NULL;
	bool below = false;

	if (block_devices_read(&devices, BLOCK_DEVICES_SYSFS, BLOCK_DEVICES_DEV, true))
		return NULL;
	for (size_t i = 0; i < devices.count; i++) {
		const char *other = devices.items[i].path;

		if (device_is_same(other, path))
			below = block_devices_is_below(&devices, other);
		else if (!twin && bears(&devices.items[i], uuid) &&
			 !block_devices_is_below(&devices, other))
			twin = text_copy(other);
	}
	block_devices_clear(&devices);
	if (!below)
		return twin;
	free(twin);
	return NULL;
}
