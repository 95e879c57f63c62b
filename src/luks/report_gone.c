// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_gone.h"

#include <inttypes.h>
#include <stdlib.h>

#include "luks/advice.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "util/text.h"
#include "util/util.h"

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

	luks_header_evidence(f, v);
	luks_remains(f, v);
	if (v->others)
		finding_text(f, EVIDENCE_SEALED_ELSEWHERE, "%s", v->others);
	luks_next_ask_for_array(f, v);
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
		luks_next_ask_which(f, v);
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

static const char *what_began(const struct luks_view *v)
{
	if (v->luks.chosen >= 0)
		return "the first copy of the LUKS2 header";
	return v->luks.version == 2 || v->sealed->version == 2 ? "the LUKS2 header"
							       : "the LUKS1 header";
}

/* Nothing that would write to it is named: what is there now may be in use. */
void report_luks_noise(struct report *r, const struct luks_view *v)
{
	bool copy = v->luks.chosen >= 0, block = v->noise <= BLOCK_SIZE;
	const char *place = luks_view_place(v);
	cleanup(free_ptr) char *rest =
		block ? text_copy(
				"and all else that is seen of the container is as it was: the disk "
				"lost that block, or somebody overwrote it")
		      : text_format(
				"and so is all else of the container that is not as it was, %" PRIu64
				" bytes in all: the disk lost them, or somebody overwrote them",
				v->noise);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, copy ? FINDING_LUKS_COPY : FINDING_LUKS_GONE, place,
		"The first block is noise, where %s began, %s. So looks what is encrypted with "
		"another key, as swap or /tmp with a random one (crypttab).",
		what_began(v), rest);

	luks_header_evidence(f, v);
	luks_remains(f, v);
	luks_ranges(f, v, v->bad, LUKS_SLOTS_MAX);
	finding_next(
		f,
		"Was this disk made swap, /tmp, or something else that is encrypted with another "
		"key (crypttab, fstab; swapon --show; lsblk)? Then take the LUKS container out "
		"of crypttab, and nothing is lost. Let no cryptsetup command repair or open it, "
		"which would write over what is in use.");
	finding_next(f, "Did the disk report errors? dmesg; smartctl -a");
	luks_next_keep_open(f, v);
	if (!copy)
		luks_next_look_at_remains(f, v);
	if (copy)
		finding_next(
			f,
			"On a copy, with the second copy of the header: dd if=%s of=COPY.img bs=1M; "
			"cryptsetup repair COPY.img; bootverdict luks COPY.img",
			place);
	else
		luks_next_on_a_copy(f, place);
}

void report_luks_gone(struct report *r, const struct luks_view *v)
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
	f = report_finding(r, v->foreign ? VERDICT_INCONCLUSIVE : VERDICT_STORAGE_CORRUPTION,
			   FINDING_LUKS_GONE, luks_view_place(v),
			   "The LUKS header that was sealed is not there any more%s%s.",
			   v->other ? "; where it began there is now: " : "",
			   v->other ? v->other : "");
	luks_header_evidence(f, v);
	luks_remains(f, v);
	if (v->foreign) {
		luks_next_ask_which(f, v);
		return;
	}
	finding_not(f, "%s", luks_not_what());
	luks_next_ask_first(f, v);
	luks_next_keep_evidence(f, v);
	luks_next_restore_header(f, v);
}
