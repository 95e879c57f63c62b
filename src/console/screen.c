// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/screen.h"

#include <string.h>

#include "util/text.h"
#include "util/util.h"

#define TITLE "bootverdict " BOOTVERDICT_VERSION

/* How much of what to do is told: as much as leaves room for what happened, at least the last. */
static const struct {
	size_t steps, rows; /* rows: of each */
} lengths[] = { { 5, 4 }, { 4, 3 }, { 3, 2 } };

#define DEVICES 6u /* of those that are there instead */

/* ---- rows ---- */

static void add_row(struct screen *s, const char *text, size_t len)
{
	if (s->count == SCREEN_ROWS)
		return;
	if (len > SCREEN_COLUMNS)
		len = SCREEN_COLUMNS;
	memcpy(s->rows[s->count], text, len);
	s->rows[s->count][len] = '\0';
	s->count++;
}

static void add(struct screen *s, const char *text)
{
	add_row(s, text, strlen(text));
}

static void add_rule(struct screen *s, char c)
{
	char rule[SCREEN_COLUMNS - 2];

	memset(rule, c, sizeof(rule));
	add_row(s, rule, sizeof(rule));
}

/* How much of text fits into width columns: up to a space, or all of a word that is too long. */
static size_t fit(const char *text, size_t width)
{
	size_t len = strlen(text);

	if (len <= width)
		return len;
	for (len = width; len; len--) {
		if (text[len] == ' ')
			return len;
	}
	return width;
}

/* Adds text in rows of at most SCREEN_COLUMNS; first stands before it, the others are indented. */
static void add_wrapped(struct screen *s, const char *first, const char *text, size_t rows)
{
	size_t indent = strlen(first);
	size_t width = SCREEN_COLUMNS - indent;

	for (size_t i = 0; i < rows && *text; i++) {
		size_t len = fit(text, width);
		/* What does not fit into the last row is visibly cut. */
		bool cut = i + 1 == rows && text[len];
		cleanup(free_ptr) char *row = NULL;

		if (cut)
			len = fit(text, width - 4);
		row = text_format("%*s%.*s%s", (int)indent, i ? "" : first, (int)len, text,
				  cut ? " ..." : "");
		add(s, row);
		text += len;
		text += strspn(text, " ");
	}
}

void screen_shorten(char *out, size_t width, const char *s)
{
	size_t len = strlen(s);
	const char *name = strrchr(s, '/');
	size_t head, tail;

	if (len <= width) {
		memcpy(out, s, len + 1);
		return;
	}
	if (width <= 3) {
		memcpy(out, "...", width);
		out[width] = '\0';
		return;
	}
	/* The file's name is what a person knows; a bit of the start stays even so. */
	tail = name ? strlen(name) : 0;
	if (tail < (width - 3) / 2)
		tail = (width - 3) / 2;
	if (tail > width - 3 - (width - 3) / 4)
		tail = width - 3 - (width - 3) / 4;
	head = width - 3 - tail;
	memcpy(out, s, head);
	memcpy(out + head, "...", 3);
	memcpy(out + head + 3, s + len - tail, tail + 1);
}

/* ---- the parts ---- */

static void add_title(struct screen *s, const struct report *r)
{
	size_t left = strlen(TITLE) + 2;
	char right[SCREEN_COLUMNS + 1];
	cleanup(free_ptr) char *all =
		text_format("%s%s%s%s", r->os, *r->os && *r->kernel ? ", " : "",
			    *r->kernel ? "kernel " : "", r->kernel);
	cleanup(free_ptr) char *row = NULL;

	screen_shorten(right, SCREEN_COLUMNS - 2 - left, all);
	row = text_format("%s%*s", TITLE, (int)(SCREEN_COLUMNS - 2 - strlen(TITLE)), right);
	add(s, row);
	add_rule(s, '=');
}

static const char *evidence_value(const struct finding *f, enum evidence_key key)
{
	for (size_t i = 0; i < f->evidence_count; i++) {
		if (f->evidence[i].key == key)
			return f->evidence[i].value;
	}
	return NULL;
}

/* "  first: PATH (what is wrong)", shortened in the path. */
static void add_first_path(struct screen *s, const struct finding *f)
{
	const char *path = evidence_value(f, EVIDENCE_FIRST_PATH);
	const char *state = evidence_value(f, EVIDENCE_FIRST_STATE);
	cleanup(free_ptr) char *after = text_format("%s%s", state ? ": " : "", state ? state : "");
	cleanup(free_ptr) char *row = NULL;
	char shown[SCREEN_COLUMNS + 1];
	size_t used = strlen("  first: ") + strlen(after);

	if (!path || used + 16 > SCREEN_COLUMNS)
		return;
	screen_shorten(shown, SCREEN_COLUMNS - used, path);
	row = text_format("  first: %s%s", shown, after);
	add(s, row);
}

