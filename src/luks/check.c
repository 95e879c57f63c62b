// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "luks/advice.h"
#include "luks/look.h"
#include "luks/report.h"
#include "luks/report_header.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "system/block_devices.h"
#include "system/crypttab.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

/* Where a sealed device is looked for. */
struct place {
	char *path;   /* of the device; owned */
	char *header; /* of its detached header; owned; NULL */
};

/* The UUID's link is made from the header, and is gone with it. */
static struct place find_place(const char *root, const struct sealed_luks *s)
{
	struct place p = { .path = crypttab_path(root, s->device) };

	if (s->header)
		p.header = crypttab_path(root, s->header);
	if (!s->header && s->place && *s->place && access(p.path, F_OK) < 0) {
		free(p.path);
		p.path = text_copy(s->place);
	}
	return p;
}

/* holds: what is on the device that has its name; NULL: none has. */
static void tell_absent(struct report *r, const struct sealed_luks *s, const char *path,
			const char *holds)
{
	struct finding *f;

	if (holds)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-LUKS-ABSENT", path,
			"The LUKS device that was sealed is not found; %s, which had that name, holds "
			"%s: it may be another disk, or all of its start was overwritten.",
			path, holds);
	else
		f = report_finding(r, VERDICT_INCONCLUSIVE, "BV-LUKS-ABSENT", path,
				   "The LUKS device that was sealed is not found: neither by the "
				   "name that crypttab or --device gave, nor by its partition.");
	finding_text(f, "sealed UUID", "%s", s->uuid);
	finding_next(f,
		     "Is the disk attached? (lsblk -o NAME,SIZE,FSTYPE,UUID) A device that may be "
		     "it: bootverdict luks DEVICE");
	if (holds)
		luks_next_on_a_copy(f, path);
	report_artifact(r, path, "luks", "missing", 0, 0);
}

/* What a kernel's name in crypttab or in --device means today. */
static void tell_name(struct report *r, const struct sealed_luks *s, const char *path)
{
	struct finding *f;

	if (strncmp(s->device, "/dev/", 5) != 0)
		return;
	f = report_finding(r, VERDICT_INTACT, "BV-LUKS-NAME", path,
			   "What was sealed as %s is %s now.", s->device, path);
	f->warning = true;
	finding_text(f, "sealed UUID", "%s", s->uuid);
	finding_next(
		f,
		"Such names follow the order in which disks are found. In crypttab, and to seal "
		"it: UUID=%s, /dev/disk/by-uuid/%s",
		s->uuid, s->uuid);
}

static void tell_unreadable(struct report *r, const char *path, int err)
{
	if (err == -EIO)
		report_luks_unreadable(r, path);
	else
		report_finding(r, VERDICT_NONE, "BV-UNREADABLE", path,
			       "The place of the LUKS header cannot be read: %s.", strerror(-err));
	report_artifact(r, path, "luks", "unreadable", 0, 0);
}

/* For luks_look(). */
struct known {
	const struct luks_check *check;
	bool another; /* a good header of another container is where its name stays */
};

static bool is_disk(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

/* -ENODEV: it is not known to be the sealed one. */
static int find_record(void *ctx, const struct luks_view *v, const struct source *source,
		       const struct sealed_luks **sealed, int64_t *sealed_at)
{
	struct known *k = ctx;
	const char *place = luks_view_place(v);
	enum record_match match = luks_record_match(&k->check->sealed, &v->luks, source, place);

	/* A file below another root has another name than the sealed one. */
	if (match == RECORD_OTHER && !is_disk(place))
		match = RECORD_NAMED;
	if (match < RECORD_NAMED)
		return -ENODEV;
	k->another = match == RECORD_NAMED && v->luks.chosen >= 0;
	if (!k->another) {
		*sealed = &k->check->sealed;
		*sealed_at = k->check->sealed_at;
	}
	return 0;
}

/* In words; the caller frees it. */
static char *contents(const struct luks_view *v, const struct source *source)
{
	const char *other;

	if (v->luks.chosen >= 0)
		return text_format("another LUKS container (UUID %s)", v->luks.uuid);
	other = recognise_other(source);
	return text_copy(other ? other : "bytes that do not tell what they are");
}

static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENXIO || err == -ENODEV || err == -ENOMEDIUM;
}

