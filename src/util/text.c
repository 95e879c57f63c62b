// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/message.h"

static _Noreturn void out_of_memory(void)
{
	message("out of memory");
	exit(2);
}

char *text_copy(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		out_of_memory();
	return copy;
}

char *text_vformat(const char *format, va_list args)
{
	char *s;

	if (vasprintf(&s, format, args) < 0)
		out_of_memory();
	return s;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = text_vformat(format, args);
	va_end(args);
	return s;
}

void *grow_array(void *array, size_t *count, size_t item_size)
{
	char *grown = reallocarray(array, *count + 1, item_size);

	if (!grown)
		out_of_memory();
	memset(grown + *count * item_size, 0, item_size);
	(*count)++;
	return grown;
}

const char *text_time(int64_t seconds, char *buf)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return "unknown";
	return buf;
}

/* The value behind "NAME=" at the start of the line, or NULL. */
static const char *value_in_line(const char *line, const char *name)
{
	size_t n = strlen(name);

	line += strspn(line, " \t");
	if (strncmp(line, name, n) != 0 || line[n] != '=')
		return NULL;
	return line + n + 1;
}

static char *unquote(const char *value)
{
	size_t n;

	if (*value == '"' || *value == '\'') {
		const char quote[2] = { *value, '\0' };

		value++;
		n = strcspn(value, quote);
	} else {
		n = strcspn(value, " \t\r\n#");
	}

	char *copy = strndup(value, n);

	if (!copy)
		out_of_memory();
	return copy;
}

char *text_setting(const char *text, const char *name)
{
	const char *found = NULL;

	/* The last one counts, as when a shell reads the file. */
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;

		const char *value = value_in_line(line, name);

		if (value)
			found = value;
	}
	return found ? unquote(found) : NULL;
}
