// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_header.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "luks/advice.h"
#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "storage/device.h"
#include "util/text.h"
#include "util/util.h"

static const char *copy_name(unsigned int copy)
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
static bool is_behind_header(const struct luks_view *v)
{
	return v->foreign && v->foreign_at >= first_copy_ends(&v->luks);
}

static void add_evidence(struct finding *f, const struct luks_view *v)
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
		finding_text(f, is_behind_header(v) ? EVIDENCE_FURTHER_IN : EVIDENCE_AT_START, "%s",
			     v->other);
	if (v->member)
		finding_text(f, EVIDENCE_AT_END, "%s", v->member);
	if (v->sealed)
		finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	luks_ranges(f, v, v->bad_copies, LUKS_HEADERS);
}

static const char *not_what(void)
{
	return "the passphrase, its length, the keyboard layout, crypttab, or the initramfs";
}

struct finding *report_luks_unreadable(struct report *r, const char *place, bool by_name)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_HEADERS, place,
		"The device cannot read the place where the LUKS header is: Input/output error.");

	finding_not(f, "%s",
		    by_name ? "the passphrase, its length, or the keyboard layout" : not_what());
	finding_next(f,
		     "Look at the kernel's messages about this disk (dmesg), and tell its host's "
		     "administrator. Write nothing to it.");
	finding_next(f, "Copy away what can still be read (ddrescue), and work on the copy.");
	return f;
}

/* On what the header that was put together stands. */
static const char *proof_of(const struct luks_view *v)
{
	if (v->luks.rebuilt == LUKS_REBUILT_PROVEN)
		return "as its checksum proves";
	return v->luks.version == 1
		       ? "as the format prescribes it; LUKS1 has no checksum that would "
			 "prove it, a passphrase that opens a keyslot does"
		       : "from metadata that no checksum proves any more, but a "
			 "passphrase that opens a keyslot does";
}

static void tell_remains(struct finding *f, const struct luks_view *v)
{
	slot_set sound = luks_slots_sound(v);
	cleanup(free_ptr) char *text = luks_slots_text(sound);

	if (*v->luks.left)
		finding_text(f, EVIDENCE_WHAT_IS_LEFT, "%s", v->luks.left);
	if (!v->luks.rebuilt)
		return;
	finding_text(f, EVIDENCE_WHAT_IS_LEFT, "all of a header, %s", proof_of(v));
	if (sound)
		finding_text(f, EVIDENCE_AS_SEALED, "%s", text);
}

/* What has the signature alone cryptsetup may take for what it was. */
static const char *does_not_open(const struct luks_view *v)
{
	if (v->wiped && !luks_is_refused(v))
		return "cryptsetup sees nothing of it, and writes the good copy over it when it opens "
		       "the disk.";
	return luks_is_refused(v)
		       ? "cryptsetup does not open it like this."
		       : "cryptsetup may not open it like this: it does not when it takes "
			 "that for more than a signature.";
}

static void ask_whose(struct finding *f, const struct luks_view *v)
{
	finding_next(
		f,
		"Which of the two shall it be? When it is %s now, by its owner's wish: take it "
		"out of crypttab, and change nothing on it.",
		v->other);
	finding_next(
		f,
		"When it shall be LUKS: no cryptsetup repair yet, which writes over %s. Keep a "
		"copy elsewhere first: dd if=%s of=AS-FOUND.img bs=1M count=32",
		v->other, luks_view_place(v));
}

/* Which of the two is wanted is not for a program to say. */
static void ask_which(struct finding *f, const struct luks_view *v)
{
	ask_whose(f, v);
	luks_next_use_remains(f, v);
	if (!luks_is_known(&v->luks))
		luks_next_restore_header(f, v);
	else if (luks_may_be_reencrypting(v))
		luks_next_use_backup(f, v);
}

/* What it holds may be whole there; an array does not see what is written to a member of it. */
static void ask_for_array(struct finding *f, const struct luks_view *v)
{
	if (!v->member || v->left_over)
		return;
	finding_next(
		f,
		"By the signature at its end it is %s. When it is: start the array, and examine that: "
		"bootverdict luks /dev/mdN (or /dev/drbdN). Write nothing to one member alone, and let no "
		"cryptsetup command repair it.",
		v->member);
	finding_next(
		f,
		"When it is none any more: keep a copy elsewhere first (dd if=%s of=AS-FOUND.img bs=1M "
		"count=32), then cryptsetup repair %s, which warns of it.",
		luks_view_place(v), v->device);
}

