// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/block_devices.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "storage/source.h"
#include "system/system.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

#define VALUE_MAX 4096

static bool holds_no_disk(const char *name, bool loops)
{
	static const char *const kinds[] = { "fd", "sr", "ram", "zram", "loop", "mtdblock" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i]);

		if (!strncmp(name, kinds[i], n) && isdigit((unsigned char)name[n]))
			return !loops || strcmp(kinds[i], "loop") != 0;
	}
	return false;
}

/* The first line of a device's file; false: there is none. */
static bool read_value(const char *sysfs, const char *device, const char *file, char *value,
		       size_t size)
{
	cleanup(free_ptr) char *path = text_format("%s/%s/%s", sysfs, device, file);
	cleanup(free_ptr) char *text = system_read_text(path, VALUE_MAX);

	*value = '\0';
	if (!text)
		return false;
	text[strcspn(text, "\n")] = '\0';
	snprintf(value, size, "%s", text);
	return true;
}

/* A partition's folder lies in its disk's and begins with the same name. */
static bool is_divided(const char *sysfs, const char *device)
{
	cleanup(free_ptr) char *path = text_format("%s/%s", sysfs, device);
	DIR *folder = opendir(path);
	bool found = false;

	if (!folder)
		return false;
	for (const struct dirent *e; !found && (e = readdir(folder));) {
		cleanup(free_ptr) char *number = text_format("%s/%s/partition", path, e->d_name);

		found = *e->d_name != '.' && !access(number, F_OK);
	}
	closedir(folder);
	return found;
}

/* The name that a person knows, where udev has made it. */
static void name_mapping(struct block_device *d, const char *dev)
{
	cleanup(free_ptr) char *path = text_format("%s/mapper/%s", dev, d->dm_name);

	if (*d->dm_name && strlen(path) < sizeof(d->path) && !access(path, F_OK))
		snprintf(d->path, sizeof(d->path), "%s", path);
}

/* The value of a line "KEY=VALUE" of the device's uevent. */
static void read_uevent(const char *uevent, const char *key, char *value, size_t size)
{
	const char *p = strstr(uevent, key);

	if (p)
		snprintf(value, size, "%.*s", (int)strcspn(p + strlen(key), "\n"), p + strlen(key));
}

/* Linux, block/partitions/core.c, part_uevent(): PARTUUID since 6.9. */
static void name_partition(struct block_device *d, const char *sysfs)
{
	cleanup(free_ptr) char *path = text_format("%s/%s/uevent", sysfs, d->name);
	cleanup(free_ptr) char *text = system_read_text(path, VALUE_MAX);

	if (!text)
		return;
	read_uevent(text, "\nPARTUUID=", d->part_uuid, sizeof(d->part_uuid));
	read_uevent(text, "\nPARTNAME=", d->part_name, sizeof(d->part_name));
}

/* Linux, drivers/md/md.c, bind_rdev_to_array(): a link in the member's folder of holders. */
static void read_array(struct block_device *d, const char *sysfs)
{
	cleanup(free_ptr) char *path = text_format("%s/%s/holders", sysfs, d->name);
	DIR *folder = opendir(path);

	if (!folder)
		return;
	for (const struct dirent *e; (e = readdir(folder));) {
		if (!strncmp(e->d_name, "md", 2) && strlen(e->d_name) < sizeof(d->array))
			snprintf(d->array, sizeof(d->array), "%s", e->d_name);
	}
	closedir(folder);
}

/* Network block devices and mappings have 0 bytes until they are used. */
static bool is_unused(const char *name)
{
	return !strncmp(name, "nbd", 3) || !strncmp(name, "dm-", 3) || !strncmp(name, "loop", 4);
}

