// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "storage/source.h"
#include "storage/superblock.h"

#define UUID	"3f2504e0-4f89-41d3-9a0c-0305e82c3301"
#define MIB	(1024 * 1024)
#define IMAGE_T "/tmp/superblock.XXXXXX"

static char path[] = IMAGE_T;

static void make(const char *command, unsigned int mib)
{
	char line[512];
	int fd;

	strcpy(path, IMAGE_T);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)mib * MIB), 0);
	close(fd);
	snprintf(line, sizeof(line), "PATH=$PATH:/usr/sbin:/sbin; %s %s >/dev/null 2>&1", command,
		 path);
	if (*command)
		assert_int_equal(system(line), 0);
}

static void overwrite(uint64_t offset, const void *data, size_t len)
{
	FILE *f = fopen(path, "r+b");

	assert_non_null(f);
	assert_int_equal(fseek(f, (long)offset, SEEK_SET), 0);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static struct superblock look(void)
{
	struct source source;
	struct superblock s;

	assert_int_equal(source_open(&source, path), 0);
	assert_int_equal(superblock_read(&source, &s), 0);
	source_close(&source);
	return s;
}

static struct superblock_spare spare(const char *uuid, const char *label)
{
	struct source source;
	struct superblock_spare spare;
	bool found;

	assert_int_equal(source_open(&source, path), 0);
	found = superblock_find_spare(&source, uuid, label, &spare);
	assert_int_equal(found, *spare.is.kind != 0);
	source_close(&source);
	return spare;
}

static bool is_erased(struct superblock *s)
{
	struct source source;
	bool erased;

	assert_int_equal(source_open(&source, path), 0);
	erased = superblock_is_erased(&source, s);
	source_close(&source);
	return erased;
}

static int remove_image(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void test_kinds(void **state)
{
	static const struct {
		const char *command, *kind;
	} rows[] = {
		{ "mke2fs -q -t ext4 -U " UUID, "ext4" },
		{ "mke2fs -q -t ext3 -U " UUID, "ext3" },
		{ "mke2fs -q -t ext2 -U " UUID, "ext2" },
		{ "mkswap -U " UUID, "swap" },
		{ "cryptsetup luksFormat -q --type luks2 --uuid " UUID
		  " --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /etc/passwd",
		  "crypto_LUKS" },
		{ "cryptsetup luksFormat -q --type luks1 --uuid " UUID
		  " --pbkdf-force-iterations 1000 --key-file /etc/passwd",
		  "crypto_LUKS" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct superblock s;

		make(rows[i].command, 20);
		s = look();
		assert_string_equal(s.kind, rows[i].kind);
		assert_string_equal(s.uuid, UUID);
		assert_false(s.damaged);
		remove_image(state);
	}
}

/* To hibernate changes the signature alone: it is the same swap space. */
static void test_hibernated(void **state)
{
	static const char *const signatures[] = { "S1SUSPEND", "S2SUSPEND", "ULSUSPEND",
						  "LINHIB0001" };

	(void)state;
	make("mkswap -U " UUID, 20);
	assert_false(look().hibernated);
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		struct superblock s;

		overwrite(4096 - 10, signatures[i], strlen(signatures[i]));
		s = look();
		assert_string_equal(s.kind, "swap");
		assert_string_equal(s.uuid, UUID);
		assert_true(s.hibernated);
	}
	overwrite(4096 - 10, "S1SUSPENX", 9);
	assert_string_equal(look().kind, "");
	assert_false(look().hibernated);
}

static void test_nothing(void **state)
{
	struct superblock s;

	(void)state;
	make("", 1);
	s = look();
	assert_string_equal(s.kind, "");
	assert_string_equal(s.uuid, "");
}

/* Made by hand: the tools want a device of some size, or are not installed everywhere. */
static void test_other_kinds(void **state)
{
	static const unsigned char uuid[16] = { 0x3f, 0x25, 0x04, 0xe0, 0x4f, 0x89, 0x41, 0xd3,
						0x9a, 0x0c, 0x03, 0x05, 0xe8, 0x2c, 0x33, 0x01 };
	static const char pv[] = "abcdef1111222233334444555566ghijkl";
	static const unsigned char offset[4] = { 32, 0, 0, 0 };
	struct superblock s;

	make("", 1);
	overwrite(65536 + 0x40, "_BHRfS_M", 8);
	overwrite(65536 + 0x20, uuid, 16);
	s = look();
	assert_string_equal(s.kind, "btrfs");
	assert_string_equal(s.uuid, UUID);
	overwrite(0, "XFSB", 4);
	overwrite(32, uuid, 16);
	s = look();
	assert_string_equal(s.kind, "xfs");
	assert_string_equal(s.uuid, UUID);
	remove_image(state);
	make("", 1);
	overwrite(512, "LABELONE", 8);
	overwrite(512 + 20, offset, 4);
	overwrite(512 + 24, "LVM2 001", 8);
	overwrite(512 + 32, pv, 32);
	s = look();
	assert_string_equal(s.kind, "LVM2_member");
	assert_string_equal(s.uuid, "abcdef-1111-2222-3333-4444-5555-66ghij");
}

static void test_damaged_checksum(void **state)
{
	(void)state;
	make("mke2fs -q -t ext4 -O metadata_csum -U " UUID, 20);
	assert_false(look().damaged);
	overwrite(1024 + 0x78, "X", 1); /* the volume's name */
	assert_true(look().damaged);
	assert_false(look().lost);
	assert_string_equal(look().uuid, UUID);
	overwrite(1024 + 0x3FC, "\0\0\0", 4);
	assert_true(look().lost);
}

/* What programs change that keep no checksum: a small tune2fs, drivers of other systems. */
static bool is_changed_alone(unsigned int at)
{
	return (at >= 0x08 && at < 0x14) || (at >= 0x2C && at < 0x38) ||
	       (at >= 0x3A && at < 0x3E) || (at >= 0x40 && at < 0x48) ||
	       (at >= 0x78 && at < 0xC8) || (at >= 0x154 && at < 0x15C);
}

/* A bit that is other is lost, also in the checksum, where no program writes it alone; two may be anything. */
static void test_one_bit(void **state)
{
	unsigned char sb[1024];
	FILE *f;

	(void)state;
	make("mke2fs -q -t ext4 -O metadata_csum -U " UUID, 20);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 1024, SEEK_SET), 0);
	assert_int_equal(fread(sb, 1, sizeof(sb), f), sizeof(sb));
	fclose(f);
	for (unsigned int at = 0; at < sizeof(sb); at++) {
		unsigned char byte = (unsigned char)(sb[at] ^ 1u << at % 8);

		/* Without the magic it is none, and without that feature none that has a checksum. */
		if ((at >= 0x38 && at < 0x3A) || (at >= 0x64 && at < 0x68))
			continue;
		overwrite(1024 + at, &byte, 1);
		assert_true(look().damaged);
		assert_int_equal(look().lost, !is_changed_alone(at));
		byte ^= (unsigned char)(1u << (at + 3) % 8);
		overwrite(1024 + at, &byte, 1);
		assert_true(look().damaged);
		assert_false(look().lost);
		overwrite(1024 + at, sb + at, 1);
	}
	assert_false(look().damaged);
}

