// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/foreign.h"

#include <stdint.h>
#include <string.h>

#include "util/util.h"

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
	    FOREIGN_OTHER } },
	{ 1,
	  3,
	  "\x2a\x4d\x18",
	  { "a skippable frame of zstd or lz4", "pack it with zstd itself, not with pzstd",
	    FOREIGN_OTHER } },
	{ 0, 2, "\x1f\x9d", { "compress (.Z)", "pack it with gzip or zstd", FOREIGN_OTHER } },
	{ 0, 4, "LZIP", { "lzip", "pack it with gzip or zstd", FOREIGN_OTHER } },
	{ 0, 6, "070707", { "cpio in its old format (070707)", NEWC, FOREIGN_OTHER } },
	{ 257, 5, "ustar", { "a tar archive", NEWC, FOREIGN_OTHER } },
	{ 0, 4, "PK\3\4", { "a zip archive", NEWC, FOREIGN_OTHER } },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", { "a 7z archive", NEWC, FOREIGN_OTHER } },
	{ 0x202, 4, "HdrS", { "an x86 kernel image", NULL, FOREIGN_KERNEL } },
	{ 56, 4, "ARM\x64", { "an arm64 kernel image", NULL, FOREIGN_KERNEL } },
	{ 56, 4, "RSC\x05", { "a RISC-V kernel image", NULL, FOREIGN_KERNEL } },
	{ 36, 4, "\x18\x28\x6f\x01", { "an ARM kernel image", NULL, FOREIGN_KERNEL } },
	{ 0,
	  4,
	  "\x7f"
	  "ELF",
	  { "an ELF program (a Xen hypervisor, a kernel, ...)", NULL, FOREIGN_OTHER } },
	{ 0, 4, "\x27\x05\x19\x56", { "a U-Boot image (mkimage)", NULL, FOREIGN_WHOLE } },
	{ 0,
	  4,
	  "\xd0\x0d\xfe\xed",
	  { "a device tree, or a U-Boot FIT image", NULL, FOREIGN_WHOLE } },
	{ 0, 8, "ANDROID!", { "an Android boot image", NULL, FOREIGN_WHOLE } },
	{ 0, 4, "hsqs", { "a squashfs file system", NULL, FOREIGN_WHOLE } },
	{ 0, 4, "\x45\x3d\xcd\x28", { "a cramfs file system", NULL, FOREIGN_WHOLE } },
	{ 0, 8, "-rom1fs-", { "a romfs file system", NULL, FOREIGN_WHOLE } },
	{ 0, 4, "XFSB", { "an xfs file system", NULL, FOREIGN_WHOLE } },
	{ 1024, 4, "\xe2\xe1\xf5\xe0", { "an erofs file system", NULL, FOREIGN_WHOLE } },
	{ 1080, 2, "\x53\xef", { "an ext2, ext3 or ext4 file system", NULL, FOREIGN_WHOLE } },
	{ 32769, 5, "CD001", { "an ISO 9660 image", NULL, FOREIGN_WHOLE } },
	{ 0, 6, "LUKS\xba\xbe", { "a LUKS header", NULL, FOREIGN_OTHER } },
	{ 4,
	  11,
	  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
	  { "a PKCS #7 signature", NULL, FOREIGN_OTHER } },
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
					   FOREIGN_WHOLE };
	static const struct foreign text = { "text", NULL, FOREIGN_OTHER };

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
