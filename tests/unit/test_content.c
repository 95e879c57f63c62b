// SPDX-License-Identifier: GPL-2.0-or-later
/* A folder of files stands for the unpacked RAM disk; its record is made here by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#undef BLOCK_SIZE /* the kernel has another one of that name */
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "boot/facts.h"
#include "image/unpacked.h"
#include "util/array.h"
#include "util/memory.h"
#include "util/text.h"
#include "util/util.h"

#define BIG_BLOCKS 80 /* 320 KiB: more than one buffer */
#define BIG_SIZE   (BIG_BLOCKS * BLOCK_SIZE + 100)
#define IMAGE_AT   1000000u /* of the big file's data in the plain segment */

struct fixture {
	char root[64];
	int fd;
	struct manifest m;
	struct unpacking unpacking;
	struct report report;
	struct content_result result;
};

static unsigned char *big_content(void)
{
	unsigned char *p = malloc(BIG_SIZE);
	uint32_t random = 7;

	for (size_t i = 0; i < BIG_SIZE; i++) {
		random = random * 1103515245u + 12345u;
		p[i] = (unsigned char)(random >> 16);
	}
	return p;
}

static void put(struct fixture *x, const char *path, const void *data, size_t len)
{
	int fd = openat(x->fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	fchmod(fd, 0644);
	close(fd);
}

static struct content *record(struct manifest *m, const char *path, enum content_type type,
			      uint32_t mode)
{
	struct content *c;

	m->contents = grow_array(m->contents, &m->content_count, sizeof(*m->contents));
	c = &m->contents[m->content_count - 1];
	c->path = text_copy(path);
	c->type = type;
	c->mode = mode;
	c->image_offset = 100 * m->content_count;
	return c;
}

static void record_file_bytes(struct manifest *m, const char *path, const void *data, size_t len)
{
	struct content *c = record(m, path, CONTENT_FILE, 0644);

	c->size = len;
	c->hash = hash64(data, len);
	if (len <= BLOCK_SIZE)
		return;
	c->block_count = (len + BLOCK_SIZE - 1) / BLOCK_SIZE;
	c->blocks = calloc(c->block_count, sizeof(*c->blocks));
	for (size_t i = 0; i < c->block_count; i++) {
		size_t left = len - i * BLOCK_SIZE;

		c->blocks[i] = hash64((const char *)data + i * BLOCK_SIZE,
				      left < BLOCK_SIZE ? left : BLOCK_SIZE);
	}
}

/* The record, sorted by path as a manifest is. */
static void make_record(struct fixture *x)
{
	unsigned char *big = big_content();
	struct content *c;

	manifest_init(&x->m);
	x->m.kernel = text_copy("6.12.107");
	x->m.guard_bytes = 40960;
	x->m.segments = calloc(2, sizeof(*x->m.segments));
	x->m.segment_count = 2;
	x->m.segments[1].codec = CODEC_ZSTD;
	record_file_bytes(&x->m, "bootverdict-busybox", "guard's own", 11);
	x->m.contents[0].segment = GUARD_SEGMENT;
	record(&x->m, "dir", CONTENT_DIRECTORY, 0755);
	record_file_bytes(&x->m, "dir/big", big, BIG_SIZE);
	x->m.contents[x->m.content_count - 1].image_offset = IMAGE_AT;
	record_file_bytes(&x->m, "dir/empty", "", 0);
	c = record(&x->m, "link", CONTENT_SYMLINK, 0777);
	c->size = 3;
	c->hash = hash64("dir", 3);
	record_file_bytes(&x->m, "name", "three words long", 16);
	record_file_bytes(&x->m, "name2", "three words long", 16);
	x->m.contents[x->m.content_count - 1].hard_link = true;
	record_file_bytes(&x->m, "packed", "in the compressed segment", 25);
	x->m.contents[x->m.content_count - 1].segment = 1;
	record(&x->m, "pipe", CONTENT_FIFO, 0600);
	free(big);
}

/* All as it is recorded. */
static void unpack(struct fixture *x)
{
	unsigned char *big = big_content();

	x->fd = open(x->root, O_RDONLY | O_DIRECTORY);
	mkdirat(x->fd, "dir", 0755);
	fchmodat(x->fd, "dir", 0755, 0);
	put(x, "bootverdict-busybox", "guard's own", 11);
	put(x, "dir/big", big, BIG_SIZE);
	put(x, "dir/empty", "", 0);
	symlinkat("dir", x->fd, "link");
	put(x, "name", "three words long", 16);
	linkat(x->fd, "name", x->fd, "name2", 0);
	put(x, "packed", "in the compressed segment", 25);
	mkfifoat(x->fd, "pipe", 0600);
	fchmodat(x->fd, "pipe", 0600, 0);
	free(big);
}

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	strcpy(x->root, "/tmp/test_content.XXXXXX");
	if (!mkdtemp(x->root))
		return -1;
	unpack(x);
	make_record(x);
	x->unpacking.just_now = true;
	report_init(&x->report, "boot");
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;
	char *command = text_format("rm -rf %s", x->root);
	int rc = system(command);

	free(command);
	close(x->fd);
	manifest_clear(&x->m);
	report_clear(&x->report);
	free(x);
	return rc;
}

static void verify(struct fixture *x)
{
	assert_int_equal(content_verify(&x->m, x->fd, &x->unpacking, &x->report, &x->result), 0);
	report_conclude(&x->report);
}

static const struct finding *find(const struct fixture *x, const char *id)
{
	for (size_t i = 0; i < x->report.finding_count; i++) {
		if (!strcmp(catalog_entry(x->report.findings[i].id)->id, id))
			return &x->report.findings[i];
	}
	return NULL;
}

static const char *evidence(const struct finding *f, enum evidence_key key)
{
	for (size_t i = 0; i < f->evidence_count; i++) {
		if (f->evidence[i].key == key)
			return f->evidence[i].value;
	}
	return "";
}

/* Changes bytes of a file where it lies, so that links to it change alike. */
static void change(struct fixture *x, const char *path, uint64_t offset, const void *data,
		   size_t len)
{
	int fd = openat(x->fd, path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, len, (off_t)offset), len);
	close(fd);
}

