/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_PARSE_H
#define BV_MANIFEST_PARSE_H

#include <stddef.h>

#include "manifest/manifest.h"

/* Reading the file form (manifest/format.h). */

#define MANIFEST_REASON_BYTES 160

/*
 * Reads a file form. 0, or -EBADMSG (damaged, cut short, or not a manifest), -EPROTO (written by
 * a newer version), -EFBIG, -EOVERFLOW (beyond memory_take()), -ENOMEM. On error m is empty and *reason, MANIFEST_REASON_BYTES long,
 * says what and on which line. m must not hold anything before.
 */
int manifest_parse(struct manifest *m, const char *text, size_t len, char *reason);

/*
 * The same without what takes most of the time: of the lines from the first "segment" on only the
 * sum is verified, and m has no segments and no contents.
 */
int manifest_parse_devices(struct manifest *m, const char *text, size_t len, char *reason);

#endif
