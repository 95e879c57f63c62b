/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_LINES_H
#define BV_REPORT_LINES_H

#include "report/report.h"

/*
 * A finding as lines on standard error, "bootverdict: TARGET: SUMMARY" and one for each advice: of a command
 * that works on after it, or could not run. Its evidence and its ranges are for the whole report.
 */
void finding_say(const struct finding *f);

/* The same of all findings from number first on. */
void report_say(const struct report *r, size_t first);

#endif