static void test_intact(void **state)
{
	struct fixture *x = *state;

	verify(x);
	assert_int_equal(x->report.verdict, VERDICT_INTACT);
	assert_int_equal(x->report.finding_count, 0);
	assert_int_equal(x->result.checked, x->m.content_count);
	assert_int_equal(x->result.missing + x->result.different + x->result.guard_bad, 0);
	/* The linked file is read once. */
	assert_int_equal(x->result.bytes, 11 + BIG_SIZE + 16 + 25);
	assert_int_equal(x->report.artifact_count, 1);
	assert_int_equal(x->report.artifacts[0].state, STATE_INTACT);
	for (size_t i = 0; i < x->m.content_count; i++)
		assert_true(content_as_sealed(&x->m, x->fd, x->m.contents[i].path));
	assert_false(content_as_sealed(&x->m, x->fd, "not/listed"));
}

static void test_every_single_block(void **state)
{
	struct fixture *x = *state;
	unsigned char *big = big_content();
	static const unsigned char zeros[BLOCK_SIZE];

	for (uint64_t i = 0; i < BIG_BLOCKS; i += 13) {
		const struct finding *f;
		char number[32];

		report_clear(&x->report);
		report_init(&x->report, "boot");
		change(x, "dir/big", i * BLOCK_SIZE, zeros, sizeof(zeros));
		verify(x);
		change(x, "dir/big", i * BLOCK_SIZE, big + i * BLOCK_SIZE, BLOCK_SIZE);
		assert_int_equal(x->report.verdict, VERDICT_STORAGE_CORRUPTION);
		assert_int_equal(x->result.different, 1);
		f = find(x, "BV-CONTENT-DAMAGED");
		assert_non_null(f);
		assert_string_equal(f->target, "dir/big");
		assert_int_equal(f->range_count, 1);
		assert_int_equal(f->ranges[0].offset, i * BLOCK_SIZE);
		assert_int_equal(f->ranges[0].length, BLOCK_SIZE);
		assert_int_equal(f->ranges[0].damage.kind, DAMAGE_ZEROED);
		snprintf(number, sizeof(number), "%llu",
			 (unsigned long long)(40960 + IMAGE_AT + i * BLOCK_SIZE));
		assert_string_equal(evidence(f, EVIDENCE_IMAGE_OFFSET), number);
		assert_string_equal(evidence(f, EVIDENCE_BAD_BYTES), "4096");
	}
	free(big);
}

static void test_one_bit(void **state)
{
	struct fixture *x = *state;
	unsigned char *big = big_content();
	unsigned char byte = big[BIG_SIZE - 7] ^ 0x10;
	char number[32];
	const struct finding *f;

	change(x, "dir/big", BIG_SIZE - 7, &byte, 1);
	verify(x);
	f = find(x, "BV-CONTENT-DAMAGED");
	assert_non_null(f);
	assert_int_equal(f->range_count, 1);
	assert_int_equal(f->ranges[0].damage.kind, DAMAGE_BIT_FLIP);
	assert_int_equal(f->ranges[0].offset + f->ranges[0].damage.byte, BIG_SIZE - 7);
	assert_int_equal(f->ranges[0].damage.bit, 4);
	snprintf(number, sizeof(number), "%u", 40960 + IMAGE_AT + BIG_SIZE - 7);
	assert_string_equal(evidence(f, EVIDENCE_IMAGE_OFFSET), number);
	assert_false(content_as_sealed(&x->m, x->fd, "dir/big"));
	free(big);
}

/* Told as exactly as any other, but for the target, which gets into the kernel's log. */
static void test_private_file(void **state)
{
	static const struct {
		uint32_t folder, file;
	} modes[] = { { 0700, 0644 }, { 0755, 0600 } };
	struct fixture *x = *state;
	unsigned char *big = big_content();
	unsigned char byte = big[5000] ^ 1;

	change(x, "dir/big", 5000, &byte, 1);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		const struct finding *f;

		report_clear(&x->report);
		report_init(&x->report, "boot");
		x->m.contents[1].mode = modes[i].folder;
		x->m.contents[2].mode = modes[i].file;
		fchmodat(x->fd, "dir", modes[i].folder, 0);
		fchmodat(x->fd, "dir/big", modes[i].file, 0);
		verify(x);
		assert_int_equal(x->result.different, 1);
		f = find(x, "BV-CONTENT-DAMAGED");
		assert_non_null(f);
		assert_string_equal(f->target, "initial RAM disk");
		assert_null(strstr(f->summary, "big"));
		assert_string_equal(evidence(f, EVIDENCE_FIRST_PATH), "dir/big");
		assert_int_equal(f->range_count, 1);
		assert_int_equal(f->ranges[0].damage.kind, DAMAGE_BIT_FLIP);
		assert_int_equal(f->ranges[0].offset + f->ranges[0].damage.byte, 5000);
		assert_string_equal(f->ranges[0].members.items[0], "dir/big");
	}
	free(big);
}

static void test_small_file_without_blocks(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;

	change(x, "packed", 0, "I", 1);
	verify(x);
	f = find(x, "BV-CONTENT-DAMAGED");
	assert_non_null(f);
	assert_string_equal(evidence(f, EVIDENCE_IMAGE_OFFSET), "");
	assert_string_equal(evidence(f, EVIDENCE_IMAGE_OFFSET_ABOUT), "41760");
	assert_int_equal(f->range_count, 1);
	assert_int_equal(f->ranges[0].length, 25);
}

static void test_links_count_once(void **state)
{
	struct fixture *x = *state;

	change(x, "name", 0, "T", 1);
	verify(x);
	assert_int_equal(x->result.different, 1);
	assert_string_equal(find(x, "BV-CONTENT-DAMAGED")->target, "name");
}

