// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artifact/luks_source.h"
#include "cmd/check.h"
#include "report/luks.h"
#include "storage/crypttab.h"
#include "util/text.h"
#include "util/util.h"
#include "verdict/luks_look.h"

/* Where a sealed device is looked for, and how sure it is that it is the one. */
struct place {
	char *path;    /* of the device; owned */
	char *header;  /* of its detached header; owned; NULL */
	bool by_place; /* found by what the partition is called, not by what crypttab names */
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

static void tell_absent(struct report *r, const struct sealed_luks *s, const char *path)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-LUKS-ABSENT", path,
		"The LUKS device that was sealed is not found: neither by the name that crypttab "
		"or --device gave, nor by its partition.");

	finding_text(f, "sealed UUID", "%s", s->uuid);
	finding_next(f,
		     "Is the disk attached? (lsblk -o NAME,SIZE,FSTYPE,UUID) A device that may be "
		     "it: bootverdict luks DEVICE");
	report_artifact(r, path, "luks", "missing", 0, 0);
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
	const struct place *place;
};

static int find_record(void *ctx, const struct luks_view *v, const struct luks_source *source,
		       const struct sealed_luks **sealed, int64_t *sealed_at)
{
	const struct known *k = ctx;

	/* Another disk may have its name today. */
	if (k->place->by_place && v->luks.chosen >= 0 &&
	    luks_record_match(&k->check->sealed, &v->luks, source, k->place->path) <= RECORD_NAMED)
		return -ENODEV;
	*sealed = &k->check->sealed;
	*sealed_at = k->check->sealed_at;
	return 0;
}

static void check_device(const char *root, const struct luks_check *c, struct report *r)
{
	struct place p = find_place(root, &c->sealed);
	struct luks_view v = { .device = p.path, .header = p.header };
	struct known known = { c, &p };
	struct luks_judgement j;
	struct luks_source source;
	int err = luks_source_open(&source, luks_view_place(&v));

	if (!err)
		err = luks_look(&v, &source, find_record, &known, &j);
	if (!err)
		report_luks(r, &v);
	else if (err == -ENOENT || err == -ENXIO || err == -ENODEV)
		tell_absent(r, &c->sealed, luks_view_place(&v));
	else
		tell_unreadable(r, luks_view_place(&v), err);
	luks_view_clear(&v);
	luks_source_close(&source);
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
