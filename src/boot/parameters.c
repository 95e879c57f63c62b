// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/parameters.h"

#include "system/command_line.h"

enum policy parameters_policy(const char *command_line)
{
	enum policy policy = POLICY_NONE;
	struct word w;

	while (word_next(&command_line, QUOTING_KERNEL, &w)) {
		enum policy said = POLICY_NONE;

		if (word_key_is(&w, "bootverdict") && w.value)
			said = policy_from_text(w.value, w.value_len);
		if (said != POLICY_NONE)
			policy = said;
	}
	return policy;
}
