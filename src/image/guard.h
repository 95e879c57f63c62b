/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_GUARD_H
#define BV_IMAGE_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/paths.h"
#include "util/input.h"

/*
 * The guard: cpio members at the very start of a sealed image, followed by the image as it
 * was before, byte for byte. When that image begins with an early cpio (microcode, ACPI tables)
 * the guard has no trailer of its own, so that the kernel and dracut's tools see one archive;
 * otherwise it is an archive by itself. Its length is a multiple of 4096 either way, so the
 * original keeps its block numbers and the alignment that microcode needs.
 */

/* The file by which dracut's tools know an early cpio. */
#define GUARD_EARLY_CPIO_MARK "early_cpio"

/* What goes into the guard; everything stays the caller's. */
struct guard_parts {
	const void *stub, *checker, *busybox, *manifest, *config;
	size_t stub_size, checker_size, busybox_size, manifest_size, config_size;
	bool manifest_private; /* not for everybody in the running initramfs */
	bool merge;	       /* an early cpio follows: no trailer */
	bool early_cpio_mark;  /* merge, and what follows lacks its mark */
};

/* Makes the guard's bytes, malloc'ed. The same parts always give the same bytes. -ENOMEM. */
int guard_build(const struct guard_parts *parts, unsigned char **bytes, size_t *size);

/*
 * Finds the guard at the start of an image: *size is its length, 0 when there is none, or its files are in
 * an archive that is whole, but no guard: unpacked, and packed again in another order.
 * -EBADMSG: there is one, but its headers are damaged, so that its end cannot be told.
 * -ENODATA: the image ends within it.
 */
int guard_find(struct input *in, uint64_t *size);

/*
 * Whether every byte of the guard that no checksum covers is the one that guard_build() puts there:
 * headers, padding, what its links and its end hold. Nothing else makes a guard, and always the same;
 * later versions must keep that form. Of its programs and its configuration the record has mode, size
 * and hash, and of itself a checksum. size: as guard_find() gives it.
 */
bool guard_is_as_built(struct input *in, uint64_t size);

/*
 * Reads one member's data out of the guard at the start of an image; *data is malloc'ed.
 * -ENOENT, -EBADMSG (damaged headers), -EFBIG (more than max bytes), -ENOMEM, -EIO.
 */
int guard_read(struct input *in, const char *path, size_t max, char **data, size_t *size);

/* Whether an archive member, by its path, makes a first segment an early cpio. */
bool guard_is_early_member(const char *path);

#endif
