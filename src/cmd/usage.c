// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "cmd/cmd.h"

int usage_hint(const char *command)
{
	fprintf(stderr, "Try 'bootverdict %s --help'.\n", command);
	return 2;
}

int usage_error(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "bootverdict %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return usage_hint(command);
}
