// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/initrd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/bootconfig.h"
#include "image/cpio.h"
#include "storage/source.h"
#include "util/bytes.h"
#include "util/util.h"

/* The headers that tell how a stream was packed. */
#define OPTION_BYTES 64u

/* Room for unpacked bytes; more than the longest member header with its name. */
#define UNPACK_BUFFER (128u * 1024u)

struct walk {
	struct input *in;
	const struct initrd_visitor *v;
	void *ctx;
	struct initrd_fault *fault;

	struct segment seg;
	unsigned int archives; /* of the whole image, so far */
	unsigned int members;
	uint64_t name_bytes;
	uint64_t unpacked; /* by the segments before this one */

	/* The unpacked bytes of a compressed segment; a plain one is read from the input. */
	struct decompressor *d; /* NULL, or made for this codec */
	enum codec d_codec;
	bool frame_ended;
	int no_block; /* why what follows is no block of lz4, or 0 */
	unsigned char *buf;
	size_t pos, have;
	uint64_t base; /* position of buf[0] in the segment's unpacked bytes */

	bool open;	/* inside an archive: its trailer is still to come */
	bool closed;	/* the last archive had its trailer */
	bool in_member; /* its header was read, its data not yet */
	struct member m;
	char name[INITRD_PATH_MAX];
};

/* ---- faults --------------------------------------------------------------------------------- */

static uint64_t position(const struct walk *w)
{
	if (w->seg.codec == CODEC_NONE)
		return input_offset(w->in) - w->seg.offset;
	return w->base + w->pos;
}

