// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks_device.h"

#include "luks/look.h"
#include "luks/record.h"
#include "manifest/sealed_luks.h"
#include "util/util.h"

/*
 * A device that is being written: at every look the bytes are those of the next state, and in the
 * end those of the last one. A look reads the header, asks for the record, and reads keyslots.
 */
#define HEADERS_END (2u * 16384u)

struct changing {
	struct bytes states[4];
	unsigned int count, asked;
	const struct sealed_luks *sealed;
	int answer; /* of the search for a record */
};

static ssize_t read_changing(void *ctx, void *buf, size_t len, uint64_t offset)
{
	struct changing *c = ctx;
	unsigned int look = offset < HEADERS_END ? c->asked : c->asked - 1;

	memcpy(buf, c->states[look < c->count ? look : c->count - 1].p + offset, len);
	return (ssize_t)len;
}

static int find(void *ctx, const struct luks_view *v, const struct source *source,
		const struct sealed_luks **sealed, int64_t *sealed_at)
{
	struct changing *c = ctx;

	assert_non_null(source);
	assert_string_equal(v->device, "/dev/nowhere");
	c->asked++;
	*sealed = c->sealed;
	*sealed_at = 5;
	return c->answer;
}

static struct luks_device device;
static struct sealed_luks sealed;

static int set_up(void **state)
{
	struct luks_memory m = { 0 };
	const struct source source = { luks_memory_read, &m, 0 };
	struct source sized = source;
	struct luks l;

	(void)state;
	device = luks_device_make("32M", "cryptsetup luksFormat -q --type luks2 $fast $f $d/p");
	m = (struct luks_memory){ .p = device.image.p, .len = device.image.len };
	sized.size = device.image.len;
	assert_int_equal(luks_read(&sized, &l), 0);
	assert_int_equal(luks_record(&sealed, &l, &sized), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sealed_luks_clear(&sealed);
	luks_device_free(&device);
	return 0;
}

static struct bytes with_bit(uint64_t offset)
{
	struct bytes b = bytes_copy(&device.image);

	b.p[offset] ^= 4;
	return b;
}

static struct luks_judgement look(struct changing *c, int *err)
{
	const struct source source = { read_changing, c, device.image.len };
	struct luks_view v = { .device = "/dev/nowhere" };
	struct luks_judgement j = { VERDICT_NONE, LUKS_AS_SEALED };

	c->sealed = &sealed;
	*err = luks_look(&v, &source, find, c, &j);
	luks_view_clear(&v);
	for (unsigned int i = 0; i < c->count; i++)
		bytes_free(&c->states[i]);
	return j;
}

static void test_sound_is_looked_at_once(void **state)
{
	struct changing c = { .states = { bytes_copy(&device.image) }, .count = 1 };
	struct luks_judgement j;
	int err;

	(void)state;
	j = look(&c, &err);
	assert_int_equal(err, 0);
	assert_int_equal(j.ground, LUKS_AS_SEALED);
	assert_int_equal(c.asked, 1);
}

/* Half written: the first copy, a keyslot, then all is well. */
static void test_torn_is_no_damage(void **state)
{
	const uint64_t slot = sealed.slots[0].offset;
	struct changing c = { .states = { with_bit(5000), with_bit(slot + 100),
					  bytes_copy(&device.image) },
			      .count = 3 };
	struct luks_judgement j;
	int err;

	(void)state;
	j = look(&c, &err);
	assert_int_equal(err, 0);
	assert_int_equal(j.verdict, VERDICT_INTACT);
	assert_int_equal(c.asked, 3);
}

static void test_what_stays_is_damage(void **state)
{
	const uint64_t places[] = { 5000, 16384 + 5000, sealed.slots[0].offset + 100 };
	const enum luks_ground grounds[] = { LUKS_COPY_BAD, LUKS_COPY_BAD, LUKS_SLOT_BAD };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct changing c = { .states = { with_bit(places[i]) }, .count = 1 };
		struct luks_judgement j;
		int err;

		j = look(&c, &err);
		assert_int_equal(err, 0);
		assert_int_equal(j.verdict, VERDICT_STORAGE_CORRUPTION);
		assert_int_equal(j.ground, grounds[i]);
		assert_int_equal(c.asked, 3);
	}
}

static void test_errors_are_passed_on(void **state)
{
	struct changing c = { .states = { with_bit(5000) }, .count = 1, .answer = -ENODEV };
	int err;

	(void)state;
	look(&c, &err);
	assert_int_equal(err, -ENODEV);
	assert_int_equal(c.asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound_is_looked_at_once),
		cmocka_unit_test(test_torn_is_no_damage),
		cmocka_unit_test(test_what_stays_is_damage),
		cmocka_unit_test(test_errors_are_passed_on),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
