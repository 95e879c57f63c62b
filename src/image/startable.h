/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_STARTABLE_H
#define BV_IMAGE_STARTABLE_H

#include <stdbool.h>

#include "manifest/manifest.h"

/*
 * Whether the kernel could execute a program below root (an open folder): it is there, and so are
 * its interpreter and its loader (image/program.h), each of them as sealed. m NULL: that they are
 * there and executable is enough. path: without a leading "/".
 */
bool startable(const struct manifest *m, int root, const char *path);

/*
 * When something of that is not there: the sealed path that is as long as the missing one and differs in one
 * byte, so that one of them may have lost a bit before it was sealed. Owned by m; NULL: there is none.
 */
const char *startable_near(const struct manifest *m, int root, const char *path);

#endif
