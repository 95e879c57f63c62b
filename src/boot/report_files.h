/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_REPORT_FILES_H
#define BV_BOOT_REPORT_FILES_H

#include "report/report.h"

/*
 * Writes report.txt and report.json into a folder, each complete or not at all. 0 or -errno. They
 * name files of the image: they are for everybody when the record that the guard carries is, and
 * for root alone when it is not, or is not there.
 */
int report_files_write(const struct report *r, const char *folder, const char *record);

#endif
