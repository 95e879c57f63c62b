// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/foreign.h"

#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "image/cpio.h"
#include "image/program.h"
#include "storage/source.h"
#include "util/bytes.h"
#include "util/hash.h"
#include "util/util.h"

/* ---- lengths ---------------------------------------------------------------------------------- */

/* So many bytes there; NULL: there are fewer. */
static const unsigned char *bytes_at(struct input *in, uint64_t at, size_t n)
{
	const unsigned char *p;

	return input_seek(in, at) || input_peek(in, n, &p) < (ssize_t)n ? NULL : p;
}

static bool is_zero(unsigned char c)
{
	return !c;
}

/* Of UTF-8, too. */
static bool is_text_byte(unsigned char c)
{
	return c >= 0x80 || (c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r') || c == '\33';
}

/* Where the first byte from there on is that is no such one; the end: none is. */
static uint64_t span(struct input *in, uint64_t at, bool (*is_one)(unsigned char))
{
	const unsigned char *p;
	ssize_t n;

	if (input_seek(in, at))
		return at;
	while ((n = input_peek(in, 1, &p)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (!is_one(p[i]))
				return input_offset(in) + (uint64_t)i;
		}
		input_consume(in, (size_t)n);
	}
	return input_offset(in);
}

/* So long, if all that is behind it is padding. */
static uint64_t fits(struct input *in, uint64_t at, uint64_t length)
{
	uint64_t left = input_end(in) - at;

	return length <= left && span(in, at + length, is_zero) == input_end(in) ? length : 0;
}

static uint64_t text_length(struct input *in, uint64_t at)
{
	uint64_t end = span(in, at, is_text_byte);
	const unsigned char *last = end > at ? bytes_at(in, end - 1, 1) : NULL;

	return last && *last == '\n' ? fits(in, at, end - at) : 0;
}

/* LZ4 Frame Format Description, 1.6: the header, blocks with their sizes, the end mark. */
static uint64_t lz4_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 7);
	uint64_t pos = at + 7;
	unsigned int flags;

	if (!p || p[4] >> 6 != 1)
		return 0;
	flags = p[4];
	pos += (flags & 8 ? 8u : 0u) + (flags & 1 ? 4u : 0u);
	while ((p = bytes_at(in, pos, 4))) {
		uint64_t size = le32(p) & 0x7fffffff;

		pos += 4;
		if (!size)
			return fits(in, at, pos + (flags & 4 ? 4u : 0u) - at);
		if (size > 4u << 20)
			return 0;
		pos += size + (flags & 0x10 ? 4u : 0u);
	}
	return 0;
}

/* Unpacks a stream to see where it ends; 0: it does not. */
static uint64_t stream_end(struct input *in, uint64_t at)
{
	enum { ROOM = 64 * 1024 };
	const unsigned char *p = bytes_at(in, at, 8);
	struct decompressor *d = NULL;
	cleanup(free_ptr) void *buf = malloc(ROOM);
	ssize_t n = -1;

	if (p && buf && !decompressor_open(&d, codec_detect(p, 8), in)) {
		do
			n = decompressor_read(d, buf, ROOM);
		while (n > 0);
	}
	decompressor_free(d);
	return n ? 0 : input_offset(in);
}

/* RFC 8878, 3.1.2; pzstd puts one before each frame. */
static uint64_t skippable_length(struct input *in, uint64_t at)
{
	const unsigned char *p;
	uint64_t pos = at;

	while ((p = bytes_at(in, pos, 8)) && p[0] >> 4 == 5 && !memcmp(p + 1, "\x2a\x4d\x18", 3)) {
		uint64_t frame = pos + 8 + le32(p + 4);

		pos = stream_end(in, frame);
		if (!pos)
			return 0;
	}
	return pos > at ? fits(in, at, pos - at) : 0;
}

/* Lzip Manual, "File format": the size of the last member is its last word. */
static uint64_t lzip_length(struct input *in, uint64_t at)
{
	uint64_t end = input_end(in), size;
	const unsigned char *p = end - at > 26 ? bytes_at(in, end - 8, 8) : NULL;

	size = p ? le64(p) : 0;
	if (!size || size > end - at)
		return 0;
	p = bytes_at(in, end - size, 4);
	return p && !memcmp(p, "LZIP", 4) ? end - at : 0;
}

/* APPNOTE.TXT 4.3.16: the end of central directory record, without a comment. */
static uint64_t zip_length(struct input *in, uint64_t at)
{
	uint64_t left = input_end(in) - at;
	const unsigned char *p = left > 22 ? bytes_at(in, input_end(in) - 22, 22) : NULL;

	if (!p || memcmp(p, "PK\5\6", 4) != 0)
		return 0;
	return (uint64_t)le32(p + 12) + le32(p + 16) == left - 22 ? left : 0;
}

