// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"

/* What a shell splits at by default, and what ends a word for the kernel besides. */
static bool is_blank(char c, enum quoting quoting)
{
	return c == ' ' || c == '\t' || c == '\n' ||
	       (quoting == QUOTING_KERNEL && (c == '\r' || c == '\v' || c == '\f'));
}

static void split(struct word *w, const char *s, size_t len)
{
	const char *equals = len > 1 ? memchr(s + 1, '=', len - 1) : NULL;

	w->key = s;
	w->key_len = equals ? (size_t)(equals - s) : len;
	w->value = equals ? equals + 1 : NULL;
	w->value_len = equals ? len - w->key_len - 1 : 0;
}

static void unquote_value(struct word *w)
{
	if (!w->value_len || *w->value != '"')
		return;
	w->value++;
	w->value_len--;
	if (w->value_len && w->value[w->value_len - 1] == '"')
		w->value_len--;
}

bool word_next(const char **line, enum quoting quoting, struct word *w)
{
	const char *s = *line;
	bool quoted = false, whole = false;
	size_t len = 0;

	while (is_blank(*s, quoting))
		s++;
	if (!*s) {
		*line = s;
		return false;
	}
	if (quoting == QUOTING_KERNEL && *s == '"') {
		s++;
		quoted = whole = true;
	}
	for (; s[len] && (quoted || !is_blank(s[len], quoting)); len++) {
		if (quoting == QUOTING_KERNEL && s[len] == '"')
			quoted = !quoted;
	}
	*line = s + len;
	if (whole && len && s[len - 1] == '"')
		len--;
	split(w, s, len);
	if (quoting == QUOTING_KERNEL)
		unquote_value(w);
	return true;
}

bool word_key_is(const struct word *w, const char *key)
{
	return strlen(key) == w->key_len && !memcmp(w->key, key, w->key_len);
}

char *root_parameter(const char *command_line)
{
	char *root = NULL;
	struct word w;

	while (word_next(&command_line, QUOTING_NONE, &w)) {
		if (!word_key_is(&w, "root") || !w.value_len)
			continue;
		free(root);
		root = text_format("%.*s", (int)w.value_len, w.value);
	}
	return root;
}
