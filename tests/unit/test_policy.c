// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/config.h"
#include "boot/parameters.h"
#include "boot/policy.h"

static void test_names(void **state)
{
	(void)state;
	for (int p = POLICY_STOP; p <= POLICY_OFF; p++) {
		const char *name = policy_name((enum policy)p);

		assert_int_equal(policy_from_text(name, strlen(name)), p);
		assert_int_equal(policy_from_text(name, strlen(name) - 1), POLICY_NONE);
	}
	assert_int_equal(policy_from_text("none", 4), POLICY_NONE);
	assert_int_equal(policy_from_text("", 0), POLICY_NONE);
}

static void test_decisions(void **state)
{
	static const struct {
		enum policy policy;
		enum on_panic panic;
		bool can_go_on;
		enum decision decision;
	} rows[] = {
		{ POLICY_STOP, PANIC_NONE, true, DECIDE_MENU },
		{ POLICY_STOP, PANIC_NONE, false, DECIDE_MENU },
		{ POLICY_ASK, PANIC_NONE, true, DECIDE_MENU_FOR_A_WHILE },
		{ POLICY_ASK, PANIC_NONE, false, DECIDE_MENU },
		{ POLICY_CONTINUE, PANIC_NONE, true, DECIDE_SHOW_AND_GO },
		{ POLICY_CONTINUE, PANIC_NONE, false, DECIDE_MENU },
		{ POLICY_OFF, PANIC_NONE, false, DECIDE_MENU },
		{ POLICY_STOP, PANIC_REBOOT, true, DECIDE_PANIC },
		{ POLICY_STOP, PANIC_HALT, false, DECIDE_PANIC },
		{ POLICY_ASK, PANIC_REBOOT, true, DECIDE_SHOW_AND_GO },
		{ POLICY_ASK, PANIC_REBOOT, false, DECIDE_PANIC },
		{ POLICY_CONTINUE, PANIC_REBOOT, true, DECIDE_SHOW_AND_GO },
		{ POLICY_CONTINUE, PANIC_HALT, false, DECIDE_PANIC },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
			policy_decide(rows[i].policy, rows[i].panic, true, rows[i].can_go_on),
			rows[i].decision);
		assert_int_equal(
			policy_decide(rows[i].policy, rows[i].panic, false, rows[i].can_go_on),
			DECIDE_GO);
	}
}

/* Where nobody may be asked there is no way to a menu, and so none to a shell. */
static void test_panic_never_asks(void **state)
{
	(void)state;
	for (int policy = POLICY_NONE; policy <= POLICY_OFF; policy++) {
		for (int panic = PANIC_HALT; panic <= PANIC_POWER_OFF; panic++) {
			for (int can = 0; can <= 1; can++) {
				enum decision d = policy_decide((enum policy)policy,
								(enum on_panic)panic, true, can);

				assert_true(d == DECIDE_PANIC || d == DECIDE_SHOW_AND_GO);
			}
		}
	}
}

static enum policy policy_of(const char *line)
{
	return parameters_policy(line);
}

static void test_policy_parameter(void **state)
{
	char longword[1000];

	(void)state;
	assert_int_equal(policy_of(""), POLICY_NONE);
	assert_int_equal(policy_of("root=/dev/vda1 ro quiet"), POLICY_NONE);
	assert_int_equal(policy_of("ro bootverdict=off\n"), POLICY_OFF);
	assert_int_equal(policy_of("bootverdict=off bootverdict=ask"), POLICY_ASK);
	assert_int_equal(policy_of("bootverdict=off bootverdict=nonsense"), POLICY_OFF);
	assert_int_equal(policy_of("bootverdict=\"continue\""), POLICY_CONTINUE);
	assert_int_equal(policy_of("\"bootverdict=continue\" ro"), POLICY_CONTINUE);
	assert_int_equal(policy_of("x=\"a bootverdict=off b\" ro"), POLICY_NONE);
	assert_int_equal(policy_of("x=\"unclosed bootverdict=off"), POLICY_NONE);
	assert_int_equal(policy_of("xbootverdict=off bootverdict bootverdict="), POLICY_NONE);
	memset(longword, 'x', sizeof(longword));
	memcpy(longword, "bootverdict=off", 15);
	memcpy(longword + 980, " bootverdict=stop", 18);
	assert_int_equal(policy_of(longword), POLICY_STOP);
}

static void check_config(const char *text, enum policy policy, unsigned int timeout)
{
	struct boot_config c;

	boot_config_parse(&c, text);
	assert_int_equal(c.policy, policy);
	assert_int_equal(c.timeout, timeout);
}

static void test_config(void **state)
{
	(void)state;
	check_config("", POLICY_STOP, 30);
	check_config("checker 0 0\nwait 20\npolicy ask\ntimeout 5\n", POLICY_ASK, 5);
	check_config("policy askx\ntimeout 5x\n", POLICY_STOP, 30);
	check_config("policy ask", POLICY_STOP, 30); /* cut short */
	check_config("timeout 0\npolicy none\n", POLICY_STOP, 30);
	check_config("timeout 86401\n", POLICY_STOP, 30);
	check_config("timeout 86400\npolicy \n", POLICY_STOP, 86400);
	check_config("\n\n\377\001\n", POLICY_STOP, 30);
}

/* The stub and the later stages wait equally long. */
static void test_longest_wait(void **state)
{
	struct boot_config c;

	(void)state;
	boot_config_parse(&c, "wait 3600\n");
	assert_int_equal(c.wait, 3600);
	boot_config_parse(&c, "wait 3601\n");
	assert_int_equal(c.wait, 20);
}

static void check_rules(const char *text, const char *rules)
{
	struct boot_config c;

	boot_config_parse(&c, text);
	assert_string_equal(c.rescue, rules);
}

static void test_config_rules(void **state)
{
	char text[RESCUE_RULES_MAX + 20] = "rescue ";

	(void)state;
	check_rules("policy ask\nrescue initramfs-tools panic=30\n", "initramfs-tools panic=30");
	check_rules("rescue initramfs-tools panic=3", ""); /* cut short: 30, perhaps */
	check_rules("rescue \npolicy ask\n", "");
	check_rules("escue initramfs-tools\n", "");
	memset(text + 7, 'x', RESCUE_RULES_MAX);
	text[7 + RESCUE_RULES_MAX] = '\n';
	check_rules(text, "");
	text[7 + RESCUE_RULES_MAX - 1] = '\n';
	text[7 + RESCUE_RULES_MAX] = '\0';
	assert_int_equal(strcspn(text, "\n"), 7 + RESCUE_RULES_MAX - 1);
}

static void test_config_file(void **state)
{
	struct boot_config c;

	(void)state;
	boot_config_read(&c, "/does/not/exist");
	assert_int_equal(c.policy, POLICY_STOP);
	assert_int_equal(c.timeout, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_panic_never_asks),
		cmocka_unit_test(test_policy_parameter),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_longest_wait),
		cmocka_unit_test(test_config_rules),
		cmocka_unit_test(test_config_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
