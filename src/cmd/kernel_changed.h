/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_KERNEL_CHANGED_H
#define BV_CMD_KERNEL_CHANGED_H

#include "manifest/compare.h"
#include "verdict/rules.h"

/* Where a kernel image differs from the sealed one: in what signing it again changes, or elsewhere. */
enum changed kernel_changed(const char *path, const struct sealed_file *s,
			    const struct comparison *c);

#endif
