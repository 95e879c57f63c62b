// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/chain.h"
#include "chain/chain_report.h"
#include "chain/devices.h"
#include "chain/root.h"
#include "luks/rules.h"
#include "lvm_volume.h"
#include "report/text.h"
#include "system/command_line.h"
#include "util/util.h"

#define LUKS_UUID "11111111-2222-4333-8444-555555555501"
#define FS_UUID	  "11111111-2222-4333-8444-555555555502"
#define OPENED	  "CRYPT-LUKS2-11111111222243338444555555555501-root_crypt"

static char folder[] = "/tmp/chain.XXXXXX";

static void shell(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && PATH=$PATH:/usr/sbin:/sbin && { %s; } >/dev/null",
		 folder, command);
	assert_int_equal(system(line), 0);
}

static char *in_folder(const char *name)
{
	static char path[2][128];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

/* ---- root= ---- */

static void check_root(const char *line, const char *expected)
{
	char *root = root_parameter(line);

	if (expected)
		assert_string_equal(root, expected);
	else
		assert_null(root);
	free(root);
}

static void test_root_parameter(void **state)
{
	(void)state;
	check_root("quiet root=/dev/vda1 ro", "/dev/vda1");
	check_root("root=UUID=a root=UUID=b\n", "UUID=b");
	check_root("nfsroot=/dev/vda1 ro", NULL);
	check_root("root= ro", NULL);
	check_root("", NULL);
}

/* ---- block devices ---- */

static const char make_sysfs[] =
	"rm -rf sys; mkdir -p sys/vda/vda1 sys/vda/vda3 sys/vda1 sys/vda3 sys/dm-0/dm sys/dm-1/dm "
	"sys/loop0 sys/sr0 sys/fd0 sys/sdb 'sys/cciss!c0d0' sys/dm-10/dm;"
	"echo 1 >sys/vda/vda1/partition;"
	"for d in vda vda1 vda3 dm-0 dm-1 dm-10 loop0 sr0 fd0 'cciss!c0d0'; do"
	" echo 8 >\"sys/$d/size\"; done; echo 0 >sys/sdb/size;"
	"printf 'MAJOR=1\\nPARTN=1\\nPARTUUID=0a1b-01\\nPARTNAME=EFI system\\n' >sys/vda1/uevent;"
	"mkdir sys/nbd0 sys/loop1; echo 0 | tee sys/nbd0/size >sys/loop1/size;"
	"echo root_crypt >sys/dm-0/dm/name; echo " OPENED " >sys/dm-0/dm/uuid;"
	"mkdir -p sys/vda1/holders/dm-0 sys/vda3/holders/md7 sys/vda3/holders/dm-1;"
	"echo vg--a-lv >sys/dm-1/dm/name; echo LVM-abc >sys/dm-1/dm/uuid";

static void test_block_devices(void **state)
{
	static const char *const names[] = {
		"cciss!c0d0", "dm-0", "dm-1", "dm-10", "vda", "vda1", "vda3",
	};
	struct block_devices b;

	(void)state;
	shell(make_sysfs);
	assert_int_equal(block_devices_read(&b, in_folder("sys"), "/dev", false), 0);
	assert_int_equal(b.count, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < b.count; i++) {
		assert_string_equal(b.items[i].name, names[i]);
		assert_int_equal(b.items[i].bytes, 4096);
		assert_int_equal(b.items[i].divided, !strcmp(names[i], "vda"));
	}
	assert_string_equal(b.items[0].path, "/dev/cciss/c0d0");
	assert_string_equal(b.items[6].path, "/dev/vda3");
	assert_ptr_equal(block_devices_opened(&b, LUKS_UUID), &b.items[1]);
	assert_null(block_devices_opened(&b, FS_UUID));
	assert_null(block_devices_opened(&b, "11111111-2222-4333-8444-55555555550"));
	assert_ptr_equal(block_devices_mapped(&b, "vg--a-lv"), &b.items[2]);
	assert_null(block_devices_mapped(&b, ""));
	assert_int_equal(b.empty_count, 1);
	assert_string_equal(b.empty[0].path, "/dev/sdb");
	assert_string_equal(b.items[5].part_uuid, "0a1b-01");
	assert_string_equal(b.items[5].part_name, "EFI system");
	assert_string_equal(b.items[6].part_uuid, "");
	assert_string_equal(b.items[5].array, "");
	assert_string_equal(b.items[6].array, "md7");
	/* It is in no list, so it has 0 bytes. */
	assert_false(block_devices_array_runs(&b, &b.items[5]));
	assert_false(block_devices_array_runs(&b, &b.items[6]));
	strcpy(b.items[6].array, "vda");
	assert_true(block_devices_array_runs(&b, &b.items[6]));
	block_devices_clear(&b);
	assert_int_equal(block_devices_read(&b, in_folder("nothing"), "/dev", false), -ENOENT);
	assert_int_equal(b.error, -ENOENT);
}

/* ---- the chain ---- */

/* What is unlocked is a file here; everything below it is as the test says. */
struct scene {
	struct sealed_layer layers[3];
	struct sealed_luks sealed;
	struct luks_device device;
	struct block_device mapped;
	struct block_devices devices;
	struct chain chain;
	struct report report;
	const char *crypttab;	  /* NULL: a passphrase is typed */
	const char *missing;	  /* the crypttab's name for it, which no device has */
	bool without_lvm;	  /* the initramfs has no lvm */
	bool not_refused;	  /* no refused passphrase is recorded */
	const char *lacks;	  /* what opening it needs, and is not there */
	bool without_dm;	  /* the kernel has no device-mapper, ... */
	enum module_state dm_mod; /* ... and its module is */
	enum builder builder;	  /* of the initramfs */
	bool broken;
	char *text;
};

static char mapping_name[] = "root_crypt", fs_uuid[] = FS_UUID, luks_uuid[] = LUKS_UUID;
static char nothing[] = "", volume[] = "vg-a/lv";
static const char crypttab[] = "root_crypt UUID=" LUKS_UUID " none luks\n";

static void set_scene(struct scene *s, const char *content)
{
	memset(s, 0, sizeof(*s));
	s->layers[0] = (struct sealed_layer){ "crypt", mapping_name, nothing };
	s->layers[1] = (struct sealed_layer){ "ext4", nothing, fs_uuid };
	s->sealed.uuid = luks_uuid;
	s->sealed.device = nothing;
	s->sealed.version = 2;
	s->sealed.layers = s->layers;
	s->sealed.layer_count = 2;
	s->device.sealed = &s->sealed;
	s->device.match = RECORD_UUID;
	strcpy(s->device.path, "/dev/vda3");
	s->device.view.device = s->device.path;
	s->device.view.luks.version = 2;
	s->device.view.luks.copies[0].state = LUKS_COPY_GOOD;
	s->device.view.luks.copies[1].state = LUKS_COPY_GOOD;
	s->device.view.luks.slots[1].present = true;
	s->device.view.luks.slots[1].active = true;
	s->device.view.comparison.slots[1] = SLOT_AS_SEALED;
	strcpy(s->mapped.name, "dm-0");
	strcpy(s->mapped.dm_name, "root_crypt");
	if (content) {
		strcpy(s->mapped.dm_uuid, OPENED);
		strcpy(s->mapped.path, in_folder(content));
	}
	s->devices.items = &s->mapped;
	s->devices.count = content ? 1 : 0;
}

static void gather_with(struct scene *s, const char *text)
{
	struct crypttab t;

	crypttab_parse(&t, text);
	chain_gather(&s->chain, &s->device, &s->devices, &t);
	crypttab_clear(&t);
}

static void play(struct scene *s)
{
	gather_with(s, s->crypttab ? s->crypttab : crypttab);
	s->chain.device_mapper = !s->without_dm;
	s->chain.dm_mod = s->dm_mod;
	s->chain.lvm = !s->without_lvm;
	s->chain.refused = !s->not_refused;
	s->chain.builder = s->builder;
	free(s->chain.missing);
	s->chain.missing = s->missing ? strdup(s->missing) : NULL;
	free(s->chain.lacks);
	s->chain.lacks = s->lacks ? strdup(s->lacks) : NULL;
	report_init(&s->report, "boot");
	s->broken = chain_report(&s->report, &s->chain, &s->devices);
	s->text = chain_text(&s->chain);
	report_conclude(&s->report);
}

static void end(struct scene *s)
{
	free(s->text);
	chain_clear(&s->chain);
	report_clear(&s->report);
}

static void expect(struct scene *s, enum verdict verdict, const char *id, const char *text)
{
	play(s);
	assert_string_equal(s->text, text);
	assert_int_equal(s->report.verdict, verdict);
	assert_int_equal(s->broken, id != NULL);
	assert_int_equal(s->report.finding_count, id && *id ? 1 : 0);
	if (id && *id)
		assert_string_equal(catalog_entry(s->report.findings[0].id)->id, id);
	end(s);
}

static void test_whole_chain(void **state)
{
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID " fs");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INTACT, NULL,
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (there)");
}

/* What a hibernated system left in its swap space is that swap space. */
static void test_hibernated(void **state)
{
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 20M fs; mkswap -q -U " FS_UUID
	      " fs; printf S1SUSPEND | dd of=fs bs=1 seek=4086 conv=notrunc status=none");
	set_scene(&s, "fs");
	strcpy(s.layers[1].kind, "swap");
	expect(&s, VERDICT_INTACT, NULL,
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > swap (there, with a hibernated "
	       "system)");
	shell("printf S1SUSPENX | dd of=fs bs=1 seek=4086 conv=notrunc status=none");
	set_scene(&s, "fs");
	strcpy(s.layers[1].kind, "swap");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > swap (NO SUPERBLOCK)");
	shell("rm -f fs; truncate -s 20M fs; mkswap -q -U " LUKS_UUID
	      " fs; printf S1SUSPEND | dd of=fs bs=1 seek=4086 conv=notrunc status=none");
	set_scene(&s, "fs");
	strcpy(s.layers[1].kind, "swap");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > swap (ANOTHER ONE)");
}

#define MAKE_EXT4                                                                               \
	"rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -O metadata_csum -b 4096 -U " FS_UUID \
	" fs"

