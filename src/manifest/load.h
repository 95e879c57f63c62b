/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_LOAD_H
#define BV_MANIFEST_LOAD_H

#include <stdbool.h>

#include "manifest/parse.h"

/* manifest_parse() of a file; -errno when it cannot be read. */
int manifest_load(struct manifest *m, const char *path, char *reason);

/* manifest_parse_devices() of a file. */
int manifest_load_devices(struct manifest *m, const char *path, char *reason);

/* Whether a file begins or ends as a manifest does: what lost both is told from nothing else. */
bool manifest_looks_like_one(const char *path);

#endif
