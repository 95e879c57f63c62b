// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/unlocked.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "storage/sysfs.h"
#include "system/installation.h"
#include "system/system.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

/* Mappings lie on one another; no real chain is as long. */
#define DEPTH_MAX 16u

/* Bytes of an attribute, and of the mounts: a machine of many containers has thousands. */
#define SMALL_MAX  4095u
#define MOUNTS_MAX (4u << 20)

struct search {
	const struct crypt_places *places;
	struct crypttab crypttab;
	struct crypt_devices *found;
	char *top;			    /* the device that the walk began with */
	struct crypt_layer path[DEPTH_MAX]; /* seen on the way down, highest first */
	size_t depth;
	bool known; /* every layer on the way down is of a known kind */
};

/* All of a small file, without its last newline; NULL. The caller frees it. */
static char *read_small(const char *path)
{
	char *text = system_read_text(path, SMALL_MAX);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static char *attribute(const struct search *s, dev_t device, const char *name)
{
	cleanup(free_ptr) char *path = text_format("%s/%u:%u/%s", s->places->sys_block,
						   major(device), minor(device), name);

	return read_small(path);
}

static bool parse_device(const char *text, dev_t *device)
{
	unsigned int major_number, minor_number;

	if (sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return false;
	*device = makedev(major_number, minor_number);
	return true;
}

char *crypt_place(const struct crypt_places *places, dev_t device)
{
	DIR *d = opendir(places->partitions);
	char name[128], *place = NULL;
	struct dirent *e;

	while (!place && d && (e = readdir(d))) {
		cleanup(free_ptr) char *path = text_format("%s/%s", places->partitions, e->d_name);
		struct stat st;

		if (e->d_name[0] != '.' && stat(path, &st) == 0 && S_ISBLK(st.st_mode) &&
		    st.st_rdev == device)
			place = text_copy(path);
	}
	if (d)
		closedir(d);
	if (place)
		return place;
	if (sysfs_name(places->sys_block ? places->sys_block : SYSFS_BLOCK, device, "", name,
		       sizeof(name)))
		return text_copy(name);
	return text_copy("");
}

/* "VG/LV" from device-mapper's name of it, where "-" parts the two and "--" is a dash. */
static char *volume_name(const char *dm_name)
{
	char *name = text_copy(dm_name), *to = name;
	bool parted = false;

	for (const char *from = dm_name; *from; from++, to++) {
		*to = *from;
		if (from[0] != '-')
			continue;
		if (from[1] == '-') {
			from++;
		} else if (!parted) {
			*to = '/';
			parted = true;
		}
	}
	*to = '\0';
	return name;
}

static bool is_found(const struct crypt_devices *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++) {
		if (strcmp(d->items[i].name, name) == 0)
			return true;
	}
	return false;
}

static struct crypt_device *add(struct search *s, const char *name, const char *source,
				const char *header, const char *place)
{
	struct crypt_devices *d = s->found;
	struct crypt_device *c;

	d->items = grow_array(d->items, &d->count, sizeof(*d->items));
	c = &d->items[d->count - 1];
	c->name = text_copy(name);
	c->source = text_copy(source);
	c->header = header ? text_copy(header) : NULL;
	c->place = text_copy(place);
	return c;
}

/* What was seen on the way down, lowest first. */
static void add_layers(struct search *s, struct crypt_device *c)
{
	if (!s->known)
		return;
	c->top = s->top ? text_copy(s->top) : NULL;
	for (size_t i = s->depth; i-- > 0;) {
		struct crypt_layer *l;

		c->layers = grow_array(c->layers, &c->layer_count, sizeof(*c->layers));
		l = &c->layers[c->layer_count - 1];
		l->kind = s->path[i].kind;
		l->name = text_copy(s->path[i].name);
		l->uuid = text_copy(s->path[i].uuid);
	}
}

/* The first device below; 0: there is none. */
static dev_t below(const struct search *s, dev_t device)
{
	cleanup(free_ptr) char *folder =
		text_format("%s/%u:%u/slaves", s->places->sys_block, major(device), minor(device));
	DIR *d = opendir(folder);
	struct dirent *e;
	dev_t lower = 0;

	while (d && !lower && (e = readdir(d))) {
		cleanup(free_ptr) char *path = text_format("%s/%s/dev", folder, e->d_name);
		cleanup(free_ptr) char *number = e->d_name[0] == '.' ? NULL : read_small(path);

		if (number && !parse_device(number, &lower))
			lower = 0;
	}
	if (d)
		closedir(d);
	return lower;
}

static void found_crypt(struct search *s, dev_t device)
{
	cleanup(free_ptr) char *name = attribute(s, device, "dm/name");
	const struct crypttab_entry *e;
	cleanup(free_ptr) char *place = NULL;
	dev_t lower = below(s, device);

	if (!name || is_found(s->found, name))
		return;
	place = crypt_place(s->places, lower);
	e = crypttab_find(&s->crypttab, name);
	if (e)
		add_layers(s, add(s, name, e->source, e->header, place));
	else if (*place)
		add_layers(s, add(s, name, place, NULL, place));
}

static void walk(struct search *s, dev_t device);

static void walk_below(struct search *s, dev_t device)
{
	cleanup(free_ptr) char *folder =
		text_format("%s/%u:%u/slaves", s->places->sys_block, major(device), minor(device));
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		cleanup(free_ptr) char *path = text_format("%s/%s/dev", folder, e->d_name);
		cleanup(free_ptr) char *number = e->d_name[0] == '.' ? NULL : read_small(path);
		dev_t lower;

		if (number && parse_device(number, &lower))
			walk(s, lower);
	}
	if (d)
		closedir(d);
}

