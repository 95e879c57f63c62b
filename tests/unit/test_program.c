// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel needs to execute the programs of an image, as recording saw them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "image/guard.h"
#include "image/programs.h"
#include "manifest/manifest.h"
#include "util/array.h"
#include "util/text.h"

static struct manifest m;
static struct programs *programs;
static struct segment segment;
static uint64_t position;

static int set_up(void **state)
{
	(void)state;
	manifest_init(&m);
	programs = programs_new();
	assert_non_null(programs);
	programs_are_of(programs, &m);
	segment.index = 0;
	position = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	programs_free(programs);
	manifest_clear(&m);
	return 0;
}

/* A member as the walk tells of it, in pieces; and its record. Paths come in sorted order. */
static void put(const char *path, mode_t mode, const void *data, size_t size)
{
	const struct member member = { .segment = &segment,
				       .path = path,
				       .mode = mode,
				       .size = size,
				       .data_position = position += 4096 };
	struct content *c;

	programs_member(programs, &member);
	programs_data(programs, data, size / 2);
	programs_data(programs, (const char *)data + size / 2, size - size / 2);
	programs_member_end(programs);
	m.contents = grow_array(m.contents, &m.content_count, sizeof(*m.contents));
	c = &m.contents[m.content_count - 1];
	c->path = text_copy(path);
	c->type = (enum content_type)content_type_from_mode(mode);
	c->mode = mode & 07777;
	c->size = size;
	c->data_position = position;
}

static void put_text(const char *path, mode_t mode, const char *text)
{
	put(path, mode, text, strlen(text));
}

static int chain(const char *path, struct program_chain *c)
{
	return program_chain(programs_find, programs, NULL, path, c);
}

static void test_links_and_interpreters(void **state)
{
	struct program_chain c;

	(void)state;
	put_text("bin", S_IFLNK | 0777, "usr/bin");
	put_text("init", S_IFREG | 0755, "#! \t/bin/sh -e\n");
	put_text("loop", S_IFLNK | 0777, "/loop");
	put_text("odd", S_IFREG | 0755, "#!/bin/sh\r\n");
	put_text("plain", S_IFREG | 0755, "exec sh\n");
	put_text("private", S_IFREG | 0644, "#!/bin/sh\n");
	put_text("usr/bin/sh", S_IFLNK | 0777, "../../usr/lib/sh");
	put_text("usr/lib/sh", S_IFREG | 0111, "#!/wrong");
	assert_int_equal(chain("init", &c), -ENOENT);
	assert_string_equal(c.path, "/wrong");
	assert_string_equal(c.needed_by, "/bin/sh");
	assert_int_equal(chain("loop", &c), -ELOOP);
	assert_int_equal(chain("odd", &c), -ENOENT);
	assert_string_equal(c.path, "/bin/sh\r");
	assert_int_equal(chain("plain", &c), -ENOEXEC);
	assert_int_equal(chain("private", &c), -EACCES);
	assert_int_equal(chain("bin", &c), -ENOENT); /* its folder is not listed */
	assert_int_equal(chain("", &c), -ENOENT);
	assert_int_equal(chain("/../..", &c), -ENOENT);
}

