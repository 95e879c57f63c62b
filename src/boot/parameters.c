/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/parameters.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define POLICY_PARAMETER "bootverdict="
#define PANIC_PARAMETER	 "panic="
#define PANIC_MS_MAX	 (24u * 3600u * 1000u)

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool all_in(const char *s, size_t len, const char *set)
{
	for (size_t i = 0; i < len; i++) {
		if (!strchr(set, s[i]))
			return false;
	}
	return true;
}

/* "10" or "2.5", digits and dots only, in milliseconds. */
static unsigned int parse_ms(const char *s, size_t len)
{
	uint64_t ms = 0;
	size_t i = 0;
	unsigned int unit = 100;

	for (; i < len && s[i] != '.'; i++) {
		ms = ms * 10 + (uint64_t)(s[i] - '0') * 1000;
		if (ms > PANIC_MS_MAX)
			return PANIC_MS_MAX;
	}
	for (i++; i < len && s[i] != '.' && unit; i++, unit /= 10)
		ms += (uint64_t)(s[i] - '0') * unit;
	return (unsigned int)ms;
}

/*
 * As in initramfs-tools, scripts/functions, panic(): an empty value counts as not given, a
 * negative number reboots at once, 0 and what is no number halt.
 */
static void parse_panic(struct parameters *p, const char *s, size_t len)
{
	p->panic_ms = 0;
	p->panic = PANIC_NONE;
	if (!len)
		return;
	p->panic = PANIC_HALT;
	if (*s == '-') {
		if (all_in(s + 1, len - 1, "0123456789."))
			p->panic = PANIC_REBOOT;
		return;
	}
	if (!all_in(s, len, "0123456789.") || (len == 1 && *s == '0'))
		return;
	p->panic = PANIC_REBOOT;
	p->panic_ms = parse_ms(s, len);
}

static bool starts_with(const char *word, size_t len, const char *prefix, size_t *prefix_len)
{
	*prefix_len = strlen(prefix);
	return len >= *prefix_len && !memcmp(word, prefix, *prefix_len);
}

static void parse_word(struct parameters *p, const char *word, size_t len)
{
	size_t n;

	if (starts_with(word, len, POLICY_PARAMETER, &n)) {
		enum policy policy = policy_from_text(word + n, len - n);

		if (policy != POLICY_NONE)
			p->policy = policy;
	} else if (starts_with(word, len, PANIC_PARAMETER, &n)) {
		parse_panic(p, word + n, len - n);
	}
}

void parameters_parse(struct parameters *p, const char *command_line)
{
	const char *s = command_line;

	memset(p, 0, sizeof(*p));
	while (*s) {
		char word[256]; /* without its quotes; what does not fit is no word of ours */
		size_t len = 0;
		bool quoted = false;

		while (is_space(*s))
			s++;
		for (; *s && (quoted || !is_space(*s)); s++) {
			if (*s == '"')
				quoted = !quoted;
			else if (len < sizeof(word))
				word[len++] = *s;
		}
		if (len < sizeof(word))
			parse_word(p, word, len);
	}
}
