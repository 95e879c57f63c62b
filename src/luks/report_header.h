/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_HEADER_H
#define BV_LUKS_REPORT_HEADER_H

#include "luks/view.h"
#include "report/report.h"

/* The findings about the header. */
void report_luks_header(struct report *r, const struct luks_view *v);

/* What there is to say when luks_read() ended with -EIO. place: luks_view_place(). by_name: nothing else says
 * that it is the right device. */
struct finding *report_luks_unreadable(struct report *r, const char *place, bool by_name);

#endif
