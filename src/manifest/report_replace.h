/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_REPORT_REPLACE_H
#define BV_MANIFEST_REPORT_REPLACE_H

#include <stdbool.h>

#include "report/report.h"
#include "storage/replace.h"

/* Whether that error says that the disk did not take or keep what was written. */
bool replace_blames_disk(int error);

/*
 * Tells why a replacement failed, and what stands at path now; result may be NULL. Returns the exit status
 * of seal: 1 when the disk is to blame, else 2.
 */
int report_replace(struct report *r, const char *path, int error,
		   const struct replace_result *result);

#endif
