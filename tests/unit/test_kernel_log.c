// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "system/kernel_log.h"

static void check(const char *log, const char *wanted)
{
	char *found = kernel_log_find_unpack_message(log);

	if (wanted) {
		assert_non_null(found);
		assert_string_equal(found, wanted);
	} else {
		assert_null(found);
	}
	free(found);
}

static void test_message_is_found(void **state)
{
	(void)state;
	check("<6>[    0.100000] Trying to unpack rootfs image as initramfs...\n"
	      "<0>[    0.204040] Initramfs unpacking failed: junk within compressed archive\n"
	      "<6>[    0.300000] Freeing initrd memory: 12796K\n",
	      "Initramfs unpacking failed: junk within compressed archive");
	check("<3>Initramfs unpacking failed: uncompression error",
	      "Initramfs unpacking failed: uncompression error");
	check("[    1.0] rootfs image is not initramfs (ZSTD-compressed data is corrupt); looks "
	      "like an initrd\n",
	      "rootfs image is not initramfs (ZSTD-compressed data is corrupt); looks like an "
	      "initrd");
}

static void test_first_of_several_counts(void **state)
{
	(void)state;
	check("<0>Initramfs unpacking failed: a\n<0>Initramfs unpacking failed: b\n",
	      "Initramfs unpacking failed: a");
}

static void test_other_lines_do_not_count(void **state)
{
	(void)state;
	check("", NULL);
	check("\n\n", NULL);
	check("<5>[ 0.0] Kernel command line: x=Initramfs unpacking failed: y\n", NULL);
	check("<6>[ 1.0] Initramfs unpacking failed\n", NULL);
	check("<6>[ 1.0] Initramfs unpacking failed: \n", NULL);
	check("<6>[ 1.0", NULL);
	check("<", NULL);
	check("[", NULL);
}

/* Somebody else's damaged message must not flood a screen. */
static void test_long_message_is_cut(void **state)
{
	char log[2000] = "<0>Initramfs unpacking failed: ";
	char *found;

	(void)state;
	memset(log + strlen(log), 'x', 1900);
	found = kernel_log_find_unpack_message(log);
	assert_non_null(found);
	assert_int_equal(strlen(found), 200);
	free(found);
}

static size_t format(char *record, const char *words, ...)
{
	va_list args;
	size_t size;

	va_start(args, words);
	size = kernel_log_format(record, LOG_LEVEL_ERROR, words, args);
	va_end(args);
	return size;
}

/* A name in a record must not end it, begin another, or speak to the console. */
static void test_record_is_one_line_of_text(void **state)
{
	static const char plain[] = "<3>bootverdict: /dev/vda3: 5 keyslots\n";
	static const char name[] = "a\n<0>b\033[31m\233x\302\233";
	static const char made[] = "<3>bootverdict: a?<0>b?[31m?x??\n";
	char record[KERNEL_LOG_RECORD_MAX];

	(void)state;
	assert_int_equal(format(record, "%s: %d keyslots", "/dev/vda3", 5), strlen(plain));
	assert_memory_equal(record, plain, strlen(plain));
	assert_int_equal(format(record, "%s", name), strlen(made));
	assert_memory_equal(record, made, strlen(made));
}

/* Also between the bytes of a letter. */
static void test_long_record_is_cut(void **state)
{
	char record[KERNEL_LOG_RECORD_MAX], name[2000] = { 0 };

	(void)state;
	for (size_t i = 0; i < 999; i++)
		memcpy(name + 2 * i, "\303\244", 2);
	for (size_t start = 0; start < 2; start++) {
		size_t size = format(record, "x%.*s%s", (int)start, "y", name);

		assert_true(size > 890 && size <= sizeof(record));
		assert_int_equal(record[size - 1], '\n');
		assert_true(record[size - 2] == '?' || record[size - 2] == '\244');
		assert_true(record[size - 3] != '?');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message_is_found),
		cmocka_unit_test(test_first_of_several_counts),
		cmocka_unit_test(test_other_lines_do_not_count),
		cmocka_unit_test(test_long_message_is_cut),
		cmocka_unit_test(test_record_is_one_line_of_text),
		cmocka_unit_test(test_long_record_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
