/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_LOAD_H
#define BV_REPORT_LOAD_H

#include "report/report.h"

/*
 * Adds what report_print_json() wrote to an initialized report, as report_append() does, so that a later
 * stage of a boot can go on with an earlier one's. -ENOENT; -EBADMSG: it is no report, and nothing was added; a stage
 * that has not run is no fault.
 */
int report_load_json(struct report *r, const char *path);

#endif