static int fault(struct walk *w, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fault(struct walk *w, int error, const char *fmt, ...)
{
	struct initrd_fault *f = w->fault;
	va_list ap;

	*f = (struct initrd_fault){
		.error = error,
		.segment = w->seg.index,
		.codec = w->seg.codec,
		.offset = input_offset(w->in),
		.position = position(w),
	};
	va_start(ap, fmt);
	vsnprintf(f->reason, sizeof(f->reason), fmt, ap);
	va_end(ap);
	if (w->in_member)
		snprintf(f->path, sizeof(f->path), "%s", w->m.path);
	return error;
}

static int fault_reading(struct walk *w, int error)
{
	fault(w, error, "reading the image failed: %s", strerror(-error));
	w->fault->proven = error == -EIO;
	return error;
}

/* The first bytes at p as "1f 8b 08", for a message. */
struct hex {
	char text[3 * 8];
};

static struct hex hex(const unsigned char *p, size_t len)
{
	struct hex h = { "" };

	for (size_t i = 0; i < len && i < 8; i++)
		snprintf(h.text + 3 * i, sizeof(h.text) - 3 * i, i < 7 ? "%02x " : "%02x", p[i]);
	if (len > 0 && len < 8)
		h.text[3 * len - 1] = '\0';
	return h;
}

/* Where a member header was expected, in words. */
struct place {
	char text[112];
};

static struct place place(const struct walk *w)
{
	const char *path = w->m.path;
	size_t len = path ? strlen(path) : 0;
	struct place s;

	if (!path)
		snprintf(s.text, sizeof(s.text), "at byte %" PRIu64 " of the archive", position(w));
	else
		snprintf(s.text, sizeof(s.text), "at byte %" PRIu64 " (after %s%s)", position(w),
			 len > 48 ? "..." : "", len > 48 ? path + len - 48 : path);
	return s;
}

/* ---- unpacked bytes ------------------------------------------------------------------------- */

static int frame_open(struct walk *w)
{
	const unsigned char *p;
	ssize_t n = input_peek(w->in, OPTION_BYTES, &p);
	int r;

	if (n > 0 && !w->seg.unread)
		w->seg.unread = foreign_option(w->seg.codec, p, (size_t)n);
	w->frame_ended = false;
	if (w->d && w->d_codec == w->seg.codec) {
		r = decompressor_restart(w->d);
	} else {
		decompressor_free(w->d);
		w->d_codec = w->seg.codec;
		r = decompressor_open(&w->d, w->seg.codec, w->in);
	}
	if (r == -EOPNOTSUPP)
		return fault(w, r, "%s is recognised, but bootverdict cannot unpack it",
			     codec_name(w->seg.codec));
	if (r < 0)
		return fault(w, r, "%s: out of memory", codec_name(w->seg.codec));
	return 0;
}

/* Whether the archive that is not complete yet goes on in another frame: 1, 0 or an error. */
static int frame_follows(struct walk *w)
{
	const unsigned char *p;
	ssize_t n;

	if (!w->open)
		return 0;
	n = input_peek(w->in, 16, &p);
	if (n < 0)
		return fault_reading(w, (int)n);
	return codec_detect(p, (size_t)n) == w->seg.codec;
}

static void frame_end(struct walk *w)
{
	w->frame_ended = true;
	w->seg.verified = w->seg.verified && decompressor_verified(w->d);
}

static int fault_unpacking(struct walk *w, int error)
{
	bool option = w->seg.unread && (error == -EOPNOTSUPP || error == -EOVERFLOW);

	w->in_member = w->in_member && !decompressor_damaged_anywhere(w->d);
	fault(w, error, "%s: %s", codec_name(w->seg.codec),
	      option ? w->seg.unread : decompressor_reason(w->d));
	w->fault->proven = error == -EBADMSG || error == -ENODATA || error == -EIO;
	/* The headers of xz have checksums of their own. */
	w->fault->built_so = option && w->seg.codec == CODEC_XZ && error == -EOPNOTSUPP;
	return error;
}

/* Whether the frame that has just ended leaves a member, or the padding behind it, incomplete. */
static bool inside_member(const struct walk *w)
{
	return w->in_member || w->have > w->pos || cpio_padding(position(w)) != 0;
}

/*
 * lz4 has no end mark: what follows a block and is none was not necessarily one. Whether the archives
 * before it are complete is seen when they are through.
 */
static bool ends_before_no_block(struct walk *w, ssize_t error)
{
	uint64_t end = decompressor_whole_until(w->d);

	if (!end || (error != -EBADMSG && error != -ENODATA) || input_seek(w->in, end) < 0)
		return false;
	w->no_block = (int)error;
	return true;
}

/* Unpacks more bytes behind those in the buffer: their number, 0 at the segment's end. */
static ssize_t unpack(struct walk *w)
{
	for (;;) {
		ssize_t n;
		int r;

		if (w->frame_ended) {
			r = frame_follows(w);
			if (r <= 0)
				return r;
			if (inside_member(w))
				w->seg.unread =
					"its archive goes on in another frame, and kernels unpack each "
					"frame by itself: pack it in one piece";
			r = frame_open(w);
			if (r < 0)
				return r;
		}
		n = decompressor_read(w->d, w->buf + w->have, UNPACK_BUFFER - w->have);
		if (n < 0 && !ends_before_no_block(w, n))
			return fault_unpacking(w, (int)n);
		if (n > 0) {
			w->have += (size_t)n;
			return n;
		}
		frame_end(w);
	}
}

/* As input_peek(), over the unpacked bytes; want is at most UNPACK_BUFFER. */
static ssize_t peek(struct walk *w, size_t want, const unsigned char **p)
{
	if (w->unpacked + position(w) > INITRD_UNPACKED_MAX)
		return fault(w, -EOVERFLOW, "it unpacks to more than %llu MiB",
			     INITRD_UNPACKED_MAX >> 20);
	if (w->seg.codec == CODEC_NONE) {
		ssize_t n = input_peek(w->in, want, p);

		return n < 0 ? fault_reading(w, (int)n) : n;
	}
	if (w->have - w->pos < want && w->pos > 0) {
		memmove(w->buf, w->buf + w->pos, w->have - w->pos);
		w->base += w->pos;
		w->have -= w->pos;
		w->pos = 0;
	}
	while (w->have - w->pos < want) {
		ssize_t n = unpack(w);

		if (n < 0)
			return n;
		if (n == 0)
			break;
	}
	*p = w->buf + w->pos;
	return (ssize_t)(w->have - w->pos);
}

static void consume(struct walk *w, size_t n)
{
	if (w->seg.codec == CODEC_NONE)
		input_consume(w->in, n);
	else
		w->pos += n;
}

/* Skips the padding to a multiple of 4; an archive may end before its last padding does. */
static int skip_padding(struct walk *w)
{
	size_t pad = cpio_padding(position(w));
	const unsigned char *p;
	ssize_t n;

	if (pad == 0)
		return 0;
	n = peek(w, pad, &p);
	if (n < 0)
		return (int)n;
	consume(w, (size_t)n < pad ? (size_t)n : pad);
	return 0;
}

/* How many of the bytes at p, at most n, are zero before the first that is not. */
static size_t zeros(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] == 0)
		i++;
	return i;
}

