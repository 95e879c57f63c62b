// SPDX-License-Identifier: GPL-2.0-or-later
#include "bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "image/cpio.h"
#include "image/initrd.h"
#include "util/util.h"

/* ---- images --------------------------------------------------------------------------------- */

/* A small tree with one of each that cpio can make without being root. */
#define TREE                                                                         \
	"d=$(mktemp -d) && cd $d && mkdir -p usr/lib/empty && cat >usr/lib/file && " \
	"ln usr/lib/file usr/lib/again && ln -s usr/lib lib && mkfifo fifo && "      \
	"printf 12345 >five && : >nothing && chmod 755 five && "
#define TREE_LIST "find . | LC_ALL=C sort"
#define TREE_END  " && rm -r $d"
#define NEWC	  TREE TREE_LIST " | cpio -o -H newc --quiet" TREE_END
#define CRC	  TREE TREE_LIST " | cpio -o -H crc --quiet" TREE_END

static struct bytes tree_archive(const char *command, size_t file_len)
{
	struct bytes text = bytes_text(file_len, 1);
	struct bytes archive = bytes_through(command, text.p, text.len);

	bytes_free(&text);
	return archive;
}

static void add_padding(struct bytes *b)
{
	bytes_add_zeros(b, cpio_padding(b->len));
}

/* A member from hand, with name_size bytes of name; returns where its header is. */
static size_t add_raw(struct bytes *b, struct cpio_header h, const void *name, const void *data)
{
	unsigned char text[CPIO_HEADER_BYTES];
	size_t at = b->len;

	cpio_header_format(&h, text);
	bytes_add(b, text, sizeof(text));
	bytes_add(b, name, h.name_size);
	add_padding(b);
	bytes_add(b, data, h.size);
	add_padding(b);
	return at;
}

static size_t add_member(struct bytes *b, const char *name, uint32_t mode, const char *data)
{
	const struct cpio_header h = {
		.mode = mode,
		.nlink = 1,
		.size = (uint32_t)strlen(data),
		.name_size = (uint32_t)strlen(name) + 1,
	};

	return add_raw(b, h, name, data);
}

static size_t add_trailer(struct bytes *b)
{
	return add_member(b, CPIO_TRAILER, 0, "");
}

/* ---- what a walk saw ------------------------------------------------------------------------ */

struct seen {
	struct bytes content;  /* everything about the members, as text, with their data */
	struct bytes places;   /* their positions */
	struct bytes segments; /* the segments */
	struct bytes paths;
	unsigned int members, segment_count;
	const struct bytes *image;
	int stop_at; /* of the calls below: return 42; 0: never */
	int calls;
	bool open;
	const char *unread; /* of any segment */
	bool loose;	    /* the last segment */
	uint64_t data_left;
};

static int counted(struct seen *s)
{
	return ++s->calls == s->stop_at ? 42 : 0;
}

static void add_text(struct bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add_text(struct bytes *b, const char *fmt, ...)
{
	char text[512 + INITRD_PATH_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(text));
	bytes_add(b, text, (size_t)n);
}

static int on_segment(void *ctx, const struct segment *seg)
{
	struct seen *s = ctx;

	assert_int_equal(seg->index, s->segment_count);
	return counted(s);
}

static int on_segment_end(void *ctx, const struct segment *seg)
{
	struct seen *s = ctx;

	add_text(&s->segments, "%u %s at %" PRIu64 "+%" PRIu64 " unpacked %" PRIu64 "%s%s",
		 seg->index, codec_name(seg->codec), seg->offset, seg->length, seg->unpacked,
		 seg->verified ? " verified" : "", seg->loose ? " loose" : "");
	if (seg->zero_tail)
		add_text(&s->segments, ", then %" PRIu64 " zeros", seg->zero_tail);
	add_text(&s->segments, "\n");
	s->unread = seg->unread ? seg->unread : s->unread;
	s->loose = seg->loose;
	s->segment_count++;
	return counted(s);
}

static int on_member(void *ctx, const struct member *m)
{
	struct seen *s = ctx;

	assert_false(s->open);
	s->open = true;
	s->data_left = m->skipped ? 0 : m->size;
	s->members++;
	assert_true(m->path[0] != '/' && (m->path[0] || m->skipped));
	add_text(&s->paths, "%s\n", m->path);
	add_text(&s->content, "%s %o %u:%u %u %u %u:%u %" PRIu64 "\n", m->path, m->mode, m->uid,
		 m->gid, m->nlink, m->mtime, m->rdev_major, m->rdev_minor, m->size);
	add_text(&s->places, "%s %u %" PRIu64 " %" PRIu64 "\n", m->path, m->segment->index,
		 m->position, m->data_position);
	if (m->segment->codec == CODEC_NONE && s->image) {
		assert_int_equal(m->image_offset, m->segment->offset + m->position);
		assert_memory_equal(s->image->p + m->image_offset, "07070", 5);
	}
	return counted(s);
}

static int on_data(void *ctx, const void *data, size_t len)
{
	struct seen *s = ctx;

	assert_true(s->open && len > 0 && len <= s->data_left);
	s->data_left -= len;
	bytes_add(&s->content, data, len);
	return counted(s);
}

static int on_member_end(void *ctx, const struct member *m)
{
	struct seen *s = ctx;

	assert_true(s->open && s->data_left == 0 && m->path);
	s->open = false;
	return counted(s);
}

static const struct initrd_visitor visitor = { on_segment, on_member, on_data, on_member_end,
					       on_segment_end };

static void seen_free(struct seen *s)
{
	bytes_free(&s->content);
	bytes_free(&s->places);
	bytes_free(&s->segments);
	bytes_free(&s->paths);
}

static int walk(const struct bytes *image, struct seen *s, struct initrd_fault *f)
{
	struct input *in = input_from_memory(image->p, image->len);
	int stop_at = s->stop_at, r;

	memset(s, 0, sizeof(*s));
	s->stop_at = stop_at;
	s->image = image;
	r = initrd_walk(in, &visitor, s, f);
	if (r < 0) {
		assert_int_equal(f->error, r);
		assert_true(strlen(f->reason) > 0 && strlen(f->reason) < sizeof(f->reason) - 1);
		assert_true(f->offset <= image->len);
	} else {
		assert_int_equal(f->error, 0);
	}
	input_free(in);
	return r;
}

static void assert_text(struct bytes *b, const char *text)
{
	bytes_add(b, "", 1);
	b->len--;
	assert_string_equal((char *)b->p, text);
}

static bool same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->p, b->p, a->len) == 0);
}

/* A healthy image, whose members' paths must be these. */
static void assert_healthy(const struct bytes *image, const char *paths, const char *segments)
{
	struct initrd_fault f;
	struct seen s = { 0 };

	if (walk(image, &s, &f) != 0)
		fail_msg("%s (offset %" PRIu64 ")", f.reason, f.offset);
	assert_text(&s.paths, paths);
	if (segments)
		assert_text(&s.segments, segments);
	seen_free(&s);
}

