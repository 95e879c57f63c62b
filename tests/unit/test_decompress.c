// SPDX-License-Identifier: GPL-2.0-or-later
#include "bytes.h"

#include <errno.h>

#include "decompress/decompress.h"
#include "util/util.h"

/* One way to make a stream. */
struct maker {
	const char *command;
	enum codec codec;
	bool checked; /* it carries a checksum over its content */
	bool large;   /* its reader needs so much memory that thousands of times take long */
};

static const struct maker makers[] = {
	{ "gzip -n -6", CODEC_GZIP, true, false },
	{ "gzip -1", CODEC_GZIP, true, false },
	{ "zstd -q -3", CODEC_ZSTD, true, false },
	{ "zstd -q -3 --no-check", CODEC_ZSTD, false, false },
	{ "zstd -q --ultra -22", CODEC_ZSTD, true, true },
	{ "xz -0 --check=crc32", CODEC_XZ, true, false },
	{ "xz -0 --check=crc64", CODEC_XZ, true, false },
	{ "xz -0 --check=sha256", CODEC_XZ, true, false },
	{ "xz -0 --check=none", CODEC_XZ, false, false },
	{ "xz --check=crc32 --x86 --lzma2=preset=6", CODEC_XZ, true, true },
	{ "xz -0 --check=crc32 --block-size=1000", CODEC_XZ, true, false },
	{ "xz -0 --format=lzma", CODEC_LZMA, false, false },
	{ "lz4 -q -l -c", CODEC_LZ4, false, false },
	{ "lz4 -q -l -9 -c", CODEC_LZ4, false, false },
};

/* The last one is longer than a block of lz4. */
static const size_t lengths[] = { 0, 1, 3000, 300000, (8 << 20) + 100000 };

/* Unpacks one stream, reading step bytes at a time; the content is added to out. */
static int unpack(struct input *in, enum codec codec, size_t step, struct bytes *out,
		  bool *verified)
{
	unsigned char *buf = malloc(step);
	struct decompressor *d;
	ssize_t n;

	assert_non_null(buf);
	assert_int_equal(decompressor_open(&d, codec, in), 0);
	assert_non_null(decompressor_reason(d));
	while ((n = decompressor_read(d, buf, step)) > 0) {
		assert_true((size_t)n <= step);
		bytes_add(out, buf, (size_t)n);
	}
	/* The end and an error stay what they are. */
	assert_int_equal(decompressor_read(d, buf, step), n);
	if (n < 0)
		assert_true(strlen(decompressor_reason(d)) > 0);
	*verified = decompressor_verified(d);
	if (n < 0)
		assert_false(*verified);
	decompressor_free(d);
	free(buf);
	return (int)n;
}

static int unpack_memory(const void *p, size_t len, enum codec codec, struct bytes *out,
			 uint64_t *end, bool *verified)
{
	struct input *in = input_from_memory(p, len);
	int r;

	*out = (struct bytes){ 0 };
	r = unpack(in, codec, 65536, out, verified);
	*end = input_offset(in);
	input_free(in);
	return r;
}

static void assert_equal_bytes(const struct bytes *a, const struct bytes *b)
{
	assert_int_equal(a->len, b->len);
	if (a->len > 0)
		assert_memory_equal(a->p, b->p, a->len);
}

/* What the real tools make is unpacked, verified, and left at its very end. */
static void test_round_trips(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
			if (lengths[i] > 1 << 20 && makers[m].codec != CODEC_LZ4)
				continue;

			struct bytes text = bytes_text(lengths[i], 1), out;
			struct bytes packed = bytes_through(makers[m].command, text.p, text.len);
			size_t len = packed.len;
			uint64_t end;
			bool verified;

			assert_int_equal(codec_detect(packed.p, packed.len), makers[m].codec);
			/* Zeros behind it must not be taken for a part of it. */
			bytes_add_zeros(&packed, 8);
			assert_int_equal(unpack_memory(packed.p, packed.len, makers[m].codec, &out,
						       &end, &verified),
					 0);
			assert_equal_bytes(&out, &text);
			assert_int_equal(end, len);
			assert_int_equal(verified, makers[m].checked);
			bytes_free(&text);
			bytes_free(&packed);
			bytes_free(&out);
		}
	}
}