/* 7zFormat.txt, "SignatureHeader". */
static uint64_t sevenzip_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 32);

	return p ? fits(in, at, 32 + le64(p + 12) + le64(p + 20)) : 0;
}

/* False: it is no number of that base. */
static bool digits(const unsigned char *p, size_t n, uint64_t *value)
{
	*value = 0;
	for (; n && *p >= '0' && *p <= '7'; n--)
		*value = *value << 3 | (*p++ & 7u);
	return !n || ((*p == ' ' || !*p) && n < 12);
}

/* tar(5): headers of a sector, each with the size of its data, until one is zeros. */
static uint64_t tar_length(struct input *in, uint64_t at)
{
	const unsigned char *p;
	uint64_t pos = at, size;

	while ((p = bytes_at(in, pos, SECTOR_BYTES))) {
		if (bytes_are_zero(p, SECTOR_BYTES))
			return fits(in, at, pos - at);
		if (memcmp(p + 257, "ustar", 5) != 0 || !digits(p + 124, 12, &size))
			return 0;
		pos += SECTOR_BYTES + (size + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
	}
	return 0;
}

static bool is_trailer(const unsigned char *name)
{
	return memcmp(name, CPIO_TRAILER, sizeof(CPIO_TRAILER)) == 0;
}

/* cpio(5), "Portable ASCII Format". */
static uint64_t odc_length(struct input *in, uint64_t at)
{
	const unsigned char *p;
	uint64_t pos = at, name, size;

	while ((p = bytes_at(in, pos, 76 + sizeof(CPIO_TRAILER)))) {
		if (memcmp(p, "070707", 6) != 0 || !digits(p + 59, 6, &name) ||
		    !digits(p + 65, 11, &size))
			return 0;
		pos += 76 + name + size;
		if (is_trailer(p + 76))
			return fits(in, at, pos - at);
	}
	return 0;
}

static uint64_t newc_length(struct input *in, uint64_t at)
{
	const unsigned char *p;
	struct cpio_header h;
	uint64_t pos = at;

	while ((p = bytes_at(in, pos, CPIO_HEADER_BYTES + sizeof(CPIO_TRAILER)))) {
		if (cpio_header_parse(p, &h))
			return 0;
		pos += CPIO_HEADER_BYTES + h.name_size;
		pos += cpio_padding(pos - at) + h.size;
		pos += cpio_padding(pos - at);
		if (is_trailer(p + CPIO_HEADER_BYTES))
			return pos - at;
	}
	return 0;
}

uint64_t foreign_archive(struct input *in, uint64_t at)
{
	uint64_t length = newc_length(in, at);

	return length ? length : stream_end(in, at);
}

/* The first of the section headers is zeros; one has the names, as a table of strings (elf(5), "Shdr"). */
static uint64_t elf_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, PROGRAM_NAME_MAX);
	uint64_t first, names, end;
	bool wide, low;
	struct program program;

	if (!p)
		return 0;
	program_read_memory(&program, p, PROGRAM_NAME_MAX);
	wide = program.format[0] == ELFCLASS64;
	low = program.format[1] == ELFDATA2LSB;
	p += wide ? 58 : 46;
	/* e_shentsize, e_shnum, e_shstrndx */
	first = program.end - (uint64_t)(low ? le16(p) * le16(p + 2) : be16(p) * be16(p + 2));
	names = first + (low ? le16(p) * le16(p + 4) : be16(p) * be16(p + 4));
	end = program.end;
	if (end > input_end(in) - at || names >= end || names == first || end < first)
		return 0;
	p = bytes_at(in, at + first, 40);
	if (!p || !bytes_are_zero(p, 40))
		return 0;
	p = bytes_at(in, at + names, 8);
	return p && (low ? le32(p + 4) : be32(p + 4)) == SHT_STRTAB ? end : 0;
}

/* Linux, Documentation/arch/x86/boot.rst: setup_sects and syssize. */
static uint64_t x86_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 0x210);

	return p ? fits(in, at,
			((p[0x1f1] ? p[0x1f1] : 4u) + 1) * (uint64_t)SECTOR_BYTES +
				(uint64_t)le32(p + 0x1f4) * 16)
		 : 0;
}

/* Linux, fs/ext4/ext4.h, struct ext4_super_block: s_blocks_count_lo, s_log_block_size. */
static uint64_t ext_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 1024 + 28);

	return p && le32(p + 1048) < 7
		       ? fits(in, at, (uint64_t)le32(p + 1028) << (10 + le32(p + 1048)))
		       : 0;
}

/* Linux, fs/squashfs/squashfs_fs.h: bytes_used. */
static uint64_t squashfs_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 48);

	return p ? fits(in, at, le64(p + 40)) : 0;
}

