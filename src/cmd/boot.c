// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
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

static const char help[] =
	"Usage: bootverdict boot [OPTION]...\n"
	"The guard runs this in the initial RAM disk; it is not for people.\n\n"
	"      --hold-fd N        a byte is written to it when a person is being asked\n"
	"      --no-init N        main's init could not be run: the error number\n"
	"      --before-unlock    before the first passphrase prompt\n"
	"      --after-refusal    a passphrase was refused\n"
	"      --after-failure    the boot failed\n"
	"  -h, --help\n";

/* Not for people: the stub and scripts call it, in the initial RAM disk. */
int cmd_boot(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "hold-fd", required_argument, NULL, 'd' },
		{ "no-init", required_argument, NULL, 'n' },
		{ "before-unlock", no_argument, NULL, 'u' },
		{ "after-refusal", no_argument, NULL, 'r' },
		{ "after-failure", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	struct boot_options options = { .hold_fd = -1 };
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		int n = optarg ? parse_number(optarg) : 0;

		if (c == '?')
			return usage_option("boot", argv);
		if (c == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (n < 0)
			return usage_error("boot", "'%s': not a number below 4096", optarg);
		if (c == 'd')
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
