// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "luks/elsewhere.h"
#include "luks/find_record.h"
#include "luks/header_copy.h"
#include "luks/look.h"
#include "luks/record.h"
#include "luks/report.h"
#include "luks/report_header.h"
#include "luks/report_passphrase.h"
#include "luks/table.h"
#include "luks/try.h"
#include "luks/view_read.h"
#include "manifest/store.h"
#include "storage/source.h"
#include "util/text.h"
#include "util/util.h"

static const char help[] =
	"Usage: bootverdict luks [OPTION]... DEVICE\n"
	"Shows both LUKS headers and every keyslot of DEVICE (or of an image, or of a\n"
	"header backup), compares them with what was sealed, and says what still opens\n"
	"it. It only reads, and past every tool that repairs what it reads.\n\n"
	"      --try-passphrase\n"
	"                     test a passphrase on every keyslot, in memory: from the\n"
	"                     terminal, not shown, or the first line of standard input\n"
	"      --try-seconds N\n"
	"                     give each keyslot up to N seconds (default: 120)\n"
	"      --save-header FILE\n"
	"                     write the header and the keyslots to FILE, which must be\n"
	"                     new: as they are, or put together from what is left of a\n"
	"                     damaged header, for cryptsetup open --header FILE\n"
	"      --header FILE  the header is in this file or device\n"
	"      --manifest FILE\n"
	"                     the sealed record (default: the newest one that is of\n"
	"                     this device in %s,\n"
	"                     or the initramfs)\n"
	"      --root DIR     the system with these folders is below DIR\n" OUTPUT_HELP
	"  -h, --help         this text\n\n"
	"Without a sealed record it verifies what the header proves about itself, and\n"
	"recognises key material that is no ciphertext. It cannot see a flipped bit\n"
	"there: keyslots have no checksum.\n\n"
	"Exit status: 0 intact, 1 storage corruption, 2 it could not run,\n"
	"3 configuration error (the passphrase is wrong), 4 stale (changed after the\n"
	"last seal, or never sealed), 5 inconclusive.\n";

enum { OPT_TRY = 256, OPT_TRY_SECONDS, OPT_SAVE_HEADER, OPT_HEADER, OPT_MANIFEST };

static const struct option options[] = {
	{ "try-passphrase", no_argument, NULL, OPT_TRY },
	{ "try-seconds", required_argument, NULL, OPT_TRY_SECONDS },
	{ "save-header", required_argument, NULL, OPT_SAVE_HEADER },
	{ "header", required_argument, NULL, OPT_HEADER },
	{ "manifest", required_argument, NULL, OPT_MANIFEST },
	{ "root", required_argument, NULL, OPT_ROOT },
	OUTPUT_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	const char *device, *save_header, *header, *manifest, *root;
	struct output_options output;
	bool try_passphrase, help;
	unsigned int try_seconds; /* 0: what was given is no number */
};

/* What the trials say, as the table's column and as sets. */
static void collect_trials(const struct luks_view *v, const struct slot_trial *trials,
			   struct luks_tried *tried, const char **column, char **owned)
{
	slot_set damaged = luks_begins_with_noise(v) ? 0 : luks_slots_damaged(v);
	slot_set differ = luks_slots_damaged(v) | luks_slots_wiped(v);

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		column[i] = "";
		if (trials[i].result == TRIAL_OPENED) {
			tried->opened |= UINT32_C(1) << i;
			column[i] = "opens it";
		} else if (trials[i].result == TRIAL_REFUSED) {
			column[i] = damaged >> i & 1  ? "refused, being damaged"
				    : differ >> i & 1 ? "refused, not being as sealed"
						      : "refused";
		} else if (trials[i].result == TRIAL_FAILED) {
			tried->failed |= UINT32_C(1) << i;
			owned[i] = text_format("not tried: %s", trials[i].reason);
			column[i] = owned[i];
		}
	}
}

/* How a passphrase fared. */
struct attempt {
	char failure[160]; /* why there was no try; "" */
	struct luks_tried tried;
	const char *column[LUKS_SLOTS_MAX];
	char *owned[LUKS_SLOTS_MAX];
};

/* With the passphrase in hand. */
static int try_it(struct luks_view *v, const struct source *source, const struct passphrase *p,
		  unsigned int seconds, struct attempt *a)
{
	struct slot_trial trials[LUKS_SLOTS_MAX] = { 0 };
	int err = luks_try_passphrase(source, &v->luks, p, seconds, isatty(STDERR_FILENO), trials);

	if (err && err != -ENODATA)
		return err;
	collect_trials(v, trials, &a->tried, a->column, a->owned);
	luks_view_tried(v, a->tried.opened);
	a->tried.cut = p->cut;
	a->tried.not_ascii = p->not_ascii;
	return 0;
}

static void ask_and_try(struct luks_view *v, const struct source *source, unsigned int seconds,
			struct attempt *a)
{
	cleanup(free_ptr) char *prompt = text_format("Passphrase for %s (not shown): ", v->device);
	struct passphrase p;
	int err = passphrase_read(&p, text_printable(prompt, TEXT_UTF8));

	if (err) {
		snprintf(a->failure, sizeof(a->failure), "No passphrase could be read: %s.",
			 err == -ENODATA ? "the input is empty" : strerror(-err));
		return;
	}
	err = try_it(v, source, &p, seconds, a);
	passphrase_wipe(&p);
	if (err)
		snprintf(a->failure, sizeof(a->failure), "The passphrase could not be tried: %s.",
			 strerror(-err));
}

