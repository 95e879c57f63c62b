// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/shell_conf.h"

#include <string.h>

#include "util/text.h"
#include "util/util.h"

#define NAME_CHARS  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789"
#define VALUE_CHARS NAME_CHARS "%+,-./:=@^"
#define QUOTES	    "\"'\\"
#define BETWEEN	    " \t\n;&|(){}`$<>" /* what may stand around a command's name */

/* "NAME=VALUE" in plain; empty lines and comments have no name. */
struct assignment {
	const char *name, *value;
	size_t name_len, value_len;
};

static bool read_value(const char **s, struct assignment *a)
{
	char quote = **s;
	const char *set = quote == '\'' ? "'\n" : "\"\n$`\\";

	if (quote != '\'' && quote != '"') {
		a->value = *s;
		a->value_len = strspn(*s, VALUE_CHARS);
		*s += a->value_len;
		return true;
	}
	a->value = *s + 1;
	a->value_len = strcspn(a->value, set);
	*s = a->value + a->value_len;
	return *(*s)++ == quote;
}

/* One line, without its newline. False: it is something else. */
static bool read_line(const char *s, const char *end, struct assignment *a)
{
	const char *start;

	memset(a, 0, sizeof(*a));
	s += strspn(s, " \t");
	if (s == end || *s == '#')
		return true;
	if (!strncmp(s, "export ", 7))
		s += 7 + strspn(s + 7, " \t");
	start = s;
	s += strspn(s, NAME_CHARS);
	if (s == start || *s != '=')
		return false;
	a->name = start;
	a->name_len = (size_t)(s++ - start);
	if (!read_value(&s, a))
		return false;
	start = s;
	s += strspn(s, " \t");
	return s == end || (s > start && *s == '#');
}

/* All lines plain: *value is what the last assignment gives, if there is one. */
static bool read_plain(const char *text, const char *name, enum conf_effect *effect, char *value)
{
	for (const char *end; *text; text = end + (*end != '\0')) {
		struct assignment a;

		end = text + strcspn(text, "\n");
		if (!read_line(text, end, &a))
			return false;
		if (a.name_len != strlen(name) || memcmp(a.name, name, a.name_len) != 0)
			continue;
		if (a.value_len >= CONF_VALUE_BYTES)
			return false;
		memcpy(value, a.value, a.value_len);
		value[a.value_len] = '\0';
		*effect = CONF_ASSIGNS;
	}
	return true;
}

/* A line with a quote may be the end of a text of several lines, whatever it begins with. */
static bool is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' && line[strcspn(line, "\n" QUOTES)] == '\n';
}

/* Without what a shell removes from words, and without lines that are comments. */
static char *strip(const char *text)
{
	char *copy = text_copy(text), *out = copy;

	for (const char *in = copy; *in;) {
		if ((in == copy || in[-1] == '\n') && is_comment(in)) {
			in += strcspn(in, "\n");
			continue;
		}
		if (*in == '\\' && in[1] == '\n')
			in++;
		else if (!strchr(QUOTES, *in))
			*out++ = *in;
		in++;
	}
	*out = '\0';
	return copy;
}

static bool has_command(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, name)); p += len) {
		if ((p == text || strchr(BETWEEN, p[-1])) && (!p[len] || strchr(BETWEEN, p[len])))
			return true;
	}
	return false;
}

enum conf_effect shell_conf_read(const char *text, const char *name, char value[CONF_VALUE_BYTES])
{
	enum conf_effect effect = CONF_NOTHING;
	cleanup(free_ptr) char *stripped = NULL;

	if (read_plain(text, name, &effect, value))
		return effect;
	stripped = strip(text);
	if (strstr(stripped, name) || has_command(stripped, ".") ||
	    has_command(stripped, "source") || has_command(stripped, "eval"))
		return CONF_UNCLEAR;
	return CONF_NOTHING;
}