/* A damaged image. */
static void assert_fault(const struct bytes *image, int error, uint64_t offset, const char *path,
			 const char *reason)
{
	struct initrd_fault f;
	struct seen s = { 0 };

	assert_int_equal(walk(image, &s, &f), error);
	if (!strstr(f.reason, reason))
		fail_msg("the reason is \"%s\", without \"%s\"", f.reason, reason);
	assert_int_equal(f.offset, offset);
	assert_string_equal(f.path, path);
	seen_free(&s);
}

/* ---- healthy images ------------------------------------------------------------------------- */

static const struct {
	const char *command;
	enum codec codec;
	bool checked;
} packers[] = {
	{ "cat", CODEC_NONE, false },
	{ "gzip -n", CODEC_GZIP, true },
	{ "zstd -q", CODEC_ZSTD, true },
	{ "zstd -q --no-check", CODEC_ZSTD, false },
	{ "xz -0 --check=crc32", CODEC_XZ, true },
	{ "xz -0 --format=lzma", CODEC_LZMA, false },
	{ "lz4 -q -l -c", CODEC_LZ4, false },
};

#define TREE_PATHS ".\nfifo\nfive\nlib\nnothing\nusr\nusr/lib\nusr/lib/empty\n"

/* Real archives in every packing: same members, same bytes, as the tree has them. */
static void test_real_archives(void **state)
{
	static const char *const formats[] = { NEWC, CRC };
	struct bytes text = bytes_text(300000, 1);

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(formats); k++) {
		struct bytes archive = tree_archive(formats[k], text.len);
		struct seen plain = { 0 };
		struct initrd_fault f;

		assert_int_equal(walk(&archive, &plain, &f), 0);
		bytes_add(&plain.content, "", 1);
		assert_int_equal(plain.members, 10);
		assert_non_null(strstr((char *)plain.content.p, "\nfive 100755 "));
		assert_non_null(memmem(plain.content.p, plain.content.len, " 5\n12345lib ", 11));
		assert_non_null(memmem(plain.content.p, plain.content.len, " 7\nusr/lib", 10));
		assert_non_null(memmem(plain.content.p, plain.content.len, text.p, text.len));
		plain.content.len--;
		for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
			struct bytes packed =
				bytes_through(packers[i].command, archive.p, archive.len);
			char segments[200];
			struct seen s = { 0 };

			assert_int_equal(walk(&packed, &s, &f), 0);
			assert_true(same(&s.content, &plain.content));
			assert_true(same(&s.places, &plain.places));
			snprintf(segments, sizeof(segments), "0 %s at 0+%zu unpacked %zu%s\n",
				 codec_name(packers[i].codec), packed.len, archive.len,
				 packers[i].checked ? " verified" : "");
			assert_text(&s.segments, segments);
			seen_free(&s);
			bytes_free(&packed);
		}
		seen_free(&plain);
		bytes_free(&archive);
	}
	bytes_free(&text);
}

/* As Debian has it: microcode and guard in one archive, modules plain, the rest packed. */
static void test_three_segments(void **state)
{
	struct bytes image = { 0 }, inner = { 0 }, packed;
	size_t modules, packed_at;
	char segments[300];

	(void)state;
	add_member(&image, "kernel/x86/microcode/GenuineIntel.bin", 0100644, "microcode");
	add_trailer(&image);
	size_t early_len = image.len;

	bytes_add_zeros(&image, 1024 - image.len);
	modules = image.len;
	add_member(&image, "usr/lib/modules/a.ko", 0100644, "module");
	add_trailer(&image);
	size_t modules_len = image.len - modules;

	bytes_add_zeros(&image, 333);
	packed_at = image.len;
	add_member(&inner, "init", 0100755, "#!/bin/sh");
	add_trailer(&inner);
	bytes_add_zeros(&inner, 512 - inner.len % 512);
	packed = bytes_through("zstd -q", inner.p, inner.len);
	bytes_add(&image, packed.p, packed.len);
	bytes_add_zeros(&image, 77);

	snprintf(segments, sizeof(segments),
		 "0 none at 0+%zu unpacked %zu\n1 none at %zu+%zu unpacked %zu\n"
		 "2 zstd at %zu+%zu unpacked %zu verified\n",
		 early_len, early_len, modules, modules_len, modules_len, packed_at, packed.len,
		 inner.len);
	assert_healthy(&image,
		       "kernel/x86/microcode/GenuineIntel.bin\nusr/lib/modules/a.ko\ninit\n",
		       segments);
	bytes_free(&image);
	bytes_free(&inner);
	bytes_free(&packed);
}

/* Two plain archives without anything between them are two segments. */
static void test_adjacent_plain(void **state)
{
	struct bytes image = { 0 };

	(void)state;
	add_member(&image, "one", 0100644, "1");
	add_trailer(&image);
	add_member(&image, "two", 0100644, "2");
	add_trailer(&image);
	assert_healthy(&image, "one\ntwo\n",
		       "0 none at 0+244 unpacked 244\n1 none at 244+244 unpacked 244\n");
	bytes_free(&image);
}

/* Several archives in one compressed stream, with zero bytes between them. */
static void test_archives_in_one_stream(void **state)
{
	struct bytes inner = { 0 };

	(void)state;
	bytes_add_zeros(&inner, 8);
	add_member(&inner, "one", 0100644, "1");
	add_trailer(&inner);
	bytes_add_zeros(&inner, 300 - inner.len % 4);
	add_member(&inner, "two", 0100644, "2");
	add_trailer(&inner);
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		struct bytes packed = bytes_through(packers[i].command, inner.p, inner.len);

		assert_healthy(&packed, "one\ntwo\n", NULL);
		bytes_free(&packed);
	}
	bytes_free(&inner);
}

/* An archive that goes on in the next frame, wherever the frames meet. */
static void test_archive_over_frames(void **state)
{
	struct bytes inner = { 0 };

	(void)state;
	add_member(&inner, "one", 0100644, "1");
	add_member(&inner, "two", 0100644, "22222222");
	add_trailer(&inner);
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		for (size_t cut = 1; cut + 3 < inner.len; cut += 13) {
			struct bytes packed = bytes_through(packers[i].command, inner.p, cut);
			struct bytes rest =
				bytes_through(packers[i].command, inner.p + cut, inner.len - cut);
			char segments[200];

			bytes_add(&packed, rest.p, rest.len);
			snprintf(segments, sizeof(segments), "0 %s at 0+%zu unpacked %zu%s\n",
				 codec_name(packers[i].codec), packed.len, inner.len,
				 packers[i].checked ? " verified" : "");
			assert_healthy(&packed, "one\ntwo\n", segments);
			bytes_free(&packed);
			bytes_free(&rest);
		}
	}
	bytes_free(&inner);
}

/* One frame of a segment without a checksum: the segment is not verified. */
static void test_one_unverified_frame(void **state)
{
	struct bytes inner = { 0 };

	(void)state;
	add_member(&inner, "one", 0100644, "1");
	add_trailer(&inner);
	for (int first = 0; first < 2; first++) {
		struct bytes packed =
			bytes_through(first ? "zstd -q --no-check" : "zstd -q", inner.p, 50);
		struct bytes rest = bytes_through(first ? "zstd -q" : "zstd -q --no-check",
						  inner.p + 50, inner.len - 50);
		struct initrd_fault f;
		struct seen s = { 0 };

		bytes_add(&packed, rest.p, rest.len);
		assert_int_equal(walk(&packed, &s, &f), 0);
		bytes_add(&s.segments, "", 1);
		assert_null(strstr((char *)s.segments.p, "verified"));
		seen_free(&s);
		bytes_free(&packed);
		bytes_free(&rest);
	}
	bytes_free(&inner);
}