static void tell_attempt(struct report *r, const struct luks_view *v, const struct attempt *a)
{
	if (*a->failure) {
		report_luks_tables(r, v, NULL);
		report_finding(r, VERDICT_NONE, FINDING_FAILED, v->device, "%s", a->failure);
		return;
	}
	report_luks_tables(r, v, a->column);
	report_luks_passphrase(r, v, &a->tried);
}

static void cannot_read(struct report *r, const char *path, int err)
{
	if (err == -EIO)
		report_luks_unreadable(r, path, false);
	else
		report_finding(r, VERDICT_NONE, FINDING_UNREADABLE, path, "It cannot be read: %s.",
			       err == -EINVAL ? "neither a block device nor a file"
					      : strerror(-err));
}

/* For luks_look(). */
struct examination {
	const struct arguments *arguments;
	struct luks_record record;
	struct report *report; /* what is wrong with a record is told once */
	char *elsewhere; /* where the sealed one is, when its name leads to another disk; owned */
};

static int find_record(void *ctx, const struct luks_view *v, const struct source *source,
		       const struct sealed_luks **sealed, int64_t *sealed_at)
{
	struct examination *e = ctx;

	luks_record_clear(&e->record);
	luks_record_find(&e->record, e->arguments->manifest, e->arguments->root, v, source,
			 e->report);
	e->report = NULL;
	if (e->record.by_name && !e->elsewhere)
		e->elsewhere = luks_find_elsewhere(e->record.sealed);
	if (e->record.by_name && e->elsewhere)
		luks_record_take_for_namesake(&e->record);
	*sealed = e->record.sealed;
	*sealed_at = e->record.manifest.sealed_at;
	return 0;
}

static void save(const char *path, const struct luks_view *v, const struct source *source,
		 struct report *r)
{
	int err = luks_save_header(source, &v->luks, path);

	if (err)
		report_finding(
			r, VERDICT_NONE, FINDING_FAILED, path, "The header could not be saved: %s.",
			err == -ENODATA ? "there is none that could be used" : strerror(-err));
}

/* What a passphrase opens is known before anything is told: it may prove what the record doubts. */
static void tell(const struct arguments *a, struct luks_view *v, const struct source *source,
		 const struct luks_record *record, const char *elsewhere, struct report *r)
{
	struct attempt t = { .failure = "" };

	if (a->try_passphrase)
		ask_and_try(v, source, a->try_seconds, &t);
	v->namesake = record->sealed ? NULL : record->namesake;
	v->elsewhere = elsewhere;
	v->others = v->namesake ? NULL : record->others;
	report_luks(r, v);
	if (a->try_passphrase)
		tell_attempt(r, v, &t);
	else
		report_luks_tables(r, v, NULL);
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		free(t.owned[i]);
	if (a->save_header)
		save(a->save_header, v, source, r);
}

static void examine(const struct arguments *a, const struct source *source, struct report *r)
{
	struct luks_view v = { .device = a->device, .header = a->header };
	struct examination e = { .arguments = a, .report = r };
	struct luks_judgement j;
	int err = luks_look(&v, source, find_record, &e, &j);

	if (err == -ENOMEM)
		report_finding(r, VERDICT_NONE, FINDING_FAILED, a->device,
			       "It could not be examined: %s.", strerror(-err));
	else if (err)
		cannot_read(r, luks_view_place(&v), err);
	else
		tell(a, &v, source, &e.record, e.elsewhere, r);
	luks_view_clear(&v);
	luks_record_clear(&e.record);
	free(e.elsewhere);
}

static int run(const struct arguments *a)
{
	const char *place = a->header ? a->header : a->device;
	struct source source;
	struct report r;
	int err;

	report_init(&r, "luks");
	identify_report(&r, "", "");
	err = source_open(&source, place);
	if (err)
		cannot_read(&r, place, err);
	else
		examine(a, &source, &r);
	source_close(&source);
	return output_report(&a->output, &r);
}

/* 0: no such number. */
static unsigned int seconds_of(const char *text)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	return errno || *text < '0' || *text > '9' || *end || n > TRY_SECONDS_MAX ? 0
										  : (unsigned int)n;
}

static int parse(struct arguments *a, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, OUTPUT_LETTERS "h", options, NULL)) != -1) {
		if (output_option(&a->output, c, optarg))
			continue;
		switch (c) {
		case OPT_TRY:
			a->try_passphrase = true;
			break;
		case OPT_TRY_SECONDS:
			a->try_seconds = seconds_of(optarg);
			break;
		case OPT_SAVE_HEADER:
			a->save_header = optarg;
			break;
		case OPT_HEADER:
			a->header = optarg;
			break;
		case OPT_MANIFEST:
			a->manifest = optarg;
			break;
		case OPT_ROOT:
			a->root = optarg;
			break;
		case 'h':
			a->help = true;
			return 0;
		default:
			return usage_option("luks", argv);
		}
	}
	if (argc - optind != 1)
		return usage_error("luks",
				   optind == argc ? "which DEVICE?" : "one DEVICE at a time");
	if (!a->try_seconds)
		return usage_error("luks", "--try-seconds takes a number from 1 to %u",
				   TRY_SECONDS_MAX);
	if (a->manifest && a->root)
		return usage_error("luks", "--manifest and --root exclude each other");
	a->device = argv[optind];
	return output_options_check(&a->output, "luks");
}

static void print_help(void)
{
	cleanup(free_ptr) char *folders = store_folders();

	printf(help, folders);
}

int cmd_luks(int argc, char **argv)
{
	struct arguments a = { .try_seconds = TRY_SECONDS_DEFAULT };
	int status;

	output_options_init(&a.output);
	status = parse(&a, argc, argv);
	if (status)
		return status;
	if (!a.help)
		return run(&a);
	print_help();
	return 0;
}