/* Linux, fs/romfs/super.c, and Documentation/filesystems/romfs.rst: the full size. */
static uint64_t romfs_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 12);

	return p ? fits(in, at, be32(p + 8)) : 0;
}

/* Linux, include/uapi/linux/cramfs_fs.h: size. */
static uint64_t cramfs_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 8);

	return p ? fits(in, at, le32(p + 4)) : 0;
}

/* U-Boot, include/image.h: ih_size, without the header. */
static uint64_t uimage_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 64);

	return p ? fits(in, at, 64 + (uint64_t)be32(p + 12)) : 0;
}

/* Devicetree Specification, 5.2: totalsize. */
static uint64_t fdt_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 8);

	return p ? fits(in, at, be32(p + 4)) : 0;
}

/* X.690: a sequence, and its length in two bytes. */
static uint64_t signature_length(struct input *in, uint64_t at)
{
	const unsigned char *p = bytes_at(in, at, 4);

	return p && p[0] == 0x30 && p[1] == 0x82 ? fits(in, at, 4 + (uint64_t)be16(p + 2)) : 0;
}

bool foreign_is_proven(const struct foreign *is, struct input *in, uint64_t at)
{
	uint64_t length = is && is->length ? is->length(in, at) : 0;

	/* In the middle of a sector it came with what is before it. */
	return length > BLOCK_SIZE || (length && at % SECTOR_BYTES);
}

/* ---- marks ------------------------------------------------------------------------------------ */

/* A mark, and what has it. The first that fits counts. */
struct mark {
	unsigned short at;
	unsigned char len;
	char bytes[12];
	struct foreign is;
};

#define NEWC "make it with cpio -H newc"

static const struct mark marks[] = {
	{ 0,
	  4,
	  "\x04\x22\x4d\x18",
	  { "lz4 in its frame format", "lz4 -l makes the legacy one, which kernels read",
	    FOREIGN_OTHER, lz4_length } },
	{ 1,
	  3,
	  "\x2a\x4d\x18",
	  { "a skippable frame of zstd or lz4", "pack it with zstd itself, not with pzstd",
	    FOREIGN_OTHER, skippable_length } },
	{ 0, 2, "\x1f\x9d", { "compress (.Z)", "pack it with gzip or zstd", FOREIGN_OTHER, NULL } },
	{ 0, 4, "LZIP", { "lzip", "pack it with gzip or zstd", FOREIGN_OTHER, lzip_length } },
	{ 0, 6, "070707", { "cpio in its old format (070707)", NEWC, FOREIGN_OTHER, odc_length } },
	{ 257, 5, "ustar", { "a tar archive", NEWC, FOREIGN_OTHER, tar_length } },
	{ 0, 4, "PK\3\4", { "a zip archive", NEWC, FOREIGN_OTHER, zip_length } },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", { "a 7z archive", NEWC, FOREIGN_OTHER, sevenzip_length } },
	{ 0x202, 4, "HdrS", { "an x86 kernel image", NULL, FOREIGN_KERNEL, x86_length } },
	{ 56, 4, "ARM\x64", { "an arm64 kernel image", NULL, FOREIGN_KERNEL, NULL } },
	{ 56, 4, "RSC\x05", { "a RISC-V kernel image", NULL, FOREIGN_KERNEL, NULL } },
	{ 36, 4, "\x18\x28\x6f\x01", { "an ARM kernel image", NULL, FOREIGN_KERNEL, NULL } },
	{ 0,
	  4,
	  "\x7f"
	  "ELF",
	  { "an ELF program (a Xen hypervisor, a kernel, ...)", NULL, FOREIGN_OTHER, elf_length } },
	{ 0,
	  4,
	  "\x27\x05\x19\x56",
	  { "a U-Boot image (mkimage)", NULL, FOREIGN_WHOLE, uimage_length } },
	{ 0,
	  4,
	  "\xd0\x0d\xfe\xed",
	  { "a device tree, or a U-Boot FIT image", NULL, FOREIGN_WHOLE, fdt_length } },
	{ 0, 8, "ANDROID!", { "an Android boot image", NULL, FOREIGN_WHOLE, NULL } },
	{ 0, 4, "hsqs", { "a squashfs file system", NULL, FOREIGN_WHOLE, squashfs_length } },
	{ 0,
	  4,
	  "\x45\x3d\xcd\x28",
	  { "a cramfs file system", NULL, FOREIGN_WHOLE, cramfs_length } },
	{ 0, 8, "-rom1fs-", { "a romfs file system", NULL, FOREIGN_WHOLE, romfs_length } },
	{ 0, 4, "XFSB", { "an xfs file system", NULL, FOREIGN_WHOLE, NULL } },
	{ 1024, 4, "\xe2\xe1\xf5\xe0", { "an erofs file system", NULL, FOREIGN_WHOLE, NULL } },
	{ 1080,
	  2,
	  "\x53\xef",
	  { "an ext2, ext3 or ext4 file system", NULL, FOREIGN_WHOLE, ext_length } },
	{ 32769, 5, "CD001", { "an ISO 9660 image", NULL, FOREIGN_WHOLE, NULL } },
	{ 0, 6, "LUKS\xba\xbe", { "a LUKS header", NULL, FOREIGN_OTHER, NULL } },
	{ 4,
	  11,
	  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
	  { "a PKCS #7 signature", NULL, FOREIGN_OTHER, signature_length } },
};

