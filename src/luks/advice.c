// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/advice.h"

#include <stdlib.h>

#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "util/text.h"
#include "util/util.h"

void luks_next_ask_first(struct finding *f, const struct luks_view *v)
{
	const char *place = luks_view_place(v);

	if (v->foreign || v->luks.copies[0].state != LUKS_COPY_ABSENT)
		return;
	finding_next(
		f,
		"No format that is known here is there instead. Before a header is written over "
		"it, see that it is none that is not known here: blkid -p %s; wipefs -n %s.",
		place, place);
}

void luks_next_keep_evidence(struct finding *f, const struct luks_view *v)
{
	finding_next(f,
		     "Write nothing to this disk, and let no cryptsetup command touch it yet: most "
		     "of them repair what they find. Keep a copy elsewhere: "
		     "dd if=%s of=HEADER-AS-FOUND.img bs=1M count=32",
		     luks_view_place(v));
	luks_next_keep_open(f, v);
}

void luks_next_keep_open(struct finding *f, const struct luks_view *v)
{
	if (v->closed)
		return;
	finding_next(f, "If the container is open in a running system, do not close it and do not "
			"switch off: copy the data away first, the kernel still has the key.");
}

/* What lies before the data; cryptsetup mends the copy that it is given. */
void luks_next_copy_header(struct finding *f, const struct luks_view *v)
{
	uint64_t bytes = v->luks.data_offset ? v->luks.data_offset : 16u << 20;
	const char *mapping = v->sealed ? sealed_luks_mapping(v->sealed) : "";

	finding_next(
		f,
		"Open it with a copy of the header: dd if=%s of=/tmp/header bs=4096 count=%llu "
		"conv=noerror,sync; cryptsetup open --header /tmp/header %s %s",
		luks_view_place(v), (unsigned long long)(bytes / 4096), v->device,
		*mapping ? mapping : "NAME");
}

void luks_next_use_backup(struct finding *f, const struct luks_view *v)
{
	/* A header that is written in the wrong place goes over data. */
	if (v->sealed && !luks_is_in_place(v)) {
		luks_next_on_a_copy(f, luks_view_place(v));
		return;
	}
	if (luks_may_be_reencrypting(v)) {
		finding_next(f,
			     "No luksHeaderRestore while a reencryption is in progress: a backup "
			     "tells of another volume key, or of less of it than is done, and what "
			     "lies between would be lost. Try one on an image of the disk.");
		return;
	}
	finding_next(f,
		     "With a header backup: examine it first (bootverdict luks BACKUP-FILE), then: "
		     "cryptsetup luksHeaderRestore %s --header-backup-file BACKUP-FILE",
		     luks_view_place(v));
}

void luks_next_on_a_copy(struct finding *f, const char *place)
{
	finding_next(f,
		     "If it is the one: write nothing to it. On a copy first, and with a header "
		     "backup: dd if=%s of=COPY.img bs=1M; cryptsetup luksHeaderRestore COPY.img "
		     "--header-backup-file BACKUP-FILE; bootverdict luks COPY.img",
		     place);
}

char *luks_header_option(const struct luks_view *v)
{
	return v->header ? text_format("--header %s ", v->header) : text_copy("");
}

void luks_next_look_at_remains(struct finding *f, const struct luks_view *v)
{
	const char *mapping = v->sealed ? sealed_luks_mapping(v->sealed) : "";
	cleanup(free_ptr) char *option = luks_header_option(v);

	if (!luks_is_known(&v->luks))
		return;
	finding_next(
		f,
		"Try a passphrase on it; nothing is written: bootverdict luks %s--try-passphrase %s",
		option, v->device);
	finding_next(
		f,
		"Open the disk with it, and write nothing to the disk: bootverdict luks %s"
		"--save-header HEADER.img %s; cryptsetup open --readonly --header HEADER.img %s "
		"%s",
		option, v->device, v->device, *mapping ? mapping : "NAME");
}

void luks_next_use_remains(struct finding *f, const struct luks_view *v)
{
	luks_next_look_at_remains(f, v);
	/* What is left may be of an earlier step. */
	if (!luks_is_known(&v->luks) || luks_may_be_reencrypting(v))
		return;
	finding_next(f,
		     "Put it back only when that shows your data, and they are copied away: "
		     "cryptsetup luksHeaderRestore %s --header-backup-file HEADER.img",
		     luks_view_place(v));
}

/* Key material of the sealed keyslots, whether or not a header tells of it. */
static slot_set material_left(const struct luks_view *v)
{
	slot_set left = 0;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (v->comparison.slots[i] == SLOT_AS_SEALED ||
		    v->comparison.slots[i] == SLOT_PADDING)
			left |= UINT32_C(1) << i;
	}
	return left;
}

void luks_next_restore_header(struct finding *f, const struct luks_view *v)
{
	slot_set left = material_left(v);
	cleanup(free_ptr) char *text = luks_slots_text(left);

	luks_next_use_backup(f, v);
	if (v->sealed && !luks_is_in_place(v))
		return;
	if (!luks_may_be_reencrypting(v))
		finding_next(f, "A backup brings back the passphrases of its time, and its volume "
				"key: when the disk was reencrypted since, it opens nothing.");
	if (luks_is_known(&v->luks))
		return;
	if (left)
		finding_next(
			f, "The key material of %s is as sealed%s. Do not overwrite it.", text,
			luks_may_be_reencrypting(v)
				? ""
				: ": with a header of that time, also one without key material, "
				  "it opens the disk");
	else if (v->sealed && !v->comparison.shift)
		finding_next(
			f,
			"Neither metadata that can be used nor a whole keyslot of what was sealed is "
			"left in its place: without a backup%s this program knows no way to the "
			"data.",
			v->closed ? "" : " and without an open container");
}

void luks_next_try(struct finding *f, const struct luks_view *v)
{
	cleanup(free_ptr) char *option = luks_header_option(v);

	if (v->refused || v->closed || v->luks.chosen < 0)
		return;
	finding_next(
		f,
		"Was a header backup restored after the last seal? A passphrase that opens the keyslot "
		"proves it, and nothing is written: bootverdict luks %s--try-passphrase %s",
		option, v->device);
}

/*
 * Sealed is what works: nothing beside damage or doubt, nor what no passphrase opened that was tried,
 * nor what the boot stands still at.
 */
static bool may_be_sealed(const struct luks_view *v)
{
	return !v->refused && !v->closed && !v->array.member && !v->namesake &&
	       !luks_has_no_keyslot(v) && judge_luks(v).verdict == VERDICT_STALE;
}

void luks_next_seal(struct finding *f, const struct luks_view *v)
{
	if (!may_be_sealed(v))
		return;
	finding_next(f,
		     "Seal it, so that the next check knows it: bootverdict seal --all (with "
		     "--device %s when the boot does not unlock it)",
		     v->device);
}

void luks_next_ask_whose(struct finding *f, const struct luks_view *v)
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
void luks_next_ask_which(struct finding *f, const struct luks_view *v)
{
	luks_next_ask_whose(f, v);
	luks_next_use_remains(f, v);
	if (!luks_is_known(&v->luks))
		luks_next_restore_header(f, v);
	else if (luks_may_be_reencrypting(v))
		luks_next_use_backup(f, v);
}

/* What it holds may be whole there; an array does not see what is written to a member of it. */
void luks_next_ask_for_array(struct finding *f, const struct luks_view *v)
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
