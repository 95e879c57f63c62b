/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CONTENTS_H
#define BV_IMAGE_CONTENTS_H

#include "image/initrd.h"
#include "manifest/manifest.h"

/*
 * Recording: what the kernel will have unpacked once it is through with an image. Later members
 * replace earlier ones of the same path, directories are kept, hard links share their data, a path
 * that leads through a symbolic link is recorded where it really ends up, and what has no folder to
 * go to is left out (Linux, init/initramfs.c, do_name(), do_symlink(), clean_path(), maybe_link()).
 */
struct recorder;

struct recorder *recorder_new(void);	/* NULL: out of memory */
void recorder_free(struct recorder *r); /* NULL is allowed */

/* Who wants to see files as they come, by the path where each really ends up. */
struct recorder_watch {
	void *ctx;
	/* Whether its data is wanted: of a regular file its content, of a link its target. */
	bool (*file)(void *ctx, const char *path, bool link);
	void (*data)(void *ctx, const void *data, size_t len);
};

/* Also shows what the walks from now on come upon; *watch stays the caller's. */
void recorder_watch(struct recorder *r, const struct recorder_watch *watch);

/*
 * Walks one image, or the guard alone, and adds what it holds. Call it for the guard first (if
 * there is one), then for the rest. as_guard: the members count as GUARD_SEGMENT and leave no
 * segment record; the manifest and the padding that the guard carries are left out. base is
 * the image offset that is recorded as 0. As initrd_walk(), *fault included; -EOVERFLOW also when
 * the list takes more than memory_take() gives, or names lead through more links than any image needs.
 * Takes time in proportion to n log n of the image's unpacked bytes.
 */
int recorder_walk(struct recorder *r, struct input *in, bool as_guard, uint64_t base,
		  struct initrd_fault *fault);

/*
 * Moves segments and the sorted content list into m, which must have none, once. -ENOMEM,
 * or -EOVERFLOW as below; then *fault says so, and m has a part of them.
 */
int recorder_finish(struct recorder *r, struct manifest *m, struct initrd_fault *fault);

/* What was seen of programs and links (image/programs.h), once; programs_free() frees it. */
struct programs *recorder_programs(struct recorder *r);

#endif
