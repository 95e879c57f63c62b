// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence.h"

#include <string.h>

#define NUMBER true
#define TEXT   false
#define LIST   true
#define ONE    false

static const struct evidence_kind kinds[EVIDENCE_COUNT] = {
#define EVIDENCE(name, json, label, number, list) [EVIDENCE_##name] = { json, label, number, list },
#include "report/evidence_rows.h"
#undef EVIDENCE
};

const struct evidence_kind *evidence_kind(enum evidence_key key)
{
	return &kinds[key];
}

enum evidence_key evidence_find(const char *json)
{
	unsigned int key = 0;

	while (key < EVIDENCE_COUNT && strcmp(kinds[key].json, json) != 0)
		key++;
	return (enum evidence_key)key;
}
