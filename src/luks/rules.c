// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/rules.h"

#include <string.h>

#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/match.h"
#include "util/util.h"

/* Of LUKS2, crypt_format() and crypt_convert(). */
#define FIRST_SEQID 2u
/* The least that a header has of which a keyslot was removed: it was written with it, and without. */
#define REMOVED_SEQID 4u

#define PAGE_BYTES_MAX 65536u

static const struct luks_judgement as_sealed = { VERDICT_INTACT, LUKS_AS_SEALED };

static bool is_in_use(const struct luks_view *v, unsigned int slot)
{
	return v->luks.slots[slot].present && v->luks.slots[slot].active;
}

static bool is_damaged(const struct luks_view *v, unsigned int slot)
{
	enum slot_state state = v->comparison.slots[slot];

	return is_in_use(v, slot) &&
	       (state == SLOT_DAMAGED || state == SLOT_UNREADABLE || v->implausible[slot] != 0);
}

static bool is_wiped(const struct luks_view *v, unsigned int slot)
{
	return v->comparison.slots[slot] == SLOT_WIPED;
}

static bool is_cut(const struct luks_view *v, unsigned int slot)
{
	return v->comparison.slots[slot] == SLOT_CUT;
}

/* Its key material is there, and where the header says. */
static bool is_sound(const struct luks_view *v, unsigned int slot)
{
	enum slot_state state = v->comparison.slots[slot];

	return is_in_use(v, slot) && !v->comparison.shift &&
	       (state == SLOT_AS_SEALED || state == SLOT_PADDING);
}

static bool is_unproven(const struct luks_view *v, unsigned int slot)
{
	return is_in_use(v, slot) && !v->comparison.shift && !is_sound(v, slot) &&
	       !is_damaged(v, slot) && !is_wiped(v, slot) && !is_cut(v, slot);
}

static bool is_unreadable(const struct luks_view *v, unsigned int slot)
{
	return v->comparison.slots[slot] == SLOT_UNREADABLE || v->implausible[slot] < 0;
}

static slot_set slots_that(const struct luks_view *v,
			   bool (*is)(const struct luks_view *v, unsigned int slot))
{
	slot_set set = 0;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (is(v, i))
			set |= UINT32_C(1) << i;
	}
	return set;
}

slot_set luks_slots_sound(const struct luks_view *v)
{
	return slots_that(v, is_sound);
}

static bool is_lost(const struct luks_view *v, unsigned int slot)
{
	const struct bad_ranges *bad = &v->bad[slot];

	if (v->comparison.slots[slot] == SLOT_UNREADABLE)
		return true;
	for (size_t i = 0; i < bad->count && v->comparison.slots[slot] == SLOT_DAMAGED; i++) {
		if (bad->ranges[i].damage.kind == DAMAGE_BIT_FLIP ||
		    bad->ranges[i].damage.kind == DAMAGE_MISPLACED)
			return true;
	}
	return false;
}

slot_set luks_slots_lost(const struct luks_view *v)
{
	return slots_that(v, is_lost);
}

slot_set luks_slots_damaged(const struct luks_view *v)
{
	return slots_that(v, is_damaged);
}

slot_set luks_slots_wiped(const struct luks_view *v)
{
	return slots_that(v, is_wiped);
}

slot_set luks_slots_unproven(const struct luks_view *v)
{
	return slots_that(v, is_unproven);
}

slot_set luks_slots_unreadable(const struct luks_view *v)
{
	return slots_that(v, is_unreadable);
}

bool luks_is_refused(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	return l->chosen < 0 || luks_any_copy_is(l, LUKS_COPY_UNREADABLE) ||
	       (l->version == 2 && (v->ambiguous || v->member));
}

bool luks_may_be_refused(const struct luks_view *v)
{
	return luks_is_refused(v) || (v->luks.version == 2 && v->foreign && !v->wiped);
}

