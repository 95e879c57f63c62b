/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CHECK_H
#define BV_IMAGE_CHECK_H

#include <stdbool.h>

#include "manifest/manifest.h"
#include "report/report.h"
#include "system/installation.h"

/*
 * Compares one kernel version's files with their manifest; adds what it finds to r. The
 * manifest, which may be empty, is the caller's to clear.
 */
void check_release(const struct boot_files *f, bool direct, struct report *r, struct manifest *m);

#endif
