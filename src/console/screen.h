/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_SCREEN_H
#define BV_CONSOLE_SCREEN_H

#include <stddef.h>

#include "report/report.h"

/*
 * What is shown: plain ASCII for a terminal of 80x24, serial lines included. No line uses the last
 * two columns, where some terminals wrap by themselves.
 */
#define SCREEN_ROWS    24u
#define SCREEN_COLUMNS 78u

struct screen {
	char rows[SCREEN_ROWS][SCREEN_COLUMNS + 1];
	size_t count; /* rows in use */
};

/*
 * The report on one screen: title, verdict, what happened, what it is not, what to do. note (a
 * line above the menu) and menu (the last line) may be NULL. What does not fit is left out from
 * the evidence first, and that is said.
 */
void screen_render(struct screen *s, const struct report *r, const char *note, const char *menu);

/* The rows as one text, without a newline behind the last one; the caller frees it. */
char *screen_text(const struct screen *s);

/*
 * Details: page number (from 0) of a long text, with the menu in its last line. False: there is
 * no such page.
 */
bool screen_page(struct screen *s, const char *text, size_t page, const char *menu);

/* Fits s into at most width columns, leaving out its middle: "usr/lib/.../ext4.ko.xz". */
void screen_shorten(char *out, size_t width, const char *s);

#endif