/* In which keyslot's area; "": in none that is known. */
static char *keyslot_there(const struct luks_view *v)
{
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		const struct luks_keyslot *s = &v->luks.slots[i];

		if (s->present && v->foreign_at >= s->offset &&
		    v->foreign_at - s->offset < s->length)
			return text_format(", in the area of keyslot %u", i);
	}
	return text_copy("");
}

/* "where the LUKS header was", or where else, and that the header is not good either. */
static char *where_foreign(const struct luks_view *v)
{
	const char *header = v->luks.version == 2 ? "the first copy of a" : "the";
	cleanup(free_ptr) char *slot = NULL;

	if (!is_behind_header(v))
		return text_format("where %s LUKS header was", header);
	slot = keyslot_there(v);
	return text_format("at offset %" PRIu64 "%s, and %s LUKS header is not good", v->foreign_at,
			   slot, header);
}

static void foreign(struct report *r, const struct luks_view *v)
{
	cleanup(free_ptr) char *where = where_foreign(v);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_FOREIGN, luks_view_place(v),
		"%s lies %s%s. %s A program "
		"may have written it by its owner's wish or by mistake, or it belongs elsewhere: the "
		"bytes do not tell.%s",
		v->other, where,
		v->luks.chosen >= 0 ? ", and the second copy is good"
		: v->luks.rebuilt   ? ", and what is left is enough to put the header together"
				    : ", and not enough of it is left",
		does_not_open(v),
		v->wiped ? " Its magic alone was erased since, as wipefs does it." : "");

	f->summary[0] = (char)toupper((unsigned char)f->summary[0]);
	add_evidence(f, v);
	tell_remains(f, v);
	ask_which(f, v);
}

static const char *what_was_erased(const struct luks *l)
{
	if (luks_is_erased_and_overwritten(l))
		return "the second copy of the";
	if (l->version == 1)
		return "the";
	return l->chosen < 0 ? "both copies of the" : "one copy of the";
}

/* No command that would write a header, or over a keyslot: what is there now may be in use. */
static void foreign_in_keyslot(struct report *r, const struct luks_view *v)
{
	int slot = luks_slot_overwritten(v);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_FOREIGN, luks_view_place(v),
		"%s lies at offset %" PRIu64
		", in the area of keyslot %d, whose key material is not there "
		"any more. The LUKS1 header in front of it is as a format leaves it that begins further "
		"in. A program may have written it by its owner's wish or by mistake, or it belongs "
		"elsewhere: the bytes do not tell.",
		v->other, v->foreign_at, slot);

	f->summary[0] = (char)toupper((unsigned char)f->summary[0]);
	finding_number(f, EVIDENCE_KEYSLOT, (uint64_t)slot);
	luks_ranges(f, v, v->bad, LUKS_SLOTS_MAX);
	ask_whose(f, v);
	finding_next(
		f,
		"A passphrase of another keyslot may open what is left of it; nothing is written: "
		"bootverdict luks --try-passphrase %s",
		v->device);
}

static void erased(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ERASED, luks_view_place(v),
		"The magic of %s LUKS%d header was erased, its first six bytes, and all else is %s. "
		"So wipefs leaves it, pvcreate, mkfs and installers; a disk loses whole sectors. %s%s",
		what_was_erased(l), l->version,
		l->version == 2 ? "right, as its checksum proves once they are put back"
				: "well formed",
		luks_is_erased_and_overwritten(l)
			? "The first copy has none either: something was written over it. "
			: "",
		!luks_may_be_refused(v)
			? "The other copy is good, and cryptsetup puts it back when it opens the "
			  "disk."
			: does_not_open(v));

	add_evidence(f, v);
	tell_remains(f, v);
	ask_for_array(f, v);
	if (l->chosen >= 0)
		return;
	finding_next(f,
		     "When it was erased on purpose, take it out of crypttab; nothing is broken.");
	luks_next_use_remains(f, v);
	if (luks_may_be_reencrypting(v))
		luks_next_use_backup(f, v);
}

