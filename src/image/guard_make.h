/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_GUARD_MAKE_H
#define BV_IMAGE_GUARD_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "image/contents.h"
#include "image/guard.h"
#include "manifest/manifest.h"
#include "report/report.h"

/* The files that go into a guard, read into memory. */
struct guard_files {
	char *stub, *checker, *busybox, *config;
	size_t stub_size, checker_size, busybox_size, config_size;
	struct report
		*report;   /* what is to be known of settings and rules is told in it, and said */
	const char *image; /* its name there */
	bool is_private;   /* not everybody may read the image, nor what the guard lists of it */
};

/*
 * Reads the programs from folder, and the policy from settings (the text of
 * /etc/bootverdict.conf, or NULL). 0, or the exit status 2, with the reason in the report.
 */
int guard_files_read(struct guard_files *g, const char *folder, const char *settings,
		     struct report *report);
void guard_files_clear(struct guard_files *g);

/*
 * Makes the guard for the image in in[start, end of in), which must be sound: m gets the
 * segments, the content list and guard_bytes; kernel and os must be set. *programs: of that list, for
 * programs_free(), also after an error. *fault is filled as by
 * initrd_walk() when the image is broken (-EBADMSG, ...); also with 0, when bytes that begin no archive
 * follow an image that is complete. *bytes is malloc'ed.
 */
int guard_make(const struct guard_files *g, int fd, uint64_t start, uint64_t end,
	       struct manifest *m, struct programs **programs, unsigned char **bytes, size_t *size,
	       struct initrd_fault *fault);

/*
 * Makes a guard that stands for itself, in front of an image that is not sealed: m gets the guard's
 * own files as its content list in place of what it has, and guard_bytes.
 */
int guard_make_alone(const struct guard_files *g, struct manifest *m, unsigned char **bytes,
		     size_t *size);

#endif
