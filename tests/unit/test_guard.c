// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/stat.h>

#include "archive.h"
#include "image/cpio.h"
#include "image/guard.h"
#include "image/initrd.h"
#include "util/util.h"

static const char stub[] = "stub", checker[20000] = "checker", busybox[9001] = "busybox";
static const char manifest[] = "manifest\n", config[] = "config\n";

static struct guard_parts parts(bool merge, bool mark)
{
	return (struct guard_parts){
		.stub = stub,
		.stub_size = sizeof(stub),
		.checker = checker,
		.checker_size = sizeof(checker),
		.busybox = busybox,
		.busybox_size = sizeof(busybox),
		.manifest = manifest,
		.manifest_size = sizeof(manifest),
		.config = config,
		.config_size = sizeof(config),
		.merge = merge,
		.early_cpio_mark = mark,
	};
}

/* The guard of these parts, then what follows it, as an image. */
static unsigned char *image(const struct guard_parts *p, const struct archive *rest, size_t *guard,
			    size_t *size)
{
	unsigned char *bytes;

	assert_int_equal(guard_build(p, &bytes, guard), 0);
	bytes = realloc(bytes, *guard + rest->size);
	assert_non_null(bytes);
	memcpy(bytes + *guard, rest->bytes, rest->size);
	*size = *guard + rest->size;
	return bytes;
}

struct seen {
	unsigned int segments, members, early, marks;
};

static int count_segment(void *ctx, const struct segment *s)
{
	struct seen *seen = ctx;

	seen->segments++;
	assert_int_equal(s->codec, CODEC_NONE);
	return 0;
}

static int count_member(void *ctx, const struct member *m)
{
	struct seen *seen = ctx;

	seen->members++;
	if (strcmp(m->path, GUARD_EARLY_CPIO_MARK) == 0)
		seen->marks++;
	if (m->segment->index == 0 && strncmp(m->path, "kernel/", 7) == 0)
		seen->early++;
	assert_int_equal(m->mtime, 0);
	return 0;
}

static struct seen walk(const unsigned char *bytes, size_t size)
{
	static const struct initrd_visitor visitor = {
		.segment_begin = count_segment,
		.member = count_member,
	};
	struct input *in = input_from_memory(bytes, size);
	struct initrd_fault fault;
	struct seen seen = { 0 };

	assert_int_equal(initrd_walk(in, &visitor, &seen, &fault), 0);
	input_free(in);
	return seen;
}

static struct archive early_cpio(void)
{
	struct archive a = { .size = 0 };

	archive_member(&a, S_IFDIR | 0755, "kernel", NULL, 0);
	archive_text(&a, S_IFREG | 0644, "kernel/x86/microcode/GenuineIntel.bin", "microcode");
	archive_trailer(&a);
	archive_zeros(&a, -a.size % 512);
	return a;
}

static uint64_t find(const unsigned char *bytes, size_t size, int expected)
{
	struct input *in = input_from_memory(bytes, size);
	uint64_t guard;

	assert_int_equal(guard_find(in, &guard), expected);
	input_free(in);
	return guard;
}

static void test_alone(void **state)
{
	const struct guard_parts p = parts(false, false);
	struct archive rest = { .size = 0 };
	size_t guard, size;
	unsigned char *bytes;
	struct seen seen;

	(void)state;
	archive_text(&rest, S_IFREG | 0755, "init", "#!/bin/sh\n");
	archive_trailer(&rest);
	bytes = image(&p, &rest, &guard, &size);
	assert_int_equal(guard % BLOCK_SIZE, 0);
	assert_int_equal(find(bytes, size, 0), guard);
	seen = walk(bytes, size);
	assert_int_equal(seen.segments, 2);
	assert_int_equal(seen.members, 15);
	assert_int_equal(seen.marks, 0);
	free(bytes);
}

static void test_merged_with_early_cpio(void **state)
{
	const struct guard_parts p = parts(true, true);
	const struct archive rest = early_cpio();
	size_t guard, size;
	unsigned char *bytes = image(&p, &rest, &guard, &size);
	const struct seen seen = walk(bytes, size);

	(void)state;
	assert_int_equal(guard % BLOCK_SIZE, 0);
	assert_int_equal(find(bytes, size, 0), guard);
	assert_int_equal(seen.segments, 1); /* dracut's tools skip exactly one */
	assert_int_equal(seen.early, 1);
	assert_int_equal(seen.marks, 1);
	free(bytes);
}

static void test_same_parts_same_bytes(void **state)
{
	const struct guard_parts p = parts(false, false);
	unsigned char *a, *b;
	size_t a_size, b_size;

	(void)state;
	assert_int_equal(guard_build(&p, &a, &a_size), 0);
	assert_int_equal(guard_build(&p, &b, &b_size), 0);
	assert_int_equal(a_size, b_size);
	assert_memory_equal(a, b, a_size);
	free(a);
	free(b);
}

