// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "report/wrap.h"
#include "verdict/catalog.h"

static const char help[] =
	"Usage: bootverdict explain [ID]...\n"
	"Tells what a finding means: what happened, how it is known, what it is not,\n"
	"what to do, and how sure it is. Without an ID: all that there are. A report\n"
	"shows them with -v or --json.\n\n"
	"Exit status: 0, or 2 when an ID does not exist.\n";

/* "bv-luks-keyslot" and "LUKS-KEYSLOT" are what a person types. */
static enum finding_id find(const char *typed)
{
	unsigned int id = 0;

	for (; id < FINDING_COUNT; id++) {
		const char *name = catalog_entry((enum finding_id)id)->id;

		if (!strcasecmp(name, typed) || !strcasecmp(name + strlen("BV-"), typed))
			break;
	}
	return (enum finding_id)id;
}

static void print_list(void)
{
	for (unsigned int id = 0; id < FINDING_COUNT; id++) {
		const struct catalog_entry *e = catalog_entry((enum finding_id)id);

		printf("%-22s %s\n", e->id, e->title);
	}
}

static void print_part(const char *title, const char *text)
{
	char first[24];

	if (!*text)
		return;
	snprintf(first, sizeof(first), "  %-14s ", title);
	print_wrapped(stdout, first, strlen(first), text);
}

static void print_entry(const struct catalog_entry *e)
{
	printf("%s: %s\n", e->id, e->title);
	print_part("What happened:", e->happened);
	print_part("How known:", e->known);
	print_part("It is not:", e->not );
	print_part("In the guest:", e->guest);
	print_part("On the host:", e->host);
	print_part("How sure:", e->sure);
}

int cmd_explain(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	int c, status = 0;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c != 'h')
			return usage_option("explain", argv);
		fputs(help, stdout);
		return 0;
	}
	if (optind == argc)
		print_list();
	for (int i = optind; i < argc; i++) {
		enum finding_id id = find(argv[i]);

		if (i > optind)
			putchar('\n');
		if (id == FINDING_COUNT)
			status = usage_error("explain", "there is no finding '%s'", argv[i]);
		else
			print_entry(catalog_entry(id));
	}
	return output_end(status);
}
