/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_H
#define BV_LUKS_REPORT_H

#include "luks/rules.h"
#include "luks/view.h"
#include "report/report.h"

/*
 * Tells all that can be seen of one device: adds an artifact of kind "luks" and findings BV-LUKS-*.
 * The same words for `luks`, for `check` and for the boot.
 */
void report_luks(struct report *r, const struct luks_view *v);

/* If what was found by a name alone is the sealed one after all; place: where it is. */
void luks_next_on_a_copy(struct finding *f, const char *place);

/* What there is to say when luks_read() ended with -EIO. place: luks_view_place(). */
struct finding *report_luks_unreadable(struct report *r, const char *place);

/* The tables "headers" and "keyslots". tried: per keyslot how a passphrase fared; may be NULL. */
void report_luks_tables(struct report *r, const struct luks_view *v, const char *const *tried);

/* How a passphrase fared; what is in neither set was refused, or is no keyslot in use. */
struct luks_tried {
	slot_set opened, failed; /* failed: the try said nothing about the passphrase */
};

/*
 * Adds BV-LUKS-PASSPHRASE: the passphrase together with the state of what refused it. After
 * report_luks().
 */
void report_luks_passphrase(struct report *r, const struct luks_view *v,
			    const struct luks_tried *tried);

/* "keyslot 3", "keyslots 0, 1 and 4"; the caller frees it. */
char *luks_slots_text(slot_set slots);
/* The same, with the tokens that open them: "keyslots 0 and 1 (systemd-tpm2)". */
char *luks_slots_named(const struct luks_view *v, slot_set slots);

/* "as sealed", "damaged", ...: the state of an active keyslot, for tables. */
const char *luks_slot_state(const struct luks_view *v, unsigned int slot);

/* Adds the ranges of all count elements of bad, with their places on the disk. */
void luks_ranges(struct finding *f, const struct luks_view *v, const struct bad_ranges *bad,
		 size_t count);

/* The words for what a person does next; used by the findings. */
/* Before a header is written over what nobody here knows; nothing where its magic is, or was erased. */
void luks_next_ask_first(struct finding *f, const struct luks_view *v);
/* The array that the device is a member of: what it is, and how it is started and looked at. */
void luks_tell_array(struct finding *f, const struct md *md);
void luks_next_start_array(struct finding *f, const struct md *md);
void luks_next_keep_evidence(struct finding *f, const struct luks_view *v);
/* That the kernel has the key of an open container; nothing where it is known not to be open. */
void luks_next_keep_open(struct finding *f, const struct luks_view *v);
void luks_next_use_backup(struct finding *f, const struct luks_view *v);
void luks_next_copy_header(struct finding *f, const struct luks_view *v);
void luks_next_restore_header(struct finding *f, const struct luks_view *v);
/* How a header that was put together is tried, used and put back; nothing without one. */
void luks_next_use_remains(struct finding *f, const struct luks_view *v);
/* "--header FILE " or ""; the caller frees it. */
char *luks_header_option(const struct luks_view *v);
/* That a passphrase that opens it would prove a keyslot; nothing when one was tried, or without a header. */
void luks_next_try(struct finding *f, const struct luks_view *v);
/* Nothing where sealing would keep what is damaged, doubted, or does not open. */
void luks_next_seal(struct finding *f, const struct luks_view *v);

/* Of a member of an array: what that is; first, because it is told before all else. */
void report_luks_member(struct report *r, const struct luks_view *v);
/* The findings about the header, and about its keyslots. */
void report_luks_header(struct report *r, const struct luks_view *v);
void report_luks_slots(struct report *r, const struct luks_view *v);

#endif
