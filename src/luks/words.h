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

#endif