static void test_superblock_gone(void **state)
{
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID
	      " fs; dd if=/dev/zero of=fs bs=4096 count=1 conv=notrunc status=none");
	set_scene(&s, "fs");
	play(&s);
	assert_int_equal(s.chain.layers[0].lost.spare.block, 32768);
	assert_non_null(strstr(s.report.findings[0].summary, "no superblock any more"));
	assert_non_null(strstr(s.report.findings[0].next.items[1], "e2fsck -b 32768 -B 4096"));
	end(&s);
	/* Zeros somebody may have written; noise was made below the encryption; a magic is not written. */
	set_scene(&s, "fs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	shell("dd if=/dev/urandom of=fs bs=4096 count=1 conv=notrunc status=none");
	set_scene(&s, "fs");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID
	      " fs; printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none");
	set_scene(&s, "fs");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	/* More than that block is gone: a disk does that, and so does its owner. */
	shell("dd if=/dev/zero of=fs bs=1M count=1 conv=notrunc status=none");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	shell("rm -f fs; truncate -s 1M fs");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -O metadata_csum -U " FS_UUID
	      " fs; wipefs -q -a fs");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-ERASED",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	shell("printf x | dd of=fs bs=1 seek=1100 conv=notrunc status=none");
	set_scene(&s, "fs");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (NO SUPERBLOCK)");
	/* Used alone, and half written: no byte is proven lost; one bit is. */
	shell(MAKE_EXT4 "; printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (DAMAGED)");
	shell(MAKE_EXT4 "; printf '\\1' | dd of=fs bs=1 seek=1256 conv=notrunc status=none");
	set_scene(&s, "fs");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (DAMAGED)");
	/* No node is there: nothing was read, so nothing is lost. */
	set_scene(&s, "absent");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (UNREADABLE)");
}

