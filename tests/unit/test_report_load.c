// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/append.h"
#include "report/json.h"
#include "report/load.h"
#include "report/text.h"
#include "util/text.h"

static char path[] = "/tmp/report.XXXXXX";

static char *printed(const struct report *r)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	report_print_json(r, out);
	report_print_text(r, out, true, false);
	fclose(out);
	return text;
}

static void write_report(const struct report *r)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	report_print_json(r, out);
	assert_int_equal(fclose(out), 0);
}

static void make_report(struct report *r)
{
	const struct bad_range flip = { .offset = 8192,
					.length = 4096,
					.damage = {
						.kind = DAMAGE_BIT_FLIP, .byte = 17, .bit = 3 } };
	const struct bad_range moved = { .offset = 40960,
					 .length = 4096,
					 .damage = { .kind = DAMAGE_MISPLACED, .origin = 4096 } };
	struct report_range *range;
	struct report_table *t;
	struct finding *f;

	report_init(r, "boot");
	report_identify(r, "host", "Debian GNU/Linux 13 (trixie)", "6.12.107+deb13-amd64");
	report_artifact(r, "/dev/vda3", KIND_LUKS, STATE_DAMAGED, 1000, 10);
	t = report_table(r, "keyslots", "/dev/vda3", "#keyslot state pbkdf");
	table_cell(t, "%d", 0);
	table_cell(t, "as sealed");
	table_cell(t, NULL);
	table_cell(t, "%d", 1);
	table_cell(t, "damaged");
	table_cell(t, "argon2id");
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT, "/dev/vda3", "%s",
			   "100% of a keyslot is \"damaged\".");
	finding_number(f, EVIDENCE_KEYSLOT, 1);
	finding_text(f, EVIDENCE_DEVICES, "/dev/vda1: swap");
	finding_text(f, EVIDENCE_CHAIN, "vda3 > LUKS");
	finding_text(f, EVIDENCE_MEMBERS, "usr/bin/x");
	finding_text(f, EVIDENCE_MEMBERS, "usr/bin/y");
	finding_not(f, "the passphrase");
	finding_next(f, "Write nothing.");
	finding_next(f, "Look at 100%% of it.");
	range = finding_range(f, &flip);
	range->location.known = true;
	strcpy(range->location.device, "/dev/vda3");
	strcpy(range->location.disk, "/dev/vda");
	range->location.lba = 123456;
	range_member(range, "usr/bin/x");
	range->members_left_off = 2;
	finding_range(f, &moved);
	f = report_finding(r, VERDICT_STALE, FINDING_LUKS_STALE, "/dev/vda4", "Stale.");
	f->warning = true;
	report_conclude(r);
}

static void test_round_trip(void **state)
{
	struct report a, b;
	char *x, *y;

	(void)state;
	make_report(&a);
	write_report(&a);
	report_init(&b, "boot");
	assert_int_equal(report_load_json(&b, path), 0);
	x = printed(&a);
	y = printed(&b);
	assert_string_equal(x, y);
	/* Whether a key is a list does not depend on how many values there are. */
	assert_non_null(strstr(x, "\"keyslot\":1,"));
	assert_non_null(strstr(x, "\"devices\":[\n          \"/dev/vda1: swap\"\n        ]"));
	assert_non_null(strstr(x, "\"chain\":\"vda3 > LUKS\""));
	assert_non_null(strstr(x, "\"usr/bin/x\",\n          \"usr/bin/y\"\n"));
	free(x);
	free(y);
	report_clear(&a);
	report_clear(&b);
}

/* A later stage tells its own first, and what both have once. */
static void test_goes_on(void **state)
{
	struct report first, all;

	(void)state;
	make_report(&first);
	write_report(&first);
	report_clear(&first);
	report_init(&all, "boot");
	report_finding(&all, VERDICT_CONFIG_ERROR, FINDING_LUKS_PASSPHRASE, "/dev/vda4",
		       "It is it.");
	report_finding(&all, VERDICT_STALE, FINDING_LUKS_STALE, "/dev/vda4", "Stale.");
	report_artifact(&all, "/dev/vda3", KIND_LUKS, STATE_INTACT, 1000, 0);
	assert_int_equal(report_load_json(&all, path), 0);
	assert_int_equal(all.verdict, VERDICT_STORAGE_CORRUPTION);
	assert_int_equal(all.finding_count, 3);
	assert_string_equal(catalog_entry(all.findings[0].id)->id, "BV-LUKS-PASSPHRASE");
	assert_string_equal(catalog_entry(all.findings[2].id)->id, "BV-LUKS-KEYSLOT");
	assert_int_equal(all.artifact_count, 1);
	assert_int_equal(all.artifacts[0].state, STATE_INTACT);
	assert_int_equal(all.table_count, 1);
	assert_int_equal(report_load_json(&all, path), 0);
	assert_int_equal(all.finding_count, 3);
	assert_int_equal(all.table_count, 1);
	report_clear(&all);
}

/* Of one process: the same as by way of a file. */
static void test_in_memory(void **state)
{
	struct report a, b, c;
	char *x, *y;

	(void)state;
	make_report(&a);
	report_init(&b, "boot");
	report_append(&b, &a);
	x = printed(&a);
	y = printed(&b);
	assert_string_equal(x, y);
	free(y);
	report_append(&b, &a);
	y = printed(&b);
	assert_string_equal(x, y);
	/* Its own comes first, and stays. */
	report_init(&c, "boot");
	report_finding(&c, VERDICT_STALE, FINDING_LUKS_STALE, "/dev/vda4", "Stale.");
	report_artifact(&c, "/dev/vda3", KIND_LUKS, STATE_INTACT, 1000, 0);
	report_append(&c, &a);
	assert_int_equal(c.finding_count, a.finding_count);
	assert_false(c.findings[0].warning);
	assert_int_equal(c.artifact_count, a.artifact_count);
	assert_int_equal(c.artifacts[0].state, STATE_INTACT);
	assert_int_equal(c.verdict, VERDICT_STORAGE_CORRUPTION);
	free(x);
	free(y);
	report_clear(&a);
	report_clear(&b);
	report_clear(&c);
}

static void test_no_report(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "{\"findings\": 3}", "null" };
	struct report r;

	(void)state;
	report_init(&r, "boot");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		FILE *out = fopen(path, "w");

		assert_non_null(out);
		fputs(texts[i], out);
		fclose(out);
		assert_int_equal(report_load_json(&r, path), -EBADMSG);
	}
	assert_int_equal(report_load_json(&r, "/nonexistent/report.json"), -ENOENT);
	assert_int_equal(r.finding_count, 0);
	report_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_in_memory),
		cmocka_unit_test(test_no_report),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
