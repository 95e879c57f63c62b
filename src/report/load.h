/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_LOAD_H
#define BV_REPORT_LOAD_H

#include "report/report.h"

/*
 * Adds what report_print_json() wrote to an initialized report, behind what that has already, so
 * that a later stage of a boot can go on with an earlier one's. The same artifact, finding or table
 * of the same target is not added twice. The report is concluded anew. -ENOENT; -EBADMSG: it is
 * no report, and nothing was added.
 */
int report_load_json(struct report *r, const char *path);

#endif