#define TEXT_BYTES 64u

/* "MZ", and "PE\0\0" where the field at 0x3c says (Microsoft, PE format, "MS-DOS stub"). */
static bool is_pe(const unsigned char *p, size_t len)
{
	size_t at;

	if (len < 0x40 || memcmp(p, "MZ", 2) != 0)
		return false;
	at = (size_t)p[0x3c] | (size_t)p[0x3d] << 8 | (size_t)p[0x3e] << 16;
	return at + 4 <= len && memcmp(p + at, "PE\0\0", 4) == 0;
}

static bool is_text(const unsigned char *p, size_t len)
{
	size_t n = len < TEXT_BYTES ? len : TEXT_BYTES;

	for (size_t i = 0; i < n; i++) {
		if ((p[i] < ' ' || p[i] > '~') && (p[i] < '\t' || p[i] > '\r'))
			return false;
	}
	return n >= 4;
}

const struct foreign *foreign_find(const unsigned char *p, size_t len)
{
	static const struct foreign pe = { "a PE program (EFI, or a signed kernel)", NULL,
					   FOREIGN_WHOLE, NULL };
	static const struct foreign text = { "text", NULL, FOREIGN_OTHER, text_length };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const struct mark *m = &marks[i];

		if (m->at + (size_t)m->len <= len && memcmp(p + m->at, m->bytes, m->len) == 0 &&
		    (m->at != 1 || p[0] >> 4 == 5))
			return &m->is;
	}
	if (is_pe(p, len))
		return &pe;
	return is_text(p, len) ? &text : NULL;
}

/* The .xz File Format, 2.1.1 and 3.1: the stream header, and the header of the first block. */
static const char *xz_option(const unsigned char *p, size_t len)
{
	size_t at = 14;

	if (len < 8 || memcmp(p,
			      "\xfd"
			      "7zXZ\0\0",
			      7) != 0)
		return NULL;
	if (p[7] > 1)
		return "its check is not CRC32, the only one that kernels know: pack it with xz "
		       "--check=crc32";
	if (len < at)
		return NULL;
	for (int sizes = (p[13] >> 6 & 1) + (p[13] >> 7); sizes > 0; sizes--) {
		while (at < len && p[at] & 0x80)
			at++;
		at++;
	}
	if ((p[13] & 3) > 1 || (at < len && p[12] && p[at] == 3))
		return "it uses a filter that no kernel knows: pack it with xz --check=crc32 and no "
		       "other option";
	/* The first of two filters has no property; a start offset would be one. */
	if ((p[13] & 3) == 1 && at + 1 < len && p[at + 1])
		return "its filter has an option that no kernel reads: pack it with xz --check=crc32 "
		       "and no other option";
	return NULL;
}

/* RFC 1952, 2.3: besides the file's name, kernels skip nothing behind the fixed header. */
static const char *gzip_option(const unsigned char *p, size_t len)
{
	return len > 3 && p[2] == 8 && p[3] & 0x16
		       ? "its header has fields that kernels do not read (a comment, extra data, a "
			 "checksum): pack it with gzip -n"
		       : NULL;
}

/* RFC 8878, 3.1.1.1: the frame header descriptor, and the window descriptor. */
static const char *zstd_option(const unsigned char *p, size_t len)
{
	if (len < 6)
		return NULL;
	if (p[4] & 3)
		return "it needs a dictionary, and kernels have none: pack it without";
	if (!(p[4] & 0x20) && ((p[5] >> 3) + 10 > 27 || ((p[5] >> 3) + 10 == 27 && p[5] & 7)))
		return "its window is more than the 128 MiB that kernels give: pack it without "
		       "--long";
	return NULL;
}

const char *foreign_option(enum codec codec, const unsigned char *p, size_t len)
{
	switch (codec) {
	case CODEC_XZ:
		return xz_option(p, len);
	case CODEC_GZIP:
		return gzip_option(p, len);
	case CODEC_ZSTD:
		return zstd_option(p, len);
	default:
		return NULL;
	}
}