/* lz4 has no end mark: the kernel takes what follows for more of it, and fails there. */
static void test_behind_lz4(void **state)
{
	static const struct {
		const char *command; /* NULL: bytes */
		const char *bytes;
		size_t len;
		const char *is; /* NULL: nothing that is known */
	} tails[] = {
		{ NEWC, NULL, 0, "an archive behind lz4 data" },
		{ "(" NEWC ") | gzip -n", NULL, 0, "an archive behind lz4 data" },
		{ "(" NEWC ") | (printf '\\0\\0'; cat)", NULL, 0, "an archive behind lz4 data" },
		{ "(" NEWC ") | lz4 -q -c", NULL, 0, "lz4 in its frame format" },
		{ NULL, "-----BEGIN PGP SIGNATURE-----", 29, "text" },
		{ NULL, "\x11\x93\xc2\xfe\x07", 5, NULL },
		{ NULL, "\x10\x93\0\0", 4,
		  NULL }, /* the content's size, as a kernel's build adds */
	};
	struct bytes one = tree_archive("(" NEWC ") | lz4 -q -l -c", 3000);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		struct bytes b = bytes_copy(&one);
		struct bytes tail = tails[i].command ? tree_archive(tails[i].command, 300)
						     : (struct bytes){ 0 };
		struct initrd_fault f;
		struct seen s = { 0 };

		bytes_add(&b, tails[i].command ? (const void *)tail.p : tails[i].bytes,
			  tails[i].command ? tail.len : tails[i].len);
		assert_int_equal(walk(&b, &s, &f), -EBADMSG);
		assert_true(f.behind && !f.proven && !f.first);
		assert_int_equal(f.offset, one.len);
		assert_int_equal(s.segment_count, 1);
		if (tails[i].is)
			assert_true(strncmp(f.is->name, tails[i].is, strlen(tails[i].is)) == 0);
		else
			assert_null(f.is);
		seen_free(&s);
		bytes_free(&tail);
		bytes_free(&b);
	}

	/* The damaged twins: within the archive; and of another frame, which its magic number begins. */
	for (int second = 0; second < 2; second++) {
		struct bytes b = bytes_copy(&one);
		struct initrd_fault f;
		struct seen s = { 0 };

		if (second) {
			bytes_add(&b, one.p, one.len);
			memset(b.p + one.len + 4, 0x7f, 4); /* the size of its first block */
		} else {
			b.len -= 100;
		}
		assert_true(walk(&b, &s, &f) < 0);
		assert_true(f.proven && !f.behind);
		seen_free(&s);
		bytes_free(&b);
	}
	bytes_free(&one);
}

/* Packed archives directly behind each other are segments of their own. */
static void test_adjacent_packed(void **state)
{
	struct bytes one = { 0 }, two = { 0 };

	(void)state;
	add_member(&one, "one", 0100644, "1");
	add_trailer(&one);
	add_member(&two, "two", 0100644, "2");
	add_trailer(&two);
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		struct bytes image = bytes_through(packers[i].command, one.p, one.len);
		struct bytes rest = bytes_through("gzip -n", two.p, two.len);
		char segments[200];

		if (packers[i].codec == CODEC_LZ4) /* nothing else may follow it directly */
			bytes_add_zeros(&image, 4);
		size_t len = image.len - (packers[i].codec == CODEC_LZ4 ? 4 : 0);

		snprintf(segments, sizeof(segments),
			 "0 %s at 0+%zu unpacked 244%s\n1 gzip at %zu+%zu unpacked 244 verified\n",
			 codec_name(packers[i].codec), len, packers[i].checked ? " verified" : "",
			 image.len, rest.len);
		bytes_add(&image, rest.p, rest.len);
		assert_healthy(&image, "one\ntwo\n", segments);
		bytes_free(&image);
		bytes_free(&rest);
	}
	bytes_free(&one);
	bytes_free(&two);
}

/* A frame of nothing but padding, and one that is proven to be empty. */
static void test_padding_frame(void **state)
{
	struct bytes inner = { 0 }, packed, more;

	(void)state;
	add_member(&inner, "one", 0100644, "1");
	add_trailer(&inner);
	packed = bytes_through("gzip -n", inner.p, inner.len);
	more = bytes_through("head -c 500 /dev/zero | gzip -n", NULL, 0);
	bytes_add(&packed, more.p, more.len);
	bytes_free(&more);
	more = bytes_through("gzip -n", NULL, 0);
	bytes_add(&packed, more.p, more.len);
	bytes_free(&more);
	assert_healthy(&packed, "one\n", NULL);
	bytes_free(&inner);
	bytes_free(&packed);
}

static void test_paths(void **state)
{
	static const char *const names[][2] = {
		{ ".", "." },
		{ "./a", "a" },
		{ "/b", "b" },
		{ "//./c", "c" },
		{ "/", "." },
		{ "./", "." },
		{ "d/./e", "d/./e" },
		{ ".f", ".f" },
		{ "../g", "../g" },
		{ "..", ".." },
		{ "h//i", "h//i" },
		{ "TRAILER", "TRAILER" },
		{ "./TRAILER!!!", "TRAILER!!!" },
	};
	struct bytes image = { 0 }, paths = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		add_member(&image, names[i][0], 040755, "");
		bytes_add(&paths, names[i][1], strlen(names[i][1]));
		bytes_add(&paths, "\n", 1);
	}
	bytes_add(&paths, "", 1);
	add_trailer(&image);
	assert_healthy(&image, (char *)paths.p, NULL);
	bytes_free(&image);
	bytes_free(&paths);
}

/* Names lengthened with NULs, so that the data starts at a multiple of something. */
static void test_aligned_data(void **state)
{
	const struct cpio_header h = {
		.mode = 0100644, .nlink = 1, .size = 5, .name_size = 4096 - CPIO_HEADER_BYTES
	};
	unsigned char name[4096] = "file";
	struct bytes image = { 0 };
	struct initrd_fault f;
	struct seen s = { 0 };

	(void)state;
	add_raw(&image, h, name, "12345");
	add_trailer(&image);
	assert_int_equal(walk(&image, &s, &f), 0);
	assert_text(&s.places, "file 0 0 4096\n");
	assert_text(&s.paths, "file\n");
	seen_free(&s);
	bytes_free(&image);
}

