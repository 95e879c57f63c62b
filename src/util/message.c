// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/message.h"

#include <stdlib.h>

#include "util/text.h"

void print_line(FILE *out, const char *start, const char *format, va_list args)
{
	char *words;

	/* This is also how it is said that there is no memory. */
	if (vasprintf(&words, format, args) < 0) {
		fprintf(out, "%s: out of memory\n", start);
		return;
	}
	fprintf(out, "%s: %s\n", start, text_printable(words, TEXT_UTF8));
	free(words);
}

void message(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(stderr, "bootverdict", format, args);
	va_end(args);
}

void announce(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(stdout, "bootverdict", format, args);
	va_end(args);
}
