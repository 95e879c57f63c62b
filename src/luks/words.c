// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/words.h"

#include <stdlib.h>

#include "luks/compare.h"
#include "luks/rules.h"
#include "util/text.h"
#include "util/util.h"

/* l: whose tokens are named; or NULL. */
static char *name_slots(const struct luks *l, slot_set slots)
{
	unsigned int left = (unsigned int)__builtin_popcount(slots), told = 0;
	char *text = text_copy(left == 1 ? "keyslot" : "keyslots");

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		const char *joint = !told ? " " : told + 1 == left ? " and " : ", ";
		const char *token = l ? l->slots[i].token : "";
		char *longer;

		if (!(slots >> i & 1))
			continue;
		longer = text_format("%s%s%u%s%s%s", text, joint, i, *token ? " (" : "", token,
				     *token ? ")" : "");
		free(text);
		text = longer;
		told++;
	}
	return text;
}

char *luks_slots_text(slot_set slots)
{
	return name_slots(NULL, slots);
}

char *luks_slots_named(const struct luks_view *v, slot_set slots)
{
	return name_slots(&v->luks, slots);
}

void luks_ranges(struct finding *f, const struct luks_view *v, const struct bad_ranges *bad,
		 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < bad[i].count; j++)
			finding_range(f, &bad[i].ranges[j]);
	}
	finding_locate(f, luks_view_place(v));
}

const char *luks_slot_state(const struct luks_view *v, unsigned int slot)
{
	switch (v->comparison.slots[slot]) {
	case SLOT_AS_SEALED:
		return v->comparison.shift ? "moved" : "as sealed";
	case SLOT_DAMAGED:
		return v->array.member ? "not as sealed" : "damaged";
	case SLOT_PADDING:
		return "padding differs";
	case SLOT_UNREADABLE:
		return "unreadable";
	case SLOT_WIPED:
		return v->sealed ? "not as sealed" : "overwritten";
	case SLOT_CUT:
		return "behind the end";
	case SLOT_REMOVED:
		return "removed";
	case SLOT_CHANGED:
	case SLOT_NEW:
	case SLOT_UNKNOWN:
		break;
	}
	if (v->implausible[slot])
		return v->implausible[slot] < 0 ? "unreadable" : "overwritten";
	if (v->comparison.slots[slot] == SLOT_CHANGED)
		return "changed";
	return v->comparison.slots[slot] == SLOT_NEW ? "new" : "not sealed";
}
