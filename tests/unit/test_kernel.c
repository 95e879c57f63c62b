// SPDX-License-Identifier: GPL-2.0-or-later
#include "bytes.h"

#include <errno.h>
#include <inttypes.h>

#include "image/kernel.h"
#include "util/util.h"

#define SETUP_BYTES    2048u /* a setup_sects of 3 */
#define PAYLOAD_OFFSET 64u   /* in the code behind it */
#define VERSION_AT     0x500u
#define VERSION	       "6.12.107+deb13-amd64"

static const struct packer {
	const char *command;
	enum codec codec;
	bool checked;
} packers[] = {
	{ "gzip -n -9", CODEC_GZIP, true },
	{ "zstd -q -19", CODEC_ZSTD, true },
	{ "zstd -q --no-check", CODEC_ZSTD, false },
	{ "xz -0 --check=crc32 --x86 --lzma2=preset=0", CODEC_XZ, true },
	{ "xz -0 --format=lzma", CODEC_LZMA, false },
	{ "lz4 -q -l -c", CODEC_LZ4, false },
};

static void put_le(struct bytes *b, size_t at, uint32_t v, size_t len)
{
	assert_true(at + len <= b->len);
	for (size_t i = 0; i < len; i++)
		b->p[at + i] = (unsigned char)(v >> 8 * i);
}

/* A bzImage as the kernel's build makes it, as far as the boot protocol says. */
static struct bytes image_new(const struct packer *packer, size_t text_len, size_t *payload_len)
{
	struct bytes text = bytes_text(text_len, 1), image = { 0 };
	struct bytes payload = bytes_through(packer->command, text.p, text.len);

	if (packer->codec != CODEC_GZIP)
		bytes_add_le32(&payload, (uint32_t)text.len);
	bytes_add_zeros(&image, SETUP_BYTES + PAYLOAD_OFFSET);
	bytes_add(&image, payload.p, payload.len);
	bytes_add(&image, "code", 4);
	bytes_add_zeros(&image, 16 - image.len % 16);

	memcpy(image.p, "MZ", 2);
	image.p[0x1f1] = SETUP_BYTES / 512 - 1;
	put_le(&image, 0x1f4, (uint32_t)(image.len - SETUP_BYTES) / 16, 4);
	put_le(&image, 0x1fe, 0xaa55, 2);
	put_le(&image, 0x200, 0x6aeb, 2);
	memcpy(image.p + 0x202, "HdrS", 4);
	put_le(&image, 0x206, 0x020f, 2);
	put_le(&image, 0x20e, VERSION_AT - 0x200, 2);
	memcpy(image.p + VERSION_AT, VERSION " (someone@somewhere) #1 SMP", 48);
	put_le(&image, 0x248, PAYLOAD_OFFSET, 4);
	put_le(&image, 0x24c, (uint32_t)payload.len, 4);
	*payload_len = payload.len;
	bytes_free(&text);
	bytes_free(&payload);
	return image;
}

static int examine(const struct bytes *image, struct kernel_info *info)
{
	struct input *in = input_from_memory(image->p, image->len);
	int r = kernel_examine(in, info);

	assert_int_equal(info->error, r);
	assert_int_equal(input_end(in), image->len);
	if (r < 0) {
		assert_true(strlen(info->reason) > 0);
		assert_true(info->offset <= image->len);
	}
	input_free(in);
	return r;
}

static void assert_fault(const struct bytes *image, int error, uint64_t offset, const char *reason)
{
	struct kernel_info info;

	assert_int_equal(examine(image, &info), error);
	assert_true(info.recognised);
	if (!strstr(info.reason, reason))
		fail_msg("the reason is \"%s\", without \"%s\"", info.reason, reason);
	assert_int_equal(info.offset, offset);
}

