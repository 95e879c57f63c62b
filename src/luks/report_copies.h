/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_COPIES_H
#define BV_LUKS_REPORT_COPIES_H

#include "luks/view.h"
#include "report/report.h"

/* Findings about the two copies of a LUKS2 header, one of which at least is good. */

void report_luks_copy_bad(struct report *r, const struct luks_view *v);
void report_luks_copies_differ(struct report *r, const struct luks_view *v);

/* What wrote them was stopped: a header backup that was restored, or an update. */
void report_luks_restore_cut(struct report *r, const struct luks_view *v);
void report_luks_update_cut(struct report *r, const struct luks_view *v);

/* Bytes of a copy (0 or 1) that no checksum covers, and that are not zero. */
void report_luks_unused_bytes(struct report *r, const struct luks_view *v, unsigned int copy);

#endif
