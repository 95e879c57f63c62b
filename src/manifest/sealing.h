/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SEALING_H
#define BV_MANIFEST_SEALING_H

#include <stdbool.h>

#include "storage/replace.h"

/*
 * What the steps of sealing one kernel version share. Each of them (image/seal_kernel.h, luks/seal.h,
 * image/seal.h, manifest/store.h) returns an exit status: 0; 1 when what is there
 * is not self-consistent or the disk did not keep what was written; 2 when it could not be done.
 * Each has told the reason on stderr.
 */
struct seal_options {
	const char *
		guard; /* folder of init, bootverdict and busybox; NULL: ROOT/usr/lib/bootverdict */
	enum read_back read_back;
	bool quiet;
	const char **devices; /* LUKS devices that were named, besides those that are found */
	size_t device_count;
	const char *header; /* detached, of the one device that was named; or NULL */
};

/* The second name, ".NAME" and this, under which hook/keep holds an image until the next is sealed. */
#define KEPT_SUFFIX ".bootverdict-old"

#endif