int luks_slot_overwritten(const struct luks_view *v)
{
	if (!v->foreign || v->luks.version != 1 || v->luks.chosen < 0)
		return -1;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		const struct luks_keyslot *s = &v->luks.slots[i];

		if (is_damaged(v, i) && v->foreign_at >= s->offset &&
		    v->foreign_at - s->offset < s->length)
			return (int)i;
	}
	return -1;
}

bool luks_is_erased_and_overwritten(const struct luks *l)
{
	return l->version == 2 && l->copies[0].state == LUKS_COPY_ABSENT &&
	       l->copies[1].state == LUKS_COPY_ERASED;
}

bool luks_is_erased(const struct luks *l)
{
	if (luks_is_erased_and_overwritten(l))
		return true;
	if (!luks_any_copy_is(l, LUKS_COPY_ERASED))
		return false;
	for (unsigned int i = 0; i < (l->version == 1 ? 1 : LUKS_HEADERS); i++) {
		if (l->copies[i].state != LUKS_COPY_ERASED && l->copies[i].state != LUKS_COPY_GOOD)
			return false;
	}
	return true;
}

bool luks_is_overwritten(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	if (!v->foreign || l->copies[0].state == LUKS_COPY_GOOD ||
	    l->copies[0].state == LUKS_COPY_UNREADABLE)
		return false;
	/* Who made and wiped it may have erased the second copy's magic as well, and no more of that; the
	 * entries of a partition table reach into it. */
	if (v->wiped && l->version == 2 && l->copies[1].offset >= v->wiped_end &&
	    (luks_is_erased(l) ||
	     (l->copies[1].state != LUKS_COPY_GOOD && l->copies[1].state != LUKS_COPY_ERASED)))
		return false;
	/* All that it could have hit there is whole, and some of the second copy is not. */
	return l->rebuilt != LUKS_REBUILT_PROVEN || l->copies[1].state != LUKS_COPY_BAD_CHECKSUM;
}

slot_set luks_slots_opening(const struct luks_view *v)
{
	slot_set set = luks_slots_sound(v);

	if (luks_may_be_refused(v) || v->comparison.fields_bad || *v->luks.requirements ||
	    v->luks.reencrypting)
		return 0;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (v->luks.slots[i].unbound)
			set &= ~(UINT32_C(1) << i);
	}
	return set;
}

slot_set luks_slots_cut(const struct luks_view *v)
{
	return slots_that(v, is_cut);
}

static struct luks_judgement worse(struct luks_judgement j, enum verdict verdict,
				   enum luks_ground ground)
{
	/* Of two that weigh the same the first one told stands. */
	if (verdict_worst(j.verdict, verdict) == j.verdict && j.ground != LUKS_AS_SEALED)
		return j;
	return (struct luks_judgement){ verdict, ground };
}

static bool any_slot_is(const struct luks_view *v, enum slot_state state)
{
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (v->comparison.slots[i] == state)
			return true;
	}
	return false;
}

bool luks_is_of_another_writer(const struct luks *l)
{
	return luks_any_copy_is(l, LUKS_COPY_UNKNOWN) || luks_any_copy_is(l, LUKS_COPY_BAD_JSON);
}

int luks_damaged_beside_another_writer(const struct luks *l)
{
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		const struct luks_copy *c = &l->copies[i];
		enum luks_copy_state other = l->copies[!i].state;

		if (other != LUKS_COPY_UNKNOWN && other != LUKS_COPY_BAD_JSON)
			continue;
		/* A newer version may have other fields. */
		if (c->state == LUKS_COPY_UNREADABLE ||
		    (c->state == LUKS_COPY_BAD_CHECKSUM && !c->unfinished) ||
		    (c->state == LUKS_COPY_BAD_FIELD && other == LUKS_COPY_BAD_JSON))
			return (int)i;
	}
	return -1;
}

