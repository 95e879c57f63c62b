/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_SLOTS_H
#define BV_LUKS_REPORT_SLOTS_H

#include "luks/view.h"
#include "report/report.h"

/* The findings about the keyslots. */
void report_luks_slots(struct report *r, const struct luks_view *v);

/* That none is in use. */
void report_luks_no_keyslot(struct report *r, const struct luks_view *v);

#endif
