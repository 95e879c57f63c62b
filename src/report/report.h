/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_REPORT_H
#define BV_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "damage/damage.h"
#include "damage/ranges.h"
#include "report/artifact.h"
#include "report/evidence.h"
#include "storage/device.h"
#include "verdict/catalog.h"
#include "verdict/verdict.h"

/*
 * What a command or a boot found out, ready to be told. Every string is owned by the report
 * (the add functions copy). All add functions abort the process when memory runs out, after a
 * message: a report that silently lacks a finding would be a lie.
 */

struct string_list {
	char **items;
	size_t count;
};

/* A bad range with everything that a host's administrator needs to find it from below. */
struct report_range {
	uint64_t offset, length; /* in the target, bytes */
	struct damage damage;
	struct location location;
	struct string_list members; /* of the archive that it hits */
	size_t members_left_off;    /* hit, but not listed */
};

struct evidence {
	enum evidence_key key;
	char *value; /* a decimal number where its kind is one */
};

/* One observation. */
struct finding {
	enum finding_id id;
	char *target;	      /* the file or device */
	char *summary;	      /* one sentence */
	enum verdict verdict; /* what it alone would mean */
	bool warning;	      /* told, but does not count for this verdict */
	struct evidence *evidence;
	size_t evidence_count;
	struct report_range *ranges;
	size_t range_count;
	struct string_list not, next;
};

struct report_artifact {
	char *path;
	enum reported_kind kind;
	enum reported_state state;
	uint64_t bytes, bad_bytes;
};

/*
 * Things of one kind side by side. In JSON a table is an array of objects under its name, with
 * the columns as keys.
 */
struct report_table {
	char *name; /* "keyslots" */
	char *target;
	struct string_list columns;
	bool *number;		  /* per column: decimal numbers, written without quotes in JSON */
	struct string_list cells; /* row after row; "" where there is nothing to say */
};

struct report {
	enum verdict verdict;
	int exit;	   /* the exit status that goes with it; of `seal` its own */
	char *command;	   /* "check", "seal", "boot", "luks" */
	char *host;	   /* host name, or "" */
	char *os;	   /* "Debian GNU/Linux 13 (trixie)", or "" */
	char *kernel;	   /* release, or "" */
	int64_t sealed_at; /* seconds since 1970-01-01 UTC; 0: unknown */
	struct report_artifact *artifacts;
	size_t artifact_count;
	struct finding *findings;
	size_t finding_count;
	bool warnings; /* report_warnings() */
	struct report_table *tables;
	size_t table_count;
};

void report_init(struct report *r, const char *command);
void report_clear(struct report *r);

/* Sets what the report is about; NULL leaves one empty. */
void report_identify(struct report *r, const char *host, const char *os, const char *kernel);

/* The returned pointers are valid until the next call of the same function. */
struct finding *report_finding(struct report *r, enum verdict v, enum finding_id id,
			       const char *target, const char *summary, ...)
	__attribute__((format(printf, 5, 6)));
struct report_artifact *report_artifact(struct report *r, const char *path, enum reported_kind kind,
					enum reported_state state, uint64_t bytes,
					uint64_t bad_bytes);
bool report_has_artifact(const struct report *r, const char *path, enum reported_kind kind);

void finding_text(struct finding *f, enum evidence_key key, const char *value, ...)
	__attribute__((format(printf, 3, 4)));
void finding_number(struct finding *f, enum evidence_key key, uint64_t value);
void finding_not(struct finding *f, const char *text, ...) __attribute__((format(printf, 2, 3)));
void finding_next(struct finding *f, const char *text, ...) __attribute__((format(printf, 2, 3)));
struct report_range *finding_range(struct finding *f, const struct bad_range *range);
void range_member(struct report_range *r, const char *path);
void range_place(struct report_range *r, const struct location *l);

/*
 * Finds where on which disk the finding's ranges lie, which are of this file or block device, when
 * that can be known.
 */
void finding_locate(struct finding *f, const char *path);

/*
 * A new table. columns: keys in JSON, one space apart, those of numbers with a "#" in front; a person
 * reads "-" for their "_". table_cell()
 * adds the cells of one row after another; format NULL leaves one empty.
 */
struct report_table *report_table(struct report *r, const char *name, const char *target,
				  const char *columns);
void table_cell(struct report_table *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How the range is damaged, in words for a person: "all zero", ...; the caller frees it. */
char *range_text(const struct report_range *r);

/* The verdict of the findings from number first on: intact when there is none that counts. */
enum verdict report_verdict_from(const struct report *r, size_t first);

/* The verdict of all findings, of those that do not count as well. */
enum verdict report_worst(const struct report *r);

/*
 * verdict_headline() of its verdict; where a warning tells of lost bytes, not that all is as sealed, nor that
 * there is no fault where no passphrase opens a device.
 */
const char *report_headline(const struct report *r);

/*
 * on: the findings that are added from here on are told, and do not count; off: they count, unless they say
 * otherwise. Returns what it was.
 */
bool report_warnings(struct report *r, bool on);

/*
 * The findings from number first to before number end do not count any more: what they were about is not
 * there any more. What is known before goes to report_warnings().
 */
void report_discount(struct report *r, size_t first, size_t end);

/* Sets the report's verdict and exit status from its findings: intact when there is none that counts. */
void report_conclude(struct report *r);

#endif
