/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_SHELL_H
#define BV_CONSOLE_SHELL_H

#include <sys/types.h>

#include "console/consoles.h"
#include "manifest/manifest.h"

/*
 * The program that can be a shell: the guard's busybox, else one of main's, each only when it is
 * as sealed. m may be NULL (no usable manifest): then the guard's busybox, when it is there. NULL:
 * there is none.
 */
const char *shell_find(const struct manifest *m, int root);

/*
 * Starts it on a console, in a session of its own with that console as its terminal, and lends
 * it the console. Returns its process, or -errno.
 */
pid_t shell_start(const char *program, struct console *c);

#endif
