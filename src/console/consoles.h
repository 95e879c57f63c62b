/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_CONSOLES_H
#define BV_CONSOLE_CONSOLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "system/rescue.h"

#define CONSOLES_MAX 8

/* One console of the kernel, as /proc/consoles lists it. */
struct console_id {
	char name[32]; /* "ttyS0", "tty0" */
	bool first;    /* nothing is listed before it, not even what is no terminal */
	dev_t device;  /* the terminal behind it */
};

struct console {
	struct console_id id;
	int fd;		      /* -1: cannot be used */
	struct termios saved; /* as it was found */
	bool asked;	      /* its keys count; its terminal is raw */
	bool lent;	      /* a shell has it: neither written to nor read from */
	uint64_t escape_at;   /* when an escape sequence began there, milliseconds */
};

struct consoles {
	struct console items[CONSOLES_MAX];
	size_t count;
};

/*
 * Reads the text of /proc/consoles: those that are enabled and are terminals, at most max.
 * Returns how many. (Linux, fs/proc/consoles.c.)
 */
size_t consoles_parse(const char *text, struct console_id *ids, size_t max);

/*
 * Opens all of them for text, and those that are asked for keys; without any, /dev/console. A list
 * whose first line is no usable terminal has no first. name: for CONSOLES_NAMED; tty1 is tty0, what
 * the screen shows, as long as nobody has switched.
 */
void consoles_open(struct consoles *c, enum consoles_asked asked, const char *name);

/* The one that is asked, or the first of several; NULL: none. */
const struct console *consoles_who_is_asked(const struct consoles *c);
void consoles_close(struct consoles *c); /* gives the terminals back as they were */

/* Takes one from the shell again. */
void console_take_back(struct console *c);

/*
 * Writes to one, or all that are not lent. A terminal that takes nothing for 2 seconds is given
 * up for this text: a serial line may have nobody at its other end.
 */
void console_write(struct console *c, const char *text);
void consoles_write(struct consoles *c, const char *text);

/*
 * Waits for a key on any console that is asked and not lent. Returns it, and *which; -1 when none was
 * pressed in time. Cursor and function keys, which are several bytes, are not reported.
 */
int consoles_key(struct consoles *c, unsigned int timeout_ms, size_t *which);

#endif
