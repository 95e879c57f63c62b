/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_GONE_H
#define BV_LUKS_REPORT_GONE_H

#include "luks/view.h"
#include "report/report.h"

/* Findings about a place where a header was, or may have been. */

void report_luks_gone(struct report *r, const struct luks_view *v);

/* The first block alone is random now. */
void report_luks_noise(struct report *r, const struct luks_view *v);

#endif
