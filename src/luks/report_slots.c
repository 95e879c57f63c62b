// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_slots.h"

#include <inttypes.h>
#include <stdlib.h>

#include "damage/ranges.h"
#include "luks/advice.h"
#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "util/text.h"
#include "util/util.h"

/* cryptsetup 2.7 goes on to the next keyslot when one refuses, but not when one cannot be read. */
static void how_to_get_past(struct finding *f, const struct luks_view *v, slot_set usable)
{
	slot_set unreadable = luks_slots_unreadable(v);
	cleanup(free_ptr) char *text = luks_slots_text(unreadable);

	if (unreadable && usable)
		finding_next(f,
			     "When cryptsetup gives up at %s (IO error), name the one to use, in a "
			     "shell: cryptsetup open --key-slot %d %s NAME",
			     text, __builtin_ctz(usable), v->device);
}

static slot_set slots_with(const struct luks_view *v, slot_set of,
			   bool (*is)(const struct luks_keyslot *k))
{
	slot_set set = 0;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (is(&v->luks.slots[i]))
			set |= of & UINT32_C(1) << i;
	}
	return set;
}

static bool has_token(const struct luks_keyslot *k)
{
	return *k->token;
}

static bool is_ignored(const struct luks_keyslot *k)
{
	return k->ignored;
}

static bool is_unbound(const struct luks_keyslot *k)
{
	return k->unbound;
}

static void tell_next(struct finding *f, const struct luks_view *v, slot_set slots,
		      const char *before, const char *behind)
{
	cleanup(free_ptr) char *text = luks_slots_named(v, slots);

	if (slots)
		finding_next(f, "%s%s%s", before, text, behind);
}

/* What a token gives is no passphrase, and cryptsetup passes over a keyslot to be ignored. */
static void which_open(struct finding *f, const struct luks_view *v)
{
	slot_set opening = luks_slots_opening(v);
	slot_set token = slots_with(v, opening, has_token);
	slot_set ignored = slots_with(v, opening & ~token, is_ignored);
	cleanup(free_ptr) char *text = luks_slots_text(ignored);

	tell_next(f, v, opening & ~token & ~ignored, "The passphrase of ",
		  " still opens the disk.");
	if (ignored)
		finding_next(
			f,
			"The passphrase of %s still opens the disk, but only where the keyslot "
			"is named, for its priority is `ignore`: cryptsetup open --key-slot %d %s "
			"NAME",
			text, __builtin_ctz(ignored), v->device);
	tell_next(f, v, token, "The key that a token holds for ",
		  " still opens the disk, where the token gives it.");
}

static void what_still_opens(struct finding *f, const struct luks_view *v)
{
	slot_set sound = luks_slots_sound(v), unproven = luks_slots_unproven(v);
	slot_set cut = luks_slots_cut(v), other = slots_with(v, sound | unproven, is_unbound);
	slot_set left = (sound | unproven) & ~other;

	which_open(f, v);
	tell_next(
		f, v, sound & ~other & ~luks_slots_opening(v), "The key material of ",
		v->luks.reencrypting
			? " is as sealed. While a reencryption is in progress only a passphrase "
			  "opens the disk that has keyslots of both volume keys."
			: " is as sealed; whether it opens the disk does not hang on that alone.");
	tell_next(f, v, other,
		  v->luks.reencrypting
			  ? "Another volume key than that of the data as they are is in "
			  : "Another volume key than that of the data is in ",
		  ".");
	tell_next(f, v, unproven & ~other, "Nothing speaks against ",
		  ", and nothing proves it: try its passphrase.");
	tell_next(f, v, cut, "Behind the end of the device lies ",
		  ": it may open the disk once that is as long as it was.");
	how_to_get_past(f, v, sound & ~other ? sound & ~other : unproven & ~other);
	if (!left && !cut && !v->comparison.shift)
		finding_next(f, "No other keyslot is left that could open the disk.");
}

