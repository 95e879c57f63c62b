/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_LOAD_H
#define BV_MANIFEST_LOAD_H

#include <stdbool.h>

#include "manifest/parse.h"
#include "util/must_check.h"
#include "verdict/verdict.h"

/* manifest_parse() of a file; -errno when it cannot be read. */
must_check int manifest_load(struct manifest *m, const char *path, char *reason);

/* manifest_parse_devices() of a file. */
must_check int manifest_load_devices(struct manifest *m, const char *path, char *reason);

/*
 * What it means that a record cannot be used: storage corruption when it is not what was written, or the
 * device cannot read it; inconclusive when this program cannot, or may not, or nothing is there.
 */
enum verdict manifest_error_verdict(int error);

/* Whether a file begins or ends as a manifest does: what lost both is told from nothing else. */
bool manifest_looks_like_one(const char *path);

#endif
