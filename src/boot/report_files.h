/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_REPORT_FILES_H
#define BV_BOOT_REPORT_FILES_H

#include "report/report.h"

/* Writes report.txt and report.json into a folder, each complete or not at all. 0 or -errno. */
int report_files_write(const struct report *r, const char *folder);

#endif
