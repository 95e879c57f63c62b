/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS1_H
#define BV_LUKS_LUKS1_H

#include "luks/header.h"
#include "storage/source.h"

/*
 * The first len bytes of a device of size bytes as a LUKS1 header. False: it is none, also not a
 * damaged one, and *l is as it was.
 */
bool luks1_parse(const unsigned char *header, size_t len, uint64_t size, struct luks *l);

/*
 * The same where its beginning was overwritten: what is left of it cannot be put together, but tells
 * that it was there. Fills l->left, and l->uuid when that is left; else *l is as it was.
 */
void luks1_find_remains(const unsigned char *header, size_t len, struct luks *l);

/* Whether of the keyslots' descriptors just those are left that lie behind so many bytes. */
bool luks1_lost_its_start(const struct source *source, size_t bytes);

/* The header at the start with its magic, and the descriptors of its keyslots, as they must be. */
int luks1_rebuild(const struct source *source, unsigned char **header, size_t *len);

#endif
