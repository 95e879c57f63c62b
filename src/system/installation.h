/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_INSTALLATION_H
#define BV_SYSTEM_INSTALLATION_H

#include <stdbool.h>
#include <stddef.h>

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
	char *os;      /* PRETTY_NAME of ROOT/etc/os-release, or "" */
};

/* root: NULL or "/" for the running system. boot: NULL for ROOT/boot. */
void boot_files_find(struct boot_files *f, const char *root, const char *boot, const char *release);
void boot_files_clear(struct boot_files *f);

/*
 * Whether a file is what that kernel version boots: by one of the usual names in the boot folder, or what
 * such a name leads to. Then it is f->initrd from here on.
 */
bool boot_files_boots(struct boot_files *f, const char *file);

/* The number-th of the names that an initrd of that version may have; NULL behind the last. Owned. */
char *boot_files_initrd_name(const struct boot_files *f, size_t number);

/* All of them, for words: "initrd.img-6.1, initramfs-6.1.img". Owned. */
char *boot_files_initrd_names(const char *release);

/* The boot folder as this process sees it: boot, or that of the system below root. Owned. */
char *boot_folder(const char *prefix, const char *boot);

/* The root as a prefix of absolute paths: "" for "/" and NULL, no slash at its end. Owned by the
 * caller. */
char *root_prefix(const char *root);

/* The path as the system below root sees it: without the root. */
const char *boot_files_inside(const struct boot_files *f, const char *path);

/* Whether the system has a folder of modules for that kernel version. */
bool boot_files_have_modules(const struct boot_files *f, const char *version);

struct releases {
	char **names; /* sorted; owned */
	size_t count;
};

/* The releases that have an initrd in boot. -errno when the boot folder cannot be read. */
int releases_find(struct releases *r, const char *root, const char *boot);

/* Adds those in a folder's names of the form RELEASE SUFFIX; a folder that cannot be read has none. */
void releases_add(struct releases *r, const char *folder, const char *suffix);

void releases_clear(struct releases *r);

/*
 * The kernel version in the name of an image's file, as a builder gives it; the caller frees it. NULL: its name
 * is of no such form, or tools leave it beside an image.
 */
char *release_of_name(const char *path);

/* The running kernel's release, owned by the caller. */
char *running_release(void);

/*
 * A whole text file, closed with a NUL, or NULL; the caller frees it. One that is there and cannot be
 * used (no file, over 1 MiB) is told on stderr.
 */
char *read_text_file(const char *path);

#endif
