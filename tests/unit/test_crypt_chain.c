// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "system/unlocked.h"

static char folder[64];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* A block device as sysfs shows it: "MAJOR:MINOR", and what it lies on. */
static void put_device(const char *number, const char *name, const char *dm_name,
		       const char *dm_uuid, const char *below)
{
	char path[256], text[256];

	snprintf(path, sizeof(path), "sys/%s/uevent", number);
	snprintf(text, sizeof(text), "MAJOR=1\nDEVNAME=%s\n", name);
	put(path, text);
	if (dm_name) {
		snprintf(path, sizeof(path), "sys/%s/dm/name", number);
		snprintf(text, sizeof(text), "%s\n", dm_name);
		put(path, text);
		snprintf(path, sizeof(path), "sys/%s/dm/uuid", number);
		snprintf(text, sizeof(text), "%s\n", dm_uuid);
		put(path, text);
	}
	if (below) {
		snprintf(path, sizeof(path), "sys/%s/slaves/%s/dev", number, below);
		snprintf(text, sizeof(text), "%s\n", below);
		put(path, text);
	}
}

static struct crypt_places places(bool kernel)
{
	static char sys[128], mountinfo[128], resume[128], partitions[128];

	snprintf(sys, sizeof(sys), "%s/sys", folder);
	snprintf(mountinfo, sizeof(mountinfo), "%s/mountinfo", folder);
	snprintf(resume, sizeof(resume), "%s/resume", folder);
	snprintf(partitions, sizeof(partitions), "%s/by-partuuid", folder);
	return (struct crypt_places){ .root = folder,
				      .sys_block = kernel ? sys : NULL,
				      .mountinfo = mountinfo,
				      .resume = resume,
				      .partitions = partitions };
}

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/bv-chain-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	put("resume", "0:0\n");
	put("mountinfo", "");
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void test_crypttab(void **state)
{
	static const char text[] = "# comment\n"
				   "\n"
				   "a UUID=\"12\" none luks,discard\n"
				   "  b\\040c\t/dev/sda3  /key  luks,initramfs,header=/boot/h\n"
				   "swap /dev/sda4 /dev/urandom swap,cipher=x\n"
				   "plain /dev/sda5 none plain\n"
				   "bit /dev/sda6 none bitlk\n"
				   "only-a-name\n"
				   "n PARTUUID=5-6 none noauto";
	const struct crypttab_entry *e;
	struct crypttab t;
	char *path;

	(void)state;
	crypttab_parse(&t, text);
	assert_int_equal(t.count, 3);
	e = crypttab_find(&t, "b c");
	assert_non_null(e);
	assert_string_equal(e->source, "/dev/sda3");
	assert_string_equal(e->header, "/boot/h");
	assert_string_equal(e->key, "the key file /key");
	assert_null(t.entries[0].key);
	assert_true(e->initramfs && !e->noauto);
	assert_true(t.entries[2].noauto && !t.entries[2].initramfs);
	assert_null(t.entries[0].header);
	assert_null(crypttab_find(&t, "swap"));
	path = crypttab_path("", t.entries[0].source);
	assert_string_equal(path, "/dev/disk/by-uuid/12");
	free(path);
	path = crypttab_path("/nowhere", t.entries[2].source);
	assert_string_equal(path, "/dev/disk/by-partuuid/5-6");
	free(path);
	path = crypttab_path("/nowhere", "/dev/sda3");
	assert_string_equal(path, "/dev/sda3");
	free(path);
	crypttab_clear(&t);
	crypttab_parse(&t, "");
	assert_int_equal(t.count, 0);
	crypttab_clear(&t);
}

/* root on vg-one/root, on LUKS, on vda3; swap on the same; another LUKS that nothing needs. */
static void test_lvm(void **state)
{
	const struct crypt_places p = places(true);
	struct crypt_devices d;

	(void)state;
	put_device("254:3", "vda3", NULL, NULL, NULL);
	put_device("253:0", "dm-0", "vda3_crypt", "CRYPT-LUKS2-0c9a-vda3_crypt", "254:3");
	put_device("253:1", "dm-1", "vg--one-root", "LVM-abc", "253:0");
	put_device("253:2", "dm-2", "vg--one-swap", "LVM-def", "253:0");
	put_device("253:3", "dm-3", "data_crypt", "CRYPT-LUKS2-77-data_crypt", "254:3");
	put("mountinfo", "21 1 0:5 / /proc rw - proc proc rw\n"
			 "22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/x rw\n"
			 "23 1 253:3 / /data rw - ext4 /dev/mapper/data_crypt rw\n");
	put("resume", "253:2\n");
	put("etc/crypttab", "vda3_crypt UUID=0c9a none luks,discard\n"
			    "data_crypt UUID=77 /key luks\n"
			    "extra /dev/sdx none luks,initramfs\n");
	crypt_devices_find(&d, &p);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.items[0].source, "UUID=0c9a");
	assert_string_equal(d.items[0].name, "vda3_crypt");
	assert_string_equal(d.items[0].place, "/dev/vda3");
	assert_string_equal(d.items[0].top, "/dev/mapper/vg--one-root");
	assert_int_equal(d.items[0].layer_count, 1);
	assert_string_equal(d.items[0].layers[0].kind, "lvm");
	assert_string_equal(d.items[0].layers[0].name, "vg-one/root");
	assert_string_equal(d.items[0].layers[0].uuid, "LVM-abc");
	assert_string_equal(d.items[1].name, "extra");
	assert_null(d.items[1].top);
	crypt_devices_clear(&d);
}