/* ---- members -------------------------------------------------------------------------------- */

static int fault_no_header(struct walk *w, const unsigned char *p, size_t n)
{
	const struct foreign *is = position(w) ? NULL : foreign_find(p, n);
	int r = fault(w, -EBADMSG, "member header %s: not a cpio header: found %s", place(w).text,
		      hex(p, n).text);

	w->fault->is = is;
	return r;
}

/* The header is there, and has the magic number, but cannot be parsed. */
static int fault_bad_header(struct walk *w, const unsigned char *p)
{
	size_t good = 6;

	while (good < CPIO_HEADER_BYTES && strchr("0123456789ABCDEFabcdef", p[good]) && p[good])
		good++;
	return fault(w, -EBADMSG,
		     "member header %s: damaged: byte %zu of it is %02x, not a hexadecimal digit",
		     place(w).text, good, p[good]);
}

/* The rest of the stream tells whether its checksum covers what was found in it. */
static int drain(struct walk *w)
{
	uint64_t made = 0;
	ssize_t n;

	if (w->frame_ended)
		return 0;
	while ((n = decompressor_read(w->d, w->buf, UNPACK_BUFFER)) > 0) {
		made += (uint64_t)n;
		if (w->unpacked + w->base + made > INITRD_UNPACKED_MAX)
			return -EOVERFLOW;
	}
	if (!n)
		frame_end(w);
	return (int)n;
}

/*
 * A stream unpacks to what is no archive: when its own data proves that bytes are lost, that is what
 * is told; when its checksum is right, it was built like that.
 */
static int judge_content(struct walk *w, int error)
{
	struct initrd_fault *f = w->fault;
	int r;

	if (f->error != error || f->proven || (error != -EBADMSG && error != -ENODATA))
		return error;
	r = drain(w);
	if (!r)
		f->built_so = w->seg.verified;
	return r == -EBADMSG || r == -ENODATA || r == -EIO ? fault_unpacking(w, r) : error;
}

/* Makes *p point to the next header. */
static int header_read(struct walk *w, struct cpio_header *h, const unsigned char **p)
{
	ssize_t n = peek(w, CPIO_HEADER_BYTES, p);
	size_t common;

	if (n < 0)
		return (int)n;
	if (n == 0)
		return fault(w, -ENODATA, "cut short %s: neither another member nor the trailer",
			     place(w).text);
	common = (size_t)n < 5 ? (size_t)n : 5;
	if (memcmp(*p, "07070", common) != 0 || (n > 5 && (*p)[5] != '1' && (*p)[5] != '2')) {
		/* What begins a stream has a name, maybe. */
		if (!position(w))
			n = peek(w, FOREIGN_HEAD_BYTES, p);
		return n < 0 ? (int)n : fault_no_header(w, *p, (size_t)n);
	}
	if (n < (ssize_t)CPIO_HEADER_BYTES)
		return fault(w, -ENODATA, "cut short within the member header %s", place(w).text);
	if (cpio_header_parse(*p, h) < 0)
		return fault_bad_header(w, *p);
	return 0;
}

/* Kernels do not look at the name of such a member. */
static bool is_name_read(const struct cpio_header *h)
{
	return h->name_size && h->name_size <= INITRD_PATH_MAX;
}

/* Makes *name point to the name behind the header, or to "" without one; nothing is consumed yet. */
static int name_read(struct walk *w, const struct cpio_header *h, const char **name)
{
	const unsigned char *p, *end;
	ssize_t n;
	size_t len;

	*name = "";
	if (!is_name_read(h))
		return 0;
	n = peek(w, CPIO_HEADER_BYTES + h->name_size, &p);
	if (n < 0)
		return (int)n;
	if ((size_t)n < CPIO_HEADER_BYTES + h->name_size)
		return fault(w, -ENODATA, "cut short within the name of the member %s",
			     place(w).text);
	p += CPIO_HEADER_BYTES;
	end = memchr(p, 0, h->name_size);
	if (!end)
		return fault(w, -EBADMSG, "member header %s: damaged: its name has no end",
			     place(w).text);
	len = (size_t)(end - p);
	/* Some builders lengthen the name with NULs, to align the data behind it. */
	if (zeros(end, h->name_size - len) != h->name_size - len)
		return fault(w, -EBADMSG, "member header %s: damaged: a NUL inside its name",
			     place(w).text);
	*name = (const char *)p;
	return 0;
}

