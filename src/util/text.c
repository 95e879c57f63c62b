// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/memory.h"
#include "util/util.h"

char *text_copy(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		memory_out();
	return copy;
}

char *text_vformat(const char *format, va_list args)
{
	char *s;

	if (vasprintf(&s, format, args) < 0)
		memory_out();
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

/* The bytes of the character at s, whose number goes to *c; 0: it is not valid UTF-8 (RFC 3629). */
static size_t decode_utf8(const unsigned char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	size_t more = *s < 0x80 ? 0 : *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : 1;

	if ((*s >= 0x80 && *s < 0xc0) || *s >= 0xf8)
		return 0;
	*c = more ? *s & (0x3fu >> more) : *s;
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (*c < least[more] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return more + 1;
}

/* Control characters, and those of Unicode that are not seen or change what others look like. */
static bool is_hidden(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{ 0, 0x1f },	    { 0x7f, 0x9f },	   { 0xad, 0xad },     { 0x61c, 0x61c },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e },	   { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	}
	return false;
}

char *text_printable(char *s, enum text_letters letters)
{
	for (char *p = s; *p;) {
		uint32_t c = 0;
		size_t bytes = decode_utf8((const unsigned char *)p, &c);

		if (!bytes || is_hidden(c) || (letters == TEXT_ASCII && bytes > 1))
			memset(p, '?', bytes ? bytes : 1);
		p += bytes ? bytes : 1;
	}
	return s;
}

void text_field(char *to, size_t size, const void *from, size_t len)
{
	const unsigned char *p = from;
	size_t n = 0;

	for (; n < len && n < size - 1 && p[n]; n++)
		to[n] = p[n] < ' ' || p[n] >= 0x7f ? '?' : (char)p[n];
	to[n] = '\0';
}

const char *text_time(int64_t seconds, char *buf)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return "unknown";
	return buf;
}

bool text_has_ending(const char *s, const char *ending)
{
	size_t n = strlen(s), e = strlen(ending);

	return n > e && strcmp(s + n - e, ending) == 0;
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
		memory_out();
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