static void add_device(struct block_devices *b, const char *sysfs, const char *dev,
		       const char *name, bool loops)
{
	struct block_device d = { .bytes = 0 };
	struct block_device *place;
	char value[32];

	if (strlen(name) >= sizeof(d.name) || holds_no_disk(name, loops) ||
	    !read_value(sysfs, name, "size", value, sizeof(value)))
		return;
	d.bytes = strtoull(value, NULL, 10) * SECTOR_BYTES;
	if (!d.bytes && is_unused(name))
		return;
	snprintf(d.name, sizeof(d.name), "%s", name);
	snprintf(d.path, sizeof(d.path), "%.180s/%s", dev, name);
	/* sysfs writes the slash of "cciss/c0d0" so. */
	for (char *p = d.path; (p = strchr(p, '!'));)
		*p = '/';
	d.divided = is_divided(sysfs, name);
	d.removable = read_value(sysfs, name, "removable", value, sizeof(value)) && *value == '1';
	read_value(sysfs, name, "dm/name", d.dm_name, sizeof(d.dm_name));
	read_value(sysfs, name, "dm/uuid", d.dm_uuid, sizeof(d.dm_uuid));
	name_mapping(&d, dev);
	name_partition(&d, sysfs);
	read_array(&d, sysfs);
	if (d.bytes) {
		b->items = grow_array(b->items, &b->count, sizeof(*b->items));
		place = &b->items[b->count - 1];
	} else {
		b->empty = grow_array(b->empty, &b->empty_count, sizeof(*b->empty));
		place = &b->empty[b->empty_count - 1];
	}
	*place = d;
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct block_device *)a)->name,
			  ((const struct block_device *)b)->name);
}

int block_devices_read(struct block_devices *b, const char *sysfs, const char *dev, bool loops)
{
	DIR *folder;

	memset(b, 0, sizeof(*b));
	folder = opendir(sysfs);
	if (!folder)
		return b->error = -errno;
	for (const struct dirent *e; (e = readdir(folder));) {
		if (*e->d_name != '.')
			add_device(b, sysfs, dev, e->d_name, loops);
	}
	closedir(folder);
	if (b->count)
		qsort(b->items, b->count, sizeof(*b->items), by_name);
	return 0;
}

void block_devices_clear(struct block_devices *b)
{
	free(b->items);
	free(b->empty);
	memset(b, 0, sizeof(*b));
}

bool block_devices_array_runs(const struct block_devices *b, const struct block_device *d)
{
	for (size_t i = 0; *d->array && i < b->count; i++) {
		if (!strcmp(b->items[i].name, d->array))
			return true;
	}
	return false;
}

static bool is_held_by(const char *name, const struct block_device *holder)
{
	cleanup(free_ptr) char *path =
		text_format(BLOCK_DEVICES_SYSFS "/%s/holders/%s", name, holder->name);

	return strncmp(holder->dm_uuid, "CRYPT-", 6) != 0 && !access(path, F_OK);
}

bool block_devices_is_below(const struct block_devices *b, const char *path)
{
	for (size_t i = 0; i < b->count; i++) {
		for (size_t k = 0; !strcmp(b->items[i].path, path) && k < b->count; k++) {
			if (is_held_by(b->items[i].name, &b->items[k]))
				return true;
		}
	}
	return false;
}

/*
 * cryptsetup, lib/libdevmapper.c: "CRYPT-", the type, "-", the UUID without its dashes, "-", the
 * name.
 */
static bool is_opened_from(const char *dm_uuid, const char *uuid)
{
	const char *p;

	if (strncmp(dm_uuid, "CRYPT-LUKS", 10) != 0)
		return false;
	p = strchr(dm_uuid + 10, '-');
	if (!p)
		return false;
	for (p++; *uuid; uuid++) {
		if (*uuid == '-')
			continue;
		if (tolower((unsigned char)*p) != tolower((unsigned char)*uuid))
			return false;
		p++;
	}
	return *p == '-' || !*p;
}

const struct block_device *block_devices_opened(const struct block_devices *b, const char *uuid)
{
	for (size_t i = 0; i < b->count; i++) {
		if (is_opened_from(b->items[i].dm_uuid, uuid))
			return &b->items[i];
	}
	return NULL;
}

const struct block_device *block_devices_mapped(const struct block_devices *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++) {
		if (*b->items[i].dm_name && !strcmp(b->items[i].dm_name, name))
			return &b->items[i];
	}
	return NULL;
}