static void no_header_without_record(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_GONE, luks_view_place(v),
		"There is no LUKS header here%s.%s",
		*v->luks.left	  ? ", but what is left of one of LUKS1: its beginning was "
				    "overwritten, by its owner's wish or not"
		: v->luks.rebuilt ? ", but the metadata of one: it was overwritten, by its "
				    "owner's wish or not"
				  : ". Whether there ever was one, nothing here tells",
		v->namesake ? "" : " No sealed record is one of this device.");

	add_evidence(f, v);
	tell_remains(f, v);
	ask_for_array(f, v);
	luks_next_use_remains(f, v);
	if (*v->luks.left) {
		luks_next_keep_evidence(f, v);
		luks_next_use_backup(f, v);
		finding_next(f, "Try whatever you try on a copy of the whole disk.");
	}
	if (v->like_data && !v->header)
		finding_next(
			f,
			"What is at its start looks random, as the data of a container do whose header is "
			"in a file or on a device elsewhere, or of plain dm-crypt. With that header: "
			"bootverdict luks --header FILE %s",
			v->device);
	finding_next(f,
		     "Is it the right device? A partition inside it, or a disk with another name? "
		     "(lsblk -o NAME,SIZE,FSTYPE,UUID)");
	if (!v->namesake)
		finding_next(f,
			     "With a record of it elsewhere: bootverdict luks --manifest FILE %s",
			     luks_view_place(v));
}

/*
 * A name alone says that it is the place. What is told to be searched is what luks_find_near() and
 * luks_is_moved() search.
 */
static void not_here(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_GONE, luks_view_place(v),
		"A LUKS container was sealed under this name, and neither its header nor its key material "
		"is found here%s%s. Searched were the places that they had, the first 4 MiB%s. %s, or all "
		"of its start was overwritten.",
		v->other ? "; at the start there is now: " : "", v->other ? v->other : "",
		v->header ? "" : ", and of a partition the 4 MiB in front of it",
		v->header
			? "It is another file"
			: "The container begins elsewhere (another partition table), the name leads to "
			  "another disk");

	if (v->member)
		finding_text(f, EVIDENCE_AT_END, "%s", v->member);
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	if (v->foreign) {
		ask_which(f, v);
		return;
	}
	finding_next(f, "Write nothing here, and no header: in a wrong place that goes over data.");
	if (!v->header)
		finding_next(
			f,
			"Was the partition table written anew, or a partition or volume moved? "
			"Compare its start with an older copy of the table (fdisk -l; sfdisk "
			"--dump). Is the sealed one there by another name? (lsblk -o "
			"NAME,SIZE,FSTYPE,UUID,PARTUUID) Two disks bear the same name when one, or "
			"its table, was cloned.");
	luks_next_keep_open(f, v);
	luks_next_restore_header(f, v);
}

/* Nothing that would write to it is named: what is there now may be in use. */
static void noise(struct report *r, const struct luks_view *v)
{
	bool copy = v->luks.chosen >= 0;
	const char *place = luks_view_place(v);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, copy ? FINDING_LUKS_COPY : FINDING_LUKS_GONE, place,
		"The first block is noise, where %s began, and all else that is seen of the container is as "
		"it was: the disk lost that block, or somebody overwrote it: swap with a random key "
		"begins so.",
		copy ? "the first copy of the LUKS2 header" : "the LUKS1 header");

	add_evidence(f, v);
	finding_next(
		f, "Was this disk made swap, or something else that is encrypted with another key "
		   "(crypttab, fstab; swapon --show; lsblk)? Then take the LUKS container out of "
		   "crypttab, and nothing is lost. Let no cryptsetup command repair or open it, "
		   "which would write over what is in use.");
	finding_next(f, "Did the disk report errors? dmesg; smartctl -a");
	luks_next_keep_open(f, v);
	if (copy)
		finding_next(
			f,
			"On a copy, with the second copy of the header: dd if=%s of=COPY.img bs=1M; "
			"cryptsetup repair COPY.img; bootverdict luks COPY.img",
			place);
	else
		luks_next_on_a_copy(f, place);
}