/* All that a report says, as a person reads it, without its line breaks; the caller frees it. */
static char *report_words(const struct report *r)
{
	char *text = NULL, *to;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	report_print_text(r, out, true, false);
	assert_int_equal(fclose(out), 0);
	to = text;
	for (const char *from = text; *from; from++) {
		if (*from != '\n' && (*from != ' ' || (to > text && to[-1] != ' ')))
			*to++ = *from;
		else if (*from == '\n' && to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
	return text;
}

/* words: what is said, unless it is NULL; never: what is not. */
static void expect_words(const char *root, const char *sealed, struct block_devices *b,
			 enum verdict verdict, const char *id, const char *words, const char *never)
{
	cleanup(free_ptr) char *text = NULL;
	bool told, seen;
	struct report r;

	report_init(&r, "boot");
	told = root_device_report(&r, root, sealed, b, BUILDER_UNKNOWN, &seen);
	report_conclude(&r);
	assert_int_equal(told, id != NULL);
	assert_int_equal(r.verdict, verdict);
	if (id)
		assert_string_equal(catalog_entry(r.findings[0].id)->id, id);
	text = report_words(&r);
	if (words && !strstr(text, words))
		fail_msg("\"%s\" is not said in: %s", words, text);
	if (never && strstr(text, never))
		fail_msg("\"%s\" is said in: %s", never, text);
	report_clear(&r);
}

static void expect_root(const char *root, struct block_devices *b, enum verdict verdict,
			const char *id)
{
	expect_words(root, "", b, verdict, id, NULL, "CONFIGURATION ERROR");
}

/* A byte of the UUID that was lost makes no other file system of it, where a checksum tells. */
static void test_uuid_lost(void **state)
{
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 128M fs; mkfs.btrfs -q -U " FS_UUID " fs");
	set_scene(&s, "fs");
	strcpy(s.layers[1].kind, "btrfs");
	expect(&s, VERDICT_INTACT, NULL,
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > btrfs (there)");
	shell("printf x | dd of=fs bs=1 seek=65570 conv=notrunc status=none");
	set_scene(&s, "fs");
	strcpy(s.layers[1].kind, "btrfs");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > btrfs (DAMAGED)");
	shell("rm -f fs; truncate -s 128M fs; mkfs.btrfs -q fs");
	set_scene(&s, "fs");
	strcpy(s.layers[1].kind, "btrfs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > btrfs (ANOTHER ONE)");
}

/* Where no checksum tells, a spare superblock does: not which of the two it had last, but that it had both. */
static void test_uuid_lost_without_checksum(void **state)
{
	static const char *const kinds[] = { "-t ext2 -b 4096", "-t ext3 -b 1024",
					     "-t ext4 -O ^metadata_csum -b 4096" };
	static const char *const losses[] = { "if=/dev/zero", "if=/dev/urandom" };
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };
	struct report r;

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(kinds) * ARRAY_SIZE(losses); i++) {
		const char *kind = kinds[i / ARRAY_SIZE(losses)];
		const char *loss = losses[i % ARRAY_SIZE(losses)];
		char line[512];

		snprintf(line, sizeof(line),
			 "rm -f fs; truncate -s 160M fs; mke2fs -q %s -U " FS_UUID " fs", kind);
		shell(line);
		expect_root("UUID=" FS_UUID, &b, VERDICT_INTACT, NULL);
		expect_root("UUID=" LUKS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
		snprintf(line, sizeof(line),
			 "dd %s of=fs bs=8 seek=141 count=2 conv=notrunc status=none", loss);
		shell(line);
		expect_root("UUID=" FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK");
		/* Given another one by its owner: tune2fs writes the spare ones as well. */
		snprintf(line, sizeof(line),
			 "rm -f fs; truncate -s 160M fs; mke2fs -q %s -U " FS_UUID
			 " fs; tune2fs -f -U " LUKS_UUID " fs >/dev/null 2>&1",
			 kind);
		shell(line);
		expect_root("UUID=" LUKS_UUID, &b, VERDICT_INTACT, NULL);
		expect_root("UUID=" FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	}
	shell("printf '\\0\\0\\0\\0\\0\\0\\0\\0' | dd of=fs bs=8 seek=141 conv=notrunc status=none");
	report_init(&r, "boot");
	assert_true(root_device_report(&r, "UUID=" LUKS_UUID, "", &b, BUILDER_UNKNOWN,
				       &(bool){ false }));
	assert_non_null(strstr(r.findings[0].summary, "the UUID 00000000-0000-0000-"));
	assert_non_null(strstr(r.findings[0].summary, LUKS_UUID ", which root= names"));
	assert_non_null(strstr(r.findings[0].next.items[2], "e2fsck -b 32768 -B 4096"));
	report_clear(&r);
	/* Too small for a spare one: zeros are no UUID that anyone gives. */
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext2 -b 4096 -U " FS_UUID
	      " fs; dd if=/dev/zero of=fs bs=8 seek=141 count=2 conv=notrunc status=none");
	expect_root("UUID=" FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
}

/* Spare superblocks of a file system outlive it: mke2fs alone writes those in the same places anew. */
static void test_made_anew(void **state)
{
	static const char *const others[] = { "mkswap -q", "mkfs.xfs -q -f", "mkfs.btrfs -q -f",
					      "mkfs.fat", "mke2fs -F -q -t ext2 -b 1024 -g 8192" };
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID
	      " fs; mke2fs -F -q -t ext4 -b 4096 fs");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (ANOTHER ONE)");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct block_device d = { .name = "vda1" };
		struct block_devices b = { .items = &d, .count = 1 };
		char line[256];

		snprintf(line, sizeof(line),
			 "rm -f fs; truncate -s 400M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID
			 " fs; %s fs >/dev/null",
			 others[i]);
		shell(line);
		set_scene(&s, "fs");
		expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
		       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (ANOTHER ONE)");
		strcpy(d.path, in_folder("fs"));
		/* The last one writes there as well. */
		if (i + 1 < ARRAY_SIZE(others))
			expect_words("UUID=" FS_UUID, "", &b, VERDICT_INCONCLUSIVE,
				     "BV-CHAIN-OTHER", "spare superblock: 32768", "e2fsck");
		else
			expect_root("UUID=" FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	}
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext3 -b 4096 -U " FS_UUID " fs");
	set_scene(&s, "fs");
	expect(&s, VERDICT_INTACT, NULL,
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > ext4 (there)");
}

static void test_not_opened(void **state)
{
	static const char text[] =
		"/dev/vda3 > LUKS (as sealed) > root_crypt (not opened) > ext4 (not reached)";
	struct scene s;

	(void)state;
	set_scene(&s, NULL);
	expect(&s, VERDICT_CONFIG_ERROR, "BV-LUKS-PASSPHRASE", text);
	/* A missing driver looks the same. */
	set_scene(&s, NULL);
	s.not_refused = true;
	expect(&s, VERDICT_INCONCLUSIVE, "BV-LUKS-PASSPHRASE", text);
	/* Or a cipher, or memory. */
	set_scene(&s, NULL);
	s.lacks = "its cipher";
	play(&s);
	assert_int_equal(s.report.verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(s.report.findings[0].summary, "was not found here: its cipher."));
	assert_null(strstr(s.report.findings[0].summary, "keyboard"));
	end(&s);
	set_scene(&s, NULL);
	s.device.view.comparison.slots[1] = SLOT_CHANGED;
	expect(&s, VERDICT_INCONCLUSIVE, "BV-LUKS-PASSPHRASE",
	       "/dev/vda3 > LUKS (sound) > root_crypt (not opened) > ext4 (not reached)");
	/* The passphrase may have been meant for the keyslot that nothing proves. */
	set_scene(&s, NULL);
	s.device.view.luks.slots[2].present = s.device.view.luks.slots[2].active = true;
	s.device.view.comparison.slots[2] = SLOT_NEW;
	expect(&s, VERDICT_INCONCLUSIVE, "BV-LUKS-PASSPHRASE",
	       "/dev/vda3 > LUKS (sound) > root_crypt (not opened) > ext4 (not reached)");
	/* report_luks() tells what is damaged; the chain says no more than that it is broken. */
	set_scene(&s, NULL);
	s.device.view.comparison.slots[1] = SLOT_DAMAGED;
	expect(&s, VERDICT_INTACT, "",
	       "/dev/vda3 > LUKS (DAMAGED) > root_crypt (not opened) > ext4 (not reached)");
	/* Likewise of what another format wrote there; the passphrase may be that of the other keyslot. */
	for (int foreign = 0; foreign <= 1; foreign++) {
		set_scene(&s, NULL);
		s.device.view.luks.version = 1;
		s.device.view.foreign = foreign;
		s.device.view.foreign_at = 4120;
		s.device.view.luks.slots[0] = (struct luks_keyslot){
			.present = true, .active = true, .offset = 4096, .length = 4096
		};
		s.device.view.comparison.slots[0] = SLOT_DAMAGED;
		assert_int_equal(judge_luks(&s.device.view).verdict,
				 foreign ? VERDICT_INCONCLUSIVE : VERDICT_STORAGE_CORRUPTION);
		expect(&s, VERDICT_INTACT, "",
		       foreign ? "/dev/vda3 > LUKS (a keyslot is overwritten) > root_crypt (not opened) > "
				 "ext4 (not reached)"
			       : "/dev/vda3 > LUKS (a keyslot is damaged) > root_crypt (not opened) > ext4 "
				 "(not reached)");
	}
	set_scene(&s, NULL);
	s.layers[0].name = volume;
	luks_uuid[0] = 'f';
	expect(&s, VERDICT_CONFIG_ERROR, "BV-LUKS-NO-ENTRY",
	       "/dev/vda3 > LUKS (as sealed) > vg-a/lv (not opened) > ext4 (not reached)");
	luks_uuid[0] = '1';
}

/* crypttab comes first: without an entry nothing loads the driver. */
static void test_no_driver(void **state)
{
	static const struct {
		const char *crypttab, *id, *words;
		enum module_state dm_mod;
		enum verdict verdict;
	} rows[] = {
		{ NULL, "BV-LUKS-NO-DRIVER", "dm_mod is not in this initramfs", MODULE_MISSING,
		  VERDICT_CONFIG_ERROR },
		{ NULL, "BV-LUKS-NO-DRIVER", "is not loaded", MODULE_THERE, VERDICT_INCONCLUSIVE },
		{ NULL, "BV-LUKS-NO-DRIVER", "could not be seen", MODULE_UNKNOWN,
		  VERDICT_INCONCLUSIVE },
		{ "", "BV-LUKS-NO-ENTRY", "has no entry for it.", MODULE_MISSING,
		  VERDICT_CONFIG_ERROR },
		{ "x UUID=" FS_UUID " none luks\n", "BV-LUKS-NO-ENTRY", "has no entry for it.",
		  MODULE_MISSING, VERDICT_CONFIG_ERROR },
		{ "x PARTUUID=none none luks\n", "BV-LUKS-NO-ENTRY",
		  "unless PARTUUID=none, which leads nowhere", MODULE_THERE, VERDICT_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows) * 2; i++) {
		const char *header =
			i % 2 ? "The LUKS header can be used" : "The LUKS header is sound";
		const struct finding *f;
		struct scene s;

		set_scene(&s, NULL);
		s.crypttab = rows[i / 2].crypttab;
		s.without_dm = true;
		s.dm_mod = rows[i / 2].dm_mod;
		/* A copy of the header is damaged: that is told besides. */
		if (i % 2)
			s.device.view.luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
		play(&s);
		f = &s.report.findings[0];
		assert_string_equal(catalog_entry(f->id)->id, rows[i / 2].id);
		assert_int_equal(f->verdict, rows[i / 2].verdict);
		assert_non_null(strstr(f->summary, rows[i / 2].words));
		assert_non_null(strstr(f->summary, header));
		assert_int_equal(strstr(f->not .items[0], "disk") != NULL, i % 2 == 0);
		end(&s);
	}
}

/* One device's name may be the beginning of another's: each is itself. */
static void test_suspects(void **state)
{
	struct block_device d[2] = { { .name = "sda1" }, { .name = "sda10" } };
	struct block_devices b = { .items = d, .count = ARRAY_SIZE(d) };
	char named[128], expected[512];
	char *text;

	(void)state;
	shell("rm -f sda1 sda10; truncate -s 16M sda1 sda10; mke2fs -q -t ext4 sda1");
	strcpy(named, in_folder("sda1"));
	strcpy(d[0].path, named);
	strcpy(d[1].path, in_folder("sda10"));
	text = block_devices_suspects(&b, SUSPECT_LUKS, named);
	snprintf(expected, sizeof(expected),
		 "%s (nothing known at its start), %s (crypttab names it)", d[1].path, named);
	assert_string_equal(text, expected);
	free(text);
	/* It is in the list once, for what is wrong with it. */
	shell("rm -f sda1; truncate -s 16M sda1; mke2fs -q -t ext4 sda10");
	text = block_devices_suspects(&b, SUSPECT_LUKS, named);
	snprintf(expected, sizeof(expected), "%s (nothing known at its start)", named);
	assert_string_equal(text, expected);
	free(text);
	b.items = &d[1];
	b.count = 1;
	assert_null(block_devices_suspects(&b, SUSPECT_LUKS, NULL));
}

/* Only a member is there: as sealed or not, and mirrored or not, it says nothing of the passphrase. */
static void test_array_not_there(void **state)
{
	static const char text[] =
		"/dev/vda3 > LUKS (ARRAY NOT THERE) > root_crypt (not opened) > ext4 (not reached)";

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct scene s;

		set_scene(&s, NULL);
		s.device.view.array.member = true;
		s.device.view.array.mirror = i & 1;
		strcpy(s.device.view.array.device, "/dev/md/root");
		if (i & 2)
			s.device.view.comparison.slots[1] = SLOT_DAMAGED;
		assert_int_equal(judge_luks(&s.device.view).ground == LUKS_MEMBER, i != 1);
		assert_true(luks_device_state(&s.device) < LUKS_SLOT_DAMAGED);
		play(&s);
		assert_non_null(strstr(s.report.findings[0].next.items[1], "luks /dev/md/root"));
		end(&s);
		set_scene(&s, NULL);
		s.device.view.array.member = true;
		expect(&s, VERDICT_INCONCLUSIVE, "BV-LUKS-MEMBER", text);
	}
}

/* A device that no record is of, and that root= names: nothing unlocks it. */
static void test_root_is_luks(void **state)
{
	struct scene s;

	(void)state;
	set_scene(&s, NULL);
	s.device.own = &s.sealed;
	s.layers[0].name = nothing;
	s.sealed.layer_count = 1;
	luks_uuid[0] = 'f';
	s.device.view.comparison.slots[1] = SLOT_UNKNOWN;
	expect(&s, VERDICT_CONFIG_ERROR, "BV-LUKS-NO-ENTRY",
	       "/dev/vda3 > LUKS (sound) > mapping (not opened)");
	/* Damaged: that is what is told, by report_luks(). */
	s.device.view.luks.copies[0].state = LUKS_COPY_BAD_CHECKSUM;
	s.device.view.luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
	s.device.view.luks.chosen = -1;
	expect(&s, VERDICT_INTACT, "", "/dev/vda3 > LUKS (DAMAGED) > mapping (not opened)");
	luks_uuid[0] = '1';
}

/* Nobody typed anything: no word of the keyboard, and what gives the key is named. */
static void test_not_typed(void **state)
{
	static const struct {
		const char *crypttab, *key; /* NULL: it is typed */
	} rows[] = {
		{ "root_crypt UUID=" LUKS_UUID " /cryptroot/keyfiles/root.key luks\n",
		  "the key file /cryptroot/keyfiles/root.key" },
		{ "root_crypt UUID=" LUKS_UUID
		  " /dev/disk/by-label/K:/k luks,keyscript=/lib/passdev",
		  "the keyscript /lib/passdev" },
		{ "root_crypt UUID=" LUKS_UUID " none luks,tpm2-device=auto",
		  "the token that tpm2-device names" },
		{ "root_crypt UUID=" LUKS_UUID " - luks\n", NULL },
		{ "root_crypt UUID=" LUKS_UUID "\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *f;
		struct scene s;

		set_scene(&s, NULL);
		s.crypttab = rows[i].crypttab;
		play(&s);
		f = &s.report.findings[0];
		assert_string_equal(catalog_entry(f->id)->id, "BV-LUKS-PASSPHRASE");
		assert_int_equal(f->verdict,
				 rows[i].key ? VERDICT_INCONCLUSIVE : VERDICT_CONFIG_ERROR);
		assert_int_equal(strstr(f->summary, "keyboard") != NULL, !rows[i].key);
		assert_int_equal(strstr(f->next.items[0], "Caps Lock") != NULL, !rows[i].key);
		if (rows[i].key)
			assert_non_null(strstr(f->summary, rows[i].key));
		end(&s);
		/* Damage is told all the same. */
		set_scene(&s, NULL);
		s.crypttab = rows[i].crypttab;
		s.device.view.comparison.slots[1] = SLOT_DAMAGED;
		expect(&s, VERDICT_INTACT, "",
		       "/dev/vda3 > LUKS (DAMAGED) > root_crypt (not opened) > ext4 (not "
		       "reached)");
	}
}

/* By the mapping's name, or by the device. */
static void gather(struct scene *s, const char *text)
{
	set_scene(s, NULL);
	gather_with(s, text);
}

static void test_crypttab_entry(void **state)
{
	static const struct {
		const char *text;
		bool told;
	} rows[] = {
		{ "root_crypt /dev/vda3 none luks\n", true },
		{ "# c\n\nother UUID=" LUKS_UUID " none luks", true },
		{ "other /dev/disk/by-uuid/" LUKS_UUID " none luks,initramfs\n", true },
		{ "root_crypto UUID=" FS_UUID " none luks\n", false },
		{ "# root_crypt UUID=" LUKS_UUID " none luks\n", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;

		gather(&s, rows[i].text);
		assert_int_equal(s.chain.in_crypttab, rows[i].told);
		chain_clear(&s.chain);
	}
}

static void test_crypttab_source(void **state)
{
	static const struct {
		const char *text, *missing;
	} rows[] = {
		{ "root_crypt /dev/null none luks\n", NULL },
		{ "root_crypt /dev/no-such none luks\n", "/dev/no-such" },
		{ "root_crypt UUID=" FS_UUID " none luks\n", "UUID=" FS_UUID },
		{ "other /dev/no-such none luks\nroot_crypt /dev/null none luks\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;

		gather(&s, rows[i].text);
		assert_true(s.chain.in_crypttab);
		if (rows[i].missing)
			assert_string_equal(s.chain.missing, rows[i].missing);
		else
			assert_null(s.chain.missing);
		chain_clear(&s.chain);
	}
}

/* Nobody was asked for a passphrase, so none was wrong. */
static void test_source_missing(void **state)
{
	static const char text[] =
		"/dev/vda3 > LUKS (as sealed) > root_crypt (not opened) > ext4 (not reached)";
	struct scene s;

	(void)state;
	set_scene(&s, NULL);
	s.missing = "UUID=" FS_UUID;
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SOURCE", text);
	set_scene(&s, NULL);
	s.missing = "/dev/nvme0n1p3";
	play(&s);
	assert_int_equal(s.report.verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(
		strstr(s.report.findings[0].summary, "or the disk that it names is missing"));
	end(&s);
	set_scene(&s, NULL);
	s.missing = "UUID=" LUKS_UUID;
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SOURCE", text);
}

static void put_volume(void)
{
	unsigned char pv[LVM_PV_BYTES];
	FILE *f = fopen(in_folder("pv"), "wb");

	lvm_volume_make(pv, false);
	assert_non_null(f);
	assert_int_equal(fwrite(pv, 1, sizeof(pv), f), sizeof(pv));
	assert_int_equal(fclose(f), 0);
	shell("truncate -s 1M pv");
}

/* The command of the builder of this initramfs alone; where that is not known, both. */
static void expect_builder(const struct report *r, enum builder builder)
{
	cleanup(free_ptr) char *text = report_words(r);

	assert_int_equal(strstr(text, "update-initramfs -u -k all") != NULL,
			 builder != BUILDER_DRACUT);
	assert_int_equal(strstr(text, "dracut -f --regenerate-all") != NULL,
			 builder != BUILDER_INITRAMFS_TOOLS);
	assert_int_equal(strstr(text, "all (Debian) or dracut") != NULL,
			 builder == BUILDER_UNKNOWN);
}

static const enum builder builders[] = { BUILDER_UNKNOWN, BUILDER_INITRAMFS_TOOLS, BUILDER_DRACUT };

static void test_builder_of_chain(void **state)
{
	static const struct {
		const char *content, *crypttab, *missing;
		bool without_dm, without_lvm;
		const char *id;
	} rows[] = {
		{ NULL, NULL, NULL, true, false, "BV-LUKS-NO-DRIVER" },
		{ NULL, "", NULL, false, false, "BV-LUKS-NO-ENTRY" },
		{ NULL, NULL, "UUID=" FS_UUID, false, false, "BV-CHAIN-SOURCE" },
		{ "other", NULL, NULL, false, false, "BV-CHAIN-OTHER" },
		{ "pv", NULL, NULL, false, true, "BV-CHAIN-LVM" },
	};

	(void)state;
	put_volume();
	shell("rm -f other; truncate -s 160M other; mke2fs -q -t ext4 -U " LUKS_UUID " other");
	for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(builders); i++) {
		size_t row = i / ARRAY_SIZE(builders);
		struct scene s;

		set_scene(&s, rows[row].content);
		s.crypttab = rows[row].crypttab;
		s.missing = rows[row].missing;
		s.without_dm = rows[row].without_dm;
		s.without_lvm = rows[row].without_lvm;
		s.builder = builders[i % ARRAY_SIZE(builders)];
		if (s.without_lvm) {
			strcpy(s.layers[1].kind, "LVM2_member");
			s.layers[1].uuid = nothing;
			s.layers[2] = (struct sealed_layer){ "lvm", volume, nothing };
			s.sealed.layer_count = 3;
		}
		play(&s);
		assert_string_equal(catalog_entry(s.report.findings[0].id)->id, rows[row].id);
		expect_builder(&s.report, s.builder);
		end(&s);
	}
}

/* What puts an entry of crypttab into the image is the builder's as well. */
static void test_option_of_builder(void **state)
{
	static const char *const expected[] = { "initramfs: initramfs (Debian) or force (Fedora). ",
						"initramfs: initramfs. ", "initramfs: force. " };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(builders); i++) {
		cleanup(free_ptr) char *text = NULL;
		struct scene s;

		set_scene(&s, NULL);
		s.crypttab = "";
		s.builder = builders[i];
		play(&s);
		text = report_words(&s.report);
		assert_non_null(strstr(text, expected[i]));
		end(&s);
	}
}

static void test_builder_of_root(void **state)
{
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 -U " FS_UUID " fs");
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(builders); i++) {
		struct report r;
		bool seen;

		report_init(&r, "boot");
		assert_true(root_device_report(&r, "UUID=" LUKS_UUID, "", &b, builders[i], &seen));
		report_conclude(&r);
		expect_builder(&r, builders[i]);
		report_clear(&r);
	}
}

static void test_absent(void **state)
{
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 1M fs");
	set_scene(&s, "fs");
	s.mapped.dm_uuid[0] = '\0';
	s.device.match = RECORD_OTHER;
	s.device.path[0] = '\0';
	expect(&s, VERDICT_INCONCLUSIVE, "BV-LUKS-ABSENT",
	       "disk > LUKS (NOT THERE) > root_crypt (not reached) > ext4 (not reached)");
	/* An error is no finding about the machine, and no disk at all is another one. */
	for (int error = 0; error <= 1; error++) {
		set_scene(&s, "fs");
		s.device.match = RECORD_OTHER;
		s.device.path[0] = '\0';
		s.devices.count = 0;
		s.devices.error = error ? -ENOENT : 0;
		play(&s);
		assert_int_equal(s.report.finding_count, 1);
		assert_int_equal(!strstr(s.report.findings[0].summary, "found no disk at all"),
				 error);
		assert_int_equal(!strstr(s.report.findings[0].summary, "cannot be told"), !error);
		end(&s);
	}
}

/* What crypttab names may have been it, whatever it holds now; and what holds nothing known. */
static void expect_suspects(struct scene *s, const char *device, const char *expected)
{
	struct sealed_luks own = s->sealed;
	cleanup(free_ptr) char *named = strdup(device);
	const struct finding *f;
	bool told = false;

	own.device = named;
	s->device.own = &own;
	s->device.sealed = &own;
	play(s);
	f = &s->report.findings[0];
	assert_string_equal(catalog_entry(f->id)->id, "BV-LUKS-ABSENT");
	assert_int_equal(s->report.verdict, VERDICT_INCONCLUSIVE);
	for (size_t i = 0; i < f->next.count; i++)
		told |= !strncmp(f->next.items[i], expected, strlen(expected));
	assert_true(told);
	end(s);
}

static void test_absent_without_record(void **state)
{
	char expected[256];
	struct scene s;

	(void)state;
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 fs");
	set_scene(&s, "fs");
	s.mapped.dm_uuid[0] = '\0';
	s.device.match = RECORD_OTHER;
	snprintf(expected, sizeof(expected), "May have been it: %s (crypttab names it). ",
		 in_folder("fs"));
	expect_suspects(&s, in_folder("fs"), expected);
	shell("truncate -s 0 fs; truncate -s 20M fs");
	snprintf(expected, sizeof(expected), "May have been it: %s (nothing known at its start). ",
		 in_folder("fs"));
	expect_suspects(&s, "UUID=" LUKS_UUID, expected);
	expect_suspects(&s, in_folder("fs"), expected);
}

/* Nothing but the words of crypttab says what it was, and they do not. */
static void test_may_be_plain(void **state)
{
	struct scene s;

	(void)state;
	shell("rm -f noise; head -c 1000000 /dev/urandom >noise");
	set_scene(&s, "noise");
	s.mapped.dm_uuid[0] = '\0';
	s.device.match = RECORD_OTHER;
	s.device.may_be_plain = true;
	expect_suspects(&s, in_folder("noise"), "Plain dm-crypt: ");
	expect_suspects(&s, in_folder("noise"), "LUKS: write nothing to it");
	/* Said to be LUKS: then it is the container that is not there. */
	s.device.may_be_plain = false;
	expect_suspects(&s, in_folder("noise"), "Compare the disks");
	/* Not attached. */
	s.device.may_be_plain = true;
	s.sealed.device = luks_uuid;
	s.device.own = NULL;
	s.device.sealed = &s.sealed;
	play(&s);
	assert_false(s.broken);
	end(&s);
}

static void test_lvm(void **state)
{
	struct block_device both[2];
	struct scene s;

	(void)state;
	put_volume();
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 -U " FS_UUID " fs");
	set_scene(&s, "pv");
	s.layers[2] = s.layers[1];
	s.layers[1] = (struct sealed_layer){ "lvm", volume, nothing };
	s.sealed.layer_count = 3;
	both[0] = s.mapped;
	memset(&both[1], 0, sizeof(both[1]));
	strcpy(both[1].dm_name, "vg--a-lv");
	strcpy(both[1].path, in_folder("fs"));
	s.devices.items = both;
	s.devices.count = 2;
	expect(&s, VERDICT_INTACT, NULL,
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (there) > "
	       "ext4 (there)");
	s.devices.count = 1;
	for (int without = 0; without <= 1; without++) {
		s.without_lvm = without;
		expect(&s, without ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE, "BV-CHAIN-LVM",
		       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > "
		       "lvm vg-a/lv (NOT THERE) > ext4 (not reached)");
	}
	s.without_lvm = false;
	shell("printf 'XXXX' | dd of=pv bs=1 seek=512 conv=notrunc status=none");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (NO LABEL) > "
	       "ext4 (not reached)");
	/* As pvremove leaves it; and with a text that is not what its checksum says. */
	shell("dd if=/dev/zero of=pv bs=512 seek=1 count=1 conv=notrunc status=none");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-LVM",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (NO LABEL) > "
	       "ext4 (not reached)");
	/* Noise was made below the encryption; other bytes a program wrote, as it did another format. */
	put_volume();
	shell("dd if=/dev/urandom of=pv bs=4096 count=1 conv=notrunc status=none");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (NO LABEL) > "
	       "ext4 (not reached)");
	put_volume();
	shell("yes text | dd of=pv bs=4096 count=1 iflag=fullblock conv=notrunc status=none");
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-LVM",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (NO LABEL) > "
	       "ext4 (not reached)");
	put_volume();
	shell("printf '\\374\\116\\053\\251\\001\\000\\000\\000' | dd of=pv bs=4096 seek=1 conv=notrunc "
	      "status=none");
	play(&s);
	assert_int_equal(s.report.verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(s.report.findings[0].summary,
			       "inside it is a Linux RAID member, where lvm was sealed"));
	end(&s);
	put_volume();
	shell("printf 'XXXX' | dd of=pv bs=1 seek=5200 conv=notrunc status=none");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (DAMAGED) > "
	       "ext4 (not reached)");
	/* On a volume noise is what swap with a random key begins with; a lost magic is no program's. */
	put_volume();
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID
	      " fs; dd if=/dev/urandom of=fs bs=4096 count=1 conv=notrunc status=none");
	s.devices.count = 2;
	expect(&s, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (there) > "
	       "ext4 (NO SUPERBLOCK)");
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID
	      " fs; printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none");
	expect(&s, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
	       "/dev/vda3 > LUKS (as sealed) > root_crypt (open) > lvm vg-a/lv (there) > "
	       "ext4 (NO SUPERBLOCK)");
}