/* Real ones; each bit of what the checksum covers counts, and what is behind it does not. */
static void test_checksums_of_others(void **state)
{
	static const struct {
		const char *command;
		unsigned int at, uuid, end; /* of the superblock, its UUID, what is covered */
		bool has;
	} rows[] = {
		{ "mkfs.xfs -q -m uuid=" UUID, 0, 32, 512, true },
		{ "mkfs.xfs -q -s size=4096 -m uuid=" UUID, 0, 32, 4096, true },
		{ "mkfs.xfs -q -m crc=0,uuid=" UUID, 0, 32, 0, false },
		{ "mkfs.btrfs -q -U " UUID, 65536, 65536 + 32, 65536 + 4096, true },
		{ "mkfs.btrfs -q --csum sha256 -U " UUID, 65536, 65536 + 32, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned char byte[4];
		FILE *f;

		make(rows[i].command, 320);
		assert_string_equal(look().uuid, UUID);
		assert_false(look().damaged);
		f = fopen(path, "r+b");
		assert_non_null(f);
		assert_int_equal(fseek(f, rows[i].uuid + 3, SEEK_SET), 0);
		assert_int_equal(fread(byte, 1, 1, f), 1);
		byte[0] ^= 1;
		fclose(f);
		overwrite(rows[i].uuid + 3, byte, 1);
		assert_int_equal(look().damaged, rows[i].has);
		byte[0] ^= 1;
		overwrite(rows[i].uuid + 3, byte, 1);
		assert_false(look().damaged);
		if (rows[i].has) {
			overwrite(rows[i].end, "x", 1);
			assert_false(look().damaged);
			overwrite(rows[i].end - 1, "x", 1);
			assert_true(look().damaged);
		}
		remove_image(state);
	}
}

static void test_spare(void **state)
{
	static const unsigned char zeros[8192];
	static const struct {
		const char *command;
		unsigned int mib;
		uint32_t size;
		uint64_t block;
		bool rest;
	} rows[] = {
		{ "mke2fs -q -t ext4 -b 4096 -L root -U " UUID, 160, 4096, 32768, true },
		{ "mke2fs -q -t ext4 -b 2048 -L root -U " UUID, 160, 2048, 16384, true },
		{ "mke2fs -q -t ext4 -b 1024 -L root -U " UUID, 160, 1024, 8193, true },
		/* Its group descriptors go on behind the first 4 KiB. */
		{ "mke2fs -q -t ext4 -b 1024 -L root -U " UUID, 1600, 1024, 8193, true },
		{ "mke2fs -q -t ext3 -b 1024 -L root -U " UUID, 160, 1024, 8193, true },
		{ "mke2fs -q -t ext2 -b 4096 -O ^resize_inode -L root -U " UUID, 160, 4096, 32768,
		  true },
		/* No reserved blocks: what lies there in group 0 is not told by group 1. */
		{ "mke2fs -q -t ext2 -b 1024 -O ^resize_inode -L root -U " UUID, 160, 1024, 8193,
		  false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct superblock_spare s;

		make(rows[i].command, rows[i].mib);
		overwrite(0, zeros, 4096);
		assert_string_equal(look().kind, "");
		s = spare(UUID, "root");
		assert_int_equal(s.size, rows[i].size);
		assert_int_equal(s.block, rows[i].block);
		assert_int_equal(s.rest_is_there, rows[i].rest);
		assert_string_equal(s.is.uuid, UUID);
		assert_string_equal(s.is.label, "root");
		assert_int_equal(spare("00000000-0000-0000-0000-000000000000", NULL).size, 0);
		assert_int_equal(spare(UUID, "other").size, 0);
		/* More than the superblock's block is gone. */
		overwrite(4096, zeros, 4096);
		assert_int_equal(spare(UUID, NULL).size, rows[i].size);
		assert_false(spare(UUID, NULL).rest_is_there);
		remove_image(state);
	}
	make("", 160);
	assert_int_equal(spare(UUID, NULL).size, 0);
	remove_image(state);
	make("mkfs.btrfs -q -L root -U " UUID, 320);
	overwrite(65536, zeros, 4096);
	assert_string_equal(look().kind, "");
	assert_string_equal(spare(UUID, "root").is.kind, "btrfs");
	assert_string_equal(spare("00000000-0000-0000-0000-000000000000", NULL).is.kind, "");
}

#define UUID_BEFORE "11111111-4f89-41d3-9a0c-0305e82c3301"

/* mke2fs with blocks of another size leaves a spare one of the file system that was there before. */
static void test_spare_of_the_one_before(void **state)
{
	static const unsigned char zeros[4096];
	struct superblock_spare s;

	(void)state;
	make("sh -c 'mke2fs -q -F -t ext4 -b 4096 -L root -E nodiscard -U " UUID_BEFORE " $0; "
	     "mke2fs -q -F -t ext4 -b 1024 -O metadata_csum -L root -E nodiscard -U " UUID " $0'",
	     160);
	assert_string_equal(look().uuid, UUID);
	/* Each is found by its own UUID, and said to be of what is there, or not. */
	s = spare(UUID_BEFORE, NULL);
	assert_int_equal(s.size, 4096);
	assert_true(s.first_is_other);
	assert_false(s.first_is_its);
	s = spare(UUID, NULL);
	assert_int_equal(s.size, 1024);
	assert_false(s.first_is_other);
	assert_true(s.first_is_its);
	assert_string_equal(spare(NULL, "root").is.uuid, UUID);
	/* A byte of its UUID is lost, or its magic: it has the size of its blocks yet. */
	overwrite(1024 + 0x6A, "x", 1);
	assert_true(look().damaged);
	assert_string_equal(spare(NULL, "root").is.uuid, UUID);
	assert_true(spare(NULL, "root").first_is_its);
	overwrite(1024 + 0x38, "x", 1);
	assert_string_equal(spare(NULL, NULL).is.uuid, UUID);
	assert_true(spare(NULL, NULL).first_is_its);
	/* It tells nothing any more: that which was made last, and nothing says that it is this one. */
	overwrite(0, zeros, sizeof(zeros));
	assert_string_equal(spare(NULL, "root").is.uuid, UUID);
	assert_false(spare(NULL, "root").first_is_its);
	assert_false(spare(NULL, "root").first_is_other);
	assert_false(spare(UUID_BEFORE, NULL).first_is_its);
}

/* The same with blocks of the same size: it ends before, or it has no spare one there. */
static void test_spare_of_the_bigger_one_before(void **state)
{
	static const struct {
		const char *options, *uuid;
		unsigned int blocks;
		const char *spare; /* that is looked for */
		bool other;
	} rows[] = {
		{ "-t ext4", UUID, 25600, UUID_BEFORE, true },
		{ "-t ext3", UUID, 25600, UUID_BEFORE, true },
		{ "-t ext4", UUID_BEFORE, 25600, UUID_BEFORE, true },
		/* The third group of three has none. */
		{ "-t ext4 -g 8192", UUID, 25600, UUID_BEFORE, true },
		{ "-t ext4 -g 16384", UUID, 40960, UUID_BEFORE, true },
		{ "-t ext4 -O sparse_super2 -E nodiscard,num_backup_sb=0", UUID, 40960, UUID_BEFORE,
		  true },
		{ "-t ext4 -O bigalloc", UUID_BEFORE, 40960, UUID_BEFORE, true },
		{ "-t ext4 -O sparse_super2", UUID, 40960, UUID, false },
		{ "-t ext4 -O ^resize_inode,^sparse_super -g 16384", UUID, 40960, UUID, false },
		{ "-t ext4 -g 8192", UUID, 40960, UUID, false },
		{ "-t ext4", UUID, 40960, UUID, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[256];
		struct superblock_spare s;

		make("mke2fs -q -F -t ext4 -b 4096 -U " UUID_BEFORE, 160);
		snprintf(line, sizeof(line),
			 "mke2fs -q -F -b 4096 -E nodiscard %s -U %s %s %u >/dev/null 2>&1",
			 rows[i].options, rows[i].uuid, path, rows[i].blocks);
		assert_int_equal(system(line), 0);
		s = spare(rows[i].spare, NULL);
		assert_int_equal(s.size, 4096);
		assert_int_equal(s.first_is_other, rows[i].other);
		assert_int_equal(s.first_is_its, !rows[i].other);
		/* Without its magic it is that yet; bytes that are none tell of nothing. */
		overwrite(1024 + 0x38, "x", 1);
		assert_int_equal(spare(rows[i].spare, NULL).first_is_other, rows[i].other);
		overwrite(1024, (char[1024]){ 0 }, 1024);
		assert_false(spare(rows[i].spare, NULL).first_is_other);
		assert_false(spare(rows[i].spare, NULL).first_is_its);
		remove_image(state);
	}
}

/* One byte of it that is lost makes no other file system of it; of one group, no more than its own. */
static void test_spare_is_its_own(void **state)
{
	static const unsigned int sizes[] = { 150, 160, 300 };
	unsigned char sb[1024];
	FILE *f;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make("mke2fs -q -t ext4 -O metadata_csum -b 4096 -U " UUID, sizes[i]);
		f = fopen(path, "rb");
		assert_non_null(f);
		assert_int_equal(fseek(f, 1024, SEEK_SET), 0);
		assert_int_equal(fread(sb, 1, sizeof(sb), f), sizeof(sb));
		fclose(f);
		for (unsigned int at = 0; at < 0x100; at++) {
			for (unsigned int bit = 0; bit < 8; bit++) {
				unsigned char byte = (unsigned char)(sb[at] ^ 1u << bit);

				overwrite(1024 + at, &byte, 1);
				assert_false(spare(UUID, NULL).first_is_other);
			}
			overwrite(1024 + at, "\0", 1);
			assert_false(spare(UUID, NULL).first_is_other);
			overwrite(1024 + at, "\377", 1);
			assert_false(spare(UUID, NULL).first_is_other);
			overwrite(1024 + at, sb + at, 1);
		}
		assert_true(spare(UUID, NULL).first_is_its);
		remove_image(state);
	}
}

/* wipefs, after a label that another program gave it without a checksum; and with bytes that are lost. */
static void test_erased_and_used(void **state)
{
	static const unsigned char zeros[2];
	struct superblock s;

	(void)state;
	make("mke2fs -q -t ext4 -O metadata_csum -b 4096 -L root -U " UUID, 160);
	overwrite(1024 + 0x78, "other", 5);
	assert_true(look().damaged);
	overwrite(1024 + 0x38, zeros, 2);
	assert_true(is_erased(&s));
	assert_true(s.damaged);
	assert_false(s.proven);
	assert_string_equal(s.label, "other");
	overwrite(1024 + 0x38, "x", 1);
	assert_false(is_erased(&s));
	overwrite(1024 + 0x38, zeros, 2);
	overwrite(1024 + 0x6A, "x", 1); /* of its UUID */
	assert_false(is_erased(&s));
	remove_image(state);
	/* One bit of what no program writes alone. */
	make("mke2fs -q -t ext4 -O metadata_csum -b 4096 -L root -U " UUID, 160);
	overwrite(1024 + 0x38, zeros, 2);
	assert_true(is_erased(&s));
	assert_true(s.proven);
	overwrite(1024 + 0xE8, "\1", 1);
	assert_false(is_erased(&s));
}

/* wipefs erases the magic alone; with a byte more that is lost it is not that. */
static void test_erased(void **state)
{
	static const unsigned char zeros[8];
	static const struct {
		const char *command, *kind;
		unsigned int magic, len, other;
		bool proven;
	} rows[] = {
		{ "mke2fs -q -t ext4 -L root -U " UUID, "ext4", 1080, 2, 1024 + 0x20, true },
		{ "mke2fs -q -t ext3 -L root -U " UUID, "ext3", 1080, 2, 1024 + 0x20, false },
		{ "mkfs.xfs -q -f -L root -m uuid=" UUID, "xfs", 0, 4, 32, true },
		{ "mkfs.btrfs -q -f -L root -U " UUID, "btrfs", 65600, 8, 65536 + 32, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct superblock s;

		make(rows[i].command, 320);
		assert_string_equal(look().label, "root");
		assert_int_equal(look().proven, rows[i].proven);
		assert_false(is_erased(&s));
		overwrite(rows[i].magic, zeros, rows[i].len);
		assert_string_equal(look().kind, "");
		assert_true(is_erased(&s));
		assert_string_equal(s.kind, rows[i].kind);
		assert_string_equal(s.uuid, UUID);
		assert_int_equal(s.proven, rows[i].proven);
		overwrite(rows[i].other, "x", 1);
		assert_false(is_erased(&s));
		remove_image(state);
	}
	make("", 1);
	assert_false(is_erased(&(struct superblock){ .kind = "" }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_kinds, remove_image),
		cmocka_unit_test_teardown(test_hibernated, remove_image),
		cmocka_unit_test_teardown(test_nothing, remove_image),
		cmocka_unit_test_teardown(test_other_kinds, remove_image),
		cmocka_unit_test_teardown(test_damaged_checksum, remove_image),
		cmocka_unit_test_teardown(test_one_bit, remove_image),
		cmocka_unit_test_teardown(test_checksums_of_others, remove_image),
		cmocka_unit_test_teardown(test_spare, remove_image),
		cmocka_unit_test_teardown(test_spare_of_the_one_before, remove_image),
		cmocka_unit_test_teardown(test_spare_of_the_bigger_one_before, remove_image),
		cmocka_unit_test_teardown(test_spare_is_its_own, remove_image),
		cmocka_unit_test_teardown(test_erased, remove_image),
		cmocka_unit_test_teardown(test_erased_and_used, remove_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
