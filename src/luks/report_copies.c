// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_copies.h"

#include <stdlib.h>

#include "luks/advice.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "util/util.h"

/* cryptsetup 2.7 repairs a copy that is damaged, but refuses a disk that cannot read one. */
static void one_copy_unreadable(struct report *r, const struct luks_view *v, unsigned int bad)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_COPY, luks_view_place(v),
		"The %s copy of the LUKS2 header cannot be read; the %s one is good. cryptsetup does "
		"not open the disk like this, but with a copy of its header.",
		luks_copy_name(bad), luks_copy_name(!bad));

	luks_header_evidence(f, v);
	finding_not(f, "%s", luks_not_what());
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

void report_luks_copy_bad(struct report *r, const struct luks_view *v)
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
		luks_copy_name(bad), what_is_bad(&l->copies[bad]),
		luks_copy_name((unsigned int)l->chosen),
		luks_is_refused(v)
			? "refuses the disk all the same, because the signature of another format "
			  "is on it, too."
		: v->foreign
			? "may refuse the disk all the same, because the signature of another format "
			  "is on it, too."
			: "uses that, and writes it over the damaged one without a word when it "
			  "opens the disk, unless it finds the signature of another format. The "
			  "disk stays what it is.");
	luks_header_evidence(f, v);
	finding_not(f, "%s", luks_not_what());
	luks_next_ask_first(f, v);
	finding_next(f, "Have the storage examined: it does not give back what was written, unless "
			"something else wrote there.");
	if (v->foreign)
		luks_next_ask_which(f, v);
	luks_next_ask_for_array(f, v);
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
		luks_next_ask_which(f, v);
	luks_next_ask_for_array(f, v);
}

/*
 * An update writes the first copy, then the second. When the power goes between them the numbers
 * differ by one, and nothing is lost.
 */
void report_luks_copies_differ(struct report *r, const struct luks_view *v)
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
		luks_copy_name(!newer), luks_copy_name(newer));
	finding_number(f, EVIDENCE_FIRST_SEQID, l->copies[0].seqid);
	finding_number(f, EVIDENCE_SECOND_SEQID, l->copies[1].seqid);
	if (v->sealed)
		finding_number(f, EVIDENCE_SEALED_SEQID, v->sealed->seqid);
	make_equal(f, v, option);
}

void report_luks_restore_cut(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	cleanup(free_ptr) char *option = luks_header_option(v);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SEQID, luks_view_place(v),
		"The first copy of the LUKS2 header, or its start, is of an older header than what lies "
		"behind it: restoring a header backup, which writes from the front, was stopped, or the "
		"disk gave back old bytes, or never wrote the new ones. The %s copy counts.",
		luks_copy_name((unsigned int)l->chosen));

	luks_header_evidence(f, v);
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

void report_luks_update_cut(struct report *r, const struct luks_view *v)
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
		luks_copy_name(!good), luks_copy_name(good));

	finding_number(f, EVIDENCE_FIRST_SEQID, v->luks.copies[0].seqid);
	finding_number(f, EVIDENCE_SECOND_SEQID, v->luks.copies[1].seqid);
	if (!v->luks.copies[!good].unfinished)
		finding_next(f,
			     "Was it stopped while cryptsetup made or converted it? When not, have "
			     "the storage examined.");
	make_equal(f, v, option);
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

void report_luks_unused_bytes(struct report *r, const struct luks_view *v, unsigned int copy)
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
		luks_copy_name(copy));

	f->warning = true;
	luks_ranges(f, v, &v->bad_copies[copy], 1);
	finding_next(f, "Have the storage examined, unless another program wrote there.");
}
