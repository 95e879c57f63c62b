// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/kernel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/foreign.h"
#include "util/bytes.h"
#include "util/util.h"

/* Offsets in the image: boot.rst, "The Real-Mode Kernel Header". */
#define AT_SETUP_SECTS	  0x1f1u
#define AT_SYSSIZE	  0x1f4u
#define AT_BOOT_FLAG	  0x1feu
#define AT_JUMP		  0x200u
#define AT_HEADER	  0x202u
#define AT_VERSION	  0x206u
#define AT_KERNEL_VERSION 0x20eu
#define AT_PAYLOAD	  0x248u
#define AT_PAYLOAD_LENGTH 0x24cu
#define HEADER_END	  0x250u

#define BOOT_FLAG	    0xaa55u
#define JUMP_SHORT	    0xebu
#define SECTOR		    512u
#define PARAGRAPH	    16u
#define PROTOCOL_SYSSIZE    0x0204u /* syssize has 32 bits since */
#define PROTOCOL_PAYLOAD    0x0208u
#define DEFAULT_SETUP_SECTS 4u
#define KERNEL_VERSION_BASE 0x200u

/* x86 maps at most 1 GiB for the kernel (KERNEL_IMAGE_SIZE, arch/x86/include/asm/page_64_types.h). */
#define UNPACKED_MAX  (1u << 30)
#define UNPACK_BUFFER (128u * 1024u)

struct examination {
	struct input *in;
	struct kernel_info *info;
	unsigned char header[HEADER_END];
	uint64_t file_size;
	uint64_t setup_size; /* bytes in front of the protected-mode code */
	uint64_t code_size;  /* bytes of the protected-mode code */
};