/* From a file, from an offset, in pieces of any size. */
static void test_pieces(void **state)
{
	static const size_t steps[] = { 1, 7, 4096, 1 << 20 };

	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		struct bytes text = bytes_text(100000, 2);
		struct bytes packed = bytes_through(makers[m].command, text.p, text.len);
		FILE *f = tmpfile();

		assert_non_null(f);
		fwrite("front", 1, 5, f);
		fwrite(packed.p, 1, packed.len, f);
		fwrite("\0\0\0\0behind", 1, 10, f);
		assert_int_equal(fflush(f), 0);
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
			struct input *in = input_from_fd(fileno(f), 5, packed.len + 15);
			struct bytes out = { 0 };
			bool verified;

			assert_int_equal(unpack(in, makers[m].codec, steps[i], &out, &verified), 0);
			assert_equal_bytes(&out, &text);
			assert_int_equal(input_offset(in), packed.len + 5);
			bytes_free(&out);
			input_free(in);
		}
		fclose(f);
		bytes_free(&text);
		bytes_free(&packed);
	}
}

/* Two frames one after the other: each is read by itself. */
static void test_neighbours(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		struct bytes one = bytes_text(5000, 3), two = bytes_text(7000, 4), both;
		struct bytes packed = bytes_through(makers[m].command, one.p, one.len);
		struct bytes second = bytes_through(makers[m].command, two.p, two.len);
		size_t first_len = packed.len;
		struct input *in;
		struct bytes out = { 0 };
		bool verified;

		both = bytes_copy(&one);
		bytes_add(&both, two.p, two.len);
		bytes_add(&packed, second.p, second.len);
		in = input_from_memory(packed.p, packed.len);
		assert_int_equal(unpack(in, makers[m].codec, 4096, &out, &verified), 0);
		if (makers[m].codec == CODEC_LZ4) { /* the magic number may come again */
			assert_equal_bytes(&out, &both);
		} else {
			assert_equal_bytes(&out, &one);
			assert_int_equal(input_offset(in), first_len);
			assert_int_equal(unpack(in, makers[m].codec, 4096, &out, &verified), 0);
			assert_equal_bytes(&out, &both);
		}
		assert_int_equal(input_offset(in), packed.len);
		input_free(in);
		bytes_free(&one);
		bytes_free(&two);
		bytes_free(&both);
		bytes_free(&packed);
		bytes_free(&second);
		bytes_free(&out);
	}
}

/*
 * Every single bit of a small stream flipped. With a checksum, a success that says "verified"
 * means equal content, always. How many are noticed is asserted, too: it would be nothing if
 * the reader looked away.
 */
static void test_every_bit(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		if (makers[m].large)
			continue;

		struct bytes text = bytes_text(600, 5);
		struct bytes packed = bytes_through(makers[m].command, text.p, text.len);
		size_t noticed = 0, bits = 8 * packed.len;

		for (size_t bit = 0; bit < bits; bit++) {
			struct bytes out;
			uint64_t end;
			bool verified;
			int r;

			packed.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
			r = unpack_memory(packed.p, packed.len, makers[m].codec, &out, &end,
					  &verified);
			packed.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
			noticed += r < 0;
			if (verified)
				assert_equal_bytes(&out, &text);
			if (makers[m].checked && r == 0 && !verified)
				assert_true(end < packed.len); /* its checksum is left over */
			if (r < 0)
				assert_true(r == -EBADMSG || r == -ENODATA || r == -EOVERFLOW ||
					    r == -EOPNOTSUPP);
			bytes_free(&out);
		}
		if (makers[m].codec == CODEC_XZ && makers[m].checked)
			assert_int_equal(noticed, bits);
		else if (makers[m].codec == CODEC_GZIP) /* flags, time, level and system are free */
			assert_true(noticed >= bits - 8 * 10);
		else if (makers[m].checked)
			/* the window's size and unused bits of the tables are free */
			assert_true(noticed >= bits - bits / 20);
		bytes_free(&text);
		bytes_free(&packed);
	}
}