static void add_first_range(struct screen *s, const struct finding *f)
{
	const struct report_range *range = f->ranges;
	const char *total = f->range_count > 1 ? evidence_value(f, EVIDENCE_BAD_BYTES) : NULL;
	cleanup(free_ptr) char *damage = f->range_count ? range_text(range) : NULL;
	cleanup(free_ptr) char *text = NULL, *place = NULL;

	if (!damage)
		return;
	if (range->location.known)
		place = text_format(" (%s, LBA %llu)", range->location.disk,
				    (unsigned long long)range->location.lba);
	text = text_format("%llu bytes from byte %llu of it: %s%s%s%s",
			   (unsigned long long)range->length, (unsigned long long)range->offset,
			   damage, place ? place : "", total ? "; bad bytes in all: " : "",
			   total ? total : "");
	add_wrapped(s, "    ", text, 2);
}

static void add_position(struct screen *s, const struct finding *f)
{
	const char *exact = evidence_value(f, EVIDENCE_IMAGE_OFFSET);
	const char *about = evidence_value(f, EVIDENCE_IMAGE_OFFSET_ABOUT);
	cleanup(free_ptr) char *row = NULL;

	if (!exact && !about)
		return;
	row = text_format("    in the image file: %s byte %s", exact ? "at" : "compressed, near",
			  exact ? exact : about);
	add(s, row);
}

/* What is there, where something else was looked for. */
static void add_devices(struct screen *s, const struct finding *f)
{
	for (size_t i = 0, told = 0; i < f->evidence_count && told < DEVICES; i++) {
		const struct evidence *e = &f->evidence[i];

		if (e->key != EVIDENCE_DEVICES)
			continue;
		add_wrapped(s, "  ", e->value, 1);
		told++;
	}
}

static bool is_luks_device(const struct finding *f)
{
	return catalog_entry(f->id)->subject == SUBJECT_LUKS && !strncmp(f->target, "/dev/", 5) &&
	       !strstr(f->summary, f->target);
}

/* Of a LUKS device with its names: the prompt has the second one. A chain begins with them. */
static void add_summary(struct screen *s, const struct finding *f)
{
	const char *mapping = evidence_value(f, EVIDENCE_UNLOCKED_AS);
	cleanup(free_ptr) char *named = NULL;

	if (evidence_value(f, EVIDENCE_CHAIN))
		;
	else if (mapping)
		named = text_format("%s (%s): %s", f->target, mapping, f->summary);
	else if (is_luks_device(f))
		named = text_format("%s: %s", f->target, f->summary);
	add_wrapped(s, "", named ? named : f->summary, 3);
}

/* What was observed. Only the first finding with a place tells it: the details have the rest. */
static void add_finding(struct screen *s, const struct finding *f, bool *placed)
{
	const char *said = evidence_value(f, EVIDENCE_KERNEL_MESSAGE);

	if (said) {
		cleanup(free_ptr) char *quoted = text_format("\"%s\"", said);

		add_wrapped(s, "The kernel said: ", quoted, 2);
		return;
	}
	add_summary(s, f);
	if (evidence_value(f, EVIDENCE_CHAIN))
		add_wrapped(s, "  ", evidence_value(f, EVIDENCE_CHAIN), 3);
	add_devices(s, f);
	if (*placed || (!evidence_value(f, EVIDENCE_FIRST_PATH) && !f->range_count))
		return;
	add_first_path(s, f);
	add_first_range(s, f);
	add_position(s, f);
	*placed = true;
}

/* Damage in what was unpacked, or in the seal itself, in the words of who does not know either. */
static bool is_about_image(const struct finding *f)
{
	enum finding_subject subject = catalog_entry(f->id)->subject;

	return f->verdict == VERDICT_STORAGE_CORRUPTION && !f->warning &&
	       (subject == SUBJECT_CONTENT || subject == SUBJECT_GUARD);
}

/* Of several devices one may be damaged, and another only changed by its owner. */
static bool decides(const struct report *r, const struct finding *f)
{
	return f->verdict == r->verdict && !f->warning;
}

