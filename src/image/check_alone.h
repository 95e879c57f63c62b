/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_CHECK_ALONE_H
#define BV_IMAGE_CHECK_ALONE_H

#include "image/examine.h"
#include "image/kernel.h"
#include "report/report.h"
#include "system/installation.h"

/*
 * Examines one image without a manifest outside it, and says how far the proof goes. f: of an initrd
 * whose modules must be for that kernel version; else NULL.
 */
void check_file(const char *path, const struct boot_files *f, struct report *r);

/* Adds that the file system itself may have refused to read a file, where it may have. */
void check_tell_file_system(struct finding *f, const char *path);

/* Tells of an image that image_was_edited(); release: whose it is, or a word in its place. */
void check_report_edited(struct report *r, const char *path, const char *release,
			 const struct image_proof *p);

/* Tells of an image in which paths are not as the record in its guard says. */
void check_report_differing(struct report *r, const char *path, const struct image_proof *p);

/* Tells that nothing proves that an image is complete. */
struct finding *check_report_loose(struct report *r, const char *path);

/* Tells of what follows a complete image and begins no archive: fault, of a walk. */
void check_report_behind(struct report *r, const char *path, const struct initrd_fault *fault);

/* Tells of a guard that is damaged; reason: NULL when its headers are. */
struct finding *check_report_guard(struct report *r, const char *path, enum builder builder,
				   const char *reason);

/* Tells of a kernel image, with the artifact: what its examination has found. */
void check_report_kernel(struct report *r, const char *path, const struct kernel_info *k,
			 uint64_t size);

/* Tells of an image that by its guard's record is of another kernel than this one. */
struct finding *check_report_other_kernel(struct report *r, const char *path,
					  const struct image_proof *p, const char *release);

/*
 * Tells of a sealed image in a file that is named after another kernel than its guard's record is of. NULL: it is
 * not in one, and nothing is told.
 */
struct finding *check_report_other_name(struct report *r, const char *path,
					const struct image_proof *p);

/* Adds what becomes of an image that image_was_repacked(), and what to do. */
void check_tell_repacked(struct finding *f, const char *release, const struct image_proof *p);

#endif
