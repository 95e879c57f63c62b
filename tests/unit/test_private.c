// SPDX-License-Identifier: GPL-2.0-or-later
/* What others may not read in the initramfs, and what of it leaves the image. */
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

#include "boot/report_files.h"
#include "manifest/format.h"
#include "manifest/parse.h"
#include "manifest/private.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

static struct content *add(struct manifest *m, const char *path, enum content_type type,
			   uint32_t mode)
{
	struct content *c;

	m->contents = grow_array(m->contents, &m->content_count, sizeof(*m->contents));
	c = &m->contents[m->content_count - 1];
	c->path = text_copy(path);
	c->type = type;
	c->mode = mode;
	c->segment = GUARD_SEGMENT;
	if (type != CONTENT_FILE && type != CONTENT_SYMLINK)
		return c;
	c->hash = hash64(path, strlen(path));
	c->size = 2 * BLOCK_SIZE;
	if (type == CONTENT_SYMLINK)
		return c;
	c->block_count = 2;
	c->blocks = calloc(2, sizeof(*c->blocks));
	c->blocks[0] = c->hash + 1;
	c->blocks[1] = c->hash + 2;
	return c;
}

/* "closed-not" stands between "closed" and what is in it. */
static void fill(struct manifest *m)
{
	manifest_init(m);
	m->kernel = text_copy("6.12");
	m->os = text_copy("");
	add(m, "closed", CONTENT_DIRECTORY, 0750);
	add(m, "closed-not", CONTENT_FILE, 0644);
	add(m, "closed/deep", CONTENT_DIRECTORY, 0755);
	add(m, "closed/deep/file", CONTENT_FILE, 0644);
	add(m, "closed/file", CONTENT_FILE, 0644);
	add(m, "closed/link", CONTENT_SYMLINK, 0777);
	add(m, "open", CONTENT_DIRECTORY, 0755);
	add(m, "open/file", CONTENT_FILE, 0644);
	add(m, "open/key", CONTENT_FILE, 0640);
	add(m, "open/link", CONTENT_SYMLINK, 0777);
	add(m, "open/other-key", CONTENT_FILE, 0640)->hard_link = true;
	free(m->contents[10].blocks);
	m->contents[10].blocks = NULL;
	m->contents[10].block_count = 0;
	add(m, "open/program", CONTENT_FILE, 04711);
	add(m, "unlisted/file", CONTENT_FILE, 0644);
}

static const char *const private[] = { "closed/deep", "closed/deep/file", "closed/file",
				       "closed/link", "open/key",	  "open/other-key",
				       "open/program" };

static bool expected(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(private); i++) {
		if (!strcmp(path, private[i]))
			return true;
	}
	return false;
}

static void test_what_is_private(void **state)
{
	struct manifest m;

	(void)state;
	fill(&m);
	for (size_t i = 0; i < m.content_count; i++)
		assert_int_equal(content_is_private(&m, &m.contents[i]),
				 expected(m.contents[i].path));
	manifest_clear(&m);
}

static void test_its_hashes_are_hidden(void **state)
{
	struct manifest m;

	(void)state;
	fill(&m);
	manifest_hide_private(&m);
	for (size_t i = 0; i < m.content_count; i++) {
		const struct content *c = &m.contents[i];
		bool hashed = c->type == CONTENT_FILE || c->type == CONTENT_SYMLINK;

		assert_int_equal(c->hash != 0, hashed && !expected(c->path));
		for (size_t j = 0; j < c->block_count; j++)
			assert_int_equal(c->blocks[j] != 0, !expected(c->path));
	}
	manifest_clear(&m);
}

/* What is hidden stays a manifest, and hiding it once more changes nothing. */
static void test_hidden_is_read_again(void **state)
{
	char reason[MANIFEST_REASON_BYTES];
	char *once, *twice;
	size_t once_len, twice_len;
	struct manifest m, again;

	(void)state;
	fill(&m);
	manifest_hide_private(&m);
	assert_int_equal(manifest_format(&m, &once, &once_len), 0);
	assert_int_equal(manifest_parse(&again, once, once_len, reason), 0);
	manifest_hide_private(&again);
	assert_int_equal(manifest_format(&again, &twice, &twice_len), 0);
	assert_int_equal(once_len, twice_len);
	assert_memory_equal(once, twice, once_len);
	free(once);
	free(twice);
	manifest_clear(&m);
	manifest_clear(&again);
}

static unsigned int mode_of(const char *folder, const char *name)
{
	cleanup(free_ptr) char *path = text_format("%s/%s", folder, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void check_reports(const char *folder, const char *record, unsigned int mode)
{
	struct report r;

	report_init(&r, "boot");
	assert_int_equal(report_files_write(&r, folder, record), 0);
	report_clear(&r);
	assert_int_equal(mode_of(folder, "report.txt"), mode);
	assert_int_equal(mode_of(folder, "report.json"), mode);
}

/* A report is as private as the record that the image carries, also when an older one was not. */
static void test_reports_are_as_private_as_the_record(void **state)
{
	char folder[] = "/tmp/test_private.XXXXXX";
	cleanup(free_ptr) char *record = NULL;
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(folder));
	umask(022);
	record = text_format("%s/manifest", folder);
	check_reports(folder, record, 0600);
	out = fopen(record, "w");
	assert_non_null(out);
	fclose(out);
	chmod(record, 0444);
	check_reports(folder, record, 0644);
	chmod(record, 0400);
	check_reports(folder, record, 0600);
	chmod(record, 0440);
	check_reports(folder, record, 0600);
	unlink(record);
	for (int i = 0; i < 2; i++) {
		cleanup(free_ptr) char *path =
			text_format("%s/%s", folder, i ? "report.txt" : "report.json");

		unlink(path);
	}
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_private),
		cmocka_unit_test(test_its_hashes_are_hidden),
		cmocka_unit_test(test_hidden_is_read_again),
		cmocka_unit_test(test_reports_are_as_private_as_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
