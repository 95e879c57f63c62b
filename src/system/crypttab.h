/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_CRYPTTAB_H
#define BV_SYSTEM_CRYPTTAB_H

#include <stdbool.h>
#include <stddef.h>

/* An entry of crypttab(5) that may be LUKS. Strings are owned. */
struct crypttab_entry {
	char *name;   /* of the mapping */
	char *source; /* "UUID=...", "/dev/vda3" */
	char *header; /* path of a detached header, or NULL */
	char *key; /* what gives the key, in words: "the key file /key"; NULL: somebody types it */
	bool initramfs; /* to be unlocked there in any case */
	bool noauto;	/* not unlocked by itself later */
	bool luks; /* said to be: by the option, by a header, by a UUID or label, which plain dm-crypt has not */
};

struct crypttab {
	struct crypttab_entry *entries;
	size_t count;
};

/*
 * Reads the text of a crypttab; entries that say that they are no LUKS (plain, swap, tmp, tcrypt,
 * bitlk, or a random key) are left out, and lines that are no entries.
 */
void crypttab_parse(struct crypttab *t, const char *text);
void crypttab_clear(struct crypttab *t);

/* The UUID that a source names ("UUID=...", a link by UUID), inside it; "": it names none. */
const char *crypttab_uuid(const char *source);

/* The entry of a mapping, or NULL. */
const struct crypttab_entry *crypttab_find(const struct crypttab *t, const char *name);

/*
 * Where a source ("UUID=...", a path) is for this process; the caller frees it. Below root ("" for
 * the running system) a path is looked for first.
 */
char *crypttab_path(const char *root, const char *source);

#endif
