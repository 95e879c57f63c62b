// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "image/contents.h"
#include "image/cpio.h"
#include "image/record.h"
#include "util/memory.h"
#include "util/util.h"

#define FILE_MODE   (S_IFREG | 0644)
#define FOLDER_MODE (S_IFDIR | 0755)
#define LINK_MODE   (S_IFLNK | 0777)

/* Folders by their whole paths, one space apart. */
static void archive_folders(struct archive *a, const char *paths)
{
	char path[64];

	for (int n; sscanf(paths, " %63s%n", path, &n) == 1; paths += n)
		archive_member(a, FOLDER_MODE, path, NULL, 0);
}

/* What the kernel will have unpacked of a guard (or none) and an image. */
static struct manifest record(const struct archive *guard, const struct archive *image)
{
	struct recorder *r = recorder_new();
	struct initrd_fault fault;
	struct manifest m;
	struct input *in;

	manifest_init(&m);
	if (guard) {
		in = input_from_memory(guard->bytes, guard->size);
		assert_int_equal(recorder_walk(r, in, true, 0, &fault), 0);
		input_free(in);
	}
	in = input_from_memory(image->bytes, image->size);
	assert_int_equal(recorder_walk(r, in, false, 0, &fault), 0);
	input_free(in);
	assert_int_equal(recorder_finish(r, &m, &fault), 0);
	recorder_free(r);
	return m;
}

static const struct content *expect(const struct manifest *m, const char *path,
				    enum content_type type, const char *data)
{
	const struct content *c = manifest_find(m, path);

	assert_non_null(c);
	assert_int_equal(c->type, type);
	if (data) {
		assert_int_equal(c->size, strlen(data));
		assert_int_equal(c->hash, hash64(data, strlen(data)));
	}
	return c;
}

static void test_types(void **state)
{
	struct archive a = { .size = 0 };
	const struct cpio_header node = { .mode = S_IFCHR | 0600,
					  .rdev_major = 5,
					  .rdev_minor = 1 };
	const struct content *c;
	struct manifest m;

	(void)state;
	archive_member(&a, FOLDER_MODE, ".", NULL, 0);
	archive_folders(&a, "dev bin");
	archive_entry(&a, &node, "dev/console", NULL);
	archive_text(&a, S_IFREG | 04755, "bin/su", "program");
	archive_text(&a, LINK_MODE, "lib", "usr/lib");
	archive_member(&a, S_IFREG | 0600, "empty", NULL, 0);
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_int_equal(m.content_count, 6);
	assert_int_equal(expect(&m, "bin/su", CONTENT_FILE, "program")->mode, 04755);
	expect(&m, "lib", CONTENT_SYMLINK, "usr/lib");
	expect(&m, "empty", CONTENT_FILE, "");
	c = expect(&m, "dev/console", CONTENT_CHAR, NULL);
	assert_int_equal(c->rdev_major, 5);
	assert_int_equal(c->rdev_minor, 1);
	assert_int_equal(m.segment_count, 1);
	manifest_clear(&m);
}

static void test_later_replaces_earlier(void **state)
{
	struct archive a = { .size = 0 };
	struct manifest m;

	(void)state;
	archive_folders(&a, "etc");
	archive_text(&a, FILE_MODE, "etc/conf", "first");
	archive_trailer(&a);
	archive_zeros(&a, -a.size % 512);
	archive_text(&a, FILE_MODE, "etc/conf", "second one");
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_int_equal(m.segment_count, 2);
	assert_int_equal(m.content_count, 2);
	assert_int_equal(expect(&m, "etc/conf", CONTENT_FILE, "second one")->segment, 1);
	manifest_clear(&m);
}

