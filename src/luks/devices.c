// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/devices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "luks/copy.h"
#include "luks/match.h"
#include "luks/near.h"
#include "luks/rules.h"
#include "luks/view_read.h"
#include "report/report.h"
#include "storage/device.h"
#include "storage/signature.h"
#include "storage/superblock.h"
#include "system/block_devices.h"
#include "system/crypttab.h"
#include "system/system.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

#define LOOK_AGAIN_MS 100

/* What cryptsetup will open is the one, by whatever name. */
static bool is_own(const struct luks_device *d, const char *path)
{
	cleanup(free_ptr) char *link = d->own ? crypttab_path("", d->own->device) : NULL;

	return link && device_is_same(link, path);
}

static bool is_named_by_crypttab(const struct luks_devices *l, const char *path)
{
	for (size_t i = 0; i < l->crypttab.count; i++) {
		if (luks_source_leads_to(l->crypttab.entries[i].source, path))
			return true;
	}
	return false;
}

static bool has_entry(const struct luks_devices *l, const struct sealed_luks *s)
{
	for (size_t i = 0; i < l->crypttab.count; i++) {
		if (luks_record_is_of_entry(s, &l->crypttab.entries[i]))
			return true;
	}
	return false;
}

/*
 * Whether cryptsetup opens what is there, of several that may be the one: 2, a name in crypttab leads
 * to it; 1, the name that was sealed, or the link of the UUID.
 */
static unsigned int is_opened_at(const struct luks_devices *l, const struct luks_device *d,
				 const char *path)
{
	cleanup(free_ptr) char *link = text_format("/dev/disk/by-uuid/%s", d->sealed->uuid);
	bool any = !has_entry(l, d->sealed);

	for (size_t i = 0; i < l->crypttab.count; i++) {
		const struct crypttab_entry *e = &l->crypttab.entries[i];

		if ((any || luks_record_is_of_entry(d->sealed, e)) &&
		    luks_source_leads_to(e->source, path))
			return 2;
	}
	return luks_source_leads_to(d->sealed->device, path) || device_is_same(link, path);
}

/* closely: by its key material as well, which costs many reads, and by its name. */
static enum record_match match_of(const struct sealed_luks *s, const struct luks *l,
				  const struct source *source, const char *path, bool closely)
{
	enum record_match match;

	if (*l->uuid && l->chosen >= 0 && !strcmp(l->uuid, s->uuid))
		return RECORD_UUID;
	if (!closely)
		return RECORD_OTHER;
	match = luks_record_match(s, l, source, path);
	/* A good header of something else: another disk, or its owner's doing. */
	if (match == RECORD_CALLED || (match == RECORD_NAMED && l->chosen >= 0))
		return RECORD_OTHER;
	return match;
}

/* Nothing that is LUKS is where crypttab says, or plain dm-crypt: then it is not the one. */
static void settle_own(struct luks_device *d)
{
	const struct luks *l = &d->view.luks;

	if (!l->version || (l->chosen < 0 && d->may_be_plain)) {
		luks_view_clear(&d->view);
		d->match = RECORD_OTHER;
		return;
	}
	if (*d->own->uuid)
		return;
	free(d->own->uuid);
	d->own->uuid = text_copy(l->uuid);
}

/* luks and err: what luks_read() has found on it, and how it ended. */
static void look(struct luks_device *d, const struct source *source, const struct luks *luks,
		 int err, enum record_match match, const char *path)
{
	if (d->match != RECORD_OTHER)
		luks_view_clear(&d->view);
	memset(&d->view, 0, sizeof(d->view));
	d->match = match;
	snprintf(d->path, sizeof(d->path), "%s", path);
	d->view.device = d->path;
	d->view.header = d->sealed->header;
	d->view.mapping = sealed_luks_mapping(d->sealed);
	d->view.closed = true; /* in the boot it is told only of what is not open */
	d->view.itself = is_own(d, path);
	d->view.luks = *luks;
	d->read_error = err;
	if (!err)
		d->read_error = luks_view_compare(&d->view, source, d->own ? NULL : d->sealed, 0);
	if (d->own && !d->read_error)
		settle_own(d);
}

