// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/command_line.h"
#include "system/rescue.h"
#include "system/shell_conf.h"
#include "util/text.h"
#include "util/util.h"

/* ---- words of the command line ---- */

/* All words, as "key=value|key|..." */
static char *words_of(const char *line, enum quoting quoting)
{
	char *all = text_copy("");
	struct word w;

	while (word_next(&line, quoting, &w)) {
		char *longer =
			text_format("%s%.*s%s%.*s|", all, (int)w.key_len, w.key, w.value ? "=" : "",
				    (int)w.value_len, w.value ? w.value : "");

		free(all);
		all = longer;
	}
	return all;
}

static void check_words(const char *line, enum quoting quoting, const char *expected)
{
	cleanup(free_ptr) char *all = words_of(line, quoting);

	assert_string_equal(all, expected);
}

static void test_words(void **state)
{
	(void)state;
	check_words("", QUOTING_KERNEL, "");
	check_words(" \n", QUOTING_NONE, "");
	check_words("ro  a=b=c =x\n", QUOTING_KERNEL, "ro|a=b=c|=x|");
	check_words("ro  a=b=c =x\n", QUOTING_NONE, "ro|a=b=c|=x|");
	check_words("x=\"a panic=9 b\" y", QUOTING_KERNEL, "x=a panic=9 b|y|");
	check_words("x=\"a panic=9 b\" y", QUOTING_NONE, "x=\"a|panic=9|b\"|y|");
	check_words("\"x=a panic=9\" y", QUOTING_KERNEL, "x=a panic=9|y|");
	check_words("panic=\"9\"", QUOTING_KERNEL, "panic=9|");
	check_words("panic=\"9\"", QUOTING_NONE, "panic=\"9\"|");
	check_words("x=\"unclosed panic=9", QUOTING_KERNEL, "x=unclosed panic=9|");
	check_words("\"", QUOTING_KERNEL, "|");
	check_words("\"\" a=\"", QUOTING_KERNEL, "|a=|");
	check_words("a=\"\"", QUOTING_KERNEL, "a=|");
}

/* ---- files that a shell sources ---- */

static void check_conf(const char *text, enum conf_effect effect, const char *value)
{
	char got[CONF_VALUE_BYTES] = "before";

	assert_int_equal(shell_conf_read(text, "panic", got), effect);
	if (effect != CONF_UNCLEAR)
		assert_string_equal(got, value ? value : "before");
}

static void test_conf_plain(void **state)
{
	(void)state;
	check_conf("", CONF_NOTHING, NULL);
	check_conf("# panic=30\n\n  # don't panic\nMODULES=most\nRUNSIZE=10%\n", CONF_NOTHING,
		   NULL);
	check_conf("panic=30", CONF_ASSIGNS, "30");
	check_conf("panic=30\npanic=5\n", CONF_ASSIGNS, "5");
	check_conf("panic=30\npanic=\n", CONF_ASSIGNS, "");
	check_conf("\texport panic=\"30\"   # soon\n", CONF_ASSIGNS, "30");
	check_conf("panic='a $b'\n", CONF_ASSIGNS, "a $b");
	check_conf("PANIC=30\nxpanic=30\npanic2=30\nX='panic=30'\n", CONF_NOTHING, NULL);
}

/* What is not mentioned cannot be set, whatever else a file does (as that of zfs-initramfs does). */
static void test_conf_code_about_other_things(void **state)
{
	(void)state;
	check_conf("for x in $(cat /proc/cmdline)\ndo\n\tcase $x in\n\t\troot=ZFS=*)\n"
		   "\t\t\tBOOT=zfs\n\tesac\ndone\n",
		   CONF_NOTHING, NULL);
	check_conf("# panic=30\n[ -n \"$x\" ] && BOOT=casper\n", CONF_NOTHING, NULL);
	check_conf("\177ELF\001\002 garbage \" ' ` $( \\", CONF_NOTHING, NULL);
}