/* The mapping is the root's own device; /usr is on a mapping that crypttab does not have. */
static void test_direct(void **state)
{
	const struct crypt_places p = places(true);
	struct crypt_devices d;

	(void)state;
	put_device("8:2", "sda2", NULL, NULL, NULL);
	put_device("8:3", "sda3", NULL, NULL, NULL);
	put_device("253:0", "dm-0", "root_crypt", "CRYPT-LUKS1-1-root_crypt", "8:2");
	put_device("253:1", "dm-1", "usr_crypt", "CRYPT-LUKS2-2-usr_crypt", "8:3");
	put("mountinfo", "22 1 8:9 / / rw - ext4 /dev/sda9 rw\n"
			 "23 1 253:0 / / rw - ext4 /dev/mapper/root_crypt rw\n"
			 "24 1 253:1 / /usr rw - xfs /dev/mapper/usr_crypt rw\n");
	put("etc/crypttab", "root_crypt /dev/sda2 none luks\n");
	crypt_devices_find(&d, &p);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.items[0].source, "/dev/sda2");
	assert_string_equal(d.items[0].top, "/dev/mapper/root_crypt");
	assert_string_equal(d.root, "/dev/mapper/root_crypt");
	assert_int_equal(d.items[0].layer_count, 0);
	assert_string_equal(d.items[1].source, "/dev/sda3");
	assert_string_equal(d.items[1].name, "usr_crypt");
	crypt_devices_clear(&d);
}

/* Through what this program does not know, it finds the device and tells nothing of the layers. */
static void test_unknown_layer(void **state)
{
	const struct crypt_places p = places(true);
	struct crypt_devices d;

	(void)state;
	put_device("8:2", "sda2", NULL, NULL, NULL);
	put_device("253:0", "dm-0", "c", "CRYPT-LUKS2-1-c", "8:2");
	put_device("9:0", "md0", NULL, NULL, "253:0");
	put("mountinfo", "23 1 9:0 / / rw - ext4 /dev/md0 rw\n");
	put("etc/crypttab", "c /dev/sda2 none luks\n");
	crypt_devices_find(&d, &p);
	assert_int_equal(d.count, 1);
	assert_null(d.items[0].top);
	assert_int_equal(d.items[0].layer_count, 0);
	crypt_devices_clear(&d);
}

static void test_no_luks(void **state)
{
	const struct crypt_places running = places(true), image = places(false);
	struct crypt_devices d;

	(void)state;
	put_device("8:2", "sda2", NULL, NULL, NULL);
	put("mountinfo", "23 1 8:2 / / rw - ext4 /dev/sda2 rw\n");
	crypt_devices_find(&d, &running);
	assert_int_equal(d.count, 0);
	assert_string_equal(d.root, "/dev/sda2");
	crypt_devices_clear(&d);
	/* What is mounted is no fact about another root. */
	crypt_devices_find(&d, &image);
	assert_int_equal(d.count, 0);
	assert_null(d.root);
	crypt_devices_clear(&d);
}

/* A loop that no kernel makes. */
static void test_loop(void **state)
{
	const struct crypt_places p = places(true);
	struct crypt_devices d;

	(void)state;
	put_device("253:0", "dm-0", "a", "LVM-1", "253:1");
	put_device("253:1", "dm-1", "b", "LVM-2", "253:0");
	put("mountinfo", "23 1 253:0 / / rw - ext4 /dev/dm-0 rw\n");
	crypt_devices_find(&d, &p);
	assert_int_equal(d.count, 0);
	crypt_devices_clear(&d);
}

/* What crypttabs of real machines have, and which of it may be LUKS. */
static void test_crypttab_kinds(void **state)
{
	static const char text[] =
		"swap1 /dev/vda5 /dev/urandom cipher=aes-xts-plain64,size=512\n"
		"swap2 /dev/vda5 /dev/random swap\n"
		"tmp1 /dev/vda6 /dev/hwrng tmp\n"
		"old /dev/vda7 none plain,hash=sha256\n"
		"script UUID=1-2 /dev/disk/by-label/key:/k luks,keyscript=/lib/x,initramfs\n"
		"file PARTUUID=3 /boot/key luks,header=/boot/h.img\n"
		"bare /dev/disk/by-id/ata-X_1\n"
		"onlyname\n";
	struct crypttab t;

	(void)state;
	crypttab_parse(&t, text);
	assert_int_equal(t.count, 3);
	assert_string_equal(t.entries[0].name, "script");
	assert_true(t.entries[0].initramfs);
	assert_string_equal(t.entries[1].header, "/boot/h.img");
	assert_string_equal(t.entries[2].source, "/dev/disk/by-id/ata-X_1");
	assert_null(crypttab_find(&t, "swap1"));
	crypttab_clear(&t);
}

static void test_crypttab_names(void **state)
{
	static const char *const names[][2] = {
		{ "UUID=0c9a9c7e-6f41", "/dev/disk/by-uuid/0c9a9c7e-6f41" },
		{ "PARTUUID=\"ab-01\"", "/dev/disk/by-partuuid/ab-01" },
		{ "LABEL=my disk/1", "/dev/disk/by-label/my\\x20disk\\x2f1" },
		{ "PARTLABEL=\"Linux LUKS\"", "/dev/disk/by-partlabel/Linux\\x20LUKS" },
		{ "LABEL=", "/dev/disk/by-label/" },
		{ "ID=ata-X", "/dev/disk/by-id/ata-X" },
		{ "/dev/disk/by-path/pci-0", "/dev/disk/by-path/pci-0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = crypttab_path("", names[i][0]);

		assert_string_equal(path, names[i][1]);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crypttab),
		cmocka_unit_test(test_crypttab_kinds),
		cmocka_unit_test(test_crypttab_names),
		cmocka_unit_test_setup_teardown(test_lvm, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_direct, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_layer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_luks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_loop, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
