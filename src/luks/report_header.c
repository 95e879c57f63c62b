// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_header.h"

#include <stdlib.h>

#include "luks/advice.h"
#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/report_copies.h"
#include "luks/report_foreign.h"
#include "luks/report_gone.h"
#include "luks/report_place.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "util/text.h"
#include "util/util.h"

struct finding *report_luks_unreadable(struct report *r, const char *place, bool by_name)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_HEADERS, place,
		"The device cannot read the place where the LUKS header is: Input/output error.");

	finding_not(f, "%s",
		    by_name ? "the passphrase, its length, or the keyboard layout"
			    : luks_not_what());
	finding_next(f,
		     "Look at the kernel's messages about this disk (dmesg), and tell its host's "
		     "administrator. Write nothing to it.");
	finding_next(f, "Copy away what can still be read (ddrescue), and work on the copy.");
	return f;
}

/* What the damage means. LUKS1, and well formed: only the record tells that a field is another. */
static char *meaning_of_damage(const struct luks_view *v)
{
	if (v->luks.chosen >= 0)
		return text_copy(
			"Fields differ that no change by its owner alters like that: the right "
			"passphrase is refused, or the device is not found by its UUID, or "
			"what opens is not the data");
	if (v->luks.only_unused_bad && !v->comparison.fields_bad)
		return text_copy(
			"Only what it says of keyslots that are not in use is, and cryptsetup "
			"may refuse all of it for that; those in use are described as they "
			"must be");
	if (v->luks.rebuilt)
		return text_format(
			"cryptsetup cannot use it as it is, with any passphrase. But it can "
			"be put together, %s",
			luks_rebuilt_proof(v));
	return text_copy(
		"cryptsetup cannot use it as it is, with any passphrase, even the right one");
}

/* What cryptsetup itself does with descriptors of keyslots that are not in use. */
static void repair_unused(struct finding *f, const struct luks_view *v)
{
	finding_next(
		f,
		"On a copy, cryptsetup may make them anew: dd if=%s of=COPY.img bs=1M count=32; "
		"cryptsetup repair COPY.img; bootverdict luks COPY.img",
		luks_view_place(v));
}

static void headers_bad(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	bool unreadable = luks_any_copy_is(l, LUKS_COPY_UNREADABLE);
	const char *what = unreadable	     ? "The device cannot read the LUKS header"
			   : l->version == 1 ? "The LUKS1 header is damaged"
					     : "Both copies of the LUKS2 header are damaged";
	cleanup(free_ptr) char *so = meaning_of_damage(v);
	struct finding *f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_HEADERS,
					   luks_view_place(v), "%s. %s.", what, so);

	luks_header_evidence(f, v);
	luks_remains(f, v);
	finding_not(f, "%s", luks_not_what());
	luks_next_ask_first(f, v);
	luks_next_keep_evidence(f, v);
	if (l->only_unused_bad)
		repair_unused(f, v);
	if (l->rebuilt)
		luks_next_use_remains(f, v);
	luks_next_restore_header(f, v);
}

/* cryptsetup, src/utils_reencrypt_luks1.c: its log and the two headers are in the folder where it ran. */
static void offline_reencryption(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_UNKNOWN, luks_view_place(v),
		"An offline reencryption of this LUKS1 device is in progress, or was interrupted: its magic "
		"is the one that cryptsetup writes meanwhile. cryptsetup does not open it like this.");

	luks_header_evidence(f, v);
	finding_next(
		f,
		"End it with the cryptsetup that began it, in the folder that has its files LUKS-%s.log, "
		".org and .new. Keep these: they have the only headers with keys. Restore no other.",
		*v->luks.uuid ? v->luks.uuid : "UUID");
}

