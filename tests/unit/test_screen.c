// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "console/menu.h"
#include "console/screen.h"
#include "util/text.h"

static const char MENU[] = "[d] details   [c] continue anyway   [s] shell   [r] reboot ";

/* What holds for every screen, whatever the report. */
static void check_fits(const struct screen *s)
{
	assert_in_range(s->count, 1, SCREEN_ROWS);
	for (size_t i = 0; i < s->count; i++) {
		assert_in_range(strlen(s->rows[i]), 0, SCREEN_COLUMNS);
		for (const char *c = s->rows[i]; *c; c++)
			assert_in_range(*c, 0x20, 0x7e);
	}
}

static int find_row(const struct screen *s, const char *part)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strstr(s->rows[i], part))
			return (int)i;
	}
	return -1;
}

/* A report as the boot makes it, with names of a chosen length. */
static void make_report(struct report *r, size_t name_len, size_t ranges)
{
	char *name = calloc(1, name_len + 1);
	struct finding *f;

	memset(name, 'x', name_len);
	for (size_t i = 9; i < name_len; i += 10)
		name[i] = '/';
	report_init(r, "boot");
	report_identify(r, NULL, "Debian GNU/Linux 13 (trixie)", "6.12.107+deb13-amd64");
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_CONTENT_DAMAGED, name,
			   "2 of 453 files in the initial RAM disk are not as sealed.");
	finding_text(f, EVIDENCE_FIRST_PATH, "%s", name);
	finding_text(f, EVIDENCE_FIRST_STATE, "other bytes");
	finding_number(f, EVIDENCE_IMAGE_OFFSET, 1300000);
	finding_number(f, EVIDENCE_BAD_BYTES, 8192);
	for (size_t i = 0; i < ranges; i++) {
		const struct bad_range range = { .offset = 4096 * i,
						 .length = 4096,
						 .damage = { .kind = DAMAGE_ZEROED } };

		range_member(finding_range(f, &range), name);
	}
	finding_not(f, "root=, crypttab, the passphrase, or the package that built it");
	finding_next(f, "Write nothing to this disk. Tell its host's administrator: the disk, or "
			"the way from it into memory, gave other bytes than were written.");
	finding_next(f, "Boot an older kernel from the boot menu, or a rescue system.");
	finding_next(f, "Once disk and memory are sound: update-initramfs -u -k %s", name);
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_CONTENT_MISSING,
			   "initial RAM disk",
			   "308 of 453 files in the initial RAM disk were not unpacked at all.");
	finding_text(f, EVIDENCE_FIRST_PATH, "%s", name);
	f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_KERNEL_UNPACK, "initial RAM disk",
			   "The kernel could not unpack all of it.");
	f->warning = true;
	finding_text(f, EVIDENCE_KERNEL_MESSAGE,
		     "Initramfs unpacking failed: ZSTD-compressed data is "
		     "corrupt");
	report_conclude(r);
	free(name);
}

static void test_usual_report(void **state)
{
	struct report r;
	struct screen s;

	(void)state;
	make_report(&r, 40, 1);
	screen_render(&s, &r, NULL, MENU);
	check_fits(&s);
	assert_ptr_equal(strstr(s.rows[0], "bootverdict " BOOTVERDICT_VERSION), s.rows[0]);
	assert_non_null(strstr(s.rows[0], "Debian GNU/Linux 13 (trixie), kernel 6.12.107"));
	assert_string_equal(s.rows[2], "VERDICT: STORAGE CORRUPTION - not a configuration error");
	assert_true(find_row(&s, "2 of 453 files") > 2);
	assert_true(find_row(&s, "4096 bytes from byte 0 of it: all zero") > 2);
	assert_true(find_row(&s, "at byte 1300000") > 2);
	assert_true(find_row(&s, "308 of 453 files") > 2);
	assert_true(find_row(&s, "ZSTD-compressed data is corrupt") > 2);
	assert_true(find_row(&s, "It is not: root=, crypttab") > 2);
	assert_true(find_row(&s, "1. Write nothing to this disk.") > find_row(&s, "What to do:"));
	assert_string_equal(s.rows[s.count - 1], MENU);
	report_clear(&r);
}