static void test_missing(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;

	unlinkat(x->fd, "dir/big", 0);
	unlinkat(x->fd, "dir/empty", 0);
	unlinkat(x->fd, "dir", AT_REMOVEDIR);
	verify(x);
	assert_int_equal(x->report.verdict, VERDICT_STORAGE_CORRUPTION);
	assert_int_equal(x->result.missing, 3);
	assert_int_equal(x->result.different, 0);
	f = find(x, "BV-CONTENT-MISSING");
	assert_non_null(f);
	assert_string_equal(evidence(f, EVIDENCE_FILES_MISSING), "3");
	assert_string_equal(evidence(f, EVIDENCE_FIRST_PATH), "dir"); /* first in the image */
	assert_true(f->not .count && f->next.count);
	assert_null(find(x, "BV-CONTENT-DAMAGED"));
}

/* Verifies once more, with what has changed since. */
static void again(struct fixture *x, enum cause cause, enum verdict verdict)
{
	report_clear(&x->report);
	report_init(&x->report, "boot");
	verify(x);
	assert_int_equal(x->result.cause, cause);
	assert_int_equal(x->report.verdict, verdict);
}

static void is_replaced(struct fixture *x)
{
	again(x, CAUSE_REPLACED, VERDICT_INCONCLUSIVE);
	assert_non_null(find(x, "BV-CONTENT-REPLACED"));
	assert_int_equal(x->report.artifacts[0].state, STATE_REPLACED);
}

static void is_damaged(struct fixture *x)
{
	again(x, CAUSE_DAMAGE, VERDICT_STORAGE_CORRUPTION);
	assert_int_equal(x->report.artifacts[0].state, STATE_DAMAGED);
}

/* Later on, a person may have changed it; unless the boot itself found so when nothing had run. */
static void is_in_doubt(struct fixture *x)
{
	x->unpacking.just_now = false;
	again(x, CAUSE_DAMAGE, VERDICT_INCONCLUSIVE);
	assert_int_equal(x->report.artifacts[0].state, STATE_UNVERIFIED);
	assert_non_null(strstr(x->report.findings[0].summary,
			       "They were changed since this boot began, or lost"));
	assert_int_equal(x->report.findings[0].not .count, 0);
	x->unpacking.lost = true;
	is_damaged(x);
	x->unpacking.lost = false;
	x->unpacking.just_now = true;
}

/* All of another size and none missing: perhaps another initrd. */
static void test_replaced(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;

	put(x, "packed", "something quite different", 24);
	put(x, "dir/big", "short", 5);
	verify(x);
	assert_int_equal(x->result.cause, CAUSE_REPLACED);
	assert_int_equal(x->report.verdict, VERDICT_INCONCLUSIVE);
	f = find(x, "BV-CONTENT-REPLACED");
	assert_non_null(f);
}

/* A file of another size that is as sealed up to there was not replaced: it was cut, or its size is lost. */
static void test_of_another_size_and_begins_as_sealed(void **state)
{
	struct fixture *x = *state;
	unsigned char *big = big_content(), *longer = calloc(1, BIG_SIZE + 3000);

	memcpy(longer, big, BIG_SIZE);
	put(x, "dir/big", big, BIG_SIZE - 2);
	is_damaged(x);
	assert_non_null(find(x, "BV-CONTENT-DAMAGED"));
	put(x, "dir/big", big, BLOCK_SIZE + 9);
	is_damaged(x);
	put(x, "dir/big", longer, BIG_SIZE + 3000);
	is_damaged(x);
	put(x, "packed", "something quite different", 24);
	is_damaged(x);
	put(x, "packed", "in the compressed segment", 25);
	/* The twins: another file; nothing to compare; more in it, beside a second image. */
	longer[7] ^= 1;
	put(x, "dir/big", longer, BIG_SIZE + 3000);
	is_replaced(x);
	put(x, "dir/big", big, BLOCK_SIZE - 1);
	is_replaced(x);
	longer[7] ^= 1;
	put(x, "dir/big", longer, BIG_SIZE + 3000);
	put(x, "dir/unlisted", "from another initrd", 19);
	is_replaced(x);
	put(x, "dir/big", big, BIG_SIZE - 2);
	is_damaged(x);
	free(longer);
	free(big);
}

/* What was not looked at is not called another one. */
static void test_permission_bits_alone(void **state)
{
	struct fixture *x = *state;

	fchmodat(x->fd, "packed", 0600, 0);
	is_replaced(x);
	assert_non_null(
		strstr(find(x, "BV-CONTENT-REPLACED")->summary, "in permission bits alone"));
	put(x, "packed", "something quite different", 24);
	is_replaced(x);
	assert_null(strstr(find(x, "BV-CONTENT-REPLACED")->summary, "permission"));
}

/* The same with one file that kept its size, or one that is gone: no other initrd did that. */
static void test_not_only_replaced(void **state)
{
	struct fixture *x = *state;

	put(x, "packed", "something quite different", 24);
	change(x, "name", 0, "T", 1);
	verify(x);
	assert_int_equal(x->result.cause, CAUSE_DAMAGE);
	assert_int_equal(x->report.verdict, VERDICT_STORAGE_CORRUPTION);
	assert_non_null(find(x, "BV-CONTENT-DAMAGED"));
}

static void test_replaced_and_missing(void **state)
{
	struct fixture *x = *state;

	put(x, "packed", "something quite different", 24);
	unlinkat(x->fd, "pipe", 0);
	verify(x);
	assert_int_equal(x->result.cause, CAUSE_DAMAGE);
	assert_int_equal(x->report.verdict, VERDICT_STORAGE_CORRUPTION);
	assert_non_null(find(x, "BV-CONTENT-DAMAGED"));
	assert_non_null(find(x, "BV-CONTENT-MISSING"));
}

