/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_STORE_H
#define BV_MANIFEST_STORE_H

#include <stdbool.h>

#include "manifest/manifest.h"
#include "manifest/sealing.h"
#include "system/installation.h"

/* Writes both copies of the manifest, unless they say the same already. */
int seal_manifests(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		   bool *changed);

/* The newer of the record's copies that can be used; empty when there is none. */
void seal_load_record(const struct boot_files *f, struct manifest *m);

#endif