static void test_any_length_fits(void **state)
{
	static const size_t lengths[] = { 1,  9,  60, 61, 62, 63,  64,	65,
					  70, 77, 78, 79, 80, 200, 4095 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (size_t ranges = 0; ranges < 3; ranges++) {
			struct report r;
			struct screen s;

			make_report(&r, lengths[i], ranges);
			screen_render(&s, &r, "Going on in 30 s, unless a key is pressed.", MENU);
			check_fits(&s);
			assert_true(find_row(&s, "VERDICT:") == 2);
			assert_true(find_row(&s, "It is not:") > 0);
			assert_true(find_row(&s, "  3. ") > 0);
			assert_string_equal(s.rows[s.count - 2],
					    "Going on in 30 s, unless a key is pressed.");
			assert_string_equal(s.rows[s.count - 1], MENU);
			report_clear(&r);
		}
	}
}

static void test_too_much_evidence_is_cut_visibly(void **state)
{
	struct report r;
	struct screen s;

	(void)state;
	make_report(&r, 4000, 3);
	for (int i = 0; i < 30; i++)
		report_finding(&r, VERDICT_STORAGE_CORRUPTION, FINDING_FAILED, "x",
			       "Finding number %d.", i);
	screen_render(&s, &r, NULL, MENU);
	check_fits(&s);
	assert_int_equal(s.count, SCREEN_ROWS);
	assert_true(find_row(&s, "  ...") > 0);
	assert_true(find_row(&s, "It is not:") > find_row(&s, "  ..."));
	assert_string_equal(s.rows[s.count - 1], MENU);
	report_clear(&r);
}

/* A LUKS report: no word about the initial RAM disk; the chain, the devices, and every step. */
static void test_room_is_used(void **state)
{
	static const struct bad_range flip = { .offset = 8192,
					       .length = 4096,
					       .damage = { .kind = DAMAGE_BIT_FLIP } };
	struct finding *f;
	struct report r;
	struct screen s;

	(void)state;
	report_init(&r, "boot");
	f = report_finding(&r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT, "/dev/vda3",
			   "The key material of keyslot 0 is damaged.");
	finding_text(f, EVIDENCE_CHAIN, "/dev/vda3 > LUKS (a keyslot is damaged)");
	finding_text(f, EVIDENCE_DEVICES, "/dev/vda1: ext4 UUID");
	finding_number(f, EVIDENCE_BLOCKS, 63);
	finding_range(f, &flip);
	for (int i = 1; i <= 5; i++)
		finding_next(f,
			     "Step %d, which is so long that it needs four rows of the screen: "
			     "one %0*d, two %0*d, three %0*d, and its end.",
			     i, 50, 1, 50, 2, 50, 3);
	report_conclude(&r);
	screen_render(&s, &r, NULL, MENU);
	check_fits(&s);
	assert_int_equal(find_row(&s, "initial RAM disk"), -1);
	assert_true(find_row(&s, "> LUKS (a keyslot is damaged)") > 0);
	assert_true(find_row(&s, "  /dev/vda1: ext4 UUID") > 0);
	assert_true(find_row(&s, "one bit flipped") > 0);
	assert_true(find_row(&s, "  3. Step 3") > 0);
	assert_int_equal(find_row(&s, "  5. Step 5"), -1);
	report_clear(&r);

	report_init(&r, "boot");
	f = report_finding(&r, VERDICT_CONFIG_ERROR, FINDING_CHAIN_ROOT, "root", "Not there.");
	for (int i = 1; i <= 5; i++)
		finding_next(f, "Step %d.", i);
	report_conclude(&r);
	screen_render(&s, &r, NULL, MENU);
	check_fits(&s);
	assert_true(find_row(&s, "  5. Step 5.") > 0);
	report_clear(&r);
}

