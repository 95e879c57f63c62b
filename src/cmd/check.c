// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/check.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "artifact/guard.h"
#include "cmd/cmd.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

static const char help[] =
	"Usage: bootverdict check [-k KVER | --all] [OPTION]...\n"
	"       bootverdict check [OPTION]... FILE...\n"
	"Compares the kernel, the initrd and the LUKS devices of KVER (default: the running kernel)\n"
	"with what was sealed, or examines any kernel or initrd image FILE by what it proves about\n"
	"itself.\n\n"
	"  -k, --kernel KVER  this kernel version\n"
	"      --all          every kernel version that is there or was sealed\n"
	"      --direct       read all from the device, past the page cache, and compare both\n"
	"      --root DIR     the system is below DIR\n"
	"      --boot DIR     the boot folder (default: ROOT/boot)\n"
	"      --json         the report as one JSON object\n"
	"      --color WHEN   auto, always or never\n"
	"  -q, --quiet        no report: the exit status tells\n"
	"  -v, --verbose      every range and every member\n"
	"  -h, --help         this text\n\n"
	"Exit status: 0 intact, 1 storage corruption, 2 it could not run, 3 configuration error,\n"
	"4 stale (replaced after the last seal, or never sealed), 5 inconclusive.\n";

enum { OPT_ALL = 256, OPT_DIRECT, OPT_ROOT, OPT_BOOT, OPT_JSON, OPT_COLOR };

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "direct", no_argument, NULL, OPT_DIRECT },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "boot", required_argument, NULL, OPT_BOOT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	const char *release, *root, *boot;
	bool all, direct, json, quiet, verbose, color;
	char **files;
	int file_count;
};

static void identify(struct report *r, const char *os, const char *release)
{
	struct utsname u;

	report_identify(r, uname(&u) == 0 ? u.nodename : "", os, release);
}

static void check_one_release(const struct arguments *a, const char *release, struct report *r)
{
	struct boot_files f;

	boot_files_find(&f, a->root, a->boot, release);
	identify(r, f.os, release);
	check_release(&f, a->direct, r);
	boot_files_clear(&f);
}

static void check_all(const struct arguments *a, struct report *r)
{
	struct releases releases;
	int err = releases_find(&releases, a->root, a->boot, 1);
	const char *folder = a->boot ? a->boot : "/boot";

	if (err)
		report_finding(r, VERDICT_NONE, "BV-BOOT-FOLDER", folder, "it cannot be read: %s",
			       strerror(-err));
	else if (!releases.count)
		report_finding(r, VERDICT_INCONCLUSIVE, "BV-BOOT-FOLDER", folder,
			       "there is neither an initrd nor a manifest");
	for (size_t i = 0; i < releases.count; i++)
		check_one_release(a, releases.names[i], r);
	/* More than one version: the report as a whole is about none of them. */
	if (releases.count > 1)
		identify(r, r->os, "");
	releases_clear(&releases);
}

/* In the guest's initramfs the guard's record is there, and /boot is not, or not yet. */
static bool in_the_boot(const struct arguments *a)
{
	return !a->release && !a->all && !a->root && !a->boot &&
	       access("/" GUARD_MANIFEST, R_OK) == 0;
}

static void check(const struct arguments *a, struct report *r)
{
	cleanup(free_ptr) char *running = running_release();

	if (a->file_count) {
		identify(r, "", "");
		for (int i = 0; i < a->file_count; i++)
			check_file(a->files[i], r);
	} else if (in_the_boot(a)) {
		identify(r, "", running);
		check_unpacked(r);
	} else if (a->all) {
		check_all(a, r);
	} else {
		check_one_release(a, a->release ? a->release : running, r);
	}
}

static int run(const struct arguments *a)
{
	struct report r;
	int status;

	report_init(&r, "check");
	check(a, &r);
	report_conclude(&r);
	status = (int)r.verdict;
	if (a->json)
		report_print_json(&r, stdout);
	else if (!a->quiet)
		report_print_text(&r, stdout, a->verbose, a->color);
	report_clear(&r);
	if (fflush(stdout) == 0)
		return status;
	message("standard output: %s", strerror(errno));
	return 2;
}

int cmd_check(int argc, char **argv)
{
	struct arguments a = { .color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
	int c;

	while ((c = getopt_long(argc, argv, "k:qvh", options, NULL)) != -1) {
		switch (c) {
		case 'k':
			a.release = optarg;
			break;
		case OPT_ALL:
			a.all = true;
			break;
		case OPT_DIRECT:
			a.direct = true;
			break;
		case OPT_ROOT:
			a.root = optarg;
			break;
		case OPT_BOOT:
			a.boot = optarg;
			break;
		case OPT_JSON:
			a.json = true;
			break;
		case OPT_COLOR:
			if (choose_color(optarg, &a.color))
				return usage_error("check", "--color %s: not auto, always or never",
						   optarg);
			break;
		case 'q':
			a.quiet = true;
			break;
		case 'v':
			a.verbose = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			fputs("Try 'bootverdict check --help'.\n", stderr);
			return 2;
		}
	}
	a.files = argv + optind;
	a.file_count = argc - optind;
	if (a.all && a.release)
		return usage_error("check", "-k and --all exclude each other");
	if (a.file_count && (a.all || a.release || a.root || a.boot))
		return usage_error("check", "a FILE is examined by itself: -k, --all, --root and "
					    "--boot do not go with it");
	if (a.release && (strchr(a.release, '/') || !*a.release))
		return usage_error("check", "'%s': not a kernel version", a.release);
	if (!a.file_count && !a.all && !a.release && a.root)
		return usage_error("check", "with --root, say which kernel version: -k or --all");
	return run(&a);
}
