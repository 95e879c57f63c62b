/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SEALING_H
#define BV_MANIFEST_SEALING_H

#include <stdbool.h>

#include "report/report.h"
#include "storage/replace.h"

/*
 * What the steps of sealing one kernel version share. Each of them (image/seal_kernel.h, luks/seal.h,
 * image/seal.h, manifest/store.h) returns an exit status: 0; 1 when what is there
 * is not self-consistent or the disk did not keep what was written; 2 when it could not be done.
 * Each has told the reason: it is in the report, and as lines on standard error from that moment on. What
 * counts in the report is storage corruption with 1, and nothing with 0.
 */
struct seal_options {
	const char *
		guard; /* folder of init, bootverdict and busybox; NULL: ROOT/usr/lib/bootverdict */
	enum read_back read_back;
	bool quiet;
	bool json;	      /* standard output is for the report alone */
	const char **devices; /* LUKS devices that were named, besides those that are found */
	size_t device_count;
	const char *header;    /* detached, of the one device that was named; or NULL */
	struct report *report; /* of the whole run */
};

/* A step could not be done: summary says why. Returns 2. */
int seal_not_done(struct report *r, const char *target, const char *summary, ...)
	__attribute__((format(printf, 3, 4)));

/* A file or device that cannot be read; error: -errno. Returns 1 when it is the device that cannot, else 2. */
int seal_cannot_read(struct report *r, const char *target, int error);

/* The device did not take what was written, or what was to be removed: -EIO. Returns 1. */
int seal_write_failed(struct report *r, const char *target, const char *summary, ...)
	__attribute__((format(printf, 3, 4)));

/* What is worth to be known, and does not count; the caller adds what it rests on, and says it. */
struct finding *seal_note(struct report *r, const char *target, const char *summary, ...)
	__attribute__((format(printf, 3, 4)));

/* It is not sealed as it is, or not given back: the summary says why. The caller says it. */
struct finding *seal_refused(struct report *r, enum verdict v, const char *target,
			     const char *summary, ...) __attribute__((format(printf, 4, 5)));

/*
 * What stands in the place of a file after a failure, and what comes of it; it does not count: why it is so
 * has a finding of its own. The caller says it.
 */
struct finding *seal_stands(struct report *r, enum verdict v, const char *target,
			    const char *summary, ...) __attribute__((format(printf, 4, 5)));

#endif