/* Whether kernels read over it, whatever it is; image/initrd.h. */
static bool is_skipped(const struct cpio_header *h, const char *name)
{
	if (!*name)
		return true;
	switch (h->mode & S_IFMT) {
	case S_IFREG:
		return false;
	case S_IFLNK:
		return h->size > INITRD_PATH_MAX;
	case S_IFDIR:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return h->size > 0;
	default:
		return true;
	}
}

static const char *path_strip(const char *path)
{
	for (;;) {
		if (path[0] == '/')
			path++;
		else if (path[0] == '.' && path[1] == '/')
			path += 2;
		else
			return path[0] ? path : ".";
	}
}

static void member_set(struct walk *w, const struct cpio_header *h, const char *name)
{
	uint64_t at = position(w);
	uint64_t data = at + CPIO_HEADER_BYTES + h->name_size;

	snprintf(w->name, sizeof(w->name), "%s", name);
	w->m = (struct member){
		.segment = &w->seg,
		.path = *name ? path_strip(w->name) : "",
		.position = at,
		.image_offset = input_offset(w->in),
		.data_position = data + cpio_padding(data),
		.ino = h->ino,
		.mode = h->mode,
		.uid = h->uid,
		.gid = h->gid,
		.nlink = h->nlink,
		.mtime = h->mtime,
		.dev_major = h->dev_major,
		.dev_minor = h->dev_minor,
		.rdev_major = h->rdev_major,
		.rdev_minor = h->rdev_minor,
		.check = h->check,
		.has_check = h->has_check != 0,
		.archive = w->archives,
		.size = h->size,
		.skipped = is_skipped(h, name),
	};
	w->seg.loose = w->seg.loose || w->m.skipped;
}

static int member_data(struct walk *w)
{
	uint64_t left = w->m.size;
	uint32_t sum = 0;

	while (left > 0) {
		const unsigned char *p;
		ssize_t n = peek(w, 1, &p);
		size_t part;
		int r;

		if (n < 0)
			return (int)n;
		if (n == 0)
			return fault(w, -ENODATA,
				     "cut short: %" PRIu64 " of the member's %" PRIu64
				     " bytes are missing",
				     left, w->m.size);
		part = (uint64_t)n < left ? (size_t)n : (size_t)left;
		if (w->m.has_check)
			sum += byte_sum(p, part);
		r = w->v->data && !w->m.skipped ? w->v->data(w->ctx, p, part) : 0;
		if (r)
			return r;
		consume(w, part);
		left -= part;
	}
	/* Only a regular file that brings its data has a sum (cpio(5), "New CRC Format"). */
	if (w->m.has_check && w->m.size > 0 && S_ISREG(w->m.mode) && sum != w->m.check)
		return fault(w, -EBADMSG,
			     "the sum of its bytes is %08" PRIx32 ", its header says %08" PRIx32,
			     sum, w->m.check);
	return 0;
}

/* Reads over a name, which may be longer than the buffer. */
static int pass(struct walk *w, uint64_t left)
{
	while (left > 0) {
		const unsigned char *p;
		ssize_t n = peek(w, 1, &p);
		size_t part;

		if (n <= 0)
			return n < 0 ? (int)n
				     : fault(w, -ENODATA,
					     "cut short within the name of the member %s",
					     place(w).text);
		part = (uint64_t)n < left ? (size_t)n : (size_t)left;
		consume(w, part);
		left -= part;
	}
	return 0;
}

static int trailer_read(struct walk *w, const struct cpio_header *h)
{
	if (h->size != 0)
		return fault(w, -EBADMSG, "member header %s: damaged: a trailer with data",
			     place(w).text);
	consume(w, CPIO_HEADER_BYTES + h->name_size);
	w->open = false;
	w->closed = true;
	w->archives++;
	return skip_padding(w);
}

