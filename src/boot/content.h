/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_CONTENT_H
#define BV_BOOT_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "manifest/manifest.h"
#include "report/report.h"

/* The result of comparing what was unpacked with the content list. */
struct content_result {
	uint64_t checked, bytes;     /* paths compared, bytes of files read */
	uint64_t missing, different; /* of main: paths absent; paths whose type, size, mode or
				      * bytes differ */
	uint64_t guard_bad;	     /* of the guard: paths absent or different */
	uint64_t hidden;	     /* paths below a mount, which cannot be compared */
	bool replaced;		     /* what differs looks replaced, not damaged: nothing is
				      * missing, and every path that differs has another size */
	uint64_t milliseconds;	     /* what it took */
};

/*
 * Compares the files below root (an open folder, "/" in the boot) with the manifest's content
 * list, and adds to the report the artifact, and a finding for each kind of difference:
 * BV-CONTENT-DAMAGED, BV-CONTENT-MISSING, BV-CONTENT-REPLACED (inconclusive) and, for
 * files of the guard, BV-GUARD-DAMAGED. Files are only read, and no link leads out of root.
 * Memory: one buffer of 256 KiB and what the findings need. 0, or -ENOMEM.
 */
int content_verify(const struct manifest *m, int root, struct report *r,
		   struct content_result *result);

/* Whether this one path is there as sealed; false also when the manifest does not list it. */
bool content_as_sealed(const struct manifest *m, int root, const char *path);

#endif
