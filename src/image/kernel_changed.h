/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_KERNEL_CHANGED_H
#define BV_IMAGE_KERNEL_CHANGED_H

#include "image/compare.h"
#include "image/rules.h"

/* Where a kernel image differs from the sealed one: in what signing it again changes, or elsewhere. */
enum changed kernel_changed(const char *path, const struct sealed_file *s,
			    const struct comparison *c);

#endif
