/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CMD_OPTIONS_H
#define BV_CMD_OPTIONS_H

#include <stdbool.h>

#include "report/report.h"

/*
 * Options that several commands have: a command puts the entries into its getopt table, the lines
 * into its help, gives what getopt returns to the ..._option() function first (true: it was one of
 * these), and asks the ..._check() function afterwards: 0, or the exit status 2 after a message.
 */
enum { OPT_ALL = 512, OPT_ROOT, OPT_BOOT, OPT_JSON, OPT_COLOR };

/* Which kernel versions, and where. Strings are of argv. */
struct kernel_options {
	const char *release, *root, *boot; /* NULL: not given */
	bool all;
};

#define KERNEL_OPTIONS                                                                     \
	{ "kernel", required_argument, NULL, 'k' }, { "all", no_argument, NULL, OPT_ALL }, \
		{ "root", required_argument, NULL, OPT_ROOT },                             \
	{                                                                                  \
		"boot", required_argument, NULL, OPT_BOOT                                  \
	}
#define KERNEL_LETTERS "k:"

bool kernel_option(struct kernel_options *o, int c, const char *argument);
int kernel_options_check(const struct kernel_options *o, const char *command);

/* The boot folder that they mean, as this process sees it. Owned by the caller. */
char *kernel_options_folder(const struct kernel_options *o);

/* How the report is given. */
struct output_options {
	bool json, quiet, verbose, color;
	const char *bad_color; /* the argument of --color, when it is none of its words */
};

#define OUTPUT_OPTIONS                                                                            \
	{ "json", no_argument, NULL, OPT_JSON }, { "color", required_argument, NULL, OPT_COLOR }, \
		{ "quiet", no_argument, NULL, 'q' },                                              \
	{                                                                                         \
		"verbose", no_argument, NULL, 'v'                                                 \
	}
#define OUTPUT_LETTERS "qv"
#define OUTPUT_HELP                                               \
	"      --json         the report as one JSON object\n"    \
	"      --color WHEN   auto, always or never\n"            \
	"  -q, --quiet        no report: the exit status tells\n" \
	"  -v, --verbose      every range, every member, and the findings' names\n"

/* Color as a terminal and NO_COLOR suggest; the rest off. */
void output_options_init(struct output_options *o);
bool output_option(struct output_options *o, int c, const char *argument);
int output_options_check(const struct output_options *o, const char *command);

/* Says on which machine the report was made, and what it is about. */
void identify_report(struct report *r, const char *os, const char *release);

/* Ends standard output: status, or 2, after a message, when it takes no more. */
int output_end(int status);

/*
 * Concludes the report, prints it to standard output and frees what it owns. Without a verdict the reason
 * goes to standard error. Returns its verdict
 * as the exit status; 2, after a message, when standard output takes no more.
 */
int output_report(const struct output_options *o, struct report *r);

#endif