/* Which cryptsetup asks for when it changes keyslots; it changes none during a reencryption. */
static bool has_another_passphrase(const struct luks_view *v)
{
	slot_set left = luks_slots_sound(v) | luks_slots_unproven(v);

	left &= ~slots_with(v, left, is_unbound) & ~slots_with(v, left, has_token);
	return !luks_may_be_refused(v) && !v->luks.reencrypting && left;
}

static void how_to_recover(struct finding *f, const struct luks_view *v, unsigned int slot)
{
	if (luks_is_known(&v->luks))
		what_still_opens(f, v);
	luks_next_try(f, v);
	luks_next_keep_evidence(f, v);
	/* Whose the disk is to be is asked first. */
	if (luks_is_claimed(v)) {
		luks_next_on_a_copy(f, luks_view_place(v));
		return;
	}
	if (has_another_passphrase(v))
		finding_next(f,
			     "Once the storage is sound, with another passphrase: cryptsetup "
			     "luksKillSlot %s %u; cryptsetup luksAddKey --key-slot %u %s",
			     luks_view_place(v), slot, slot, luks_view_place(v));
	luks_next_restore_header(f, v);
}

static uint64_t blocks_of(uint64_t bytes)
{
	return (bytes + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

/* LUKS1: what the header says of a keyslot. */
static void fields_range(struct finding *f, const struct luks_view *v, unsigned int slot)
{
	const struct bad_range fields = { .offset = v->comparison.first_bad[slot],
					  .length = LUKS1_SLOT_FIELD_BYTES };

	finding_number(f, EVIDENCE_FIELDS_OFFSET, fields.offset);
	finding_range(f, &fields);
}

/* Whether the header says something else of it than when it was sealed. */
static bool is_described_otherwise(const struct luks_view *v, unsigned int slot)
{
	for (size_t i = 0; v->sealed && i < v->sealed->slot_count; i++) {
		if (v->sealed->slots[i].number == slot)
			return luks_is_known(&v->luks) &&
			       v->sealed->slots[i].described != v->luks.slots[slot].described;
	}
	return false;
}

static char *text_for(const struct luks_view *v, unsigned int slot)
{
	if (v->comparison.slots[slot] == SLOT_UNREADABLE)
		return text_format(
			"The device cannot read all of keyslot %u: no passphrase can open it there, "
			"even the right one.",
			slot);
	if (is_described_otherwise(v, slot) && v->bad[slot].blocks)
		return text_format(
			"Some of the key material of keyslot %u is as sealed and some is not, which no "
			"change of a key leaves: its passphrase is refused, even the right one.",
			slot);
	if (v->comparison.slot_fields_bad[slot] && !v->bad[slot].blocks)
		return text_format(
			"What the header says of keyslot %u is damaged (LUKS1 has no checksum): its "
			"passphrase is refused, even the right one.",
			slot);
	return text_format(
		"The key material of keyslot %u is damaged, though %s: its passphrase is refused, even "
		"the right one.",
		slot,
		luks_is_known(&v->luks) ? "the header says that nobody changed it"
					: "some of it is as sealed");
}

static void slot_damaged(struct report *r, const struct luks_view *v, unsigned int slot)
{
	const struct luks_keyslot *s = &v->luks.slots[slot];
	cleanup(free_ptr) char *text = NULL;
	struct finding *f;

	text = text_for(v, slot);
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT, luks_view_place(v),
			   "%s", text);
	finding_number(f, EVIDENCE_KEYSLOT, slot);
	if (s->length)
		finding_number(f, EVIDENCE_BLOCKS, blocks_of(s->length));
	finding_number(f, EVIDENCE_BAD_BLOCKS, v->bad[slot].blocks);
	if (v->comparison.slot_fields_bad[slot])
		fields_range(f, v, slot);
	luks_ranges(f, v, &v->bad[slot], 1);
	if (!luks_is_claimed(v))
		finding_not(f, "the passphrase, its length, the keyboard layout, or crypttab");
	how_to_recover(f, v, slot);
}

/* Another key ends what was interrupted; without one only luksErase does. */
static void how_to_end_it(struct finding *f, const struct luks_view *v, unsigned int slot)
{
	static const char question[] =
		"Was cryptsetup removing or changing a key when it was stopped? Then end that";

	if (luks_slots_sound(v) | luks_slots_unproven(v) | luks_slots_cut(v))
		finding_next(f,
			     "%s, with another passphrase, and seal the disk again: cryptsetup "
			     "luksKillSlot %s %u; bootverdict seal --all",
			     question, luks_view_place(v), slot);
	else
		finding_next(f, "%s, if all keys were meant to go: cryptsetup luksErase %s",
			     question, luks_view_place(v));
}

/* Of the seal, which holds for it; else it is a pattern that tells. */
static const char *what_is_wiped(const struct luks_view *v, unsigned int slot)
{
	for (size_t i = 0; v->sealed && i < v->sealed->slot_count; i++) {
		if (v->sealed->slots[i].number == slot && !is_described_otherwise(v, slot))
			return "is other than it was sealed, and what the header says of it is not";
	}
	return "was overwritten, with a pattern that cryptsetup overwrites a key with";
}

static void slot_restored_in_part(struct report *r, const struct luks_view *v, unsigned int slot)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_WIPED, luks_view_place(v),
		"The header tells of another key in keyslot %u than was sealed, and the front of its key "
		"material is another, too, but not the rest: its passphrase is refused, even the right "
		"one. So it looks when restoring a header backup, which writes from the front, is "
		"stopped. The bytes alone do not tell whether it was.",
		slot);

	finding_number(f, EVIDENCE_KEYSLOT, slot);
	finding_not(f, "the passphrase, its length, the keyboard layout, or crypttab");
	what_still_opens(f, v);
	finding_next(
		f, "Was a header restored here (luksHeaderRestore, dd), and stopped? Then end that "
		   "with the same backup. When not: have the storage examined.");
	luks_next_keep_evidence(f, v);
	luks_next_use_backup(f, v);
}

static void slot_wiped(struct report *r, const struct luks_view *v, unsigned int slot)
{
	const struct luks_keyslot *s = &v->luks.slots[slot];
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_WIPED, luks_view_place(v),
		"All key material of keyslot %u %s: its passphrase is refused, even the right one. So it "
		"looks when cryptsetup is interrupted, which overwrites a key before it writes the "
		"header. The bytes alone do not tell whether it was.",
		slot, what_is_wiped(v, slot));

	finding_number(f, EVIDENCE_KEYSLOT, slot);
	finding_number(f, EVIDENCE_BLOCKS, blocks_of(s->length));
	finding_text(f, EVIDENCE_AREA, "%" PRIu64 " bytes at offset %" PRIu64, s->length,
		     s->offset);
	finding_not(f, "the passphrase, its length, the keyboard layout, or crypttab");
	what_still_opens(f, v);
	how_to_end_it(f, v, slot);
	finding_next(f, "When nobody removed or changed a key, have the storage examined.");
	luks_next_keep_evidence(f, v);
	luks_next_use_backup(f, v);
}

static void slot_implausible(struct report *r, const struct luks_view *v, unsigned int slot)
{
	const struct luks_keyslot *s = &v->luks.slots[slot];
	ssize_t bad = v->implausible[slot];
	struct finding *f;

	if (bad < 0)
		f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT,
				   luks_view_place(v),
				   "The device cannot read all of keyslot %u: no passphrase can "
				   "open it there, even the right one.",
				   slot);
	else
		f = report_finding(
			r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT, luks_view_place(v),
			"The key material of keyslot %u was overwritten: it has blocks that "
			"no encryption gives. Its passphrase is refused, even the right one.",
			slot);
	finding_number(f, EVIDENCE_KEYSLOT, slot);
	if (bad > 0) {
		finding_number(f, EVIDENCE_BLOCKS, blocks_of(s->used ? s->used : s->length));
		finding_number(f, EVIDENCE_BLOCKS_NO_CIPHERTEXT, (uint64_t)bad);
	}
	luks_ranges(f, v, &v->bad[slot], 1);
	finding_not(f, "the passphrase, its length, the keyboard layout, or crypttab");
	how_to_recover(f, v, slot);
}

static void slot_padding(struct report *r, const struct luks_view *v, unsigned int slot)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_PADDING, luks_view_place(v),
		"Behind the key material of keyslot %u bytes differ that nothing uses: they keep no "
		"passphrase from working. But no cryptsetup command writes them alone.",
		slot);

	f->warning = true;
	finding_number(f, EVIDENCE_KEYSLOT, slot);
	luks_ranges(f, v, &v->bad[slot], 1);
	finding_next(f, "Have the storage examined.");
}

static slot_set in_state(const struct luks_view *v, enum slot_state state)
{
	slot_set set = 0;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (v->comparison.slots[i] == state)
			set |= UINT32_C(1) << i;
	}
	return set;
}

static void tell_set(struct finding *f, enum evidence_key key, slot_set set)
{
	cleanup(free_ptr) char *text = luks_slots_text(set);

	if (set)
		finding_text(f, key, "%s", text);
}

/* What is sealed again is what the header says was changed: a key that is set anew changes it. */
static void seal_what_is_proven(struct finding *f, const struct luks_view *v)
{
	finding_next(
		f,
		"Keep a header backup of it as it is, on another disk: cryptsetup luksHeaderBackup "
		"%s --header-backup-file BACKUP-FILE",
		luks_view_place(v));
	finding_next(
		f,
		"bootverdict seal takes it for damaged until the key is set anew; the passphrase may "
		"be the same: cryptsetup luksChangeKey %s; bootverdict seal --all --device %s",
		luks_view_place(v), v->device);
}

static void slots_proven(struct report *r, const struct luks_view *v)
{
	cleanup(free_ptr) char *slots = luks_slots_text(v->proven);
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_STALE, luks_view_place(v),
		"The key material of %s is other than sealed, and the passphrase opens it: it is right "
		"as it is. It was written after the last seal, or what was sealed was damaged "
		"already; so it is when a header backup was restored.",
		slots);

	if (!v->refused && judge_luks(v).verdict == VERDICT_STALE)
		seal_what_is_proven(f, v);
}

static void slots_stale(struct report *r, const struct luks_view *v)
{
	slot_set changed = in_state(v, SLOT_CHANGED) & ~v->proven, added = in_state(v, SLOT_NEW);
	slot_set removed = in_state(v, SLOT_REMOVED);
	bool renamed = v->luks.uuid[0] && !v->comparison.same_uuid;
	struct finding *f;

	if (v->proven)
		slots_proven(r, v);
	if (luks_went_back(v) || (!changed && !added && !removed && !renamed &&
				  !v->comparison.seqid_higher && v->comparison.same_version))
		return;
	f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_STALE, luks_view_place(v),
		changed || added || removed
			? "Keys were changed after the last seal, and the header is sound in itself."
			: "The header was changed after the last seal, and is sound in itself.");
	tell_set(f, EVIDENCE_KEYSLOTS_CHANGED, changed);
	tell_set(f, EVIDENCE_KEYSLOTS_NEW, added);
	tell_set(f, EVIDENCE_KEYSLOTS_REMOVED, removed);
	if (renamed) {
		finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
		finding_text(f, EVIDENCE_UUID, "%s", v->luks.uuid);
	}
	if (v->luks.version == 2) {
		finding_number(f, EVIDENCE_SEALED_SEQID, v->sealed->seqid);
		finding_number(f, EVIDENCE_SEQID, v->luks.copies[v->luks.chosen].seqid);
	}
	luks_next_seal(f, v);
}

static void not_sealed(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_NOT_SEALED, luks_view_place(v),
		"%s%s, and the keyslots look like ciphertext. That shows overwritten key material, but "
		"not a flipped bit in it: what keyslots hold has no checksum.",
		v->namesake ? "" : "No sealed record is one of this device. ",
		v->luks.version == 1 ? "The LUKS1 header, which has no checksum, is well formed"
				     : "The checksum of the LUKS2 header is right");

	luks_next_seal(f, v);
}