static void header_gone(struct report *r, const struct luks_view *v)
{
	struct finding *f;

	if (!v->sealed) {
		no_header_without_record(r, v);
		return;
	}
	if (!luks_is_in_place(v)) {
		not_here(r, v);
		return;
	}
	if (luks_begins_with_noise(v)) {
		noise(r, v);
		return;
	}
	f = report_finding(r, v->foreign ? VERDICT_INCONCLUSIVE : VERDICT_STORAGE_CORRUPTION,
			   FINDING_LUKS_GONE, luks_view_place(v),
			   "The LUKS header that was sealed is not there any more%s%s.",
			   v->other ? "; where it began there is now: " : "",
			   v->other ? v->other : "");
	add_evidence(f, v);
	tell_remains(f, v);
	if (v->foreign) {
		ask_which(f, v);
		return;
	}
	finding_not(f, "%s", not_what());
	luks_next_ask_first(f, v);
	luks_next_keep_evidence(f, v);
	luks_next_restore_header(f, v);
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
			proof_of(v));
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

	add_evidence(f, v);
	tell_remains(f, v);
	finding_not(f, "%s", not_what());
	luks_next_ask_first(f, v);
	luks_next_keep_evidence(f, v);
	if (l->only_unused_bad)
		repair_unused(f, v);
	if (l->rebuilt)
		luks_next_use_remains(f, v);
	luks_next_restore_header(f, v);
}

static void data_elsewhere(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SIZE, luks_view_place(v),
		"Its header says that the data begin at byte %" PRIu64 ", and there are %" PRIu64
		" bytes: %s, or it is the detached header of another device.",
		l->data_offset, l->size,
		l->version == 1 ? "the device became shorter, or that field is damaged (LUKS1 has "
				  "no checksum)"
				: "the device became shorter");

	finding_number(f, EVIDENCE_NEEDED, l->data_offset);
	finding_number(f, EVIDENCE_THERE, l->size);
	finding_next(f, "A partition: is it as long in the partition table as it was? (fdisk -l; "
			"sfdisk --dump) Write nothing to the disk before it is.");
	finding_next(f, "A detached header: bootverdict luks --header %s DEVICE",
		     luks_view_place(v));
}

/* Its header is right by its own checksum; whether the rest is behind the end, or lost, is not seen. */
static void too_small(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	uint64_t needed = l->needed > l->size	  ? l->needed
			  : l->data_end > l->size ? l->data_end
						  : l->data_offset;
	slot_set cut = luks_slots_cut(v);
	cleanup(free_ptr) char *slots = luks_slots_text(cut);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SIZE, luks_view_place(v),
		"It is too small for the LUKS%d container that begins on it: that needs %s%" PRIu64
		" bytes, and there are %" PRIu64
		". cryptsetup does not open it. The partition or volume was made smaller, it was copied "
		"to a smaller one, or the disk answers with less than it has.",
		l->version, l->chosen < 0 ? "at least " : "", needed, l->size);

	finding_number(f, EVIDENCE_NEEDED, needed);
	finding_number(f, EVIDENCE_THERE, l->size);
	if (cut)
		finding_text(f, EVIDENCE_BEHIND_END, "%s", slots);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	finding_next(f, "A partition: is it as long in the partition table as it was? (fdisk -l; "
			"sfdisk --dump) Write nothing to the disk before it is.");
	finding_next(
		f,
		"A copy or an image: it ends too early. Copy it again, and compare the sizes. A whole "
		"disk: does it tell the size that it had? (dmesg; fdisk -l)");
}

static char *inside_command(const struct luks_view *v)
{
	const char *place = luks_view_place(v);
	char part[64];

	if (device_at(place, v->luks.inside.offset, part, sizeof(part)))
		return text_format("bootverdict luks %s", part);
	return text_format(
		"bootverdict luks \"$(losetup --read-only --find --show --offset %" PRIu64 " %s)\"",
		v->luks.inside.offset, place);
}

/*
 * The bytes in front of the start are not here, or not known to be there: those who copied it began too
 * late, or the device begins too late.
 */
