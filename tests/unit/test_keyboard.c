// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "console/keyboard.h"

static const char *const hid[] = { "usbhid", "hid-generic", NULL };

static void check(const char *dep, const char *const *wanted, const char *joined)
{
	struct string_list paths = { 0 };
	char all[1000] = "";

	keyboard_modules(&paths, dep, wanted);
	for (size_t i = 0; i < paths.count; i++) {
		strcat(all, paths.items[i]);
		strcat(all, "\n");
		free(paths.items[i]);
	}
	free(paths.items);
	assert_string_equal(all, joined);
}

static void test_needed_ones_come_first(void **state)
{
	(void)state;
	check("kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz\n"
	      "kernel/drivers/hid/usbhid/usbhid.ko.xz: kernel/usb/usbcore.ko.xz "
	      "kernel/drivers/hid/hid.ko.xz kernel/usb/usb-common.ko.xz\n"
	      "kernel/drivers/hid/hid-generic.ko.xz: kernel/drivers/hid/hid.ko.xz\n",
	      hid,
	      "kernel/usb/usb-common.ko.xz\nkernel/drivers/hid/hid.ko.xz\n"
	      "kernel/usb/usbcore.ko.xz\nkernel/drivers/hid/usbhid/usbhid.ko.xz\n"
	      "kernel/drivers/hid/hid-generic.ko.xz\n");
}

static void test_names_must_match(void **state)
{
	(void)state;
	check("", hid, "");
	check("a/usbhid.ko:\nb/usbhid.koala:\nc/xusbhid.ko:\nd/usbhid.ko.zst", hid,
	      "a/usbhid.ko\n");
	check("usbhid.ko: \n:\n: x\nusbhid\n", hid, "usbhid.ko\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needed_ones_come_first),
		cmocka_unit_test(test_names_must_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