static void test_every_length(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		if (makers[m].large)
			continue;

		struct bytes text = bytes_text(600, 6);
		struct bytes packed = bytes_through(makers[m].command, text.p, text.len);

		for (size_t len = 0; len < packed.len; len++) {
			/* A copy of its own, so that a read beyond its end is caught. */
			unsigned char *cut = malloc(len ? len : 1);
			struct bytes out;
			uint64_t end;
			bool verified;
			int r;

			assert_non_null(cut);
			memcpy(cut, packed.p, len);
			r = unpack_memory(cut, len, makers[m].codec, &out, &end, &verified);
			/* A legacy frame has no end mark: without any block, it is just empty. */
			if (makers[m].codec == CODEC_LZ4 && len >= 4 && len < 8) {
				assert_int_equal(r, 0);
				assert_int_equal(out.len, 0);
				assert_int_equal(end, 4);
			} else {
				assert_int_equal(r, -ENODATA);
			}
			bytes_free(&out);
			free(cut);
		}
		bytes_free(&text);
		bytes_free(&packed);
	}
}

static int unpack_error(const void *p, size_t len, enum codec codec)
{
	struct bytes out;
	uint64_t end;
	bool verified;
	int r = unpack_memory(p, len, codec, &out, &end, &verified);

	bytes_free(&out);
	return r;
}

/* A header that asks for more than DECOMPRESS_MEMORY_MAX, and its twin that does not. */
static void test_memory_limit(void **state)
{
	/* Magic; no checksum, no size; window 2^(10 + n); one empty last block. */
	unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3, 0x01, 0x00, 0x00 };
	struct bytes lzma = bytes_through("xz --format=lzma", "text", 4);

	(void)state;
	assert_int_equal(unpack_error(zstd, sizeof(zstd), CODEC_ZSTD), 0);
	/* A larger one that the content does not need is unpacked, within the limit. */
	zstd[5] = (28 - 10) << 3;
	assert_int_equal(unpack_error(zstd, sizeof(zstd), CODEC_ZSTD), 0);
	zstd[5] = (41 - 10) << 3 | 7;
	assert_int_equal(unpack_error(zstd, sizeof(zstd), CODEC_ZSTD), 0);
	zstd[6] = 0x07; /* a block of a kind that there is none of */
	assert_int_equal(unpack_error(zstd, sizeof(zstd), CODEC_ZSTD), -EBADMSG);

	assert_int_equal(unpack_error(lzma.p, lzma.len, CODEC_LZMA), 0);
	memcpy(lzma.p + 1, "\x00\x00\x00\x08", 4); /* dictionary: 128 MiB */
	assert_int_equal(unpack_error(lzma.p, lzma.len, CODEC_LZMA), 0);
	memcpy(lzma.p + 1, "\x00\x00\x00\x10", 4); /* 256 MiB */
	assert_int_equal(unpack_error(lzma.p, lzma.len, CODEC_LZMA), -EOVERFLOW);
	bytes_free(&lzma);
}

static void test_xz_memory_limit(void **state)
{
	struct bytes fits = bytes_through("xz --lzma2=preset=0,dict=128MiB", "text", 4);
	struct bytes large = bytes_through("xz --lzma2=preset=0,dict=192MiB", "text", 4);

	(void)state;
	assert_int_equal(unpack_error(fits.p, fits.len, CODEC_XZ), 0);
	assert_int_equal(unpack_error(large.p, large.len, CODEC_XZ), -EOVERFLOW);
	bytes_free(&fits);
	bytes_free(&large);
}

