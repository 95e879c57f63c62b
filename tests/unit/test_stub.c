// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "stub/stub.h"
#include "stub/xxh64.h"

/* Every length around the stripe, with the input cut at every stripe, against xxHash's own code. */
static void test_hash_agrees_with_the_reference(void **state)
{
	unsigned char data[300];
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++) {
		random = random * 1103515245u + 12345u;
		data[i] = (unsigned char)(random >> 16);
	}
	for (size_t len = 0; len <= sizeof(data); len++) {
		for (size_t cut = 0; cut <= len; cut += XXH64_STRIPE) {
			struct xxh64 x;

			xxh64_begin(&x);
			xxh64_stripes(&x, data, cut);
			assert_true(xxh64_end(&x, data + cut, len - cut) == XXH64(data, len, 0));
		}
	}
}

static void test_decimal(void **state)
{
	const char *end = NULL;

	(void)state;
	assert_int_equal(parse_decimal("20\n", &end), 20);
	assert_int_equal(*end, '\n');
	assert_int_equal(parse_decimal("2p", &end), 2);
	assert_int_equal(*end, 'p');
	assert_int_equal(parse_decimal("", &end), -1);
	assert_int_equal(parse_decimal("-1", &end), -1);
	assert_int_equal(parse_decimal("999999999999999999", &end), 999999999999999999);
	assert_int_equal(parse_decimal("9999999999999999999", &end), -1);
}

static void test_number_text(void **state)
{
	char buf[NUMBER_BYTES];

	(void)state;
	assert_string_equal(number_text(0, buf), "0");
	assert_string_equal(number_text(-26, buf), "-26");
	assert_string_equal(number_text(1234567890123456789, buf), "1234567890123456789");
	assert_string_equal(number_text(INT64_MIN, buf), "-9223372036854775808");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_agrees_with_the_reference),
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_number_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
