/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_MESSAGE_H
#define BV_UTIL_MESSAGE_H

/* One line on stderr, "bootverdict: ...", without a newline in the format. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