/* Every kind of member that exists, with its numbers. */
static void test_kinds(void **state)
{
	struct bytes image = { 0 };
	struct initrd_fault f;
	struct seen s = { 0 };

	(void)state;
	add_raw(&image,
		(struct cpio_header){ .mode = 020600,
				      .uid = 1,
				      .gid = 2,
				      .nlink = 3,
				      .mtime = 4,
				      .rdev_major = 5,
				      .rdev_minor = 6,
				      .name_size = 2 },
		"c", "");
	add_member(&image, "b", 060600, "");
	add_member(&image, "p", 010600, "");
	add_member(&image, "s", 0140600, "");
	add_member(&image, "d", 040700, "");
	add_member(&image, "l", 0120777, "target");
	add_member(&image, "f", 0100644, "data");
	add_trailer(&image);
	assert_int_equal(walk(&image, &s, &f), 0);
	assert_text(&s.content, "c 20600 1:2 3 4 5:6 0\nb 60600 0:0 1 0 0:0 0\n"
				"p 10600 0:0 1 0 0:0 0\ns 140600 0:0 1 0 0:0 0\n"
				"d 40700 0:0 1 0 0:0 0\nl 120777 0:0 1 0 0:0 6\ntarget"
				"f 100644 0:0 1 0 0:0 4\ndata");
	seen_free(&s);
	bytes_free(&image);
}

/* A walk that starts inside a file, and all callbacks absent. */
static void test_from_offset(void **state)
{
	struct bytes image = { 0 };
	struct initrd_visitor none = { 0 };
	struct seen s = { 0 };
	struct input *in;

	(void)state;
	bytes_add(&image, "something", 8);
	add_member(&image, "one", 0100644, "1");
	add_trailer(&image);
	in = input_from_memory(image.p, image.len);
	assert_int_equal(input_seek(in, 8), 0);
	s.image = &image;
	assert_int_equal(initrd_walk(in, &visitor, &s, NULL), 0);
	assert_text(&s.segments, "0 none at 8+244 unpacked 244\n");
	assert_int_equal(input_seek(in, 8), 0);
	assert_int_equal(initrd_walk(in, &none, NULL, NULL), 0);
	assert_int_equal(input_seek(in, 0), 0);
	assert_int_equal(initrd_walk(in, &none, NULL, NULL), -EBADMSG);
	input_free(in);
	seen_free(&s);
	bytes_free(&image);
}

/* Whichever callback wants to stop is obeyed, at once. */
static void test_stop(void **state)
{
	struct bytes image = { 0 };
	struct initrd_fault f;
	struct seen s = { 0 };
	int calls;

	(void)state;
	add_member(&image, "one", 0100644, "1");
	add_member(&image, "two", 0100644, "");
	add_trailer(&image);
	assert_int_equal(walk(&image, &s, &f), 0);
	calls = s.calls;
	assert_int_equal(calls, 7);
	seen_free(&s);
	for (int i = 1; i <= calls; i++) {
		s = (struct seen){ .stop_at = i };
		assert_int_equal(walk(&image, &s, &f), 42);
		assert_int_equal(s.calls, i);
		seen_free(&s);
	}
	bytes_free(&image);
}

/* ---- damage --------------------------------------------------------------------------------- */

static void test_nothing(void **state)
{
	struct bytes image = { 0 };

	(void)state;
	bytes_add_zeros(&image, 1);
	image.len = 0;
	assert_fault(&image, -ENODATA, 0, "", "the file is empty");
	bytes_add_zeros(&image, 10000);
	assert_fault(&image, -ENODATA, 10000, "", "only zero bytes");
	bytes_free(&image);
}

static void test_garbage(void **state)
{
	struct bytes image = { 0 };
	size_t end;

	(void)state;
	add_member(&image, "one", 0100644, "1");
	add_trailer(&image);
	end = image.len;
	bytes_add_zeros(&image, 16);
	assert_healthy(&image, "one\n", NULL);
	bytes_add(&image, "\x01\x02\x03\x04", 4);
	assert_fault(&image, -EBADMSG, end + 16, "",
		     "neither cpio nor a known compression: found 01 02 03 04");
	image.len = end + 16;
	bytes_add(&image, "\xff", 1);
	assert_fault(&image, -EBADMSG, end + 16, "", "found ff");
	image.len = end + 2;
	add_member(&image, "two", 0100644, "1");
	assert_fault(&image, -EBADMSG, end + 2, "", "not a multiple of 4");
	image.len = end;
	bytes_add(&image, "BZh91AY&SY", 10);
	assert_fault(&image, -EOPNOTSUPP, end, "", "bzip2 is recognised");
	image.len = end;
	bytes_add(&image, "\x89LZO\x00\r\n\x1a\n", 9);
	assert_fault(&image, -EOPNOTSUPP, end, "", "lzo is recognised");
	bytes_free(&image);
}

/* It is walked to its end, and nothing proves that it is complete. */
static void assert_skipped(const struct bytes *image, const char *paths)
{
	struct initrd_fault f;
	struct seen s = { 0 };

	assert_int_equal(walk(image, &s, &f), 0);
	assert_text(&s.paths, paths);
	assert_true(s.loose);
	seen_free(&s);
}

/* Damaged headers, names and sums, each with the place and the reason. */
static void test_headers(void **state)
{
	static const struct {
		size_t at; /* in the header */
		const char *bytes, *reason;
	} cases[] = {
		{ 0, "1", "(after usr/lib/first): not a cpio header: found 31 37 30" },
		{ 5, "3", "not a cpio header: found 30 37 30 37 30 33" },
		{ 5, "7", "not a cpio header: found 30 37 30 37 30 37" },
		{ 6, "x", "byte 6 of it is 78, not a hexadecimal digit" },
		{ 109, "\xff", "byte 109 of it is ff" },
		{ 94, "00000001", "its name has no end" },
		{ 94, "00000006", "its name has no end" },
		{ 110, "\0", "a NUL inside its name" },
		{ 112, "\0", "a NUL inside its name" },
	};
	struct bytes image = { 0 };
	size_t at;

	(void)state;
	add_member(&image, "usr/lib/first", 0100644, "1");
	at = add_member(&image, "second", 0100644, "data");
	add_trailer(&image);
	assert_healthy(&image, "usr/lib/first\nsecond\n", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes bad = bytes_copy(&image);
		size_t len = strlen(cases[i].bytes);

		memcpy(bad.p + at + cases[i].at, cases[i].bytes, len ? len : 1);
		assert_fault(&bad, -EBADMSG, at, "", cases[i].reason);
		bytes_free(&bad);
	}
	bytes_free(&image);
}

/* The longest name that a kernel takes, and one byte more. */
static void test_name_limit(void **state)
{
	char name[INITRD_PATH_MAX + 2];
	struct bytes image = { 0 }, paths = { 0 };

	(void)state;
	memset(name, 'n', sizeof(name));
	name[INITRD_PATH_MAX - 1] = 0;
	add_member(&image, name, 0100644, "1");
	add_trailer(&image);
	bytes_add(&paths, name, strlen(name));
	bytes_add(&paths, "\n", 2);
	assert_healthy(&image, (char *)paths.p, NULL);
	image.len = 0;
	name[INITRD_PATH_MAX - 1] = 'n';
	name[INITRD_PATH_MAX] = 0;
	add_member(&image, name, 0100644, "1");
	add_trailer(&image);
	assert_skipped(&image, "\n");
	bytes_free(&image);
	bytes_free(&paths);
}

