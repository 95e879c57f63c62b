/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_CMD_H
#define BV_CMD_CMD_H

/* Each subcommand gets its own name as argv[0] and returns the exit status. */
int cmd_seal(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_luks(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_boot(int argc, char **argv);

/* Prints "bootverdict COMMAND: ..." and where help is, on stderr; returns the status 2. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same of what getopt_long() did not take, with opterr 0: its own words are printed raw. */
int usage_option(const char *command, char **argv);

#endif
