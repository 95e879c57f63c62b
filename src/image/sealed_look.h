/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_SEALED_LOOK_H
#define BV_IMAGE_SEALED_LOOK_H

#include <stdbool.h>

#include "image/compare.h"
#include "image/examine.h"
#include "image/kernel.h"
#include "image/rules.h"

/* How a file compares with its record, what it proves about itself, and what follows from both. */
struct sealed_look {
	struct comparison c;
	enum soundness
		soundness; /* this and the next three where they decide, else UNPROVEN, empty */
	uint64_t guard_bytes;
	struct image_proof proof;  /* of an initrd */
	struct kernel_info kernel; /* of a kernel */
	enum changed changed;
	struct judgement j;
};

/*
 * Looks at the file that m records as kind, and has the name path now; direct: as for
 * sealed_file_compare(). 0; -EAGAIN: it changes all the time; another -errno: it could not be
 * examined. sealed_look_clear() frees what *l then owns, after 0 alone.
 */
int sealed_look(const struct manifest *m, enum artifact_kind kind, const char *path, bool direct,
		struct sealed_look *l);
void sealed_look_clear(struct sealed_look *l);

#endif
