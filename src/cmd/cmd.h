/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_CMD_H
#define BV_CMD_CMD_H

#include <stdbool.h>

/* Each subcommand gets its own name as argv[0] and returns the exit status. */
int cmd_seal(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_luks(int argc, char **argv);
int cmd_boot(int argc, char **argv);

/* Prints "bootverdict COMMAND: ..." and where help is, on stderr; returns the status 2. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What --color says: sets *color, or leaves it with "auto". -EINVAL: none of the three words. */
int choose_color(const char *when, bool *color);

#endif
