/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_CONTENT_H
#define BV_BOOT_CONTENT_H

#include <stdint.h>

#include "manifest/manifest.h"
#include "report/report.h"

/* The result of comparing what was unpacked with the content list. */
struct content_result {
	uint64_t checked, bytes;       /* paths compared, bytes of files read */
	uint64_t missing, different;   /* paths absent; paths whose type, size or bytes differ */
	uint64_t milliseconds;	       /* what it took */
};

/*
 * Compares the files below root (an open folder, "/" in the boot) with the manifest's content
 * list, and adds one finding (BV-CONTENT-...) to the report when they differ. Files are only
 * read. Memory: one buffer of 256 KiB.
 */
int content_verify(const struct manifest *m, int root, struct report *r,
		   struct content_result *result);

#endif