static void test_conf_unclear(void **state)
{
	static const char *const texts[] = {
		"[ -e /x ] && panic=30\n",
		"panic=30 BOOT=nfs\n",
		"panic=30;\n",
		"panic=$X\n",
		"panic=\"$X\"\n",
		"panic=\"`cat x`\"\n",
		"panic=30\r\n",
		": ${panic:=30}\n",
		"readonly panic=30\n",
		"unset panic\n",
		"export \"pa\"'nic'=30\n",
		"export pa\\nic=30\n",
		"export pa\\\nnic=30\n",
		"X=\"\n# \"; panic=30\n",
		"X='\npanic=30\n'\n",
		"cat <<E\npanic=30\nE\n",
		"X=1 # and panic=30\nif true; then panic=1; fi\n",
		". /etc/other\n",
		"source /etc/other\n",
		"x;. /etc/other\n",
		"eval \"pa${x}nic=30\"\n",
		"if x\nthen eval $y\nfi\n",
		"panic=0123456789012345678901234567890123456789\n",
		"panic=\"30\n",
		"panic=3\"0\"\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char value[CONF_VALUE_BYTES];

		if (shell_conf_read(texts[i], "panic", value) != CONF_UNCLEAR)
			fail_msg("understood, but must not be: %s", texts[i]);
	}
}

/* What a shell makes of the file, in brackets; "" when it gives up. */
static void ask_shell(const char *text, char *answer, size_t size)
{
	cleanup(free_ptr) char *path = text_format("/tmp/rescue-conf.%d", getpid());
	cleanup(free_ptr) char *command = text_format(
		"panic= X=y sh -c '. %s >/dev/null; printf \"[%%s]\" \"$panic\"' 2>/dev/null",
		path);
	FILE *file = fopen(path, "w");
	size_t len;

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	file = popen(command, "r");
	assert_non_null(file);
	len = fread(answer, 1, size - 1, file);
	answer[len] = '\0';
	pclose(file);
	unlink(path);
}

/* Texts put together at random: never another answer than that of a real shell, but for unclear. */
static void test_conf_as_a_shell(void **state)
{
	static const char *const pieces[] = {
		"panic=",  "panic=", "panic", "30", "5",	   "\n",    "\n", "\n",
		" ",	   "'",	     "\"",    "\\", "#",	   ";",	    "X=", "a",
		"export ", "true&&", ":",     "$X", "${panic:=7}", "eval ", "pa", "nic=",
	};
	uint32_t seed = 1;
	unsigned int understood = 0;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		char text[200] = "", value[CONF_VALUE_BYTES] = "", answer[300], expected[40];
		enum conf_effect effect;

		for (int i = 0; i < 2 + round % 8; i++) {
			seed = seed * 1664525u + 1013904223u;
			strcat(text, pieces[(seed >> 16) % ARRAY_SIZE(pieces)]);
		}
		effect = shell_conf_read(text, "panic", value);
		if (effect == CONF_UNCLEAR)
			continue;
		ask_shell(text, answer, sizeof(answer));
		snprintf(expected, sizeof(expected), "[%s]", effect == CONF_ASSIGNS ? value : "");
		if (*answer && strcmp(answer, expected) != 0)
			fail_msg("a shell has %s, not %s, of: %s", answer, expected, text);
		understood += effect == CONF_ASSIGNS;
	}
	assert_in_range(understood, 20, 1000);
}

/* ---- the rules of an image ---- */

struct text_file {
	const char *path, *text;
};

static char *rules_of(const struct text_file *files)
{
	struct image_files f = { 0 };
	char *rules;

	for (; files->path; files++) {
		assert_true(image_files_wants(files->path));
		image_files_begin(&f, files->path, false);
		image_files_add(&f, files->text, strlen(files->text));
	}
	image_files_end(&f);
	rules = rescue_rules(&f);
	image_files_clear(&f);
	return rules;
}

static void check_rules(const struct text_file *files, const char *expected)
{
	cleanup(free_ptr) char *rules = rules_of(files);

	assert_string_equal(rules, expected);
}

#define FILES(...) ((const struct text_file[]){ __VA_ARGS__, { NULL, NULL } })
#define MAIN_CONF                                                     \
	{                                                             \
		"conf/initramfs.conf", "MODULES=most\nBUSYBOX=auto\n" \
	}
#define PLYMOUTH                                                                        \
	{                                                                               \
		"scripts/panic/plymouth", "#!/bin/sh\n/usr/bin/plymouth quit || true\n" \
	}

