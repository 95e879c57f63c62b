/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_SHELL_CONF_H
#define BV_SYSTEM_SHELL_CONF_H

#include <stdbool.h>

/* What sourcing a file would do to one shell variable. */
enum conf_effect {
	CONF_NOTHING,
	CONF_ASSIGNS, /* a value that is written there in plain */
	CONF_UNCLEAR, /* it may do anything */
};

#define CONF_VALUE_BYTES 32

/*
 * Reads a file that a shell sources (POSIX, "Shell Command Language"), without executing anything.
 * It is understood when every line is empty, a comment, or one assignment of a plain value. A file
 * with other lines is unclear when the variable's name occurs in it, however it is quoted, or when
 * it reads further files or evaluates text. A value that does not fit is unclear as well.
 */
enum conf_effect shell_conf_read(const char *text, const char *name, char value[CONF_VALUE_BYTES]);

#endif