static void test_every_length_fills_a_block(void **state)
{
	static const char filler[BLOCK_SIZE + 8];

	(void)state;
	for (size_t n = 1; n < sizeof(filler); n++) {
		for (int merge = 0; merge <= 1; merge++) {
			struct guard_parts p = parts(merge, false);
			const struct archive rest = early_cpio();
			unsigned char *bytes;
			size_t guard, size;

			p.manifest = filler;
			p.manifest_size = n;
			bytes = image(&p, &rest, &guard, &size);
			assert_int_equal(guard % BLOCK_SIZE, 0);
			assert_int_equal(find(bytes, size, 0), guard);
			free(bytes);
		}
	}
}

static void test_no_guard(void **state)
{
	struct archive rest = early_cpio();

	(void)state;
	assert_int_equal(find(rest.bytes, rest.size, 0), 0);
	assert_int_equal(find(rest.bytes, 10, 0), 0);
	assert_int_equal(find((const unsigned char *)"\x1f\x8b", 2, 0), 0);
}

static void test_damaged_headers(void **state)
{
	const struct guard_parts p = parts(false, false);
	const struct archive rest = early_cpio();
	size_t guard, size;
	unsigned char *bytes = image(&p, &rest, &guard, &size);

	(void)state;
	/* The second member's header. */
	bytes[124] = 'x';
	find(bytes, size, -EBADMSG);
	free(bytes);
}

static bool is_as_built(const unsigned char *bytes, size_t size, size_t guard)
{
	struct input *in = input_from_memory(bytes, size);
	uint64_t found;
	bool same = !guard_find(in, &found) && found == guard && guard_is_as_built(in, guard);

	input_free(in);
	return same;
}

/* Of the member: what the list of contents has as well, size and name, and the data that has a hash. */
static bool is_in_the_list(size_t at, size_t data, const struct cpio_header *h)
{
	return (at >= 54 && at < 62) ||
	       (at >= CPIO_HEADER_BYTES && at < CPIO_HEADER_BYTES + h->name_size) ||
	       (at >= data && at < data + h->size && S_ISREG(h->mode) && h->size);
}

static void check_every_byte(const struct guard_parts *p)
{
	const struct archive rest = early_cpio();
	size_t guard, size, data, next;
	unsigned char *bytes = image(p, &rest, &guard, &size);
	struct cpio_header h;

	assert_true(is_as_built(bytes, size, guard));
	for (size_t start = 0; start < guard; start = next) {
		const char *name = (const char *)bytes + start + CPIO_HEADER_BYTES;
		bool end;

		assert_int_equal(cpio_header_parse(bytes + start, &h), 0);
		end = !strcmp(name, GUARD_END);
		data = CPIO_HEADER_BYTES + h.name_size;
		data += cpio_padding(data);
		next = start + data + h.size + cpio_padding(data + h.size);
		for (size_t i = start; i < next; i++) {
			if (is_in_the_list(i - start, data, &h) && !(end && i - start >= data))
				continue;
			bytes[i] ^= 1;
			if (is_as_built(bytes, size, guard))
				fail_msg("byte %zu of %s", i - start, name);
			bytes[i] ^= 1;
		}
	}
	free(bytes);
}

static void test_every_byte_without_a_hash(void **state)
{
	(void)state;
	for (int private = 0; private <= 1; private ++) {
		for (int merge = 0; merge <= 1; merge++) {
			struct guard_parts p = parts(merge, merge);

			p.manifest_private = private;
			check_every_byte(&p);
		}
	}
}

static void test_cut_short(void **state)
{
	const struct guard_parts p = parts(false, false);
	const struct archive rest = { .size = 0 };
	size_t guard, size;
	unsigned char *bytes = image(&p, &rest, &guard, &size);

	(void)state;
	assert_int_equal(find(bytes, size, 0), guard);
	for (size_t n = 512; n < guard; n += 512)
		find(bytes, n, -ENODATA);
	free(bytes);
}

static void test_read(void **state)
{
	const struct guard_parts p = parts(false, false);
	const struct archive rest = early_cpio();
	size_t guard, size, n;
	unsigned char *bytes = image(&p, &rest, &guard, &size);
	struct input *in = input_from_memory(bytes, size);
	char *data;

	(void)state;
	assert_int_equal(guard_read(in, GUARD_MANIFEST, 100, &data, &n), 0);
	assert_int_equal(n, sizeof(manifest));
	assert_memory_equal(data, manifest, n);
	free(data);
	assert_int_equal(guard_read(in, GUARD_CHECKER, 100, &data, &n), -EFBIG);
	assert_int_equal(guard_read(in, "kernel", 100, &data, &n), -ENOENT);
	input_free(in);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_merged_with_early_cpio),
		cmocka_unit_test(test_same_parts_same_bytes),
		cmocka_unit_test(test_every_length_fills_a_block),
		cmocka_unit_test(test_no_guard),
		cmocka_unit_test(test_damaged_headers),
		cmocka_unit_test(test_every_byte_without_a_hash),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