static void of_another_writer(struct report *r, const struct luks_view *v)
{
	bool newer = luks_any_copy_is(&v->luks, LUKS_COPY_UNKNOWN);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_UNKNOWN, luks_view_place(v), "%s %s%s.",
		v->luks.chosen < 0 ? "The LUKS header" : "One copy of the LUKS header",
		newer ? "is of a version that this program does not know"
		      : "has metadata that this program does not accept",
		newer && v->luks.chosen < 0
			? ""
			: ", and its checksum is right: it is as it was written");

	luks_header_evidence(f, v);
	finding_next(f, "Use a newer bootverdict, or ask cryptsetup about a copy of the header, "
			"because it repairs what it reads.");
}

static void damaged_beside_another_writer(struct report *r, const struct luks_view *v, int copy)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_COPY, luks_view_place(v),
		"The %s copy of the LUKS2 header is damaged. The other one %s.",
		luks_copy_name((unsigned int)copy),
		v->luks.copies[!copy].state == LUKS_COPY_BAD_JSON
			? "is as it was written, but this program does not understand it"
			: "is of a kind that this program does not know");

	luks_header_evidence(f, v);
	finding_not(f, "%s", luks_not_what());
	luks_next_ask_first(f, v);
	luks_next_keep_evidence(f, v);
}

/*
 * LUKS1 to LUKS2 moves the areas first; the old header is still there, and converting once more
 * would move what is no longer key material over what is.
 */
static void move_back(struct finding *f, const struct luks_view *v)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < LUKS1_SLOTS; i++) {
		const struct luks_keyslot *s = &v->luks.slots[i];

		if (s->offset + s->length > end)
			end = s->offset + s->length;
	}
	finding_next(f, "Do not convert it again as it is: that overwrites key material.");
	finding_next(
		f,
		"Put the key material back, and look again: dd if=%s of=KEY-MATERIAL bs=4096 "
		"skip=8 count=%llu; dd if=KEY-MATERIAL of=%s bs=4096 seek=1 conv=notrunc,fsync",
		luks_view_place(v), (unsigned long long)((end + BLOCK_SIZE - 1) / BLOCK_SIZE - 1),
		luks_view_place(v));
}

static void conversion_was_cut(struct report *r, const struct luks_view *v)
{
	int64_t shift = v->comparison.shift;
	bool cut_off = !v->luks.version && shift < 0;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_CONVERT, luks_view_place(v),
		"A conversion to LUKS%d was interrupted%s: key material lies %llu bytes %s the place "
		"where it was sealed. No passphrase opens the disk like this, even the right one.",
		shift > 0 ? 2 : 1, cut_off ? ", or so much was cut off the start" : "",
		(unsigned long long)(shift > 0 ? shift : -shift),
		shift > 0 ? "behind" : "in front of");

	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	finding_not(f, "%s", luks_not_what());
	luks_next_keep_evidence(f, v);
	if (v->luks.chosen >= 0)
		move_back(f, v);
	if (cut_off)
		luks_next_on_a_copy(f, luks_view_place(v));
	else
		luks_next_use_backup(f, v);
}

static void unknown_requirement(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_UNKNOWN, luks_view_place(v),
		"The header requires what this program does not know. What can be verified is.");

	finding_text(f, EVIDENCE_REQUIRES, "%s", v->luks.requirements);
	finding_next(f, "Use the cryptsetup that made it, or a newer one.");
}

static void reencryption(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_REENCRYPT, luks_view_place(v),
		"A reencryption is in progress, or was interrupted. That is no damage.");

	f->warning = true;
	if (!luks_slots_damaged(v))
		finding_next(f, "Go on with it: cryptsetup reencrypt --resume-only %s", v->device);
}

static void unused_fields(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_PADDING, luks_view_place(v),
		"Fields of the LUKS1 header differ that no keyslot in use needs: they keep no passphrase "
		"from working. But no cryptsetup command writes them alone.");

	f->warning = true;
	luks_ranges(f, v, v->bad_copies, LUKS_HEADERS);
	finding_next(f, "Have the storage examined.");
}

