// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/disk_form.h"

#include <string.h>

#include "util/util.h"

/* A mark, and what has it. */
struct mark {
	unsigned char at, len;
	const char *bytes;
	struct disk_form is;
};

#define MARK(at, text, ...)                 \
	{                                   \
		at, sizeof(text) - 1, text, \
		{                           \
			__VA_ARGS__         \
		}                           \
	}

/* qemu, docs/interop/qcow2.rst, qed_spec.rst; block/vdi.c; [MS-VHDX] 2.2.1; VHD specification, "Hard
 * Disk Footer Format" (a dynamic one begins with a copy); VMware, "Virtual Disk Format 5.0". */
static const struct mark marks[] = {
	MARK(0, "QFI\xfb", "a qcow2 image", "qcow2", NULL),
	MARK(0, "QED\0", "a QED image", "qed", NULL),
	MARK(64, "\x7f\x10\xda\xbe", "a VDI image", "vdi", NULL),
	MARK(0, "vhdxfile", "a VHDX image", "vhdx", NULL),
	MARK(0, "conectix", "a VHD image", "vpc", NULL),
	MARK(0, "KDMV", "a VMDK image", "vmdk", NULL),
	MARK(0, "# Disk DescriptorFile", "a VMDK image's description", "vmdk", NULL),
	/* RFC 1952, 2.3; The .xz File Format, 2.1.1.1; RFC 8878, 3.1.1; bzip2's stream and block magic; LZ4
	 * Frame Format, "General Structure". */
	MARK(0, "\x1f\x8b\x08", "gzip data", NULL, "gzip"),
	MARK(0,
	     "\xfd"
	     "7zXZ\0",
	     "xz data", NULL, "xz"),
	MARK(0, "\x28\xb5\x2f\xfd", "zstd data", NULL, "zstd"),
	MARK(4, "1AY&SY", "bzip2 data", NULL, "bzip2"),
	MARK(0, "\x04\x22\x4d\x18", "lz4 data", NULL, "lz4"),
};

const struct disk_form *recognise_disk_form(const struct source *source)
{
	unsigned char head[128];
	ssize_t n = source_read(source, head, sizeof(head), 0);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const struct mark *m = &marks[i];

		if ((ssize_t)m->at + m->len <= n && !memcmp(head + m->at, m->bytes, m->len) &&
		    (!m->at || m->at > 4 || !memcmp(head, "BZh", 3)))
			return &m->is;
	}
	return NULL;
}
