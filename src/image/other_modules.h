/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_OTHER_MODULES_H
#define BV_IMAGE_OTHER_MODULES_H

#include <stdbool.h>

#include "image/examine.h"
#include "manifest/manifest.h"
#include "report/report.h"
#include "system/installation.h"

/*
 * The version that the kernel image tells of itself, owned by the caller, when it is not the one in
 * its name. Else NULL.
 */
char *boot_files_other_version(const struct boot_files *f);

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

/*
 * Whether the name of an image tells another kernel version than its record does. What is no version ("linux-fallback",
 * as Arch has it, "0-rescue-" and more, as Fedora has it) is the name of an image, which any kernel's may bear.
 */
bool names_another_kernel(const char *name, const char *recorded);

/* Whether there is a kernel of that version: its modules, or one of that name that does not say it is another. */
bool boot_files_have_kernel(const struct boot_files *f);

/* The same of the version that an image's file is named after: beside it, or in the system around. */
bool image_has_kernel(const char *path, const char *name);

/*
 * The kernel version that the file of a sealed image is named after, when the record in its guard is that of
 * another one; the caller frees it. NULL: it is that one, or its name or its record tells none.
 */
char *image_other_name(const struct image_proof *p, const char *path);

/*
 * What a sealed image is in words, the end of a sentence, that is there under a name of which there is no kernel;
 * the caller frees them. And how to seal it for one.
 */
char *copy_words(const char *kernel);
void next_seal_copy(struct finding *f, const char *release);

/* Tells when the image of m, f's initrd, has modules for another kernel version alone. */
void check_modules(const struct boot_files *f, const struct manifest *m, struct report *r);

#endif
