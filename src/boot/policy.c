// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/policy.h"

#include <string.h>

#include "stub/guard_config.h"
#include "util/util.h"

/* In the order of the enum. */
static const char *const names[] = { "none", GUARD_CONFIG_POLICIES };

enum policy policy_from_text(const char *text, size_t len)
{
	for (size_t i = POLICY_STOP; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], text, len))
			return (enum policy)i;
	}
	return POLICY_NONE;
}

const char *policy_name(enum policy policy)
{
	return names[policy];
}

enum decision policy_decide(enum policy policy, enum on_panic panic, bool bad, bool can_go_on)
{
	if (!bad)
		return DECIDE_GO;
	/* "off" gets here only when there is no init to go on with. */
	if (can_go_on && policy == POLICY_CONTINUE)
		return DECIDE_SHOW_AND_GO;
	/* Nobody may be asked, and who said "ask" wants to go on when nobody answers. */
	if (can_go_on && policy == POLICY_ASK && panic != PANIC_NONE)
		return DECIDE_SHOW_AND_GO;
	if (panic != PANIC_NONE)
		return DECIDE_PANIC;
	if (can_go_on && policy == POLICY_ASK)
		return DECIDE_MENU_FOR_A_WHILE;
	return DECIDE_MENU;
}