static void container_cut_off(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	const char *place = luks_view_place(v);
	uint64_t before = l->inside.before;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_INSIDE, place,
		"%s not in its place: the container begins %" PRIu64 " bytes in front of what "
		"is here. Its start was cut off when it was copied, or the device begins too late. "
		"cryptsetup does not find it like this.",
		v->sealed ? "What was sealed of the LUKS container is here,"
			  : "The second copy of a LUKS2 header is here, and good,",
		before);

	if (v->other)
		finding_text(f, EVIDENCE_AT_START, "%s", v->other);
	finding_text(f, v->sealed ? EVIDENCE_SEALED_UUID : EVIDENCE_CONTAINER_UUID, "%s",
		     l->inside.uuid);
	finding_number(f, EVIDENCE_BYTES_MISSING_IN_FRONT, before);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	finding_next(
		f,
		"Write nothing to it: a header that is restored or repaired now goes to the wrong "
		"place, into key material or the data.");
	finding_next(
		f,
		"An image: copy it again from where it came from, from the first byte on. A device: "
		"its start has to be earlier by so many bytes, %" PRIu64
		" in sectors of 512 (losetup "
		"--list; sfdisk --dump).",
		before / 512);
	finding_next(
		f,
		"When what was in front is lost: in a copy, put its place back, and examine that: { "
		"head -c %" PRIu64 " /dev/zero; cat %s; } >WHOLE.img; bootverdict luks WHOLE.img",
		before, place);
}

/* Where a container that moved begins: the device to count from, and the byte there. */
static uint64_t moved_to(const struct luks_view *v, const struct location *start,
			 const char **device)
{
	const struct luks *l = &v->luks;
	bool is_part = start->known && strcmp(start->disk, start->device) != 0;

	*device = is_part ? start->disk : luks_view_place(v);
	return (is_part ? start->lba * 512 : 0) + l->inside.offset - l->inside.before;
}

static void next_put_start_back(struct finding *f, const struct location *start, uint64_t byte)
{
	finding_next(
		f,
		"Put the start of the partition back, byte %" PRIu64 ", sector %" PRIu64 " of 512 "
		"bytes: sfdisk "
		"--dump %s >TABLE, on another disk; in a copy of it, start= and size= of %s as "
		"they were; sfdisk --wipe never --wipe-partitions never --no-reread %s <COPY. "
		"Then restart, or partprobe %s.",
		byte, byte / 512, start->disk, start->device, start->disk, start->disk);
}

/*
 * The sealed one, and its device begins elsewhere than it did: whatever restores a header would write
 * into the data.
 */
static void container_moved(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	struct location start;
	const char *device;
	uint64_t byte;
	struct finding *f;

	device_locate(luks_view_place(v), 0, &start);
	byte = moved_to(v, &start, &device);
	/* Below 0. */
	if (byte > INT64_MAX) {
		container_cut_off(r, v);
		return;
	}
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_INSIDE, luks_view_place(v),
		"The LUKS%d container that was sealed is there, but it begins %" PRIu64
		" bytes %s: "
		"%s. %scryptsetup does not find it like this.",
		l->inside.version, l->inside.before ? l->inside.before : l->inside.offset,
		l->inside.before ? "in front of the start" : "further in",
		device == start.disk
			? "the partition table gives another start than when it was sealed"
			: "what it lies on begins elsewhere than when it was sealed",
		l->inside.whole ? "Its header is good. " : "");
	if (v->other)
		finding_text(f, EVIDENCE_AT_START, "%s", v->other);
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	finding_text(f, EVIDENCE_BEGINS_AT, "at byte %" PRIu64 " of %s", byte, device);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	finding_next(f,
		     "Write nothing to the disk: a header that is restored or repaired now goes to "
		     "the wrong place, into the data.");
	finding_next(
		f,
		"See whether all of it is there: bootverdict luks \"$(losetup --read-only --find "
		"--show --offset %" PRIu64 " %s)\"",
		byte, device);
	if (device == start.disk)
		next_put_start_back(f, &start, byte);
}

static void look_into(struct finding *f, const struct luks_view *v)
{
	const struct layer *l = v->layer;
	const char *place = luks_view_place(v);

	if (!l->format) {
		finding_next(
			f,
			"Unpack it to a new file, elsewhere: %s -dc %s >DISK.img; bootverdict luks "
			"DISK.img",
			l->unpack, place);
		return;
	}
	finding_next(f,
		     "Attach it, read only: modprobe nbd max_part=16; qemu-nbd -r -c /dev/nbd0 "
		     "-f %s %s. Then name the partition: lsblk -o NAME,SIZE,FSTYPE /dev/nbd0; "
		     "bootverdict luks /dev/nbd0p1",
		     l->format, place);
	finding_next(f,
		     "Or write what it holds to a new file, elsewhere: qemu-img convert -f %s -O "
		     "raw %s DISK.img; bootverdict luks DISK.img",
		     l->format, place);
}

