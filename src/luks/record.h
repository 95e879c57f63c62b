/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_RECORD_H
#define BV_LUKS_RECORD_H

#include "luks/luks.h"
#include "manifest/sealed_luks.h"

/*
 * Records what luks_read() found on a source: all but the names (device, place, header) and the
 * layers. -EIO, -ENOMEM; -EBADMSG: it is no LUKS device, or damaged already: a copy of the header
 * is not good, or the two are not of the same update. s must not hold anything before; on error it
 * is empty.
 */
int luks_record(struct sealed_luks *s, const struct luks *l, const struct source *source);

#endif