static void add_evidence(struct screen *s, const struct report *r)
{
	bool placed = false, image = false;

	for (size_t i = 0; i < r->finding_count; i++)
		image |= is_about_image(&r->findings[i]);
	if (image)
		add(s, "The initial RAM disk that was loaded is not the one that was sealed.");
	for (int rest = 0; rest <= 1; rest++) {
		for (size_t i = 0; i < r->finding_count; i++) {
			if (decides(r, &r->findings[i]) != rest)
				add_finding(s, &r->findings[i], &placed);
		}
	}
}

/* The finding whose advice is shown: the first that decides, or else the first that has any. */
static const struct finding *adviser(const struct report *r, bool steps)
{
	for (int rest = 0; rest <= 1; rest++) {
		for (size_t i = 0; i < r->finding_count; i++) {
			const struct finding *f = &r->findings[i];

			if ((rest || decides(r, f)) && (steps ? f->next.count : f->not .count))
				return f;
		}
	}
	return NULL;
}

static void add_nots(struct screen *s, const struct report *r)
{
	const struct finding *f = adviser(r, false);

	if (!f)
		return;
	add(s, "");
	add_wrapped(s, "It is not: ", f->not .items[0], 2);
}

static void add_steps(struct screen *s, const struct report *r, size_t steps, size_t rows)
{
	const struct finding *f = adviser(r, true);

	if (!f)
		return;
	add(s, "");
	add(s, "What to do:");
	for (size_t i = 0; i < f->next.count && i < steps; i++) {
		cleanup(free_ptr) char *number = text_format("  %zu. ", i + 1);

		add_wrapped(s, number, f->next.items[i], rows);
	}
}

static void add_end(struct screen *s, const struct report *r, const char *note, const char *menu,
		    size_t length)
{
	s->count = 0;
	add_nots(s, r);
	add_steps(s, r, lengths[length].steps, lengths[length].rows);
	if (note || menu)
		add_rule(s, '-');
	if (note)
		add(s, note);
	if (menu)
		add(s, menu);
}

void screen_render(struct screen *s, const struct report *r, const char *note, const char *menu)
{
	cleanup(free_ptr) char *verdict = text_format("VERDICT: %s", report_headline(r));
	struct screen evidence = { .count = 0 };
	struct screen end;
	size_t length = 0, room;

	s->count = 0;
	add_title(s, r);
	add_wrapped(s, "", verdict, 1);
	add(s, "");
	add_evidence(&evidence, r);
	do {
		add_end(&end, r, note, menu, length++);
	} while (length < ARRAY_SIZE(lengths) &&
		 s->count + evidence.count + end.count > SCREEN_ROWS);
	room = SCREEN_ROWS - s->count - end.count;
	for (size_t i = 0; i < evidence.count && i < room; i++)
		add(s, i + 1 == room && evidence.count > room ? "  ..." : evidence.rows[i]);
	for (size_t i = 0; i < end.count; i++)
		add(s, end.rows[i]);
}

char *screen_text(const struct screen *s)
{
	char *text = text_copy("");

	for (size_t i = 0; i < s->count; i++) {
		char *longer =
			text_format("%s%s%s", text, s->rows[i], i + 1 < s->count ? "\n" : "");

		free(text);
		text = longer;
	}
	return text;
}

/* How much of the rest of a line fits: up to a space behind its indent, or all that there is room for. */
static size_t fit_line(const char *line, size_t left, size_t indent, size_t width)
{
	if (left <= width)
		return left;
	for (size_t len = width; len > indent; len--) {
		if (line[len] == ' ')
			return len;
	}
	return width;
}

bool screen_page(struct screen *s, const char *text, size_t page, const char *menu)
{
	const size_t rows = SCREEN_ROWS - 2; /* a rule and the menu */
	size_t first = page * rows;
	size_t row = 0;

	s->count = 0;
	while (*text && row < first + rows) {
		size_t left = strcspn(text, "\n");
		size_t indent = strspn(text, " "), shift = 0;

		/* What does not fit goes on in the next row, further in: details leave nothing out. */
		do {
			size_t len =
				fit_line(text, left, shift ? 0 : indent, SCREEN_COLUMNS - shift);
			cleanup(free_ptr) char *shown =
				text_format("%*s%.*s", (int)shift, "", (int)len, text);

			if (row++ >= first)
				add(s, shown);
			text += len;
			left -= len;
			if (left && *text == ' ') {
				text++;
				left--;
			}
			shift = indent && indent < SCREEN_COLUMNS / 2 ? indent + 2 : 0;
		} while (left && row < first + rows);
		if (!left && *text == '\n')
			text++;
	}
	if (!s->count)
		return false;
	add_rule(s, '-');
	add(s, menu);
	return true;
}