/* A header in a file of its own, or on a device that the record names. */
static void look_at_header(struct luks_device *d)
{
	/* As a path: "PARTLABEL=..." is a name that only crypttab understands. */
	cleanup(free_ptr) char *path = crypttab_path("", d->sealed->device);
	struct source source;
	struct luks luks = { .chosen = -1 };
	int err;

	if (source_open(&source, d->sealed->header))
		return;
	err = luks_read(&source, &luks);
	look(d, &source, &luks, err, RECORD_NAMED, path);
	source_close(&source);
}

/* What is found on a device of which the path is here, for compare(). */
struct found {
	const char *path;
	const struct source *source;
	const struct luks *luks;
	int err; /* of luks_read() */
	enum record_match match;
};

/* A name alone is enough where it leads to what cannot be read, or nothing but names is known. */
static bool holds(const struct luks_device *d, const struct found *f)
{
	return f->match >= RECORD_BYTES ||
	       (f->match == RECORD_NAMED && (f->err || (d->own && f->luks->version)));
}

/* Of two that bear the UUID one may be a copy of the other, an old one, or one that was never finished. */
static bool is_sounder(const struct luks_device *d, const struct found *f)
{
	struct luks_view v = { .device = f->path, .luks = *f->luks };
	bool sound;

	if (d->own || d->read_error || luks_device_is_member(d) ||
	    judge_luks(&d->view).verdict == VERDICT_INTACT)
		return false;
	sound = !luks_view_compare(&v, f->source, d->sealed, 0) &&
		judge_luks(&v).verdict == VERDICT_INTACT && !v.array.member;
	luks_view_clear(&v);
	return sound;
}

static bool is_better(const struct luks_devices *l, const struct luks_device *d,
		      const struct found *f)
{
	unsigned int opened, opened_before;
	struct md md;

	if (d->match == RECORD_OTHER || f->match == RECORD_OTHER)
		return f->match > d->match;
	opened = is_opened_at(l, d, f->path);
	opened_before = is_opened_at(l, d, d->path);
	if (opened > opened_before && holds(d, f))
		return true;
	if (opened < opened_before && d->holds)
		return false;
	if (f->match != d->match)
		return f->match > d->match;
	/* An array has the same bytes as the member that its data begin on, and is what is opened. */
	if (luks_device_is_member(d) && !md_read(f->source, &md))
		return true;
	return f->match == RECORD_UUID && !opened_before && is_sounder(d, f);
}

/* Of two with one UUID, the one that does not count. */
static void note_twin(struct luks_device *d, const struct block_devices *devices,
		      const struct found *f, bool better)
{
	enum record_match match = better ? d->match : f->match;
	const char *path = better ? d->path : f->path;

	if (match != RECORD_UUID || d->match < RECORD_BYTES || f->match < RECORD_BYTES ||
	    block_devices_is_below(devices, d->path) || block_devices_is_below(devices, f->path))
		return;
	free(d->twin);
	d->twin = text_copy(path);
}

/* Where the header cannot be read, key material or the partition's name tell whose it is. */
static void compare(struct luks_devices *l, const struct block_devices *devices,
		    const struct block_device *b, bool closely)
{
	struct source source;
	struct luks luks = { .chosen = -1 };
	int err;

	if (source_open(&source, b->path))
		return;
	closely = closely || is_named_by_crypttab(l, b->path);
	err = luks_read(&source, &luks);
	if (!err && closely && !b->divided)
		err = luks_find_near(&source, b->path, &luks);
	for (size_t i = 0; (!err || (err == -EIO && closely)) && i < l->count; i++) {
		struct luks_device *d = &l->items[i];
		struct found f = { b->path, &source, &luks, err, RECORD_NAMED };
		bool better;

		if (d->sealed->header ||
		    (d->match != RECORD_OTHER && device_is_same(d->path, b->path)))
			continue;
		if (!is_own(d, b->path))
			f.match = match_of(d->sealed, &luks, &source, b->path, closely);
		better = is_better(l, d, &f);
		note_twin(d, devices, &f, better);
		if (!better)
			continue;
		look(d, &source, &luks, err, f.match, b->path);
		d->holds = holds(d, &f);
	}
	source_close(&source);
}