/* As with a usr-merged main behind a segment that says lib/. */
static void test_path_through_a_link(void **state)
{
	struct archive a = { .size = 0 };
	struct manifest m;

	(void)state;
	archive_folders(&a, "usr usr/lib usr/share");
	archive_text(&a, LINK_MODE, "lib", "usr/lib");
	archive_text(&a, LINK_MODE, "usr/lib/inner", "../share");
	archive_text(&a, LINK_MODE, "loop", "loop");
	archive_text(&a, FILE_MODE, "usr/lib/a", "old");
	archive_text(&a, FILE_MODE, "lib/a", "new");
	archive_text(&a, FILE_MODE, "lib/inner/b", "shared");
	archive_text(&a, FILE_MODE, "loop/x", "nowhere");
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_null(manifest_find(&m, "lib/a"));
	expect(&m, "usr/lib/a", CONTENT_FILE, "new");
	expect(&m, "usr/share/b", CONTENT_FILE, "shared");
	manifest_clear(&m);
}

/* The kernel cannot remove a folder that is not empty (measured: a guard with /lib hid main's). */
static void test_full_folder_stays(void **state)
{
	struct archive a = { .size = 0 };
	struct manifest m;

	(void)state;
	archive_member(&a, FOLDER_MODE, "lib", NULL, 0);
	archive_text(&a, FILE_MODE, "lib/x", "x");
	archive_text(&a, LINK_MODE, "lib", "usr/lib");
	archive_member(&a, FOLDER_MODE, "empty", NULL, 0);
	archive_text(&a, LINK_MODE, "empty", "lib");
	archive_trailer(&a);
	m = record(NULL, &a);
	expect(&m, "lib", CONTENT_DIRECTORY, NULL);
	expect(&m, "empty", CONTENT_SYMLINK, "lib");
	manifest_clear(&m);
}

static void test_hard_links(void **state)
{
	static const char program[10000] = "program";
	struct archive a = { .size = 0 };
	const struct cpio_header name = { .ino = 77, .nlink = 3, .mode = S_IFREG | 0755 };
	const struct cpio_header last = {
		.ino = 77, .nlink = 3, .mode = S_IFREG | 0755, .size = sizeof(program)
	};
	const uint64_t hash = hash64(program, sizeof(program));
	const char *const names[] = { "bin/cat", "bin/ls", "bin/sh" };
	unsigned int with_blocks = 0;
	struct manifest m;

	(void)state;
	archive_folders(&a, "bin");
	archive_entry(&a, &name, names[0], NULL);
	archive_entry(&a, &name, names[1], NULL);
	archive_entry(&a, &last, names[2], program);
	/* The same inode number in the next archive is another file. */
	archive_trailer(&a);
	archive_entry(&a, &name, "other", NULL);
	archive_trailer(&a);
	m = record(NULL, &a);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct content *c = expect(&m, names[i], CONTENT_FILE, NULL);

		assert_int_equal(c->size, sizeof(program));
		assert_int_equal(c->hash, hash);
		assert_int_equal(c->hard_link, c->block_count == 0);
		with_blocks += c->block_count == 3;
	}
	assert_int_equal(with_blocks, 1);
	expect(&m, "other", CONTENT_FILE, "");
	manifest_clear(&m);
}

static void test_blocks_and_places(void **state)
{
	static unsigned char data[2 * BLOCK_SIZE + 5];
	struct archive a = { .size = 0 };
	const struct content *c;
	struct manifest m;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 7);
	archive_text(&a, FILE_MODE, "first", "1");
	archive_member(&a, FILE_MODE, "big", data, sizeof(data));
	archive_trailer(&a);
	m = record(NULL, &a);
	c = expect(&m, "big", CONTENT_FILE, NULL);
	assert_int_equal(c->block_count, 3);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(c->blocks[i], hash64(data + i * BLOCK_SIZE, BLOCK_SIZE));
	assert_int_equal(c->blocks[2], hash64(data + sizeof(data) - 5, 5));
	assert_memory_equal(a.bytes + c->image_offset, data, sizeof(data));
	manifest_clear(&m);
}

