/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_TESTS_BYTES_H
#define BV_TESTS_BYTES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A piece of memory that a test made: an input, or what a tool made of it. */
struct bytes {
	unsigned char *p;
	size_t len, room;
};

static inline void bytes_add(struct bytes *b, const void *p, size_t len)
{
	if (b->len + len > b->room) {
		b->room = 2 * (b->len + len);
		b->p = realloc(b->p, b->room);
		assert_non_null(b->p);
	}
	if (len > 0)
		memcpy(b->p + b->len, p, len);
	b->len += len;
}

static inline void bytes_add_zeros(struct bytes *b, size_t n)
{
	while (n-- > 0)
		bytes_add(b, "", 1);
}

static inline void bytes_add_le32(struct bytes *b, uint32_t v)
{
	const unsigned char p[4] = { (unsigned char)v, (unsigned char)(v >> 8),
				     (unsigned char)(v >> 16), (unsigned char)(v >> 24) };

	bytes_add(b, p, sizeof(p));
}

static inline void bytes_free(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){ 0 };
}

static inline struct bytes bytes_copy(const struct bytes *b)
{
	struct bytes copy = { 0 };

	bytes_add(&copy, b->p, b->len);
	return copy;
}

/* Text that compresses, but not to nothing. The same seed gives the same bytes. */
static inline struct bytes bytes_text(size_t len, uint32_t seed)
{
	static const char *const words[] = { "disk ",	"sealed ", "block ",  "boot ",
					     "kernel ", "init ",   "module ", "\n" };
	struct bytes b = { 0 };

	while (b.len < len) {
		const char *word;

		seed = seed * 1664525u + 1013904223u;
		word = words[seed >> 29];
		bytes_add(&b, word, strlen(word));
	}
	b.len = len;
	return b;
}

/* Runs a shell command with these bytes as its input, and gives its output. */
static inline struct bytes bytes_through(const char *command, const void *p, size_t len)
{
	char dir[] = "/tmp/bootverdict-test-XXXXXX", line[1024], in[64], out[64], part[4096];
	struct bytes b = { 0 };
	size_t n;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	snprintf(in, sizeof(in), "%s/in", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	f = fopen(in, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(p ? p : "", 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	snprintf(line, sizeof(line), "{ %s; } <%s >%s", command, in, out);
	if (system(line) != 0)
		fail_msg("this command failed: %s", command);
	f = fopen(out, "r");
	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		bytes_add(&b, part, n);
	assert_false(ferror(f));
	fclose(f);
	unlink(in);
	unlink(out);
	rmdir(dir);
	return b;
}

#endif
