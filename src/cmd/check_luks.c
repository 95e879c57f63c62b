// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artifact/luks_source.h"
#include "cmd/check.h"
#include "manifest/luks_view.h"
#include "report/luks.h"
#include "storage/crypttab.h"
#include "util/text.h"
#include "util/util.h"

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

static int compare(struct luks_view *v, const struct luks_source *source, const struct manifest *m,
		   const struct sealed_luks *s, const struct place *p)
{
	int err = luks_view_read(v, source);

	if (err)
		return err;
	/* Another disk may have its name today. */
	if (p->by_place && v->luks.chosen >= 0 &&
	    luks_record_match(s, &v->luks, source, p->path) <= RECORD_NAMED)
		return -ENODEV;
	return luks_view_compare(v, source, s, m->sealed_at);
}

static void check_device(const char *root, const struct manifest *m, const struct sealed_luks *s,
			 struct report *r)
{
	struct place p = find_place(root, s);
	struct luks_view v = { .device = p.path, .header = p.header };
	struct luks_source source;
	int err = luks_source_open(&source, luks_view_place(&v));

	if (!err)
		err = compare(&v, &source, m, s, &p);
	for (unsigned int i = 1; !err && luks_may_be_written(judge_luks(&v)) && i < LUKS_LOOKS_MAX;
	     i++) {
		usleep(LUKS_LOOK_AGAIN);
		luks_view_clear(&v);
		err = compare(&v, &source, m, s, &p);
	}
	if (!err)
		report_luks(r, &v);
	else if (err == -ENOENT || err == -ENXIO || err == -ENODEV)
		tell_absent(r, s, luks_view_place(&v));
	else
		tell_unreadable(r, luks_view_place(&v), err);
	luks_view_clear(&v);
	luks_source_close(&source);
	free(p.path);
	free(p.header);
}

void check_luks(const struct boot_files *f, const struct manifest *m, struct report *r)
{
	for (size_t i = 0; i < m->luks_count; i++)
		check_device(f->root, m, &m->luks[i], r);
}
