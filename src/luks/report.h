/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_H
#define BV_LUKS_REPORT_H

#include "luks/rules.h"
#include "luks/view.h"
#include "report/report.h"

/*
 * Tells all that can be seen of one device: adds an artifact of kind "luks" and findings BV-LUKS-*.
 * The same words for `luks`, `check`, `seal` and the boot.
 */
void report_luks(struct report *r, const struct luks_view *v);

/* Of one that is sealed just now: the artifact, intact. */
void report_luks_sealed(struct report *r, const struct luks_view *v);

#endif
