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

#include "boot/unlock_list.h"
#include "bytes.h"
#include "luks/devices.h"
#include "luks/report.h"

/* What crypttab names and no record is of; its header is a file, which needs no device. */
static char path[] = "/tmp/luks-devices.XXXXXX", crypttab[256];
static struct bytes image;
static struct manifest none;

static void put(const struct bytes *b)
{
	FILE *out = fopen(path, "we");

	assert_non_null(out);
	assert_int_equal(fwrite(b->p, 1, b->len, out), b->len);
	assert_int_equal(fclose(out), 0);
}

static struct bytes damaged(size_t at, size_t len, unsigned char with)
{
	struct bytes copy = { 0 };

	bytes_add(&copy, image.p, image.len);
	for (size_t i = at; i < at + len; i++)
		copy.p[i] = with ? copy.p[i] ^ with : 0;
	return copy;
}

static struct luks_devices look(struct bytes b)
{
	struct luks_devices l;

	put(&b);
	bytes_free(&b);
	luks_devices_find(&l, &none, crypttab, NULL, 0);
	assert_int_equal(l.count, 1);
	assert_non_null(l.items[0].own);
	return l;
}

static void expect(struct bytes b, enum luks_state state, enum verdict verdict)
{
	struct luks_devices l = look(b);

	assert_int_equal(luks_device_state(&l.items[0]), state);
	assert_int_equal(luks_device_seen(&l.items[0]), state != LUKS_NOT_SEEN);
	if (luks_device_seen(&l.items[0]))
		assert_int_equal(judge_luks(&l.items[0].view).verdict, verdict);
	luks_devices_clear(&l);
}

static void test_by_what_it_proves_itself(void **state)
{
	struct bytes both;

	(void)state;
	expect(damaged(0, 0, 1), LUKS_SOUND, VERDICT_STALE);
	expect(damaged(5000, 1, 1), LUKS_RECOVERABLE, VERDICT_STORAGE_CORRUPTION);
	both = damaged(5000, 1, 1);
	both.p[16384 + 5000] ^= 1;
	expect(both, LUKS_LOST, VERDICT_STORAGE_CORRUPTION);
	/* Key material that is no ciphertext: the only keyslot is lost, and the prompt would be in vain. */
	expect(damaged(32768 + 8192, 4096, 0), LUKS_LOST, VERDICT_STORAGE_CORRUPTION);
	/* One flipped bit there cannot be seen without a record. */
	expect(damaged(32768 + 8192, 1, 1), LUKS_SOUND, VERDICT_STALE);
	/* Nothing is there: which device it was, nothing tells. */
	expect(damaged(0, 32768, 0), LUKS_NOT_SEEN, VERDICT_INCONCLUSIVE);
}

static void test_names(void **state)
{
	struct luks_devices l = look(damaged(0, 0, 1));

	(void)state;
	assert_string_equal(sealed_luks_mapping(l.items[0].sealed), "root_crypt");
	assert_string_equal(l.items[0].view.mapping, "root_crypt");
	/* By a path crypttab does not tell the UUID; the header does. */
	assert_memory_equal(l.items[0].sealed->uuid, image.p + 168, 36);
	luks_devices_clear(&l);
	luks_devices_find(&l, &none,
			  "a UUID=11111111-2222-4333-8444-555555555501 none luks\n"
			  "b /dev/vdb none discard\nc /dev/vdc none plain\n",
			  NULL, 0);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.items[0].sealed->uuid, "11111111-2222-4333-8444-555555555501");
	assert_false(l.items[0].may_be_plain);
	assert_true(l.items[1].may_be_plain);
	assert_int_equal(luks_device_state(&l.items[1]), LUKS_NOT_SEEN);
	luks_devices_clear(&l);
}

/* A device with a record is not there twice, whichever name crypttab has for it. */
static void test_recorded(void **state)
{
	static char uuid[] = "11111111-2222-4333-8444-555555555501", source[] = "/dev/vda3";
	static char name[] = "root_crypt", nothing[] = "";
	struct sealed_layer layer = { "crypt", name, nothing };
	struct sealed_luks sealed = {
		.uuid = uuid, .device = source, .place = nothing, .layers = &layer, .layer_count = 1
	};
	struct manifest m = { .luks = &sealed, .luks_count = 1 };
	struct luks_devices l;

	(void)state;
	luks_devices_find(&l, &m,
			  "root_crypt PARTUUID=1 none luks\nx /dev/vda3 none luks\n"
			  "y UUID=11111111-2222-4333-8444-555555555501 none luks\n",
			  NULL, 0);
	assert_int_equal(l.count, 1);
	assert_null(l.items[0].own);
	luks_devices_clear(&l);
}

/* ---- what root= names ---- */

static void expect_root(struct bytes b, enum luks_state state)
{
	struct luks_devices l;

	put(&b);
	bytes_free(&b);
	luks_devices_find(&l, &none, NULL, path, 0);
	assert_int_equal(l.count, state != LUKS_NOT_SEEN);
	if (l.count) {
		assert_int_equal(luks_device_state(&l.items[0]), state);
		assert_string_equal(l.items[0].path, path);
		assert_string_equal(l.items[0].sealed->device, path);
		assert_string_equal(sealed_luks_mapping(l.items[0].sealed), "");
		assert_int_equal(luks_device_has_words(&l.items[0]), state != LUKS_SOUND);
	}
	luks_devices_clear(&l);
}

static void test_root(void **state)
{
	struct bytes both = damaged(5000, 1, 1);

	(void)state;
	expect_root(damaged(0, 0, 1), LUKS_SOUND);
	expect_root(damaged(5000, 1, 1), LUKS_RECOVERABLE);
	both.p[16384 + 5000] ^= 1;
	expect_root(both, LUKS_LOST);
	expect_root(damaged(32768 + 8192, 4096, 0), LUKS_LOST);
	/* The first copy is gone, and the second one proves what was there. */
	expect_root(damaged(0, 16384, 0), LUKS_RECOVERABLE);
	expect_root(damaged(0, 32768, 0), LUKS_NOT_SEEN);
}

