// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/text.h"

static void check(const char *words, enum text_letters letters, const char *wanted)
{
	char *copy = text_copy(words);

	assert_ptr_equal(text_printable(copy, letters), copy);
	assert_string_equal(copy, wanted);
	free(copy);
}

/* What may come out: of each kind of letter, and as long as what went in. */
static void test_letters_stay(void **state)
{
	static const char letters[] = "usr/lib/a b~ \303\244 \342\202\254 \360\237\220\247";

	(void)state;
	check("", TEXT_UTF8, "");
	check(letters, TEXT_UTF8, letters);
	check("a\303\244b\342\202\254c", TEXT_ASCII, "a??b???c");
}

static void test_control_characters_do_not(void **state)
{
	(void)state;
	for (int c = 1; c < 0xa0; c++) {
		const char raw[] = { 'a', (char)c, 'b', '\0' };
		const char coded[] = { 'a', '\302', (char)c, 'b', '\0' };

		if (c < 0x20 || c >= 0x7f) {
			check(raw, TEXT_UTF8, "a?b");
			check(raw, TEXT_ASCII, "a?b");
		}
		if (c >= 0x80) {
			check(coded, TEXT_UTF8, "a??b");
			check(coded, TEXT_ASCII, "a??b");
		}
	}
	check("\033]0;title\007\n\r\t", TEXT_UTF8, "?]0;title????");
}

static void test_hidden_characters_do_not(void **state)
{
	(void)state;
	check("txt.\342\200\256exe", TEXT_UTF8, "txt.???exe"); /* right to left */
	check("a\342\200\250b", TEXT_UTF8, "a???b");	       /* a line separator */
	check("a\342\201\246b", TEXT_UTF8, "a???b");	       /* an isolate */
	check("\357\273\277a", TEXT_UTF8, "???a");	       /* a byte order mark */
	check("\363\240\201\201", TEXT_UTF8, "????");	       /* a tag */
}

/* An ESC that is coded in two bytes, a surrogate, what is beyond the last character, cut letters. */
static void test_what_is_no_utf8_does_not(void **state)
{
	(void)state;
	check("\300\233[m", TEXT_UTF8, "??[m");
	check("\340\200\233", TEXT_UTF8, "???");
	check("\355\240\200", TEXT_UTF8, "???");
	check("\364\220\200\200", TEXT_UTF8, "????");
	check("\370\210\200\200\200", TEXT_UTF8, "?????");
	check("\377\376", TEXT_UTF8, "??");
	check("a\303", TEXT_UTF8, "a?");
	check("\342\202", TEXT_UTF8, "??");
	check("\342\033[m", TEXT_UTF8, "??[m");
	check("\360\237\220\n", TEXT_UTF8, "????");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters_stay),
		cmocka_unit_test(test_control_characters_do_not),
		cmocka_unit_test(test_hidden_characters_do_not),
		cmocka_unit_test(test_what_is_no_utf8_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
