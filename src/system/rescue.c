// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/rescue.h"

#include <stdint.h>
#include <string.h>

#include "system/builder.h"
#include "system/command_line.h"
#include "system/shell_conf.h"
#include "util/text.h"
#include "util/util.h"

#define KEYS_MAX     6
#define PANIC_MS_MAX (24u * 3600u * 1000u)

/* What is said for each key of a builder's table; of several the last counts. */
struct said {
	struct word words[KEYS_MAX]; /* key NULL: not said */
	bool by_image[KEYS_MAX];
	/* What only the image's own rules can have. */
	struct word unclear; /* a file that may deny the shell */
	bool password;	     /* root's password is asked for */
	bool locked;	     /* root's password is locked: sulogin refuses, unless it is forced */
	bool powers_off;     /* without rd.emergency=, where older dracut halts */
};

static bool value_is(const struct word *w, const char *text)
{
	return w->key && w->value && w->value_len == strlen(text) &&
	       !memcmp(w->value, text, w->value_len);
}

/* ---- initramfs-tools ---- */

enum { PANIC };

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

/* As panic() has it: a negative number reboots at once, 0 and what is no number halt. */
static void panic_value(struct rescue *r, const char *s, size_t len)
{
	r->panic = PANIC_HALT;
	if (*s == '-') {
		if (all_in(s + 1, len - 1, "0123456789."))
			r->panic = PANIC_REBOOT;
		return;
	}
	if (!all_in(s, len, "0123456789.") || (len == 1 && *s == '0'))
		return;
	r->panic = PANIC_REBOOT;
	r->panic_ms = parse_ms(s, len);
}

/* An empty value counts as not given, and takes back what was given before. */
static void decide_initramfs_tools(struct rescue *r, const struct said *said)
{
	const struct word *panic = &said->words[PANIC];

	r->where = CONSOLES_FIRST;
	if (panic->value_len) {
		panic_value(r, panic->value, panic->value_len);
		snprintf(r->why, sizeof(r->why), "panic=%.*s %s",
			 panic->value_len < 16 ? (int)panic->value_len : 16, panic->value,
			 said->by_image[PANIC] ? "in /conf of the initramfs"
					       : "on the kernel command line");
	} else if (said->unclear.key) {
		r->panic = PANIC_HALT;
		snprintf(r->why, sizeof(r->why), "/%.*s may set panic=",
			 said->unclear.value_len < 30 ? (int)said->unclear.value_len : 30,
			 said->unclear.value ? said->unclear.value : "conf");
	} else {
		r->shell = true;
	}
}

/* Of another builder nothing is known, but panic= is the kernel's own word for that. */
static void decide_unknown(struct rescue *r, const struct said *said)
{
	decide_initramfs_tools(r, said);
	r->shell = false;
}

/* ---- dracut ---- */

enum { RD_SHELL, RD_BREAK, RDBREAK, RD_EMERGENCY, RD_CTTY, SULOGIN_FORCE };

/* As getargbool() has it: said without a value counts as yes. */
static bool is_true(const struct word *w, bool otherwise)
{
	if (!w->key)
		return otherwise;
	return !value_is(w, "0") && !value_is(w, "no") && !value_is(w, "off");
}

static void deny_by_dracut(struct rescue *r, const struct said *said)
{
	const struct word *action = &said->words[RD_EMERGENCY];

	r->panic = PANIC_HALT;
	if (value_is(action, "reboot"))
		r->panic = PANIC_REBOOT;
	else if (value_is(action, "poweroff") || (!action->value_len && said->powers_off))
		r->panic = PANIC_POWER_OFF;
	snprintf(r->why, sizeof(r->why), "rd.shell=0 %s",
		 said->by_image[RD_SHELL] ? "in cmdline.d of the initramfs"
					  : "on the kernel command line");
}

