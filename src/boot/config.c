/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/config.h"

#include <stdlib.h>
#include <string.h>

#include "boot/system.h"
#include "util/util.h"

#define TIMEOUT_DEFAULT 30
#define TIMEOUT_MAX	86400
#define CONFIG_MAX	4096

static unsigned int parse_timeout(const char *value, size_t len)
{
	unsigned int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9')
			return TIMEOUT_DEFAULT;
		n = n * 10 + (unsigned int)(value[i] - '0');
		if (n > TIMEOUT_MAX)
			return TIMEOUT_DEFAULT;
	}
	return n ? n : TIMEOUT_DEFAULT;
}

void boot_config_parse(struct boot_config *c, const char *text)
{
	c->policy = POLICY_STOP;
	c->timeout = TIMEOUT_DEFAULT;
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		size_t len = (size_t)(end - text);

		if (len > 7 && !memcmp(text, "policy ", 7)) {
			enum policy policy = policy_from_text(text + 7, len - 7);

			if (policy != POLICY_NONE)
				c->policy = policy;
		} else if (len > 8 && !memcmp(text, "timeout ", 8)) {
			c->timeout = parse_timeout(text + 8, len - 8);
		}
	}
}

void boot_config_read(struct boot_config *c, const char *path)
{
	cleanup(free_ptr) char *text = system_read_text(path, CONFIG_MAX);

	boot_config_parse(c, text ? text : "");
}