/* A small whole one in a compressed segment, while the kernel had nothing to say. */
static void test_replaced_by_one_of_the_same_size(void **state)
{
	struct fixture *x = *state;

	put(x, "packed", "IN THE compressed segmen.", 25);
	is_replaced(x);
	assert_non_null(strstr(find(x, "BV-CONTENT-REPLACED")->summary, "another initrd"));
	/* Not with the kernel's word; not when it is gone to zeros; nor by one bit. */
	x->unpacking.kernel_message = "Initramfs unpacking failed: junk within compressed archive";
	is_damaged(x);
	x->unpacking.kernel_message = NULL;
	put(x, "packed", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 25);
	is_damaged(x);
	put(x, "packed", "in the compressed Segment", 25);
	is_damaged(x);
	/* Nor in a plain segment, or when another one is missing. */
	put(x, "packed", "in the compressed segment", 25);
	put(x, "name", "THREE WORDS LONG", 16);
	is_damaged(x);
	put(x, "name", "three words long", 16);
	put(x, "packed", "IN THE compressed segmen.", 25);
	unlinkat(x->fd, "pipe", 0);
	is_damaged(x);
}

/* Of gzip the kernel ignores the checksum: there one file may be a coincidence, two are none. */
static void test_several_of_the_same_size(void **state)
{
	struct fixture *x = *state;

	put(x, "packed", "IN THE compressed segmen.", 25);
	put(x, "name", "THREE WORDS LONG", 16);
	for (size_t i = 0; i < x->m.content_count; i++)
		x->m.contents[i].segment = content_is_guard(&x->m.contents[i]) ? GUARD_SEGMENT : 1;
	is_replaced(x);
	assert_int_equal(x->result.different, 2);
	x->m.segments[1].codec = CODEC_GZIP;
	is_damaged(x);
	put(x, "name", "three words long", 16);
	is_replaced(x);
}

/* What no list has proves a second image. It explains what is wholly another one, and nothing else. */
static void test_second_image_is_proven(void **state)
{
	struct fixture *x = *state;
	unsigned char *big = big_content();
	static const unsigned char zeros[BLOCK_SIZE];
	const struct finding *f;

	put(x, "dir/unlisted", "from another initrd", 19);
	x->unpacking.kernel_message =
		"Initramfs unpacking failed: invalid magic at start of compressed "
		"archive";
	put(x, "name", "THREE WORDS LONG", 16);
	fchmodat(x->fd, "dir", 0700, 0);
	is_replaced(x);
	f = find(x, "BV-CONTENT-REPLACED");
	assert_string_equal(evidence(f, EVIDENCE_FIRST_NOT_IN_THE_LIST), "dir/unlisted");
	assert_string_equal(evidence(f, EVIDENCE_FILES_DIFFERENT), "2");
	assert_non_null(strstr(f->summary, "passed another initrd"));
	unlinkat(x->fd, "pipe", 0);
	symlinkat("name", x->fd, "pipe");
	for (size_t i = 0; i < BIG_SIZE; i++)
		big[i] ^= 0x55;
	change(x, "dir/big", 0, big, BIG_SIZE);
	is_replaced(x);
	/* A file that is mostly as sealed was damaged: one block; one bit; a block of zeros. */
	for (size_t i = 0; i < BIG_SIZE; i++)
		big[i] ^= 0x55;
	change(x, "dir/big", 0, big, BIG_SIZE);
	put(x, "name", "three words long", 16);
	change(x, "dir/big", 5 * BLOCK_SIZE, "other bytes", 11);
	is_damaged(x);
	f = find(x, "BV-CONTENT-DAMAGED");
	assert_int_equal(f->range_count, 1);
	assert_int_equal(f->ranges[0].offset, 5 * BLOCK_SIZE);
	put(x, "name", "THREE WORDS LONG", 16);
	change(x, "dir/big", 0, big, BIG_SIZE);
	is_replaced(x);
	put(x, "name", "three Words long", 16);
	is_damaged(x);
	put(x, "name", "THREE WORDS LONG", 16);
	change(x, "dir/big", 0, zeros, sizeof(zeros));
	is_damaged(x);
	change(x, "dir/big", 0, big, BIG_SIZE);
	unlinkat(x->fd, "dir/empty", 0);
	is_damaged(x);
	/* Later on, anything may have made it. */
	put(x, "dir/empty", "", 0);
	is_replaced(x);
	is_in_doubt(x);
	free(big);
}

/* The clock of a file system has ticks: what is put now has a later time than all before. */
static void put_later(struct fixture *x, const char *path, const void *data, size_t len)
{
	const struct timespec tick = { 0, 20000000 };

	nanosleep(&tick, NULL);
	unlinkat(x->fd, path, 0);
	put(x, path, data, len);
}

enum { EMPTY, BIG, PACKED, GUARD, PLACES };

/* Puts all that has a place in the order anew, in that order. */
static void unpack_in_order(struct fixture *x, const int *order)
{
	unsigned char *big = big_content();

	mkdirat(x->fd, "bootverdict", 0755);
	for (size_t i = 0; i < PLACES; i++) {
		switch (order[i]) {
		case EMPTY:
			put_later(x, "dir/empty", "", 0);
			break;
		case BIG:
			put_later(x, "dir/big", big, BIG_SIZE);
			break;
		case PACKED:
			put_later(x, "packed", "in the compressed segment", 25);
			break;
		default:
			put_later(x, "bootverdict/init", "stub", 4);
			put(x, "bootverdict/bootverdict", "checker", 7);
		}
	}
	free(big);
}

static void is_repacked(struct fixture *x)
{
	const struct finding *f;

	again(x, CAUSE_REPACKED, VERDICT_INCONCLUSIVE);
	f = find(x, "BV-CONTENT-REPACKED");
	assert_non_null(f);
	assert_non_null(strstr(f->summary, "packed again after it was sealed"));
	assert_int_equal(f->not .count, 0);
	assert_int_equal(x->report.artifacts[0].state, STATE_REPLACED);
}

