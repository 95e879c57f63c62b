// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/hash.h"
#include "util/sha256.h"
#include "util/util.h"

/* Values that other programs give: `printf ... | xxhsum -H3`, `sha256sum`. */
static const struct {
	const char *text;
	uint64_t xxh3;
	const char *sha256;
} known[] = {
	{ "", 0x2d06800538d394c2u,
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 0x78af5f94892f3950u,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
};

static void hex(const unsigned char *digest, char *out)
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void test_known_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		unsigned char digest[SHA256_BYTES];
		char text[2 * SHA256_BYTES + 1];
		struct sha256 *s = sha256_new();

		assert_true(hash64(known[i].text, strlen(known[i].text)) == known[i].xxh3);
		assert_non_null(s);
		sha256_update(s, known[i].text, strlen(known[i].text));
		sha256_final(s, digest);
		sha256_free(s);
		hex(digest, text);
		assert_string_equal(text, known[i].sha256);
	}
}

/* In pieces of any size both give what they give for the whole. */
static void test_pieces(void **state)
{
	static const size_t sizes[] = { 1, 7, 64, 255, 1024, 4096, 10000 };
	unsigned char data[10000], whole[SHA256_BYTES];
	struct hasher *h = hasher_new();
	struct sha256 *s = sha256_new();

	(void)state;
	assert_non_null(h);
	assert_non_null(s);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 31 + (i >> 8));
	sha256_update(s, data, sizeof(data));
	sha256_final(s, whole);
	sha256_free(s);
	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		unsigned char digest[SHA256_BYTES];

		hasher_reset(h);
		s = sha256_new();
		assert_non_null(s);
		for (size_t at = 0; at < sizeof(data); at += sizes[k]) {
			size_t n = sizeof(data) - at < sizes[k] ? sizeof(data) - at : sizes[k];

			hasher_update(h, data + at, n);
			sha256_update(s, data + at, n);
		}
		assert_true(hasher_digest(h) == hash64(data, sizeof(data)));
		sha256_final(s, digest);
		sha256_free(s);
		assert_memory_equal(digest, whole, sizeof(digest));
	}
	data[9999] ^= 1;
	assert_false(hasher_digest(h) == hash64(data, sizeof(data)));
	hasher_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
