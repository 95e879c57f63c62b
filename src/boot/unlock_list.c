// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/unlock_list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "system/builder.h"
#include "system/command_line.h"
#include "system/system.h"
#include "util/text.h"
#include "util/util.h"

#define UNLOCK_LIST_MAX 65536

/* The parts of "target=NAME,source=DEVICE,key=FILE,OPTION,..." that count, inside of it. */
struct entry {
	const char *name, *source;
	int name_len, source_len;
	char *options; /* owned */
};

static bool has_value(const char *part, size_t len, const char *key, const char **value,
		      int *value_len)
{
	size_t n = strlen(key);

	if (len < n || strncmp(part, key, n) != 0)
		return false;
	*value = part + n;
	*value_len = (int)(len - n);
	return true;
}

static void add_part(struct entry *e, const char *part, size_t len)
{
	const char *key;
	int key_len;
	char *longer;

	if (has_value(part, len, "target=", &e->name, &e->name_len) ||
	    has_value(part, len, "source=", &e->source, &e->source_len) ||
	    has_value(part, len, "key=", &key, &key_len))
		return;
	longer = text_format("%s%s%.*s", e->options, *e->options ? "," : "", (int)len, part);
	free(e->options);
	e->options = longer;
}

/* text becomes longer by a line. A word without a source is no entry, and yet the list is made anew. */
static char *add_entry(char *text, const struct word *w)
{
	struct entry e = { .name = "cryptroot", .name_len = 9, .options = text_copy("") };
	char *longer;

	for (size_t at = 0; at < w->value_len;) {
		const char *part = w->value + at;
		const char *comma = memchr(part, ',', w->value_len - at);
		size_t len = comma ? (size_t)(comma - part) : w->value_len - at;

		add_part(&e, part, len);
		at += len + 1;
	}
	longer = e.source_len ? text_format("%s%.*s %.*s none %s\n", text, e.name_len, e.name,
					    e.source_len, e.source, e.options)
			      : text_copy(text);
	free(e.options);
	free(text);
	return longer;
}

static char *read_list(void)
{
	cleanup(close_fd) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return system_read_text(builder_crypttab(builder_below(root)), UNLOCK_LIST_MAX);
}

char *unlock_list_read(const char *command_line)
{
	char *text = NULL;
	struct word w;

	/* Debian's script splits it at blanks, and knows no quotes. */
	while (command_line && word_next(&command_line, QUOTING_NONE, &w)) {
		if (word_key_is(&w, "cryptopts") && w.value)
			text = add_entry(text ? text : text_copy(""), &w);
	}
	return text ? text : read_list();
}
