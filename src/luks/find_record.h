/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_FIND_RECORD_H
#define BV_LUKS_FIND_RECORD_H

#include "luks/record.h"
#include "luks/view.h"
#include "report/report.h"

/* The sealed record of a device, with the manifest that holds it. */
struct luks_record {
	struct manifest manifest; /* owned */
	char *path;		  /* of that manifest; owned; NULL: no record was found */
	const struct sealed_luks *sealed;
	/* When none was found: the UUID that was sealed under the name of the device; owned; NULL */
	char *namesake;
	bool by_name; /* one was found, and only its name is the device's: RECORD_NAMED */
	char *others; /* when none was found: "UUID (device)" of those that are sealed; owned; NULL */
};

/*
 * Finds it in one manifest (path), or in all copies below root (manifest/store.h) and, without root, in
 * the one that the guard carries. The surest match wins, then the newest seal. A manifest that cannot be
 * used is told in r (NULL: not at all) as a warning, or, named by path, as what it is.
 */
void luks_record_find(struct luks_record *record, const char *path, const char *root,
		      const struct luks_view *v, const struct source *source, struct report *r);

/* Of one by_name, when the device is known to be another: its name alone is kept, as namesake. */
void luks_record_take_for_namesake(struct luks_record *record);
void luks_record_clear(struct luks_record *record);

#endif
