/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_INPUT_H
#define BV_UTIL_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/must_check.h"

/*
 * A sequential reader with look-ahead over a byte range of a file, or over memory. It reads
 * with pread() and never maps the file: a page that the device cannot deliver is an error
 * code, not a signal. Offsets are bytes from the start of the file.
 */
struct input;

/* The longest look-ahead that input_peek() can give, in bytes. */
#define INPUT_WINDOW (256u * 1024u)

/* Reads [start, end) of fd, which stays the caller's. NULL: out of memory. */
struct input *input_from_fd(int fd, uint64_t start, uint64_t end);

/* Reads len bytes at data, which stay the caller's. NULL: out of memory. */
struct input *input_from_memory(const void *data, size_t len);

void input_free(struct input *in); /* NULL is allowed */

/*
 * Makes *p point to the bytes at the current offset and returns how many there are: at least
 * min(want, what is left), possibly more; 0 at the end; -EIO and the like when the device
 * cannot read (input_offset() then tells where). want is 1..INPUT_WINDOW. The pointer is valid
 * until the next call.
 */
must_check ssize_t input_peek(struct input *in, size_t want, const unsigned char **p);

/* Moves forward over n bytes that the last input_peek() gave. */
void input_consume(struct input *in, size_t n);

/* Moves to any absolute offset inside the range. -EINVAL: it is outside. */
must_check int input_seek(struct input *in, uint64_t offset);

/*
 * Ends the range earlier, or widens it again: to keep a parser inside its part of the file. It never ends
 * before the current offset, nor behind the end given at the start.
 */
void input_limit(struct input *in, uint64_t end);

uint64_t input_offset(const struct input *in);
uint64_t input_end(const struct input *in);

#endif
