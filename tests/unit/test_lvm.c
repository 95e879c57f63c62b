// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lvm_volume.h"
#include "storage/lvm.h"
#include "util/util.h"

static unsigned char pv[LVM_PV_BYTES];

static ssize_t read_pv(void *ctx, void *buf, size_t len, uint64_t offset)
{
	(void)ctx;
	if (offset >= sizeof(pv))
		return 0;
	if (len > sizeof(pv) - offset)
		len = sizeof(pv) - offset;
	memcpy(buf, pv + offset, len);
	return (ssize_t)len;
}

static const struct source source = { .read = read_pv, .size = sizeof(pv) };

static void expect(enum lvm_state state, uint64_t where)
{
	uint64_t offset;

	assert_int_equal(lvm_examine(&source, &offset), state);
	assert_int_equal(offset, where);
	assert_int_equal(lvm_state_text(state) == NULL, state == LVM_ABSENT || state == LVM_SOUND);
}

static void test_sound(void **state)
{
	(void)state;
	memset(pv, 0, sizeof(pv));
	expect(LVM_ABSENT, 0);
	lvm_volume_make(pv, false);
	expect(LVM_SOUND, LVM_PV_AREA);
	/* The text goes on at the start of its area. */
	lvm_volume_make(pv, true);
	expect(LVM_SOUND, LVM_PV_AREA);
}

/* Each byte that a checksum covers counts, and no other. */
static void test_every_byte(void **state)
{
	(void)state;
	lvm_volume_make(pv, true);
	for (size_t i = 0; i < sizeof(pv); i++) {
		enum lvm_state expected = lvm_volume_part(i);
		uint64_t offset;

		pv[i] ^= 0x10;
		assert_int_equal(lvm_examine(&source, &offset), expected);
		assert_int_equal(lvm_is_damaged(lvm_examine(&source, &offset)),
				 expected != LVM_SOUND);
		pv[i] ^= 0x10;
	}
}

/* What programs leave behind is no damage. */
static void test_erased(void **state)
{
	(void)state;
	lvm_volume_make(pv, false);
	memset(pv + 512 + 24, 0, 8); /* wipefs */
	expect(LVM_ERASED, 512);
	pv[512 + 33] ^= 1;
	expect(LVM_LABEL_BAD, 512);
	lvm_volume_make(pv, false);
	memset(pv + 512, 0, 512); /* pvremove */
	expect(LVM_LABEL_GONE, 0);
	memset(pv, 'x', 4096);
	expect(LVM_ABSENT, 0); /* one byte over and over is a pattern that is known */
	for (size_t i = 0; i < 4096; i++)
		pv[i] = (unsigned char)i;
	expect(LVM_LABEL_LOST, 0);
	pv[LVM_PV_AREA + 5] ^= 1;
	expect(LVM_ABSENT, 0);
	lvm_volume_make(pv, false);
	memset(pv + LVM_PV_AREA, 0, 512);
	expect(LVM_AREA_ZERO, LVM_PV_AREA);
	/* No group yet: no text. */
	lvm_volume_make(pv, false);
	memset(pv + LVM_PV_AREA + 40, 0, 24);
	lvm_volume_seal(pv);
	expect(LVM_SOUND, LVM_PV_AREA);
}

/* Another format over it, a partition that begins elsewhere: each no damage, until a byte is lost. */
static void test_another(void **state)
{
	static const unsigned char marks[][8] = {
		{ 0xfc, 0x4e, 0x2b, 0xa9, 1 },			    /* md 1.2, at 4096 */
		{ 'v', 'e', 'r', 'i', 't', 'y' },		    /* dm-verity, at 0 */
		{ 0xc6, 0x85, 0x73, 0xf6, 0x4e, 0x1a, 0x45, 0xca }, /* bcache, at 4096 + 24 */
	};
	static const size_t places[] = { 4096, 0, 4096 + 24 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		lvm_volume_make(pv, false);
		memset(pv + 4096, 'x', 4096);
		expect(LVM_HEADER_BAD, LVM_PV_AREA);
		memcpy(pv + places[i], marks[i], sizeof(marks[i]));
		expect(LVM_OTHER, LVM_PV_AREA);
		assert_false(lvm_is_damaged(LVM_OTHER));
	}
	/* Its label is in the first sector, and says: the second. */
	lvm_volume_make(pv, false);
	memmove(pv, pv + 512, sizeof(pv) - 512);
	expect(LVM_MOVED, 0);
	lvm_volume_make(pv, false);
	memmove(pv + 512, pv, sizeof(pv) - 512);
	expect(LVM_MOVED, 1024);
	assert_false(lvm_is_damaged(LVM_MOVED));
	lvm_volume_make(pv, false);
	pv[512 + 8] ^= 4;
	expect(LVM_LABEL_BAD, 512);
	assert_false(lvm_is_damaged(LVM_LABEL_LOST));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_erased),
		cmocka_unit_test(test_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