static void decide_dracut(struct rescue *r, const struct said *said)
{
	const struct word *tty = &said->words[RD_CTTY];
	const char *slash;

	/* rdbreak went together with halting. */
	if (!is_true(&said->words[RD_SHELL], true) && !said->words[RD_BREAK].key &&
	    !(said->words[RDBREAK].key && !said->powers_off)) {
		deny_by_dracut(r, said);
		return;
	}
	r->shell = !said->unclear.key;
	r->where = CONSOLES_FIRST;
	if (!tty->value_len)
		return;
	r->where = CONSOLES_NAMED;
	slash = memrchr(tty->value, '/', tty->value_len);
	snprintf(r->terminal, sizeof(r->terminal), "%.*s",
		 (int)(tty->value + tty->value_len - (slash ? slash + 1 : tty->value)),
		 slash ? slash + 1 : tty->value);
}

/* sulogin asks on every console of the kernel; rd.ctty= is for dracut without systemd. */
static void decide_dracut_systemd(struct rescue *r, const struct said *said)
{
	decide_dracut(r, said);
	r->where = CONSOLES_ALL;
	if (said->password || (said->locked && !is_true(&said->words[SULOGIN_FORCE], false)))
		r->shell = false;
}

/* ---- the table: of a builder the first that fits ---- */

static const struct dialect {
	const char *name; /* in the guard's config */
	enum builder builder;
	const char *scripts[2]; /* either: whose rules it reads; NULL: every image of the builder */
	enum quoting quoting;
	const char *keys[KEYS_MAX]; /* what it heeds of the kernel command line */
	void (*decide)(struct rescue *r, const struct said *said);
} dialects[] = {
	{
		.name = BUILDER_NAME_INITRAMFS_TOOLS,
		.builder = BUILDER_INITRAMFS_TOOLS,
		.quoting = QUOTING_NONE,
		.keys = { [PANIC] = "panic" },
		.decide = decide_initramfs_tools,
	},
	{
		.name = BUILDER_NAME_DRACUT "-systemd",
		.builder = BUILDER_DRACUT,
		.scripts = { "usr/bin/dracut-emergency", "bin/dracut-emergency" },
		.quoting = QUOTING_KERNEL,
		.keys = { [RD_SHELL] = "rd.shell",
			  [RD_BREAK] = "rd.break",
			  [RDBREAK] = "rdbreak",
			  [RD_EMERGENCY] = "rd.emergency",
			  [SULOGIN_FORCE] = "SYSTEMD_SULOGIN_FORCE" },
		.decide = decide_dracut_systemd,
	},
	{
		.name = BUILDER_NAME_DRACUT,
		.builder = BUILDER_DRACUT,
		.scripts = { "usr/lib/dracut-lib.sh", "lib/dracut-lib.sh" },
		.quoting = QUOTING_KERNEL,
		.keys = { [RD_SHELL] = "rd.shell",
			  [RD_BREAK] = "rd.break",
			  [RDBREAK] = "rdbreak",
			  [RD_EMERGENCY] = "rd.emergency",
			  [RD_CTTY] = "rd.ctty" },
		.decide = decide_dracut,
	},
};

static const struct dialect unknown = {
	.name = "unknown",
	.quoting = QUOTING_NONE,
	.keys = { [PANIC] = "panic" },
	.decide = decide_unknown,
};

static const struct dialect *dialect_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		if (strlen(dialects[i].name) == len && !memcmp(dialects[i].name, name, len))
			return &dialects[i];
	}
	return NULL;
}

static int key_find(const struct dialect *d, const struct word *w)
{
	for (int i = 0; i < KEYS_MAX; i++) {
		if (d->keys[i] && word_key_is(w, d->keys[i]))
			return i;
	}
	return -1;
}