/* What the kernel reads over, and goes on behind it. */
static void test_skipped(void **state)
{
	static const struct {
		struct cpio_header header;
		const char *name, *path;
	} cases[] = {
		{ { .mode = 0644, .size = 4 }, "odd", "odd" },
		{ { .mode = 0644 }, "odd", "odd" },
		{ { .mode = 0130644 }, "odd", "odd" },
		{ { .mode = 0120777, .size = INITRD_PATH_MAX + 1 }, "link", "link" },
		{ { .mode = 0100644, .size = 400 }, "", "" },
		{ { .mode = 040755, .size = 1 }, "folder", "folder" },
		{ { .mode = 020600, .size = 1 }, "console", "console" },
		/* The twins: as long as it may be, and no data. */
		{ { .mode = 0120777, .size = INITRD_PATH_MAX }, "link", NULL },
		{ { .mode = 040755 }, "folder", NULL },
	};
	static const char data[INITRD_PATH_MAX + 1] = "data";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cpio_header h = cases[i].header;
		struct bytes image = { 0 };
		char paths[64];

		h.name_size = (uint32_t)strlen(cases[i].name) + 1;
		add_member(&image, "first", 0100644, "1");
		add_raw(&image, h, cases[i].name, data);
		add_member(&image, "last", 0100644, "data");
		add_trailer(&image);
		snprintf(paths, sizeof(paths), "first\n%s\nlast\n", cases[i].name);
		if (cases[i].path)
			assert_skipped(&image, paths);
		else
			assert_healthy(&image, paths, NULL);
		bytes_free(&image);
	}
}

/* The field for the length of the name can say that there is none, or that it is very long. */
static void test_skipped_by_the_length_of_its_name(void **state)
{
	struct bytes image = { 0 };
	size_t at;

	(void)state;
	add_member(&image, "first", 0100644, "1");
	at = image.len;
	add_raw(&image, (struct cpio_header){ .mode = 0100644, .size = 4 }, "", "data");
	add_member(&image, "last", 0100644, "data");
	add_trailer(&image);
	assert_skipped(&image, "first\n\nlast\n");
	memcpy(image.p + at + 94, "FFFFFFFF", 8);
	assert_fault(&image, -ENODATA, image.len, "", "cut short within the name of the member");
	bytes_free(&image);
}

static void test_trailer(void **state)
{
	struct bytes image = { 0 };
	size_t at;

	(void)state;
	add_member(&image, "one", 0100644, "1");
	at = add_trailer(&image);
	image.p[at + 61] = '1'; /* its size */
	assert_fault(&image, -EBADMSG, at, "", "a trailer with data");
	image.p[at + 61] = '0';
	image.p[at + CPIO_HEADER_BYTES] = 'S';
	assert_skipped(&image, "one\nSRAILER!!!\n");
	image.p[at + CPIO_HEADER_BYTES] = 'T';
	assert_healthy(&image, "one\n", NULL);
	bytes_free(&image);
}

/* The kernel does without a trailer, and skips zeros between members; but then nothing proves the end. */
static void test_no_trailer(void **state)
{
	struct bytes image = { 0 }, packed;
	size_t at, end;

	(void)state;
	add_member(&image, "one", 0100644, "1");
	at = image.len;
	assert_healthy(&image, "one\n", "0 none at 0+120 unpacked 120 loose\n");
	bytes_add_zeros(&image, 4096);
	assert_healthy(&image, "one\n", "0 none at 0+4216 unpacked 4216 loose, then 4096 zeros\n");
	add_member(&image, "two", 0100644, "2");
	end = image.len;
	assert_healthy(&image, "one\ntwo\n", "0 none at 0+4336 unpacked 4336 loose\n");
	add_trailer(&image);
	assert_healthy(&image, "one\ntwo\n", "0 none at 0+4460 unpacked 4460 loose\n");

	/* Another segment may follow. */
	packed = bytes_through("zstd -q", image.p, image.len);
	image.len = at;
	bytes_add(&image, packed.p, packed.len);
	assert_healthy(&image, "one\none\ntwo\n", NULL);
	bytes_free(&packed);

	/* Zeros that end off the grid, and what is no header, are a fault. */
	image.len = at;
	bytes_add_zeros(&image, 2);
	add_member(&image, "two", 0100644, "2");
	assert_fault(&image, -EBADMSG, at + 2, "", "2 zero bytes, and then no header");
	image.len = at;
	bytes_add_zeros(&image, 8);
	bytes_add(&image, "\1\2\3\4", 4);
	assert_fault(&image, -EBADMSG, at + 8, "", "not a cpio header: found 01 02 03 04");

	/* A checksum over all of it proves the end. */
	image.len = 0;
	add_member(&image, "one", 0100644, "1");
	bytes_add_zeros(&image, 4096);
	add_member(&image, "two", 0100644, "2");
	assert_int_equal(image.len, end);
	packed = bytes_through("zstd -q", image.p, image.len);
	assert_healthy(&packed, "one\ntwo\n", NULL);
	bytes_free(&packed);
	bytes_free(&image);
}

/* What no kernel unpacks, though it is well-formed. */
static void test_unread(void **state)
{
	static const struct {
		const char *command, *unread;
	} cases[] = {
		{ "xz -0 --check=crc64", "its check is not CRC32" },
		{ "xz -0 --check=sha256", "its check is not CRC32" },
		{ "xz -0 --check=none", NULL },
		{ "xz -0 --check=crc32 --x86 --lzma2=preset=0", NULL },
		{ "xz -0 --check=crc32 --delta --lzma2=preset=0", "a filter that no kernel knows" },
		{ "xz -0 -T2 --block-size=1000 --check=crc32", NULL },
		{ "gzip -n", NULL },
		{ "gzip -N", NULL },
		{ "sh -c 'printf \"\\037\\213\\010\\020AAAA\\000\\003comment\\000\"; gzip -n | tail -c +11'",
		  "its header has fields" },
		{ "split -b 700 --filter 'zstd -q' -", "goes on in another frame" },
		{ "split -b 700 --filter 'gzip -n' -", "goes on in another frame" },
	};
	struct bytes archive = tree_archive(NEWC, 600);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes packed = bytes_through(cases[i].command, archive.p, archive.len);
		struct initrd_fault f;
		struct seen s = { 0 };

		if (walk(&packed, &s, &f) != 0)
			fail_msg("%s: %s", cases[i].command, f.reason);
		if (!cases[i].unread)
			assert_null(s.unread);
		else if (!s.unread || !strstr(s.unread, cases[i].unread))
			fail_msg("%s: told: %s", cases[i].command, s.unread ? s.unread : "nothing");
		seen_free(&s);
		bytes_free(&packed);
	}
	bytes_free(&archive);
}

/* Frames that end between two members are read one by one. */
static void test_frames_between_members(void **state)
{
	struct bytes image = { 0 }, one = { 0 }, packed;
	struct initrd_fault f;
	struct seen s = { 0 };

	(void)state;
	add_member(&one, "one", 0100644, "1");
	packed = bytes_through("zstd -q", one.p, one.len);
	bytes_add(&image, packed.p, packed.len);
	bytes_free(&packed);
	one.len = 0;
	add_member(&one, "two", 0100644, "1");
	add_trailer(&one);
	packed = bytes_through("zstd -q", one.p, one.len);
	bytes_add(&image, packed.p, packed.len);
	assert_int_equal(walk(&image, &s, &f), 0);
	assert_int_equal(s.members, 2);
	assert_null(s.unread);
	seen_free(&s);
	bytes_free(&packed);
	bytes_free(&one);
	bytes_free(&image);
}

