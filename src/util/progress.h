/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_PROGRESS_H
#define BV_UTIL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a slow disk keeps a person waiting for: one line on a terminal, written over in place, from
 * the second second on; nothing where standard error is no terminal.
 */

/* Whether progress is shown at all; not without this. */
void progress_allow(bool allow);

/* Reading this file begins; the string must live until progress_end(). NULL is allowed. */
void progress_begin(const char *path);
void progress_end(void);

/* So far reading has come: bytes, of so many. */
void progress_read(uint64_t at, uint64_t end);

/* Makes room on the terminal for other words. */
void progress_hide(void);

#endif
