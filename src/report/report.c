// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "damage/ranges.h"
#include "util/array.h"
#include "util/text.h"

/* The end of a longer name tells which member it is. */
#define MEMBER_SHOWN_MAX 250u

/*
 * Names come from damaged archives: nothing that a terminal would obey, and nothing that is
 * not valid in JSON, gets into a report.
 */
static char *printable(char *s)
{
	return text_printable(s, TEXT_ASCII);
}

static void list_add(struct string_list *l, char *owned)
{
	l->items = grow_array(l->items, &l->count, sizeof(*l->items));
	l->items[l->count - 1] = printable(owned);
}

static void list_clear(struct string_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i]);
	free(l->items);
}

static void finding_clear(struct finding *f)
{
	free(f->target);
	free(f->summary);
	for (size_t i = 0; i < f->evidence_count; i++)
		free(f->evidence[i].value);
	free(f->evidence);
	for (size_t i = 0; i < f->range_count; i++)
		list_clear(&f->ranges[i].members);
	free(f->ranges);
	list_clear(&f->not );
	list_clear(&f->next);
}

static void table_clear(struct report_table *t)
{
	free(t->name);
	free(t->target);
	free(t->number);
	list_clear(&t->columns);
	list_clear(&t->cells);
}

void report_init(struct report *r, const char *command)
{
	memset(r, 0, sizeof(*r));
	r->command = text_copy(command);
	r->host = text_copy("");
	r->os = text_copy("");
	r->kernel = text_copy("");
}

void report_clear(struct report *r)
{
	for (size_t i = 0; i < r->artifact_count; i++)
		free(r->artifacts[i].path);
	free(r->artifacts);
	for (size_t i = 0; i < r->finding_count; i++)
		finding_clear(&r->findings[i]);
	free(r->findings);
	for (size_t i = 0; i < r->table_count; i++)
		table_clear(&r->tables[i]);
	free(r->tables);
	free(r->command);
	free(r->host);
	free(r->os);
	free(r->kernel);
	memset(r, 0, sizeof(*r));
}

void report_identify(struct report *r, const char *host, const char *os, const char *kernel)
{
	free(r->host);
	free(r->os);
	free(r->kernel);
	r->host = printable(text_copy(host ? host : ""));
	r->os = printable(text_copy(os ? os : ""));
	r->kernel = printable(text_copy(kernel ? kernel : ""));
}

struct finding *report_finding(struct report *r, enum verdict v, enum finding_id id,
			       const char *target, const char *summary, ...)
{
	struct finding *f;
	va_list args;

	r->findings = grow_array(r->findings, &r->finding_count, sizeof(*r->findings));
	f = &r->findings[r->finding_count - 1];
	f->verdict = v;
	f->id = id;
	f->warning = r->warnings;
	f->target = printable(text_copy(target));
	va_start(args, summary);
	f->summary = printable(text_vformat(summary, args));
	va_end(args);
	return f;
}

struct report_artifact *report_artifact(struct report *r, const char *path, enum reported_kind kind,
					enum reported_state state, uint64_t bytes,
					uint64_t bad_bytes)
{
	struct report_artifact *a;

	r->artifacts = grow_array(r->artifacts, &r->artifact_count, sizeof(*r->artifacts));
	a = &r->artifacts[r->artifact_count - 1];
	a->path = printable(text_copy(path));
	a->kind = kind;
	a->state = state;
	a->bytes = bytes;
	a->bad_bytes = bad_bytes;
	return a;
}

bool report_has_artifact(const struct report *r, const char *path, enum reported_kind kind)
{
	for (size_t i = 0; i < r->artifact_count; i++) {
		if (r->artifacts[i].kind == kind && !strcmp(r->artifacts[i].path, path))
			return true;
	}
	return false;
}

static struct evidence *add_evidence(struct finding *f, enum evidence_key key)
{
	struct evidence *e;

	f->evidence = grow_array(f->evidence, &f->evidence_count, sizeof(*f->evidence));
	e = &f->evidence[f->evidence_count - 1];
	e->key = key;
	return e;
}

void finding_text(struct finding *f, enum evidence_key key, const char *value, ...)
{
	struct evidence *e = add_evidence(f, key);
	va_list args;

	va_start(args, value);
	e->value = printable(text_vformat(value, args));
	va_end(args);
}

void finding_number(struct finding *f, enum evidence_key key, uint64_t value)
{
	struct evidence *e = add_evidence(f, key);

	e->value = text_format("%llu", (unsigned long long)value);
}

void finding_not(struct finding *f, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	list_add(&f->not, text_vformat(text, args));
	va_end(args);
}

void finding_next(struct finding *f, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	list_add(&f->next, text_vformat(text, args));
	va_end(args);
}

struct report_range *finding_range(struct finding *f, const struct bad_range *range)
{
	struct report_range *r;