/* What is not there and differs in one bit from what is; the twins differ in more, or are there. */
static void test_near_names(void **state)
{
	static const struct {
		const char *path, *near;
	} rows[] = {
		{ "/bin/sh", NULL },
		{ "/bin/rh", "usr/bin/sh" },
		{ "/bin/r", NULL },
		{ "/bin/sh\r", NULL },
		{ "/bin/rr", NULL },
		{ "/cin/sh", "bin" },
		{ "usr/bin/sx", "usr/bin/sh" },
		{ "/usr/lib/sh", NULL },
		{ "/shel", NULL },
		{ "/loop/sh", NULL },
		/* What stands in front of the name, or behind it, was one bit another. */
		{ "obin/sh", "/bin/sh" },
		{ ".bin/sh", "/bin/sh" },
		{ "bbin/sh", NULL },
		{ "/bin/shJecho", "/bin/sh" },
		{ "/bin/sh0-e", "/bin/sh" },
		{ "/bin/shJ", "/bin/sh" },
		{ "/bin/shKecho", NULL },
		{ "/bin/dash", NULL },
		{ "/usr/binosh", "usr/bin/sh" },
		{ "/lib/binosh", NULL },
		{ "/usr/bin/s/", NULL },
	};

	char end[PROGRAM_NAME_MAX];

	(void)state;
	put_text("bin", S_IFLNK | 0777, "usr/bin");
	put_text("loop", S_IFLNK | 0777, "/loop");
	put_text("usr", S_IFDIR | 0755, "");
	put_text("usr/bin", S_IFDIR | 0755, "");
	put_text("usr/bin/sh", S_IFREG | 0755, "#!/shell");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char near[PROGRAM_NAME_MAX];
		bool found = programs_near_way(programs, rows[i].path, near);

		if (found != !!rows[i].near || (found && strcmp(near, rows[i].near) != 0))
			fail_msg("%s: %s", rows[i].path, found ? near : "nothing is near");
	}
	/* A letter is two bits from another one: that is a mistake. */
	put_text("usr/dash", S_IFREG | 0755, "#!/shell");
	assert_false(programs_near_way(programs, "/usr/bash", end));
	/* A link that is there, and what it leads to is not. */
	put_text("zinit", S_IFLNK | 0777, "usr/lib/init");
	put_text("zone", S_IFLNK | 0777, "ousr/bin/sh");
	assert_true(programs_link_ends(programs, "zinit", end));
	assert_string_equal(end, "usr/lib/init");
	assert_false(programs_link_ends(programs, "usr/lib/init", end));
	/* A folder that is a link makes none of what is missing there. */
	assert_false(programs_link_ends(programs, "/bin/none", end));
	assert_false(programs_link_ends(programs, "/usr/bin/sh", end));
	assert_false(programs_near_way(programs, "zinit", end));
	assert_true(programs_near_way(programs, "zone", end));
	assert_string_equal(end, "/usr/bin/sh");
	m.contents[4].segment = GUARD_SEGMENT;
	assert_null(programs_near(&m, "usr/bin/rh"));
}

/* Every prefix of a program, and every byte of its headers changed: an answer, whatever it is. */
static void test_damaged_programs(void **state)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr part;
		char loader[8];
	} p = { .head = { .e_phoff = sizeof(p.head),
			  .e_phentsize = sizeof(p.part),
			  .e_phnum = 1,
			  .e_machine = EM_X86_64 },
		.part = { .p_type = PT_INTERP,
			  .p_offset = offsetof(__typeof__(p), loader),
			  .p_filesz = 6 },
		.loader = "/ld.so" };
	struct program_chain c;
	struct program found;

	(void)state;
	memcpy(p.head.e_ident, ELFMAG, SELFMAG);
	p.head.e_ident[EI_CLASS] = ELFCLASS64;
	p.head.e_ident[EI_DATA] = ELFDATA2LSB;
	p.part.p_filesz = sizeof("/ld.so");
	put("a", S_IFREG | 0755, &p, sizeof(p));
	assert_int_equal(programs_find(programs, "a", &found), 0);
	assert_string_equal(found.needs, "/ld.so");
	assert_int_equal(chain("a", &c), -ENOENT);
	for (size_t size = 0; size < sizeof(p); size++) {
		char path[32];

		snprintf(path, sizeof(path), "b%04zu", size);
		put(path, S_IFREG | 0755, &p, size);
		assert_int_not_equal(chain(path, &c), 0);
	}
	/* The kernel takes no name that does not end where its segment does. */
	p.part.p_filesz--;
	put("c", S_IFREG | 0755, &p, sizeof(p));
	assert_int_equal(chain("c", &c), -ENOEXEC);
	p.part.p_filesz++;
	for (size_t at = 0; at < sizeof(p); at++) {
		unsigned char *byte = (unsigned char *)&p + at;
		char path[32];

		*byte ^= 0xff;
		snprintf(path, sizeof(path), "c%04zu", at);
		put(path, S_IFREG | 0755, &p, sizeof(p));
		chain(path, &c);
		*byte ^= 0xff;
	}
}