static void layer(struct report *r, const struct luks_view *v)
{
	const struct layer *l = v->layer;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_LAYER, luks_view_place(v),
		"It begins as %s, not as a disk byte for byte: what it holds is seen when it is %s.%s",
		l->name, l->format ? "attached" : "unpacked",
		v->sealed
			? " A LUKS container was sealed under this name, and nothing of it is here: "
			  "it was converted, or written over."
			: "");

	if (!v->sealed) {
		look_into(f, v);
		return;
	}
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	luks_next_keep_evidence(f, v);
	finding_next(f, "Which of the two shall it be? When %s, restore no header.", l->name);
	look_into(f, v);
	luks_next_restore_header(f, v);
}

static void container_inside(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	cleanup(free_ptr) char *command = NULL;
	struct finding *f;

	if (l->inside.cut) {
		container_cut_off(r, v);
		return;
	}
	command = inside_command(v);
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_INSIDE, luks_view_place(v),
		"A LUKS%d container begins at byte %" PRIu64
		" in it, and none at its start: it is what "
		"the container lies on (a disk with partitions, a RAID member, a physical volume).",
		l->inside.version, l->inside.offset);

	if (v->other)
		finding_text(f, EVIDENCE_AT_START, "%s", v->other);
	finding_text(f, EVIDENCE_CONTAINER_UUID, "%s", l->inside.uuid);
	finding_next(f, "Name the partition or volume that begins there: %s", command);
}

/* cryptsetup, src/utils_reencrypt_luks1.c: its log and the two headers are in the folder where it ran. */
static void offline_reencryption(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_UNKNOWN, luks_view_place(v),
		"An offline reencryption of this LUKS1 device is in progress, or was interrupted: its magic "
		"is the one that cryptsetup writes meanwhile. cryptsetup does not open it like this.");

	add_evidence(f, v);
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

	add_evidence(f, v);
	finding_next(f, "Use a newer bootverdict, or ask cryptsetup about a copy of the header, "
			"because it repairs what it reads.");
}

static void damaged_beside_another_writer(struct report *r, const struct luks_view *v, int copy)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_COPY, luks_view_place(v),
		"The %s copy of the LUKS2 header is damaged. The other one %s.",
		copy_name((unsigned int)copy),
		v->luks.copies[!copy].state == LUKS_COPY_BAD_JSON
			? "is as it was written, but this program does not understand it"
			: "is of a kind that this program does not know");

	add_evidence(f, v);
	finding_not(f, "%s", not_what());
	luks_next_ask_first(f, v);
	luks_next_keep_evidence(f, v);
}

/* cryptsetup 2.7 repairs a copy that is damaged, but refuses a disk that cannot read one. */
static void one_copy_unreadable(struct report *r, const struct luks_view *v, unsigned int bad)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_COPY, luks_view_place(v),
		"The %s copy of the LUKS2 header cannot be read; the %s one is good. cryptsetup does "
		"not open the disk like this, but with a copy of its header.",
		copy_name(bad), copy_name(!bad));

	add_evidence(f, v);
	finding_not(f, "%s", not_what());
	luks_next_copy_header(f, v);
	finding_next(f, "Have the storage examined: it cannot read what was written.");
}

static const char *what_is_bad(const struct luks_copy *c)
{
	if (c->state == LUKS_COPY_BAD_CHECKSUM)
		return "is damaged, as its checksum shows";
	return c->state == LUKS_COPY_ABSENT ? "is gone: other bytes are in its place"
					    : "is damaged: it contradicts the format";
}

static void one_copy_bad(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	unsigned int bad = l->chosen == 0 ? 1 : 0;
	cleanup(free_ptr) char *option = NULL;
	struct finding *f;

	if (l->copies[bad].state == LUKS_COPY_UNREADABLE) {
		one_copy_unreadable(r, v, bad);
		return;
	}
	option = luks_header_option(v);
	f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_COPY, luks_view_place(v),
		"The %s copy of the LUKS2 header %s; the %s one is good, and cryptsetup %s",
		copy_name(bad), what_is_bad(&l->copies[bad]), copy_name((unsigned int)l->chosen),
		luks_is_refused(v)
			? "refuses the disk all the same, because the signature of another format "
			  "is on it, too."
		: v->foreign
			? "may refuse the disk all the same, because the signature of another format "
			  "is on it, too."
			: "uses that, and writes it over the damaged one without a word when it "
			  "opens the disk, unless it finds the signature of another format. The "
			  "disk stays what it is.");
	add_evidence(f, v);
	finding_not(f, "%s", not_what());
	luks_next_ask_first(f, v);
	finding_next(f, "Have the storage examined: it does not give back what was written, unless "
			"something else wrote there.");
	if (v->foreign)
		ask_which(f, v);
	ask_for_array(f, v);
	if (!v->foreign && !v->member)
		finding_next(f, "Then, or when the report is safely kept: cryptsetup repair %s%s",
			     option, v->device);
	finding_next(f,
		     "Keep a header backup on another disk: cryptsetup luksHeaderBackup %s "
		     "--header-backup-file BACKUP-FILE",
		     luks_view_place(v));
}