/* ---- root= without LUKS ---- */

/* Nothing proves that root= is wrong: its disk may not be there. */
static void test_root_device(void **state)
{
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " FS_UUID " fs");
	strcpy(d.path, in_folder("fs"));
	expect_root("UUID=" FS_UUID, &b, VERDICT_INTACT, NULL);
	expect_root("UUID=" LUKS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	expect_root("/dev/null", &b, VERDICT_INTACT, NULL);
	expect_root("/dev/mapper/no-such", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	expect_root("ZFS=pool/root", &b, VERDICT_INTACT, NULL);
	expect_root("/dev/nfs", &b, VERDICT_INTACT, NULL);
	/* Also where nothing tells of partitions: it was not seen. */
	expect_words("PARTUUID=no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "No partition is seen here that has the partition's UUID", NULL);
	shell("dd if=/dev/zero of=fs bs=4096 count=1 conv=notrunc status=none");
	expect_root("UUID=" FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK");
	expect_root("UUID=" LUKS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	/* What /dev/mapper has is made of something that may be lost: zeros, a damaged header. */
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "may be it: ", NULL);
	shell("truncate -s 0 fs; truncate -s 1M fs");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", NULL,
		     "may be it");
	/* The EFI system partition is none of these. */
	shell("truncate -s 0 fs; truncate -s 40M fs; mkfs.fat fs >/dev/null");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", NULL,
		     "may be it");
	shell("printf XXX | dd of=fs bs=1 seek=54 conv=notrunc status=none");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "may be it: ", NULL);
	shell("truncate -s 0 fs; truncate -s 32M fs; printf p >key; cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 "
	      "--pbkdf-force-iterations 1000 fs key");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "which is LUKS and not open", "may be it");
	shell("printf x | dd of=fs bs=1 seek=5000 conv=notrunc status=none");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "may be it: ", NULL);
	b.count = 0;
	expect_root("UUID=" FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	expect_root("/dev/mapper/no-such", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	expect_words("PARTUUID=no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "found no disk at all", NULL);
	/* An error is no finding about the machine. */
	b.error = -ENOENT;
	expect_words("PARTUUID=no-such", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "cannot be told: /sys/class/block: No such file", "found no disk");
	b.error = 0;
}

#define RANDOM_UUID "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

/*
 * What it should name is there, it seems; but so is a copy of it while its disk is dead, with the same
 * UUID or one that was changed by hand; and a bit that was lost changes a digit, or one letter.
 */
static void test_root_is_wrong(void **state)
{
	static const struct {
		const char *root, *sealed, *words, *never;
	} rows[] = {
		{ "UUID=3f2504e0-4f89-41d3-9a0c-0305e82c3310", "", "differs in a digit or two",
		  "sealed root" },
		{ "UUID=3f2504e0-4f89-41d3-9a0c-0305e82c3303", RANDOM_UUID,
		  "or a bit lost in the boot loader's file", NULL },
		{ "UUID=3f2504e0-4f89-41d3-9a0c-0305E82C3301", "", "differs in a digit or two",
		  "sealed root" },
		/* Three digits are another one. */
		{ "UUID=3f2504e0-4f89-41d3-9a0c-0305e82c3012", "", "No device", "a digit or two" },
		{ "UUID=3f2504e0-4f89-41d3-9a0c-0305e82c33", "", "No device", "a digit or two" },
		{ "UUID=" FS_UUID, "", "No device", "sealed root" },
		{ "UUID=" FS_UUID, FS_UUID, "No device", "or a copy of it" },
		{ "UUID=" FS_UUID, RANDOM_UUID, "sealed, or a copy of it, is there", NULL },
		{ "LABEL=no-such", RANDOM_UUID, "sealed, or a copy of it, is there", NULL },
		{ "/dev/mapper/no-such", RANDOM_UUID, "Is it that, and no copy?", NULL },
		{ "/dev/mapper/no-such", FS_UUID, "does not exist", "or a copy of it" },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 -O metadata_csum -U " RANDOM_UUID
	      " fs");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_words(rows[i].root, rows[i].sealed, &b, VERDICT_INCONCLUSIVE,
			     "BV-CHAIN-ROOT", rows[i].words, rows[i].never);
	/* Bytes that were lost make it none of these. */
	shell("printf x | dd of=fs bs=1 seek=1100 conv=notrunc status=none");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Without regard to case it is the one that root= names. */
		if (i == 2)
			expect_root(rows[i].root, &b, VERDICT_STORAGE_CORRUPTION,
				    "BV-CHAIN-SUPERBLOCK");
		else
			expect_words(rows[i].root, rows[i].sealed, &b, VERDICT_INCONCLUSIVE,
				     "BV-CHAIN-ROOT", NULL, "a digit or two");
	}
	/* Without a checksum nothing is proven; and UUIDs that are made up by hand come in rows. */
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext3 -U " RANDOM_UUID " fs");
	expect_words(rows[0].root, "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", NULL,
		     "a digit or two");
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 -O metadata_csum -U " FS_UUID " fs");
	expect_words("UUID=" LUKS_UUID, "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", NULL,
		     "a digit or two");
}

static const char *const array_names[] = { "/dev/md0",		"/dev/disk/by-id/md-uuid-x",
					   "UUID=" RANDOM_UUID, "LABEL=bv-root",
					   "/dev/md/root",	"/dev/disk/by-uuid/" RANDOM_UUID };

/* A member of an array that does not run is no root, whatever is at its start. */
static void test_root_on_array(void **state)
{
	static const char *const kinds[] = { "0.90 1", "1.0 1", "1.0 5", "0.90 0", "1.2 1" };
	struct block_device d[2] = { { .name = "vda" }, { .name = "md7" } };
	struct block_devices b = { .items = d, .count = 1 };

	(void)state;
	strcpy(d[0].path, in_folder("m0"));
	strcpy(d[1].path, in_folder("fs"));
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 -b 4096 -L bv-root -O metadata_csum -U " RANDOM_UUID
	      " fs");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char command[256];

		snprintf(command, sizeof(command),
			 "\"$OLDPWD\"/tests/cli/md.py %s 65536 fs m0 m1 m2", kinds[i]);
		shell(command);
		for (size_t k = 0; k < ARRAY_SIZE(array_names); k++) {
			expect_words(array_names[k], RANDOM_UUID, &b, VERDICT_INCONCLUSIVE,
				     "BV-CHAIN-ARRAY", "mdadm --assemble --scan --readonly",
				     "edits root=");
			expect_words(array_names[k], RANDOM_UUID, &b, VERDICT_INCONCLUSIVE,
				     "BV-CHAIN-ARRAY",
				     strncmp(kinds[i], "0.90", 4) ? "/dev/md/root (RAID"
								  : "/dev/md7 (RAID",
				     "udev has not made");
		}
		/* As a path it is no half of a root, either. */
		snprintf(command, sizeof(command), "/dev/..%s", d[0].path);
		expect_words(command, RANDOM_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ARRAY",
			     "only the array tells of it", "e2fsck");
	}
	/* A file system of before is left at the start of a member. */
	shell("dd if=fs of=m0 bs=4096 count=1 conv=notrunc status=none");
	expect_words("UUID=" RANDOM_UUID, "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ARRAY",
		     "Mount no member alone", NULL);
	/* Its superblock is damaged, and is one all the same. */
	shell("printf x | dd of=m0 bs=1 seek=4200 conv=notrunc status=none");
	expect_words("/dev/md0", RANDOM_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ARRAY",
		     "one that its damaged superblock does not tell", "edits root=");
	/* It runs: what it holds is what counts, and that is judged as on any disk. */
	b.count = 2;
	strcpy(d[0].array, "md7");
	expect_words("UUID=" RANDOM_UUID, "", &b, VERDICT_INTACT, NULL, NULL, NULL);
	shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -U " RANDOM_UUID
	      " fs; printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none");
	expect_words("UUID=" RANDOM_UUID, "", &b, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		     NULL, NULL);
	/* An array that does not run excuses no damage of another disk. */
	strcpy(d[0].array, "");
	strcpy(d[1].name, "vdb");
	shell("rm -f m0; truncate -s 1M x; \"$OLDPWD\"/tests/cli/md.py 1.2 1 65536 x m0 m1; rm x m1");
	expect_words("UUID=" RANDOM_UUID, "", &b, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		     NULL, NULL);
	shell("rm -f m0 m2");
}

