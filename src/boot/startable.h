/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_STARTABLE_H
#define BV_BOOT_STARTABLE_H

#include <stdbool.h>

#include "manifest/manifest.h"

/*
 * Whether the kernel could execute a program below root (an open folder): it is there, and so are,
 * one behind the other, the interpreter of a script (execve(2), "Interpreter scripts") and the
 * loader of a dynamic program (ELF specification, PT_INTERP), each of them as sealed. m NULL: that
 * they are there and executable is enough. path: without a leading "/". Libraries are not followed.
 */
bool startable(const struct manifest *m, int root, const char *path);

#endif
