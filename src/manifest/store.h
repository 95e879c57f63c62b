/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_STORE_H
#define BV_MANIFEST_STORE_H

#include <stdbool.h>

#include "manifest/manifest.h"
#include "manifest/sealing.h"
#include "system/installation.h"

/*
 * Where sealed records are kept: each in two copies, one beside what it tells of, one on the root file
 * system. Nothing else knows these places.
 */
enum { STORE_BOOT, STORE_ROOT, STORE_COPIES };

/* The folder of one copy, below a prefix (root_prefix()) and in a boot folder. Owned by the caller. */
char *store_folder(const char *prefix, const char *boot_folder, int copy);

/* The folders of both copies, for words: "/boot/..., /var/lib/...". Owned by the caller. */
char *store_folders(void);

/* The path of one copy of a kernel version's record. Owned by the caller. */
char *store_copy(const struct boot_files *f, int copy);

/* Whether a file's name is that of a record. */
bool store_is_record(const char *name);

/* Adds the kernel versions that have a record. root, boot: as for releases_find(). */
void store_list(struct releases *r, const char *root, const char *boot);

/* The newer of the record's copies that can be used; empty when there is none. */
void store_load(const struct boot_files *f, struct manifest *m);

/* Writes both copies, unless they say the same already. An exit status (manifest/sealing.h). */
int store_write(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed);

/* Whether there is a copy, usable or not. */
bool store_has(const struct boot_files *f);

/*
 * Removes both copies, with what an interrupted write left of them, so that no power cut brings them
 * back. An exit status (manifest/sealing.h).
 */
int store_forget(const struct boot_files *f, struct report *r);

/*
 * Removes the folders that have nothing in them any more. After a power cut just then vfat may have a
 * folder that cannot be read: only for versions of which nobody asks again.
 */
void store_tidy(const struct boot_files *f);

#endif