/* By whatever name: what is there is told in the same way. */
static void test_root_names(void **state)
{
	struct block_device d = { .name = "vda1", .part_uuid = "0a1b-01", .part_name = "part" };
	struct block_devices b = { .items = &d, .count = 1 };
	static const char *const names[] = { "/dev/disk/by-uuid/" FS_UUID, "LABEL=bv-no-link",
					     "/dev/disk/by-label/bv-no-link", "PARTUUID=0A1B-01",
					     "PARTLABEL=part" };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -b 4096 -L bv-no-link -U " FS_UUID
		      " fs");
		expect_words(names[i], "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
			     "udev has not made it", "root= is wrong");
		shell("printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none");
		expect_words(names[i], "", &b, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
			     "e2fsck -b 32768 -B 4096", NULL);
		shell("dd if=/dev/zero of=fs bs=4096 count=1 conv=notrunc status=none");
		expect_words(names[i], "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
			     i ? "the root perhaps, whose UUID no record tells"
			       : "the root by its UUID",
			     "STORAGE CORRUPTION");
	}
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 fs");
	expect_root("LABEL=", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	expect_root(names[0], &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	expect_root(names[1], &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
}

/* wipefs, zeros over the start, another format over it; and each with bytes that are truly lost. */
static void test_root_lost(void **state)
{
	static const struct {
		const char *how;
		enum verdict verdict;
		const char *id, *words;
	} rows[] = {
		{ "wipefs -q -a fs", VERDICT_INCONCLUSIVE, "BV-CHAIN-ERASED",
		  "(IMAGE) first: printf '\\123\\357' | dd of=IMAGE bs=1 seek=1080" },
		{ "wipefs -q -a fs; printf x | dd of=fs bs=1 seek=1100 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "e2fsck -b 32768 -B 4096" },
		{ "printf x | dd of=fs bs=1 seek=1100 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		/* Only what changes while it is used: mount count and times; the second sector as it was. */
		{ "printf '\\7\\7\\7\\7\\7\\7\\7\\7\\3' | dd of=fs bs=1 seek=1068 conv=notrunc "
		  "status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a write of it stopped half-way" },
		/* BusyBox: tune2fs -c 30 -i 180; -C 0 after 4 mounts, which is one bit, as a driver that clears
		 * EXT2_VALID_FS leaves one; tune2fs -m, -e, -T of others. */
		{ "printf '\\36\\0' | dd of=fs bs=1 seek=1078 conv=notrunc status=none; "
		  "printf '\\0\\116\\355' | dd of=fs bs=1 seek=1092 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a small tune2fs (BusyBox)" },
		{ "tune2fs -C 4 fs; printf '\\0' | dd of=fs bs=1 seek=1076 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a small tune2fs (BusyBox)" },
		{ "printf '\\0' | dd of=fs bs=1 seek=1082 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "Windows with Ext2Fsd" },
		{ "printf '\\7\\7' | dd of=fs bs=1 seek=1032 conv=notrunc status=none; "
		  "printf '\\3' | dd of=fs bs=1 seek=1084 conv=notrunc status=none; "
		  "printf '\\1\\1\\1\\1' | dd of=fs bs=1 seek=1088 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a small tune2fs (BusyBox)" },
		/* A bit that none of them writes. */
		{ "tune2fs -C 4 fs; printf '\\1' | dd of=fs bs=1 seek=1258 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		/* The same and a byte that never changes; one bit; zeros where its checksum was. */
		{ "printf '\\7\\7\\7\\7\\7\\7\\7\\7\\3' | dd of=fs bs=1 seek=1068 conv=notrunc "
		  "status=none; printf x | dd of=fs bs=1 seek=1086 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "printf '\\1' | dd of=fs bs=1 seek=1256 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "dd if=/dev/zero of=fs bs=512 seek=3 count=1 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "dd if=/dev/urandom of=fs bs=512 seek=3 count=1 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its magic is lost, and its checksum proves all else" },
		{ "printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none; printf anew | dd of=fs bs=1 "
		  "seek=1144 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its magic is lost, and all else that never changes is as a spare one says" },
		/* A label without a checksum, and then wipefs: no byte is proven lost; a UUID is. */
		{ "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none; wipefs -q -a fs",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
		  "its superblock's magic is zeros and its checksum is wrong" },
		{ "printf anew | dd of=fs bs=1 seek=1130 conv=notrunc status=none; wipefs -q -a fs",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its magic is lost, and most else is as a spare one says" },
		/* The kernel says in the first one alone that there are extended attributes; one bit of that;
		 * and a feature that both tell. */
		{ "printf '\\64' | dd of=fs bs=1 seek=1116 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a write of it stopped half-way" },
		{ "printf '\\64' | dd of=fs bs=1 seek=1116 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "printf '\\54' | dd of=fs bs=1 seek=1116 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		/* So it says its salt, how names are hashed, and where the journal was; what is beside that. */
		{ "printf 0123456789abcdef | dd of=fs bs=1 seek=1624 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a write of it stopped half-way" },
		{ "printf '\\2' | dd of=fs bs=1 seek=1376 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a write of it stopped half-way" },
		{ "printf x | dd of=fs bs=1 seek=1253 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "a write of it stopped half-way" },
		{ "printf 0123456789abcdefx | dd of=fs bs=1 seek=1624 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "printf '\\6' | dd of=fs bs=1 seek=1376 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "printf x | dd of=fs bs=1 seek=1261 conv=notrunc status=none; "
		  "printf anew | dd of=fs bs=1 seek=1144 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		{ "printf '\\1' | dd of=fs bs=1 seek=1624 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong" },
		/* A lost block; or one that was overwritten, by swap with a random key for one. */
		{ "dd if=/dev/zero of=fs bs=4096 count=1 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "the disk lost that block, or" },
		{ "dd if=/dev/urandom of=fs bs=4096 count=1 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "swap with a random key begins so" },
		{ "mkswap -q fs; wipefs -q -a fs", VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
		  "swap that was wiped again" },
		{ "dd if=/dev/zero of=fs bs=1M count=1 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "more than its superblock" },
		{ "truncate -s 1M sw; mkswap -q sw; dd if=sw of=fs bs=4096 count=1 conv=notrunc "
		  "status=none; rm sw",
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER", "What is on this device now is swap " },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		shell("rm -f fs; truncate -s 160M fs; mke2fs -q -t ext4 -O metadata_csum -b 4096 -U " FS_UUID
		      " fs");
		shell(rows[i].how);
		expect_words("UUID=" FS_UUID, "", &b, rows[i].verdict, rows[i].id, rows[i].words,
			     NULL);
		/* The disk of another file system: what root= names is not there. */
		expect_root("UUID=" LUKS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT");
	}
}

/* The spare one of the file system that was there before would make that of it again, and nothing of this. */
static void test_root_made_with_other_blocks(void **state)
{
	static const struct {
		const char *how, *root;
		enum verdict verdict;
		const char *id, *words, *never;
	} rows[] = {
		{ "true", "/dev/..%s", VERDICT_INTACT, NULL, NULL, NULL },
		{ "printf x | dd of=fs bs=1 seek=1130 conv=notrunc status=none", "LABEL=rootfs",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "when the storage is sound: e2fsck -b 8193 -B 1024", "32768" },
		{ "printf x | dd of=fs bs=1 seek=1130 conv=notrunc status=none", "/dev/..%s",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "when the storage is sound: e2fsck -b 8193 -B 1024", "32768" },
		{ "printf x | dd of=fs bs=1 seek=1130 conv=notrunc status=none", "UUID=" FS_UUID,
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "when the storage is sound: e2fsck -b 8193 -B 1024", "32768" },
		/* What root= names is the one before: that is not what is damaged. */
		{ "printf x | dd of=fs bs=1 seek=1130 conv=notrunc status=none", "UUID=" LUKS_UUID,
		  VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER", "whose checksum is wrong", "e2fsck" },
		/* Its own spare one is gone as well. */
		{ "printf x | dd of=fs bs=1 seek=1130 conv=notrunc status=none; "
		  "dd if=/dev/zero of=fs bs=1024 seek=8193 count=1 conv=notrunc status=none",
		  "LABEL=rootfs", VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its checksum is wrong", "e2fsck" },
		/* Nothing tells which of the two was there: on a copy, and whose it is. */
		{ "dd if=/dev/zero of=fs bs=1M count=1 conv=notrunc status=none; "
		  "dd if=/dev/zero of=fs bs=1024 seek=8193 count=1 conv=notrunc status=none",
		  "LABEL=rootfs", VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
		  "On a copy (IMAGE), if the file system that is wanted is the one with the UUID " LUKS_UUID
		  ": e2fsck -b 32768 -B 4096",
		  "when the storage is sound" },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char root[256];

		shell("rm -f fs; truncate -s 160M fs; mke2fs -q -F -t ext4 -b 4096 -L rootfs "
		      "-E nodiscard -U " LUKS_UUID " fs; mke2fs -q -F -t ext4 -b 1024 -L rootfs -O "
		      "metadata_csum -E nodiscard -U " FS_UUID " fs");
		shell(rows[i].how);
		snprintf(root, sizeof(root), strchr(rows[i].root, '%') ? "/dev/..%s" : "%s",
			 strchr(rows[i].root, '%') ? d.path : rows[i].root);
		expect_words(root, "", &b, rows[i].verdict, rows[i].id, rows[i].words,
			     rows[i].never);
	}
}

/* The magic alone, by the checksum, where no spare one tells; and with a byte more, which nothing proves. */
static void test_root_magic_lost(void **state)
{
	static const struct {
		const char *how;
		enum verdict verdict;
		const char *words, *never;
	} rows[] = {
		{ "truncate -s 20M fs; mke2fs -q -t ext4 -b 4096 -O metadata_csum -U " FS_UUID
		  " fs; printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "its magic is lost, and its checksum proves all else",
		  "e2fsck" },
		{ "truncate -s 20M fs; mke2fs -q -t ext4 -b 4096 -O metadata_csum -U " FS_UUID
		  " fs; printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none; printf x | dd of=fs "
		  "bs=1 seek=1090 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "no file system that is known here", "STORAGE" },
		{ "truncate -s 20M fs; mke2fs -q -t ext3 -b 4096 -U " FS_UUID
		  " fs; printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "no file system that is known here", "STORAGE" },
		{ "truncate -s 128M fs; mkfs.btrfs -q -U " FS_UUID
		  " fs; printf x | dd of=fs bs=1 seek=65601 conv=notrunc status=none",
		  VERDICT_STORAGE_CORRUPTION, "its magic is lost, and its checksum proves all else",
		  "start is gone" },
		{ "truncate -s 128M fs; mkfs.btrfs -q -U " FS_UUID
		  " fs; dd if=/dev/zero of=fs bs=4096 seek=16 count=1 conv=notrunc status=none",
		  VERDICT_INCONCLUSIVE, "and its superblock is gone: the disk lost it",
		  "random key" },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char root[256];

		shell("rm -f fs");
		shell(rows[i].how);
		snprintf(root, sizeof(root), "/dev/..%s", d.path);
		expect_words(root, "", &b, rows[i].verdict, "BV-CHAIN-SUPERBLOCK", rows[i].words,
			     rows[i].never);
	}
}

/* With blocks of the same size, and so small that the spare one of the file system before lies behind it. */
static void test_root_made_smaller(void **state)
{
	static const struct {
		const char *type, *how, *root;
		enum verdict verdict;
		const char *id, *words, *never;
	} rows[] = {
		{ "ext3", "true", "UUID=" FS_UUID, VERDICT_INTACT, NULL, NULL, NULL },
		{ "ext3", "true", "UUID=" LUKS_UUID, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
		  "What is on this device now is ext3 " FS_UUID, "e2fsck" },
		{ "ext4", "printf xx | dd of=fs bs=1 seek=1056 conv=notrunc status=none",
		  "/dev/..%s", VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its checksum is wrong", "e2fsck" },
		{ "ext4", "printf xx | dd of=fs bs=1 seek=1056 conv=notrunc status=none",
		  "UUID=" FS_UUID, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its checksum is wrong", "e2fsck" },
		/* What root= names is the one before: that is not what is damaged. */
		{ "ext4", "printf xx | dd of=fs bs=1 seek=1056 conv=notrunc status=none",
		  "UUID=" LUKS_UUID, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
		  "whose checksum is wrong", "e2fsck" },
		{ "ext3", "printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none",
		  "UUID=" LUKS_UUID, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
		  "the superblock of another ext file system, without its magic", "e2fsck" },
		{ "ext3", "printf x | dd of=fs bs=1 seek=1080 conv=notrunc status=none",
		  "/dev/..%s", VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", "may be lost",
		  "e2fsck" },
		/* Nothing tells which of the two was there: on a copy, and whose it is. */
		{ "ext3", "dd if=/dev/zero of=fs bs=4096 count=1 conv=notrunc status=none",
		  "/dev/..%s", VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
		  "On a copy (IMAGE), if the file system that is wanted is the one with the UUID " LUKS_UUID
		  ": e2fsck -b 32768 -B 4096 IMAGE",
		  "when the storage is sound" },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_path = strchr(rows[i].root, '%');
		char line[512];

		snprintf(
			line, sizeof(line),
			"rm -f fs; truncate -s 160M fs; mke2fs -q -F -t %s -b 4096 -E nodiscard -U " LUKS_UUID
			" fs; mke2fs -q -F -t %s -b 4096 -E nodiscard -U " FS_UUID " fs 25600; %s",
			rows[i].type, rows[i].type, rows[i].how);
		shell(line);
		snprintf(line, sizeof(line), "%s%s", is_path ? "/dev/.." : rows[i].root,
			 is_path ? d.path : "");
		expect_words(line, "", &b, rows[i].verdict, rows[i].id, rows[i].words,
			     rows[i].never);
	}
}

/* The write of a commit of btrfs, stopped behind a sector; and what no commit leaves. */
static void test_root_half_committed(void **state)
{
	static const struct {
		const char *how;
		enum verdict verdict;
		const char *id, *words, *never;
	} rows[] = {
		{ "True", VERDICT_INTACT, NULL, NULL, NULL },
		/* All of it; its first sector; all but that. */
		{ "n = new(); n[:4] = csum(n); sb[:] = n", VERDICT_INTACT, NULL, NULL, NULL },
		{ "n = new(); n[:4] = csum(n); sb[:512] = n[:512]", VERDICT_INCONCLUSIVE,
		  "BV-CHAIN-SUPERBLOCK", "A write of it stopped half-way", "BusyBox" },
		{ "n = new(); sb[512:] = n[512:]", VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK",
		  "A write of it stopped half-way", "BusyBox" },
		/* One that sets a feature, a label, another size, other chunks: its first sector, or six. */
		{ "n = more(); n[:4] = csum(n); sb[:] = n", VERDICT_INTACT, NULL, NULL, NULL },
		{ "n = more(); n[:4] = csum(n); sb[:512] = n[:512]", VERDICT_INCONCLUSIVE,
		  "BV-CHAIN-SUPERBLOCK", "A write of it stopped half-way", "BusyBox" },
		{ "n = more(); n[:4] = csum(n); sb[:3072] = n[:3072]", VERDICT_INCONCLUSIVE,
		  "BV-CHAIN-SUPERBLOCK", "A write of it stopped half-way", "BusyBox" },
		/* The same, and a byte that no commit changes: size of nodes, UUID of the device. */
		{ "n = more(); n[:4] = csum(n); n[0x95] ^= 3; sb[:512] = n[:512]",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong",
		  NULL },
		{ "n = more(); n[:4] = csum(n); n[0x10c] ^= 3; sb[:512] = n[:512]",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong",
		  NULL },
		/* Its end, which is written last; a sector of zeros; the same commit; noise; one bit. */
		{ "n = more(); n[:4] = csum(n); n[0xd00] ^= 3; sb[:] = n",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong",
		  NULL },
		{ "n = more(); sb[:512] = n[:512]; sb[512:1024] = bytes(512)",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong",
		  NULL },
		{ "n = more(); n[0x48:0x50] = sb[0x48:0x50]; sb[:512] = n[:512]",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong",
		  NULL },
		{ "sb[0x48:0x58] = b\"noise of 16 byte\"", VERDICT_STORAGE_CORRUPTION,
		  "BV-CHAIN-SUPERBLOCK", "its checksum is wrong", NULL },
		{ "n = more(); n[:4] = csum(n); sb[:] = n; sb[0x12b] ^= 1",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", "its checksum is wrong",
		  NULL },
		/* One bit of the generation; an older one; a size that no commit writes; a sector of zeros. */
		{ "sb[0x49] ^= 1", VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		  "its checksum is wrong", NULL },
		{ "sb[0x48:0x50] = bytes(8); sb[0x50] ^= 3", VERDICT_STORAGE_CORRUPTION,
		  "BV-CHAIN-SUPERBLOCK", "its checksum is wrong", NULL },
		{ "n = new(); sb[:512] = n[:512]; sb[0x70] ^= 3", VERDICT_STORAGE_CORRUPTION,
		  "BV-CHAIN-SUPERBLOCK", "its checksum is wrong", NULL },
		{ "sb[0xA00:0xE00] = bytes(0x400)", VERDICT_STORAGE_CORRUPTION,
		  "BV-CHAIN-SUPERBLOCK", "its checksum is wrong", NULL },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[256];

		shell("rm -f fs; truncate -s 128M fs; mkfs.btrfs -q -U " FS_UUID " fs");
		snprintf(line, sizeof(line), "\"$OLDPWD\"/tests/unit/commit.py fs '%s'",
			 rows[i].how);
		shell(line);
		expect_words("UUID=" FS_UUID, "", &b, rows[i].verdict, rows[i].id, rows[i].words,
			     rows[i].never);
	}
}

/* LVM without its metadata, or with a part of it: never a wrong root=. */
static void test_root_on_lvm(void **state)
{
	static const struct {
		unsigned int at;
		enum verdict verdict;
		const char *id, *words;
	} rows[] = {
		{ 16384, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", "lvm pvs" },
		{ 5200, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
		  "the checksum of its LVM metadata is wrong" },
		{ 4100, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
		  "the checksum of its LVM metadata area's header is wrong" },
		{ 560, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
		  "its LVM label is wrong by its checksum or its sector" },
	};
	static const char *const roots[] = { "/dev/mapper/no-such", "UUID=" FS_UUID };
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("pv"));
	for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(roots); i++) {
		const char *root = roots[i % ARRAY_SIZE(roots)];
		char line[128];

		snprintf(line, sizeof(line),
			 "printf 1 | dd of=pv bs=1 seek=%u conv=notrunc status=none",
			 rows[i / ARRAY_SIZE(roots)].at);
		put_volume();
		shell(line);
		expect_words(root, "", &b, rows[i / ARRAY_SIZE(roots)].verdict,
			     rows[i / ARRAY_SIZE(roots)].id, rows[i / ARRAY_SIZE(roots)].words,
			     NULL);
	}
	put_volume();
	shell("dd if=/dev/zero of=pv bs=4096 seek=1 count=200 conv=notrunc status=none");
	expect_words(roots[0], "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "zeros are where its LVM label says", NULL);
}

/* What was a physical volume once, or begins elsewhere than it did: no damage. */
static void test_former_volume(void **state)
{
	static const struct {
		const char *how, *words;
	} rows[] = {
		{ "dd if=/dev/urandom of=pv bs=4096 count=1 conv=notrunc status=none",
		  "other bytes are where its LVM label was" },
		{ "printf '\\374\\116\\053\\251\\001\\000\\000\\000' | dd of=pv bs=4096 seek=1 conv=notrunc "
		  "status=none",
		  "does not run" },
		{ "printf 'verity\\0\\0' | dd of=pv conv=notrunc status=none; yes | dd of=pv bs=4096 "
		  "seek=1 count=1 iflag=fullblock conv=notrunc status=none",
		  "another format is over that" },
		/* wipefs was there after mdadm or make-bcache; a table in sectors of 4096 bytes. */
		{ "printf '\\0\\0\\0\\0\\1' | dd of=pv bs=4096 seek=1 conv=sync,notrunc status=none; "
		  "printf '\\10' | dd of=pv bs=1 seek=4240 conv=notrunc status=none; "
		  "printf '\\005\\117\\053\\251' | dd of=pv bs=1 seek=4312 conv=notrunc "
		  "status=none",
		  "another format is over that" },
		{ "printf 'checksum\\10\\0\\0\\0\\0\\0\\0\\0\\1' | dd of=pv bs=4096 seek=1 "
		  "conv=sync,notrunc status=none",
		  "another format is over that" },
		{ "printf 'EFI PART' | dd of=pv bs=4096 seek=1 conv=sync,notrunc status=none",
		  "another format is over that" },
		{ "dd if=pv of=late bs=512 skip=1 status=none; mv late pv",
		  "its partition begins elsewhere than it did" },
	};
	struct block_device d = { .name = "vda1" };
	struct block_devices b = { .items = &d, .count = 1 };

	(void)state;
	strcpy(d.path, in_folder("pv"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_volume();
		shell(rows[i].how);
		expect_words("/dev/mapper/no-such", "", &b, VERDICT_INCONCLUSIVE,
			     i == 1 ? "BV-CHAIN-ARRAY" : "BV-CHAIN-ROOT", rows[i].words,
			     "This is an LVM physical volume, and");
	}
	put_volume();
	shell("yes | dd of=pv bs=4096 seek=1 count=1 iflag=fullblock conv=notrunc status=none");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
		     "metadata area's header is wrong", NULL);
	/* As bcache without its magic, but in another sector than it says. */
	put_volume();
	shell("printf 'checksum\\7\\0\\0\\0\\0\\0\\0\\0\\1' | dd of=pv bs=4096 seek=1 "
	      "conv=sync,notrunc status=none");
	expect_words("/dev/mapper/no-such", "", &b, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM",
		     "metadata area's header is wrong", NULL);
}

/* What explains that a device is not there. */
static void test_root_disk_told(void **state)
{
	struct block_device d[2] = { { .name = "vda", .divided = true }, { .name = "vda1" } };
	struct block_device empty[] = { { .name = "sdb", .path = "/dev/sdb" },
					{ .name = "sdc", .path = "/dev/sdc", .removable = true },
					{ .name = "md0", .path = "/dev/md0" } };
	struct block_devices b = { .items = d, .count = 2, .empty = empty, .empty_count = 3 };
	static const char lost[] =
		"its extended partition, from sector 4096 on, begins without a table";

	(void)state;
	shell("rm -f disk fs; truncate -s 20M disk fs; mke2fs -q -t ext4 fs; "
	      "printf 'label: dos\nstart=2048,size=2048\nstart=4096,size=8192,type=5\n"
	      "start=6144,size=4096\n' | sfdisk -q disk");
	strcpy(d[0].path, in_folder("disk"));
	strcpy(d[1].path, in_folder("fs"));
	expect_words("UUID=" FS_UUID, "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "/dev/sdb: has 0 bytes: a dead disk shows itself so", lost);
	expect_words("/dev/vda5", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "/dev/sdc: has 0 bytes: no medium", lost);
	expect_words("/dev/md0p1", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "/dev/md0: has 0 bytes: an array", lost);
	shell("dd if=/dev/zero of=disk bs=512 seek=4096 count=1 conv=notrunc status=none");
	expect_words("/dev/vda5", "", &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", lost, NULL);
}

/* It is there, and what it holds is looked at; a file in /dev stands for a device. */
static void test_root_content(void **state)
{
	static const struct {
		const char *maker;
		enum verdict verdict;
		const char *id;
	} rows[] = {
		{ "mke2fs -q -t ext4", VERDICT_INTACT, NULL },
		{ "mkswap -q", VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT" },
		{ "printf 'LUKS\\272\\276' | tee", VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT" },
		{ "truncate -s 2M", VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK" },
		{ "f() { mke2fs -q -t ext4 $1; printf x | dd of=$1 bs=1 seek=1100 conv=notrunc "
		  "status=none; }; f",
		  VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK" },
	};
	struct block_devices none = { .items = NULL };
	char root[] = "/dev/shm/root.XXXXXX";
	int fd = mkstemp(root);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char command[512];

		snprintf(command, sizeof(command),
			 "truncate -s 0 %s; truncate -s 2M %s; %s %s; truncate -s 2M %s", root,
			 root, rows[i].maker, root, root);
		shell(command);
		expect_root(root, &none, rows[i].verdict, rows[i].id);
	}
	close(fd);
	unlink(root);
}

/* root= is a path, and what it leads to is not the root that was sealed, or not all of it. */
static void test_root_is_another(void **state)
{
	static const struct {
		const char *how, *id, *words, *never;
		enum verdict verdict;
	} rows[] = {
		{ "mke2fs -q -F -t ext4 -U " LUKS_UUID " %s", "BV-CHAIN-OTHER",
		  "what is on it is ext4 " LUKS_UUID ": not the root that was sealed", "e2fsck",
		  VERDICT_INCONCLUSIVE },
		{ "mkswap -q %s", "BV-CHAIN-ROOT", "has the UUID of the root that was sealed", NULL,
		  VERDICT_INCONCLUSIVE },
		/* Swap with a random key over another file system's start. */
		{ "mke2fs -q -F -t ext4 -b 4096 -U " LUKS_UUID
		  " %s; dd if=/dev/urandom of=%s bs=4096 count=1 conv=notrunc status=none",
		  "BV-CHAIN-OTHER", "is what is left of ext4 " LUKS_UUID, "e2fsck",
		  VERDICT_INCONCLUSIVE },
		{ "mke2fs -q -F -t ext4 -b 4096 -U " LUKS_UUID " %s; wipefs -q -a %s",
		  "BV-CHAIN-OTHER", "is what is left of ext4 " LUKS_UUID,
		  "seek=", VERDICT_INCONCLUSIVE },
		/* Damage is damage; but whose it is nothing tells. */
		{ "mke2fs -q -F -t ext4 -O metadata_csum -b 4096 -U " LUKS_UUID
		  " %s; printf x | dd of=%s bs=1 seek=1100 conv=notrunc status=none",
		  "BV-CHAIN-SUPERBLOCK", "A file system is on this device, which root= names",
		  "The root file system is on", VERDICT_STORAGE_CORRUPTION },
		{ "mke2fs -q -F -t ext4 -O metadata_csum -b 4096 -U " RANDOM_UUID
		  " %s; printf x | dd of=%s bs=1 seek=1100 conv=notrunc status=none",
		  "BV-CHAIN-SUPERBLOCK", "The root file system is on this device", NULL,
		  VERDICT_STORAGE_CORRUPTION },
		{ "mke2fs -q -F -t ext4 -b 4096 -U " RANDOM_UUID " %s; mkswap -q %s",
		  "BV-CHAIN-OTHER", "left, the root by its UUID", "e2fsck", VERDICT_INCONCLUSIVE },
		{ "mke2fs -q -F -t ext4 -O metadata_csum -U " RANDOM_UUID
		  " %s; truncate -s 100M %s",
		  "BV-CHAIN-SMALL", "Its ext4 is bigger than the device", "e2fsck -",
		  VERDICT_INCONCLUSIVE },
		{ "mke2fs -q -F -t ext3 -U " RANDOM_UUID " %s; truncate -s 100M %s",
		  "BV-CHAIN-SMALL", "it takes, bytes: 335544320", NULL, VERDICT_INCONCLUSIVE },
		{ "mkfs.xfs -q -f -m uuid=" RANDOM_UUID " %s; truncate -s 310M %s",
		  "BV-CHAIN-SMALL", "it takes, bytes: 335544320", NULL, VERDICT_INCONCLUSIVE },
		{ "mkfs.btrfs -q -f -U " RANDOM_UUID " %s; truncate -s 310M %s", "BV-CHAIN-SMALL",
		  "it takes, bytes: 335544320", NULL, VERDICT_INCONCLUSIVE },
		{ "mke2fs -q -F -t ext4 -O metadata_csum -U " RANDOM_UUID " %s", NULL, NULL, NULL,
		  VERDICT_INTACT },
		{ "mkfs.btrfs -q -f -U " RANDOM_UUID " %s", NULL, NULL, NULL, VERDICT_INTACT },
		{ "mkfs.xfs -q -f -m uuid=" RANDOM_UUID " %s", NULL, NULL, NULL, VERDICT_INTACT },
	};
	struct block_device d = { .name = "sdb1" };
	struct block_devices b = { .items = &d, .count = 1 };
	char root[] = "/dev/shm/root.XXXXXX";
	int fd = mkstemp(root);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	shell("rm -f fs; truncate -s 20M fs; mke2fs -q -t ext4 -O metadata_csum -U " RANDOM_UUID
	      " fs");
	strcpy(d.path, in_folder("fs"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char command[512], line[640];

		snprintf(line, sizeof(line), "truncate -s 0 %s; truncate -s 320M %s", root, root);
		shell(line);
		snprintf(command, sizeof(command), rows[i].how, root, root);
		shell(command);
		expect_words(root, RANDOM_UUID, &b, rows[i].verdict, rows[i].id, rows[i].words,
			     rows[i].never);
	}
	unlink(root);
}

/* Superblocks of btrfs, made by hand: of which file system, the number of the device, how many there are. */
static void put_btrfs(const char *name, unsigned int device, unsigned int devices)
{
	char line[256];

	snprintf(line, sizeof(line),
		 "rm -f %s; truncate -s 128M %s; mkfs.btrfs -q -U " FS_UUID " --csum sha256 %s",
		 name, name, name);
	shell(line);
	snprintf(line, sizeof(line),
		 "for at in 65536 67108864; do printf '\\%o' | dd of=%s bs=1 seek=$((at + 136)) "
		 "conv=notrunc status=none; printf '\\%o' | dd of=%s bs=1 seek=$((at + 201)) "
		 "conv=notrunc status=none; done",
		 devices, name, device, name);
	shell(line);
}

static void test_btrfs_of_several(void **state)
{
	struct block_device d[2] = { { .name = "sda" }, { .name = "sdb" } };
	struct block_devices b = { .items = d, .count = 2 };

	(void)state;
	strcpy(d[0].path, in_folder("fs"));
	strcpy(d[1].path, in_folder("second"));
	put_btrfs("fs", 1, 2);
	put_btrfs("second", 2, 2);
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INTACT, NULL, NULL, NULL);
	/* A copy of the first is no second. */
	put_btrfs("second", 1, 2);
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "a btrfs file system of 2, and of those only 1 can be seen here", NULL);
	b.count = 1;
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "mount -o ro,degraded", NULL);
	/* The second is there, and its superblock lost bytes; a damaged copy of the first is no second. */
	b.count = 2;
	shell("rm -f second; truncate -s 128M second; mkfs.btrfs -q -U " FS_UUID " second");
	for (int copy = 0; copy <= 1; copy++) {
		shell("for at in 65536 67108864; do printf '\\2' | dd of=second bs=1 seek=$((at + 136)) "
		      "conv=notrunc status=none; done");
		if (!copy)
			shell("printf '\\2' | dd of=second bs=1 seek=65737 conv=notrunc status=none; "
			      "dd if=/dev/zero of=second bs=4096 seek=16384 count=1 conv=notrunc "
			      "status=none");
		else
			shell("printf '\\1' | dd of=second bs=1 seek=65737 conv=notrunc status=none");
		expect_words("UUID=" FS_UUID, FS_UUID, &b,
			     copy ? VERDICT_INCONCLUSIVE : VERDICT_STORAGE_CORRUPTION,
			     copy ? "BV-CHAIN-ROOT" : "BV-CHAIN-SUPERBLOCK",
			     copy ? "only 1 can be seen here" : "but its superblock is damaged",
			     copy ? "STORAGE CORRUPTION" : "degraded");
	}
	/* A seed has a UUID of its own: it may be what the first one counts. */
	shell("rm -f second; truncate -s 128M second; mkfs.btrfs -q -U " LUKS_UUID
	      " second; btrfstune -S 1 second");
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "a seed, or another one is not there", "degraded");
	b.count = 1;
	/* Its spare superblock is left of it: what is named is for btrfs. */
	shell("rm -f fs; truncate -s 300M fs; mkfs.btrfs -q -f -U " FS_UUID
	      " fs; mke2fs -q -F -t ext4 -E nodiscard fs");
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER",
		     "btrfs inspect-internal dump-super -s 1 IMAGE", "dumpe2fs");
	/* wipefs leaves the second copy; what was taken out has neither: it is not to be put back. */
	shell("rm -f fs; truncate -s 300M fs; mkfs.btrfs -q -f -U " FS_UUID
	      " fs; dd if=/dev/zero of=fs bs=1 seek=65600 count=8 conv=notrunc status=none");
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ERASED",
		     "seek=65600", "device remove");
	shell("dd if=/dev/zero of=fs bs=1 seek=67108928 count=8 conv=notrunc status=none");
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ERASED",
		     "one of those is what is missing", "seek=65600");
	/* A byte more is damage of nobody's making: it is not told as erased. */
	shell("printf x | dd of=fs bs=1 seek=65590 conv=notrunc status=none");
	expect_words("UUID=" FS_UUID, FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", NULL,
		     "device remove");
}

/* Two devices of one name: no more is said than that, where no link of udev's tells one of them. */
static void test_twins(void **state)
{
	static const char *const roots[] = { "UUID=" FS_UUID, "LABEL=bv-no-link",
					     "PARTUUID=0a1b-01" };
	struct block_device d[2] = { { .name = "vda1", .part_uuid = "0a1b-01" },
				     { .name = "vdb1", .part_uuid = "0a1b-01" } };
	struct block_devices b = { .items = d, .count = 2 };

	(void)state;
	strcpy(d[0].path, in_folder("fs"));
	strcpy(d[1].path, in_folder("second"));
	shell("rm -f fs second; truncate -s 20M fs; mke2fs -q -t ext4 -O metadata_csum -L bv-no-link -U " FS_UUID
	      " fs; cp fs second");
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		expect_words(roots[i], FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
			     "No link of udev's is there", "STORAGE CORRUPTION");
	/* A damaged one has no name by its content, and the other one is the root. */
	shell("printf x | dd of=second bs=1 seek=1100 conv=notrunc status=none");
	expect_words(roots[0], FS_UUID, &b, VERDICT_INTACT, NULL, NULL, NULL);
	expect_words(roots[2], FS_UUID, &b, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT",
		     "No link of udev's is there", "STORAGE CORRUPTION");
	b.count = 1;
	strcpy(d[0].path, in_folder("second"));
	expect_words(roots[2], FS_UUID, &b, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK",
		     "its checksum is wrong", NULL);
	shell("rm -f second");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_parameter),
		cmocka_unit_test(test_block_devices),
		cmocka_unit_test(test_whole_chain),
		cmocka_unit_test(test_hibernated),
		cmocka_unit_test(test_superblock_gone),
		cmocka_unit_test(test_uuid_lost),
		cmocka_unit_test(test_uuid_lost_without_checksum),
		cmocka_unit_test(test_made_anew),
		cmocka_unit_test(test_not_opened),
		cmocka_unit_test(test_array_not_there),
		cmocka_unit_test(test_no_driver),
		cmocka_unit_test(test_suspects),
		cmocka_unit_test(test_root_is_luks),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_absent_without_record),
		cmocka_unit_test(test_not_typed),
		cmocka_unit_test(test_crypttab_entry),
		cmocka_unit_test(test_crypttab_source),
		cmocka_unit_test(test_source_missing),
		cmocka_unit_test(test_builder_of_chain),
		cmocka_unit_test(test_option_of_builder),
		cmocka_unit_test(test_builder_of_root),
		cmocka_unit_test(test_lvm),
		cmocka_unit_test(test_root_device),
		cmocka_unit_test(test_root_is_wrong),
		cmocka_unit_test(test_root_on_array),
		cmocka_unit_test(test_root_names),
		cmocka_unit_test(test_root_lost),
		cmocka_unit_test(test_root_half_committed),
		cmocka_unit_test(test_root_made_with_other_blocks),
		cmocka_unit_test(test_root_made_smaller),
		cmocka_unit_test(test_root_magic_lost),
		cmocka_unit_test(test_root_on_lvm),
		cmocka_unit_test(test_former_volume),
		cmocka_unit_test(test_root_disk_told),
		cmocka_unit_test(test_root_content),
		cmocka_unit_test(test_root_is_another),
		cmocka_unit_test(test_btrfs_of_several),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_may_be_plain),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	shell("rm -rf sys fs pv disk key");
	rmdir(folder);
	return failed;
}