/* An unpacked length in the header, as the LZMA SDK writes it, instead of an end mark. */
static void test_lzma_known_length(void **state)
{
	struct bytes text = bytes_text(1000, 7), out;
	struct bytes packed = bytes_through(
		"python3 -c 'import lzma, sys\n"
		"d = sys.stdin.buffer.read()\n"
		"f = [{\"id\": lzma.FILTER_LZMA1, \"preset\": 6}]\n"
		"p = lzma.compress(d, format=lzma.FORMAT_ALONE, filters=f)\n"
		"sys.stdout.buffer.write(p[:5] + len(d).to_bytes(8, \"little\") + p[13:])'",
		text.p, text.len);
	uint64_t end;
	bool verified;

	(void)state;
	assert_int_equal(unpack_memory(packed.p, packed.len, CODEC_LZMA, &out, &end, &verified), 0);
	assert_equal_bytes(&out, &text);
	assert_false(verified);
	bytes_free(&out);
	for (size_t len = 0; len + 16 < packed.len; len++)
		assert_int_equal(unpack_error(packed.p, len, CODEC_LZMA), -ENODATA);
	bytes_free(&text);
	bytes_free(&packed);
}

/* Where a legacy frame ends is what the kernel's reader says. */
static void test_lz4_end(void **state)
{
	struct bytes text = bytes_text(2000, 8), out;
	struct bytes packed = bytes_through("lz4 -q -l -c", text.p, text.len);
	static const struct {
		const char *tail;
		size_t len, used;
		int result;
	} cases[] = {
		{ "\0\0\0\0cpio", 8, 0, 0 },		 /* a block of size zero ends it */
		{ "\0\0\0", 3, 0, 0 },			 /* less than a word */
		{ "\1\2", 2, 0, 0 },			 /* the same */
		{ "\x02\x21\x4c\x18", 4, 4, 0 },	 /* the magic number again */
		{ "\x02\x21\x4c\x18\0\0\0\0", 8, 4, 0 }, /* and then the end */
		{ "070701", 6, 0, -EBADMSG },		 /* not a size */
		{ "\x1f\x8b\x08\x00", 4, 0, -ENODATA },	 /* taken for a size, like any word */
		{ "\x10\0\0\0", 4, 0, -ENODATA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes b = bytes_copy(&packed);
		uint64_t end;
		bool verified;
		int r;

		bytes_add(&b, cases[i].tail, cases[i].len);
		r = unpack_memory(b.p, b.len, CODEC_LZ4, &out, &end, &verified);
		assert_int_equal(r, cases[i].result);
		assert_equal_bytes(&out, &text);
		if (r == 0)
			assert_int_equal(end, packed.len + cases[i].used);
		bytes_free(&out);
		bytes_free(&b);
	}
	bytes_free(&text);
	bytes_free(&packed);
}

/* Frames that only the zstd library knows are none to a kernel. */
static void test_zstd_other_frames(void **state)
{
	static const unsigned char skippable[] = { 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0 };

	(void)state;
	assert_int_equal(codec_detect(skippable, sizeof(skippable)), CODEC_NONE);
	assert_int_equal(unpack_error(skippable, sizeof(skippable), CODEC_ZSTD), -EBADMSG);
}

/*
 * A frame without a checksum that has lost its blocks: its header still tells the length. The
 * last block is an empty one, in which case the library itself does not look.
 */
static void test_zstd_length(void **state)
{
	/* Magic; single segment, one byte of length; blocks: "abc", and an empty one. */
	unsigned char frame[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 3,    0x18, 0x00,
				  0x00, 'a',  'b',  'c',  0x01, 0x00, 0x00 };
	/* The same with a window, and four bytes of length. */
	unsigned char large[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x80, 0x38, 3,    0,	  0,   0,
				  0x18, 0x00, 0x00, 'a',  'b',	'c',  0x01, 0x00, 0x00 };

	(void)state;
	assert_int_equal(unpack_error(frame, sizeof(frame), CODEC_ZSTD), 0);
	assert_int_equal(unpack_error(large, sizeof(large), CODEC_ZSTD), 0);
	frame[5] = 2;
	assert_int_equal(unpack_error(frame, sizeof(frame), CODEC_ZSTD), -EBADMSG);
	frame[5] = 4;
	assert_int_equal(unpack_error(frame, sizeof(frame), CODEC_ZSTD), -EBADMSG);
	large[8] = 1;
	assert_int_equal(unpack_error(large, sizeof(large), CODEC_ZSTD), -EBADMSG);
}

static void test_detect(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum codec codec;
	} cases[] = {
		{ "\x1f\x8b\x08\x00", 4, CODEC_GZIP },
		{ "\x1f\x9e", 2, CODEC_GZIP },
		{ "BZh91AY", 7, CODEC_BZIP2 },
		{ "BZ", 2, CODEC_BZIP2 },
		{ "BZx91AY", 7, CODEC_NONE },
		{ "\x5d\x00\x00\x80", 4, CODEC_LZMA },
		{ "\xfd"
		  "7zXZ\x00",
		  6, CODEC_XZ },
		{ "\x89LZO\x00\r\n\x1a\n", 9, CODEC_LZO },
		{ "\x89LZO\x00\r\n\x1a\r", 9, CODEC_NONE },
		{ "\x02\x21\x4c\x18", 4, CODEC_LZ4 },
		{ "\x28\xb5\x2f\xfd", 4, CODEC_ZSTD },
		{ "\x28\xb5\x2f\xff", 4, CODEC_ZSTD },
		{ "\x28\xb4\x2f\xfd", 4, CODEC_NONE },
		{ "070701", 6, CODEC_NONE },
		{ "\x1f", 1, CODEC_NONE },
		{ "", 0, CODEC_NONE },
		{ "\0\0\0\0", 4, CODEC_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(codec_detect((const unsigned char *)cases[i].bytes, cases[i].len),
				 cases[i].codec);
}

static void test_names(void **state)
{
	static const struct {
		enum codec codec;
		const char *name;
		bool checksum;
	} cases[] = { { CODEC_NONE, "none", false },  { CODEC_GZIP, "gzip", true },
		      { CODEC_BZIP2, "bzip2", true }, { CODEC_LZMA, "lzma", false },
		      { CODEC_XZ, "xz", true },	      { CODEC_LZO, "lzo", true },
		      { CODEC_LZ4, "lz4", false },    { CODEC_ZSTD, "zstd", true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(codec_name(cases[i].codec), cases[i].name);
		assert_int_equal(codec_checksum(cases[i].codec) != NULL, cases[i].checksum);
	}
}

static void test_recognised_only(void **state)
{
	static const enum codec codecs[] = { CODEC_NONE, CODEC_BZIP2, CODEC_LZO };
	struct input *in = input_from_memory("BZh9", 4);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		struct decompressor *d;

		assert_int_equal(decompressor_open(&d, codecs[i], in), -EOPNOTSUPP);
		decompressor_free(d);
	}
	input_free(in);
}

/* The device fails in the middle: that is what is said, not "corrupt". */
static void test_unreadable(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		struct input *in = input_from_fd(-1, 0, 1000);
		struct bytes out = { 0 };
		bool verified;

		assert_int_equal(unpack(in, makers[m].codec, 100, &out, &verified), -EBADF);
		bytes_free(&out);
		input_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_recognised_only),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_memory_limit),
		cmocka_unit_test(test_xz_memory_limit),
		cmocka_unit_test(test_lzma_known_length),
		cmocka_unit_test(test_lz4_end),
		cmocka_unit_test(test_zstd_other_frames),
		cmocka_unit_test(test_zstd_length),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