/* Not there yet, or only a member of the array that it lies on is. */
static bool is_awaited(const struct luks_device *d)
{
	return d->match == RECORD_OTHER || luks_device_is_doubted(d) || luks_device_is_member(d);
}

/* What the boot itself unlocks; not one that was sealed by its name, and may be in a drawer. */
static bool is_waited_for(const struct luks_device *d)
{
	return is_awaited(d) && d->sealed->layer_count > 0 && !d->may_be_plain;
}

/* Plain dm-crypt has nothing to be recognised by. */
static bool is_recognisable(const struct luks_device *d)
{
	return (d->match == RECORD_OTHER || luks_device_is_doubted(d)) && !d->may_be_plain;
}

static bool any_is(const struct luks_devices *l, bool (*is)(const struct luks_device *d))
{
	for (size_t i = 0; i < l->count; i++) {
		if (is(&l->items[i]))
			return true;
	}
	return false;
}

/* True the first time that it is asked about a name. */
static bool is_new(struct string_list *known, const char *name)
{
	for (size_t i = 0; i < known->count; i++) {
		if (!strcmp(known->items[i], name))
			return false;
	}
	known->items = grow_array(known->items, &known->count, sizeof(*known->items));
	known->items[known->count - 1] = text_copy(name);
	return true;
}

static void forget(struct string_list *known)
{
	for (size_t i = 0; i < known->count; i++)
		free(known->items[i]);
	free(known->items);
}

/* Looks at the devices that were not there the last time; closely only when it must. */
static void look_around(struct luks_devices *l, struct string_list known[2])
{
	struct block_devices devices;

	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i].sealed->header && l->items[i].match == RECORD_OTHER)
			look_at_header(&l->items[i]);
	}
	if (block_devices_read(&devices, BLOCK_DEVICES_SYSFS, BLOCK_DEVICES_DEV, false))
		return;
	for (int closely = 0; closely <= 1 && any_is(l, closely ? is_recognisable : is_awaited);
	     closely++) {
		for (size_t i = 0; i < devices.count; i++) {
			if (is_new(&known[closely], devices.items[i].name))
				compare(l, &devices, &devices.items[i], closely);
		}
	}
	block_devices_clear(&devices);
}

static bool has_record(const struct manifest *m, const struct crypttab_entry *e)
{
	for (size_t i = 0; i < m->luks_count; i++) {
		if (luks_record_is_of_entry(&m->luks[i], e))
			return true;
	}
	return false;
}

static struct sealed_luks *names_of(const struct crypttab_entry *e)
{
	struct sealed_luks *own = NULL;
	size_t count = 0;

	own = grow_array(own, &count, sizeof(*own));
	own->uuid = text_copy(crypttab_uuid(e->source));
	own->device = text_copy(e->source);
	own->header = e->header ? text_copy(e->header) : NULL;
	own->layers = grow_array(own->layers, &own->layer_count, sizeof(*own->layers));
	strcpy(own->layers[0].kind, "crypt");
	own->layers[0].name = text_copy(e->name);
	own->layers[0].uuid = text_copy("");
	return own;
}

/* An image that was sealed in a chroot, or by an image builder, knows no disk of this machine. */
static struct luks_device *add_unrecorded(struct luks_devices *l, const struct crypttab_entry *e)
{
	struct luks_device *d;

	l->items = grow_array(l->items, &l->count, sizeof(*l->items));
	d = &l->items[l->count - 1];
	d->own = names_of(e);
	d->sealed = d->own;
	d->may_be_plain = !e->luks;
	return d;
}

static void add_of_crypttab(struct luks_devices *l, const struct manifest *m)
{
	for (size_t i = 0; i < l->crypttab.count; i++) {
		if (!has_record(m, &l->crypttab.entries[i]))
			add_unrecorded(l, &l->crypttab.entries[i]);
	}
}

static void clear_device(struct luks_device *d)
{
	if (d->match != RECORD_OTHER)
		luks_view_clear(&d->view);
	if (d->own)
		sealed_luks_clear(d->own);
	free(d->own);
	free(d->twin);
}