/* Of two LUKS devices: the damaged one, by both its names, and what to do about that one. */
static void test_what_decides_comes_first(void **state)
{
	struct finding *f;
	struct report r;
	struct screen s;

	(void)state;
	report_init(&r, "boot");
	f = report_finding(&r, VERDICT_STALE, FINDING_LUKS_STALE, "/dev/vda3",
			   "Keys were changed.");
	finding_text(f, EVIDENCE_UNLOCKED_AS, "root_crypt");
	finding_next(f, "Seal it.");
	f = report_finding(&r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT, "/dev/vdb",
			   "Keyslot 0 is damaged.");
	finding_text(f, EVIDENCE_UNLOCKED_AS, "swap_crypt");
	finding_not(f, "the passphrase");
	finding_next(f, "Use keyslot 1.");
	report_conclude(&r);
	screen_render(&s, &r, NULL, MENU);
	check_fits(&s);
	assert_int_equal(find_row(&s, "/dev/vdb (swap_crypt): Keyslot 0 is damaged."), 4);
	assert_int_equal(find_row(&s, "/dev/vda3 (root_crypt): Keys were changed."), 5);
	assert_true(find_row(&s, "It is not: the passphrase") > 0);
	assert_true(find_row(&s, "  1. Use keyslot 1.") > 0);
	assert_int_equal(find_row(&s, "Seal it."), -1);
	report_clear(&r);
}

/* What root= names has no second name; and no summary names its device twice. */
static void test_device_is_named_once(void **state)
{
	struct report r;
	struct screen s;

	(void)state;
	report_init(&r, "boot");
	report_finding(&r, VERDICT_STORAGE_CORRUPTION, FINDING_LUKS_KEYSLOT, "/dev/vda3",
		       "Keyslot 0 is damaged.");
	report_finding(&r, VERDICT_STORAGE_CORRUPTION, FINDING_UNREADABLE, "/dev/vda3",
		       "The header of /dev/vda3 cannot be read.");
	report_conclude(&r);
	screen_render(&s, &r, NULL, MENU);
	assert_int_equal(find_row(&s, "/dev/vda3: Keyslot 0 is damaged."), 4);
	assert_int_equal(find_row(&s, "The header of /dev/vda3 cannot be read."), 5);
	report_clear(&r);
}

static void test_long_identity_is_shortened(void **state)
{
	char name[301];
	struct report r;
	struct screen s;

	(void)state;
	memset(name, 'n', 300);
	name[300] = '\0';
	report_init(&r, "boot");
	report_identify(&r, NULL, name, name);
	report_finding(&r, VERDICT_CONFIG_ERROR, FINDING_NO_INIT, "x", "%s", name);
	report_conclude(&r);
	screen_render(&s, &r, NULL, NULL);
	check_fits(&s);
	assert_non_null(strstr(s.rows[0], "..."));
	assert_string_equal(s.rows[2], "VERDICT: CONFIGURATION ERROR - not the storage");
	report_clear(&r);
}

static void test_empty_report(void **state)
{
	struct report r;
	struct screen s;

	(void)state;
	report_init(&r, "boot");
	report_conclude(&r);
	screen_render(&s, &r, NULL, NULL);
	check_fits(&s);
	assert_int_equal(find_row(&s, "VERDICT: INTACT"), 2);
	report_clear(&r);
}

static void test_shorten(void **state)
{
	char out[300];
	const char *path = "usr/lib/modules/6.12.107+deb13-amd64/kernel/fs/ext4/ext4.ko.xz";

	(void)state;
	for (size_t width = 0; width < 100; width++) {
		screen_shorten(out, width, path);
		assert_true(strlen(out) <= width);
		if (width >= 24)
			assert_non_null(strstr(out, "/ext4.ko.xz"));
		if (width >= strlen(path))
			assert_string_equal(out, path);
		else if (width > 3)
			assert_non_null(strstr(out, "..."));
	}
}

static void test_pages_lose_nothing(void **state)
{
	char *text = text_copy("");
	struct screen s;
	int seen = 0;
	size_t page = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		char *more = text_format("%sline %d end\n", text, i);

		free(text);
		text = more;
	}
	while (screen_page(&s, text, page, MENU)) {
		check_fits(&s);
		assert_string_equal(s.rows[s.count - 1], MENU);
		for (size_t i = 0; i + 2 < s.count; i++) {
			char *wanted = text_format("line %d end", seen++);

			assert_string_equal(s.rows[i], wanted);
			free(wanted);
		}
		page++;
	}
	assert_int_equal(seen, 60);
	assert_int_equal(page, 3);
	free(text);
}

