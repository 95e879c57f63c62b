/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_WORDS_H
#define BV_LUKS_WORDS_H

#include "luks/rules.h"
#include "luks/view.h"
#include "report/report.h"

/* "keyslot 3", "keyslots 0, 1 and 4"; the caller frees it. */
char *luks_slots_text(slot_set slots);
/* The same, with the tokens that open them: "keyslots 0 and 1 (systemd-tpm2)". */
char *luks_slots_named(const struct luks_view *v, slot_set slots);

/* "as sealed", "damaged", ...: the state of an active keyslot, for tables. */
const char *luks_slot_state(const struct luks_view *v, unsigned int slot);

/* Adds the ranges of all count elements of bad, with their places on the disk. */
void luks_ranges(struct finding *f, const struct luks_view *v, const struct bad_ranges *bad,
		 size_t count);

/* "first", "second". */
const char *luks_copy_name(unsigned int copy);

/* What is not to blame for a lost header. */
const char *luks_not_what(void);

/* Whether the other format's signature says nothing of what lies where the header was. */
bool luks_is_behind_header(const struct luks_view *v);

/* What cryptsetup does with another format's signature on the disk, one sentence. */
const char *luks_does_not_open(const struct luks_view *v);

/* On what a header stands that was put together. */
const char *luks_rebuilt_proof(const struct luks_view *v);

/* Adds each copy that is not good, what lies there instead, the sealed UUID, and the bad ranges. */
void luks_header_evidence(struct finding *f, const struct luks_view *v);

/* Adds what is left of a header that cannot be used. */
void luks_remains(struct finding *f, const struct luks_view *v);

#endif
