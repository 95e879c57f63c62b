/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_WRAP_H
#define BV_REPORT_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Prints text in lines of at most 78 columns: first, then the text; later lines begin with indent spaces. */
void print_wrapped(FILE *out, const char *first, size_t indent, const char *text);

#endif
