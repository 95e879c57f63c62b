// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/stage.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "image/check.h"
#include "image/check_alone.h"
#include "image/guard.h"
#include "image/unpacked.h"
#include "luks/check.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "manifest/store.h"
#include "report/load.h"
#include "util/progress.h"
#include "util/text.h"
#include "util/util.h"

static const char help[] =
	"Usage: bootverdict check [-k KVER | --all] [OPTION]...\n"
	"       bootverdict check [OPTION]... FILE...\n"
	"Compares the kernel, the initrd and the LUKS devices of KVER (default: the\n"
	"running kernel) with what was sealed, or examines any kernel or initrd image\n"
	"FILE by what it proves about itself.\n\n"
	"  -k, --kernel KVER  this kernel version\n"
	"      --all          every kernel version that is there or was sealed\n"
	"      --direct       read all from the device, past the page cache, and\n"
	"                     compare both\n"
	"      --root DIR     the system is below DIR\n"
	"      --boot DIR     the boot folder (default: ROOT/boot)\n" OUTPUT_HELP
	"  -h, --help         this text\n\n"
	"Exit status: 0 intact, 1 storage corruption, 2 it could not run,\n"
	"3 configuration error, 4 stale (replaced after the last seal, or never\n"
	"sealed), 5 inconclusive.\n";

enum { OPT_DIRECT = 256 };

static const struct option options[] = {
	KERNEL_OPTIONS,
	OUTPUT_OPTIONS,
	{ "direct", no_argument, NULL, OPT_DIRECT },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	struct kernel_options which;
	struct output_options output;
	bool direct, help;
	char **files;
	int file_count;
};

static void check_one_release(const struct arguments *a, const char *release,
			      struct luks_checks *luks, struct report *r)
{
	struct boot_files f;
	struct manifest m;

	boot_files_find(&f, a->which.root, a->which.boot, release);
	identify_report(r, f.os, release);
	check_release(&f, a->direct, r, &m);
	luks_checks_add(luks, &m);
	manifest_clear(&m);
	boot_files_clear(&f);
}

static void check_all(const struct arguments *a, struct luks_checks *luks, struct report *r)
{
	struct releases releases;
	int err = releases_find(&releases, a->which.root, a->which.boot);
	cleanup(free_ptr) char *folder = kernel_options_folder(&a->which);

	store_list(&releases, a->which.root, a->which.boot);
	identify_report(r, "", "");
	if (err)
		check_report_folder(r, folder, err);
	else if (!releases.count)
		report_finding(r, VERDICT_INCONCLUSIVE, FINDING_BOOT_FOLDER, folder,
			       "There is neither an initrd nor a record of one.");
	for (size_t i = 0; i < releases.count; i++)
		check_one_release(a, releases.names[i], luks, r);
	/* More than one version: the report as a whole is about none of them. */
	if (releases.count > 1)
		identify_report(r, r->os, "");
	releases_clear(&releases);
}

/* In the guest's initramfs the guard's record is there, and /boot is not, or not yet. */
static bool in_the_boot(const struct arguments *a)
{
	const struct kernel_options *which = &a->which;

	return !which->release && !which->all && !which->root && !which->boot &&
	       access("/" GUARD_MANIFEST, R_OK) == 0;
}

/* What /boot has, and the devices that the boot unlocks. */
static void check_releases(const struct arguments *a, const char *running, struct report *r)
{
	struct luks_checks luks = { NULL, 0 };
	cleanup(free_ptr) char *root = root_prefix(a->which.root);

	if (a->which.all)
		check_all(a, &luks, r);
	else
		check_one_release(a, a->which.release ? a->which.release : running, &luks, r);
	check_luks(&luks, root, r);
	luks_checks_clear(&luks);
}

/* Whether this boot itself has found, when nothing had run yet, that a part of what was unpacked is lost. */
static bool was_lost(void)
{
	static const char *const reports[] = { STAGE_FOLDER "/report.json", BOOT_REPORT_JSON };
	bool lost = false;
	struct report r;

	report_init(&r, "boot");
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++)
		report_load_json(&r, reports[i]);
	for (size_t i = 0; i < r.finding_count; i++) {
		const struct finding *f = &r.findings[i];

		lost = lost ||
		       (f->verdict == VERDICT_STORAGE_CORRUPTION &&
			(f->id == FINDING_CONTENT_DAMAGED || f->id == FINDING_CONTENT_MISSING ||
			 f->id == FINDING_GUARD_DAMAGED));
	}
	report_clear(&r);
	return lost;
}

/* Compares what the kernel unpacked with the content list of the guard; for the shell in the boot. */
static void check_unpacked(struct report *r)
{
	cleanup(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char reason[MANIFEST_REASON_BYTES];
	const struct unpacking long_ago = { .kernel_message = NULL, .lost = was_lost() };
	struct content_result result;
	struct manifest m;
	int err;

	manifest_init(&m);
	err = manifest_load(&m, "/" GUARD_MANIFEST, reason);
	if (err) {
		report_finding(r, manifest_error_verdict(err), FINDING_GUARD_MANIFEST,
			       "/" GUARD_MANIFEST,
			       "The record that the guard carries cannot be used: %s.", reason);
	} else {
		report_identify(r, r->host, m.os, m.kernel);
		err = root < 0 ? -errno : content_verify(&m, root, &long_ago, r, &result);
		if (err)
			report_finding(r, VERDICT_NONE, FINDING_FAILED, "/",
				       "The unpacked files cannot be verified: %s.",
				       strerror(-err));
	}
	manifest_clear(&m);
}

static void check(const struct arguments *a, struct report *r)
{
	cleanup(free_ptr) char *running = running_release();

	if (a->file_count) {
		identify_report(r, "", "");
		for (int i = 0; i < a->file_count; i++)
			check_file(a->files[i], NULL, r);
	} else if (in_the_boot(a)) {
		identify_report(r, "", running);
		check_unpacked(r);
	} else {
		check_releases(a, running, r);
	}
}

static int run(const struct arguments *a)
{
	struct report r;

	progress_allow(!a->output.quiet);
	report_init(&r, "check");
	check(a, &r);
	return output_report(&a->output, &r);
}

static int parse(struct arguments *a, int argc, char **argv)
{
	int c, status;

	while ((c = getopt_long(argc, argv, KERNEL_LETTERS OUTPUT_LETTERS "h", options, NULL)) !=
	       -1) {
		if (kernel_option(&a->which, c, optarg) || output_option(&a->output, c, optarg))
			continue;
		if (c == 'h') {
			a->help = true;
			return 0;
		}
		if (c != OPT_DIRECT)
			return usage_option("check", argv);
		a->direct = true;
	}
	a->files = argv + optind;
	a->file_count = argc - optind;
	if (a->file_count && (a->which.all || a->which.release || a->which.root || a->which.boot))
		return usage_error("check", "a FILE is examined by itself: -k, --all, --root and "
					    "--boot do not go with it");
	status = kernel_options_check(&a->which, "check");
	return status ? status : output_options_check(&a->output, "check");
}

int cmd_check(int argc, char **argv)
{
	struct arguments a = { .files = NULL };
	int status;

	output_options_init(&a.output);
	status = parse(&a, argc, argv);
	if (status)
		return status;
	if (!a.help)
		return run(&a);
	fputs(help, stdout);
	return 0;
}