/* A program for another processor is one that nothing lost has made so: whole, and not by one bit. */
static void test_other_processors(void **state)
{
	static const struct {
		uint16_t machine;
		size_t missing; /* bytes at its end */
		bool foreign;
	} rows[] = { { EM_AARCH64, 0, true },
		     { EM_AARCH64, 1, false },
		     { EM_NONE, 0, false },
		     { EM_X86_64 ^ 1, 0, false },
		     { EM_X86_64 ^ 0x100, 0, false } };
	Elf64_Ehdr head = { .e_shoff = sizeof(head) };
	struct program self = { .kind = PROGRAM_ELF,
				.format = { ELFCLASS64, ELFDATA2LSB },
				.machine = EM_X86_64 };

	(void)state;
	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct program_chain c;
		char path[32];

		head.e_shoff = sizeof(head) + rows[i].missing;
		head.e_machine = rows[i].machine;
		snprintf(path, sizeof(path), "a%zu", i);
		put(path, S_IFREG | 0755, &head, sizeof(head));
		assert_int_equal(program_chain(programs_find, programs, &self, path, &c), -ENOEXEC);
		assert_int_equal(c.foreign, rows[i].foreign);
	}
}

/* Headers of either class and order tell where the program ends. */
static void test_ends(void **state)
{
	static const unsigned char classes[] = { ELFCLASS32, ELFCLASS64 };
	static const unsigned char orders[] = { ELFDATA2LSB, ELFDATA2MSB };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		unsigned char elf[64] = { 0 };
		bool wide = classes[i / 2] == ELFCLASS64, low = orders[i % 2] == ELFDATA2LSB;
		size_t offset =
			wide ? offsetof(Elf64_Ehdr, e_shoff) : offsetof(Elf32_Ehdr, e_shoff);
		struct program found;
		char path[32];

		memcpy(elf, ELFMAG, SELFMAG);
		elf[EI_CLASS] = classes[i / 2];
		elf[EI_DATA] = orders[i % 2];
		elf[low ? offset : offset + (wide ? 7 : 3)] = sizeof(elf);
		snprintf(path, sizeof(path), "e%zu", i);
		put(path, S_IFREG | 0755, elf, sizeof(elf));
		assert_int_equal(programs_find(programs, path, &found), 0);
		assert_int_equal(found.end, sizeof(elf));
		assert_true(found.whole);
	}
}

/* What came first is known, of what did not find room it is known that nothing is. */
static void test_bounded(void **state)
{
	static char target[3000];
	struct program_chain c;

	(void)state;
	memset(target, 'x', sizeof(target) - 1);
	put_text("0first", S_IFREG | 0755, "#!/nowhere\n");
	for (int i = 0; i < 2000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "link%04d", i);
		put_text(path, S_IFLNK | 0777, target);
	}
	put_text("script", S_IFREG | 0755, "#!/nowhere\n");
	assert_int_equal(chain("0first", &c), -ENOENT);
	assert_int_equal(chain("link0000", &c), -ENOENT);
	assert_int_equal(chain("link1999", &c), -ENODATA);
	assert_int_equal(chain("script", &c), -ENODATA);
}

static void test_long_ways(void **state)
{
	static char target[4096];
	struct program_chain c;

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(target); i += 2)
		memcpy(target + i, "a/", 2);
	put_text("a", S_IFLNK | 0777, target);
	assert_true(chain("a", &c) < 0);
	assert_int_equal(chain(GUARD_DIVERTED, &c), -ENOENT);
	put_text(GUARD_DIVERTED, S_IFREG | 0755, "#!/nowhere\n");
	assert_int_equal(chain(GUARD_DIVERTED, &c), -ELOOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_links_and_interpreters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_near_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_programs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_processors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_ways, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
