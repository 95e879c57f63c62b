// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/memory.h"

#include <stdio.h>
#include <stdlib.h>

static struct {
	size_t bound, taken;
	char reason[48];
} memory;

void memory_bound(unsigned int mib)
{
	memory.bound = ((size_t)mib << 20) - MEMORY_REST;
	snprintf(memory.reason, sizeof(memory.reason), "it needs more than %u MiB of memory", mib);
}

bool memory_take(size_t bytes)
{
	if (!memory.bound)
		memory_bound(MEMORY_MIB);
	if (bytes > memory.bound - memory.taken)
		return false;
	memory.taken += bytes;
	return true;
}

void memory_give(size_t bytes)
{
	memory.taken -= bytes < memory.taken ? bytes : memory.taken;
}

size_t memory_taken(void)
{
	return memory.taken;
}

const char *memory_reason(void)
{
	if (!memory.bound)
		memory_bound(MEMORY_MIB);
	return memory.reason;
}

_Noreturn void memory_out(void)
{
	fputs("bootverdict: out of memory\n", stderr);
	exit(2);
}
