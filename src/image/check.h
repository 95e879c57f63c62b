/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CHECK_H
#define BV_IMAGE_CHECK_H

#include <stdbool.h>

#include "image/sealed_look.h"
#include "manifest/manifest.h"
#include "report/report.h"
#include "system/installation.h"

/*
 * Compares one kernel version's files with their manifest; adds what it finds to r. The
 * manifest, which may be empty, is the caller's to clear.
 */
void check_release(const struct boot_files *f, bool direct, struct report *r, struct manifest *m);

/* Tells how the file that m records as kind, and has the name path now, compares with that record. */
void check_report_look(struct report *r, const struct manifest *m, const char *path,
		       enum artifact_kind kind, const struct sealed_look *l);

/* Tells when the kernel of f lacks what unpacks a segment of m, f's initrd. */
void check_codecs(const struct boot_files *f, const struct manifest *m, struct report *r);

/* Tells when the kernel of f is of another version than its name. */
void check_version(const struct boot_files *f, struct report *r);

/* Tells of an image that was refused, by its record m. */
void check_report_refused(struct report *r, const char *path, const struct manifest *m);

/* Tells that the boot folder cannot be read; error: -errno. */
struct finding *check_report_folder(struct report *r, const char *folder, int error);

/* Tells of what an interrupted run has left behind; a warning. */
struct finding *check_report_leftover(struct report *r, const char *path, uint64_t size);

#endif