/* Goes down from a device to every LUKS below it, remembering what it passes. */
static void walk(struct search *s, dev_t device)
{
	cleanup(free_ptr) char *uuid = attribute(s, device, "dm/uuid");
	cleanup(free_ptr) char *name = attribute(s, device, "dm/name");
	cleanup(free_ptr) char *volume = name ? volume_name(name) : NULL;
	bool was_known = s->known;

	if (uuid && strncmp(uuid, "CRYPT-LUKS", 10) == 0)
		found_crypt(s, device);
	if (s->depth == DEPTH_MAX)
		return;
	s->path[s->depth++] = (struct crypt_layer){ "lvm", volume, uuid };
	s->known &= volume && uuid && strncmp(uuid, "LVM-", 4) == 0;
	walk_below(s, device);
	s->known = was_known;
	s->depth--;
}

static void walk_from(struct search *s, dev_t device)
{
	char name[128];

	free(s->top);
	s->top = sysfs_name(s->places->sys_block, device, "", name, sizeof(name)) ? text_copy(name)
										  : NULL;
	s->depth = 0;
	s->known = true;
	walk(s, device);
}

/* Of a line of mountinfo, when it is about this mount point: the device, by number or by name. */
static bool mounted_device(const char *line, const char *where, dev_t *device)
{
	char number[32], point[1024], source[1024];
	const char *rest;
	struct stat st;

	if (sscanf(line, "%*s %*s %31s %*s %1023s", number, point) != 2 ||
	    strcmp(point, where) != 0 || !parse_device(number, device))
		return false;
	/* btrfs has a number of its own, which is no block device. */
	if (major(*device))
		return true;
	rest = strstr(line, " - ");
	if (!rest || sscanf(rest, " - %*s %1023s", source) != 1 || source[0] != '/' ||
	    stat(source, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	*device = st.st_rdev;
	return true;
}

/* The device that is mounted there; 0: none. */
static dev_t find_mounted(const char *mountinfo, const char *where)
{
	dev_t device = 0, last = 0;

	while (mountinfo && *mountinfo) {
		size_t len = strcspn(mountinfo, "\n");
		cleanup(free_ptr) char *line = text_format("%.*s", (int)len, mountinfo);

		/* The last one is on top. */
		if (mounted_device(line, where, &device))
			last = device;
		mountinfo += len;
		mountinfo += *mountinfo == '\n';
	}
	return last;
}

static void ask_kernel(struct search *s)
{
	cleanup(free_ptr) char *mountinfo = system_read_text(s->places->mountinfo, MOUNTS_MAX);
	cleanup(free_ptr) char *resume = read_small(s->places->resume);
	dev_t root = find_mounted(mountinfo, "/"), usr = find_mounted(mountinfo, "/usr"), device;
	char name[128];

	if (root && sysfs_name(s->places->sys_block, root, "", name, sizeof(name)))
		s->found->root = text_copy(name);
	if (root)
		walk_from(s, root);
	if (usr)
		walk_from(s, usr);
	if (resume && parse_device(resume, &device) && device)
		walk_from(s, device);
	free(s->top);
	s->top = NULL;
}

/* Whether fstab mounts this mapping where the initramfs needs it, or does not say. */
static bool fstab_needs(const char *fstab, const char *name)
{
	bool told = false, needed = false;

	while (fstab && *fstab) {
		size_t len = strcspn(fstab, "\n");
		cleanup(free_ptr) char *line = text_format("%.*s", (int)len, fstab);
		char source[1024], point[1024], kind[64];

		if (sscanf(line, " %1023s %1023s %63s", source, point, kind) == 3 &&
		    *source != '#' &&
		    (!strcmp(point, "/") || !strcmp(point, "/usr") || !strcmp(kind, "swap"))) {
			bool root = !strcmp(point, "/");

			/* LVM's volumes are mappings, too: a name with a dash may be one. */
			if (!strncmp(source, "/dev/mapper/", 12) && !strcmp(source + 12, name))
				needed = true;
			told |= root && !strncmp(source, "/dev/mapper/", 12) &&
				!strchr(source + 12, '-');
		}
		fstab += len;
		fstab += *fstab == '\n';
	}
	return needed || !told;
}

static void ask_crypttab(struct search *s)
{
	cleanup(free_ptr) char *path = text_format("%s/etc/fstab", s->places->root);
	cleanup(free_ptr) char *fstab = s->places->sys_block ? NULL : read_text_file(path);

	for (size_t i = 0; i < s->crypttab.count; i++) {
		const struct crypttab_entry *e = &s->crypttab.entries[i];
		bool wanted = e->initramfs ||
			      (!s->places->sys_block && !e->noauto && fstab_needs(fstab, e->name));
		cleanup(free_ptr) char *device = crypttab_path(s->places->root, e->source);
		cleanup(free_ptr) char *place = NULL;
		struct stat st;

		if (!wanted || is_found(s->found, e->name))
			continue;
		if (stat(device, &st) == 0 && S_ISBLK(st.st_mode))
			place = crypt_place(s->places, st.st_rdev);
		add(s, e->name, e->source, e->header, place ? place : "")->may_be_plain = !e->luks;
	}
}

void crypt_devices_find(struct crypt_devices *d, const struct crypt_places *places)
{
	cleanup(free_ptr) char *path = text_format("%s/etc/crypttab", places->root);
	cleanup(free_ptr) char *text = read_text_file(path);
	struct search s = { .places = places, .found = d };

	memset(d, 0, sizeof(*d));
	crypttab_parse(&s.crypttab, text ? text : "");
	if (places->sys_block)
		ask_kernel(&s);
	ask_crypttab(&s);
	crypttab_clear(&s.crypttab);
}

void crypt_devices_clear(struct crypt_devices *d)
{
	for (size_t i = 0; i < d->count; i++) {
		struct crypt_device *c = &d->items[i];

		free(c->source);
		free(c->place);
		free(c->header);
		free(c->name);
		free(c->top);
		for (size_t l = 0; l < c->layer_count; l++) {
			free(c->layers[l].name);
			free(c->layers[l].uuid);
		}
		free(c->layers);
	}
	free(d->items);
	free(d->root);
	memset(d, 0, sizeof(*d));
}