static void hear(struct said *said, const struct dialect *d, const char *line, enum quoting quoting,
		 bool by_image)
{
	struct word w;

	while (word_next(&line, quoting, &w)) {
		int key = key_find(d, &w);

		if (key >= 0) {
			said->words[key] = w;
			said->by_image[key] = by_image;
		} else if (by_image) {
			if (word_key_is(&w, "unclear"))
				said->unclear = w;
			said->password |= word_key_is(&w, "password");
			said->locked |= word_key_is(&w, "locked");
			said->powers_off |= word_key_is(&w, "powers-off");
		}
	}
}

/* False: there are no rules of a builder that is known. */
static bool decide(struct rescue *r, const char *rules, const char *command_line)
{
	const struct dialect *d = NULL;
	struct said said;
	struct word name;

	memset(r, 0, sizeof(*r));
	memset(&said, 0, sizeof(said));
	if (rules && word_next(&rules, QUOTING_NONE, &name))
		d = dialect_find(name.key, name.key_len);
	if (d)
		hear(&said, d, rules, QUOTING_NONE, true);
	else
		d = &unknown;
	hear(&said, d, command_line, d->quoting, false);
	d->decide(r, &said);
	return d != &unknown;
}

void rescue_decide(struct rescue *r, const char *sealed, const char *now, const char *command_line)
{
	struct rescue other;

	decide(r, sealed, command_line);
	if (!decide(&other, now, command_line))
		return;
	if (r->panic != PANIC_NONE)
		return;
	if (other.panic != PANIC_NONE) {
		*r = other;
		return;
	}
	r->shell &= other.shell;
	if (r->where != other.where)
		r->where = CONSOLES_FIRST;
}

void rescue_decide_by_variable(struct rescue *r, const char *panic)
{
	struct said said;

	memset(r, 0, sizeof(*r));
	memset(&said, 0, sizeof(said));
	said.words[PANIC].key = "panic";
	said.words[PANIC].value = panic;
	said.words[PANIC].value_len = strlen(panic);
	decide_initramfs_tools(r, &said);
	if (r->panic != PANIC_NONE)
		snprintf(r->why, sizeof(r->why), "panic=%.16s", panic);
}

/* ---- the rules of an image ---- */

/* Whether a word can stand in a line of rules as it is. */
static bool is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '"')
			return false;
	}
	return true;
}

static void append(char **rules, const char *word, const char *value, size_t len)
{
	char *longer;

	/* A name that cannot be written is none the less a reason. */
	if (!is_plain(value, len) || len > 200)
		longer = text_format("%s unclear", *rules);
	else
		longer = text_format("%s %s%s%.*s", *rules, word, len ? "=" : "", (int)len, value);
	free(*rules);
	*rules = longer;
}

static void mark(char **rules, const char *word)
{
	append(rules, word, "", 0);
}

static bool is_below(const char *path, const char *folder)
{
	return !strncmp(path, folder, strlen(folder));
}

/* init sources conf/initramfs.conf, and then conf/conf.d/ in the order of the names. */
static void read_conf(char **rules, const struct image_file *file, char *panic)
{
	if (file->link || shell_conf_read(file->text, "panic", panic) == CONF_UNCLEAR)
		append(rules, "unclear", file->path, strlen(file->path));
}

/* The scripts that panic() runs before its shell may see to it that there is none. */
static bool may_end_machine(const char *text)
{
	static const char *const words[] = { "reboot", "poweroff", "halt", "sysrq", "kexec" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strstr(text, words[i]))
			return true;
	}
	return false;
}

static void rules_of_initramfs_tools(char **rules, const struct image_files *f)
{
	char panic[CONF_VALUE_BYTES] = "";

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < f->count; i++) {
			const struct image_file *file = &f->items[i];
			bool main_conf = !strcmp(file->path, "conf/initramfs.conf");

			if (round ? is_below(file->path, "conf/conf.d/") : main_conf)
				read_conf(rules, file, panic);
			else if (round && is_below(file->path, "scripts/panic/") &&
				 may_end_machine(file->text))
				append(rules, "unclear", file->path, strlen(file->path));
		}
	}
	if (*panic)
		append(rules, "panic", panic, strlen(panic));
}

