// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "boot/bounded.h"
#include "system/system.h"

static uint64_t started;

static void assert_took(uint64_t least_ms, uint64_t most_ms)
{
	uint64_t took = system_now_ms() - started;

	assert_in_range(took, least_ms, most_ms);
}

static void test_ends_well(void **state)
{
	int hold = -1;

	(void)state;
	started = system_now_ms();
	switch (bounded_start(30, &hold)) {
	case BOUNDED_CHILD:
		_exit(0);
	case BOUNDED_DONE:
		assert_took(0, 15000);
		return;
	case BOUNDED_FAILED:
		fail();
	}
}

static void test_fails(void **state)
{
	(void)state;
	for (int crash = 0; crash <= 1; crash++) {
		int hold = -1;

		started = system_now_ms();
		switch (bounded_start(30, &hold)) {
		case BOUNDED_CHILD:
			if (crash)
				raise(SIGKILL);
			_exit(3);
		case BOUNDED_DONE:
			fail();
			break;
		case BOUNDED_FAILED:
			assert_took(0, 15000);
		}
	}
}

/* A device that never answers. */
static void test_hangs(void **state)
{
	int hold = -1;

	(void)state;
	started = system_now_ms();
	switch (bounded_start(1, &hold)) {
	case BOUNDED_CHILD:
		for (;;)
			pause();
	case BOUNDED_DONE:
		fail();
		break;
	case BOUNDED_FAILED:
		assert_took(1000, 15000);
	}
}

static void test_person_is_asked(void **state)
{
	int hold = -1;

	(void)state;
	started = system_now_ms();
	switch (bounded_start(1, &hold)) {
	case BOUNDED_CHILD:
		if (write(hold, "h", 1) != 1)
			_exit(1);
		system_sleep_ms(2500);
		_exit(0);
	case BOUNDED_DONE:
		assert_took(2500, 15000);
		return;
	case BOUNDED_FAILED:
		fail();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends_well),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_person_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
