/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SEALING_H
#define BV_MANIFEST_SEALING_H

#include <stdbool.h>

#include "manifest/manifest.h"
#include "storage/replace.h"
#include "system/installation.h"

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

/*
 * The steps of sealing one kernel version. Each returns an exit status: 0; 1 when what is there
 * is not self-consistent or the disk did not keep what was written; 2 when it could not be done.
 * Each has told the reason on stderr.
 */

/*
 * Examines the kernel and records it in m->files; one that is broken, or changes meanwhile, keeps
 * the record that it has. Nothing is written.
 */
int seal_kernel(const struct boot_files *f, const struct seal_options *o, struct manifest *m);

/*
 * Records the LUKS devices that the boot unlocks in m->luks. When one is damaged, by itself or
 * against the record that it has already, all keep the records that they have. Records the root file
 * system's UUID, where the kernel tells on which device it is. Nothing is written.
 */
int seal_luks(const struct boot_files *f, const struct seal_options *o, struct manifest *m);

/*
 * Puts the guard into the initrd, unless just that one is there, and fills the rest of m. After a
 * failure there stands under the initrd's name what seal_fallback.h says. *to_record: m tells of what
 * stands there now.
 */
int seal_initrd(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed, bool *to_record);

/* Writes both copies of the manifest, unless they say the same already. */
int seal_manifests(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		   bool *changed);

/* The newer of the record's copies that can be used; empty when there is none. */
void seal_load_record(const struct boot_files *f, struct manifest *m);

/* Gives the image back as it was before the first seal, and removes the manifests. */
int seal_remove(const struct boot_files *f, const struct seal_options *o);

/* The same where the image is gone, and its record alone is left. False: there is no record either. */
bool seal_forget(const struct boot_files *f, const struct seal_options *o, int *status);

/* Tells on stderr why a replacement failed; returns the exit status. */
int seal_explain_write(const char *path, int error, const struct replace_result *result);

#endif
