// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/wrap.h"
#include "util/text.h"
#include "util/util.h"

/* What is shown without -v: enough to act on, short enough to read. */
#define RANGES_SHOWN  8u
#define MEMBERS_SHOWN 4u

static const char *verdict_color(enum verdict v)
{
	switch (v) {
	case VERDICT_INTACT:
		return "\033[1;32m";
	case VERDICT_STORAGE_CORRUPTION:
	case VERDICT_CONFIG_ERROR:
		return "\033[1;31m";
	default:
		return "\033[1;33m";
	}
}

static void print_artifact(const struct report_artifact *a, FILE *out)
{
	fprintf(out, "  %-12s %-8s %s", reported_state_name(a->state), reported_kind_name(a->kind),
		a->path);
	if (a->bad_bytes)
		fprintf(out, " (%" PRIu64 " of %" PRIu64 " bytes)", a->bad_bytes, a->bytes);
	fputc('\n', out);
}

static void print_members(const struct report_range *r, FILE *out, bool verbose)
{
	size_t shown = r->members.count;

	if (!verbose && shown > MEMBERS_SHOWN)
		shown = MEMBERS_SHOWN;
	for (size_t i = 0; i < shown; i++)
		fprintf(out, "      in %s\n", r->members.items[i]);

	uint64_t more = r->members.count - shown + r->members_left_off;

	if (more)
		fprintf(out, "      and %" PRIu64 " more members\n", more);
}

static void print_range(const struct report_range *r, FILE *out, bool verbose)
{
	cleanup(free_ptr) char *damage = range_text(r);

	fprintf(out, "    offset %" PRIu64 ", %" PRIu64 " bytes: %s\n", r->offset, r->length,
		damage);
	if (r->location.known)
		fprintf(out, "      on %s, that is LBA %" PRIu64 " of %s\n", r->location.device,
			r->location.lba, r->location.disk);
	print_members(r, out, verbose);
}

static void print_ranges(const struct finding *f, FILE *out, bool verbose)
{
	size_t shown = f->range_count;

	if (!verbose && shown > RANGES_SHOWN)
		shown = RANGES_SHOWN;
	for (size_t i = 0; i < shown; i++)
		print_range(&f->ranges[i], out, verbose);
	if (shown < f->range_count)
		fprintf(out, "    and %zu more bad ranges (-v or --json lists them all)\n",
			f->range_count - shown);
}

static void print_evidence(const struct evidence *e, FILE *out)
{
	const char *label = evidence_kind(e->key)->label;

	fprintf(out, "    %s%s%s\n", label, *label ? ": " : "", e->value);
}

static void print_finding(const struct finding *f, FILE *out, bool verbose)
{
	fprintf(out, "\n%s%s\n", f->warning ? "Note: " : "", f->target);
	print_wrapped(out, "  ", 2, f->summary);
	for (size_t i = 0; i < f->evidence_count; i++)
		print_evidence(&f->evidence[i], out);
	print_ranges(f, out, verbose);
	if (verbose)
		fprintf(out, "    finding: %s\n", catalog_entry(f->id)->id);
	for (size_t i = 0; i < f->not .count; i++)
		print_wrapped(out, i ? "             " : "  It is not: ", 13, f->not .items[i]);
	if (!f->next.count)
		return;
	fputs("  What to do:\n", out);
	for (size_t i = 0; i < f->next.count; i++) {
		cleanup(free_ptr) char *number = text_format("    %zu. ", i + 1);

		print_wrapped(out, number, 7, f->next.items[i]);
	}
}

static size_t column_width(const struct report_table *t, size_t column)
{
	size_t width = strlen(t->columns.items[column]);

	for (size_t i = column; i < t->cells.count; i += t->columns.count) {
		size_t length = strlen(t->cells.items[i]);

		width = length > width ? length : width;
	}
	return width;
}

/* Numbers to the right; no blanks at the end of a line. */
static void print_row(const struct report_table *t, char **cells, const size_t *widths, FILE *out)
{
	size_t last = t->columns.count;

	while (last && !*cells[last - 1])
		last--;
	fputc(' ', out);
	for (size_t i = 0; i < last; i++) {
		int width = (int)widths[i];

		if (t->number[i])
			fprintf(out, " %*s", width, cells[i]);
		else
			fprintf(out, " %-*s", i + 1 == last ? 0 : width, cells[i]);
		if (i + 1 < last)
			fputc(' ', out);
	}
	fputc('\n', out);
}

static void print_table(const struct report_table *t, FILE *out)
{
	cleanup(free_ptr) size_t *widths = calloc(t->columns.count, sizeof(*widths));

	if (!widths) {
		fputs("  (no memory for a table)\n", out);
		return;
	}
	for (size_t i = 0; i < t->columns.count; i++)
		widths[i] = column_width(t, i);
	fputc('\n', out);
	print_row(t, t->columns.items, widths, out);
	for (size_t row = 0; (row + 1) * t->columns.count <= t->cells.count; row++)
		print_row(t, t->cells.items + row * t->columns.count, widths, out);
}

void report_print_text(const struct report *r, FILE *out, bool verbose, bool color)
{
	char when[32];

	if (r->verdict != VERDICT_NONE)
		fprintf(out, "%sVERDICT: %s%s\n", color ? verdict_color(r->verdict) : "",
			report_headline(r), color ? "\033[0m" : "");
	if (*r->kernel)
		fprintf(out, "  kernel %s", r->kernel);
	if (*r->kernel && r->sealed_at)
		fprintf(out, ", sealed %s", text_time(r->sealed_at, when));
	if (*r->kernel)
		fputc('\n', out);
	for (size_t i = 0; i < r->artifact_count; i++)
		print_artifact(&r->artifacts[i], out);
	for (size_t i = 0; i < r->table_count; i++)
		print_table(&r->tables[i], out);
	for (size_t i = 0; i < r->finding_count; i++) {
		if (r->verdict != VERDICT_NONE || r->findings[i].verdict != VERDICT_NONE)
			print_finding(&r->findings[i], out, verbose);
	}
}
