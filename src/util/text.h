/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_TEXT_H
#define BV_UTIL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Allocation for words that must not get lost: when memory runs out, these print a message and
 * end the process with status 2. The results are the caller's to free.
 */
char *text_copy(const char *s);
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_vformat(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/*
 * Words from elsewhere (names in archives, tables and devices, the kernel's log, arguments) on their
 * way to a terminal, a log or a report: what is no letter of one line becomes "?", in place, byte by
 * byte. That is: control characters (C0, DEL, C1, newlines), what is not valid UTF-8, and characters
 * that are not seen or that turn the direction of the text behind them. TEXT_ASCII: also everything
 * beyond ASCII, for screens whose character set is not known. Returns s.
 */
enum text_letters { TEXT_ASCII, TEXT_UTF8 };
char *text_printable(char *s, enum text_letters letters);

/*
 * A text field of len bytes as a string of at most size - 1. All but printable ASCII becomes '?': a
 * terminal obeys some of the rest, and a character may be cut.
 */
void text_field(char *to, size_t size, const void *from, size_t len);

/* "2026-11-20T10:02:11Z" from seconds since 1970; buf holds at least 32 bytes. */
const char *text_time(int64_t seconds, char *buf);

/* Whether s ends so, with something in front of it. */
bool text_has_ending(const char *s, const char *ending);

/* The file's value of NAME in a shell-style KEY=value text, quotes removed; NULL: not there. */
char *text_setting(const char *text, const char *name);

#endif