static void test_healthy(void **state)
{
	static const size_t lengths[] = { 10, 3000, 500000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(lengths); k++) {
			size_t len;
			struct bytes image = image_new(&packers[i], lengths[k], &len);
			struct kernel_info info;

			if (examine(&image, &info) != 0)
				fail_msg("%s: %s", packers[i].command, info.reason);
			assert_true(info.recognised);
			assert_string_equal(info.version, VERSION);
			assert_int_equal(info.codec, packers[i].codec);
			assert_int_equal(info.payload_offset, SETUP_BYTES + PAYLOAD_OFFSET);
			assert_int_equal(info.payload_length, len);
			assert_int_equal(info.verified, packers[i].checked);
			/* A signature behind the image changes nothing. */
			bytes_add(&image, "signature", 9);
			assert_int_equal(examine(&image, &info), 0);
			assert_int_equal(info.verified, packers[i].checked);
			bytes_free(&image);
		}
	}
}

/* Anything else is no error, but not recognised either. */
static void test_not_a_kernel(void **state)
{
	struct bytes other = bytes_text(5000, 1);
	struct kernel_info info;

	(void)state;
	assert_int_equal(examine(&other, &info), 0);
	assert_false(info.recognised);
	put_le(&other, 0x1fe, 0xaa55, 2); /* any boot sector */
	assert_int_equal(examine(&other, &info), 0);
	assert_false(info.recognised);
	other.len = 100;
	assert_int_equal(examine(&other, &info), 0);
	assert_false(info.recognised);
	other.len = 0;
	assert_int_equal(examine(&other, &info), -ENODATA);
	assert_false(info.recognised);
	bytes_free(&other);
}

static void test_marks(void **state)
{
	static const struct {
		size_t at;
		const char *reason;
	} marks[] = { { 0x1fe, "the boot flag is 54 aa" },
		      { 0x200, "the setup code starts with ea" },
		      { 0x202, "the setup header's magic is 49 64 72 53" } };
	size_t len;
	struct bytes image = image_new(&packers[0], 1000, &len);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		image.p[marks[i].at] ^= 1;
		assert_fault(&image, -EBADMSG, marks[i].at, marks[i].reason);
		image.p[marks[i].at] ^= 1;
	}
	bytes_free(&image);
}

static void test_header_fields(void **state)
{
	size_t len;
	struct bytes image = image_new(&packers[1], 1000, &len);
	struct kernel_info info;

	(void)state;
	put_le(&image, 0x24c, 0, 4);
	assert_fault(&image, -EBADMSG, 0x248, "a payload of 0 bytes");
	put_le(&image, 0x24c, 0xffffffff, 4);
	assert_fault(&image, -EBADMSG, 0x248, "a payload of 4294967295 bytes");
	put_le(&image, 0x24c, 3, 4);
	assert_fault(&image, -EBADMSG, 0x24c, "a payload of 3 bytes");
	put_le(&image, 0x24c, (uint32_t)len + 1, 4);
	assert_fault(&image, -EBADMSG, SETUP_BYTES + PAYLOAD_OFFSET + len - 4, "1 bytes too early");
	put_le(&image, 0x24c, (uint32_t)len - 1, 4);
	assert_fault(&image, -ENODATA, SETUP_BYTES + PAYLOAD_OFFSET + len - 5, "cut short");
	put_le(&image, 0x24c, (uint32_t)len, 4);

	put_le(&image, 0x248, 0xfffffff0, 4);
	assert_fault(&image, -EBADMSG, 0x248, "at 4294967280 in code of");
	put_le(&image, 0x248, PAYLOAD_OFFSET - 4, 4);
	assert_fault(&image, -EBADMSG, SETUP_BYTES + PAYLOAD_OFFSET - 4, "no known compression");
	put_le(&image, 0x248, PAYLOAD_OFFSET, 4);

	put_le(&image, 0x20e, 0xffff, 2);
	assert_fault(&image, -EBADMSG, 0x20e, "behind the setup code");
	put_le(&image, 0x20e, 0, 2);
	assert_int_equal(examine(&image, &info), 0);
	assert_string_equal(info.version, "");
	put_le(&image, 0x20e, VERSION_AT - 0x200, 2);
	image.p[VERSION_AT + 2] ^= 0x80;
	assert_fault(&image, -EBADMSG, VERSION_AT + 2, "the version string is damaged");
	image.p[VERSION_AT + 2] ^= 0x80;

	put_le(&image, 0x206, 0x0207, 2);
	assert_fault(&image, -EOPNOTSUPP, 0x206, "boot protocol 2.07");
	put_le(&image, 0x206, 0x0208, 2);
	assert_int_equal(examine(&image, &info), 0);

	/* No setup_sects means four, as it did in the beginning: here the image is then too short. */
	image.p[0x1f1] = 0;
	assert_fault(&image, -ENODATA, image.len, "cut short");
	bytes_free(&image);
}