static struct luks_judgement judge_another_writer(const struct luks_view *v,
						  struct luks_judgement j)
{
	if (luks_damaged_beside_another_writer(&v->luks) >= 0)
		return worse(j, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD);
	return worse(j, VERDICT_INCONCLUSIVE, LUKS_NOT_KNOWN);
}

bool luks_is_foreign_alone(const struct luks_view *v)
{
	if (luks_is_overwritten(v))
		return v->luks.chosen < 0 || !v->sealed;
	return luks_slot_overwritten(v) >= 0 && !v->comparison.fields_bad;
}

bool luks_is_claimed(const struct luks_view *v)
{
	return luks_is_overwritten(v) || luks_is_foreign_alone(v);
}

static bool any_slot_is_bad(const struct luks_view *v)
{
	return luks_slots_damaged(v) || any_slot_is(v, SLOT_DAMAGED) ||
	       any_slot_is(v, SLOT_UNREADABLE);
}

/* A header backup of LUKS1 ends with the page of its last keyslot (lib/luks1/keymanage.c). */
static bool may_be_header_alone(const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	uint64_t rest = l->needed % PAGE_BYTES_MAX;

	return v->header || l->size <= l->needed + (rest ? PAGE_BYTES_MAX - rest : 0);
}

static bool begins_behind_end(const struct luks_view *v)
{
	return v->luks.data_offset > v->luks.size && !may_be_header_alone(v);
}

bool luks_is_too_small(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	if (l->chosen < 0 && l->copies[0].state != LUKS_COPY_CUT)
		return false;
	return l->needed > l->size || begins_behind_end(v) ||
	       (!v->header && l->size > l->needed && l->data_end > l->size);
}

bool luks_may_be_elsewhere(const struct luks_view *v)
{
	return !v->sealed && v->luks.needed <= v->luks.size && begins_behind_end(v);
}

/* Key material where it was sealed: then the container did not go elsewhere. */
static bool any_block_is_left(const struct luks_view *v)
{
	for (size_t i = 0; v->sealed && i < v->sealed->slot_count; i++) {
		const struct sealed_keyslot *k = &v->sealed->slots[i];
		enum slot_state state = v->comparison.slots[k->number];
		uint64_t blocks =
			k->used ? (k->used + BLOCK_SIZE - 1) / BLOCK_SIZE : k->block_count;

		if (state == SLOT_AS_SEALED || state == SLOT_PADDING ||
		    ((state == SLOT_DAMAGED || state == SLOT_UNREADABLE) &&
		     v->comparison.bad_blocks[k->number] < blocks))
			return true;
	}
	return false;
}

bool luks_is_in_place(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	return l->version || l->rebuilt || any_block_is_left(v) || luks_slots_unreadable(v) ||
	       (v->sealed && luks_record_describes(v->sealed, l));
}

bool luks_begins_with_noise(const struct luks_view *v)
{
	if (!v->noise || (v->sealed && !luks_is_in_place(v)))
		return false;
	/* Of those that no record tells of, no ciphertext is no noise either. */
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (v->implausible[i])
			return false;
	}
	return true;
}

bool luks_holds_another(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	if (!l->inside.version || any_block_is_left(v))
		return false;
	/* Without a record, what begins elsewhere on the disk is not its business. */
	return v->sealed ? strcmp(v->sealed->uuid, l->inside.uuid) == 0
			 : !l->version && (!l->inside.before || l->inside.cut);
}

bool luks_may_be_reencrypting(const struct luks_view *v)
{
	return v->luks.reencrypting ||
	       (!luks_is_known(&v->luks) && v->sealed && v->sealed->reencrypting);
}

bool luks_is_disk_form(const struct luks_view *v)
{
	return v->disk_form && !any_block_is_left(v);
}

bool luks_has_no_keyslot(const struct luks_view *v)
{
	/* During a reencryption a keyslot may be of the volume key that is to come. */
	if (v->luks.chosen < 0 || *v->luks.requirements || v->luks.reencrypting)
		return false;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (is_in_use(v, i) && !v->luks.slots[i].unbound)
			return false;
	}
	return true;
}

