// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/append.h"

#include <stdlib.h>
#include <string.h>

#include "damage/ranges.h"
#include "util/text.h"
#include "util/util.h"

static bool has_finding(const struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct finding *there = &r->findings[i];

		if (there->id == f->id && !strcmp(there->target, f->target) &&
		    !strcmp(there->summary, f->summary))
			return true;
	}
	return false;
}

static void append_range(struct finding *to, const struct report_range *from)
{
	const struct bad_range bad = { .offset = from->offset,
				       .length = from->length,
				       .damage = from->damage };
	struct report_range *r = finding_range(to, &bad);

	range_place(r, &from->location);
	for (size_t i = 0; i < from->members.count; i++)
		range_member(r, from->members.items[i]);
	r->members_left_off = from->members_left_off;
}

static void append_finding(struct report *to, const struct finding *from)
{
	struct finding *f =
		report_finding(to, from->verdict, from->id, from->target, "%s", from->summary);

	f->warning = from->warning;
	for (size_t i = 0; i < from->evidence_count; i++)
		finding_text(f, from->evidence[i].key, "%s", from->evidence[i].value);
	for (size_t i = 0; i < from->range_count; i++)
		append_range(f, &from->ranges[i]);
	for (size_t i = 0; i < from->not .count; i++)
		finding_not(f, "%s", from->not .items[i]);
	for (size_t i = 0; i < from->next.count; i++)
		finding_next(f, "%s", from->next.items[i]);
}

static bool has_table(const struct report *r, size_t count, const struct report_table *t)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(r->tables[i].name, t->name) && !strcmp(r->tables[i].target, t->target))
			return true;
	}
	return false;
}

/* As report_table() takes them; the caller frees it. */
static char *columns_of(const struct report_table *t)
{
	char *columns = text_copy("");

	for (size_t i = 0; i < t->columns.count; i++) {
		char *longer = text_format("%s%s%s%s", columns, i ? " " : "",
					   t->number[i] ? "#" : "", t->columns.items[i]);

		free(columns);
		columns = longer;
	}
	return columns;
}

static void append_table(struct report *to, const struct report_table *from)
{
	cleanup(free_ptr) char *columns = columns_of(from);
	struct report_table *t = report_table(to, from->name, from->target, columns);

	for (size_t i = 0; i < from->cells.count; i++)
		table_cell(t, "%s", from->cells.items[i]);
}

void report_append(struct report *to, const struct report *from)
{
	size_t tables = to->table_count;

	if (!*to->kernel)
		report_identify(to, from->host, from->os, from->kernel);
	for (size_t i = 0; i < from->artifact_count; i++) {
		const struct report_artifact *a = &from->artifacts[i];

		if (!report_has_artifact(to, a->path, a->kind))
			report_artifact(to, a->path, a->kind, a->state, a->bytes, a->bad_bytes);
	}
	for (size_t i = 0; i < from->table_count; i++) {
		if (!has_table(to, tables, &from->tables[i]))
			append_table(to, &from->tables[i]);
	}
	for (size_t i = 0; i < from->finding_count; i++) {
		if (!has_finding(to, &from->findings[i]))
			append_finding(to, &from->findings[i]);
	}
	report_conclude(to);
}
