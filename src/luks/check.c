// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "luks/elsewhere.h"
#include "luks/look.h"
#include "luks/match.h"
#include "luks/report.h"
#include "luks/report_elsewhere.h"
#include "luks/report_header.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "system/crypttab.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

/* Where a sealed device is looked for. */
struct place {
	char *path;   /* of the device; owned */
	char *header; /* of its detached header; owned; NULL */
	bool by_place; /* the name that was sealed leads nowhere, and path is the record's other one */
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
		p.by_place = true;
	}
	return p;
}

/* A name that is made of what is on the disk, or lasts for another reason, and is gone: so may be its disk. */
static void tell_no_name(struct report *r, const struct sealed_luks *s, const char *path)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_NAME, path,
		"What was sealed as %s is not there by that name. It, or a copy of it, is %s: "
		"the name is gone, or its disk.",
		s->device, path);

	finding_text(f, EVIDENCE_SEALED_UUID, "%s", s->uuid);
	finding_next(f, "Is the disk of that name attached? cable, power, driver, dmesg");
	finding_next(
		f,
		"If not, and %s is no copy: in crypttab, and to seal it, UUID=%s is made of the "
		"container itself.",
		path, s->uuid);
}

/* What a kernel's name in crypttab or in --device means today. */
static void tell_kernel_name(struct report *r, const struct sealed_luks *s, const char *path)
{
	struct finding *f = report_finding(r, VERDICT_INTACT, FINDING_LUKS_NAME, path,
					   "What was sealed as %s is %s now.", s->device, path);

	f->warning = true;
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", s->uuid);
	finding_next(
		f,
		"Such names follow the order in which disks are found. In crypttab, and to seal "
		"it: UUID=%s, /dev/disk/by-uuid/%s",
		s->uuid, s->uuid);
}

/* The name that was sealed leads nowhere, or a kernel's one to another disk; path is the device. */
static void tell_name(struct report *r, const struct sealed_luks *s, const char *path)
{
	/* It was found by that; only the link is missing. */
	if (*crypttab_uuid(s->device))
		return;
	if (strncmp(s->device, "/dev/", 5) == 0 && !strchr(s->device + 5, '/'))
		tell_kernel_name(r, s, path);
	else
		tell_no_name(r, s, path);
}

static void tell_unreadable(struct report *r, const char *path, int err)
{
	if (err == -EIO)
		report_luks_unreadable(r, path, true);
	else
		report_finding(r, VERDICT_NONE, FINDING_UNREADABLE, path,
			       "The place of the LUKS header cannot be read: %s.", strerror(-err));
	report_artifact(r, path, KIND_LUKS, STATE_UNREADABLE, 0, 0);
}

/* For luks_look(). */
struct known {
	const struct luks_check *check;
	bool another;	 /* a good header of another container is where its name stays */
	char *elsewhere; /* where the sealed one is, when its name leads to another disk; owned */
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
	if (match == RECORD_NAMED && !k->elsewhere)
		k->elsewhere = luks_find_elsewhere(&k->check->sealed);
	if (match < RECORD_NAMED || k->elsewhere)
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
 * holds and, when its name stays and leads to another disk, where the sealed one is: the caller frees
 * both.
 */
static int examine(const struct place *p, const struct luks_check *c, struct report *r,
		   char **holds, char **elsewhere)
{
	struct luks_view v = { .device = p->path, .header = p->header };
	struct known known = { c, false, NULL };
	cleanup(free_ptr) char *twin = NULL;
	struct luks_judgement j;
	struct source source;
	int err = source_open(&source, luks_view_place(&v));

	if (!err) {
		err = luks_look(&v, &source, find_record, &known, &j);
		if (err == -ENODEV)
			*holds = contents(&v, &source);
	}
	*elsewhere = known.elsewhere;
	v.namesake = known.another ? c->sealed.uuid : NULL;
	if (!err && !v.namesake && !p->header && is_disk(p->path))
		v.twin = twin = luks_find_twin(c->sealed.uuid, p->path);
	if (!err)
		report_luks(r, &v);
	if (!err && p->by_place && !v.namesake && j.ground != LUKS_NOT_HERE)
		tell_name(r, &c->sealed, p->path);
	if (err && !is_absent(err))
		tell_unreadable(r, luks_view_place(&v), err);
	luks_view_clear(&v);
	source_close(&source);
	return err;
}

/* What is at another name than the one that was sealed. */
static bool examine_other(const char *path, const struct luks_check *c, struct report *r)
{
	struct place p = { .path = text_copy(path) };
	char *holds = NULL, *elsewhere = NULL;
	bool there = !is_absent(examine(&p, c, r, &holds, &elsewhere));

	free(holds);
	free(elsewhere);
	free(p.path);
	return there;
}

static void check_device(const char *root, const struct luks_check *c, struct report *r)
{
	struct place p = find_place(root, &c->sealed);
	char *holds = NULL, *elsewhere = NULL;
	bool taken;

	if (!is_absent(examine(&p, c, r, &holds, &elsewhere)))
		goto out;
	taken = elsewhere && !p.by_place;
	if (!elsewhere)
		elsewhere = luks_find_elsewhere(&c->sealed);
	if (!elsewhere || !examine_other(elsewhere, c, r))
		report_luks_absent(r, &c->sealed, p.header ? p.header : p.path, holds);
	else if (taken)
		report_luks_elsewhere(r, p.path, holds, c->sealed.uuid, elsewhere);
	else
		tell_name(r, &c->sealed, elsewhere);
out:
	free(holds);
	free(elsewhere);
	free(p.path);
	free(p.header);
}

/* The device was compared with a newer record already. */
static void tell_older_record(struct report *r, const struct luks_check *c)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_STALE, c->sealed.device,
		"Kernel %s was sealed before the header of this device was changed.", c->kernel);

	finding_text(f, EVIDENCE_SEALED_UUID, "%s", c->sealed.uuid);
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
