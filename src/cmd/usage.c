// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "util/message.h"

static int hint(const char *command)
{
	fprintf(stderr, "Try 'bootverdict %s --help'.\n", command);
	return 2;
}

int usage_error(const char *command, const char *format, ...)
{
	char start[32];
	va_list args;

	snprintf(start, sizeof(start), "bootverdict %s", command);
	va_start(args, format);
	print_line(stderr, start, format, args);
	va_end(args);
	return hint(command);
}

int usage_option(const char *command, char **argv)
{
	/* A word, or a letter, which may stand among others; behind the last one musl is at NULL. */
	const char *word = argv[optind - 1];
	const char letter[] = { '-', (char)optopt, '\0' };

	return usage_error(command, "'%s': no such option, or its argument is missing",
			   word && strncmp(word, "--", 2) == 0 ? word : letter);
}
