// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "luks/advice.h"
#include "luks/copy.h"
#include "luks/report_elsewhere.h"
#include "luks/report_header.h"
#include "luks/report_member.h"
#include "luks/report_slots.h"
#include "util/text.h"
#include "util/util.h"

static bool in_use(const struct luks *l, unsigned int slot)
{
	return l->slots[slot].present && l->slots[slot].active;
}

static enum reported_state state_of(const struct report *r, size_t first)
{
	switch (report_verdict_from(r, first)) {
	case VERDICT_INTACT:
		return STATE_INTACT;
	case VERDICT_STORAGE_CORRUPTION:
		return STATE_DAMAGED;
	case VERDICT_STALE:
		return STATE_STALE;
	default:
		return STATE_UNVERIFIED;
	}
}

/* Of the header copies and of the areas of keyslots in use. */
static void count_bytes(const struct luks_view *v, uint64_t *all, uint64_t *bad)
{
	*all = *bad = 0;
	if (v->array.member)
		return;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		*all += v->luks.copies[i].length;
		if (!luks_copy_is_as_written(&v->luks.copies[i]) && !v->comparison.shift &&
		    !luks_update_was_cut(v))
			*bad += v->luks.copies[i].length;
	}
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (!in_use(&v->luks, i))
			continue;
		*all += v->luks.slots[i].length;
		*bad += v->bad[i].bytes;
	}
}

/* The prompt names it so, and a machine may have several. */
static void name_mapping(struct report *r, const struct luks_view *v, size_t first)
{
	const char *mapping = v->sealed	   ? sealed_luks_mapping(v->sealed)
			      : v->mapping ? v->mapping
					   : "";

	for (size_t i = first; *mapping && i < r->finding_count; i++)
		finding_text(&r->findings[i], EVIDENCE_UNLOCKED_AS, "%s", mapping);
}

static void another_container(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_STALE, luks_view_place(v),
		"This is another LUKS container than the one that was sealed under this name: its UUID "
		"is another one, and nothing of the sealed keyslots is here. It was formatted anew, or "
		"the header of another container was restored, or it is another disk.");

	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->namesake);
	finding_text(f, EVIDENCE_UUID, "%s", v->luks.uuid);
	finding_next(f,
		     "Which of the two shall it be? Look for the sealed one by its UUID: lsblk -o "
		     "NAME,SIZE,FSTYPE,UUID. Until that is known, write nothing to this one.");
	finding_next(f, "When the sealed one was lost here: with a backup of its header, on a copy "
			"of the disk first.");
	finding_next(
		f,
		"When the change was wanted, at last: bootverdict seal --all (with --device %s "
		"when the boot does not unlock it)",
		v->device);
}

/* What is there bears the name of a sealed device, and is another one, or may be. */
static void namesake(struct report *r, const struct luks_view *v)
{
	struct finding *f;

	if (v->luks.chosen >= 0) {
		another_container(r, v);
		return;
	}
	if (v->elsewhere) {
		report_luks_elsewhere(r, luks_view_place(v),
				      v->other ? v->other : "nothing that is known", v->namesake,
				      v->elsewhere);
		return;
	}
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT, luks_view_place(v),
		"A LUKS device was sealed under this name, and nothing of it is here. The name goes to "
		"another disk when disks are found in another order: it may be another disk, or all of "
		"its start was overwritten.");
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->namesake);
	finding_next(f,
		     "Is the sealed one there by another name? (lsblk -o NAME,SIZE,FSTYPE,UUID)");
	luks_next_on_a_copy(f, luks_view_place(v));
}

void report_luks_sealed(struct report *r, const struct luks_view *v)
{
	uint64_t all, bad;

	count_bytes(v, &all, &bad);
	report_artifact(r, luks_view_place(v), KIND_LUKS, STATE_INTACT, all, 0);
}

void report_luks(struct report *r, const struct luks_view *v)
{
	size_t first = r->finding_count;
	uint64_t all, bad;

	if (v->array.member || v->left_over)
		report_luks_member(r, v);
	if (judge_luks(v).ground != LUKS_MEMBER) {
		report_luks_header(r, v);
		report_luks_slots(r, v);
	}
	if (v->namesake)
		namesake(r, v);
	if (v->twin)
		report_luks_twin(r, luks_view_place(v), v->sealed ? v->sealed->uuid : v->luks.uuid,
				 v->twin);
	name_mapping(r, v, first);
	count_bytes(v, &all, &bad);
	report_artifact(r, luks_view_place(v), KIND_LUKS, state_of(r, first), all, bad);
	if (v->sealed_at > r->sealed_at)
		r->sealed_at = v->sealed_at;
}
