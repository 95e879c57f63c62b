// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/table.h"
#include "luks/compare.h"
#include "luks/words.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *copy_state(const struct luks_view *v, unsigned int copy)
{
	switch (v->luks.copies[copy].state) {
	case LUKS_COPY_ABSENT:
		return "absent";
	case LUKS_COPY_ERASED:
		return "magic erased";
	case LUKS_COPY_BAD_FIELD:
		return "damaged";
	case LUKS_COPY_BAD_CHECKSUM:
		return "wrong checksum";
	case LUKS_COPY_BAD_JSON:
		return "unusable metadata";
	case LUKS_COPY_UNREADABLE:
		return "unreadable";
	case LUKS_COPY_UNKNOWN:
		return "unknown version";
	case LUKS_COPY_CUT:
		return "behind the end";
	case LUKS_COPY_GOOD:
		break;
	}
	if (v->sealed && v->comparison.copy_as_sealed[copy])
		return "as sealed";
	if (v->sealed)
		return "changed";
	return v->luks.copies[copy].checksummed ? "checksum right" : "no checksum";
}

static void header_row(struct report_table *t, const struct luks_view *v, unsigned int copy)
{
	const struct luks_copy *c = &v->luks.copies[copy];

	table_cell(t, "%s", copy == 0 ? "first" : "second");
	table_cell(t, "%" PRIu64, c->offset);
	if (c->length)
		table_cell(t, "%" PRIu64, c->length);
	else
		table_cell(t, NULL);
	if (c->state == LUKS_COPY_GOOD && v->luks.version == 2)
		table_cell(t, "%" PRIu64, c->seqid);
	else
		table_cell(t, NULL);
	table_cell(t, "%s", copy_state(v, copy));
}

static void pbkdf_cell(struct report_table *t, const struct luks_keyslot *s)
{
	if (s->memory_kib)
		table_cell(t, "%s, %" PRIu64 " passes, %" PRIu64 " MiB", s->pbkdf, s->iterations,
			   s->memory_kib / 1024);
	else if (s->iterations)
		table_cell(t, "%s, %" PRIu64 " rounds", s->pbkdf, s->iterations);
	else
		table_cell(t, "%s", s->pbkdf);
}

static void slot_row(struct report_table *t, const struct luks_view *v, unsigned int slot,
		     const char *tried)
{
	const struct luks_keyslot *s = &v->luks.slots[slot];

	table_cell(t, "%u", slot);
	if (!s->present) {
		/* It was there when the header was sealed. */
		for (unsigned int i = 0; i < 3; i++)
			table_cell(t, NULL);
	} else {
		pbkdf_cell(t, s);
		table_cell(t, "%" PRIu64, s->offset);
		table_cell(t, "%" PRIu64, s->length);
	}
	if (s->present && !s->active && v->comparison.slots[slot] != SLOT_REMOVED)
		table_cell(t, "%s", s->reencrypt ? "of a reencryption" : "not in use");
	else
		table_cell(t, "%s%s", luks_slot_state(v, slot),
			   s->unbound ? ", not of this volume" : "");
	if (tried)
		table_cell(t, "%s", tried);
}

void report_luks_tables(struct report *r, const struct luks_view *v, const char *const *tried)
{
	struct report_table *t;

	/* What a part of an array holds is no keyslot, nor what lies in front of its data. */
	if (!v->luks.version || (v->array.member && (!v->array.mirror || v->array.data_offset)))
		return;
	t = report_table(r, "headers", luks_view_place(v), "header #offset #bytes #seqid state");
	for (unsigned int i = 0; i < (v->luks.version == 1 ? 1 : LUKS_HEADERS); i++)
		header_row(t, v, i);
	t = report_table(r, "keyslots", luks_view_place(v),
			 tried ? "#keyslot pbkdf #offset #bytes state passphrase"
			       : "#keyslot pbkdf #offset #bytes state");
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (v->luks.slots[i].present || v->comparison.slots[i] == SLOT_REMOVED)
			slot_row(t, v, i, tried ? tried[i] : NULL);
	}
}
