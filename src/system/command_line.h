/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_COMMAND_LINE_H
#define BV_SYSTEM_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Who reads the kernel command line decides what a word of it is. */
enum quoting {
	/*
	 * Blanks between double quotes belong to the word; quotes around a value or a whole word are
	 * removed (Linux, lib/cmdline.c, next_arg(); dracut's dracut-util has a copy of it).
	 */
	QUOTING_KERNEL,
	/* Every blank ends a word, and quotes are characters: a shell's $(cat /proc/cmdline). */
	QUOTING_NONE,
};

/* "KEY" or "KEY=VALUE", as parts of the line; not closed with a NUL. */
struct word {
	const char *key, *value; /* value NULL: there is no "=" */
	size_t key_len, value_len;
};

/* Takes the next word off the line. False: there is none. */
bool word_next(const char **line, enum quoting quoting, struct word *w);

bool word_key_is(const struct word *w, const char *key);

/* The value of the last root=, as a shell splits the line; the caller frees it. NULL: none. */
char *root_parameter(const char *command_line);

#endif
