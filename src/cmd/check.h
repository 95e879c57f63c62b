/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_CHECK_H
#define BV_CMD_CHECK_H

#include <stdbool.h>

#include "cmd/boot_files.h"
#include "manifest/manifest.h"
#include "report/report.h"

/* Compares one kernel version's files with their manifest; adds what it finds to r. */
void check_release(const struct boot_files *f, bool direct, struct report *r);

/* Compares the LUKS devices of a manifest with what they are now; adds what it finds to r. */
void check_luks(const struct boot_files *f, const struct manifest *m, struct report *r);

/* Examines one image without a manifest outside it, and says how far the proof goes. */
void check_file(const char *path, struct report *r);

/* Compares what the kernel unpacked with the guard's content list; for the shell in the boot. */
void check_unpacked(struct report *r);

#endif
