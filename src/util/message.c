// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/message.h"

#include <stdarg.h>
#include <stdio.h>

void message(const char *format, ...)
{
	va_list args;

	fputs("bootverdict: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