/*
 * Reports what is at a place, if it is the sealed device. Else as is_absent() knows it, with what it
 * holds, which the caller frees.
 */
static int examine(const struct place *p, const struct luks_check *c, struct report *r,
		   char **holds)
{
	struct luks_view v = { .device = p->path, .header = p->header };
	struct known known = { c, false };
	struct luks_judgement j;
	struct source source;
	int err = source_open(&source, luks_view_place(&v));

	if (!err) {
		err = luks_look(&v, &source, find_record, &known, &j);
		if (err == -ENODEV)
			*holds = contents(&v, &source);
	}
	v.namesake = known.another ? c->sealed.uuid : NULL;
	if (!err)
		report_luks(r, &v);
	if (err && !is_absent(err))
		tell_unreadable(r, luks_view_place(&v), err);
	luks_view_clear(&v);
	source_close(&source);
	return err;
}

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

/* Among all block devices; the caller frees it. NULL: it is not there. */
static char *find_elsewhere(const struct sealed_luks *s)
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

static void check_device(const char *root, const struct luks_check *c, struct report *r)
{
	struct place p = find_place(root, &c->sealed), other = { 0 };
	char *holds = NULL, *nothing = NULL;

	if (!is_absent(examine(&p, c, r, &holds)))
		goto out;
	other.path = find_elsewhere(&c->sealed);
	if (other.path && !is_absent(examine(&other, c, r, &nothing)))
		tell_name(r, &c->sealed, other.path);
	else
		tell_absent(r, &c->sealed, p.header ? p.header : p.path, holds);
out:
	free(holds);
	free(nothing);
	free(other.path);
	free(p.path);
	free(p.header);
}

/* The device was compared with a newer record already. */
static void tell_older_record(struct report *r, const struct luks_check *c)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE, "BV-LUKS-STALE", c->sealed.device,
		"Kernel %s was sealed before the header of this device was changed.", c->kernel);

	finding_text(f, "sealed UUID", "%s", c->sealed.uuid);
	finding_next(f, "Seal it again: bootverdict seal -k %s", c->kernel);
}

void luks_checks_add(struct luks_checks *c, struct manifest *m)
{
	for (size_t i = 0; i < m->luks_count; i++) {
		struct luks_check *item;

		c->items = grow_array(c->items, &c->count, sizeof(*c->items));
		item = &c->items[c->count - 1];
		item->sealed = m->luks[i];
		item->sealed_at = m->sealed_at;
		item->kernel = text_copy(m->kernel);
	}
	free(m->luks);
	m->luks = NULL;
	m->luks_count = 0;
}

void luks_checks_clear(struct luks_checks *c)
{
	for (size_t i = 0; i < c->count; i++) {
		sealed_luks_clear(&c->items[i].sealed);
		free(c->items[i].kernel);
	}
	free(c->items);
	memset(c, 0, sizeof(*c));
}

/* The newest of the records that are of the same device; the first one of several. */
static const struct luks_check *newest(const struct luks_checks *c, const char *uuid)
{
	const struct luks_check *best = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct luks_check *item = &c->items[i];

		if (strcmp(item->sealed.uuid, uuid) == 0 &&
		    (!best || item->sealed_at > best->sealed_at))
			best = item;
	}
	return best;
}

void check_luks(const struct luks_checks *c, const char *root, struct report *r)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct luks_check *item = &c->items[i];
		const struct luks_check *best = newest(c, item->sealed.uuid);

		if (item == best)
			check_device(root, item, r);
		else if (!sealed_luks_same(&item->sealed, &best->sealed))
			tell_older_record(r, item);
	}
}
