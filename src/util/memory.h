/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_MEMORY_H
#define BV_UTIL_MEMORY_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/must_check.h"

/*
 * What large things may take together: decoders' windows, lists of members, records and their text.
 * What an input can make large is counted here before it grows, so that the whole program stays
 * within its bound, whatever it reads. Of one thread.
 */

/* The bound of every command but seal, and seal's; MiB of the whole program (README). */
#define MEMORY_MIB	64u
#define MEMORY_MIB_SEAL 96u

/* Of the bound, for what no input can make larger: the program, its buffers, its report. */
#define MEMORY_REST (5u << 20)

/* Sets the bound; without a call it is MEMORY_MIB. */
void memory_bound(unsigned int mib);

/* False, and nothing is counted, where it would go beyond the bound. */
must_check bool memory_take(size_t bytes);
void memory_give(size_t bytes);
size_t memory_taken(void);

/* What malloc() needs for so many bytes, roughly and not less. */
static inline size_t memory_cost(size_t bytes)
{
	return bytes + bytes / 8 + 20;
}

/* For words that must not get lost: says so on stderr, and ends the process with status 2. */
_Noreturn void memory_out(void);

/* "it needs more than 64 MiB of memory" */
const char *memory_reason(void);

/*
 * Whether an error says nothing about what was read, but that this program cannot verify it: beyond
 * a limit of its own (-EOVERFLOW, -EFBIG), without memory, or in a form that it does not know.
 */
static inline bool is_own_limit(int error)
{
	return error == -EOVERFLOW || error == -EFBIG || error == -ENOMEM || error == -EOPNOTSUPP;
}

#endif
