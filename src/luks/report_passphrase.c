// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_passphrase.h"

#include <stdlib.h>
#include <string.h>

#include "luks/copy.h"
#include "luks/words.h"
#include "system/builder.h"
#include "util/passphrase.h"
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

static struct finding *opened(struct report *r, const struct luks_view *v, slot_set slots)
{
	cleanup(free_ptr) char *text = luks_slots_text(slots);

	return report_finding(r, VERDICT_INTACT, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			      "The passphrase opens %s%s, as the digest of the volume key proves.",
			      text,
			      v->luks.chosen < 0 ? ", with the header that was put together" : "");
}

static void try_a_backup(struct finding *f)
{
	finding_next(f,
		     "With a header backup of the time when it opened, try the passphrase on that: "
		     "bootverdict luks --try-passphrase BACKUP-FILE");
}

static struct finding *cannot_tell(struct report *r, const struct luks_view *v, slot_set doubted,
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
		return f;
	}
	how_to_type(f);
	try_a_backup(f);
	finding_next(
		f, "Seal it only when a passphrase opened it: a record of a damaged keyslot would "
		   "tell that all is well.");
	return f;
}

static struct finding *wrong(struct report *r, const struct luks_view *v)
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
	return f;
}

/*
 * LUKS1 has no checksum: beside damage a keyslot's lost state looks like one that is not in use. Of LUKS2 a header
 * from before its keyslots may be all that the disk kept; without a record nothing tells of which it is.
 */
static struct finding *no_keyslot(struct report *r, const struct luks_view *v)
{
	bool proven = v->luks.chosen >= 0 && v->sealed && !luks_is_before_keyslots(v) &&
		      report_verdict_from(r, 0) != VERDICT_STORAGE_CORRUPTION;

	return report_finding(r, proven ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE,
			      FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			      "The passphrase cannot be tried: the header has no keyslot in use%s.",
			      proven ? "" : ", and nothing proves that it had none");
}

static struct finding *fared(struct report *r, const struct luks_view *v,
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
		return opened(r, v, tried->opened);
	if (judge_luks(v).ground == LUKS_MEMBER)
		return report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			"Whether the passphrase is right cannot be told on a member of an "
			"array: try it on %s.",
			v->array.device);
	if (!luks_is_known(&v->luks))
		return report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			"The passphrase cannot be tried, right or wrong: there is no header "
			"that could be used.");
	if (v->comparison.shift)
		return report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, luks_view_place(v),
			"Whether the passphrase is right cannot be told: key material is not "
			"in its place.");
	if (!all)
		return no_keyslot(r, v);
	/* LUKS1: damage in the header may be what refuses; LUKS2 has a checksum over it. */
	if (luks_header_is(v) == HEADER_DAMAGED)
		return cannot_tell(r, v, all, "which a damaged header describes", false);
	if (v->luks.chosen < 0)
		return cannot_tell(r, v, all, "which a header describes that was put together",
				   false);
	if (damaged)
		return cannot_tell(r, v, damaged, "whose key material is damaged", false);
	if (wiped)
		return cannot_tell(r, v, wiped, "whose key material is other than sealed", false);
	if (cut)
		return cannot_tell(r, v, cut, "whose key material is behind the end of the device",
				   false);
	if (tried->failed)
		return cannot_tell(r, v, tried->failed, "which could not be tried", false);
	if (unproven)
		return cannot_tell(
			r, v, unproven,
			"which no sealed record proves: one flipped bit there refuses the right "
			"passphrase as well. Most often it is the passphrase or the keyboard "
			"layout",
			true);
	return wrong(r, v);
}

void report_luks_passphrase(struct report *r, const struct luks_view *v,
			    const struct luks_tried *tried)
{
	struct finding *f = fared(r, v, tried);

	if (tried->cut)
		finding_text(f, EVIDENCE_PASSPHRASE_CUT,
			     "only the first %u characters count, as in cryptsetup",
			     PASSPHRASE_TYPED_MAX);
	if (tried->not_ascii)
		finding_text(
			f, EVIDENCE_PASSPHRASE_CHARACTERS,
			"some are not plain ASCII: their bytes depend on keyboard and terminal");
}