/* The guard is not in front, and the rest is not in the sealed order. */
static void test_packed_again(void **state)
{
	static const int other[] = { PACKED, BIG, EMPTY, GUARD };
	static const int in_front[] = { GUARD, PACKED, BIG, EMPTY };
	static const int clock_set[] = { BIG, PACKED, GUARD, EMPTY };
	static const int sealed[] = { GUARD, EMPTY, BIG, PACKED };
	struct fixture *x = *state;

	change(x, "name", 0, "t", 1);
	unlinkat(x->fd, "pipe", 0);
	unpack_in_order(x, other);
	is_repacked(x);
	assert_string_equal(evidence(find(x, "BV-CONTENT-REPACKED"), EVIDENCE_PATHS),
			    "pipe (missing)");
	change(x, "name", 0, "T", 1);
	is_repacked(x);
	assert_string_equal(evidence(find(x, "BV-CONTENT-REPACKED"), EVIDENCE_FILES_MISSING), "1");
	assert_string_equal(evidence(find(x, "BV-CONTENT-REPACKED"), EVIDENCE_FIRST_PATH), "name");
	/* With the kernel's word something was lost; and later on anything may have made these times. */
	x->unpacking.kernel_message = "Initramfs unpacking failed: junk within compressed archive";
	is_damaged(x);
	x->unpacking.kernel_message = NULL;
	is_in_doubt(x);
	/* The clock was set back once; another initrd brought some of it again; all as it was sealed. */
	unpack_in_order(x, clock_set);
	is_damaged(x);
	unpack_in_order(x, in_front);
	is_damaged(x);
	unpack_in_order(x, sealed);
	is_damaged(x);
}

static void set_time(struct fixture *x, const char *path, time_t seconds, long nanoseconds)
{
	const struct timespec times[] = { { seconds, nanoseconds }, { seconds, nanoseconds } };

	assert_int_equal(utimensat(x->fd, path, times, 0), 0);
}

static const char *const handled[] = { "bootverdict/init", "bootverdict/bootverdict",
				       "bootverdict/busybox" };

/* Gives the guard's files times that it does not give them. */
static void handle_guard(struct fixture *x)
{
	mkdirat(x->fd, "bootverdict", 0755);
	for (size_t i = 0; i < ARRAY_SIZE(handled); i++) {
		put(x, handled[i], "of the guard", 12);
		set_time(x, handled[i], 1700000000 + (time_t)i, 0);
	}
}

/* In the sealed order, but with the times of those who unpacked it. */
static void test_guard_has_times(void **state)
{
	struct fixture *x = *state;

	handle_guard(x);
	unlinkat(x->fd, "pipe", 0);
	is_repacked(x);
	/* One of the guard's own that differs was there when it was packed again, too. */
	change(x, "bootverdict-busybox", 3, "X", 1);
	is_repacked(x);
	assert_int_equal(find(x, "BV-GUARD-DAMAGED")->verdict, VERDICT_INCONCLUSIVE);
	x->unpacking.just_now = false;
	x->unpacking.lost = true;
	is_repacked(x);
	/* As the guard has it; as a kernel has it that keeps no times; as one damaged header has it. */
	set_time(x, handled[1], 0, 0);
	is_damaged(x);
	set_time(x, handled[1], 1700000000, 4000000);
	is_damaged(x);
	unlinkat(x->fd, handled[1], 0);
	is_damaged(x);
}

/* Behind a guard in its place: what differs has later times, or its folder, and nobody complained. */
static void test_edited_behind_its_guard(void **state)
{
	const time_t sealed = 1700000000, later = sealed + 500;
	const struct finding *f;
	struct fixture *x = *state;

	x->m.newest = sealed;
	change(x, "dir/big", 5 * BLOCK_SIZE, "other bytes", 11);
	set_time(x, "dir/big", later, 0);
	again(x, CAUSE_EDITED, VERDICT_INCONCLUSIVE);
	f = find(x, "BV-CONTENT-REPACKED");
	assert_non_null(strstr(f->summary, "by their times, they were changed after that"));
	assert_string_equal(evidence(f, EVIDENCE_FIRST_PATH), "dir/big");
	assert_int_equal(f->not .count, 0);
	assert_int_equal(x->report.artifacts[0].state, STATE_REPLACED);
	unlinkat(x->fd, "dir/empty", 0);
	is_damaged(x);
	set_time(x, "dir", later, 0);
	again(x, CAUSE_EDITED, VERDICT_INCONCLUSIVE);
	/* One file more, which has the time that it had; or the time of this boot. */
	change(x, "packed", 0, "I", 1);
	set_time(x, "packed", sealed, 0);
	is_damaged(x);
	set_time(x, "packed", later, 4000000);
	is_damaged(x);
	set_time(x, "packed", later, 0);
	again(x, CAUSE_EDITED, VERDICT_INCONCLUSIVE);
	/* With the kernel's word something was lost, and later on anything may have set these times. */
	x->unpacking.kernel_message = "Initramfs unpacking failed: junk within compressed archive";
	is_damaged(x);
	x->unpacking.kernel_message = NULL;
	is_in_doubt(x);
	x->m.newest = later;
	is_damaged(x);
}

/* Puts the guard's files anew, without times of their own. */
static void unpack_guard(struct fixture *x, const char *const *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unlinkat(x->fd, files[i], 0);
		put(x, files[i], "of the guard", 12);
		set_time(x, files[i], 0, 0);
	}
}

/* In the sealed order and with the times of the guard, but the guard's own files sorted by name. */
static void test_guard_is_sorted(void **state)
{
	static const char *const built[] = { "bootverdict/init", "bootverdict/config",
					     "bootverdict/manifest", "bootverdict/busybox",
					     "bootverdict/bootverdict" };
	static const char *const sorted[] = { "bootverdict/bootverdict", "bootverdict/busybox",
					      "bootverdict/config", "bootverdict/init",
					      "bootverdict/manifest" };
	struct fixture *x = *state;

	close(x->fd);
	if (mount("tmpfs", x->root, "tmpfs", 0, "mode=755"))
		skip();
	unpack(x);
	mkdirat(x->fd, "bootverdict", 0755);
	unlinkat(x->fd, "pipe", 0);
	unpack_guard(x, sorted, ARRAY_SIZE(sorted));
	is_repacked(x);
	/* As it was built; and from there on where the kernel moved to another processor once. */
	unpack_guard(x, built, ARRAY_SIZE(built));
	is_damaged(x);
	unpack_guard(x, built, 2);
	is_damaged(x);
	umount2(x->root, MNT_DETACH);
}

