/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_TEXT_H
#define BV_REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/report.h"

/*
 * The whole report, for people: verdict first. verbose adds every range and member. Without a verdict,
 * because the command could not run, what says so is left out: that is for standard error.
 */
void report_print_text(const struct report *r, FILE *out, bool verbose, bool color);

#endif
