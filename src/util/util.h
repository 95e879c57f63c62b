/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_UTIL_H
#define BV_UTIL_UTIL_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The unit in which files are sealed, compared and reported. */
#define BLOCK_SIZE 4096u

/* Runs fn(&variable) when the variable goes out of scope. */
#define cleanup(fn) __attribute__((cleanup(fn)))

/* For cleanup(): close a file descriptor unless it is negative. */
static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* For cleanup(): free what a pointer variable of any type owns. */
static inline void free_ptr(void *pointer_variable)
{
	free(*(void **)pointer_variable);
}

/* For cleanup(): close a stdio stream unless it is NULL. */
static inline void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

#endif
