/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_SEAL_KERNEL_H
#define BV_IMAGE_SEAL_KERNEL_H

#include "manifest/manifest.h"
#include "manifest/sealing.h"
#include "system/installation.h"

/*
 * Examines the kernel and records it in m->files; one that is broken, or changes meanwhile, keeps
 * the record that it has. Nothing is written.
 */
int seal_kernel(const struct boot_files *f, const struct seal_options *o, struct manifest *m);

#endif