bool luks_had_no_keyslot(const struct luks_view *v)
{
	return luks_has_no_keyslot(v) && v->sealed && !any_slot_is(v, SLOT_REMOVED);
}

/* A right checksum tells that a header was written, not that it was the last one. */
bool luks_is_before_keyslots(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	return l->version == 2 && luks_has_no_keyslot(v) && !luks_had_no_keyslot(v) &&
	       (l->copies[l->chosen].seqid < REMOVED_SEQID || luks_went_back(v));
}

enum verdict luks_no_keyslot_verdict(const struct luks_view *v)
{
	if (luks_is_before_keyslots(v) || !v->sealed)
		return VERDICT_INCONCLUSIVE;
	return VERDICT_STALE;
}

static struct luks_judgement judge_no_header(const struct luks_view *v)
{
	if (luks_is_of_another_writer(&v->luks))
		return judge_another_writer(v, as_sealed);
	if (luks_is_disk_form(v))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_DISK_FORM };
	if (v->comparison.shift && any_slot_is_bad(v))
		return (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD };
	if (v->comparison.shift)
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_CONVERTING };
	if (luks_holds_another(v))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_INSIDE };
	if (luks_is_overwritten(v) && luks_slots_lost(v))
		return (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD };
	if (luks_is_overwritten(v) && (v->sealed || v->luks.version))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_FOREIGN };
	if (v->comparison.fields_bad)
		return (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD };
	if (luks_begins_with_noise(v))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_NOISE };
	if (v->luks.rebuilt && any_slot_is_bad(v))
		return (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD };
	if (luks_is_erased(&v->luks))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_ERASED };
	if (luks_is_too_small(v))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_TOO_SMALL };
	if (!luks_both_copies_are(&v->luks, LUKS_COPY_ABSENT))
		return (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD };
	if (v->sealed && !luks_is_in_place(v))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_NOT_HERE };
	if (v->sealed)
		return (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_GONE };
	return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_NEVER_THERE };
}

/*
 * Before a header was written for the first time there was no second copy: cryptsetup counts that
 * as update 2, when it formats and when it converts.
 */
static bool is_first_update(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	return l->chosen == 0 && l->copies[0].seqid == FIRST_SEQID &&
	       l->copies[1].state == LUKS_COPY_ABSENT && (!v->sealed || v->sealed->version == 1);
}

bool luks_update_was_cut(const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	const struct luks_copy *bad = &l->copies[l->chosen == 0];

	if (l->version != 2 || l->chosen < 0)
		return false;
	if (!bad->unfinished)
		return is_first_update(v);
	/* Every update has a seqid of its own. */
	if (v->sealed)
		return bad->seqid > v->sealed->seqid;
	return bad->seqid >= l->copies[l->chosen].seqid;
}

bool luks_restore_was_cut(const struct luks_view *v)
{
	const struct luks_copy *c = v->luks.copies;

	if (v->luks.version != 2 || v->luks.chosen < 0)
		return false;
	if (c[0].older_start)
		return true;
	if (!v->sealed || c[0].state != LUKS_COPY_GOOD || c[0].seqid >= v->sealed->seqid)
		return false;
	if (c[1].state == LUKS_COPY_BAD_CHECKSUM)
		return c[1].seqid == c[0].seqid && !c[1].unfinished;
	return c[1].state == LUKS_COPY_GOOD && c[0].seqid < c[1].seqid;
}

static struct luks_judgement judge_copies(const struct luks_view *v, struct luks_judgement j)
{
	const struct luks *l = &v->luks;
	uint64_t first = l->copies[0].seqid, second = l->copies[1].seqid;
	uint64_t older = first < second ? first : second;

