/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_SEAL_START_H
#define BV_IMAGE_SEAL_START_H

#include "image/guard_make.h"
#include "image/image.h"
#include "report/report.h"

/* Whether a boot can start with an image. */
enum start {
	START_POSSIBLE, /* or it cannot be told */
	START_IMPOSSIBLE, /* what comes after the stub cannot be executed, and nothing lost explains that */
	START_DOUBTFUL, /* the same, and bytes that were lost before it was built or sealed explain it as well */
	START_CHANGED, /* what it begins with is not what the hook put there: somebody changed it */
	START_CHANGED_DOUBTFUL, /* the same, and lost bytes explain it as well */
	START_UNGUARDED,	/* it boots as it is, so that it needs no guard that explains */
};

/*
 * Why an image, as guard_make() has just recorded it in m and programs, must not be sealed: it was built to begin
 * with the stub of g, and does not; or the kernel cannot execute what comes then. NULL: it may be;
 * what cannot be told is a warning. The reason is in the report and said, and the caller's to free.
 */
char *seal_start_fault(const struct image *im, const struct manifest *m, struct programs *programs,
		       struct guard_files *g, enum start *start, struct report *report);

#endif
