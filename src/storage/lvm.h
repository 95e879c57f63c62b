/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_LVM_H
#define BV_STORAGE_LVM_H

#include "storage/source.h"

/*
 * An LVM2 physical volume by its own checksums: of its label, of the header of each metadata area, and
 * of the text in it that describes the volume group. Source: LVM2, lib/label/label.h (struct
 * label_header), lib/format_text/layout.h (struct pv_header, mda_header, raw_locn), lib/misc/crc.c.
 */
enum lvm_state {
	LVM_ABSENT, /* nothing of one is there */
	LVM_SOUND,
	LVM_ERASED, /* eight bytes of the label are zeros, as wipefs leaves it; put back, it is right */
	LVM_LABEL_GONE, /* no label, as pvremove leaves it, and a metadata area behind it */
	LVM_LABEL_LOST, /* bytes of no known kind where it was, and a metadata area behind them */
	LVM_OTHER, /* something of one is there, and another format over it: it is one no more */
	LVM_MOVED, /* the label is in another sector than it says, and so is its metadata area */
	LVM_LABEL_BAD,	/* a checksum is wrong, of the label (or its sector's number), ... */
	LVM_HEADER_BAD, /* ... of a metadata area's header, ... */
	LVM_TEXT_BAD,	/* ... of the text in one */
	LVM_TEXT_OTHER, /* a whole text is there, but not the one that the header tells of */
	LVM_AREA_ZERO,	/* where the label says that a metadata area begins, are zeros */
};

/*
 * Reads at most the metadata that is in use, and no more than 16 MiB of it. *offset: where what is
 * wrong begins, bytes. What cannot be read counts as right: the kernel tells of that.
 */
enum lvm_state lvm_examine(const struct source *source, uint64_t *offset);

/* "the checksum of its label is wrong", ...; NULL with ABSENT and SOUND. */
const char *lvm_state_text(enum lvm_state state);

/* Whether bytes were lost, which no program leaves so: swap with a random key is noise as well. */
static inline bool lvm_is_damaged(enum lvm_state state)
{
	return state == LVM_LABEL_BAD || state == LVM_HEADER_BAD || state == LVM_TEXT_BAD;
}

#endif