/* Reads one member, or the trailer, which closes the archive. */
static int member_walk(struct walk *w)
{
	const unsigned char *p;
	struct cpio_header h;
	const char *name = "";
	int r;

	r = header_read(w, &h, &p);
	if (r < 0)
		return r;
	r = name_read(w, &h, &name);
	if (r < 0)
		return r;
	if (strcmp(name, CPIO_TRAILER) == 0)
		return trailer_read(w, &h);
	if (++w->members > INITRD_MEMBERS_MAX)
		return fault(w, -EOVERFLOW, "more than %u members", INITRD_MEMBERS_MAX);
	w->name_bytes += is_name_read(&h) ? h.name_size : 0;
	if (w->name_bytes > INITRD_NAMES_MAX)
		return fault(w, -EOVERFLOW, "the members' names have more than %u MiB",
			     INITRD_NAMES_MAX >> 20);

	member_set(w, &h, name);
	w->in_member = true;
	consume(w, CPIO_HEADER_BYTES);
	r = pass(w, h.name_size);
	if (r)
		return r;
	r = w->v->member ? w->v->member(w->ctx, &w->m) : 0;
	if (r)
		return r;
	r = skip_padding(w);
	if (r < 0)
		return r;
	r = member_data(w);
	if (r)
		return r;
	r = w->v->member_end ? w->v->member_end(w->ctx, &w->m) : 0;
	if (r)
		return r;
	w->in_member = false;
	return skip_padding(w);
}

/* Skips zero bytes between archives and members: 1 when something follows, 0 at the segment's end. */
static int skip_unpacked_zeros(struct walk *w)
{
	for (;;) {
		const unsigned char *p;
		ssize_t n = peek(w, 1, &p);
		size_t z;

		if (n <= 0)
			return (int)n;
		z = zeros(p, (size_t)n);
		consume(w, z);
		if (z < (size_t)n)
			return 1;
	}
}

/* Behind a plain archive that has no trailer another segment may begin. */
static int segment_follows(struct walk *w)
{
	const unsigned char *p;
	ssize_t n = w->seg.codec == CODEC_NONE ? input_peek(w->in, 16, &p) : 0;

	if (n < 0)
		return fault_reading(w, (int)n);
	return n > 0 && codec_detect(p, (size_t)n) != CODEC_NONE;
}

/*
 * From a member to the next, as the kernel goes: the trailer is not needed, and zeros may be between.
 * 0, also where the archive ends without a trailer.
 */
static int next_member(struct walk *w)
{
	uint64_t from = position(w);
	int r = skip_unpacked_zeros(w), follows;
	uint64_t gap = position(w) - from;

	if (r < 0)
		return r;
	follows = r ? segment_follows(w) : 1;
	if (follows < 0)
		return follows;
	if (follows) {
		w->open = false;
		w->seg.loose = true;
		w->seg.zero_tail = gap;
	} else if (gap) {
		w->seg.loose = true;
		if (position(w) % 4 != 0)
			return fault(w, -EBADMSG,
				     "member header %s: %" PRIu64 " zero bytes, and then no header",
				     place(w).text, gap);
	}
	return 0;
}

static int archive_walk(struct walk *w)
{
	int r = 0;

	w->open = true;
	w->closed = false;
	w->m.path = NULL;
	while (w->open && r == 0) {
		r = member_walk(w);
		if (r == 0 && w->open)
			r = next_member(w);
	}
	return r;
}

/* ---- segments ------------------------------------------------------------------------------- */

/* What a stream begins with, before zeros are skipped: a file system may begin with them. */
static int name_start(struct walk *w, const struct foreign **is)
{
	const unsigned char *p;
	ssize_t n = peek(w, FOREIGN_HEAD_BYTES, &p);

	if (n > 0 && p[0] != '0')
		*is = foreign_find(p, (size_t)n);
	return n < 0 ? (int)n : 0;
}

