/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_CONFIG_H
#define BV_BOOT_CONFIG_H

#include "boot/policy.h"
#include "system/rescue.h"

/* What the checker reads of the guard's config: lines "KEY VALUE" (stub/guard_config.h). */
struct boot_config {
	enum policy policy;   /* "policy"; POLICY_STOP when absent or damaged */
	unsigned int timeout; /* "timeout": seconds until POLICY_ASK goes on, 1 to 86400; 30 */
	unsigned int wait;    /* "wait": seconds that a check may take, 1 to 3600; 20 */
	char rescue
		[RESCUE_RULES_MAX]; /* "rescue": the image's rules (system/rescue.h); "" when absent */
};

void boot_config_parse(struct boot_config *c, const char *text);

/* The same from a file; one that cannot be read leaves the defaults. */
void boot_config_read(struct boot_config *c, const char *path);

#endif
