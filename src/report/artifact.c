// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/artifact.h"

#include <string.h>

static const char *const kinds[KIND_COUNT] = {
	[KIND_KERNEL] = "kernel",     [KIND_INITRD] = "initrd",	  [KIND_FILE] = "file",
	[KIND_MANIFEST] = "manifest", [KIND_CONTENT] = "content", [KIND_LUKS] = "luks",
};

static const char *const states[STATE_COUNT] = {
	[STATE_INTACT] = "intact",	   [STATE_DAMAGED] = "damaged",
	[STATE_STALE] = "stale",	   [STATE_MISSING] = "missing",
	[STATE_UNREADABLE] = "unreadable", [STATE_UNVERIFIED] = "unverified",
	[STATE_FOREIGN] = "foreign",	   [STATE_REPLACED] = "replaced",
	[STATE_INCOMPLETE] = "incomplete",
};

static unsigned int find(const char *const *names, unsigned int count, const char *name)
{
	unsigned int i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

const char *reported_kind_name(enum reported_kind kind)
{
	return kinds[kind];
}

const char *reported_state_name(enum reported_state state)
{
	return states[state];
}

enum reported_kind reported_kind_find(const char *name)
{
	return (enum reported_kind)find(kinds, KIND_COUNT, name);
}

enum reported_state reported_state_find(const char *name)
{
	return (enum reported_state)find(states, STATE_COUNT, name);
}