/* Words of dracut's own part of the command line: cmdline.d first, then cmdline (getcmdline()). */
static void add_words(char **rules, const struct dialect *d, const char *line)
{
	struct word w;

	while (word_next(&line, d->quoting, &w)) {
		int key = key_find(d, &w);

		if (key >= 0)
			append(rules, d->keys[key], w.value ? w.value : "", w.value_len);
	}
}

static bool ends_in(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && !strcmp(s + len - n, end);
}

/* The second field of root's line, as it stands in the text; NULL: there is no such line. */
static const char *root_field(const char *text, size_t *len)
{
	while (text) {
		if (!strncmp(text, "root:", 5)) {
			*len = strcspn(text + 5, ":\n");
			return text + 5;
		}
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return NULL;
}

/* As sulogin's getrootpwent() does: the shadow file counts where passwd refers to it. */
static void password_of_root(char **rules, const struct image_files *f)
{
	size_t len = 0, shadow_len = 0;
	const char *field = root_field(image_files_find(f, "etc/passwd"), &len);
	const char *shadow = root_field(image_files_find(f, "etc/shadow"), &shadow_len);

	if (field && len == 1 && *field == 'x' && shadow) {
		field = shadow;
		len = shadow_len;
	}
	/* Without a line for root sulogin works only when it is forced, as when root is locked. */
	if (!field || (len && (*field == '!' || *field == '*')))
		mark(rules, "locked");
	else if (len)
		mark(rules, "password");
}

static const char *find_either(const struct image_files *f, const char *a, const char *b)
{
	const char *text = image_files_find(f, a);

	return text ? text : image_files_find(f, b);
}

static void rules_of_dracut(char **rules, const struct dialect *d, const struct image_files *f,
			    const char *script)
{
	const char *line = image_files_find(f, "etc/cmdline");

	for (size_t i = 0; i < f->count; i++) {
		if (is_below(f->items[i].path, "etc/cmdline.d/") &&
		    ends_in(f->items[i].path, ".conf"))
			add_words(rules, d, f->items[i].text);
	}
	if (line)
		add_words(rules, d, line);
	if (strstr(script, "_emergency_action=poweroff"))
		mark(rules, "powers-off");
	if (d->decide != decide_dracut_systemd)
		return;
	password_of_root(rules, f);
	/* Up to 059 sulogin is always forced. */
	if (!strstr(script, "SYSTEMD_SULOGIN_FORCE") && strstr(script, "sulogin -e"))
		append(rules, "SYSTEMD_SULOGIN_FORCE", "1", 1);
}

static bool have(const void *files, const char *path)
{
	return image_files_have(files, path);
}

/* *script: the text of its script, or NULL where it needs none. */
static const struct dialect *dialect_of(const struct image_files *f, const char **script)
{
	enum builder builder = builder_shown(have, f);

	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		const struct dialect *d = &dialects[i];
		bool needs = d->scripts[0];

		*script = needs ? find_either(f, d->scripts[0], d->scripts[1]) : NULL;
		if (d->builder == builder && (*script || !needs))
			return d;
	}
	return NULL;
}

char *rescue_rules(const struct image_files *f)
{
	const char *script = NULL;
	const struct dialect *d = dialect_of(f, &script);
	char *rules = text_copy(d ? d->name : unknown.name);

	if (!d)
		return rules;
	if (d->builder == BUILDER_INITRAMFS_TOOLS)
		rules_of_initramfs_tools(&rules, f);
	else
		rules_of_dracut(&rules, d, f, script);
	if (f->incomplete)
		mark(&rules, "unclear");
	if (strlen(rules) >= RESCUE_RULES_MAX) {
		free(rules);
		rules = text_format("%s unclear", d->name);
	}
	return rules;
}
