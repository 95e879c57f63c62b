// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/config.h"

#include <stdlib.h>
#include <string.h>

#include "stub/guard_config.h"
#include "system/system.h"
#include "util/util.h"

static unsigned int parse_seconds(const char *value, size_t len, unsigned int max,
				  unsigned int otherwise)
{
	unsigned int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9')
			return otherwise;
		n = n * 10 + (unsigned int)(value[i] - '0');
		if (n > max)
			return otherwise;
	}
	return n ? n : otherwise;
}

void boot_config_parse(struct boot_config *c, const char *text)
{
	c->policy = POLICY_STOP;
	c->timeout = GUARD_CONFIG_TIMEOUT_DEFAULT;
	c->wait = GUARD_CONFIG_WAIT_DEFAULT;
	c->rescue[0] = '\0';
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		size_t len = (size_t)(end - text);

		if (len > 7 && !memcmp(text, "policy ", 7)) {
			enum policy policy = policy_from_text(text + 7, len - 7);

			if (policy != POLICY_NONE)
				c->policy = policy;
		} else if (len > 8 && !memcmp(text, "timeout ", 8)) {
			c->timeout = parse_seconds(text + 8, len - 8, GUARD_CONFIG_TIMEOUT_MAX,
						   GUARD_CONFIG_TIMEOUT_DEFAULT);
		} else if (len > 5 && !memcmp(text, "wait ", 5)) {
			c->wait = parse_seconds(text + 5, len - 5, GUARD_CONFIG_WAIT_MAX,
						GUARD_CONFIG_WAIT_DEFAULT);
		} else if (len > 7 && len - 7 < sizeof(c->rescue) && !memcmp(text, "rescue ", 7)) {
			memcpy(c->rescue, text + 7, len - 7);
			c->rescue[len - 7] = '\0';
		}
	}
}

void boot_config_read(struct boot_config *c, const char *path)
{
	cleanup(free_ptr) char *text = system_read_text(path, GUARD_CONFIG_BYTES_MAX);

	boot_config_parse(c, text ? text : "");
}