/* A whole file of any size, from an archive behind the last one. */
static void test_replaced_by_a_later_one(void **state)
{
	static const int sealed[] = { GUARD, EMPTY, BIG, PACKED };
	struct fixture *x = *state;
	unsigned char *big = big_content(), *other = big_content();

	for (size_t i = 0; i < BIG_SIZE; i++)
		other[i] ^= 0x55;
	unpack_in_order(x, sealed);
	put_later(x, "dir/big", other, BIG_SIZE);
	is_replaced(x);
	/* It has a sealed block; it comes before what follows it; it is the last one. */
	memcpy(other, big, BLOCK_SIZE);
	put_later(x, "dir/big", other, BIG_SIZE);
	is_damaged(x);
	other[0] ^= 0x55;
	put_later(x, "dir/big", other, BIG_SIZE);
	is_replaced(x);
	put_later(x, "packed", "in the compressed segment", 25);
	is_damaged(x);
	/* A clock that went back tells nothing. */
	put_later(x, "dir/empty", "", 0);
	put_later(x, "dir/big", other, BIG_SIZE);
	is_damaged(x);
	free(other);
	free(big);
}

/* What the kernel, the stub and the checker make themselves is no second image. */
static void test_own_paths_prove_nothing(void **state)
{
	struct fixture *x = *state;
	static const char *const folders[] = { "dev", "root", "proc", "sys", "bootverdict" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		mkdirat(x->fd, folders[i], 0755);
	put(x, "dev/console", "", 0);
	put(x, "bootverdict/manifest", "the list", 8);
	put(x, ".bootverdict-kmsg", "", 0);
	put(x, "name", "THREE WORDS LONG", 16);
	is_damaged(x);
}

/* The kernel's word alone raises no verdict: a second initrd may have ended in the middle of a file. */
static void test_another_size_and_a_message(void **state)
{
	struct fixture *x = *state;

	put(x, "packed", "something quite different\0\0\0\0\0\0\0", 32);
	x->unpacking.kernel_message = "Initramfs unpacking failed: junk within compressed archive";
	is_replaced(x);
	put(x, "name", "THREE WORDS LONG", 16);
	is_damaged(x);
}

/* Nothing of a segment that the kernel cannot read, in its own words, and all before it as sealed. */
static void test_codec_that_the_kernel_lacks(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;

	unlinkat(x->fd, "packed", 0);
	is_damaged(x);
	x->unpacking.kernel_message =
		"Initramfs unpacking failed: compression method zstd not configured";
	again(x, CAUSE_CODEC, VERDICT_CONFIG_ERROR);
	f = find(x, "BV-CODEC-UNREADABLE");
	assert_non_null(strstr(f->summary, "does not read zstd"));
	assert_null(find(x, "BV-CONTENT-MISSING"));
	assert_int_equal(x->report.artifacts[0].state, STATE_INCOMPLETE);
	/* A magic number that became another one's. */
	x->unpacking.kernel_message =
		"Initramfs unpacking failed: compression method bzip2 not configured";
	is_damaged(x);
	x->unpacking.kernel_message =
		"Initramfs unpacking failed: Input was encoded with settings that are not supported by "
		"this XZ decoder";
	is_damaged(x);
	x->m.segments[1].codec = CODEC_XZ;
	again(x, CAUSE_CODEC, VERDICT_CONFIG_ERROR);
	assert_non_null(strstr(find(x, "BV-CODEC-UNREADABLE")->summary, "the options of xz"));
	/* A byte lost before it. */
	change(x, "name", 0, "T", 1);
	is_damaged(x);
	assert_string_equal(find(x, "BV-CONTENT-DAMAGED")->target, "name");
}

static void set_builder(struct fixture *x, const char *name)
{
	free(x->m.builder);
	x->m.builder = name ? text_copy(name) : NULL;
}

/* Whether something of what to do is exactly this. */
static bool advises(const struct fixture *x, const char *id, const char *words)
{
	const struct finding *f = find(x, id);

	assert_non_null(f);
	for (size_t i = 0; i < f->next.count; i++) {
		if (!strcmp(f->next.items[i], words))
			return true;
	}
	return false;
}

#define SOUND "Once disk and memory are sound (test the memory as well): "

/* By the record; else by what was unpacked; else those of all builders. */
static void test_builder_of_advice(void **state)
{
	struct fixture *x = *state;

	change(x, "name", 0, "T", 1);
	is_damaged(x);
	assert_true(advises(x, "BV-CONTENT-DAMAGED",
			    SOUND "update-initramfs -u -k 6.12.107 (Debian) or dracut -f --kver "
				  "6.12.107 (Fedora)"));
	set_builder(x, "initramfs-tools");
	is_damaged(x);
	assert_true(advises(x, "BV-CONTENT-DAMAGED", SOUND "update-initramfs -u -k 6.12.107"));
	set_builder(x, "dracut");
	is_damaged(x);
	assert_true(advises(x, "BV-CONTENT-DAMAGED", SOUND "dracut -f --kver 6.12.107"));
	/* As a check later in the boot, which looks for no other files. */
	x->unpacking.just_now = false;
	x->unpacking.lost = true;
	mkdirat(x->fd, "conf", 0755);
	put(x, "conf/initramfs.conf", "", 0);
	is_damaged(x);
	assert_true(advises(x, "BV-CONTENT-DAMAGED", SOUND "dracut -f --kver 6.12.107"));
	set_builder(x, NULL);
	is_damaged(x);
	assert_true(advises(x, "BV-CONTENT-DAMAGED", SOUND "update-initramfs -u -k 6.12.107"));
}

static void test_compression_by_builder(void **state)
{
	struct fixture *x = *state;

	unlinkat(x->fd, "packed", 0);
	x->unpacking.kernel_message =
		"Initramfs unpacking failed: compression method zstd not configured";
	set_builder(x, "dracut");
	again(x, CAUSE_CODEC, VERDICT_CONFIG_ERROR);
	assert_true(
		advises(x, "BV-CODEC-UNREADABLE",
			"Choose a compressor that this kernel reads (grep CONFIG_RD_ "
			"/boot/config-6.12.107): compress= in dracut.conf. Then: dracut -f --kver "
			"6.12.107"));
	set_builder(x, "initramfs-tools");
	again(x, CAUSE_CODEC, VERDICT_CONFIG_ERROR);
	assert_true(advises(x, "BV-CODEC-UNREADABLE",
			    "Choose a compressor that this kernel reads (grep CONFIG_RD_ "
			    "/boot/config-6.12.107): COMPRESS= in initramfs.conf. Then: "
			    "update-initramfs -u -k 6.12.107"));
}

/* A tmpfs of its own, as the kernel's root is: full behind the first blocks of the big file. */
static void fill_up(struct fixture *x)
{
	static const unsigned char block[BLOCK_SIZE] = { 1 };
	unsigned char *big = big_content();
	int fd;

	close(x->fd);
	if (mount("tmpfs", x->root, "tmpfs", 0, "size=256k,mode=755"))
		skip();
	x->fd = open(x->root, O_RDONLY | O_DIRECTORY);
	mkdirat(x->fd, "dir", 0755);
	fchmodat(x->fd, "dir", 0755, 0);
	put(x, "bootverdict-busybox", "guard's own", 11);
	put(x, "dir/empty", "", 0);
	symlinkat("dir", x->fd, "link");
	put(x, "name", "three words long", 16);
	linkat(x->fd, "name", x->fd, "name2", 0);
	mkfifoat(x->fd, "pipe", 0600);
	fchmodat(x->fd, "pipe", 0600, 0);
	put(x, "dir/big", big, 20 * BLOCK_SIZE);
	fd = openat(x->fd, "dir/big", O_WRONLY);
	assert_int_equal(ftruncate(fd, BIG_SIZE), 0);
	close(fd);
	fd = openat(x->fd, "bootverdict", O_WRONLY | O_CREAT, 0644); /* not looked into */
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
	free(big);
}

static void test_memory_is_full(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;
	int packed;

	fill_up(x);
	for (size_t i = 0; i < x->m.content_count; i++) /* behind "name", in front of "packed" */
		if (!strcmp(x->m.contents[i].path, "name") ||
		    !strcmp(x->m.contents[i].path, "name2"))
			x->m.contents[i].image_offset = 150;
	is_damaged(x); /* the kernel did not say so */
	x->unpacking.kernel_message = "Initramfs unpacking failed: write error";
	again(x, CAUSE_NO_ROOM, VERDICT_CONFIG_ERROR);
	f = find(x, "BV-MEMORY-TOO-SMALL");
	assert_string_equal(evidence(f, EVIDENCE_BYTES_FOR_FILES), "262144");
	assert_string_equal(evidence(f, EVIDENCE_BYTES_NEEDED), "344064");
	assert_string_equal(evidence(f, EVIDENCE_FIRST_PATH), "dir/big");
	assert_non_null(strstr(f->summary, "not enough memory"));
	set_builder(x, "dracut");
	again(x, CAUSE_NO_ROOM, VERDICT_CONFIG_ERROR);
	assert_true(advises(x, "BV-MEMORY-TOO-SMALL",
			    "Or make it smaller: less firmware, hostonly=yes in dracut.conf. Then: "
			    "dracut -f --kver 6.12.107"));
	set_builder(x, "initramfs-tools");
	again(x, CAUSE_NO_ROOM, VERDICT_CONFIG_ERROR);
	assert_true(
		advises(x, "BV-MEMORY-TOO-SMALL",
			"Or make it smaller: less firmware, MODULES=dep in initramfs.conf. Then: "
			"update-initramfs -u -k 6.12.107"));
	assert_int_equal(x->report.artifacts[0].state, STATE_INCOMPLETE);
	/* What is behind it exists, but nothing was written to it. */
	packed = openat(x->fd, "packed", O_WRONLY | O_CREAT, 0644);
	assert_int_equal(ftruncate(packed, 25), 0);
	fchmod(packed, 0644);
	close(packed);
	again(x, CAUSE_NO_ROOM, VERDICT_CONFIG_ERROR);
	/* A byte lost before it; in the cut file itself; or a file behind it that is there. */
	change(x, "name", 0, "T", 1);
	is_damaged(x);
	change(x, "name", 0, "t", 1);
	change(x, "dir/big", 3 * BLOCK_SIZE, "other bytes", 11);
	is_damaged(x);
	umount2(x->root, MNT_DETACH);
}

static void test_guard_alone(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;

	change(x, "bootverdict-busybox", 3, "X", 1);
	verify(x);
	assert_int_equal(x->result.guard_bad, 1);
	assert_int_equal(x->result.missing + x->result.different, 0);
	assert_int_equal(x->report.verdict, VERDICT_STORAGE_CORRUPTION);
	f = find(x, "BV-GUARD-DAMAGED");
	assert_non_null(f);
	/* The list that is part of the guard cannot know where the guard's files lie. */
	assert_string_equal(evidence(f, EVIDENCE_IMAGE_OFFSET), "");
	is_in_doubt(x);
	/* With the times of who packed the image again; and the twin that has them no more. */
	handle_guard(x);
	again(x, CAUSE_REPACKED, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(find(x, "BV-GUARD-DAMAGED")->summary, "was packed again"));
	assert_null(find(x, "BV-CONTENT-REPACKED"));
	assert_int_equal(x->report.artifacts[0].state, STATE_REPLACED);
	set_time(x, "bootverdict/init", 0, 0);
	is_damaged(x);
}

static void test_types_and_modes(void **state)
{
	struct fixture *x = *state;

	fchmodat(x->fd, "dir", 0700, 0);
	unlinkat(x->fd, "pipe", 0);
	symlinkat("/etc/passwd", x->fd, "pipe");
	unlinkat(x->fd, "link", 0);
	symlinkat("dxr", x->fd, "link");
	verify(x);
	assert_int_equal(x->result.different, 3);
	assert_int_equal(x->report.verdict, VERDICT_STORAGE_CORRUPTION);
}

/* A link in place of a folder must not make another tree pass for this one. */
static void test_no_link_leads_out(void **state)
{
	struct fixture *x = *state;
	char *other = text_format("%s.other", x->root);
	char *command = text_format("mv %s/dir %s", x->root, other);

	assert_int_equal(system(command), 0);
	symlinkat(other, x->fd, "dir");
	verify(x);
	free(command);
	command = text_format("rm -r %s", other);
	assert_int_equal(system(command), 0);
	free(command);
	free(other);
	assert_int_equal(x->result.missing, 2);
	assert_int_equal(x->result.different, 1);
}

/* Inside the root a link is followed, as the kernel did: /lib is one. */
static void test_links_inside_are_followed(void **state)
{
	struct fixture *x = *state;

	assert_int_equal(renameat(x->fd, "dir", x->fd, "real"), 0);
	symlinkat("/real", x->fd, "dir");
	verify(x);
	assert_int_equal(x->result.missing, 0);
	assert_int_equal(x->result.different, 1); /* "dir" itself is no folder any more */
}

static void test_truncated_file(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;
	unsigned char zeros[2 * BLOCK_SIZE] = { 0 };

	/* As the kernel leaves a file in which it had to stop: full size, a tail of zeros. */
	change(x, "dir/big", BIG_SIZE - sizeof(zeros), zeros, sizeof(zeros));
	verify(x);
	f = find(x, "BV-CONTENT-DAMAGED");
	assert_non_null(f);
	assert_int_equal(f->ranges[f->range_count - 1].offset +
				 f->ranges[f->range_count - 1].length,
			 BIG_SIZE);
	assert_int_equal(f->ranges[f->range_count - 1].damage.kind, DAMAGE_ZEROED);
}

static void test_very_many_missing(void **state)
{
	struct fixture *x = *state;
	const struct finding *f;

	for (int i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "z%05d", i);
		record_file_bytes(&x->m, name, "x", 1);
	}
	verify(x);
	f = find(x, "BV-CONTENT-MISSING");
	assert_non_null(f);
	assert_int_equal(x->result.missing, 5000);
	assert_string_equal(evidence(f, EVIDENCE_FILES_MISSING), "5000");
	assert_string_equal(evidence(f, EVIDENCE_PATHS_LEFT_OFF), "4936");
}

