// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_foreign.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

#include "luks/advice.h"
#include "luks/compare.h"
#include "luks/copy.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "util/text.h"
#include "util/util.h"

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

	if (!luks_is_behind_header(v))
		return text_format("where %s LUKS header was", header);
	slot = keyslot_there(v);
	return text_format("at offset %" PRIu64 "%s, and %s LUKS header is not good", v->foreign_at,
			   slot, header);
}

void report_luks_foreign(struct report *r, const struct luks_view *v)
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
		luks_does_not_open(v),
		v->boot_code
			? " The rest of that sector is as it was, and a disk loses whole sectors."
		: v->wiped
			? " Its magic or label alone was erased since, as wipefs and pvremove do it."
			: "");

	f->summary[0] = (char)toupper((unsigned char)f->summary[0]);
	luks_header_evidence(f, v);
	luks_remains(f, v);
	luks_next_ask_which(f, v);
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
void report_luks_foreign_in_keyslot(struct report *r, const struct luks_view *v)
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
	luks_next_ask_whose(f, v);
	finding_next(
		f,
		"A passphrase of another keyslot may open what is left of it; nothing is written: "
		"bootverdict luks --try-passphrase %s",
		v->device);
}

void report_luks_erased(struct report *r, const struct luks_view *v)
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
			: luks_does_not_open(v));

	luks_header_evidence(f, v);
	luks_remains(f, v);
	luks_next_ask_for_array(f, v);
	if (l->chosen >= 0)
		return;
	finding_next(f,
		     "When it was erased on purpose, take it out of crypttab; nothing is broken.");
	luks_next_use_remains(f, v);
	if (luks_may_be_reencrypting(v))
		luks_next_use_backup(f, v);
}
