/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_BUILDER_H
#define BV_SYSTEM_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The programs that make initial RAM disks, and what is said and known of each: one row of the table in
 * builder.c. When a boot gives no shell is in system/rescue.c, by the same names.
 */
enum builder {
	BUILDER_UNKNOWN,
	BUILDER_INITRAMFS_TOOLS,
	BUILDER_DRACUT,
};

/* As a sealed record and the guard's config name them. */
#define BUILDER_NAME_INITRAMFS_TOOLS "initramfs-tools"
#define BUILDER_NAME_DRACUT	     "dracut"

/* The name in a sealed record; NULL for BUILDER_UNKNOWN, which is not recorded. */
const char *builder_name(enum builder b);

/* By that name; any other one, and NULL, is BUILDER_UNKNOWN. */
enum builder builder_find(const char *name);

/*
 * Whose image it is, by files that the builder puts into each of its images. has: whether the image has
 * that path (without leading "/"), a file or a folder.
 */
enum builder builder_shown(bool (*has)(const void *ctx, const char *path), const void *ctx);

/* The same by what lies below an open folder that stands for the root. */
enum builder builder_below(int root);

/* The first one, if it is known, else the second one. */
enum builder builder_either(enum builder first, enum builder second);

/*
 * Words for advice; the caller frees them. Of an unknown builder: those of each, with the system on which
 * it is at home, "... (Debian) or ... (Fedora)".
 */
char *builder_rebuild(enum builder b,
		      const char *release);		 /* makes the image of that kernel anew */
char *builder_rebuild_all(enum builder b);		 /* those of all kernels */
char *builder_list(enum builder b, const char *release); /* lists what is in that image */
char *builder_smaller(enum builder b);			 /* a setting, and so are these: */
char *builder_compression(enum builder b);
char *builder_keyboard(enum builder b);
char *builder_crypttab_option(enum builder b); /* puts an entry of crypttab into the image */

/* Where the image has its own crypttab, as a path of the boot; for an unknown builder the first one's. */
const char *builder_crypttab(enum builder b);

/* How a builder names the images in the boot folder: before and behind the release. */
struct image_name {
	const char *before, *after;
};

/* The number-th of all builders' names; NULL behind the last. */
const struct image_name *builder_image_name(size_t number);

#endif
