/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_PASSPHRASE_H
#define BV_UTIL_PASSPHRASE_H

#include <stdbool.h>
#include <stddef.h>

/* cryptsetup takes this many bytes from a terminal, and silently drops the rest of the line. */
#define PASSPHRASE_TYPED_MAX 512u
#define PASSPHRASE_MAX	     8192u

struct passphrase {
	char *bytes; /* locked in memory where that is allowed; not closed with a NUL */
	size_t length;
	bool typed;	/* at a terminal */
	bool cut;	/* typed, and cut to what cryptsetup takes */
	bool not_ascii; /* some bytes depend on the encoding of the terminal */
};

/*
 * One line from standard input, without its newline: when that is a terminal, after the prompt
 * (on standard error) and without echo. 0; -ENODATA: the input ended before anything came;
 * -E2BIG: a line over PASSPHRASE_MAX; else -errno. On error *p is empty.
 *
 * From here on the process and its children leave no core file and cannot be traced. A signal that
 * ends the process while it waits at the terminal gives the echo back first.
 */
int passphrase_read(struct passphrase *p, const char *prompt);

/* Overwrites and frees it. */
void passphrase_wipe(struct passphrase *p);

#endif
