/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_CHECK_H
#define BV_CMD_CHECK_H

#include <stdbool.h>

#include "manifest/manifest.h"
#include "report/report.h"
#include "system/installation.h"

/* The records of LUKS devices in the manifests of all kernel versions that are checked. */
struct luks_check {
	struct sealed_luks sealed; /* owned */
	int64_t sealed_at;
	char *kernel; /* of that manifest; owned */
};

struct luks_checks {
	struct luks_check *items; /* owned */
	size_t count;
};

/* Takes the records out of a manifest. */
void luks_checks_add(struct luks_checks *c, struct manifest *m);
void luks_checks_clear(struct luks_checks *c);

/*
 * Compares one kernel version's files with their manifest; adds what it finds to r, and the LUKS
 * devices that it has records of to luks.
 */
void check_release(const struct boot_files *f, bool direct, struct report *r,
		   struct luks_checks *luks);

/*
 * Compares every LUKS device with its newest record, once, and tells which kernel versions have
 * another one; adds what it finds to r. root: prefix of the paths that the records name, or "".
 */
void check_luks(const struct luks_checks *c, const char *root, struct report *r);

/*
 * Examines one image without a manifest outside it, and says how far the proof goes. f: of an initrd
 * whose modules must be for that kernel version; else NULL.
 */
void check_file(const char *path, const struct boot_files *f, struct report *r);

/* Tells when the image of m, f's initrd, has modules for another kernel version alone. */
void check_modules(const struct boot_files *f, const struct manifest *m, struct report *r);

/* Adds that the file system itself may have refused to read a file, where it may have. */
void check_tell_file_system(struct finding *f, const char *path);

/* Adds what becomes of an image that image_was_repacked(), and what to do. */
void check_tell_repacked(struct finding *f, const char *release);

/* Compares what the kernel unpacked with the guard's content list; for the shell in the boot. */
void check_unpacked(struct report *r);

#endif