/* What a stream with a right checksum unpacks to was built like that; a wrong one is what is told. */
static void test_other_content(void **state)
{
	static const char *const packings[] = { "gzip -n", "zstd -q", "xz -0 --check=crc32" };
	struct bytes text = bytes_text(300000, 1), elf = bytes_text(300000, 2);

	(void)state;
	memcpy(elf.p,
	       "\x7f"
	       "ELF",
	       4);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(packings); i++) {
		const struct bytes *content = i % 2 ? &elf : &text;
		struct bytes packed = bytes_through(packings[i / 2], content->p, content->len);
		struct initrd_fault f;
		struct seen s = { 0 };

		assert_int_equal(walk(&packed, &s, &f), -EBADMSG);
		assert_true(f.built_so && !f.proven && !f.behind);
		assert_non_null(f.is);
		assert_non_null(strstr(f.is->name, i % 2 ? "ELF" : "text"));
		seen_free(&s);
		/* The damaged twins: a byte is lost in the middle, and the last bytes are. */
		packed.p[packed.len / 2] ^= 1;
		assert_true(walk(&packed, &s, &f) < 0);
		assert_true(f.proven && !f.built_so);
		packed.p[packed.len / 2] ^= 1;
		seen_free(&s);
		packed.len -= 5;
		assert_int_equal(walk(&packed, &s, &f), -ENODATA);
		assert_true(f.proven && !f.built_so);
		seen_free(&s);
		bytes_free(&packed);
	}
	bytes_free(&text);
	bytes_free(&elf);
}

/* Known formats where an archive should begin have their name. */
static void test_foreign(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *name;
		bool remedy;
	} cases[] = {
		{ "\x04\x22\x4d\x18\x64\x40\xa7", 7, "lz4 in its frame format", true },
		{ "\x50\x2a\x4d\x18\4\0\0\0abcd", 12, "a skippable frame", true },
		{ "LZIP\1\14", 6, "lzip", true },
		{ "070707000001", 12, "cpio in its old format", true },
		{ "PK\3\4\24\0\0\0", 8, "a zip archive", true },
		{ "hsqs\1\0\0\0", 8, "a squashfs", false },
		{ "\x27\x05\x19\x56\0\0", 6, "a U-Boot image", false },
		{ "-----BEGIN PGP SIGNATURE-----", 29, "text", false },
		{ "\x60\x2a\x4d\x18\4\0\0\0", 8, NULL, false },
		{ "\1\2\3\4", 4, NULL, false },
	};
	struct bytes image = { 0 };
	size_t end;

	(void)state;
	add_member(&image, "one", 0100644, "1");
	add_trailer(&image);
	end = image.len;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		size_t k = i / 2, at = i % 2 ? end : 0;
		struct initrd_fault f;
		struct seen s = { 0 };

		image.len = 0;
		if (at) {
			add_member(&image, "one", 0100644, "1");
			add_trailer(&image);
		}
		bytes_add(&image, cases[k].bytes, cases[k].len);
		assert_int_equal(walk(&image, &s, &f), -EBADMSG);
		assert_true(f.behind && !f.proven && !f.built_so);
		assert_int_equal(f.offset, at);
		if (!cases[k].name) {
			assert_null(f.is);
		} else {
			assert_non_null(f.is);
			assert_non_null(strstr(f.is->name, cases[k].name));
			assert_true(!f.is->remedy == !cases[k].remedy);
		}
		seen_free(&s);
	}
	bytes_free(&image);
}

/* It is of that format beyond the block where its mark is, or what a lost write has left there. */
static void test_foreign_to_its_end(void **state)
{
	static const struct {
		const char *name, *command;
	} cases[] = {
		{ "text", "od -c" },
		{ "lz4 in its frame", "lz4 -q -c" },
		{ "lz4 in its frame", "lz4 -q -c --no-frame-crc -BD -B4 -BX" },
		{ "a skippable frame",
		  "sh -c 'printf \"\\120\\52\\115\\30\\4\\0\\0\\0abcd\"; zstd -q'" },
		{ "cpio in its old",
		  "sh -c 'cd $(mktemp -d) && cat >a && echo a | cpio --quiet -o -H odc'" },
		{ "a tar archive", "sh -c 'cd $(mktemp -d) && cat >a && tar -c a'" },
		{ "a zip archive",
		  "sh -c 'cd $(mktemp -d) && cat >a && python3 -c \"import zipfile; "
		  "zipfile.ZipFile(\\\"z\\\", \\\"w\\\").write(\\\"a\\\")\" && cat z'" },
		{ "a squashfs",
		  "sh -c 'cd $(mktemp -d) && mkdir d && cat >d/a && mksquashfs d s -quiet "
		  "-no-progress >/dev/null && cat s'" },
		{ "a U-Boot image",
		  "sh -c 'cd $(mktemp -d) && cat >a && mkimage -A arm -O linux -T ramdisk -C none "
		  "-d a u >/dev/null && cat u'" },
		{ "an ext2",
		  "sh -c 'cd $(mktemp -d) && cat >/dev/null && mke2fs -q -F e 1M >/dev/null && "
		  "cat e'" },
		{ "an ELF program", "sh -c 'cat >/dev/null; cat /bin/ls'" },
	};
	struct bytes text = bytes_text(300000, 7),
		     rest = bytes_through("gzip -n", text.p, text.len);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes image = bytes_through(cases[i].command, text.p, text.len);
		struct initrd_fault f;
		struct seen s = { 0 };

		assert_int_equal(walk(&image, &s, &f), -EBADMSG);
		assert_non_null(f.is);
		assert_non_null(strstr(f.is->name, cases[i].name));
		if (!f.whole || !initrd_fault_is_foreign(&f))
			fail_msg("%s is not proven", cases[i].name);
		/* The twins: of its bytes the first block is there alone, and its end is not. */
		image.len = BLOCK_SIZE;
		bytes_add(&image, rest.p, rest.len);
		assert_int_equal(walk(&image, &s, &f), -EBADMSG);
		if (!f.is || f.whole || initrd_fault_is_foreign(&f))
			fail_msg("%s is said to be proven by its first block", cases[i].name);
		seen_free(&s);
		bytes_free(&image);
	}
	bytes_free(&rest);
	bytes_free(&text);
}

static void test_sum(void **state)
{
	struct cpio_header h = { .mode = 0100644,
				 .nlink = 1,
				 .size = 3,
				 .name_size = 5,
				 .has_check = 1,
				 .check = 'a' + 'b' + 'c' };
	struct bytes image = { 0 };

	(void)state;
	add_raw(&image, h, "file", "abc");
	h.size = 0; /* a hard link, all but the last of which come without their data */
	h.nlink = 2;
	add_raw(&image, h, "link", "");
	add_trailer(&image);
	assert_healthy(&image, "file\nlink\n", NULL);
	image.p[CPIO_HEADER_BYTES + 6] ^= 1;
	assert_fault(&image, -EBADMSG, CPIO_HEADER_BYTES + 6 + 3, "file",
		     "the sum of its bytes is 00000125, its header says 00000126");
	bytes_free(&image);
}

