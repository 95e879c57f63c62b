// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "util/message.h"
#include "util/util.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what; /* NULL: not for people */
} commands[] = {
	{ "seal", cmd_seal, "record kernel, initrd and LUKS devices, and guard the initrd" },
	{ "check", cmd_check, "compare them with that record, or examine any image" },
	{ "luks", cmd_luks, "show LUKS headers and keyslots, and what still opens the disk" },
	{ "explain", cmd_explain, "what a finding means, how it is known, and what to do" },
	{ "boot", cmd_boot, NULL },
};

static void print_help(FILE *out)
{
	fputs("Usage: bootverdict COMMAND [OPTION]... [ARGUMENT]...\n"
	      "Tells whether storage corruption or a configuration error breaks a boot.\n\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].what)
			fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
	}
	fputs("\n'bootverdict COMMAND --help' tells the rest. Exit status: 0 intact, 1 storage\n"
	      "corruption, 2 usage error or could not run, 3 configuration error, 4 stale,\n"
	      "5 inconclusive.\n",
	      out);
}

int main(int argc, char **argv)
{
	opterr = 0; /* usage_option() */
	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("bootverdict " BOOTVERDICT_VERSION);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	message("there is no command '%s'.", argv[1]);
	fputs("Try 'bootverdict --help'.\n", stderr);
	return 2;
}
