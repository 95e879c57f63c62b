/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_JSON_H
#define BV_REPORT_JSON_H

#include <stdio.h>

#include "report/report.h"

/* The whole report as one JSON object (README, "The JSON report"), with a newline at its end. */
void report_print_json(const struct report *r, FILE *out);

#endif
