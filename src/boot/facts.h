/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_FACTS_H
#define BV_BOOT_FACTS_H

#include <stdbool.h>

#include "image/unpacked.h"
#include "manifest/manifest.h"
#include "report/report.h"

/* What this boot's checker has found out. */
struct boot_facts {
	struct manifest manifest;
	bool manifest_usable;
	enum builder builder;	       /* of the image that this boot runs */
	struct content_result content; /* zero without a usable manifest */
	char *kernel_message;	       /* "Initramfs unpacking failed: ...", or NULL; owned */
	char release[128];	       /* of the running kernel */
	bool next_init_sound; /* it and what it needs to be executed are as sealed: the boot can go on */
	struct report report; /* concluded */
	bool stops;	      /* what this boot is about to run is damaged, or cannot be started */
};

/* Finds out everything below root (an open folder). no_init: as in boot.h. */
void boot_facts_gather(struct boot_facts *f, int root, int no_init);
void boot_facts_clear(struct boot_facts *f);

/*
 * Of these: compares what was unpacked below root with the record, which is not usable any more where memory
 * does not suffice for that.
 */
void boot_facts_verify(struct boot_facts *f, int root);

/* The one line for the kernel log that sums it up; the caller frees it. */
char *boot_facts_line(const struct boot_facts *f);

#endif
