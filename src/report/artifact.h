/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_ARTIFACT_H
#define BV_REPORT_ARTIFACT_H

/* What was examined. */
enum reported_kind {
	KIND_KERNEL,
	KIND_INITRD,
	KIND_FILE, /* an image of a kind that is not known */
	KIND_MANIFEST,
	KIND_CONTENT, /* what was unpacked */
	KIND_LUKS,
	KIND_COUNT
};

/* As what it was found. */
enum reported_state {
	STATE_INTACT,
	STATE_DAMAGED,
	STATE_STALE,
	STATE_MISSING,
	STATE_UNREADABLE,
	STATE_UNVERIFIED,
	STATE_FOREIGN,	  /* replaced by what no kernel unpacks */
	STATE_REPLACED,	  /* unpacked files that another image brought */
	STATE_INCOMPLETE, /* unpacked as far as memory or the kernel's decompressor let it */
	STATE_COUNT
};

/* The public names in JSON, which a person reads as well. */
const char *reported_kind_name(enum reported_kind kind);
const char *reported_state_name(enum reported_state state);

/* The one of this name; KIND_COUNT or STATE_COUNT when there is none. */
enum reported_kind reported_kind_find(const char *name);
enum reported_state reported_state_find(const char *name);

#endif
