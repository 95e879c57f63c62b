/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_PLACE_H
#define BV_LUKS_REPORT_PLACE_H

#include "luks/view.h"
#include "report/report.h"

/* Findings about a container that is not where, or not as long as, its device says. */

/* The data that a good header tells of begin behind the end: too short, or a detached header. */
void report_luks_data_elsewhere(struct report *r, const struct luks_view *v);
void report_luks_too_small(struct report *r, const struct luks_view *v);

/* The sealed container begins in front of, or behind, its device's start. */
void report_luks_moved(struct report *r, const struct luks_view *v);

/* A container, not known before, begins in front of, or behind, the start. */
void report_luks_inside(struct report *r, const struct luks_view *v);

/* A file that holds a disk in a form of its own. */
void report_luks_disk_form(struct report *r, const struct luks_view *v);

#endif