#define MANY_FILES 100
#define MANY_NAMES 600 /* of each; in turn, so that no short memory of files helps */

/*
 * Many names of many files, all damaged: each file is read once and told once, and to find that out
 * takes no time that grows with the square of the names.
 */
static void test_very_many_names(void **state)
{
	struct fixture *x = *state;
	clock_t start;

	x->m.contents =
		reallocarray(x->m.contents, MANY_FILES * MANY_NAMES + 1000, sizeof(*x->m.contents));
	for (int name = 0; name < MANY_NAMES; name++) {
		for (int file = 0; file < MANY_FILES; file++) {
			struct content *c = &x->m.contents[x->m.content_count++];
			char path[32], first[32], data[16];

			snprintf(data, sizeof(data), "file %03d", file);
			snprintf(path, sizeof(path), "z%04d-%03d", name, file);
			snprintf(first, sizeof(first), "z0000-%03d", file);
			if (name == 0)
				put(x, path, "damaged!", 8);
			else
				assert_int_equal(linkat(x->fd, first, x->fd, path, 0), 0);
			*c = (struct content){ .path = text_copy(path),
					       .type = CONTENT_FILE,
					       .mode = 0644,
					       .size = 8,
					       .hash = hash64(data, 8),
					       .hard_link = name > 0 };
		}
	}
	start = clock();
	verify(x);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 8);
	assert_int_equal(x->result.checked, x->m.content_count);
	assert_int_equal(x->result.bytes, 11 + BIG_SIZE + 16 + 25 + MANY_FILES * 8);
	assert_int_equal(x->result.different, MANY_FILES);
}

