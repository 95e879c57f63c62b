/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_RECORD_H
#define BV_IMAGE_RECORD_H

#include "manifest/manifest.h"

/* Reads a whole file: sha256, blocks, size, identity, extents. path is what is recorded. */
int record_file(struct sealed_file *f, int fd, const char *path);

#endif