/* The guard's list and padding cannot be in the list; main's stub replaces the guard's link. */
static void test_guard(void **state)
{
	struct archive guard = { .size = 0 }, a = { .size = 0 };
	const struct content *c;
	struct manifest m;

	(void)state;
	archive_member(&guard, FOLDER_MODE, "bootverdict", NULL, 0);
	archive_text(&guard, S_IFREG | 0755, "bootverdict/init", "stub");
	archive_folders(&guard, "usr usr/lib usr/lib/bootverdict");
	archive_text(&guard, LINK_MODE, "init", "/bootverdict/init");
	archive_text(&guard, LINK_MODE, "usr/lib/bootverdict/init", "/bootverdict/init");
	archive_text(&guard, FILE_MODE, "bootverdict/manifest", "the list");
	archive_text(&guard, FILE_MODE, "bootverdict/guard-end", "padding");
	archive_trailer(&guard);
	archive_text(&a, LINK_MODE, "init", "/usr/lib/bootverdict/init");
	archive_text(&a, S_IFREG | 0755, "usr/lib/bootverdict/init", "stub");
	archive_trailer(&a);
	m = record(&guard, &a);
	assert_int_equal(m.content_count, 7);
	assert_int_equal(expect(&m, "bootverdict/init", CONTENT_FILE, "stub")->segment,
			 GUARD_SEGMENT);
	c = expect(&m, "usr/lib/bootverdict/init", CONTENT_FILE, "stub");
	assert_int_equal(c->segment, 0);
	expect(&m, "init", CONTENT_SYMLINK, "/usr/lib/bootverdict/init");
	manifest_clear(&m);
}

static void test_broken_image(void **state)
{
	struct archive a = { .size = 0 };
	struct recorder *r = recorder_new();
	struct initrd_fault fault;
	struct manifest m;
	struct input *in;

	(void)state;
	archive_text(&a, FILE_MODE, "whole", "whole");
	archive_text(&a, FILE_MODE, "cut", "this one is cut short");
	in = input_from_memory(a.bytes, a.size - 8);
	assert_true(recorder_walk(r, in, false, 0, &fault) < 0);
	assert_true(fault.error < 0);
	input_free(in);
	manifest_init(&m);
	assert_int_equal(recorder_finish(r, &m, &fault), 0);
	expect(&m, "whole", CONTENT_FILE, "whole");
	recorder_free(r);
	manifest_clear(&m);
}

/* As the kernel walks: ".." is the parent of where a link leads, and circles lead nowhere. */
static void test_dots_and_circles(void **state)
{
	struct archive a = { .size = 0 };
	struct manifest m;

	(void)state;
	archive_folders(&a, "usr usr/lib");
	archive_text(&a, LINK_MODE, "lib", "usr/lib");
	archive_text(&a, FILE_MODE, "lib/../x", "x");
	archive_text(&a, FILE_MODE, "../../up", "up");
	archive_text(&a, FILE_MODE, "usr//./lib/../y/", "y");
	archive_text(&a, LINK_MODE, "a", "b/c");
	archive_text(&a, LINK_MODE, "b", "a");
	archive_text(&a, FILE_MODE, "a/nowhere", "z");
	archive_text(&a, FILE_MODE, "..", "the root itself");
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_int_equal(m.content_count, 8);
	assert_int_equal(m.skipped.count, 1);
	assert_string_equal(m.skipped.first, "a/nowhere");
	expect(&m, "usr/x", CONTENT_FILE, "x");
	expect(&m, "up", CONTENT_FILE, "up");
	expect(&m, "usr/y", CONTENT_FILE, "y");
	manifest_clear(&m);
}