static void test_page_wraps_long_lines(void **state)
{
	char text[200];
	struct screen s;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_true(screen_page(&s, text, 0, MENU));
	check_fits(&s);
	assert_int_equal(s.count, 3 + 2);
	assert_int_equal(strlen(s.rows[0]) + strlen(s.rows[1]) + strlen(s.rows[2]), 199);
	assert_false(screen_page(&s, text, 1, MENU));
	assert_false(screen_page(&s, "", 0, MENU));
}

/* No word is broken at the edge, unless it is longer than a row; what goes on is further in. */
static void test_page_breaks_between_words(void **state)
{
	struct screen s;
	char *text = text_format(
		"first\n    %s\n    key: %s word %s\nlast\n",
		"/a-path/that-has-no-space-in-it/and-is-longer-than-a-row/of-the-screen/"
		"usr/lib/x",
		"one-word-of-forty-characters-1234567890ab",
		"another-word-of-forty-characters-12345678");

	(void)state;
	assert_true(screen_page(&s, text, 0, MENU));
	check_fits(&s);
	assert_int_equal(s.count, 6 + 2);
	assert_string_equal(s.rows[0], "first");
	assert_int_equal(strlen(s.rows[1]), SCREEN_COLUMNS);
	assert_memory_equal(s.rows[2], "      ", 6);
	assert_string_equal(s.rows[3], "    key: one-word-of-forty-characters-1234567890ab word");
	assert_string_equal(s.rows[4], "      another-word-of-forty-characters-12345678");
	assert_string_equal(s.rows[5], "last");
	free(text);
}

/* A line that is longer than a page goes on in the next one. */
static void test_page_ends_within_a_line(void **state)
{
	char text[SCREEN_ROWS * SCREEN_COLUMNS * 2 + 1];
	size_t words = sizeof(text) / 8, seen = 0;
	struct screen s;

	(void)state;
	for (size_t i = 0; i < words; i++)
		snprintf(text + i * 8, 9, "%07zu ", i);
	for (size_t page = 0; screen_page(&s, text, page, MENU); page++) {
		check_fits(&s);
		for (size_t i = 0; i + 2 < s.count; i++) {
			size_t number;
			int used;

			for (const char *p = s.rows[i]; sscanf(p, " %zu%n", &number, &used) == 1;
			     p += used)
				assert_int_equal(number, seen++);
		}
	}
	assert_int_equal(seen, words);
}

static void test_text_of_rows(void **state)
{
	struct screen s = { .rows = { "one", "", "three" }, .count = 3 };
	char *text = screen_text(&s);

	(void)state;
	assert_string_equal(text, "one\n\nthree");
	free(text);
}

static void test_menu_line(void **state)
{
	char buf[SCREEN_COLUMNS + 1];
	struct menu m = { .can_go_on = true, .shell = "/bootverdict/busybox" };

	(void)state;
	assert_string_equal(menu_line(&m, "details", buf), MENU);
	m.can_go_on = false;
	assert_string_equal(menu_line(&m, "more", buf), "[d] more   [s] shell   [r] reboot ");
	m.shell = NULL;
	assert_string_equal(menu_line(&m, "details", buf), "[d] details   [r] reboot ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual_report),
		cmocka_unit_test(test_any_length_fits),
		cmocka_unit_test(test_too_much_evidence_is_cut_visibly),
		cmocka_unit_test(test_room_is_used),
		cmocka_unit_test(test_what_decides_comes_first),
		cmocka_unit_test(test_device_is_named_once),
		cmocka_unit_test(test_long_identity_is_shortened),
		cmocka_unit_test(test_empty_report),
		cmocka_unit_test(test_shorten),
		cmocka_unit_test(test_pages_lose_nothing),
		cmocka_unit_test(test_page_wraps_long_lines),
		cmocka_unit_test(test_page_breaks_between_words),
		cmocka_unit_test(test_page_ends_within_a_line),
		cmocka_unit_test(test_text_of_rows),
		cmocka_unit_test(test_menu_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