/* The checker itself gets no memory: nothing is said of what was not compared. */
static void test_unchecked(void **state)
{
	struct fixture *x = *state;
	struct boot_facts f = { .manifest_usable = true };
	size_t before = memory_taken(), all = 0;

	report_init(&f.report, "boot");
	f.manifest = x->m;
	boot_facts_verify(&f, x->fd);
	assert_true(f.manifest_usable);
	assert_int_equal(f.report.finding_count, 0);
	assert_int_equal(memory_taken(), before);
	put(x, "packed", "damaged", 7);
	for (size_t step = (size_t)1 << 30; step; step /= 2) {
		while (memory_take(step))
			all += step;
	}
	boot_facts_verify(&f, x->fd);
	memory_give(all);
	manifest_init(&x->m);
	assert_false(f.manifest_usable);
	assert_int_equal(f.report.finding_count, 1);
	assert_int_equal(f.report.findings[0].id, FINDING_CONTENT_UNCHECKED);
	report_conclude(&f.report);
	assert_int_equal(f.report.verdict, VERDICT_INCONCLUSIVE);
	boot_facts_clear(&f);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_intact),
		TEST(test_every_single_block),
		TEST(test_one_bit),
		TEST(test_private_file),
		TEST(test_small_file_without_blocks),
		TEST(test_links_count_once),
		TEST(test_missing),
		TEST(test_replaced),
		TEST(test_of_another_size_and_begins_as_sealed),
		TEST(test_permission_bits_alone),
		TEST(test_not_only_replaced),
		TEST(test_replaced_and_missing),
		TEST(test_replaced_by_one_of_the_same_size),
		TEST(test_several_of_the_same_size),
		TEST(test_second_image_is_proven),
		TEST(test_packed_again),
		TEST(test_guard_has_times),
		TEST(test_edited_behind_its_guard),
		TEST(test_guard_is_sorted),
		TEST(test_replaced_by_a_later_one),
		TEST(test_own_paths_prove_nothing),
		TEST(test_another_size_and_a_message),
		TEST(test_codec_that_the_kernel_lacks),
		TEST(test_builder_of_advice),
		TEST(test_compression_by_builder),
		TEST(test_memory_is_full),
		TEST(test_guard_alone),
		TEST(test_types_and_modes),
		TEST(test_no_link_leads_out),
		TEST(test_links_inside_are_followed),
		TEST(test_truncated_file),
		TEST(test_very_many_missing),
		TEST(test_very_many_names),
		TEST(test_unchecked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
