/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_MESSAGE_H
#define BV_UTIL_MESSAGE_H

#include <stdarg.h>
#include <stdio.h>

/*
 * One line, "bootverdict: ...", without a newline in the format; on stderr, and on stdout. Names in
 * it may hold anything: text_printable() is applied to the whole.
 */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
void announce(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with another start of the line, which is printed as it is. */
void print_line(FILE *out, const char *start, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif
