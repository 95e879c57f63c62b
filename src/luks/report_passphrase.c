// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_passphrase.h"

#include <stdlib.h>
#include <string.h>

#include "luks/copy.h"
#include "luks/words.h"
#include "system/builder.h"
#include "util/text.h"
#include "util/util.h"

static void how_to_type(struct finding *f)
{
	cleanup(free_ptr) char *setting = builder_keyboard(BUILDER_UNKNOWN);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(BUILDER_UNKNOWN);

	finding_not(f, "its length: cryptsetup takes up to 512 characters from the keyboard");
	finding_next(f, "Look at Caps Lock and at the keyboard layout. In the boot it is often the "
			"US one: y and z change places, and so do most signs.");
	finding_next(f, "To have your layout in the boot: %s. Then: %s", setting, rebuild);
	finding_next(f, "A passphrase file must not end in a newline that the passphrase has not: "
			"cryptsetup --key-file reads every byte.");
}

static void opened(struct report *r, const struct luks_view *v, slot_set slots)
{
	cleanup(free_ptr) char *text = luks_slots_text(slots);

	report_finding(r, VERDICT_INTACT, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
		       "The passphrase opens %s%s, as the digest of the volume key proves.", text,
		       v->luks.chosen < 0 ? ", with the header that was put together" : "");
}

static void try_a_backup(struct finding *f)
{
	finding_next(f,
		     "With a header backup of the time when it opened, try the passphrase on that: "
		     "bootverdict luks --try-passphrase BACKUP-FILE");
}

static void cannot_tell(struct report *r, const struct luks_view *v, slot_set doubted,
			const char *why, bool typing)
{
	cleanup(free_ptr) char *text = luks_slots_text(doubted);
	struct finding *f =
		report_finding(r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			       "Whether the passphrase is right cannot be told: it may be the one "
			       "of %s, %s.",
			       text, why);

	if (!typing) {
		finding_not(f, "a reason to doubt the passphrase");
		return;
	}
	how_to_type(f);
	try_a_backup(f);
	finding_next(
		f, "Seal it only when a passphrase opened it: a record of a damaged keyslot would "
		   "tell that all is well.");
}

static void wrong(struct report *r, const struct luks_view *v)
{
	char when[32];
	struct finding *f = report_finding(
		r, VERDICT_CONFIG_ERROR, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
		"The passphrase is refused by every keyslot, while the header and the keyslots are "
		"unchanged since %s (sealed): if it opened the disk since then, it is the passphrase "
		"or the keyboard layout, not the storage.",
		v->sealed_at ? text_time(v->sealed_at, when) : "the last seal");

	finding_not(f, "a change of the disk or of the LUKS header since then, or crypttab");
	how_to_type(f);
	finding_next(
		f, "Did this passphrase ever open the disk since then? If nothing did, the keyslot "
		   "may have been damaged when it was sealed.");
	try_a_backup(f);
}

/*
 * LUKS1 has no checksum: beside damage a keyslot's lost state looks like one that is not in use. Of LUKS2 a header
 * from before its keyslots may be all that the disk kept; without a record nothing tells of which it is.
 */
static void no_keyslot(struct report *r, const struct luks_view *v)
{
	bool proven = v->luks.chosen >= 0 && v->sealed && !luks_is_before_keyslots(v) &&
		      report_verdict_from(r, 0) != VERDICT_STORAGE_CORRUPTION;

	report_finding(r, proven ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE,
		       FINDING_LUKS_PASSPHRASE, luks_view_place(v),
		       "The passphrase cannot be tried: the header has no keyslot in use%s.",
		       proven ? "" : ", and nothing proves that it had none");
}

void report_luks_passphrase(struct report *r, const struct luks_view *v,
			    const struct luks_tried *tried)
{
	slot_set damaged = luks_slots_damaged(v), unproven = luks_slots_unproven(v);
	slot_set wiped = luks_slots_wiped(v), cut = luks_slots_cut(v);
	slot_set all = damaged | unproven | wiped | cut | luks_slots_sound(v);

	if (luks_begins_with_noise(v)) {
		wiped |= damaged;
		damaged = 0;
	}
	if (tried->opened)
		opened(r, v, tried->opened);
	else if (judge_luks(v).ground == LUKS_MEMBER)
		report_finding(r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			       "Whether the passphrase is right cannot be told on a member of an "
			       "array: try it on %s.",
			       v->array.device);
	else if (!luks_is_known(&v->luks))
		report_finding(r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			       "The passphrase cannot be tried, right or wrong: there is no header "
			       "that could be used.");
	else if (v->comparison.shift)
		report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			"Whether the passphrase is right cannot be told: key material is not "
			"in its place.");
	else if (!all)
		no_keyslot(r, v);
	/* LUKS1: damage in the header may be what refuses; LUKS2 has a checksum over it. */
	else if (luks_header_is(v) == HEADER_DAMAGED)
		cannot_tell(r, v, all, "which a damaged header describes", false);
	else if (v->luks.chosen < 0)
		cannot_tell(r, v, all, "which a header describes that was put together", false);
	else if (damaged)
		cannot_tell(r, v, damaged, "whose key material is damaged", false);
	else if (wiped)
		cannot_tell(r, v, wiped, "whose key material is other than sealed", false);
	else if (cut)
		cannot_tell(r, v, cut, "whose key material is behind the end of the device", false);
	else if (tried->failed)
		cannot_tell(r, v, tried->failed, "which could not be tried", false);
	else if (unproven)
		cannot_tell(
			r, v, unproven,
			"which no sealed record proves: one flipped bit there refuses the right "
			"passphrase as well. Most often it is the passphrase or the keyboard "
			"layout",
			true);
	else
		wrong(r, v);
}
