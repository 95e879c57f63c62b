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

/* What follows a line's first word; NULL: it is another one, or nothing follows. */
static const char *value_of(const char *line, size_t *len, const char *word)
{
	size_t n = strlen(word);

	if (*len <= n || memcmp(line, word, n) != 0)
		return NULL;
	*len -= n;
	return line + n;
}

void boot_config_parse(struct boot_config *c, const char *text)
{
	c->policy = POLICY_STOP;
	c->timeout = GUARD_CONFIG_TIMEOUT_DEFAULT;
	c->wait = GUARD_CONFIG_WAIT_DEFAULT;
	c->rescue[0] = '\0';
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		size_t len = (size_t)(end - text);
		const char *value;

		if ((value = value_of(text, &len, GUARD_CONFIG_POLICY))) {
			enum policy policy = policy_from_text(value, len);

			if (policy != POLICY_NONE)
				c->policy = policy;
		} else if ((value = value_of(text, &len, GUARD_CONFIG_TIMEOUT))) {
			c->timeout = parse_seconds(value, len, GUARD_CONFIG_TIMEOUT_MAX,
						   GUARD_CONFIG_TIMEOUT_DEFAULT);
		} else if ((value = value_of(text, &len, GUARD_CONFIG_WAIT))) {
			c->wait = parse_seconds(value, len, GUARD_CONFIG_WAIT_MAX,
						GUARD_CONFIG_WAIT_DEFAULT);
		} else if ((value = value_of(text, &len, GUARD_CONFIG_RESCUE)) &&
			   len < sizeof(c->rescue)) {
			memcpy(c->rescue, value, len);
			c->rescue[len] = '\0';
		}
	}
}

void boot_config_read(struct boot_config *c, const char *path)
{
	cleanup(free_ptr) char *text = system_read_text(path, GUARD_CONFIG_BYTES_MAX);

	boot_config_parse(c, text ? text : "");
}
