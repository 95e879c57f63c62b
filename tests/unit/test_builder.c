// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said of each builder of initial RAM disks, and by what its images are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/builder.h"
#include "system/image_files.h"
#include "util/text.h"
#include "util/util.h"

static void says(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(builder_name(BUILDER_INITRAMFS_TOOLS), "initramfs-tools");
	assert_string_equal(builder_name(BUILDER_DRACUT), "dracut");
	assert_null(builder_name(BUILDER_UNKNOWN));
	for (int b = BUILDER_INITRAMFS_TOOLS; b <= BUILDER_DRACUT; b++)
		assert_int_equal(builder_find(builder_name((enum builder)b)), b);
	assert_int_equal(builder_find("mkinitcpio"), BUILDER_UNKNOWN);
	assert_int_equal(builder_find("dracut-systemd"), BUILDER_UNKNOWN);
	assert_int_equal(builder_find(""), BUILDER_UNKNOWN);
	assert_int_equal(builder_find(NULL), BUILDER_UNKNOWN);
}

static void test_initramfs_tools(void **state)
{
	const enum builder b = BUILDER_INITRAMFS_TOOLS;

	(void)state;
	says(builder_rebuild(b, "6.1-x"), "update-initramfs -u -k 6.1-x");
	says(builder_rebuild_all(b), "update-initramfs -u -k all");
	says(builder_list(b, "6.1-x"), "lsinitramfs /boot/initrd.img-6.1-x");
	says(builder_smaller(b), "MODULES=dep in initramfs.conf");
	says(builder_compression(b), "COMPRESS= in initramfs.conf");
	says(builder_keyboard(b), "KEYMAP=y in /etc/initramfs-tools/initramfs.conf");
	says(builder_crypttab_option(b), "initramfs");
	assert_string_equal(builder_crypttab(b), "/cryptroot/crypttab");
}

static void test_dracut(void **state)
{
	const enum builder b = BUILDER_DRACUT;

	(void)state;
	says(builder_rebuild(b, "6.1-x"), "dracut -f --kver 6.1-x");
	says(builder_rebuild_all(b), "dracut -f --regenerate-all");
	says(builder_list(b, "6.1-x"), "lsinitrd -k 6.1-x");
	says(builder_smaller(b), "hostonly=yes in dracut.conf");
	says(builder_compression(b), "compress= in dracut.conf");
	says(builder_keyboard(b), "localectl set-keymap");
	says(builder_crypttab_option(b), "force");
	assert_string_equal(builder_crypttab(b), "/etc/crypttab");
}

/* Nothing is left out, and each is told with where it belongs. */
static void test_unknown(void **state)
{
	const enum builder b = BUILDER_UNKNOWN;

	(void)state;
	says(builder_rebuild(b, "6.1-x"),
	     "update-initramfs -u -k 6.1-x (Debian) or dracut -f --kver 6.1-x (Fedora)");
	says(builder_rebuild_all(b),
	     "update-initramfs -u -k all (Debian) or dracut -f --regenerate-all (Fedora)");
	says(builder_list(b, "6.1-x"),
	     "lsinitramfs /boot/initrd.img-6.1-x (Debian) or lsinitrd -k 6.1-x (Fedora)");
	says(builder_smaller(b),
	     "MODULES=dep in initramfs.conf (Debian) or hostonly=yes in dracut.conf (Fedora)");
	says(builder_compression(b),
	     "COMPRESS= in initramfs.conf (Debian) or compress= in dracut.conf (Fedora)");
	says(builder_crypttab_option(b), "initramfs (Debian) or force (Fedora)");
	assert_string_equal(builder_crypttab(b), "/cryptroot/crypttab");
}

static void test_image_names(void **state)
{
	static const char *const expected[] = { "initrd.img-K", "initramfs-K.img", "initrd-K" };
	const struct image_name *name;
	size_t count = 0;

	(void)state;
	for (; (name = builder_image_name(count)); count++) {
		assert_true(count < ARRAY_SIZE(expected));
		says(text_format("%sK%s", name->before, name->after), expected[count]);
	}
	assert_int_equal(count, ARRAY_SIZE(expected));
	assert_null(builder_image_name(count + 1));
}

/* One path, or none. */
static bool is_it(const void *ctx, const char *path)
{
	return ctx && !strcmp(ctx, path);
}

static const struct {
	const char *path;
	enum builder builder;
} shown[] = {
	{ "conf/initramfs.conf", BUILDER_INITRAMFS_TOOLS },
	{ "usr/lib/dracut/modules.txt", BUILDER_DRACUT },
	{ "lib/dracut/modules.txt", BUILDER_DRACUT },
	{ "usr/lib/dracut-lib.sh", BUILDER_DRACUT },
	{ "lib/dracut-lib.sh", BUILDER_DRACUT },
	{ "usr/bin/dracut-emergency", BUILDER_DRACUT },
	{ "bin/dracut-emergency", BUILDER_DRACUT },
	/* What others have as well. */
	{ "init", BUILDER_UNKNOWN },
	{ "conf", BUILDER_UNKNOWN },
	{ "etc/conf", BUILDER_UNKNOWN },
	{ "etc/crypttab", BUILDER_UNKNOWN },
	{ "lib/dracut/build-parameter.txt", BUILDER_UNKNOWN },
	{ "bootverdict/manifest", BUILDER_UNKNOWN },
};

static void test_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		assert_int_equal(builder_shown(is_it, shown[i].path), shown[i].builder);
	assert_int_equal(builder_shown(is_it, NULL), BUILDER_UNKNOWN);
}

/* Makes the folders of a path too. */
static void make_file(int root, const char *path)
{
	cleanup(free_ptr) char *part = text_copy(path);
	int fd;

	for (char *p = part; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdirat(root, part, 0700);
	}
	fd = openat(root, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

/* The same of files below a folder. */
static void test_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		char folder[] = "/tmp/test_builder.XXXXXX";
		cleanup(free_ptr) char *command = NULL;
		int root;

		assert_non_null(mkdtemp(folder));
		root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(root >= 0);
		assert_int_equal(builder_below(root), BUILDER_UNKNOWN);
		make_file(root, shown[i].path);
		assert_int_equal(builder_below(root), shown[i].builder);
		close(root);
		command = text_format("rm -rf %s", folder);
		assert_int_equal(system(command), 0);
	}
}

static bool have(const void *files, const char *path)
{
	return image_files_have(files, path);
}

/* A folder is shown by a file in it, and by no name that only begins like it. */
static void test_image_files(void **state)
{
	static const struct {
		const char *path;
		enum builder builder;
	} files[] = {
		{ "conf/conf.d/resume", BUILDER_INITRAMFS_TOOLS },
		{ "conf/initramfs.conf", BUILDER_INITRAMFS_TOOLS },
		{ "conf/conf.dx", BUILDER_UNKNOWN },
		{ "usr/bin/dracut-emergency", BUILDER_DRACUT },
		{ "usr/bin/dracut-emergency2", BUILDER_UNKNOWN },
		{ "etc/passwd", BUILDER_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct image_files f = { 0 };

		image_files_begin(&f, files[i].path, false);
		image_files_end(&f);
		assert_int_equal(builder_shown(have, &f), files[i].builder);
		image_files_clear(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	    cmocka_unit_test(test_initramfs_tools),
		cmocka_unit_test(test_dracut),	    cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_image_names), cmocka_unit_test(test_shown),
		cmocka_unit_test(test_below),	    cmocka_unit_test(test_image_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