	if (l->version != 2)
		return j;
	if (luks_is_of_another_writer(l))
		return judge_another_writer(v, j);
	if (luks_is_overwritten(v))
		return worse(j, VERDICT_INCONCLUSIVE, LUKS_FOREIGN);
	if (luks_update_was_cut(v))
		return worse(j, VERDICT_INCONCLUSIVE, LUKS_COPY_OLDER);
	if (luks_is_erased(l))
		return worse(j, VERDICT_INCONCLUSIVE, LUKS_ERASED);
	/* A copy behind the end of the device is no damaged one: judge_luks() tells of it. */
	if (luks_any_copy_is(l, LUKS_COPY_CUT))
		return j;
	if (luks_begins_with_noise(v))
		return worse(j, VERDICT_INCONCLUSIVE, LUKS_NOISE);
	if (luks_restore_was_cut(v))
		return worse(j, VERDICT_INCONCLUSIVE, LUKS_COPY_OLDER);
	if (!luks_both_copies_are(l, LUKS_COPY_GOOD))
		return worse(j, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD);
	if (first == second)
		return j;
	/* An update was interrupted, or a copy went back to what it was before the seal. */
	return worse(j,
		     v->sealed && older < v->sealed->seqid ? VERDICT_STORAGE_CORRUPTION
							   : VERDICT_INCONCLUSIVE,
		     LUKS_COPY_OLDER);
}

bool luks_went_back(const struct luks_view *v)
{
	return v->comparison.seqid_lower && v->comparison.same_uuid;
}

bool luks_is_older(const struct luks_view *v)
{
	const struct luks_copy *copies = v->luks.copies;

	return luks_went_back(v) && luks_both_copies_are(&v->luks, LUKS_COPY_GOOD) &&
	       copies[0].seqid == copies[1].seqid;
}

/* That an older header has other keyslots tells of no change after the seal. */
static bool is_changed(const struct luks_view *v)
{
	const struct luks_comparison *c = &v->comparison;

	if (luks_went_back(v))
		return false;
	return any_slot_is(v, SLOT_CHANGED) || any_slot_is(v, SLOT_NEW) ||
	       any_slot_is(v, SLOT_REMOVED) || !c->same_uuid || !c->same_version || c->seqid_higher;
}

static struct luks_judgement judge_by_record(const struct luks_view *v, struct luks_judgement j)
{
	const struct luks_comparison *c = &v->comparison;
	const struct luks_copy *copies = v->luks.copies;

	if (c->fields_bad)
		j = worse(j, VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD);
	if (luks_is_older(v))
		j = worse(j, VERDICT_INCONCLUSIVE, LUKS_OLDER);
	if (is_changed(v))
		j = worse(j, VERDICT_STALE, LUKS_CHANGED);
	if (c->rewritten)
		j = worse(j, VERDICT_STALE, LUKS_REWRITTEN);
	if (c->unused_bad || copies[0].unused_bad || copies[1].unused_bad ||
	    any_slot_is(v, SLOT_PADDING))
		j = worse(j, VERDICT_INTACT, LUKS_HARMLESS_BAD);
	return j;
}

/*
 * A member that is a part of its array holds a part of the header and of the keyslots, at most. A mirror
 * holds all of them, but one that is rebuilt, left out or out of step may hold other ones than the array
 * gives; and nothing must be written to it alone.
 */
static bool tells_for_its_array(const struct luks_view *v, enum luks_ground ground)
{
	return v->array.mirror && !v->array.data_offset && !v->luks.reencrypting &&
	       (ground == LUKS_AS_SEALED || ground == LUKS_HARMLESS_BAD || ground == LUKS_CHANGED ||
		ground == LUKS_REWRITTEN || ground == LUKS_NOT_SEALED);
}

static struct luks_judgement judge_itself(const struct luks_view *v)
{
	struct luks_judgement j = as_sealed;

