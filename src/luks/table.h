/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_TABLE_H
#define BV_LUKS_TABLE_H

#include "luks/view.h"
#include "report/report.h"

/* The tables "headers" and "keyslots". tried: per keyslot how a passphrase fared; may be NULL. */
void report_luks_tables(struct report *r, const struct luks_view *v, const char *const *tried);

#endif
