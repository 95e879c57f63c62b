// SPDX-License-Identifier: GPL-2.0-or-later
/* A folder stands for the unpacked RAM disk: a script, its interpreter, and the loader of that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/startable.h"
#include "util/array.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

#define SCRIPT "#! /bin/sh -e\nexec something\n"

static char folder[64];
static int root;
static struct manifest m;

/* A file, and its record. */
static void put(const char *path, const void *data, size_t len)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	struct content *c;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	fchmod(fd, 0755);
	close(fd);
	m.contents = grow_array(m.contents, &m.content_count, sizeof(*m.contents));
	c = &m.contents[m.content_count - 1];
	c->path = text_copy(path);
	c->type = CONTENT_FILE;
	c->mode = 0755;
	c->size = len;
	c->hash = hash64(data, len);
}

static void put_program(const char *path, const char *loader)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr parts[2];
		char loader[64];
	} p;

	memset(&p, 0, sizeof(p));
	memcpy(p.head.e_ident, ELFMAG, SELFMAG);
	p.head.e_ident[EI_CLASS] = ELFCLASS64;
	p.head.e_ident[EI_DATA] = ELFDATA2LSB;
	p.head.e_phoff = sizeof(p.head);
	p.head.e_phentsize = sizeof(p.parts[0]);
	p.head.e_phnum = 2;
	p.parts[0].p_type = PT_LOAD;
	p.parts[1].p_type = loader ? PT_INTERP : PT_NOTE;
	p.parts[1].p_offset = offsetof(__typeof__(p), loader);
	p.parts[1].p_filesz = loader ? strlen(loader) + 1 : 0;
	snprintf(p.loader, sizeof(p.loader), "%s", loader ? loader : "");
	put(path, &p, sizeof(p));
}

/* Records are sorted by path. */
static int set_up(void **state)
{
	static const char *const folders[] = { "usr", "usr/bin", "usr/lib" };

	(void)state;
	strcpy(folder, "/tmp/bootverdict-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	root = open(folder, O_RDONLY | O_DIRECTORY);
	assert_true(root >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(mkdirat(root, folders[i], 0755), 0);
	assert_int_equal(symlinkat("usr/bin", root, "bin"), 0);
	assert_int_equal(symlinkat("/usr/lib", root, "lib"), 0);
	assert_int_equal(symlinkat("dash", root, "usr/bin/sh"), 0);
	manifest_init(&m);
	put("init", SCRIPT, sizeof(SCRIPT) - 1);
	put_program("usr/bin/dash", "/lib/ld.so");
	put_program("usr/lib/ld.so", NULL);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	manifest_clear(&m);
	close(root);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void overwrite(const char *path, const char *bytes)
{
	int fd = openat(root, path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, strlen(bytes), 100), strlen(bytes));
	close(fd);
}

/* What is missing, and is there under nearly its name; the twins are missing, or there. */
static void test_near_names(void **state)
{
	static const struct {
		const char *needs, *near;
	} rows[] = {
		{ "#!/bin/sh\n", NULL },
		{ "#!/bin/dasi\n", "usr/bin/dash" },
		{ "#!/bin/dazz\n", NULL },
		{ "#!/bin/das\n", NULL },
		{ "#!/inht\n", "init" },
		{ "#!inht\n", "init" },
		{ "#!/inht/sh\n", "init" },
		{ "#!/nowhere/at/all\n", NULL },
		{ "#!/init\r\n", NULL },
		{ "#!/initJecho\n", "/init" },
		{ "#!ousr/bin/dash\n", "/usr/bin/dash" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char near[PROGRAM_NAME_MAX];
		bool found;

		put("zinit", rows[i].needs, strlen(rows[i].needs));
		found = startable_near(&m, root, "zinit", near);
		if (found != !!rows[i].near || (found && strcmp(near, rows[i].near) != 0))
			fail_msg("%s: %s", rows[i].needs, found ? near : "nothing is near");
	}
}

static void test_all_is_there(void **state)
{
	(void)state;
	assert_true(startable(&m, root, "init"));
	assert_true(startable(NULL, root, "init"));
	assert_true(startable(&m, root, "usr/lib/ld.so"));
}

static void test_lost(void **state)
{
	static const char *const paths[] = { "usr/lib/ld.so", "usr/bin/dash", "usr/bin/sh", "lib" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		assert_int_equal(unlinkat(root, paths[i], 0), 0);
		assert_false(startable(&m, root, "init"));
		assert_false(startable(NULL, root, "init"));
		tear_down(state);
		set_up(state);
	}
	assert_false(startable(&m, root, "absent"));
}

static void test_damaged(void **state)
{
	static const char *const paths[] = { "usr/lib/ld.so", "usr/bin/dash" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		overwrite(paths[i], "xyz");
		assert_false(startable(&m, root, "init"));
		/* Without a record nothing tells. */
		assert_true(startable(NULL, root, "init"));
		tear_down(state);
		set_up(state);
	}
	assert_int_equal(fchmodat(root, "usr/bin/dash", 0644, 0), 0);
	assert_false(startable(NULL, root, "init"));
}

/* What no boot has: it ends all the same. */
static void test_strange(void **state)
{
	static const char itself[] = "#!/a\n", nobody[] = "#!\n", up[] = "#!/../../bin/sh";

	(void)state;
	put("a", itself, sizeof(itself) - 1);
	assert_false(startable(NULL, root, "a"));
	put("b", nobody, sizeof(nobody) - 1);
	assert_false(startable(NULL, root, "b"));
	put("c", up, sizeof(up) - 1);
	assert_true(startable(NULL, root, "c")); /* the root is above itself */
	put("d", ELFMAG "\2 and no more", 15);
	assert_false(startable(NULL, root, "d"));
	put("e", "", 0);
	assert_false(startable(NULL, root, "e"));
	assert_false(startable(NULL, root, "usr"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_near_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_all_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_strange, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
