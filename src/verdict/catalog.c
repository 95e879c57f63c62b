// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict/catalog.h"

#include <string.h>

static const struct catalog_entry entries[FINDING_COUNT] = {
#define FINDING(name, id, subject, ...) [FINDING_##name] = { id, SUBJECT_##subject, __VA_ARGS__ },
#include "verdict/catalog_rows.h"
#undef FINDING
};

const struct catalog_entry *catalog_entry(enum finding_id id)
{
	return &entries[id];
}

enum finding_id catalog_find(const char *id)
{
	unsigned int i = 0;

	while (i < FINDING_COUNT && strcmp(entries[i].id, id) != 0)
		i++;
	return (enum finding_id)i;
}
