/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_REQUEST_H
#define BV_BOOT_REQUEST_H

#include "boot/config.h"
#include "boot/options.h"
#include "system/rescue.h"

/* What was asked for, from all places. */
struct request {
	const struct boot_options *options; /* the caller's */
	enum policy policy;
	struct rescue rescue;
	struct boot_config config;
};

/*
 * Reads the guard's config, the kernel command line, and the image's own rules; what cannot be read
 * leaves defaults.
 */
void request_read(struct request *q, const struct boot_options *options);

/*
 * From here on a person needs time: who started this process (the stub, or boot/bounded.h) must
 * not end it any more.
 */
void request_hold(const struct request *q);

/* The kernel command line; the caller frees it. NULL: it cannot be read. */
char *request_command_line(void);

#endif
