/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_MANIFEST_H
#define BV_MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "decompress/decompress.h"
#include "manifest/sealed_luks.h"
#include "storage/device.h"
#include "system/builder.h"
#include "util/hash.h"
#include "util/sha256.h"

/*
 * The sealed record, in memory. Its file form is described in format.h. The copy that the
 * guard carries has the LUKS devices and the content list alone: no artifact, no time, no inode
 * number, so that the same input always gives the same image.
 */

#define MANIFEST_VERSION 1
/*
 * Of its file form. With it a record in memory, which takes up to 2.5 times as much, and two copies of
 * its text stay within what seal may take (util/memory.h); a Debian 13 initrd's has 0.3 MiB.
 */
#define MANIFEST_BYTES_MAX (12u << 20)

enum artifact_kind { ARTIFACT_KERNEL, ARTIFACT_INITRD };
#define ARTIFACT_KINDS 2

/* A file on the disk as it was when it was sealed. */
struct sealed_file {
	bool present;  /* false: not part of this manifest */
	char *path;    /* as seen from the root of the sealed system; owned */
	uint64_t size; /* bytes */
	uint64_t inode;
	int64_t mtime_ns, ctime_ns; /* since 1970-01-01 UTC, nanoseconds */
	unsigned char sha256[SHA256_BYTES];
	uint64_t *blocks; /* hash64() of each 4096 bytes, the last block as short as it is; owned */
	size_t block_count;
	struct extent *extents; /* where it lay on the device; owned; may be empty */
	size_t extent_count;
	char device[64]; /* that device's name then, or "" */
};

/* An archive of the sealed image, as in image/initrd.h. */
struct sealed_segment {
	enum codec codec;
	uint64_t offset; /* in the image without the guard, bytes */
	uint64_t length, unpacked;
	/* What follows is not part of the file form; image/initrd.h. */
	bool verified;	    /* a checksum of its own covers it, and is right */
	bool loose;	    /* neither that nor a trailer tells that nothing is missing */
	bool another;	    /* not one that was sealed: image_was_edited() */
	unsigned int moved; /* contents as in the record, in other places of it */
	uint64_t zero_tail; /* bytes */
	const char *unread; /* static, or NULL */
};

enum content_type {
	CONTENT_FILE,
	CONTENT_DIRECTORY,
	CONTENT_SYMLINK,
	CONTENT_CHAR,
	CONTENT_BLOCK,
	CONTENT_FIFO,
	CONTENT_SOCKET,
};

/* One path as it must be after the kernel has unpacked every segment. */
struct content {
	char *path; /* without leading "/"; owned */
	enum content_type type;
	uint32_t mode; /* permission bits, 0..07777 */
	uint64_t size; /* files: bytes; symbolic links: length of the target */
	uint64_t hash; /* files: hash64() of the whole; links: of the target; else 0 */
	uint32_t rdev_major, rdev_minor;
	uint32_t segment;	/* index into segments; GUARD_SEGMENT: the guard itself */
	uint64_t data_position; /* of its data in that segment's unpacked bytes */
	uint64_t image_offset;	/* in the image without the guard: plain cpio: of its data, exactly;
				 * compressed: roughly where its data begins */
	uint64_t *
		blocks; /* hash64() of each 4096 bytes of a file over 4096 bytes; owned; else NULL */
	size_t block_count;
	bool hard_link; /* another name of a file that is listed as well: it keeps no blocks */
};

#define GUARD_SEGMENT UINT32_MAX

/* Why the image behind the guard was not sealed, though the guard was put in front of it. */
enum refusal {
	NOT_REFUSED,
	REFUSED_BROKEN, /* the device cannot read it, or did not keep it, or what it is compressed by
			  * proves it wrong */
	REFUSED_UNKNOWN, /* its structure, or a program that it starts with, is not what this program knows:
			  * broken, or unusual */
	REFUSED_START, /* what it starts with cannot be executed, and nothing lost explains that */
	REFUSED_CHANGED, /* what it starts with is not what the hook put there: somebody changed it */
	REFUSED_FORMAT, /* no kernel unpacks it as it is packed */
};

/*
 * Members of an image that the kernel does not unpack: the folder of their path is not there when it
 * comes to them, a name is too long, or it reads over them (image/initrd.h, struct member). Below kernel/ it reads them from the image itself (Linux,
 * Documentation/arch/x86/microcode.rst, Documentation/admin-guide/acpi/initrd_table_override.rst).
 */
struct skipped {
	size_t count, wanted; /* all; those that are not below kernel/ */
	char *first;	      /* path of the first wanted one, or of the first; NULL: none; owned */
};

struct manifest {
	char *kernel;  /* release, as uname -r gives it; owned */
	char *os;      /* PRETTY_NAME of os-release, or ""; owned */
	char *builder; /* of the image, by a name that may not be known here; NULL: none is; owned */
	int64_t sealed_at; /* seconds since 1970-01-01 UTC; 0 in the guard's copy */
	int64_t newest; /* of the times that main's members have, seconds since 1970; 0: unknown */
	int64_t update_lost_at; /* when a newer image was lost, and this one put back; 0: never */
	uint64_t guard_bytes;	/* of the guard at the start of the sealed image */
	enum refusal refusal;
	char *refused; /* in words, NULL with NOT_REFUSED; owned */
	struct sealed_file files[ARTIFACT_KINDS];
	struct sealed_luks
		*luks; /* devices that the boot unlocks; the guard has them, too; owned */
	size_t luks_count;
	char root_uuid[41]; /* of the root file system, as libblkid writes it; "": not known */
	struct sealed_segment *segments;
	size_t segment_count;
	struct content *contents; /* sorted by path (strcmp), no path twice */
	size_t content_count;
	size_t memory;		/* of memory_take(); manifest_clear() gives it back */
	struct skipped skipped; /* the same */
};

void manifest_init(struct manifest *m);
void manifest_clear(struct manifest *m); /* frees what it owns; m itself is the caller's */

void sealed_file_clear(struct sealed_file *f); /* the same */

/* Takes away what a manifest tells of an image's content. */
void manifest_forget_image(struct manifest *m);

/* Exchanges what two manifests tell of their initrd. */
void manifest_swap_initrd(struct manifest *a, struct manifest *b);

/* Whose image it is, by its content list: what that shows is recorded, and else what was stays. */
void manifest_note_builder(struct manifest *m);

/* Whose image it is by the record; BUILDER_UNKNOWN: it tells none. */
enum builder manifest_builder(const struct manifest *m);

/* Likewise; else by what lies below an open folder that stands for the root where it was unpacked. */
enum builder manifest_builder_below(const struct manifest *m, int root);

/* The record of a path, or NULL. */
const struct content *manifest_find(const struct manifest *m, const char *path);

/*
 * The kernel version of the first modules in the image, when none are for release: their folders below
 * lib/modules tell. The caller frees it. NULL: some are for it, or there are none.
 */
char *manifest_other_modules(const struct manifest *m, const char *release);

/* File type bits of a mode to content_type; -EINVAL for no known type. */
int content_type_from_mode(mode_t mode);
/* "file", "directory", "symlink", ... */
const char *content_type_name(enum content_type type);

#endif
