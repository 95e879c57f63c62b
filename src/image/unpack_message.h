/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_UNPACK_MESSAGE_H
#define BV_IMAGE_UNPACK_MESSAGE_H

#include <stdbool.h>

#include "decompress/decompress.h"

/*
 * What the kernel's words about an image that it could not unpack mean (Linux, init/initramfs.c,
 * lib/decompress_unxz.c). A symptom, which alone proves nothing. NULL is no message.
 */

/* A file could not be written. */
bool unpack_message_is_write_error(const char *message);

/* It knows xz, and not the options that the image was compressed with. */
bool unpack_message_is_about_xz_options(const char *message);

/* This codec is none that the kernel can unpack, or the options that its compressor was given. */
bool unpack_message_is_about_codec(const char *message, enum codec codec);

#endif