/* Any number of archives, with zero bytes between them. */
static int compressed_walk(struct walk *w)
{
	unsigned int before = w->members + w->archives;
	const struct foreign *is = NULL;
	int r = frame_open(w);

	if (!r)
		r = name_start(w, &is);
	while (r == 0) {
		r = skip_unpacked_zeros(w);
		if (r <= 0)
			break;
		if (position(w) % 4 != 0)
			r = fault(w, -EBADMSG,
				  "garbage behind an archive, at unpacked byte %" PRIu64,
				  position(w));
		else
			r = archive_walk(w);
	}
	if (w->no_block && (!r || r == -EBADMSG || r == -ENODATA) && !w->closed)
		return fault_unpacking(w, w->no_block);
	if (r) {
		r = judge_content(w, r);
		if (!w->fault->is && !w->fault->proven && w->members + w->archives == before)
			w->fault->is = is;
		return r;
	}
	/* Proven to be empty, or a frame of padding, is fine; a stream cut off at its start not. */
	if (w->members + w->archives == before && position(w) == 0 && !w->seg.verified)
		return fault(w, -ENODATA, "%s: the compressed data holds no archive",
			     codec_name(w->seg.codec));
	return 0;
}

static int segment_walk(struct walk *w, enum codec codec)
{
	int r;

	w->seg = (struct segment){
		.index = w->seg.index,
		.codec = codec,
		.offset = input_offset(w->in),
		.verified = codec != CODEC_NONE,
	};
	w->base = 0;
	w->pos = w->have = 0;
	r = w->v->segment_begin ? w->v->segment_begin(w->ctx, &w->seg) : 0;
	if (r)
		return r;
	r = codec == CODEC_NONE ? archive_walk(w) : compressed_walk(w);
	if (r)
		return r;
	w->seg.length = input_offset(w->in) - w->seg.offset;
	w->seg.unpacked = position(w);
	w->unpacked += w->seg.unpacked;
	r = w->v->segment_end ? w->v->segment_end(w->ctx, &w->seg) : 0;
	w->seg.index++;
	return r;
}

/* Skips zero bytes of the image: 1 when something follows, 0 at its end. */
static int skip_image_zeros(struct walk *w)
{
	for (;;) {
		const unsigned char *p;
		ssize_t n = input_peek(w->in, 1, &p);
		size_t z;

		if (n < 0)
			return fault_reading(w, (int)n);
		if (n == 0)
			return 0;
		z = zeros(p, (size_t)n);
		input_consume(w->in, z);
		if (z < (size_t)n)
			return 1;
	}
}

/* Bytes that begin no archive which kernels unpack; what they are begins pad bytes behind the offset. */
static int fault_behind(struct walk *w, const struct foreign *is, size_t pad,
			const unsigned char *p, size_t n)
{
	uint64_t at = input_offset(w->in);
	int r = is ? 0
		   : fault(w, -EBADMSG, "neither cpio nor a known compression: found %s",
			   hex(p, n).text);
	bool whole = foreign_is_proven(is, w->in, at + pad);

	if (input_seek(w->in, at))
		return fault_reading(w, -EINVAL);
	if (is)
		r = fault(w, -EBADMSG, "%s%s, which no kernel unpacks",
			  whole ? "" : "the first bytes of ", is->name);
	w->fault->behind = true;
	w->fault->is = is;
	w->fault->whole = whole;
	return r;
}

static int fault_nothing(struct walk *w)
{
	int r = fault(w, -ENODATA,
		      input_offset(w->in) == 0 ? "the file is empty"
					       : "the file holds no archive, only zero bytes");

	w->fault->behind = true;
	return r;
}

/* As init/initramfs.c: "0" at a multiple of 4 starts a plain archive. */
static int segment_detect(struct walk *w, enum codec *codec)
{
	static const struct foreign off_grid = {
		"a cpio archive at an offset that is not a multiple of 4",
		"fill what stands before it with zero bytes up to a multiple of 4", FOREIGN_OTHER,
		foreign_archive
	};
	const struct foreign *is;
	const unsigned char *p;
	ssize_t n = input_peek(w->in, FOREIGN_HEAD_BYTES, &p);
	bool aligned;

	if (n < 0)
		return fault_reading(w, (int)n);
	*codec = codec_detect(p, (size_t)n);
	if (*codec != CODEC_NONE)
		return 0;
	aligned = input_offset(w->in) % 4 == 0;
	if (memcmp(p, "07070", n < 5 ? (size_t)n : 5) == 0 && (n < 6 || p[5] == '1' || p[5] == '2'))
		return aligned ? 0 : fault_behind(w, &off_grid, 0, p, (size_t)n);
	is = foreign_find(p, (size_t)n);
	/* A header that is damaged is told as one. */
	return p[0] == '0' && aligned && !is ? 0 : fault_behind(w, is, 0, p, (size_t)n);
}