static void rewritten(struct report *r, const struct luks_view *v)
{
	const bool *same = v->comparison.copy_as_sealed;
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_STALE, luks_view_place(v),
		same[0] || same[1]
			? "A copy of the header has other bytes than were sealed, the same seqid, and a "
			  "right checksum: so looks a damaged copy that cryptsetup repaired silently. It is "
			  "sound now."
			: "Both copies of the header have other bytes than were sealed, the same seqid, and "
			  "right checksums: a header backup was restored, and changed since, or cryptsetup "
			  "repaired both silently, one after the other. It is sound now.");

	finding_number(f, EVIDENCE_SEQID, v->sealed->seqid);
	finding_next(
		f, "Look whether the kernel told of errors of this disk (dmesg, smartctl), or ask "
		   "its host's administrator.");
	luks_next_seal(f, v);
}

static void older_than_sealed(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SEQID, luks_view_place(v),
		"The header is older than the sealed one, and sound in itself: a header backup was "
		"restored, or the disk gave back what it held before.");

	finding_number(f, EVIDENCE_SEQID, v->luks.copies[v->luks.chosen].seqid);
	finding_number(f, EVIDENCE_SEALED_SEQID, v->sealed->seqid);
	finding_next(
		f,
		"When a backup was restored on purpose: bootverdict seal keeps the record of before "
		"until it is forgotten. Then seal it anew: bootverdict seal --all --remove; "
		"bootverdict seal --all (with --device %s when the boot does not unlock it)",
		v->device);
	finding_next(f,
		     "When not: have the storage examined, a snapshot or a lost write looks like "
		     "this.");
}

/* What the record says of a header that is good in itself. */
static void against_record(struct report *r, const struct luks_view *v)
{
	const struct luks_comparison *c = &v->comparison;

	if (c->unused_bad)
		unused_fields(r, v);
	if (c->rewritten)
		rewritten(r, v);
	if (luks_is_older(v))
		older_than_sealed(r, v);
}

static void of_header(struct report *r, const struct luks_view *v)
{
	switch (luks_header_is(v)) {
	case HEADER_GOOD:
		break;
	case HEADER_OF_ANOTHER_WRITER:
		if (v->luks.version == 1)
			offline_reencryption(r, v);
		else
			of_another_writer(r, v);
		break;
	case HEADER_OF_DISK_FORM:
		report_luks_disk_form(r, v);
		break;
	case HEADER_SHIFTED:
		conversion_was_cut(r, v);
		break;
	case HEADER_FURTHER_IN:
		if (v->sealed)
			report_luks_moved(r, v);
		else
			report_luks_inside(r, v);
		break;
	case HEADER_FOREIGN:
		report_luks_foreign(r, v);
		break;
	case HEADER_NOISE:
		report_luks_noise(r, v);
		break;
	case HEADER_TOO_SMALL:
		report_luks_too_small(r, v);
		break;
	case HEADER_GONE:
		report_luks_gone(r, v);
		break;
	case HEADER_DAMAGED:
		headers_bad(r, v);
		break;
	case HEADER_SLOT_FOREIGN:
		report_luks_foreign_in_keyslot(r, v);
		break;
	case HEADER_ERASED:
		report_luks_erased(r, v);
		break;
	case HEADER_UPDATE_CUT:
		report_luks_update_cut(r, v);
		break;
	case HEADER_RESTORE_CUT:
		report_luks_restore_cut(r, v);
		break;
	case HEADER_COPY_BAD:
		report_luks_copy_bad(r, v);
		break;
	case HEADER_COPIES_DIFFER:
		report_luks_copies_differ(r, v);
		break;
	}
}

void report_luks_header(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	int copy = luks_damaged_beside_another_writer(l);

	if (copy >= 0)
		damaged_beside_another_writer(r, v, copy);
	of_header(r, v);
	if (l->chosen < 0)
		return;
	if (luks_may_be_elsewhere(v))
		report_luks_data_elsewhere(r, v);
	else if (luks_is_too_small(v))
		report_luks_too_small(r, v);
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (l->copies[i].unused_bad)
			report_luks_unused_bytes(r, v, i);
	}
	if (v->sealed)
		against_record(r, v);
	if (*l->requirements)
		unknown_requirement(r, v);
	if (l->reencrypting)
		reencryption(r, v);
}