/* After the devices have moved in memory, or got a twin. */
static void settle_views(struct luks_devices *l)
{
	for (size_t i = 0; i < l->count; i++) {
		l->items[i].view.device = l->items[i].path;
		l->items[i].view.twin = l->items[i].twin;
	}
}

/* crypttab may have another name for a sealed device than the record has. */
static bool is_double(const struct luks_devices *l, const struct luks_device *own)
{
	for (size_t i = 0; own->own && i < l->count; i++) {
		const struct luks_device *d = &l->items[i];

		if (!d->own && !d->sealed->header && d->match >= RECORD_BYTES &&
		    luks_source_leads_to(own->own->device, d->path))
			return true;
	}
	return false;
}

static void drop_doubles(struct luks_devices *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (is_double(l, &l->items[i]))
			clear_device(&l->items[i]);
		else
			l->items[kept++] = l->items[i];
	}
	l->count = kept;
}

/*
 * root= names a file system, as a rule, and its disk may have been LUKS before: what is left of that
 * proves nothing. With a header in front, or zeros in its place, and no other format, it is LUKS.
 */
static bool is_luks_alone(const struct source *source, struct luks *luks)
{
	struct superblock seen;
	const char *other;
	bool magic;

	/* A file system, mostly: then nothing else is read of it, for every boot comes here. */
	if (superblock_read(source, &seen))
		return false;
	magic = !strcmp(seen.kind, "crypto_LUKS");
	if ((*seen.kind && !magic) || luks_read(source, luks))
		return false;
	other = recognise_other(source);
	return magic ? !other : luks->chosen >= 0 && other && !strcmp(other, "zeros");
}

static bool is_known(const struct luks_devices *l, const char *path)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct luks_device *d = &l->items[i];

		if (d->match != RECORD_OTHER && device_is_same(d->path, path))
			return true;
	}
	return false;
}

static void look_at_root(struct luks_devices *l, const struct source *source, const char *root,
			 const char *path)
{
	cleanup(free_ptr) char *name = text_copy(""), *names = text_copy(root);
	const struct crypttab_entry e = { .name = name, .source = names, .luks = true };
	struct luks luks = { .chosen = -1 };
	struct luks_device *d;

	if (!is_luks_alone(source, &luks))
		return;
	d = add_unrecorded(l, &e);
	settle_views(l);
	look(d, source, &luks, 0, RECORD_NAMED, path);
	if (luks_device_seen(d))
		return;
	clear_device(d);
	l->count--;
}

/* That device alone: a boot without LUKS has no need to read from every disk. */
static void add_root(struct luks_devices *l, const char *root)
{
	cleanup(free_ptr) char *link = crypttab_path("", root);
	cleanup(free_ptr) char *path = realpath(link, NULL);
	struct source source;

	if (!path || is_known(l, path) || source_open(&source, path))
		return;
	look_at_root(l, &source, root, path);
	source_close(&source);
}

void luks_devices_find(struct luks_devices *l, const struct manifest *m, const char *crypttab,
		       const char *root, unsigned int wait_ms)
{
	uint64_t end = system_now_ms() + wait_ms;
	struct string_list known[2] = { { NULL, 0 }, { NULL, 0 } };

	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < m->luks_count; i++) {
		l->items = grow_array(l->items, &l->count, sizeof(*l->items));
		l->items[i].sealed = &m->luks[i];
	}
	crypttab_parse(&l->crypttab, crypttab ? crypttab : "");
	add_of_crypttab(l, m);
	while (l->count) {
		look_around(l, known);
		if (!any_is(l, is_waited_for) || system_now_ms() >= end)
			break;
		system_sleep_ms(LOOK_AGAIN_MS);
	}
	forget(&known[0]);
	forget(&known[1]);
	drop_doubles(l);
	settle_views(l);
	if (root)
		add_root(l, root);
}

void luks_devices_clear(struct luks_devices *l)
{
	for (size_t i = 0; i < l->count; i++)
		clear_device(&l->items[i]);
	free(l->items);
	crypttab_clear(&l->crypttab);
	memset(l, 0, sizeof(*l));
}
