// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/words.h"

#include <inttypes.h>
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
		return v->array.member || luks_begins_with_noise(v) ? "not as sealed" : "damaged";
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

const char *luks_copy_name(unsigned int copy)
{
	return copy == 0 ? "first" : "second";
}

/* Where the header's first copy ends. Of LUKS1 key material begins no earlier; of LUKS2 it is the least. */
static uint64_t first_copy_ends(const struct luks *l)
{
	for (unsigned int i = 0; l->version == 2 && i < LUKS_HEADERS; i++) {
		if (l->copies[i].length)
			return l->copies[i].length;
	}
	return l->version == 1 ? 4096 : 16384;
}

/* The signature of another format that says nothing of what lies where the header was. */
bool luks_is_behind_header(const struct luks_view *v)
{
	return v->foreign && v->foreign_at >= first_copy_ends(&v->luks);
}

void luks_header_evidence(struct finding *f, const struct luks_view *v)
{
	static const enum evidence_key keys[] = { EVIDENCE_FIRST_HEADER, EVIDENCE_SECOND_HEADER };
	const struct luks *l = &v->luks;

	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		const struct luks_copy *c = &l->copies[i];

		if (c->state == LUKS_COPY_GOOD || (c->state == LUKS_COPY_ABSENT && !*c->reason))
			continue;
		finding_text(f, l->version == 1 ? EVIDENCE_HEADER : keys[i],
			     "at offset %" PRIu64 ": %s", c->offset, c->reason);
	}
	if (v->other)
		finding_text(f, luks_is_behind_header(v) ? EVIDENCE_FURTHER_IN : EVIDENCE_AT_START,
			     "%s", v->other);
	if (v->member)
		finding_text(f, EVIDENCE_AT_END, "%s", v->member);
	if (v->sealed)
		finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	luks_ranges(f, v, v->bad_copies, LUKS_HEADERS);
}

const char *luks_not_what(void)
{
	return "the passphrase, its length, the keyboard layout, crypttab, or the initramfs";
}

/* On what the header that was put together stands. */
const char *luks_rebuilt_proof(const struct luks_view *v)
{
	if (v->luks.rebuilt == LUKS_REBUILT_PROVEN)
		return "as its checksum proves";
	return v->luks.version == 1
		       ? "as the format prescribes it; LUKS1 has no checksum that would "
			 "prove it, a passphrase that opens a keyslot does"
		       : "from metadata that no checksum proves any more, but a "
			 "passphrase that opens a keyslot does";
}

void luks_remains(struct finding *f, const struct luks_view *v)
{
	slot_set sound = luks_slots_sound(v);
	cleanup(free_ptr) char *text = luks_slots_text(sound);

	if (*v->luks.left)
		finding_text(f, EVIDENCE_WHAT_IS_LEFT, "%s", v->luks.left);
	if (!v->luks.rebuilt)
		return;
	finding_text(f, EVIDENCE_WHAT_IS_LEFT, "all of a header, %s", luks_rebuilt_proof(v));
	if (sound)
		finding_text(f, EVIDENCE_AS_SEALED, "%s", text);
}

/* What has the signature alone cryptsetup may take for what it was. */
const char *luks_does_not_open(const struct luks_view *v)
{
	if (v->wiped && !luks_is_refused(v))
		return "cryptsetup sees nothing of it, and writes the good copy over it when it opens "
		       "the disk.";
	return luks_is_refused(v)
		       ? "cryptsetup does not open it like this."
		       : "cryptsetup may not open it like this: it does not when it takes "
			 "that for more than a signature.";
}
