// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "console/consoles.h"
#include "system/system.h"

static void test_list(void **state)
{
	struct console_id ids[8];

	(void)state;
	assert_int_equal(consoles_parse("tty0                 -WU (EC   p  )    4:1\n"
					"ttyS0                -W- (E    p a)    4:64\n"
					"hvc0                 -W- (E  B p  )  229:0\n"
					"ttyS1                -W- (     p a)    4:65\n"
					"netcon0              -W- (E       )\n"
					"pstore-1             -W- (E      )    \n",
					ids, 8),
			 3);
	assert_string_equal(ids[0].name, "tty0");
	assert_int_equal(ids[0].device, makedev(4, 1));
	assert_string_equal(ids[1].name, "ttyS0");
	assert_int_equal(ids[1].device, makedev(4, 64));
	assert_string_equal(ids[2].name, "hvc0");
	assert_int_equal(ids[2].device, makedev(229, 0));
	assert_true(ids[0].first);
	assert_false(ids[1].first || ids[2].first);
}

/* /dev/console is what is listed first; with something that is no terminal there, nothing is. */
static void test_first(void **state)
{
	struct console_id ids[2];

	(void)state;
	assert_int_equal(
		consoles_parse("netcon0 -W- (EC      )\nttyS0 -W- (E    p a)    4:64\n", ids, 2),
		1);
	assert_false(ids[0].first);
	assert_int_equal(
		consoles_parse("ttyS1 -W- ( C   p a) 4:65\nttyS0 -W- (E p a) 4:64\n", ids, 2), 1);
	assert_string_equal(ids[0].name, "ttyS0");
	assert_false(ids[0].first);
}

static void test_odd_lists(void **state)
{
	struct console_id ids[2];
	char text[400];

	(void)state;
	assert_int_equal(consoles_parse("", ids, 2), 0);
	assert_int_equal(consoles_parse("(\n)\n()\n(E)\n(E) 1\n(E) 1:\n", ids, 2), 0);
	assert_int_equal(consoles_parse("ttyS0 -W- (E) 4:64", ids, 2), 1);
	assert_int_equal(consoles_parse("a (E) 1:1\nb (E) 1:2\nc (E) 1:3\n", ids, 2), 2);
	memset(text, 'x', sizeof(text));
	memcpy(text + 300, " (E) 4:64", 10);
	assert_int_equal(consoles_parse(text, ids, 2), 0); /* longer than any real line */
	assert_int_equal(consoles_parse(text + 200, ids, 2), 1);
	assert_int_equal(strlen(ids[0].name), 31);
}

/* One console whose other end is in this test. */
static int open_pair(struct consoles *c, int *far)
{
	struct termios raw;
	int near;

	memset(c, 0, sizeof(*c));
	if (openpty(far, &near, NULL, NULL, NULL))
		return -errno;
	tcgetattr(near, &raw);
	cfmakeraw(&raw);
	tcsetattr(near, TCSANOW, &raw);
	fcntl(near, F_SETFL, O_NONBLOCK);
	c->items[0].fd = near;
	c->items[0].saved = raw;
	c->items[0].asked = true;
	c->count = 1;
	return 0;
}

static int press(struct consoles *c, int far, const char *keys, size_t len)
{
	size_t which = 99;
	int key;

	assert_int_equal(write(far, keys, len), len);
	key = consoles_key(c, 300, &which);
	if (key >= 0)
		assert_int_equal(which, 0);
	return key;
}

static void test_keys(void **state)
{
	struct consoles c;
	int far;

	(void)state;
	assert_int_equal(open_pair(&c, &far), 0);
	assert_int_equal(press(&c, far, "d", 1), 'd');
	assert_int_equal(press(&c, far, "\0", 1), -1); /* a break on a serial line */
	assert_int_equal(press(&c, far, "\0s", 2), 's');
	/* Cursor right ends in "C", which is no wish to continue. */
	assert_int_equal(press(&c, far, "\033[C", 3), -1);
	assert_int_equal(press(&c, far, "\033", 1), -1);
	system_sleep_ms(150);
	assert_int_equal(press(&c, far, "c", 1), 'c');
	consoles_close(&c);
	close(far);
}

/* The rest of an escape sequence may come in a read of its own on a slow line. */
static void test_split_escape(void **state)
{
	struct consoles c;
	size_t which;
	int far;

	(void)state;
	assert_int_equal(open_pair(&c, &far), 0);
	assert_int_equal(write(far, "\033", 1), 1);
	assert_int_equal(consoles_key(&c, 20, &which), -1);
	assert_int_equal(write(far, "[C", 2), 2);
	assert_int_equal(consoles_key(&c, 20, &which), -1);
	consoles_close(&c);
	close(far);
}

static void test_silent_line_does_not_hold_up(void **state)
{
	char text[100001];
	struct consoles c;
	uint64_t start;
	int far;

	(void)state;
	assert_int_equal(open_pair(&c, &far), 0);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	start = system_now_ms();
	consoles_write(&c, text); /* nobody reads */
	assert_in_range(system_now_ms() - start, 1000, 5000);
	consoles_close(&c);
	close(far);
}

static void test_lent_console_is_left_alone(void **state)
{
	struct consoles c;
	char byte;
	size_t which;
	int far;

	(void)state;
	assert_int_equal(open_pair(&c, &far), 0);
	fcntl(far, F_SETFL, O_NONBLOCK);
	c.items[0].lent = true;
	consoles_write(&c, "screen");
	assert_int_equal(read(far, &byte, 1), -1);
	assert_int_equal(write(far, "d", 1), 1);
	assert_int_equal(consoles_key(&c, 100, &which), -1);
	c.items[0].lent = false;
	assert_int_equal(consoles_key(&c, 100, &which), 'd');
	consoles_write(&c, "s");
	assert_int_equal(read(far, &byte, 1), 1);
	assert_int_equal(byte, 's');
	consoles_close(&c);
	close(far);
}

/* The menu is on another console: it has the text, and its keys do nothing. */
static void test_console_that_is_not_asked(void **state)
{
	struct consoles c;
	char byte;
	size_t which;
	int far;

	(void)state;
	assert_int_equal(open_pair(&c, &far), 0);
	c.items[0].asked = false;
	assert_null(consoles_who_is_asked(&c));
	assert_int_equal(write(far, "s", 1), 1);
	assert_int_equal(consoles_key(&c, 100, &which), -1);
	consoles_write(&c, "t");
	assert_int_equal(read(far, &byte, 1), 1);
	assert_int_equal(byte, 't');
	c.items[0].asked = true;
	assert_ptr_equal(consoles_who_is_asked(&c), &c.items[0]);
	consoles_close(&c);
	close(far);
}

static void test_gone_console_is_given_up(void **state)
{
	struct consoles c;
	uint64_t start;
	size_t which;
	int far;

	(void)state;
	assert_int_equal(open_pair(&c, &far), 0);
	close(far);
	start = system_now_ms();
	assert_int_equal(consoles_key(&c, 200, &which), -1);
	assert_in_range(system_now_ms() - start, 150, 2000); /* waits, and not busily */
	assert_int_equal(c.items[0].fd, -1);
	consoles_write(&c, "x");
	consoles_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_odd_lists),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_split_escape),
		cmocka_unit_test(test_silent_line_does_not_hold_up),
		cmocka_unit_test(test_lent_console_is_left_alone),
		cmocka_unit_test(test_console_that_is_not_asked),
		cmocka_unit_test(test_gone_console_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
