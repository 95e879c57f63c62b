// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "util/memory.h"
#include "util/text.h"

static struct json_object *must(struct json_object *o)
{
	if (!o)
		memory_out();
	return o;
}

static void add(struct json_object *to, const char *key, struct json_object *value)
{
	if (json_object_object_add(to, key, must(value)) < 0)
		must(NULL);
}

static void append(struct json_object *to, struct json_object *value)
{
	if (json_object_array_add(to, must(value)) < 0)
		must(NULL);
}

static void add_number(struct json_object *to, const char *key, uint64_t value)
{
	add(to, key, json_object_new_int64((int64_t)value));
}

static void add_string(struct json_object *to, const char *key, const char *value)
{
	add(to, key, json_object_new_string(value));
}

static struct json_object *from_list(const struct string_list *l)
{
	struct json_object *a = must(json_object_new_array());

	for (size_t i = 0; i < l->count; i++)
		append(a, json_object_new_string(l->items[i]));
	return a;
}

static struct json_object *from_range(const struct report_range *r)
{
	struct json_object *o = must(json_object_new_object());

	add_number(o, "offset", r->offset);
	add_number(o, "length", r->length);
	add_string(o, "damage", damage_name(r->damage.kind));
	if (r->damage.kind == DAMAGE_BIT_FLIP) {
		add_number(o, "byte", r->offset + r->damage.byte);
		add_number(o, "bit", r->damage.bit);
	} else if (r->damage.kind == DAMAGE_MISPLACED) {
		add_number(o, "origin", r->damage.origin);
	} else if (r->damage.kind == DAMAGE_ZERO_SECTORS) {
		add_number(o, "zero_sectors", r->damage.zero_sectors);
	}
	if (r->location.known) {
		add_string(o, "device", r->location.device);
		add_string(o, "disk", r->location.disk);
		add_number(o, "lba", r->location.lba);
	}
	add(o, "members", from_list(&r->members));
	if (r->members_left_off)
		add_number(o, "members_left_off", r->members_left_off);
	return o;
}

static struct json_object *from_value(const struct evidence *e)
{
	return evidence_kind(e->key)->number
		       ? json_object_new_int64((int64_t)strtoull(e->value, NULL, 10))
		       : json_object_new_string(e->value);
}

/* A second value of what is told once would be a fault of the program; it is not lost either. */
static void add_evidence(struct json_object *to, const struct evidence *e)
{
	const struct evidence_kind *kind = evidence_kind(e->key);
	struct json_object *there = NULL, *list;

	json_object_object_get_ex(to, kind->json, &there);
	if (!kind->list && !there) {
		add(to, kind->json, from_value(e));
		return;
	}
	list = there;
	if (!list || !json_object_is_type(list, json_type_array)) {
		list = must(json_object_new_array());
		if (there)
			append(list, json_object_get(there));
		add(to, kind->json, list);
	}
	append(list, from_value(e));
}

static struct json_object *from_evidence(const struct finding *f)
{
	struct json_object *o = must(json_object_new_object());

	for (size_t i = 0; i < f->evidence_count; i++)
		add_evidence(o, &f->evidence[i]);
	return o;
}

static struct json_object *from_finding(const struct finding *f)
{
	struct json_object *o = must(json_object_new_object());
	struct json_object *ranges = must(json_object_new_array());

	add_string(o, "id", catalog_entry(f->id)->id);
	add_string(o, "target", f->target);
	add_string(o, "summary", f->summary);
	add_string(o, "verdict", verdict_name(f->verdict));
	add(o, "warning", json_object_new_boolean(f->warning));
	add(o, "evidence", from_evidence(f));
	for (size_t i = 0; i < f->range_count; i++)
		append(ranges, from_range(&f->ranges[i]));
	add(o, "ranges", ranges);
	add(o, "not", from_list(&f->not ));
	add(o, "next", from_list(&f->next));
	return o;
}

static struct json_object *from_artifact(const struct report_artifact *a)
{
	struct json_object *o = must(json_object_new_object());

	add_string(o, "path", a->path);
	add_string(o, "kind", reported_kind_name(a->kind));
	add_string(o, "state", reported_state_name(a->state));
	add_number(o, "bytes", a->bytes);
	add_number(o, "bad_bytes", a->bad_bytes);
	return o;
}

static struct json_object *from_row(const struct report_table *t, size_t row)
{
	struct json_object *o = must(json_object_new_object());

	for (size_t i = 0; i < t->columns.count; i++) {
		const char *cell = t->cells.items[row * t->columns.count + i];

		if (!*cell)
			continue;
		if (t->number[i])
			add_number(o, t->columns.items[i], strtoull(cell, NULL, 10));
		else
			add_string(o, t->columns.items[i], cell);
	}
	return o;
}

/* One of the same name, of another target, is there already with several devices in a report. */
static void add_table(struct json_object *to, const struct report_table *t)
{
	struct json_object *rows;

	if (!json_object_object_get_ex(to, t->name, &rows)) {
		rows = must(json_object_new_array());
		add(to, t->name, rows);
	}
	for (size_t row = 0; (row + 1) * t->columns.count <= t->cells.count; row++) {
		struct json_object *o = from_row(t, row);

		add_string(o, "target", t->target);
		append(rows, o);
	}
}

void report_print_json(const struct report *r, FILE *out)
{
	struct json_object *o = must(json_object_new_object());
	struct json_object *host = must(json_object_new_object());
	struct json_object *artifacts = must(json_object_new_array());
	struct json_object *findings = must(json_object_new_array());
	char when[32];

	add_number(o, "bootverdict", 1);
	add_string(o, "command", r->command);
	add_string(o, "verdict", verdict_name(r->verdict));
	add_number(o, "exit", (uint64_t)r->exit);
	add_string(host, "name", r->host);
	add_string(host, "os", r->os);
	add(o, "host", host);
	add_string(o, "kernel", r->kernel);
	if (r->sealed_at)
		add_string(o, "sealed_at", text_time(r->sealed_at, when));
	for (size_t i = 0; i < r->artifact_count; i++)
		append(artifacts, from_artifact(&r->artifacts[i]));
	add(o, "artifacts", artifacts);
	for (size_t i = 0; i < r->table_count; i++)
		add_table(o, &r->tables[i]);
	for (size_t i = 0; i < r->finding_count; i++)
		append(findings, from_finding(&r->findings[i]));
	add(o, "findings", findings);

	fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							JSON_C_TO_STRING_NOSLASHESCAPE),
	      out);
	fputc('\n', out);
	json_object_put(o);
}