static void test_rules_of_initramfs_tools(void **state)
{
	(void)state;
	check_rules(FILES(MAIN_CONF), "initramfs-tools");
	check_rules(FILES(MAIN_CONF, PLYMOUTH), "initramfs-tools");
	check_rules(FILES(MAIN_CONF, { "conf/conf.d/local", "panic=30\n" }),
		    "initramfs-tools panic=30");
	check_rules(FILES({ "conf/initramfs.conf", "panic=30\n" }), "initramfs-tools panic=30");
	/* conf.d comes after, in the order of its names; the last assignment counts */
	check_rules(FILES({ "conf/conf.d/b", "panic=2\n" }, { "conf/conf.d/a", "panic=1\n" },
			  { "conf/initramfs.conf", "panic=3\n" }),
		    "initramfs-tools panic=2");
	check_rules(
		FILES({ "conf/conf.d/Z", "panic=1\n" }, { "conf/conf.d/a", "panic=\n" }, MAIN_CONF),
		"initramfs-tools");
	check_rules(FILES(MAIN_CONF, { "conf/conf.d/x", "[ a ] && panic=30\n" }),
		    "initramfs-tools unclear=conf/conf.d/x");
	/* what was not understood is not taken back by a later file: it may be read-only */
	check_rules(FILES(MAIN_CONF, { "conf/conf.d/x", "readonly panic=30\n" },
			  { "conf/conf.d/y", "panic=\n" }),
		    "initramfs-tools unclear=conf/conf.d/x");
	check_rules(FILES(MAIN_CONF, { "conf/conf.d/x", "panic='1 0'\n" }),
		    "initramfs-tools unclear");
	check_rules(FILES(MAIN_CONF, { "scripts/panic/zz", "#!/bin/sh\nexec reboot -f\n" }),
		    "initramfs-tools unclear=scripts/panic/zz");
	/* a second image may bring conf.d alone */
	check_rules(FILES({ "conf/conf.d/x", "panic=1\n" }), "initramfs-tools panic=1");
}

#define OLD_SCRIPT                                                            \
	"#!/bin/sh\nif getargbool 1 rd.shell; then\n exec sulogin -e\nelse\n" \
	" [ -z \"$_emergency_action\" ] && _emergency_action=halt\nfi\n"
#define NEW_SCRIPT                                                                            \
	"#!/bin/sh\nif getargbool 1 rd.shell; then\n if getargbool 0 SYSTEMD_SULOGIN_FORCE; " \
	"then\n exec sulogin -e\n else exec sulogin\n fi\nelse\n"                             \
	" [ -z \"$_emergency_action\" ] && _emergency_action=poweroff\nfi\n"
#define OLD                                            \
	{                                              \
		"usr/bin/dracut-emergency", OLD_SCRIPT \
	}
#define NEW                                            \
	{                                              \
		"usr/bin/dracut-emergency", NEW_SCRIPT \
	}
#define LIBRARY                                                         \
	{                                                               \
		"usr/lib/dracut-lib.sh", "_emergency_action=poweroff\n" \
	}
#define OLD_SH                                                      \
	{                                                           \
		"usr/lib/dracut-lib.sh", "_emergency_action=halt\n" \
	}
#define OPEN_ROOT                                                            \
	{                                                                    \
		"etc/passwd", "nobody:x:1::/:/x\nroot::0:0::/root:/bin/sh\n" \
	}
#define ROOT_X                                              \
	{                                                   \
		"etc/passwd", "root:x:0:0::/root:/bin/sh\n" \
	}
#define LOCKED                                               \
	{                                                    \
		"etc/shadow", "root:!*:19000:0:99999:7:::\n" \
	}
#define HASHED                                                                  \
	{                                                                       \
		"etc/shadow", "daemon:*:1::::::\nroot:$y$j9T$a$b:19000::::::\n" \
	}

