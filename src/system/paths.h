/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_PATHS_H
#define BV_SYSTEM_PATHS_H

#include "image/guard.h"

/* Where things are while the initial RAM disk is the root. */
#define BOOT_GUARD    "/" GUARD_DIR
#define BOOT_CONFIG   "/" GUARD_CONFIG
#define BOOT_MANIFEST "/" GUARD_MANIFEST
#define BOOT_BUSYBOX  "/" GUARD_BUSYBOX

/* What is written lies here; the report's files are copied to the real system's /run. */
#define BOOT_RUN	 BOOT_GUARD "/run"
#define BOOT_REPORT_TEXT BOOT_RUN "/report.txt"
#define BOOT_REPORT_JSON BOOT_RUN "/report.json"

#endif
