// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict/verdict.h"

static const struct {
	const char *name, *headline;
	int weight; /* the heavier of two verdicts stands */
} verdicts[] = {
	[VERDICT_INTACT] = { "intact", "INTACT - all that was compared is as sealed", 0 },
	[VERDICT_STORAGE_CORRUPTION] = { "storage-corruption",
					 "STORAGE CORRUPTION - not a configuration error", 5 },
	[VERDICT_NONE] = { "none", "NONE - the check could not run", 4 },
	[VERDICT_CONFIG_ERROR] = { "config-error", "CONFIGURATION ERROR - not the storage", 2 },
	[VERDICT_STALE] = { "stale", "STALE - not sealed as it is now; no fault was found in it",
			    1 },
	[VERDICT_INCONCLUSIVE] = { "inconclusive", "INCONCLUSIVE - there is not enough evidence",
				   3 },
};

const char *verdict_name(enum verdict v)
{
	return verdicts[v].name;
}

const char *verdict_headline(enum verdict v)
{
	return verdicts[v].headline;
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return verdicts[a].weight >= verdicts[b].weight ? a : b;
}
