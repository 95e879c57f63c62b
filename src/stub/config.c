// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "guard_config.h"
#include "stub.h"

#define HASH_DIGITS 16

long read_start(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (used < size) {
		n = read(fd, buf + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? (long)n : (long)used;
}

long parse_decimal(const char *s, const char **end)
{
	long number = 0;
	int digits = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		if (++digits > 18)
			return -1;
		number = number * 10 + (*s - '0');
	}
	*end = s;
	return digits ? number : -1;
}

/* "N", "-N" or "N.N", up to the word's end. */
static long parse_panic(const char *s, const char *word_end)
{
	bool negative = *s == '-';
	const char *end = word_end;
	long n = parse_decimal(s + negative, &end);

	if (*end == '.')
		parse_decimal(end + 1, &end);
	if (n <= 0 || end != word_end)
		return NEVER;
	return negative ? -n : n;
}

long panic_seconds(const char *words, long otherwise)
{
	long seconds = otherwise;

	while (*words) {
		size_t len = 0;

		while (words[len] && words[len] != ' ' && words[len] != '\n')
			len++;
		if (!strncmp(words, "panic=", 6))
			seconds = parse_panic(words + 6, words + len);
		words += len;
		words += *words != 0;
	}
	return seconds;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* "HASH SIZE", and nothing behind it. */
static void parse_checker(const char *s, struct stub_config *config)
{
	uint64_t hash = 0;
	const char *end;
	long size;

	for (int i = 0; i < HASH_DIGITS; i++) {
		int digit = hex_digit(*s++);

		if (digit < 0)
			return;
		hash = (hash << 4) | (uint64_t)digit;
	}
	if (*s++ != ' ')
		return;
	size = parse_decimal(s, &end);
	if (size < 0 || *end)
		return;
	config->checker_hash = hash;
	config->checker_size = (uint64_t)size;
	config->checker_known = true;
}

/* What follows a line's first word, or NULL: it is another one. */
static const char *value_of(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) ? NULL : line + len;
}

static void parse_line(const char *line, struct stub_config *config)
{
	const char *value, *end;

	if ((value = value_of(line, GUARD_CONFIG_CHECKER))) {
		parse_checker(value, config);
	} else if ((value = value_of(line, GUARD_CONFIG_WAIT))) {
		long wait = parse_decimal(value, &end);

		if (wait >= 1 && wait <= GUARD_CONFIG_WAIT_MAX && !*end)
			config->wait = (unsigned int)wait;
	} else if ((value = value_of(line, GUARD_CONFIG_RESCUE))) {
		config->panic = panic_seconds(value, NEVER);
	}
}

void stub_config_read(struct stub_config *config)
{
	char text[GUARD_CONFIG_BYTES_MAX + 1];
	long len = read_start(STUB_CONFIG, text, GUARD_CONFIG_BYTES_MAX);

	memset(config, 0, sizeof(*config));
	config->wait = GUARD_CONFIG_WAIT_DEFAULT;
	config->panic = NEVER;
	if (len < 0)
		return;
	text[len] = 0;
	for (char *line = text; *line;) {
		char *end = line;

		while (*end && *end != '\n')
			end++;
		if (!*end) /* cut short: the last number may not be whole */
			return;
		*end = 0;
		parse_line(line, config);
		line = end + 1;
	}
}
