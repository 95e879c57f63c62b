// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/load.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "damage/ranges.h"
#include "report/append.h"
#include "util/file.h"
#include "util/text.h"
#include "util/util.h"

/* "" when there is none. */
static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value) || !value)
		return "";
	return json_object_get_string(value);
}

static uint64_t number_of(struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value))
		return 0;
	return (uint64_t)json_object_get_int64(value);
}

static struct json_object *array_of(struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value) ||
	    !json_object_is_type(value, json_type_array))
		return NULL;
	return value;
}

static size_t length_of(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

static enum verdict verdict_of(const char *name)
{
	for (int v = VERDICT_INTACT; v <= VERDICT_INCONCLUSIVE; v++) {
		if (!strcmp(verdict_name((enum verdict)v), name))
			return (enum verdict)v;
	}
	return VERDICT_INCONCLUSIVE;
}

static enum damage_kind damage_of(const char *name)
{
	for (int k = DAMAGE_CHANGED; k < DAMAGE_COUNT; k++) {
		if (!strcmp(damage_name((enum damage_kind)k), name))
			return (enum damage_kind)k;
	}
	return DAMAGE_CHANGED;
}

static void add_range(struct finding *f, struct json_object *o)
{
	struct bad_range range = {
		.offset = number_of(o, "offset"),
		.length = number_of(o, "length"),
		.damage = { .kind = damage_of(text_of(o, "damage")),
			    .zero_sectors = (unsigned int)number_of(o, "zero_sectors"),
			    .origin = number_of(o, "origin"),
			    .bit = (unsigned int)number_of(o, "bit") },
	};
	struct json_object *members = array_of(o, "members");
	struct location place = { .known = *text_of(o, "device"), .lba = number_of(o, "lba") };
	struct report_range *r;

	if (range.damage.kind == DAMAGE_BIT_FLIP)
		range.damage.byte = (size_t)(number_of(o, "byte") - range.offset);
	r = finding_range(f, &range);
	snprintf(place.device, sizeof(place.device), "%s", text_of(o, "device"));
	snprintf(place.disk, sizeof(place.disk), "%s", text_of(o, "disk"));
	range_place(r, &place);
	for (size_t i = 0; i < length_of(members); i++)
		range_member(r, json_object_get_string(json_object_array_get_idx(members, i)));
	r->members_left_off = number_of(o, "members_left_off");
}

static void add_value(struct finding *f, enum evidence_key key, struct json_object *value)
{
	if (evidence_kind(key)->number)
		finding_number(f, key, (uint64_t)json_object_get_int64(value));
	else
		finding_text(f, key, "%s", json_object_get_string(value));
}

static void add_evidence(struct finding *f, struct json_object *all)
{
	if (!json_object_is_type(all, json_type_object))
		return;
	json_object_object_foreach(all, name, value)
	{
		enum evidence_key key = evidence_find(name);
		bool list = json_object_is_type(value, json_type_array);

		if (key == EVIDENCE_COUNT)
			continue;
		if (!list)
			add_value(f, key, value);
		for (size_t i = 0; list && i < length_of(value); i++)
			add_value(f, key, json_object_array_get_idx(value, i));
	}
}

static void add_finding(struct report *r, struct json_object *o)
{
	enum finding_id id = catalog_find(text_of(o, "id"));
	struct json_object *ranges = array_of(o, "ranges"), *not = array_of(o, "not");
	struct json_object *next = array_of(o, "next"), *value;
	struct finding *f;

	/* Reports are of this boot, so that of its own catalog: another id is damage. */
	if (id == FINDING_COUNT)
		return;
	f = report_finding(r, verdict_of(text_of(o, "verdict")), id, text_of(o, "target"), "%s",
			   text_of(o, "summary"));
	if (json_object_object_get_ex(o, "warning", &value))
		f->warning = json_object_get_boolean(value);
	if (json_object_object_get_ex(o, "evidence", &value))
		add_evidence(f, value);
	for (size_t i = 0; i < length_of(ranges); i++)
		add_range(f, json_object_array_get_idx(ranges, i));
	for (size_t i = 0; i < length_of(not ); i++)
		finding_not(f, "%s", json_object_get_string(json_object_array_get_idx(not, i)));
	for (size_t i = 0; i < length_of(next); i++)
		finding_next(f, "%s", json_object_get_string(json_object_array_get_idx(next, i)));
}

static void add_artifact(struct report *r, struct json_object *o)
{
	enum reported_kind kind = reported_kind_find(text_of(o, "kind"));
	enum reported_state state = reported_state_find(text_of(o, "state"));

	if (kind == KIND_COUNT || state == STATE_COUNT)
		return;
	report_artifact(r, text_of(o, "path"), kind, state, number_of(o, "bytes"),
			number_of(o, "bad_bytes"));
}

/* The columns of all rows; a row leaves out what it has nothing for. */
static char *columns_of(struct json_object *rows)
{
	char *columns = text_copy("");
	struct json_object *seen = json_object_new_object();

	for (size_t i = 0; i < length_of(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!json_object_is_type(row, json_type_object))
			continue;
		json_object_object_foreach(row, key, value)
		{
			char *longer;

			if (!strcmp(key, "target") || json_object_object_get_ex(seen, key, NULL))
				continue;
			json_object_object_add(seen, key, NULL);
			longer = text_format("%s%s%s%s", columns, *columns ? " " : "",
					     json_object_is_type(value, json_type_int) ? "#" : "",
					     key);
			free(columns);
			columns = longer;
		}
	}
	json_object_put(seen);
	return columns;
}

static void add_row(struct report_table *t, struct json_object *row)
{
	for (size_t i = 0; i < t->columns.count; i++)
		table_cell(t, "%s", text_of(row, t->columns.items[i]));
}

static void add_table(struct report *r, const char *name, struct json_object *rows)
{
	cleanup(free_ptr) char *columns = columns_of(rows);
	struct report_table *t = NULL;

	for (size_t i = 0; i < length_of(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!t || strcmp(t->target, text_of(row, "target")) != 0)
			t = report_table(r, name, text_of(row, "target"), columns);
		add_row(t, row);
	}
}

static void add_all(struct report *r, struct json_object *o)
{
	struct json_object *host;

	if (json_object_object_get_ex(o, "host", &host))
		report_identify(r, text_of(host, "name"), text_of(host, "os"),
				text_of(o, "kernel"));
	json_object_object_foreach(o, key, value)
	{
		if (!json_object_is_type(value, json_type_array))
			continue;
		for (size_t i = 0; i < length_of(value); i++) {
			struct json_object *item = json_object_array_get_idx(value, i);

			if (!strcmp(key, "findings"))
				add_finding(r, item);
			else if (!strcmp(key, "artifacts"))
				add_artifact(r, item);
		}
		if (strcmp(key, "findings") != 0 && strcmp(key, "artifacts") != 0)
			add_table(r, key, value);
	}
}

int report_load_json(struct report *r, const char *path)
{
	cleanup(close_fd) int fd = file_open(path);
	struct json_object *o;
	struct report loaded;

	if (fd < 0)
		return -ENOENT;
	o = json_object_from_fd(fd);
	if (!o)
		return -EBADMSG;
	if (!json_object_is_type(o, json_type_object) || !array_of(o, "findings")) {
		json_object_put(o);
		return -EBADMSG;
	}
	report_init(&loaded, r->command);
	add_all(&loaded, o);
	json_object_put(o);
	report_append(r, &loaded);
	report_clear(&loaded);
	return 0;
}
