/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_INSTALLATION_H
#define BV_SYSTEM_INSTALLATION_H

#include <stdbool.h>
#include <stddef.h>

#include "manifest/manifest.h"

/*
 * Where the files of one kernel version lie. All strings are owned; paths are as this process
 * sees them, root included.
 */
struct boot_files {
	char *root;    /* "" for the running system, else without a slash at its end */
	char *boot;    /* the boot folder */
	char *release; /* "6.12.107+deb13-amd64" */
	char *kernel;  /* NULL: none of the usual names is there */
	char *initrd;  /* NULL: likewise */
	char *boot_manifest, *var_manifest;
	char *os; /* PRETTY_NAME of ROOT/etc/os-release, or "" */
};

/* root: NULL or "/" for the running system. boot: NULL for ROOT/boot. */
void boot_files_find(struct boot_files *f, const char *root, const char *boot, const char *release);
void boot_files_clear(struct boot_files *f);

/* The root as a prefix of absolute paths: "" for "/" and NULL, no slash at its end. Owned by the
 * caller. */
char *root_prefix(const char *root);

/* The path as the system below root sees it: without the root. */
const char *boot_files_inside(const struct boot_files *f, const char *path);

/*
 * The version that the kernel image tells of itself, owned by the caller, when it is not the one in
 * its name. Else NULL.
 */
char *boot_files_other_version(const struct boot_files *f);

/* Whether the system has a folder of modules for that kernel version. */
bool boot_files_have_modules(const struct boot_files *f, const char *version);

/* An image that has modules, but none for the kernel that boots it. */
struct other_modules {
	char *has; /* a version for which it has some; owned */
	char *wanted; /* the kernel's own version or, where it tells none, the one in its name; owned */
	bool known;	/* the kernel tells it: those do not fit. A name may be anything */
	bool installed; /* the system has modules for it, of which the image can be made anew */
};

/*
 * What is to be told of the image of m, which other_modules_clear() frees. False: nothing, or it is not
 * known; *o then owns nothing.
 */
bool boot_files_other_modules(const struct boot_files *f, const struct manifest *m,
			      struct other_modules *o);
void other_modules_clear(struct other_modules *o);

struct releases {
	char **names; /* sorted; owned */
	size_t count;
};

/*
 * The releases that have an initrd in boot, or (with_manifests) a manifest in ROOT/boot/bootverdict
 * or ROOT/var/lib/bootverdict. -errno when the boot folder cannot be read.
 */
int releases_find(struct releases *r, const char *root, const char *boot, int with_manifests);
void releases_clear(struct releases *r);

/* The running kernel's release, owned by the caller. */
char *running_release(void);

/*
 * A whole text file, closed with a NUL, or NULL; the caller frees it. One that is there and cannot be
 * used (no file, over 1 MiB) is told on stderr.
 */
char *read_text_file(const char *path);

#endif
