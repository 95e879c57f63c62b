/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/kernel_log.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message_is_found),
		cmocka_unit_test(test_first_of_several_counts),
		cmocka_unit_test(test_other_lines_do_not_count),
		cmocka_unit_test(test_long_message_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