static void test_rules_of_dracut(void **state)
{
	(void)state;
	check_rules(FILES(OLD_SH), "dracut");
	check_rules(FILES(LIBRARY), "dracut powers-off");
	check_rules(FILES(OLD, OLD_SH, OPEN_ROOT), "dracut-systemd SYSTEMD_SULOGIN_FORCE=1");
	check_rules(FILES(OLD, ROOT_X, LOCKED), "dracut-systemd locked SYSTEMD_SULOGIN_FORCE=1");
	check_rules(FILES(OLD, ROOT_X, HASHED), "dracut-systemd password SYSTEMD_SULOGIN_FORCE=1");
	check_rules(FILES(NEW, LIBRARY, OPEN_ROOT), "dracut-systemd powers-off");
	check_rules(FILES(NEW, ROOT_X, LOCKED), "dracut-systemd powers-off locked");
	check_rules(FILES(NEW, ROOT_X, HASHED), "dracut-systemd powers-off password");
	check_rules(FILES(NEW, ROOT_X), "dracut-systemd powers-off password");
	check_rules(FILES(NEW), "dracut-systemd powers-off locked");
	check_rules(FILES(OLD_SH, { "etc/cmdline.d/01-default.conf", " rd.shell=0 quiet\n" },
			  { "etc/cmdline", "rd.emergency=reboot\n" }),
		    "dracut rd.shell=0 rd.emergency=reboot");
	check_rules(FILES(OLD_SH, { "etc/cmdline.d/notes", "rd.shell=0\n" }), "dracut");
	check_rules(FILES(OLD_SH, { "etc/cmdline", "x=\"rd.shell=0\" rd.ctty=\"a b\"\n" }),
		    "dracut unclear");
}

static void test_rules_of_others(void **state)
{
	const struct text_file none[] = { { NULL, NULL } };

	(void)state;
	check_rules(none, "unknown");
	check_rules(FILES(ROOT_X, LOCKED), "unknown");
}

static void test_bounds(void **state)
{
	char big[IMAGE_FILES_BYTES_MAX / 4];
	struct image_files f = { 0 };
	cleanup(free_ptr) char *rules = NULL;

	(void)state;
	memset(big, '\n', sizeof(big));
	image_files_begin(&f, "conf/conf.d/big", false);
	for (int i = 0; i < 4; i++)
		image_files_add(&f, big, sizeof(big));
	assert_false(f.incomplete);
	image_files_add(&f, big, 1);
	assert_true(f.incomplete);
	image_files_end(&f);
	rules = rescue_rules(&f);
	assert_string_equal(rules, "initramfs-tools unclear");
	image_files_clear(&f);
}

static void test_many_files(void **state)
{
	struct image_files f = { 0 };
	cleanup(free_ptr) char *rules = NULL;

	(void)state;
	for (int i = 0; i < 2 * IMAGE_FILES_MAX; i++) {
		cleanup(free_ptr) char *path = text_format("conf/conf.d/%d", i);

		image_files_begin(&f, path, false);
		image_files_add(&f, "eval x\n", 7);
	}
	assert_int_equal(f.count, IMAGE_FILES_MAX);
	assert_true(f.incomplete);
	rules = rescue_rules(&f);
	assert_string_equal(rules, "initramfs-tools unclear");
	image_files_clear(&f);
}

static void test_replaced_and_nul(void **state)
{
	struct image_files f = { 0 };

	(void)state;
	image_files_begin(&f, "conf/conf.d/x", false);
	image_files_add(&f, "panic=30\n", 9);
	image_files_begin(&f, "conf/conf.d/x", false);
	image_files_add(&f, "\0pan\0ic=", 8);
	image_files_add(&f, "5\n\0\0", 4);
	image_files_end(&f);
	assert_int_equal(f.count, 1);
	assert_string_equal(image_files_find(&f, "conf/conf.d/x"), "panic=5\n");
	image_files_clear(&f);
}

/* While an image is sealed it cannot be told where a link will lead. */
static void test_link(void **state)
{
	struct image_files f = { 0 };
	cleanup(free_ptr) char *rules = NULL;

	(void)state;
	image_files_begin(&f, "conf/initramfs.conf", false);
	image_files_begin(&f, "conf/conf.d/x", true);
	image_files_end(&f);
	rules = rescue_rules(&f);
	assert_string_equal(rules, "initramfs-tools unclear=conf/conf.d/x");
	image_files_clear(&f);
}

