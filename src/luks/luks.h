/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS_H
#define BV_LUKS_LUKS_H

#include "luks/header.h"
#include "storage/source.h"

/*
 * Reads and understands what is there. 0 also when nothing is recognised (version 0); -EIO when
 * not even the first bytes can be read and no second header is found, -ENOMEM. Memory: one header
 * and json-c's tree, which is of 100000 values at most. An UNREADABLE copy is no error. With
 * chosen -1 and nothing rebuilt, a LUKS1 header's fields are there as they are; a LUKS2 header's
 * are not.
 */
int luks_read(const struct source *source, struct luks *l);

/*
 * Whether a container begins at l->inside.offset: its version and UUID, or version 0. Below 0, modulo
 * 2^64: in front of the source, which has the second header. -ENOMEM.
 */
int luks_look_inside(const struct source *source, struct luks *l);

/*
 * The header that is known, as cryptsetup takes it from the start of a device: of LUKS2 both copies,
 * each with a checksum of its own. Nothing is written. -ENODATA: none is known; -ENOMEM, -EIO. The
 * caller frees *header.
 */
int luks_header_to_use(const struct source *source, const struct luks *l, unsigned char **header,
		       size_t *len);

#endif
