/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_DEVICE_H
#define BV_LUKS_DEVICE_H

#include <stdbool.h>

#include "luks/match.h"
#include "luks/view.h"
#include "manifest/manifest.h"
#include "system/crypttab.h"

/* A LUKS device in this boot. */
struct luks_device {
	/* The manifest's; without a record (own): what crypttab or root= says, which is names alone. */
	const struct sealed_luks *sealed;
	struct sealed_luks *own; /* owned; NULL: there is a record */
	bool may_be_plain;	 /* without a record, and crypttab does not say that it is LUKS */
	enum record_match match; /* RECORD_OTHER: it was not found */
	char path[256];
	bool holds; /* what it is by, sealed bytes or its UUID, counts, should a name lead to it */
	char *twin; /* another device with its UUID; owned; or NULL */
	int read_error;	       /* -errno with which its header could not be read; 0 */
	struct luks_view view; /* when it was found and could be read */
};

/* Whether it was found and its header could be looked at. */
bool luks_device_seen(const struct luks_device *d);

/* Whether it is but a member of an md array, which is not there itself. */
bool luks_device_is_member(const struct luks_device *d);

/*
 * Whether its name alone was found, on what holds nothing of it: another disk bears that name, perhaps.
 * A better one is looked for and waited for, as if none was found.
 */
bool luks_device_is_doubted(const struct luks_device *d);

/* Likewise seen, and there is something to be told of it: without a record nothing is of a sound one. */
bool luks_device_has_words(const struct luks_device *d);

/*
 * Whether this boot unlocks it, or would have to: by the record, by crypttab or the kernel command
 * line, or because root= names it. Of another one, which was sealed by its name, nothing breaks this
 * boot. command_line may be NULL.
 */
bool luks_device_is_needed(const struct luks_device *d, const struct crypttab *crypttab,
			   const char *command_line);

/* Whether what a source of crypttab or root= names is what is at path. */
bool luks_source_leads_to(const char *source, const char *path);

/* Whether a line of crypttab is of a record: by its mapping's name, its source, or its UUID. */
bool luks_record_is_of_entry(const struct sealed_luks *s, const struct crypttab_entry *e);

/* Whether a line of crypttab is of that device: by its mapping's name, its source, or its UUID; or
 * because its source, by whatever name, leads to where the device was found. */
bool luks_device_is_of_entry(const struct luks_device *d, const struct crypttab_entry *e);

/* How bad it is for this boot. */
enum luks_state {
	LUKS_SOUND,	   /* as sealed, or changed by its owner */
	LUKS_RECOVERABLE,  /* bytes are damaged, or half changed, that this boot can do without */
	LUKS_SLOT_DAMAGED, /* a passphrase will be refused, another may work */
	LUKS_LOST,	   /* cryptsetup cannot unlock it as it is */
	LUKS_UNREADABLE,   /* the device cannot read its header, or a copy of it */
	LUKS_NOT_SEEN,	   /* not found, or not examined for another reason */
};
enum luks_state luks_device_state(const struct luks_device *d);

#endif
