/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_MOVED_H
#define BV_LUKS_MOVED_H

#include "luks/view.h"

/*
 * Whether any sealed block of key material, its padding apart, lies so many bytes from its sealed place: one is proof enough
 * of where it is, for chance does not repeat 4096 bytes of ciphertext.
 */
bool luks_is_at(const struct sealed_luks *s, const struct source *source, int64_t shift);

/* Whether any, its padding apart, lies in its place, and that is at from or behind it, bytes. */
bool luks_is_behind(const struct sealed_luks *s, const struct source *source, uint64_t from);

/*
 * Whether most of the sealed key material lies at one distance from its place, and none in it, as in an
 * image of which the beginning was cut off. It is looked for in the first LUKS_NEAR bytes. *shift: bytes,
 * below 0 when it lies in front. False as well without memory.
 */
bool luks_is_moved(const struct sealed_luks *s, const struct source *source, int64_t *shift);

/*
 * A part of luks_view_compare(): without a header, l->inside tells of a container that moved as its key
 * material does, and a damaged one at the start is none when it is a part of such a one.
 */
void luks_look_for_moved(const struct sealed_luks *s, const struct source *source, struct luks *l);

#endif