	f->ranges = grow_array(f->ranges, &f->range_count, sizeof(*f->ranges));
	r = &f->ranges[f->range_count - 1];
	r->offset = range->offset;
	r->length = range->length;
	r->damage = range->damage;
	return r;
}

void range_place(struct report_range *r, const struct location *l)
{
	r->location = *l;
	printable(r->location.device);
	printable(r->location.disk);
}

void finding_locate(struct finding *f, const char *path)
{
	struct extent_map map;

	if (!f->range_count || extent_map_open(&map, path))
		return;
	for (size_t i = 0; i < f->range_count; i++) {
		struct location place;

		extent_map_locate(&map, f->ranges[i].offset, &place);
		range_place(&f->ranges[i], &place);
	}
	extent_map_free(&map);
}

void range_member(struct report_range *r, const char *path)
{
	size_t length = strlen(path);

	if (length <= MEMBER_SHOWN_MAX)
		list_add(&r->members, text_copy(path));
	else
		list_add(&r->members, text_format("...%s", path + length - MEMBER_SHOWN_MAX));
}

static void add_column(struct report_table *t, const char *title, size_t length)
{
	bool number = *title == '#';
	size_t flags = t->columns.count;

	title += number;
	length -= number;
	t->number = grow_array(t->number, &flags, sizeof(*t->number));
	t->number[flags - 1] = number;
	list_add(&t->columns, text_format("%.*s", (int)length, title));
}

struct report_table *report_table(struct report *r, const char *name, const char *target,
				  const char *columns)
{
	struct report_table *t;

	r->tables = grow_array(r->tables, &r->table_count, sizeof(*r->tables));
	t = &r->tables[r->table_count - 1];
	t->name = printable(text_copy(name));
	t->target = printable(text_copy(target));
	while (*columns) {
		size_t length = strcspn(columns, " ");

		add_column(t, columns, length);
		columns += length;
		columns += strspn(columns, " ");
	}
	return t;
}

void table_cell(struct report_table *t, const char *format, ...)
{
	va_list args;

	if (!format) {
		list_add(&t->cells, text_copy(""));
		return;
	}
	va_start(args, format);
	list_add(&t->cells, text_vformat(format, args));
	va_end(args);
}

enum verdict report_verdict_from(const struct report *r, size_t first)
{
	enum verdict worst = VERDICT_INTACT;

	for (size_t i = first; i < r->finding_count; i++) {
		if (!r->findings[i].warning)
			worst = verdict_worst(worst, r->findings[i].verdict);
	}
	return worst;
}

enum verdict report_worst(const struct report *r)
{
	enum verdict worst = VERDICT_INTACT;

	for (size_t i = 0; i < r->finding_count; i++)
		worst = verdict_worst(worst, r->findings[i].verdict);
	return worst;
}

static bool has_finding(const struct report *r, enum finding_id id)
{
	for (size_t i = 0; i < r->finding_count; i++) {
		if (r->findings[i].id == id)
			return true;
	}
	return false;
}

const char *report_headline(const struct report *r)
{
	if (r->verdict == VERDICT_STALE && has_finding(r, FINDING_LUKS_NO_KEYSLOT))
		return "STALE - not sealed as it is now; a LUKS header has no keyslot";
	if (r->verdict == VERDICT_INTACT && report_worst(r) == VERDICT_STORAGE_CORRUPTION)
		return "INTACT - all that counts is as sealed; see the warning";
	return verdict_headline(r->verdict);
}

bool report_warnings(struct report *r, bool on)
{
	bool before = r->warnings;

	r->warnings = on;
	return before;
}

void report_discount(struct report *r, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		r->findings[i].warning = true;
}

void report_conclude(struct report *r)
{
	r->verdict = report_verdict_from(r, 0);
	r->exit = (int)r->verdict;
}

char *range_text(const struct report_range *r)
{
	const struct damage *d = &r->damage;

	switch (d->kind) {
	case DAMAGE_ZEROED:
		return text_copy("all zero");
	case DAMAGE_ONES:
		return text_copy("all ones");
	case DAMAGE_ZERO_SECTORS:
		return text_format("%u of its 512-byte sectors are zero", d->zero_sectors);
	case DAMAGE_MISPLACED:
		return text_format("holds what belongs at offset %llu",
				   (unsigned long long)d->origin);
	case DAMAGE_BIT_FLIP:
		return text_format("one bit flipped: bit %u of byte %llu", d->bit,
				   (unsigned long long)(r->offset + d->byte));
	case DAMAGE_TRUNCATED:
		return text_copy("missing: the file ends before it");
	case DAMAGE_UNREADABLE:
		return text_copy("the device cannot read it");
	case DAMAGE_UNSTABLE:
		return text_copy("two reads gave different bytes");
	case DAMAGE_CHANGED:
		break;
	}
	return text_copy("other bytes");
}
