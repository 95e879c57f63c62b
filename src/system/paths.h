/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_PATHS_H
#define BV_SYSTEM_PATHS_H

/*
 * Where the guard (image/guard.h) has its files, and the hook its links, in the image: without a leading
 * slash, as in the archive.
 */
#define GUARD_DIR      "bootverdict"
#define GUARD_STUB     GUARD_DIR "/init"
#define GUARD_CHECKER  GUARD_DIR "/bootverdict"
#define GUARD_BUSYBOX  GUARD_DIR "/busybox"
#define GUARD_MANIFEST GUARD_DIR "/manifest"
#define GUARD_CONFIG   GUARD_DIR "/config"
#define GUARD_END      GUARD_DIR "/guard-end" /* the last member: padding to a multiple of 4096 */

/* Where the hook makes main's /init point; in the guard a link to the stub. */
#define GUARD_DIVERTED "usr/lib/bootverdict/init"
/* Where the hook puts main's original init. Never in the guard: that would be an exec loop. */
#define GUARD_ORIGINAL_INIT "usr/lib/bootverdict/next-init"

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
