/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_STARTABLE_H
#define BV_IMAGE_STARTABLE_H

#include <stdbool.h>

#include "image/program.h"
#include "manifest/manifest.h"

/*
 * Whether the kernel could execute a program below root (an open folder): it is there, and so are
 * its interpreter and its loader (image/program.h), each of them as sealed. m NULL: that they are
 * there and executable is enough. path: without a leading "/".
 */
bool startable(const struct manifest *m, int root, const char *path);

/*
 * When something of that is not there: whether something sealed is of nearly that name, so that one of them may
 * have lost a bit before it was sealed: as long, and different in one bit; or program_near(). near: its name.
 */
bool startable_near(const struct manifest *m, int root, const char *path,
		    char near[PROGRAM_NAME_MAX]);

#endif
