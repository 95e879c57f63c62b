// SPDX-License-Identifier: GPL-2.0-or-later
#include "bytes.h"

#include <errno.h>

#include "image/cpio.h"

static const struct cpio_header sample = {
	.ino = 1,
	.mode = 0100644,
	.uid = 0xffffffff,
	.gid = 0x89abcdef,
	.nlink = 2,
	.mtime = 0x6543210f,
	.size = 4096,
	.dev_major = 8,
	.dev_minor = 1,
	.rdev_major = 5,
	.rdev_minor = 0x1234,
	.name_size = 11,
	.check = 0xdeadbeef,
	.has_check = 1,
};

static void assert_same(const struct cpio_header *a, const struct cpio_header *b)
{
	assert_int_equal(a->ino, b->ino);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->gid, b->gid);
	assert_int_equal(a->nlink, b->nlink);
	assert_int_equal(a->mtime, b->mtime);
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->dev_major, b->dev_major);
	assert_int_equal(a->dev_minor, b->dev_minor);
	assert_int_equal(a->rdev_major, b->rdev_major);
	assert_int_equal(a->rdev_minor, b->rdev_minor);
	assert_int_equal(a->name_size, b->name_size);
	assert_int_equal(a->check, b->check);
	assert_int_equal(a->has_check, b->has_check);
}

static void test_round_trip(void **state)
{
	unsigned char text[CPIO_HEADER_BYTES];
	struct cpio_header h;

	(void)state;
	cpio_header_format(&sample, text);
	assert_memory_equal(text, "07070200000001000081A4FFFFFFFF89ABCDEF000000026543210F", 54);
	assert_int_equal(cpio_header_parse(text, &h), 0);
	assert_same(&h, &sample);
}

static void test_lower_case(void **state)
{
	unsigned char text[CPIO_HEADER_BYTES];
	struct cpio_header h;

	(void)state;
	cpio_header_format(&sample, text);
	for (size_t i = 0; i < sizeof(text); i++)
		if (text[i] >= 'A' && text[i] <= 'F')
			text[i] = (unsigned char)(text[i] + 'a' - 'A');
	assert_int_equal(cpio_header_parse(text, &h), 0);
	assert_same(&h, &sample);
}

/* No byte but a digit is taken for one, at any place. */
static void test_every_byte_value(void **state)
{
	unsigned char text[CPIO_HEADER_BYTES];
	struct cpio_header h;

	(void)state;
	for (size_t i = 6; i < CPIO_HEADER_BYTES; i++) {
		for (unsigned int c = 0; c < 256; c++) {
			int good = c && strchr("0123456789abcdefABCDEF", (int)c);

			cpio_header_format(&sample, text);
			text[i] = (unsigned char)c;
			assert_int_equal(cpio_header_parse(text, &h), good ? 0 : -EBADMSG);
		}
	}
}

static void test_magic(void **state)
{
	static const struct {
		const char *magic;
		int result, has_check;
	} cases[] = { { "070701", 0, 0 },
		      { "070702", 0, 1 },
		      { "070703", -EBADMSG, 0 },
		      { "070707", -EBADMSG, 0 },
		      { "170701", -EBADMSG, 0 },
		      { "0707 1", -EBADMSG, 0 },
		      { "\xc7\x71\x01\x00\x00\x00", -EBADMSG, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char text[CPIO_HEADER_BYTES];
		struct cpio_header h;

		cpio_header_format(&sample, text);
		memcpy(text, cases[i].magic, 6);
		assert_int_equal(cpio_header_parse(text, &h), cases[i].result);
		if (cases[i].result == 0)
			assert_int_equal(h.has_check, cases[i].has_check);
	}
}

/* What cpio itself writes is read and written again byte for byte. */
static void test_as_cpio_writes(void **state)
{
	struct bytes b = bytes_through("d=$(mktemp -d) && cd $d && cat >file && "
				       "echo file | cpio -o -H crc --quiet && rm -r $d",
				       "hello\n", 6);
	unsigned char text[CPIO_HEADER_BYTES];
	struct cpio_header h;

	(void)state;
	assert_true(b.len > CPIO_HEADER_BYTES);
	assert_int_equal(cpio_header_parse(b.p, &h), 0);
	assert_int_equal(h.size, 6);
	assert_int_equal(h.name_size, 5);
	assert_int_equal(h.mode & 0170000, 0100000);
	assert_int_equal(h.check, 'h' + 'e' + 'l' + 'l' + 'o' + '\n');
	cpio_header_format(&h, text);
	assert_memory_equal(text, b.p, CPIO_HEADER_BYTES);
	bytes_free(&b);
}

static void test_padding(void **state)
{
	(void)state;
	assert_int_equal(cpio_padding(0), 0);
	assert_int_equal(cpio_padding(1), 3);
	assert_int_equal(cpio_padding(2), 2);
	assert_int_equal(cpio_padding(3), 1);
	assert_int_equal(cpio_padding(UINT64_C(0x100000001)), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),	 cmocka_unit_test(test_lower_case),
		cmocka_unit_test(test_every_byte_value), cmocka_unit_test(test_magic),
		cmocka_unit_test(test_as_cpio_writes),	 cmocka_unit_test(test_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
