/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_CHECK_H
#define BV_LUKS_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "manifest/manifest.h"
#include "report/report.h"

/* The records of LUKS devices in the manifests of all kernel versions that are checked. */
struct luks_check {
	struct sealed_luks sealed; /* owned */
	int64_t sealed_at;
	char *kernel; /* of that manifest; owned */
};

struct luks_checks {
	struct luks_check *items; /* owned */
	size_t count;
};

/* Takes the records out of a manifest. */
void luks_checks_add(struct luks_checks *c, struct manifest *m);
void luks_checks_clear(struct luks_checks *c);

/*
 * Compares every LUKS device with its newest record, once, and tells which kernel versions have
 * another one; adds what it finds to r. root: prefix of the paths that the records name, or "".
 */
void check_luks(const struct luks_checks *c, const char *root, struct report *r);

#endif