/* cryptsetup(8), luksAddKey: also for a header that has no keyslot. */
static void use_the_volume_key(struct finding *f, const struct luks_view *v)
{
	if (v->closed)
		return;
	finding_next(
		f,
		"While it is open, dmsetup table --showkeys NAME may show its volume key, in hexadecimal "
		"(not where the kernel's keyring has it: \":logon:\"). With its bytes in a file: "
		"cryptsetup luksAddKey --key-size BITS --volume-key-file KEY-FILE %s",
		luks_view_place(v));
}

/* LUKS1 has no checksum: that key material went with what the header said tells its owner's doing. */
static const char *why_no_keyslot(const struct luks_view *v)
{
	if (luks_is_before_keyslots(v))
		return "The header is right by its checksum, and by its seqid it is one from before its "
		       "keyslots: the disk lost the writes of later ones, or luksFormat was stopped, or it "
		       "was made to be opened with its volume key alone. Key material of a keyslot may be "
		       "there yet.";
	if (v->luks.version == 2 && !v->sealed)
		return "The header is right by its checksum, and no record tells whether it ever had "
		       "one: cryptsetup was told to remove them (luksErase, luksKillSlot), or the disk "
		       "lost the writes of later headers, or it was made to be opened with its volume "
		       "key alone.";
	if (v->luks.version == 2)
		return "The header is right by its checksum: cryptsetup was told to remove them "
		       "(luksErase, luksKillSlot), or it was made to be opened with its volume key "
		       "alone.";
	if (luks_had_no_keyslot(v) && !in_state(v, SLOT_DAMAGED))
		return "So it was sealed.";
	if (in_state(v, SLOT_REMOVED) && !in_state(v, SLOT_DAMAGED))
		return "Their key material was overwritten as well, as luksErase does.";
	return "So luksErase leaves it; and the LUKS1 header has no checksum that would tell whether it "
	       "lost them.";
}

void report_luks_no_keyslot(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, luks_no_keyslot_verdict(v), FINDING_LUKS_NO_KEYSLOT, luks_view_place(v),
		"No keyslot is %s: no passphrase opens it, even the right one. %s",
		v->luks.version == 2 ? "left" : "in use", why_no_keyslot(v));

	f->warning = f->warning || luks_had_no_keyslot(v);
	if (v->luks.version == 2 && v->luks.chosen >= 0)
		finding_number(f, EVIDENCE_SEQID, v->luks.copies[v->luks.chosen].seqid);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	if (luks_is_before_keyslots(v) || (v->luks.version == 2 && !v->sealed))
		luks_next_keep_evidence(f, v);
	else
		luks_next_keep_open(f, v);
	use_the_volume_key(f, v);
	luks_next_use_backup(f, v);
}

static void slots_lost(struct report *r, const struct luks_view *v)
{
	slot_set lost = luks_slots_lost(v);

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (lost >> i & 1)
			slot_damaged(r, v, i);
	}
}

void report_luks_slots(struct report *r, const struct luks_view *v)
{
	/* What else was written over is not known; the table has it. */
	if (luks_is_foreign_alone(v)) {
		slots_lost(r, v);
		return;
	}
	if (!luks_is_known(&v->luks) && !v->comparison.shift)
		return;
	/* What is noise there is told with that of the header. */
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX && !luks_begins_with_noise(v); i++) {
		enum slot_state state = v->comparison.slots[i];

		if (state == SLOT_DAMAGED || state == SLOT_UNREADABLE)
			slot_damaged(r, v, i);
		else if (v->comparison.restored_in_part[i])
			slot_restored_in_part(r, v, i);
		else if (state == SLOT_WIPED && luks_is_known(&v->luks))
			slot_wiped(r, v, i);
		else if (v->implausible[i])
			slot_implausible(r, v, i);
		else if (state == SLOT_PADDING)
			slot_padding(r, v, i);
	}
	if (v->luks.chosen < 0)
		return;
	if (luks_has_no_keyslot(v))
		report_luks_no_keyslot(r, v);
	if (v->sealed)
		slots_stale(r, v);
	else if (!luks_has_no_keyslot(v) && !luks_slots_damaged(v) && !luks_slots_wiped(v) &&
		 !luks_is_too_small(v))
		not_sealed(r, v);
}