static void make_equal(struct finding *f, const struct luks_view *v, const char *option)
{
	if (!v->foreign && !v->member) {
		finding_next(f, "Make them equal again: cryptsetup repair %s%s", option, v->device);
		return;
	}
	finding_next(f,
		     "cryptsetup %s open it like this, because the signature of another format "
		     "is on it, too: %s.",
		     luks_is_refused(v) ? "does not" : "may not",
		     v->foreign ? v->other : v->member);
	if (v->foreign)
		ask_which(f, v);
	ask_for_array(f, v);
}

/*
 * An update writes the first copy, then the second. When the power goes between them the numbers
 * differ by one, and nothing is lost.
 */
static void copies_differ(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	unsigned int newer = l->copies[0].seqid > l->copies[1].seqid ? 0 : 1;
	const struct luks_copy *old = &l->copies[!newer];
	bool reverted = v->sealed && old->seqid < v->sealed->seqid;
	cleanup(free_ptr) char *option = luks_header_option(v);
	struct finding *f;

	f = report_finding(
		r, reverted ? VERDICT_STORAGE_CORRUPTION : VERDICT_INCONCLUSIVE, FINDING_LUKS_SEQID,
		luks_view_place(v),
		reverted
			? "The %s copy of the LUKS2 header is older than the sealed one: the disk "
			  "gave back old bytes, or never wrote the new ones. The %s copy counts."
			: "The %s copy of the LUKS2 header is older than the %s one, which counts: an "
			  "update was interrupted, or the disk did not write all of it.",
		copy_name(!newer), copy_name(newer));
	finding_number(f, EVIDENCE_FIRST_SEQID, l->copies[0].seqid);
	finding_number(f, EVIDENCE_SECOND_SEQID, l->copies[1].seqid);
	if (v->sealed)
		finding_number(f, EVIDENCE_SEALED_SEQID, v->sealed->seqid);
	make_equal(f, v, option);
}

static void restore_was_cut(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	cleanup(free_ptr) char *option = luks_header_option(v);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SEQID, luks_view_place(v),
		"The first copy of the LUKS2 header, or its start, is of an older header than what lies "
		"behind it: restoring a header backup, which writes from the front, was stopped, or the "
		"disk gave back old bytes, or never wrote the new ones. The %s copy counts.",
		copy_name((unsigned int)l->chosen));

	add_evidence(f, v);
	finding_number(f, EVIDENCE_FIRST_SEQID, l->copies[0].seqid);
	finding_number(f, EVIDENCE_SECOND_SEQID, l->copies[1].seqid);
	if (v->sealed)
		finding_number(f, EVIDENCE_SEALED_SEQID, v->sealed->seqid);
	finding_next(
		f, "Was a header restored here (luksHeaderRestore, dd), and stopped? Then end that "
		   "with the same backup, or make the copies equal. When not: have the storage "
		   "examined.");
	make_equal(f, v, option);
}

static void update_was_cut(struct report *r, const struct luks_view *v)
{
	unsigned int good = (unsigned int)v->luks.chosen;
	cleanup(free_ptr) char *option = luks_header_option(v);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SEQID, luks_view_place(v),
		v->luks.copies[!good].unfinished
			? "The %s copy of the LUKS2 header is half an update: its checksum was not "
			  "written any more, as when the power goes meanwhile. The %s copy counts, "
			  "and is good."
			: "There is no %s copy of the LUKS2 header; the %s one is good. Its seqid is "
			  "that of the first update after it was made: the other copy was not written "
			  "yet then, or it was lost.",
		copy_name(!good), copy_name(good));

	finding_number(f, EVIDENCE_FIRST_SEQID, v->luks.copies[0].seqid);
	finding_number(f, EVIDENCE_SECOND_SEQID, v->luks.copies[1].seqid);
	if (!v->luks.copies[!good].unfinished)
		finding_next(f,
			     "Was it stopped while cryptsetup made or converted it? When not, have "
			     "the storage examined.");
	make_equal(f, v, option);
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
	finding_not(f, "%s", not_what());
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

