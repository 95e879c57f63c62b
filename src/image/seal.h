/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_SEAL_H
#define BV_IMAGE_SEAL_H

#include <stdbool.h>

#include "manifest/manifest.h"
#include "manifest/sealing.h"
#include "system/installation.h"

/*
 * Puts the guard into the initrd, unless just that one is there, and fills the rest of m. After a
 * failure there stands under the initrd's name what seal_fallback.h says. *to_record: m tells of what
 * stands there now.
 */
int seal_initrd(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed, bool *to_record);

/* Gives the image back as it was before the first seal, and removes the manifests. */
int seal_remove(const struct boot_files *f, const struct seal_options *o);

/* Removes the record, and what was kept of images before: of a kernel version that is removed. */
int seal_forget(const struct boot_files *f, const struct seal_options *o);

#endif