	if (v->luks.chosen < 0)
		return judge_no_header(v);
	j = judge_copies(v, j);
	/* What else it wrote over is not known. */
	if (!v->sealed && luks_is_overwritten(v))
		return j;
	if (luks_is_foreign_alone(v) && !luks_slots_lost(v))
		return worse(j, VERDICT_INCONCLUSIVE, LUKS_FOREIGN);
	/* Worse than a bad copy, and the same verdict: a passphrase is refused. */
	if (any_slot_is_bad(v) && !luks_begins_with_noise(v))
		j = (struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD };
	if (v->comparison.shift)
		j = worse(j, VERDICT_INCONCLUSIVE, LUKS_CONVERTING);
	if (luks_slots_wiped(v))
		j = worse(j, VERDICT_INCONCLUSIVE, LUKS_SLOT_WIPED);
	if (luks_is_too_small(v))
		j = worse(j, VERDICT_INCONCLUSIVE, LUKS_TOO_SMALL);
	if (luks_has_no_keyslot(v) && !luks_had_no_keyslot(v))
		j = worse(j, luks_no_keyslot_verdict(v), LUKS_NO_KEYSLOT);
	if (*v->luks.requirements)
		j = worse(j, VERDICT_INCONCLUSIVE, LUKS_NOT_KNOWN);
	if (v->sealed)
		return judge_by_record(v, j);
	return worse(j, VERDICT_STALE, LUKS_NOT_SEALED);
}

/* No header of it can be used, and it is not said yet why. */
static enum luks_header_is missing_header_is(const struct luks_view *v)
{
	const struct luks *l = &v->luks;

	if (luks_begins_with_noise(v))
		return HEADER_NOISE;
	if (luks_is_too_small(v) && !v->comparison.fields_bad && !luks_is_erased(l))
		return HEADER_TOO_SMALL;
	if (luks_both_copies_are(l, LUKS_COPY_ABSENT) && (!v->sealed || !l->rebuilt))
		return HEADER_GONE;
	if (v->comparison.fields_bad)
		return HEADER_DAMAGED;
	if (luks_slot_overwritten(v) >= 0)
		return HEADER_SLOT_FOREIGN;
	return luks_is_erased(l) ? HEADER_ERASED : HEADER_DAMAGED;
}

/* A copy behind the end of the device is no damaged one: that it is too small is told as well. */
static enum luks_header_is copies_are(const struct luks *l)
{
	if (l->version != 2)
		return HEADER_GOOD;
	if (!luks_both_copies_are(l, LUKS_COPY_GOOD))
		return luks_any_copy_is(l, LUKS_COPY_CUT) ? HEADER_GOOD : HEADER_COPY_BAD;
	return l->copies[0].seqid != l->copies[1].seqid ? HEADER_COPIES_DIFFER : HEADER_GOOD;
}

enum luks_header_is luks_header_is(const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	bool none = l->chosen < 0;

	if (luks_is_of_another_writer(l))
		return HEADER_OF_ANOTHER_WRITER;
	if (none && luks_is_disk_form(v))
		return HEADER_OF_DISK_FORM;
	if (v->comparison.shift)
		return HEADER_SHIFTED;
	if (none && luks_holds_another(v))
		return HEADER_FURTHER_IN;
	if (luks_is_overwritten(v) && l->version)
		return HEADER_FOREIGN;
	if (none)
		return missing_header_is(v);
	if (v->comparison.fields_bad)
		return HEADER_DAMAGED;
	if (luks_slot_overwritten(v) >= 0)
		return HEADER_SLOT_FOREIGN;
	if (luks_is_erased(l))
		return HEADER_ERASED;
	if (luks_update_was_cut(v))
		return HEADER_UPDATE_CUT;
	if (luks_begins_with_noise(v))
		return HEADER_NOISE;
	return luks_restore_was_cut(v) ? HEADER_RESTORE_CUT : copies_are(l);
}

struct luks_judgement judge_luks(const struct luks_view *v)
{
	struct luks_judgement j = judge_itself(v);

	if (v->array.member && !tells_for_its_array(v, j.ground))
		return (struct luks_judgement){ VERDICT_INCONCLUSIVE, LUKS_MEMBER };
	return j;
}