/* The kernel takes it for more of the lz4 data, whatever it is. */
static int fault_behind_lz4(struct walk *w)
{
	static const struct foreign archive = {
		"an archive behind lz4 data, without zeros between them",
		"fill in zero bytes before it, at least 4, up to a multiple of 4", FOREIGN_OTHER,
		foreign_archive
	};
	const struct foreign *is;
	const unsigned char *p;
	ssize_t n = input_peek(w->in, FOREIGN_HEAD_BYTES, &p);
	size_t pad, left;

	if (n < 0)
		return fault_reading(w, (int)n);
	/* Less than the word of zeros that would have ended it. */
	pad = zeros(p, n < 3 ? (size_t)n : 3);
	left = (size_t)n - pad;
	is = foreign_find(p + pad, left);
	if (codec_detect(p + pad, left) != CODEC_NONE ||
	    (left >= 5 && memcmp(p + pad, "07070", 5) == 0))
		is = &archive;
	return fault_behind(w, is, pad, p, (size_t)n);
}

static int image_walk(struct walk *w)
{
	for (;;) {
		enum codec codec;
		int r;

		/* What is said between segments is about the image's own bytes. */
		w->seg.codec = CODEC_NONE;
		w->seg.offset = input_offset(w->in);
		if (w->no_block)
			return fault_behind_lz4(w);
		r = skip_image_zeros(w);
		if (r < 0)
			return r;
		if (r == 0)
			break;
		w->seg.offset = input_offset(w->in);
		r = segment_detect(w, &codec);
		if (r < 0)
			return r;
		r = segment_walk(w, codec);
		if (r)
			return r;
	}
	return w->archives + w->members == 0 ? fault_nothing(w) : 0;
}

int initrd_walk(struct input *in, const struct initrd_visitor *v, void *ctx, struct initrd_fault *f)
{
	static const struct initrd_visitor nobody;
	struct initrd_fault ignored;
	struct walk *w = calloc(1, sizeof(*w));
	uint64_t start = input_offset(in), end = input_end(in);
	struct bootconfig config;
	const struct foreign *is;
	const unsigned char *p;
	ssize_t n;
	int r;

	if (!f)
		f = &ignored;
	memset(f, 0, sizeof(*f));
	if (w)
		w->buf = malloc(UNPACK_BUFFER);
	if (!w || !w->buf) {
		free(w);
		*f = (struct initrd_fault){ .error = -ENOMEM, .reason = "out of memory" };
		return -ENOMEM;
	}
	w->in = in;
	w->v = v ? v : &nobody;
	w->ctx = ctx;
	w->fault = f;
	bootconfig_find(in, &config);
	input_limit(in, config.offset);
	n = input_peek(in, FOREIGN_HEAD_BYTES, &p);
	is = n > 0 ? foreign_find(p, (size_t)n) : NULL;
	r = image_walk(w);
	f->first = !w->members && !w->archives;
	if (f->behind && !f->is && f->first) {
		f->is = is;
		f->whole = foreign_is_proven(is, in, start);
	}
	input_limit(in, end);
	if (config.wrong && (!r || f->behind)) {
		w->in_member = false;
		r = fault(w, -EBADMSG, "the parameters that bootconfig has put there: %s",
			  config.wrong);
		f->proven = true;
	}
	decompressor_free(w->d);
	free(w->buf);
	free(w);
	return r;
}

bool initrd_fault_is_foreign(const struct initrd_fault *fault)
{
	/* What stands behind zeros may be what is left of an archive; a file system begins with some. */
	return fault->behind && fault->whole &&
	       (fault->is->remedy || (fault->first && (fault->offset < SECTOR_BYTES ||
						       fault->is->use == FOREIGN_WHOLE)));
}

bool initrd_fault_is_end(const struct initrd_fault *fault, uint64_t size)
{
	/* Of a header that is cut off the start is told. */
	uint64_t room = fault->codec == CODEC_NONE ? CPIO_HEADER_BYTES : 1;

	return fault->error == -ENODATA && fault->offset + room > size && (!size || !fault->behind);
}
