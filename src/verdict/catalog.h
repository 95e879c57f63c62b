/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_VERDICT_CATALOG_H
#define BV_VERDICT_CATALOG_H

/* Every finding that can be reported: one row each in verdict/catalog_rows.h. */
enum finding_id {
#define FINDING(name, ...) FINDING_##name,
#include "verdict/catalog_rows.h"
#undef FINDING
	FINDING_COUNT
};

/* What a finding is about: who shows it may sort by that, never by a name. */
enum finding_subject {
	SUBJECT_CHAIN,	 /* from the disk to the root file system */
	SUBJECT_CONTENT, /* what was unpacked */
	SUBJECT_GUARD,	 /* bootverdict's own part of an image */
	SUBJECT_IMAGE,	 /* a kernel or an initrd as a file */
	SUBJECT_LUKS,
	SUBJECT_RECORD, /* what was sealed */
	SUBJECT_OTHER,
};

struct catalog_entry {
	const char *id; /* "BV-LUKS-KEYSLOT": public, stable */
	enum finding_subject subject;
	const char *title;	      /* a few words, without a full stop */
	const char *happened, *known; /* what, and by what evidence */
	const char * not ;	      /* what is not to blame; these three may be "" */
	const char *guest, *host;     /* what to do */
	const char *sure;	      /* which verdicts it comes with, and why */
};

/* Never NULL. */
const struct catalog_entry *catalog_entry(enum finding_id id);

/* The one of this public id; FINDING_COUNT when there is none. */
enum finding_id catalog_find(const char *id);

#endif
