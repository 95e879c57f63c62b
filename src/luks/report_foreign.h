/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_FOREIGN_H
#define BV_LUKS_REPORT_FOREIGN_H

#include "luks/view.h"
#include "report/report.h"

/* Findings about what another program left of a header, or put over it: never what is lost. */

/* The signature of another format lies on what would open. */
void report_luks_foreign(struct report *r, const struct luks_view *v);
void report_luks_foreign_in_keyslot(struct report *r, const struct luks_view *v);

/* The magic alone is gone. */
void report_luks_erased(struct report *r, const struct luks_view *v);

#endif