/* What replaces one name of a file: the same type writes into the file, another one leaves it. */
static void test_names_that_part(void **state)
{
	static const unsigned char big[3 * BLOCK_SIZE] = { 1 };
	struct archive a = { .size = 0 };
	const struct cpio_header name = { .ino = 7, .nlink = 3, .mode = FILE_MODE };
	const struct cpio_header data = {
		.ino = 7, .nlink = 3, .mode = FILE_MODE, .size = sizeof(big)
	};
	struct manifest m;

	(void)state;
	archive_entry(&a, &name, "first", NULL);
	archive_entry(&a, &name, "second", NULL);
	archive_entry(&a, &data, "third", big);
	archive_text(&a, LINK_MODE, "third", "elsewhere");
	archive_trailer(&a);
	archive_entry(&a, &name, "fourth", NULL); /* of another archive: another file */
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_int_equal(expect(&m, "first", CONTENT_FILE, NULL)->size, sizeof(big));
	assert_int_equal(expect(&m, "second", CONTENT_FILE, NULL)->size, sizeof(big));
	assert_int_equal(
		manifest_find(&m, "first")->hard_link + manifest_find(&m, "second")->hard_link, 1);
	assert_int_equal(manifest_find(&m, "first")->block_count +
				 manifest_find(&m, "second")->block_count,
			 3);
	expect(&m, "third", CONTENT_SYMLINK, "elsewhere");
	expect(&m, "fourth", CONTENT_FILE, "");
	manifest_clear(&m);

	a.size -= 124; /* without the last trailer */
	archive_text(&a, FILE_MODE, "first", "new");
	archive_trailer(&a);
	m = record(NULL, &a);
	expect(&m, "first", CONTENT_FILE, "new");
	expect(&m, "second", CONTENT_FILE, "new");
	manifest_clear(&m);
	assert_int_equal(memory_taken(), 0);
}

/* Of a segment of microcode nothing is unpacked when its folders are not in it; nor of `find -depth`. */
static void test_no_folder_to_go_to(void **state)
{
	struct archive a = { .size = 0 };
	char path[300];
	struct manifest m;

	(void)state;
	archive_text(&a, FILE_MODE, "kernel/x86/microcode/AuthenticAMD.bin", "microcode");
	archive_trailer(&a);
	archive_text(&a, FILE_MODE, "late/file", "before its folder");
	archive_folders(&a, "late");
	archive_text(&a, FILE_MODE, "late/file2", "behind it");
	archive_text(&a, FILE_MODE, "late/file2/x", "below a file");
	archive_text(&a, LINK_MODE, "dangling", "late/none");
	archive_text(&a, FILE_MODE, "dangling/x", "through a link to nothing");
	archive_text(&a, FILE_MODE, "dev/made", "the kernel has made that folder");
	archive_text(&a, FILE_MODE, "root/too", "and that one");
	memset(path, 'x', 255);
	path[255] = '\0';
	archive_text(&a, FILE_MODE, path, "as long as a name can be");
	strcat(path, "x");
	archive_text(&a, FILE_MODE, path, "too long");
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_int_equal(m.content_count, 6);
	expect(&m, "late/file2", CONTENT_FILE, "behind it");
	expect(&m, "dangling", CONTENT_SYMLINK, "late/none");
	expect(&m, "dev/made", CONTENT_FILE, "the kernel has made that folder");
	expect(&m, "root/too", CONTENT_FILE, "and that one");
	assert_int_equal(m.skipped.count, 5);
	assert_int_equal(m.skipped.wanted, 4);
	assert_string_equal(m.skipped.first, "late/file");
	manifest_clear(&m);
	assert_int_equal(memory_taken(), 0);
}

