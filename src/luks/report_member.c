// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_member.h"

#include <inttypes.h>
#include <stdlib.h>

#include "luks/rules.h"
#include "luks/words.h"
#include "util/text.h"
#include "util/util.h"

void luks_tell_array(struct finding *f, const struct md *md)
{
	finding_text(f, EVIDENCE_ARRAY, "%s, UUID %s, %s of %u", md->device, md->uuid, md->level,
		     md->disks);
}

void luks_next_start_array(struct finding *f)
{
	finding_next(f, "Is the array there? cat /proc/mdstat. When not, start it, and let nothing "
			"write to it yet: mdadm --assemble --scan --readonly");
}

void luks_next_look_at_array(struct finding *f, const struct md *md)
{
	finding_next(f, "Then look at that: bootverdict luks %s", md->device);
}

void luks_next_find_members(struct finding *f)
{
	finding_next(f, "Are mdadm, its driver (raid1, raid456, ...) and all members there? "
			"mdadm --examine --scan --verbose; dmesg");
}

void luks_next_left_over(struct finding *f, const char *member)
{
	finding_next(f,
		     "Is it no member any more? The superblock of an array of before may be left "
		     "over: mdadm --examine %s tells its time.",
		     member);
}

/* A header that lies in front of the array's data is none of the array's. */
static bool is_in_front(const struct luks_view *v)
{
	return v->luks.version && v->array.data_offset;
}

static const char *meaning(const struct luks_view *v)
{
	if (is_in_front(v) && v->luks.version == 2)
		return "Its md superblock says that it is a member of an array, whose data begin further in. "
		       "What is left of a LUKS2 header in front of them is of before, and the superblock lies "
		       "where its first copy was: the array was made here by its owner's wish, or by mistake.";
	if (is_in_front(v))
		return "Its md superblock says that it is a member of an array, whose data begin further in. "
		       "The LUKS header in front of them is of before, and the superblock lies where its "
		       "keyslot 0 was: the array was made here by its owner's wish, or by mistake.";
	if (v->array.mirror)
		return "Its md superblock says that it is a member of an array that mirrors its data, and "
		       "what it holds is not all as it should be. A member that is rebuilt, left out or "
		       "out of step looks so as well: only the array tells what is lost.";
	return "Its md superblock says that it is a member of an array: then it holds a part of the data "
	       "alone, and only the array tells whether the LUKS container is whole.";
}

/* What is known of this member alone; of a part of an array nothing is. */
static void tell_this_one(struct finding *f, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	slot_set differ = luks_slots_damaged(v) | luks_slots_wiped(v);
	cleanup(free_ptr) char *slots = luks_slots_text(differ);

	if (*l->uuid || l->inside.version)
		finding_text(f, EVIDENCE_CONTAINER_UUID, "%s", *l->uuid ? l->uuid : l->inside.uuid);
	if (!v->array.mirror || is_in_front(v))
		return;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (l->copies[i].state != LUKS_COPY_GOOD && *l->copies[i].reason)
			finding_text(f, i ? EVIDENCE_SECOND_HEADER : EVIDENCE_FIRST_HEADER, "%s",
				     l->copies[i].reason);
	}
	if (differ)
		finding_text(f, EVIDENCE_KEYSLOTS_OTHER_HERE, "%s", slots);
	luks_ranges(f, v, v->bad_copies, LUKS_HEADERS);
	luks_ranges(f, v, v->bad, LUKS_SLOTS_MAX);
}

static void ask_for_array(struct finding *f, const struct luks_view *v)
{
	luks_next_start_array(f);
	luks_next_look_at_array(f, &v->array);
	finding_next(f,
		     "Write nothing to one member alone, and let no cryptsetup command touch it: "
		     "the array does not see that.");
	if (is_in_front(v))
		finding_next(
			f,
			"When the array was made by mistake: keep a copy elsewhere first (dd if=%s "
			"of=AS-FOUND.img bs=1M count=32). A passphrase%s may open the container yet.",
			v->device, v->luks.version == 2 ? "" : " of another keyslot than 0");
	luks_next_left_over(f, v->device);
}

static void left_over(struct report *r, const struct luks_view *v)
{
	struct finding *f = report_finding(
		r, VERDICT_INTACT, FINDING_LUKS_MEMBER, luks_view_place(v),
		"The superblock of an md array is left over on it: the header or key material lie in "
		"their place further in than one chunk, as on no member of a %s.",
		v->array.level);

	f->warning = true;
	luks_tell_array(f, &v->array);
	finding_next(f, "mdadm --examine %s tells its time.", v->device);
}

void report_luks_member(struct report *r, const struct luks_view *v)
{
	struct finding *f;

	if (v->left_over) {
		left_over(r, v);
		return;
	}
	if (judge_luks(v).ground != LUKS_MEMBER) {
		f = report_finding(
			r, VERDICT_INTACT, FINDING_LUKS_MEMBER, luks_view_place(v),
			"Its md superblock says that it is a member of an array that mirrors its data. Then what "
			"is sealed and opened is the array: what is told here is of this member alone.");
		f->warning = true;
	} else {
		f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_LUKS_MEMBER, luks_view_place(v),
				   "%s", meaning(v));
		tell_this_one(f, v);
	}
	luks_tell_array(f, &v->array);
	ask_for_array(f, v);
}
