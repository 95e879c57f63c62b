/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_UNPACKED_H
#define BV_IMAGE_UNPACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "image/cause.h"
#include "manifest/manifest.h"
#include "report/report.h"

/* The result of comparing what was unpacked with the content list. */
struct content_result {
	uint64_t checked, bytes;     /* paths compared, bytes of files read */
	uint64_t missing, different; /* of main: paths absent; paths whose type, size, mode or
				      * bytes differ */
	uint64_t guard_bad;	     /* of the guard: paths absent or different */
	uint64_t hidden;	     /* paths below a mount, which cannot be compared */
	enum cause cause;	     /* of what is missing or different of main */
	uint64_t milliseconds;	     /* what it took */
};

/* What is known of how they were unpacked. */
struct unpacking {
	const char *kernel_message; /* or NULL */
	bool just_now; /* nothing has run since: what is there and not in the list was unpacked, too */
	bool lost;     /* not so, but the boot itself found then that sealed bytes were lost */
};

/*
 * Compares the files below root (an open folder, "/" in the boot) with the manifest's content
 * list, and adds to the report the artifact, and findings by the cause of what differs:
 * BV-CONTENT-DAMAGED and BV-CONTENT-MISSING, or BV-CONTENT-REPLACED or
 * BV-CONTENT-REPACKED (inconclusive), or
 * BV-MEMORY-TOO-SMALL or BV-CODEC-UNREADABLE (config-error); and BV-GUARD-DAMAGED for files of the
 * guard. What may have been changed since by a person, or by who packed the image again, is
 * inconclusive. Files are only read, and no link leads out of root.
 * Memory: one buffer of 256 KiB, a byte for each path, and what the findings need. 0, or -ENOMEM.
 */
int content_verify(const struct manifest *m, int root, const struct unpacking *unpacking,
		   struct report *r, struct content_result *result);

/* Whether this one path is there as sealed; false also when the manifest does not list it. */
bool content_as_sealed(const struct manifest *m, int root, const char *path);

#endif
