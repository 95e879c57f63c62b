/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_SIGNATURE_H
#define BV_STORAGE_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/source.h"

/*
 * The signature of another format that is there: "a GPT partition table", "an ext4 file system",
 * ...; NULL when none is recognised. cryptsetup's blkid knows more of them.
 */
const char *recognise_format(const struct source *source);

/*
 * The same of what lies over an LVM physical volume whose label is left, or beside it: "a Linux RAID
 * member", ...; or NULL.
 */
const char *recognise_over_lvm(const struct source *source);

/* Where that signature is, bytes; 0: in the first sector, or there is none. */
uint64_t recognise_volume_at(const struct source *source);

/*
 * Whether cryptsetup's blkid takes it for one, too, for sure: of most formats it asks for more than the
 * signature, which is compared here for the common ones. False: it may, or not.
 */
bool blkid_takes_for_another(const struct source *source);

/*
 * A partition table of another system, or what is left of one or of a boot sector, which blkid takes for none;
 * or NULL.
 */
const char *recognise_table(const struct source *source);

/*
 * The signature that members of an array, a replica or a pool have at their end, while what they hold
 * begins at their start: "a Linux RAID member", ...; or NULL.
 */
const char *recognise_member(const struct source *source);

/* The same for file systems and volumes alone: no partition table, no boot sector. */
const char *recognise_volume(const struct source *source);

/* Whether an md superblock's signature is where one begins, of any metadata: no checksum is compared. */
bool recognise_md(const struct source *source);

/*
 * What seems to have overwritten the place where a header was expected: such a format, or "zeros",
 * ...; NULL when nothing is recognised.
 */
const char *recognise_other(const struct source *source);

/* The same where recognise_volume() has found nothing: it does not look for a volume again. */
const char *recognise_rest(const struct source *source);

#endif
