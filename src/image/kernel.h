/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_KERNEL_H
#define BV_IMAGE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "decompress/decompress.h"
#include "util/input.h"

/* What a kernel image tells about itself. */
struct kernel_info {
	bool recognised; /* an x86 bzImage, or any kernel packed as a whole; else it is only hashed */
	char version[128]; /* as uname -r gives it, from the setup code of a bzImage; or "" */
	enum codec codec;  /* of the payload */
	uint64_t payload_offset, payload_length; /* in the image, bytes */
	bool verified;	  /* the payload carries a checksum, and it is right */
	int error;	  /* 0, -EBADMSG, -ENODATA (truncated), -EIO, or a limit: util/memory.h */
	uint64_t offset;  /* where the error was noticed, bytes in the image */
	char reason[160]; /* in words */
};

/*
 * Examines the image that starts at the input's offset 0 and unpacks its payload to verify it
 * (Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header"). Returns
 * info->error.
 */
int kernel_examine(struct input *in, struct kernel_info *info);

/* Its version alone, without a look at the payload; info->version is "" when it tells none. */
void kernel_image_version(struct input *in, struct kernel_info *info);

#endif
