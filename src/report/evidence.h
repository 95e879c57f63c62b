/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_EVIDENCE_H
#define BV_REPORT_EVIDENCE_H

#include <stdbool.h>

/* What a finding rests on: one row each in report/evidence_rows.h. */
enum evidence_key {
#define EVIDENCE(name, ...) EVIDENCE_##name,
#include "report/evidence_rows.h"
#undef EVIDENCE
	EVIDENCE_COUNT
};

struct evidence_kind {
	const char *json;  /* its key in JSON: public */
	const char *label; /* for a person; "": its values speak for themselves */
	bool number;	   /* decimal, written without quotes in JSON */
	bool list;	   /* a list in JSON, however many there are; else it is told once */
};

/* Never NULL. */
const struct evidence_kind *evidence_kind(enum evidence_key key);

/* The one of this key in JSON; EVIDENCE_COUNT when there is none. */
enum evidence_key evidence_find(const char *json);

#endif