/* The unpacked length behind the payload. */
static void test_appended_length(void **state)
{
	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		size_t len, at;
		struct bytes image = image_new(&packers[i], 1000, &len);

		at = SETUP_BYTES + PAYLOAD_OFFSET + len - 4;
		put_le(&image, at, 1001, 4);
		assert_fault(&image, -EBADMSG, at, "unpacks to 1000 bytes, not to 1001");
		bytes_free(&image);
	}
}

static void test_recognised_only(void **state)
{
	const struct packer bzip2 = { "bzip2", CODEC_BZIP2, false };
	size_t len;
	struct bytes image = image_new(&bzip2, 1000, &len);
	struct kernel_info info;

	(void)state;
	assert_fault(&image, -EOPNOTSUPP, SETUP_BYTES + PAYLOAD_OFFSET, "the payload is bzip2");
	examine(&image, &info);
	assert_string_equal(info.version, VERSION);
	assert_int_equal(info.codec, CODEC_BZIP2);
	bytes_free(&image);
}

/* Every bit of a payload: behind a checksum, none goes unnoticed but in free header fields. */
static void test_every_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		size_t len, noticed = 0;
		struct bytes image = image_new(&packers[i], 600, &len);
		unsigned char *payload = image.p + SETUP_BYTES + PAYLOAD_OFFSET;

		for (size_t bit = 0; bit < 8 * len; bit++) {
			struct kernel_info info;
			int r;

			payload[bit / 8] ^= (unsigned char)(1u << bit % 8);
			r = examine(&image, &info);
			payload[bit / 8] ^= (unsigned char)(1u << bit % 8);
			noticed += r < 0;
		}
		if (packers[i].codec == CODEC_XZ)
			assert_int_equal(noticed, 8 * len);
		else if (packers[i].checked)
			assert_true(noticed >= 8 * len * 9 / 10);
		else
			assert_true(noticed > 0);
		bytes_free(&image);
	}
}

/* Every length: a file that is recognised and not whole is cut short, whatever is missing. */
static void test_every_length(void **state)
{
	size_t len;
	struct bytes image = image_new(&packers[0], 600, &len);

	(void)state;
	for (size_t n = 1; n < image.len; n++) {
		unsigned char *p = malloc(n);
		struct bytes cut = { p, n, n };
		struct kernel_info info;

		assert_non_null(p);
		memcpy(p, image.p, n);
		if (n < 0x250) {
			assert_int_equal(examine(&cut, &info), 0);
			assert_false(info.recognised);
		} else {
			assert_fault(&cut, -ENODATA, n, "cut short: its header says");
		}
		free(p);
	}
	bytes_free(&image);
}

static void test_unreadable(void **state)
{
	struct input *in = input_from_fd(-1, 0, 100000);
	struct kernel_info info;

	(void)state;
	assert_int_equal(kernel_examine(in, &info), -EBADF);
	assert_int_equal(info.offset, 0);
	assert_non_null(strstr(info.reason, "reading the image failed: "));
	input_free(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),		cmocka_unit_test(test_not_a_kernel),
		cmocka_unit_test(test_marks),		cmocka_unit_test(test_header_fields),
		cmocka_unit_test(test_appended_length), cmocka_unit_test(test_recognised_only),
		cmocka_unit_test(test_every_bit),	cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