/* A file system on what was LUKS before, of which the second header and a keyslot are left. */
static void test_root_is_file_system(void **state)
{
	static const char *const makers[] = { "mke2fs -q -t ext4", "mkswap -q" };

	(void)state;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		struct bytes b = damaged(0, 0, 1), start;
		char command[160];

		snprintf(command, sizeof(command),
			 "f=$(mktemp); truncate -s 16M $f; PATH=$PATH:/usr/sbin:/sbin %s $f >&2 && "
			 "head -c 8192 $f; rm $f",
			 makers[i]);
		start = bytes_through(command, NULL, 0);
		assert_int_equal(start.len, 8192);
		memcpy(b.p, start.p, start.len);
		bytes_free(&start);
		assert_memory_equal(b.p + 16384, "SKUL", 4);
		expect_root(b, LUKS_NOT_SEEN);
	}
	/* Of a format that is not known here: no reason to accuse anything. */
	expect_root(damaged(0, 4096, 0x55), LUKS_NOT_SEEN);
}

/* Beside one of crypttab's; and what is not there, or no device's name. */
static void test_root_and_crypttab(void **state)
{
	static const char *const others[] = { "/dev/no-such", "UUID=1-2", "ZFS=pool/root", "" };
	struct luks_devices l;

	(void)state;
	put(&image);
	luks_devices_find(&l, &none, crypttab, path, 0);
	assert_int_equal(l.count, 2);
	for (size_t i = 0; i < l.count; i++) {
		assert_true(luks_device_seen(&l.items[i]));
		assert_ptr_equal(l.items[i].view.device, l.items[i].path);
	}
	luks_devices_clear(&l);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		luks_devices_find(&l, &none, NULL, others[i], 0);
		assert_int_equal(l.count, 0);
		luks_devices_clear(&l);
	}
}

/* ---- what the kernel command line says to unlock ---- */

static void test_cryptopts(void **state)
{
	static const char *const rows[][2] = {
		{ "quiet cryptopts=target=a,source=/dev/vda3,luks,discard ro",
		  "a /dev/vda3 none luks,discard\n" },
		{ "cryptopts=source=UUID=1,key=/k", "cryptroot UUID=1 none \n" },
		{ "cryptopts=target=a,source=b cryptopts=target=c,source=d,luks\n",
		  "a b none \nc d none luks\n" },
		/* So the list is emptied for one boot. */
		{ "cryptopts= ro", "" },
		{ "cryptopts=target=a,,", "" },
		{ "xcryptopts=source=b cryptopts", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = unlock_list_read(rows[i][0]);

		if (rows[i][1])
			assert_string_equal(text, rows[i][1]);
		else
			assert_null(text);
		free(text);
	}
	assert_null(unlock_list_read(NULL));
}

/* A device that was sealed by its name, and that this boot is not told to unlock. */
static void test_needed(void **state)
{
	static const char id[] = "11111111-2222-4333-8444-555555555501";
	static char uuid[] = "11111111-2222-4333-8444-555555555501", source[] = "/dev/vdb";
	static char name[] = "root_crypt", nothing[] = "";
	static const struct {
		const char *crypttab, *line;
		bool needed;
	} rows[] = {
		{ "", NULL, false },
		{ "", "root=/dev/vda1 ro", false },
		{ "other UUID=11111111-2222-4333-8444-555555555502 none luks\n", "ro", false },
		{ "data UUID=11111111-2222-4333-8444-555555555501 none luks\n", "ro", true },
		{ "data /dev/vdb none luks\n", "ro", true },
		{ "", "rd.luks.uuid=luks-11111111-2222-4333-8444-555555555501", true },
		{ "", "root=UUID=11111111-2222-4333-8444-555555555501", true },
	};
	struct sealed_layer layer = { "crypt", name, nothing };
	struct sealed_luks s = { .uuid = uuid, .device = source, .place = nothing, .version = 2 };
	struct luks_device d = { .sealed = &s, .match = RECORD_UUID };
	struct crypttab t;

	(void)state;
	assert_string_equal(uuid, id);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		crypttab_parse(&t, rows[i].crypttab);
		assert_int_equal(luks_device_is_needed(&d, &t, rows[i].line), rows[i].needed);
		crypttab_clear(&t);
	}
	crypttab_parse(&t, "");
	/* The record says that the boot unlocks it, whatever crypttab has lost. */
	s.layers = &layer;
	s.layer_count = 1;
	assert_true(luks_device_is_needed(&d, &t, "root=/dev/vda1 ro"));
	s.layer_count = 0;
	d.own = &s;
	assert_true(luks_device_is_needed(&d, &t, NULL));
	crypttab_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_what_it_proves_itself),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_root_is_file_system),
		cmocka_unit_test(test_root_and_crypttab),
		cmocka_unit_test(test_cryptopts),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	snprintf(crypttab, sizeof(crypttab), "root_crypt /dev/no-such none luks,header=%s\n", path);
	image = bytes_through("d=$(mktemp -d); f=$d/f; truncate -s 16M $f; printf p >$d/p; "
			      "PATH=$PATH:/usr/sbin:/sbin cryptsetup -q luksFormat --type luks2 "
			      "--pbkdf pbkdf2 --pbkdf-force-iterations 1000 --luks2-keyslots-size "
			      "1m --offset 4096 $f $d/p >&2 && cat $f; rm -r $d",
			      NULL, 0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	bytes_free(&image);
	return failed;
}