static void test_cut_member(void **state)
{
	struct bytes image = { 0 };

	(void)state;
	add_member(&image, "./file", 0100644, "123456");
	image.len -= 4;
	assert_fault(&image, -ENODATA, image.len, "file", "2 of the member's 6 bytes are missing");
	image.p[54] = 'F'; /* almost 4 GiB */
	assert_fault(&image, -ENODATA, image.len, "file", "bytes are missing");
	image.len = CPIO_HEADER_BYTES + 3;
	assert_fault(&image, -ENODATA, 0, "", "cut short within the name");
	image.len = 50;
	assert_fault(&image, -ENODATA, 0, "", "cut short within the member header");
	bytes_free(&image);
}

/* Inside a compressed stream: what the codec finds, and what it cannot. */
static void test_packed_damage(void **state)
{
	struct bytes inner = { 0 }, packed;
	size_t at;

	(void)state;
	add_member(&inner, "one", 0100644, "1");
	at = add_trailer(&inner);
	packed = bytes_through("gzip -n", inner.p, inner.len);
	packed.p[packed.len - 8] ^= 1;
	assert_fault(&packed, -EBADMSG, packed.len - 4, "", "gzip: the content does not match");
	packed.p[packed.len - 8] ^= 1;
	packed.p[packed.len - 4] ^= 1;
	assert_fault(&packed, -EBADMSG, packed.len, "",
		     "gzip: the content does not have the length");
	packed.len -= 2;
	assert_fault(&packed, -ENODATA, packed.len, "", "gzip: the compressed data is cut short");
	bytes_free(&packed);

	packed = bytes_through("zstd -q", inner.p, inner.len);
	packed.p[packed.len - 1] ^= 1; /* a frame that is unpacked in one go fails as a whole */
	assert_fault(&packed, -EBADMSG, 0, "", "zstd: the content does not match its checksum");
	bytes_free(&packed);

	/* Packed while it was damaged already. */
	packed = bytes_through("zstd -q", inner.p, at + 50);
	assert_fault(&packed, -ENODATA, packed.len, "", "cut short within the member header");
	bytes_free(&packed);
	bytes_add(&inner, "\xff\xff", 2);
	packed = bytes_through("zstd -q", inner.p, inner.len);
	assert_fault(&packed, -EBADMSG, packed.len, "", "not a cpio header: found ff ff");
	bytes_free(&packed);
	inner.len -= 2;
	bytes_add_zeros(&inner, 2);
	add_member(&inner, "two", 0100644, "1");
	packed = bytes_through("zstd -q", inner.p, inner.len);
	assert_fault(&packed, -EBADMSG, packed.len, "", "garbage behind an archive");
	bytes_free(&packed);
	packed = bytes_through("zstd -q", "text", 4);
	assert_fault(&packed, -EBADMSG, packed.len, "", "not a cpio header: found 74 65 78 74");
	bytes_free(&packed);
	packed = bytes_through("zstd -q --no-check", NULL, 0);
	assert_fault(&packed, -ENODATA, packed.len, "", "holds no archive");
	bytes_free(&packed);
	bytes_free(&inner);
}

/* A checksum over everything accuses no member; data that cannot be unpacked is noticed in one. */
static void test_no_false_accusation(void **state)
{
	struct bytes archive = tree_archive(NEWC, 600000);

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		struct bytes packed = bytes_through(packers[i].command, archive.p, archive.len);
		struct initrd_fault f;
		struct seen s = { 0 };

		if (packers[i].codec != CODEC_GZIP && packers[i].codec != CODEC_ZSTD)
			goto next;
		if (packers[i].checked) {
			packed.p[packed.len - (packers[i].codec == CODEC_GZIP ? 5 : 1)] ^= 1;
			assert_int_equal(walk(&packed, &s, &f), -EBADMSG);
			assert_string_equal(f.path, "");
			packed.p[packed.len - (packers[i].codec == CODEC_GZIP ? 5 : 1)] ^= 1;
			seen_free(&s);
		}
		memset(packed.p + packed.len / 2, 0, 512);
		assert_int_equal(walk(&packed, &s, &f), -EBADMSG);
		if (!strstr(f.reason, "does not match"))
			assert_true(strcmp(f.path, "usr/lib/again") == 0 ||
				    strcmp(f.path, "usr/lib/file") == 0);
next:
		seen_free(&s);
		bytes_free(&packed);
	}
	bytes_free(&archive);
}

/* The other frames of a segment do not hide what is wrong with one. */
static void test_damaged_second_frame(void **state)
{
	struct bytes inner = { 0 };

	(void)state;
	add_member(&inner, "one", 0100644, "1");
	add_trailer(&inner);
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		struct bytes packed, rest;
		struct initrd_fault f;
		struct seen s = { 0 };

		if (!packers[i].checked)
			continue;
		packed = bytes_through(packers[i].command, inner.p, 100);
		rest = bytes_through(packers[i].command, inner.p + 100, inner.len - 100);
		rest.p[rest.len / 2] ^= 16;
		bytes_add(&packed, rest.p, rest.len);
		assert_int_equal(walk(&packed, &s, &f), -EBADMSG);
		assert_true(f.offset >= packed.len - rest.len);
		seen_free(&s);
		bytes_free(&packed);
		bytes_free(&rest);
	}
	bytes_free(&inner);
}

/*
 * Every bit of a small image flipped. Behind a checksum, a walk without a fault has seen
 * exactly what it saw before.
 */
static void test_every_bit(void **state)
{
	struct bytes archive = tree_archive(NEWC, 100);

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(packers); i++) {
		struct bytes packed = bytes_through(packers[i].command, archive.p, archive.len);
		struct seen good = { 0 };
		struct initrd_fault f;
		size_t noticed = 0;

		assert_int_equal(walk(&packed, &good, &f), 0);
		for (size_t bit = 0; bit < 8 * packed.len; bit++) {
			struct seen s = { 0 };
			int r;

			packed.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
			r = walk(&packed, &s, &f);
			packed.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
			noticed += r < 0;
			if (r == 0 && packers[i].checked &&
			    (!same(&s.content, &good.content) ||
			     !same(&s.segments, &good.segments)))
				fail_msg("%s: bit %zu goes unnoticed", packers[i].command, bit);
			seen_free(&s);
		}
		if (packers[i].checked)
			assert_true(noticed >= 8 * packed.len * 9 / 10);
		else
			assert_true(noticed > 0);
		seen_free(&good);
		bytes_free(&packed);
	}
	bytes_free(&archive);
}

