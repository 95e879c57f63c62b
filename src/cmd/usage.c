// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

int usage_error(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "bootverdict %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry 'bootverdict %s --help'.\n", command);
	return 2;
}

int choose_color(const char *when, bool *color)
{
	if (strcmp(when, "always") == 0)
		*color = true;
	else if (strcmp(when, "never") == 0)
		*color = false;
	else if (strcmp(when, "auto") != 0)
		return -EINVAL;
	return 0;
}