static int fail(struct examination *e, int error, uint64_t offset, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static int fail(struct examination *e, int error, uint64_t offset, const char *fmt, ...)
{
	va_list ap;

	e->info->error = error;
	e->info->offset = offset;
	va_start(ap, fmt);
	vsnprintf(e->info->reason, sizeof(e->info->reason), fmt, ap);
	va_end(ap);
	return error;
}

static int fail_reading(struct examination *e, int error)
{
	return fail(e, error, input_offset(e->in), "reading the image failed: %s",
		    strerror(-error));
}

/* Copies up to len bytes at offset: how many there are, or an error. */
static ssize_t read_at(struct examination *e, uint64_t offset, unsigned char *to, size_t len)
{
	const unsigned char *p;
	ssize_t n;

	if (offset > e->file_size)
		return 0;
	n = input_seek(e->in, offset);
	if (!n)
		n = input_peek(e->in, len, &p);
	if (n < 0)
		return fail_reading(e, (int)n);
	if ((size_t)n > len)
		n = (ssize_t)len;
	if (n > 0)
		memcpy(to, p, (size_t)n);
	return n;
}

/*
 * Three marks tell an x86 image: the boot flag, a short jump, "HdrS". Two of them are enough to
 * know it, so that one that is damaged is called so, and not another kind of file.
 */
static int recognise(struct examination *e)
{
	const unsigned char *h = e->header;
	bool flag, jump, magic;
	ssize_t n = read_at(e, 0, e->header, HEADER_END);

	if (n < 0)
		return (int)n;
	if (e->file_size == 0)
		return fail(e, -ENODATA, 0, "the file is empty");
	if ((size_t)n < HEADER_END)
		return 0;
	flag = le16(h + AT_BOOT_FLAG) == BOOT_FLAG;
	jump = h[AT_JUMP] == JUMP_SHORT;
	magic = memcmp(h + AT_HEADER, "HdrS", 4) == 0;
	if (flag + jump + magic < 2)
		return 0;
	e->info->recognised = true;
	if (!flag)
		return fail(e, -EBADMSG, AT_BOOT_FLAG, "the boot flag is %02x %02x, not 55 aa",
			    h[AT_BOOT_FLAG], h[AT_BOOT_FLAG + 1]);
	if (!jump)
		return fail(e, -EBADMSG, AT_JUMP,
			    "the setup code starts with %02x, not with a jump", h[AT_JUMP]);
	if (!magic)
		return fail(e, -EBADMSG, AT_HEADER,
			    "the setup header's magic is %02x %02x %02x %02x, not \"HdrS\"",
			    h[AT_HEADER], h[AT_HEADER + 1], h[AT_HEADER + 2], h[AT_HEADER + 3]);
	return 0;
}

/* Programs that only borrow the boot header (memtest86+, iPXE) have nothing to tell of a payload. */
static bool gives_payload(const struct examination *e)
{
	const unsigned char *h = e->header;

	return le16(h + AT_VERSION) >= PROTOCOL_PAYLOAD &&
	       (le32(h + AT_PAYLOAD) || le32(h + AT_PAYLOAD_LENGTH));
}

static int examine_size(struct examination *e)
{
	const unsigned char *h = e->header;
	uint32_t sectors = h[AT_SETUP_SECTS] ? h[AT_SETUP_SECTS] : DEFAULT_SETUP_SECTS;
	uint32_t paragraphs = le32(h + AT_SYSSIZE);

	if (le16(h + AT_VERSION) < PROTOCOL_SYSSIZE)
		paragraphs = le16(h + AT_SYSSIZE);
	e->setup_size = (uint64_t)(sectors + 1) * SECTOR;
	e->code_size = (uint64_t)paragraphs * PARAGRAPH;
	/* Programs that are not Linux end within the last paragraph. */
	if (e->file_size + (gives_payload(e) ? 0 : PARAGRAPH - 1) >= e->setup_size + e->code_size)
		return 0;
	return fail(e, -ENODATA, e->file_size,
		    "cut short: its header says %" PRIu64 " bytes, the file has %" PRIu64,
		    e->setup_size + e->code_size, e->file_size);
}

/* "6.12.107 (who@where) #1 SMP ..." in the setup code: the first word. */
static int examine_version(struct examination *e)
{
	uint32_t pointer = le16(e->header + AT_KERNEL_VERSION);
	uint64_t at = (uint64_t)pointer + KERNEL_VERSION_BASE;
	unsigned char text[sizeof(e->info->version)];
	ssize_t n;
	size_t len = 0;

	if (pointer == 0)
		return 0;
	if (at >= e->setup_size)
		return fail(e, -EBADMSG, AT_KERNEL_VERSION,
			    "the version string would be at %" PRIu64 ", behind the setup code",
			    at);
	n = read_at(e, at, text, sizeof(text) - 1);
	if (n < 0)
		return (int)n;
	while (len < (size_t)n && text[len] > ' ' && text[len] < 0x7f)
		len++;
	if (len == 0 || (len < (size_t)n && text[len] != ' ' && text[len] != 0))
		return fail(e, -EBADMSG, at + len, "the version string is damaged");
	memcpy(e->info->version, text, len);
	e->info->version[len] = '\0';
	return 0;
}

static int locate_payload(struct examination *e)
{
	const unsigned char *h = e->header;
	uint32_t protocol = le16(h + AT_VERSION);
	uint64_t start = le32(h + AT_PAYLOAD), length = le32(h + AT_PAYLOAD_LENGTH);
	unsigned char magic[16];
	ssize_t n;

	if (protocol < PROTOCOL_PAYLOAD)
		return fail(e, -EOPNOTSUPP, AT_VERSION,
			    "boot protocol %" PRIu32 ".%02" PRIu32
			    " does not tell where the payload is",
			    protocol >> 8, protocol & 0xff);
	if (!gives_payload(e))
		return fail(e, -EOPNOTSUPP, AT_PAYLOAD, "its header names no payload");
	if (length == 0 || start > e->code_size || length > e->code_size - start)
		return fail(e, -EBADMSG, AT_PAYLOAD,
			    "damaged: a payload of %" PRIu64 " bytes at %" PRIu64
			    " in code of %" PRIu64 " bytes",
			    length, start, e->code_size);
	e->info->payload_offset = e->setup_size + start;
	e->info->payload_length = length;
	n = read_at(e, e->info->payload_offset, magic, sizeof(magic));
	if (n < 0)
		return (int)n;
	e->info->codec = codec_detect(magic, (size_t)n);
	if (e->info->codec == CODEC_NONE)
		return fail(e, -EBADMSG, e->info->payload_offset,
			    "the payload is in no known compression: found %02x %02x %02x %02x",
			    magic[0], magic[1], magic[2], magic[3]);
	return 0;
}

/* Unpacks one stream to its end, for its checksums and its length. */
static int unpack(struct examination *e, struct decompressor *d, uint64_t *unpacked)
{
	unsigned char *buf cleanup(free_ptr) = malloc(UNPACK_BUFFER);
	ssize_t n;

	*unpacked = 0;
	if (!buf)
		return fail(e, -ENOMEM, input_offset(e->in), "out of memory");
	while ((n = decompressor_read(d, buf, UNPACK_BUFFER)) > 0) {
		*unpacked += (uint64_t)n;
		if (*unpacked > UNPACKED_MAX)
			return fail(e, -EOVERFLOW, input_offset(e->in),
				    "the payload unpacks to more than %u MiB", UNPACKED_MAX >> 20);
	}
	if (n < 0)
		return fail(e, (int)n, input_offset(e->in), "payload: %s: %s",
			    codec_name(e->info->codec), decompressor_reason(d));
	e->info->verified = decompressor_verified(d);
	return 0;
}

/*
 * Behind every format but gzip, which ends with it anyway, the kernel's build appends the
 * unpacked length (size_append, scripts/Makefile.lib); it is part of the payload.
 */
static int examine_payload(struct examination *e)
{
	struct kernel_info *info = e->info;
	uint64_t end = info->payload_offset + info->payload_length, unpacked = 0;
	size_t tail = info->codec == CODEC_GZIP ? 0 : 4;
	struct decompressor *d;
	unsigned char size[4];
	ssize_t n;
	int r;

	r = decompressor_open(&d, info->codec, e->in);
	if (r < 0)
		return fail(e, r, info->payload_offset,
			    r == -EOPNOTSUPP ? "the payload is %s, which cannot be unpacked here"
					     : "payload: %s: out of memory",
			    codec_name(info->codec));
	if (info->payload_length <= tail || end - tail > e->file_size ||
	    input_seek(e->in, info->payload_offset) < 0) {
		decompressor_free(d);
		return fail(e, -EBADMSG, AT_PAYLOAD_LENGTH,
			    "damaged: a payload of %" PRIu64 " bytes", info->payload_length);
	}
	input_limit(e->in, end - tail);
	r = unpack(e, d, &unpacked);
	decompressor_free(d);
	if (r < 0)
		return r;
	if (input_offset(e->in) != end - tail)
		return fail(e, -EBADMSG, input_offset(e->in),
			    "the payload ends %" PRIu64 " bytes too early",
			    end - tail - input_offset(e->in));
	input_limit(e->in, e->file_size);
	n = read_at(e, end - tail, size, tail);
	if (n < 0)
		return (int)n;
	if (tail > 0 && le32(size) != (uint32_t)unpacked)
		return fail(e, -EBADMSG, end - tail,
			    "the payload unpacks to %" PRIu64 " bytes, not to %" PRIu32, unpacked,
			    le32(size));
	return 0;
}

/* Kernels of other processors are often packed as a whole (Image.gz). */
static bool holds_kernel(struct decompressor *d)
{
	unsigned char *head cleanup(free_ptr) = malloc(UNPACK_BUFFER);
	const struct foreign *is;
	size_t have = 0;
	ssize_t n = 1;

	while (head && n > 0 && have < FOREIGN_HEAD_BYTES) {
		n = decompressor_read(d, head + have, UNPACK_BUFFER - have);
		have += n > 0 ? (size_t)n : 0;
	}
	is = head ? foreign_find(head, have) : NULL;
	return is && is->use == FOREIGN_KERNEL;
}

static int examine_packed(struct examination *e)
{
	struct decompressor *d = NULL;
	unsigned char magic[16];
	ssize_t n = read_at(e, 0, magic, sizeof(magic));
	enum codec codec = n > 0 ? codec_detect(magic, (size_t)n) : CODEC_NONE;
	uint64_t unpacked;
	int r = 0;

	if (n < 0)
		return (int)n;
	if (codec == CODEC_NONE || input_seek(e->in, 0) || decompressor_open(&d, codec, e->in))
		return 0;
	if (holds_kernel(d)) {
		e->info->recognised = true;
		e->info->codec = codec;
		r = unpack(e, d, &unpacked);
		e->info->payload_length = input_offset(e->in);
	}
	decompressor_free(d);
	return r;
}

static int examine(struct examination *e)
{
	int r = recognise(e);

	if (r == 0 && !e->info->recognised)
		return examine_packed(e);
	if (r < 0)
		return r;
	r = examine_size(e);
	if (r < 0)
		return r;
	r = examine_version(e);
	if (r < 0)
		return r;
	r = locate_payload(e);
	if (r < 0)
		return r;
	return examine_payload(e);
}

int kernel_examine(struct input *in, struct kernel_info *info)
{
	struct examination e = { .in = in, .info = info, .file_size = input_end(in) };
	int r;

	memset(info, 0, sizeof(*info));
	r = examine(&e);
	input_limit(in, e.file_size);
	return r;
}

void kernel_image_version(struct input *in, struct kernel_info *info)
{
	struct examination e = { .in = in, .info = info, .file_size = input_end(in) };

	memset(info, 0, sizeof(*info));
	if (!recognise(&e) && info->recognised && !examine_size(&e) && examine_version(&e))
		info->version[0] = '\0';
}