/* In a plain archive with sums (070702), no file's data changes unnoticed. */
static void test_every_bit_of_summed_data(void **state)
{
	struct bytes archive = tree_archive(CRC, 100);
	struct bytes text = bytes_text(100, 1);
	unsigned char *data = memmem(archive.p, archive.len, text.p, text.len);

	(void)state;
	assert_non_null(data);
	for (size_t bit = 0; bit < 8 * text.len; bit++) {
		struct initrd_fault f;
		struct seen s = { 0 };

		data[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_int_equal(walk(&archive, &s, &f), -EBADMSG);
		assert_true(strcmp(f.path, "usr/lib/again") == 0 ||
			    strcmp(f.path, "usr/lib/file") == 0);
		data[bit / 8] ^= (unsigned char)(1u << bit % 8);
		seen_free(&s);
	}
	bytes_free(&archive);
	bytes_free(&text);
}

/* Plain archives: no bit of any makes a member disappear without a fault. */
static void test_every_bit_of_a_plain_archive(void **state)
{
	struct bytes archive = tree_archive(NEWC, 100);
	struct initrd_fault f;
	struct seen good = { 0 };
	size_t bits;

	(void)state;
	assert_int_equal(walk(&archive, &good, &f), 0);
	bits = 8 * archive.len;
	for (size_t bit = 0; bit < bits; bit++) {
		struct seen s = { 0 };

		archive.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
		/* A size that leads to the zeros behind the trailer hides it, and is told by that. */
		if (walk(&archive, &s, &f) == 0 && !s.loose)
			assert_int_equal(s.members, good.members);
		archive.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
		seen_free(&s);
	}
	seen_free(&good);
	bytes_free(&archive);
}

/* Every length of a small image: never a success while something is missing. */
static void test_every_length(void **state)
{
	struct bytes archive = tree_archive(NEWC, 100);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		struct bytes packed = bytes_through(packers[i].command, archive.p, archive.len);
		struct seen good = { 0 };
		struct initrd_fault f;
		size_t needed = packed.len;

		assert_int_equal(walk(&packed, &good, &f), 0);
		if (packers[i].codec == CODEC_NONE) { /* up to the NUL of the trailer's name */
			while (packed.p[needed - 1] == 0)
				needed--;
			needed++;
		}
		size_t between = 0;

		for (size_t len = 0; len < packed.len; len++) {
			struct bytes cut = { 0 };
			struct seen s = { 0 };
			int r;

			/* A copy of its own, so that a read beyond its end is caught. */
			cut.p = malloc(len ? len : 1);
			assert_non_null(cut.p);
			memcpy(cut.p, packed.p, len);
			cut.len = len;
			r = walk(&cut, &s, &f);
			if (len >= needed) {
				assert_int_equal(r, 0);
				assert_true(same(&s.content, &good.content));
			} else if (r == 0) { /* between two members: nothing proves the end */
				assert_true(s.loose && s.members <= good.members);
				between++;
			} else if (len == 1) { /* one byte is no magic number yet */
				assert_true(r == -EBADMSG || r == -ENODATA);
			} else {
				assert_int_equal(r, -ENODATA);
			}
			seen_free(&s);
			bytes_free(&cut);
		}
		/* At the end of each, or within the padding behind it. */
		assert_true(packers[i].codec == CODEC_NONE ? between < 4 * good.members
							   : between == 0);
		seen_free(&good);
		bytes_free(&packed);
	}
	bytes_free(&archive);
}

/* The device fails in the middle: that is what is said, and where. */
static void test_unreadable(void **state)
{
	struct input *in = input_from_fd(-1, 512, 100000);
	struct initrd_fault f;

	(void)state;
	assert_int_equal(initrd_walk(in, NULL, NULL, &f), -EBADF);
	assert_int_equal(f.error, -EBADF);
	assert_int_equal(f.offset, 512);
	assert_non_null(strstr(f.reason, "reading the image failed: "));
	input_free(in);
}

/* ---- limits --------------------------------------------------------------------------------- */

static void test_member_limit(void **state)
{
	struct bytes image = { 0 }, one = { 0 };
	struct initrd_fault f;
	struct input *in;

	(void)state;
	add_member(&one, "m", 040755, "");
	for (unsigned int i = 0; i < INITRD_MEMBERS_MAX; i++)
		bytes_add(&image, one.p, one.len);
	add_trailer(&image);
	in = input_from_memory(image.p, image.len);
	assert_int_equal(initrd_walk(in, NULL, NULL, &f), 0);
	input_free(in);
	add_member(&image, "m", 040755, "");
	add_trailer(&image);
	in = input_from_memory(image.p, image.len);
	assert_int_equal(initrd_walk(in, NULL, NULL, &f), -EOVERFLOW);
	assert_non_null(strstr(f.reason, "more than 100000 members"));
	input_free(in);
	bytes_free(&one);
	bytes_free(&image);
}

/*
 * A zstd frame, from hand, of blocks that repeat one zero byte (RFC 8878, 3.1.1.2): four bytes
 * for 128 KiB each.
 */
static struct bytes zeros_bomb(uint64_t mib)
{
	struct bytes b = { 0 };

	bytes_add(&b, "\x28\xb5\x2f\xfd\x00\x38", 6); /* a window of 128 KiB, no checksum */
	for (uint64_t i = 0; i < 8 * mib; i++)
		bytes_add(&b, i + 1 < 8 * mib ? "\x02\x00\x10\x00" : "\x03\x00\x10\x00", 4);
	return b;
}

static void test_unpacked_limit(void **state)
{
	static const uint64_t mib = INITRD_UNPACKED_MAX >> 20;
	struct bytes archive = { 0 }, start, bomb;
	struct initrd_fault f;
	struct input *in;

	(void)state;
	add_member(&archive, "one", 0100644, "1");
	add_trailer(&archive);
	start = bytes_through("zstd -q", archive.p, archive.len);
	for (int over = 0; over < 2; over++) {
		struct bytes image = bytes_copy(&start);

		/* In two segments: it is the image's sum that counts. */
		bomb = zeros_bomb(over ? mib / 2 + 1 : 100);
		bytes_add(&image, bomb.p, bomb.len);
		bytes_add(&image, bomb.p, bomb.len);
		in = input_from_memory(image.p, image.len);
		assert_int_equal(initrd_walk(in, NULL, NULL, &f), over ? -EOVERFLOW : 0);
		if (over)
			assert_non_null(strstr(f.reason, "unpacks to more than 4096 MiB"));
		input_free(in);
		bytes_free(&image);
		bytes_free(&bomb);
	}
	bytes_free(&start);
	bytes_free(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_archives),
		cmocka_unit_test(test_three_segments),
		cmocka_unit_test(test_adjacent_plain),
		cmocka_unit_test(test_archives_in_one_stream),
		cmocka_unit_test(test_archive_over_frames),
		cmocka_unit_test(test_one_unverified_frame),
		cmocka_unit_test(test_behind_lz4),
		cmocka_unit_test(test_adjacent_packed),
		cmocka_unit_test(test_padding_frame),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_aligned_data),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_from_offset),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_name_limit),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_skipped_by_the_length_of_its_name),
		cmocka_unit_test(test_trailer),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_foreign_to_its_end),
		cmocka_unit_test(test_other_content),
		cmocka_unit_test(test_frames_between_members),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_no_trailer),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_cut_member),
		cmocka_unit_test(test_packed_damage),
		cmocka_unit_test(test_no_false_accusation),
		cmocka_unit_test(test_damaged_second_frame),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_bit_of_summed_data),
		cmocka_unit_test(test_every_bit_of_a_plain_archive),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_member_limit),
		cmocka_unit_test(test_unpacked_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