/* As each was seen to be left by Linux 6.12. */
static void test_names_that_are_taken_again(void **state)
{
	struct archive a = { .size = 0 };
	const struct cpio_header twice = { .ino = 9, .nlink = 2, .mode = FILE_MODE, .size = 3 };
	const struct cpio_header one = { .ino = 7, .nlink = 2, .mode = FILE_MODE };
	const struct cpio_header two = { .ino = 7, .nlink = 2, .mode = FILE_MODE, .size = 3 };
	const struct cpio_header pipe = { .ino = 7, .nlink = 2, .mode = S_IFIFO | 0600 };
	const struct cpio_header null = { .mode = S_IFCHR | 0666,
					  .rdev_major = 1,
					  .rdev_minor = 3 };
	const struct cpio_header zero = { .mode = S_IFCHR | 0600,
					  .rdev_major = 1,
					  .rdev_minor = 5 };
	struct manifest m;

	(void)state;
	/* Taken off before it could be linked to. */
	archive_entry(&a, &twice, "twice", "one");
	archive_entry(&a, &twice, "twice", "two");
	/* A name that went nowhere: the next has nothing to be linked to, and its own file is gone. */
	archive_text(&a, FILE_MODE, "b", "old");
	archive_entry(&a, &one, "missing/a", NULL);
	archive_entry(&a, &two, "b", "new");
	/* Of another type it is another file. */
	archive_entry(&a, &pipe, "pipe", NULL);
	archive_entry(&a, &pipe, "pipe2", NULL);
	archive_entry(&a, &null, "device", NULL);
	archive_trailer(&a);
	archive_entry(&a, &one, "p", NULL);
	archive_entry(&a, &two, "q", "abc");
	archive_trailer(&a);
	archive_entry(&a, &one, "q", NULL);
	archive_entry(&a, &two, "r", "xyz");
	archive_entry(&a, &zero, "device", NULL);
	archive_trailer(&a);
	m = record(NULL, &a);
	assert_null(manifest_find(&m, "twice"));
	assert_null(manifest_find(&m, "b"));
	expect(&m, "pipe", CONTENT_FIFO, NULL);
	assert_false(expect(&m, "pipe2", CONTENT_FIFO, NULL)->hard_link);
	expect(&m, "p", CONTENT_FILE, "xyz");
	expect(&m, "q", CONTENT_FILE, "xyz");
	expect(&m, "r", CONTENT_FILE, "xyz");
	assert_int_equal(expect(&m, "device", CONTENT_CHAR, NULL)->rdev_minor, 3);
	assert_int_equal(manifest_find(&m, "device")->mode, 0600);
	assert_int_equal(m.content_count, 6);
	manifest_clear(&m);
	assert_int_equal(memory_taken(), 0);
}

/* Beyond the bound: said where, and nothing stays counted. */
static void test_memory_bound(void **state)
{
	struct archive a = { .size = 0 };
	struct recorder *r = recorder_new();
	struct initrd_fault fault;
	struct manifest m;
	struct input *in;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "member-%04d", i);
		archive_member(&a, FILE_MODE, name, NULL, 0);
	}
	archive_trailer(&a);
	manifest_init(&m);
	memory_bound(6); /* one for what is counted */
	in = input_from_memory(a.bytes, a.size);
	assert_int_equal(recorder_walk(r, in, false, 0, &fault), -EOVERFLOW);
	assert_int_equal(fault.error, -EOVERFLOW);
	assert_string_equal(fault.reason, "it needs more than 6 MiB of memory");
	assert_memory_equal(fault.path, "member-", 7);
	input_free(in);
	recorder_free(r);
	assert_int_equal(memory_taken(), 0);
	memory_bound(MEMORY_MIB);
	m = record(NULL, &a);
	assert_int_equal(m.content_count, 5000);
	assert_true(memory_taken() > 0);
	manifest_clear(&m);
	assert_int_equal(memory_taken(), 0);
}

static void test_file(void **state)
{
	unsigned char data[BLOCK_SIZE + 100];
	FILE *f = tmpfile();
	struct sealed_file s;

	(void)state;
	memset(data, 'x', sizeof(data));
	assert_int_equal(fwrite(data, 1, sizeof(data), f), sizeof(data));
	assert_int_equal(fflush(f), 0);
	assert_int_equal(record_file(&s, fileno(f), "/boot/initrd.img-1"), 0);
	assert_int_equal(s.size, sizeof(data));
	assert_int_equal(s.block_count, 2);
	assert_int_equal(s.blocks[0], hash64(data, BLOCK_SIZE));
	assert_int_equal(s.blocks[1], hash64(data, 100));
	assert_string_equal(s.path, "/boot/initrd.img-1");
	assert_true(s.present);
	free(s.path);
	free(s.blocks);
	free(s.extents);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_later_replaces_earlier),
		cmocka_unit_test(test_path_through_a_link),
		cmocka_unit_test(test_full_folder_stays),
		cmocka_unit_test(test_hard_links),
		cmocka_unit_test(test_blocks_and_places),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_broken_image),
		cmocka_unit_test(test_dots_and_circles),
		cmocka_unit_test(test_names_that_part),
		cmocka_unit_test(test_no_folder_to_go_to),
		cmocka_unit_test(test_names_that_are_taken_again),
		cmocka_unit_test(test_memory_bound),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
