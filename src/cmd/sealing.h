/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_SEALING_H
#define BV_CMD_SEALING_H

#include <stdbool.h>

#include "cmd/boot_files.h"
#include "manifest/manifest.h"
#include "storage/replace.h"

struct seal_options {
	const char *
		guard; /* folder of init, bootverdict and busybox; NULL: ROOT/usr/lib/bootverdict */
	enum read_back read_back;
	bool quiet;
	const char **devices; /* LUKS devices that were named, besides those that are found */
	size_t device_count;
	const char *header; /* detached, of the one device that was named; or NULL */
};

/*
 * The steps of sealing one kernel version. Each returns an exit status: 0; 1 when what is there
 * is not self-consistent or the disk did not keep what was written; 2 when it could not be done.
 * Each has told the reason on stderr, and left the old files in place.
 */

/* Examines the kernel and records it in m->files. Nothing is written. */
int seal_kernel(const struct boot_files *f, const struct seal_options *o, struct manifest *m);

/*
 * Records the LUKS devices that the boot unlocks in m->luks. One that is damaged, by itself or
 * against the record that it has already, is refused. Nothing is written.
 */
int seal_luks(const struct boot_files *f, const struct seal_options *o, struct manifest *m);

/* Puts the guard into the initrd, unless just that one is there, and fills the rest of m. */
int seal_initrd(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed);

/*
 * Whether an image, as guard_make() has just recorded it in m, begins with the stub of g if it was
 * built to, and whether the kernel can start what comes then. Warns of what it cannot tell.
 */
struct guard_files;
int seal_check_start(const char *image, struct manifest *m, struct guard_files *g);

/* Writes both copies of the manifest, unless they say the same already. */
int seal_manifests(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		   bool *changed);

/* Gives the image back as it was before the first seal, and removes the manifests. */
int seal_remove(const struct boot_files *f, const struct seal_options *o);

/* Tells on stderr why a replacement failed; returns the exit status. bad_*: of replace_commit(). */
int seal_explain_write(const char *path, int error, uint64_t bad_offset, uint64_t bad_blocks);

#endif