static bool both_good(const struct luks *l)
{
	return l->version == 2 && luks_both_copies_are(l, LUKS_COPY_GOOD);
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

/* Of those who take the disk for one without a partition table it is often all that is there. */
static void boot_mark(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INTACT, FINDING_LUKS_PADDING, luks_view_place(v),
		"Behind the checksum of the first copy of the LUKS2 header lies 55 aa, the mark of a boot "
		"sector, in bytes that nothing uses. A partitioning tool, another system or a firmware "
		"wrote it, and nothing has to be done.");

	f->warning = true;
	luks_ranges(f, v, v->bad_copies, 1);
}

static void unused_bytes(struct report *r, const struct luks_view *v, unsigned int copy)
{
	struct finding *f;

	if (v->luks.copies[copy].boot_mark) {
		boot_mark(r, v);
		return;
	}
	f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_PADDING, luks_view_place(v),
		"Behind the checksum of the %s copy of the LUKS2 header there are bytes that nothing uses, "
		"and they are not zero: they keep no passphrase from working. But cryptsetup writes zeros "
		"there.",
		copy_name(copy));

	f->warning = true;
	luks_ranges(f, v, &v->bad_copies[copy], 1);
	finding_next(f, "Have the storage examined, unless another program wrote there.");
}

static void rewritten(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE, FINDING_LUKS_STALE, luks_view_place(v),
		"A copy of the header has other bytes than were sealed, the same seqid, and a right "
		"checksum: so looks a damaged copy that cryptsetup repaired silently. It is sound now.");

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

void report_luks_header(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	int copy = luks_damaged_beside_another_writer(l);

	if (copy >= 0)
		damaged_beside_another_writer(r, v, copy);
	if (luks_is_of_another_writer(l) && l->version == 1)
		offline_reencryption(r, v);
	else if (luks_is_of_another_writer(l))
		of_another_writer(r, v);
	else if (l->chosen < 0 && luks_is_layer(v))
		layer(r, v);
	else if (v->comparison.shift)
		conversion_was_cut(r, v);
	else if (l->chosen < 0 && luks_holds_another(v) && v->sealed)
		container_moved(r, v);
	else if (l->chosen < 0 && luks_holds_another(v))
		container_inside(r, v);
	else if (luks_is_overwritten(v) && l->version)
		foreign(r, v);
	else if (l->chosen < 0 && luks_is_too_small(v) && !v->comparison.fields_bad &&
		 !luks_is_erased(l))
		too_small(r, v);
	else if (l->chosen < 0 && luks_both_copies_are(l, LUKS_COPY_ABSENT) &&
		 !(v->sealed && l->rebuilt))
		header_gone(r, v);
	else if (v->comparison.fields_bad)
		headers_bad(r, v);
	else if (luks_slot_overwritten(v) >= 0)
		foreign_in_keyslot(r, v);
	else if (luks_is_erased(l))
		erased(r, v);
	else if (l->chosen < 0)
		headers_bad(r, v);
	else if (luks_update_was_cut(v))
		update_was_cut(r, v);
	else if (luks_begins_with_noise(v))
		noise(r, v);
	else if (luks_restore_was_cut(v))
		restore_was_cut(r, v);
	else if (l->version == 2 && !both_good(l) && !luks_any_copy_is(l, LUKS_COPY_CUT))
		one_copy_bad(r, v);
	else if (both_good(l) && l->copies[0].seqid != l->copies[1].seqid)
		copies_differ(r, v);
	if (l->chosen < 0)
		return;
	if (luks_may_be_elsewhere(v))
		data_elsewhere(r, v);
	else if (luks_is_too_small(v))
		too_small(r, v);
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (l->copies[i].unused_bad)
			unused_bytes(r, v, i);
	}
	if (v->sealed)
		against_record(r, v);
	if (*l->requirements)
		unknown_requirement(r, v);
	if (l->reencrypting)
		reencryption(r, v);
}
