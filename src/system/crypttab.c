// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/crypttab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

#define FIELDS 4u

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

/* Blanks are written as in fstab(5): "\040". */
static char *unescaped(const char *s, size_t len)
{
	char *copy = text_format("%.*s", (int)len, s), *to = copy;

	for (const char *from = copy; *from; to++) {
		if (*from == '\\' && is_octal(from + 1)) {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return copy;
}

/* Splits a line at its blanks; what is not there is "". The caller frees the fields. */
static void split(const char *line, size_t len, char *fields[FIELDS])
{
	size_t at = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		size_t start;

		while (at < len && (line[at] == ' ' || line[at] == '\t'))
			at++;
		start = at;
		while (at < len && line[at] != ' ' && line[at] != '\t')
			at++;
		fields[i] = unescaped(line + start, at - start);
	}
}

/* Whether the options have this one; *value is what follows its "=", when that is asked for. */
static bool has_option(const char *options, const char *name, char **value)
{
	size_t n = strlen(name);

	while (*options) {
		size_t len = strcspn(options, ",");

		if (len >= n && strncmp(options, name, n) == 0 && (len == n || options[n] == '=')) {
			if (value && len > n)
				*value = text_format("%.*s", (int)(len - n - 1), options + n + 1);
			return true;
		}
		options += len;
		options += *options == ',';
	}
	return false;
}

static bool is_another_format(const char *options)
{
	static const char *const kinds[] = { "plain", "swap",	      "tmp",	"tcrypt",
					     "bitlk", "tcrypthidden", "fvault2" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (has_option(options, kinds[i], NULL) && !has_option(options, "luks", NULL))
			return true;
	}
	return false;
}

/* A new key at every boot: no LUKS, whatever the options do not say. */
static bool is_random_key(const char *key)
{
	return !strcmp(key, "/dev/urandom") || !strcmp(key, "/dev/random") ||
	       !strcmp(key, "/dev/hwrng");
}

/* What is behind one of two beginnings; "": it has neither. */
static const char *behind(const char *source, const char *const starts[2])
{
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(starts[i]);

		if (!strncmp(source, starts[i], n))
			return source + n;
	}
	return "";
}

const char *crypttab_uuid(const char *source)
{
	static const char *const starts[2] = { "UUID=", "/dev/disk/by-uuid/" };

	return behind(source, starts);
}

/* A name that is made of what a LUKS header holds. */
static bool names_a_header(const char *source)
{
	static const char *const labels[2] = { "LABEL=", "/dev/disk/by-label/" };

	return *crypttab_uuid(source) || *behind(source, labels);
}

/* crypttab(5), of Debian and of systemd: a key file, a keyscript, or what a token gives. */
static char *key_of(const char *key, const char *options)
{
	static const char *const tokens[] = { "tpm2-device", "fido2-device", "pkcs11-uri" };
	cleanup(free_ptr) char *script = NULL;

	if (has_option(options, "keyscript", &script))
		return text_format("the keyscript %s", script ? script : "");
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		if (has_option(options, tokens[i], NULL))
			return text_format("the token that %s names", tokens[i]);
	}
	if (!*key || !strcmp(key, "none") || !strcmp(key, "-"))
		return NULL;
	return text_format("the key file %s", key);
}

static void add_entry(struct crypttab *t, char *fields[FIELDS])
{
	struct crypttab_entry *e;

	if (!*fields[0] || *fields[0] == '#' || !*fields[1] || is_random_key(fields[2]) ||
	    is_another_format(fields[3]))
		return;
	t->entries = grow_array(t->entries, &t->count, sizeof(*t->entries));
	e = &t->entries[t->count - 1];
	e->name = text_copy(fields[0]);
	e->source = text_copy(fields[1]);
	e->key = key_of(fields[2], fields[3]);
	has_option(fields[3], "header", &e->header);
	e->initramfs = has_option(fields[3], "initramfs", NULL);
	e->noauto = has_option(fields[3], "noauto", NULL);
	e->luks = e->header || has_option(fields[3], "luks", NULL) || names_a_header(e->source);
}

void crypttab_parse(struct crypttab *t, const char *text)
{
	memset(t, 0, sizeof(*t));
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *fields[FIELDS];

		split(text, len, fields);
		add_entry(t, fields);
		for (size_t i = 0; i < FIELDS; i++)
			free(fields[i]);
		text += len;
		text += *text == '\n';
	}
}

void crypttab_clear(struct crypttab *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->entries[i].name);
		free(t->entries[i].source);
		free(t->entries[i].header);
		free(t->entries[i].key);
	}
	free(t->entries);
	memset(t, 0, sizeof(*t));
}

const struct crypttab_entry *crypttab_find(const struct crypttab *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->entries[i].name, name) == 0)
			return &t->entries[i];
	}
	return NULL;
}

/* What udev leaves as it is in the names of links; other bytes become "\\x20" (systemd, udev). */
static bool stays(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (unsigned char)c >= 0x80 || (c && strchr("#+-.:=@_", c));
}

/* A value that may stand in quotes. */
static char *linked(const char *folder, const char *value)
{
	size_t n = strlen(value);
	char *path, *to;

	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		value++;
		n -= 2;
	}
	path = text_format("/dev/disk/%s/%*s", folder, (int)(4 * n), "");
	to = path + strlen("/dev/disk//") + strlen(folder);
	for (size_t i = 0; i < n; i++) {
		if (stays(value[i]))
			*to++ = value[i];
		else
			to += sprintf(to, "\\x%02x", (unsigned int)(unsigned char)value[i]);
	}
	*to = '\0';
	return path;
}

char *crypttab_path(const char *root, const char *source)
{
	static const char *const tags[][2] = {
		{ "UUID=", "by-uuid" },
		{ "LABEL=", "by-label" },
		{ "PARTUUID=", "by-partuuid" },
		{ "PARTLABEL=", "by-partlabel" },
		{ "ID=", "by-id" },
	};
	char *path;

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		size_t n = strlen(tags[i][0]);

		if (strncmp(source, tags[i][0], n) == 0)
			return linked(tags[i][1], source + n);
	}
	path = text_format("%s%s", root, source);
	if (!*root || access(path, F_OK) == 0)
		return path;
	free(path);
	return text_copy(source);
}