static void put(const char *root, const char *path, const char *text)
{
	cleanup(free_ptr) char *full = text_format("%s/%s", root, path);
	FILE *out = fopen(full, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* From a folder; what is no file there is passed over, and waited for least of all. */
static void test_folder(void **state)
{
	char root[] = "/tmp/rescue.XXXXXX";
	struct image_files f = { 0 };
	cleanup(free_ptr) char *rules = NULL, *fifo = NULL, *command = NULL;

	(void)state;
	assert_non_null(mkdtemp(root));
	command = text_format("cd %s && mkdir -p conf/conf.d/folder scripts/panic", root);
	assert_int_equal(system(command), 0);
	put(root, "conf/initramfs.conf", "panic=1\n");
	put(root, "conf/conf.d/.hidden", "panic=2\n");
	put(root, "conf/conf.d/b", "panic=3\n");
	put(root, "conf/conf.d/a", "panic=4\n");
	fifo = text_format("%s/conf/conf.d/fifo", root);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	image_files_read(&f, root);
	rules = rescue_rules(&f);
	assert_string_equal(rules, "initramfs-tools panic=3");
	image_files_clear(&f);
	free(command);
	command = text_format("rm -r %s", root);
	assert_int_equal(system(command), 0);
}

/* ---- what is decided ---- */

static struct rescue decide(const char *sealed, const char *now, const char *line)
{
	struct rescue r;

	rescue_decide(&r, sealed, now, line);
	/* Where the machine ends there is no shell. */
	assert_false(r.panic != PANIC_NONE && r.shell);
	return r;
}

static void check_panic(const char *rules, const char *line, enum on_panic panic, unsigned int ms)
{
	struct rescue r = decide(rules, rules, line);

	assert_int_equal(r.panic, panic);
	assert_int_equal(r.panic_ms, ms);
	assert_int_equal(r.shell, panic == PANIC_NONE);
	assert_int_equal(*r.why != '\0', panic != PANIC_NONE);
}

static void test_panic_values(void **state)
{
	const char *rules = "initramfs-tools";

	(void)state;
	check_panic(rules, "ro quiet", PANIC_NONE, 0);
	check_panic(rules, "panic=", PANIC_NONE, 0);
	check_panic(rules, "panic", PANIC_NONE, 0);
	check_panic(rules, "panic=10", PANIC_REBOOT, 10000);
	check_panic(rules, "panic=10 panic=2.5", PANIC_REBOOT, 2500);
	check_panic(rules, "panic=10 panic=", PANIC_NONE, 0);
	check_panic(rules, "panic= panic=10\n", PANIC_REBOOT, 10000);
	check_panic(rules, "panic=-1", PANIC_REBOOT, 0);
	check_panic(rules, "panic=-", PANIC_REBOOT, 0);
	check_panic(rules, "panic=-x", PANIC_HALT, 0);
	check_panic(rules, "panic=--1", PANIC_HALT, 0);
	check_panic(rules, "panic=0", PANIC_HALT, 0);
	check_panic(rules, "panic=00", PANIC_REBOOT, 0);
	check_panic(rules, "panic=soon", PANIC_HALT, 0);
	check_panic(rules, "panic=99999999999999999999", PANIC_REBOOT, 24 * 3600 * 1000);
	check_panic(rules, "panic_on_oops=1 oops=panic xpanic=3", PANIC_NONE, 0);
	/* panic() itself is what break= calls; none of the others has a say */
	check_panic(rules, "break=premount debug quiet noexec single rd.shell=1", PANIC_NONE, 0);
	check_panic(rules, "break=premount panic=5 rd.shell", PANIC_REBOOT, 5000);
	check_panic(rules, "rd.shell=0 rd.emergency=halt SYSTEMD_SULOGIN_FORCE=0", PANIC_NONE, 0);
}

static void test_panic_quoted(void **state)
{
	(void)state;
	check_panic("initramfs-tools", "x=\"a panic=9 b\"", PANIC_REBOOT, 9000);
	check_panic("initramfs-tools", "\"panic=9\"", PANIC_NONE, 0);
	check_panic("initramfs-tools", "panic=\"9\"", PANIC_HALT, 0);
	check_panic("initramfs-tools", "x=\"a panic=9\" b", PANIC_HALT, 0); /* 9" */
	/* dracut reads as the kernel does, and heeds no panic= */
	check_panic("dracut", "x=\"a rd.shell=0 b\" panic=9", PANIC_NONE, 0);
	check_panic("dracut", "rd.shell=\"0\"", PANIC_HALT, 0);
	check_panic("dracut", "\"rd.shell=0\"", PANIC_HALT, 0);
}

/* The command line comes after the conf files, so it has the last word, the empty one as well. */
static void test_panic_of_conf(void **state)
{
	struct rescue r = decide("initramfs-tools panic=30", NULL, "ro");

	(void)state;
	assert_string_equal(r.why, "panic=30 in /conf of the initramfs");
	check_panic("initramfs-tools panic=30", "ro", PANIC_REBOOT, 30000);
	check_panic("initramfs-tools panic=30", "panic=5", PANIC_REBOOT, 5000);
	check_panic("initramfs-tools panic=30", "panic=", PANIC_NONE, 0);
	check_panic("initramfs-tools panic=0", "ro", PANIC_HALT, 0);
	check_panic("initramfs-tools unclear=conf/conf.d/x", "ro", PANIC_HALT, 0);
	check_panic("initramfs-tools unclear=conf/conf.d/x", "panic=", PANIC_HALT, 0);
	check_panic("initramfs-tools unclear", "panic=5", PANIC_REBOOT, 5000);
	r = decide("initramfs-tools unclear=conf/conf.d/x", NULL, "ro");
	assert_string_equal(r.why, "/conf/conf.d/x may set panic=");
}

static void test_lost_and_foreign_files(void **state)
{
	struct rescue r;

	(void)state;
	/* nothing was unpacked: what was sealed counts, either way */
	r = decide("initramfs-tools", "unknown", "ro");
	assert_true(r.shell);
	assert_int_equal(r.where, CONSOLES_FIRST);
	r = decide("initramfs-tools panic=30", "unknown", "ro");
	assert_int_equal(r.panic, PANIC_REBOOT);
	/* the file that said it is gone or damaged */
	r = decide("initramfs-tools panic=30", "initramfs-tools", "ro");
	assert_int_equal(r.panic, PANIC_REBOOT);
	assert_int_equal(r.panic_ms, 30000);
	/* damaged, it may say something now; or a second image says it */
	r = decide("initramfs-tools", "initramfs-tools unclear=conf/conf.d/x", "ro");
	assert_int_equal(r.panic, PANIC_HALT);
	r = decide("initramfs-tools", "initramfs-tools panic=7", "ro");
	assert_int_equal(r.panic_ms, 7000);
	/* no rules were sealed, or the guard's config is damaged: a menu, no shell */
	for (int i = 0; i < 5; i++) {
		static const char *const sealed[] = { NULL, "", " ", "unknown", "initramfs-toolr" };

		r = decide(sealed[i], "initramfs-tools", "ro");
		assert_false(r.shell);
		assert_int_equal(r.panic, PANIC_NONE);
		assert_int_equal(r.where, CONSOLES_FIRST);
		r = decide(sealed[i], "initramfs-tools", "panic=5");
		assert_int_equal(r.panic, PANIC_REBOOT);
		r = decide(sealed[i], NULL, "x=\"a panic=5 b\"");
		assert_int_equal(r.panic, PANIC_REBOOT);
		r = decide(sealed[i], "unknown", "ro");
		assert_false(r.shell);
	}
	/* two builders: only what both give */
	r = decide("initramfs-tools", "dracut-systemd password", "ro");
	assert_false(r.shell);
	assert_int_equal(r.where, CONSOLES_FIRST);
}

static void test_variable(void **state)
{
	struct rescue r;

	(void)state;
	rescue_decide_by_variable(&r, "");
	assert_true(r.shell);
	assert_int_equal(r.panic, PANIC_NONE);
	assert_int_equal(r.where, CONSOLES_FIRST);
	rescue_decide_by_variable(&r, "30");
	assert_false(r.shell);
	assert_int_equal(r.panic, PANIC_REBOOT);
	assert_int_equal(r.panic_ms, 30000);
	rescue_decide_by_variable(&r, "0");
	assert_int_equal(r.panic, PANIC_HALT);
}

static void check_dracut(const char *rules, const char *line, bool shell, enum on_panic panic,
			 enum consoles_asked where)
{
	struct rescue r = decide(rules, NULL, line);

	assert_int_equal(r.shell, shell);
	assert_int_equal(r.panic, panic);
	if (panic == PANIC_NONE)
		assert_int_equal(r.where, where);
}

static void test_dracut(void **state)
{
	const char *old = "dracut", *new = "dracut powers-off";
	struct rescue r;

	(void)state;
	check_dracut(old, "ro panic=5", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(old, "rd.shell=0", false, PANIC_HALT, 0);
	check_dracut(new, "rd.shell=0", false, PANIC_POWER_OFF, 0);
	check_dracut(new, "rd.shell=no rd.emergency=halt", false, PANIC_HALT, 0);
	check_dracut(new, "rd.shell=off rd.emergency=reboot", false, PANIC_REBOOT, 0);
	check_dracut(old, "rd.shell=0 rd.emergency=poweroff", false, PANIC_POWER_OFF, 0);
	check_dracut(new, "rd.shell=0 rd.emergency=nothing", false, PANIC_HALT, 0);
	/* rd.emergency= acts only together with rd.shell=0 */
	check_dracut(new, "rd.emergency=reboot", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(new, "rd.shell=0 rd.shell=1", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(new, "rd.shell=0 rd.shell", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(new, "rd.shell=0 rd.shell=", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(new, "rd.shell rd.shell=0", false, PANIC_POWER_OFF, 0);
	check_dracut(new, "rd.shell=0 rd.break=mount", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(old, "rd.shell=0 rdbreak", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut(new, "rd.shell=0 rdbreak", false, PANIC_POWER_OFF, 0);
	check_dracut("dracut rd.shell=0", "ro", false, PANIC_HALT, 0);
	check_dracut("dracut rd.shell=0", "rd.shell=1", true, PANIC_NONE, CONSOLES_FIRST);
	check_dracut("dracut unclear", "ro", false, PANIC_NONE, CONSOLES_FIRST);
	r = decide(old, NULL, "rd.ctty=/dev/ttyS1");
	assert_int_equal(r.where, CONSOLES_NAMED);
	assert_string_equal(r.terminal, "ttyS1");
	r = decide(old, NULL, "rd.ctty=tty2");
	assert_string_equal(r.terminal, "tty2");
}

static void test_dracut_systemd(void **state)
{
	(void)state;
	check_dracut("dracut-systemd", "rd.ctty=ttyS1", true, PANIC_NONE, CONSOLES_ALL);
	check_dracut("dracut-systemd password", "", false, PANIC_NONE, CONSOLES_ALL);
	check_dracut("dracut-systemd password", "SYSTEMD_SULOGIN_FORCE=1", false, PANIC_NONE,
		     CONSOLES_ALL);
	check_dracut("dracut-systemd locked", "", false, PANIC_NONE, CONSOLES_ALL);
	check_dracut("dracut-systemd locked", "SYSTEMD_SULOGIN_FORCE=1", true, PANIC_NONE,
		     CONSOLES_ALL);
	check_dracut("dracut-systemd locked", "SYSTEMD_SULOGIN_FORCE", true, PANIC_NONE,
		     CONSOLES_ALL);
	check_dracut("dracut-systemd locked", "SYSTEMD_SULOGIN_FORCE=0", false, PANIC_NONE,
		     CONSOLES_ALL);
	check_dracut("dracut-systemd locked SYSTEMD_SULOGIN_FORCE=1", "", true, PANIC_NONE,
		     CONSOLES_ALL);
	check_dracut("dracut-systemd powers-off", "rd.shell=0", false, PANIC_POWER_OFF, 0);
	/* the words of an image are none of the command line */
	check_dracut("dracut-systemd password", "powers-off password=0", false, PANIC_NONE,
		     CONSOLES_ALL);
	check_dracut("dracut-systemd", "locked password unclear=x", true, PANIC_NONE, CONSOLES_ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_conf_plain),
		cmocka_unit_test(test_conf_code_about_other_things),
		cmocka_unit_test(test_conf_unclear),
		cmocka_unit_test(test_conf_as_a_shell),
		cmocka_unit_test(test_rules_of_initramfs_tools),
		cmocka_unit_test(test_rules_of_dracut),
		cmocka_unit_test(test_rules_of_others),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_many_files),
		cmocka_unit_test(test_replaced_and_nul),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_panic_values),
		cmocka_unit_test(test_panic_quoted),
		cmocka_unit_test(test_panic_of_conf),
		cmocka_unit_test(test_lost_and_foreign_files),
		cmocka_unit_test(test_variable),
		cmocka_unit_test(test_dracut),
		cmocka_unit_test(test_dracut_systemd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
