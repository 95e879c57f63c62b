/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_ADVICE_H
#define BV_LUKS_ADVICE_H

#include "luks/view.h"
#include "report/report.h"

/* The words for what a person does next; used by the findings. */

/* Before a header is written over what nobody here knows; nothing where its magic is, or was erased. */
void luks_next_ask_first(struct finding *f, const struct luks_view *v);
void luks_next_keep_evidence(struct finding *f, const struct luks_view *v);
/* That the kernel has the key of an open container; nothing where it is known not to be open. */
void luks_next_keep_open(struct finding *f, const struct luks_view *v);
void luks_next_use_backup(struct finding *f, const struct luks_view *v);
void luks_next_copy_header(struct finding *f, const struct luks_view *v);
void luks_next_restore_header(struct finding *f, const struct luks_view *v);
/* How a header that was put together is tried and used, and put back; nothing without one. */
void luks_next_look_at_remains(struct finding *f, const struct luks_view *v);
void luks_next_use_remains(struct finding *f, const struct luks_view *v);
/* "--header FILE " or ""; the caller frees it. */
char *luks_header_option(const struct luks_view *v);
/* That a passphrase that opens it would prove a keyslot; nothing when one was tried, or without a header. */
void luks_next_try(struct finding *f, const struct luks_view *v);
/* Nothing where sealing would keep what is damaged, doubted, or does not open. */
void luks_next_seal(struct finding *f, const struct luks_view *v);

/* If what was found by a name alone is the sealed one after all; place: where it is. */
void luks_next_on_a_copy(struct finding *f, const char *place);

/* Whether another format's owner wants the disk, or that of LUKS; which also tells how to get LUKS back. */
void luks_next_ask_whose(struct finding *f, const struct luks_view *v);
void luks_next_ask_which(struct finding *f, const struct luks_view *v);

/* For what has the signature of an array or a replica at its end; nothing without one. */
void luks_next_ask_for_array(struct finding *f, const struct luks_view *v);

#endif
