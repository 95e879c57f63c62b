/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdlib.h>

#include "boot/boot.h"
#include "cmd/cmd.h"

/* A small number, or -1. */
static int parse_number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	return *s && !*end && n >= 0 && n < 4096 ? (int)n : -1;
}

/* Not for people: the stub and scripts call it, in the initial RAM disk. */
int cmd_boot(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "hold-fd", required_argument, NULL, 'h' },
		{ "no-init", required_argument, NULL, 'n' },
		{ "before-unlock", no_argument, NULL, 'u' },
		{ "after-refusal", no_argument, NULL, 'r' },
		{ "after-failure", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	struct boot_options options = { .hold_fd = -1 };
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		int n = c == '?' ? -1 : optarg ? parse_number(optarg) : 0;

		if (n < 0)
			return usage_error("boot", "--hold-fd and --no-init need a number");
		if (c == 'h')
			options.hold_fd = n;
		else if (c == 'n')
			options.no_init = n;
		else
			options.stage = c == 'u'   ? BOOT_BEFORE_UNLOCK
					: c == 'r' ? BOOT_AFTER_REFUSAL
						   : BOOT_AFTER_FAILURE;
	}
	if (optind < argc)
		return usage_error("boot", "it takes no argument: '%s'", argv[optind]);
	return boot_run(&options);
}
