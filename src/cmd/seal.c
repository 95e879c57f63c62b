// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "image/check.h"
#include "image/kept.h"
#include "image/other_modules.h"
#include "image/seal.h"
#include "image/seal_kernel.h"
#include "luks/seal.h"
#include "manifest/store.h"
#include "report/append.h"
#include "report/json.h"
#include "report/lines.h"
#include "storage/leftovers.h"
#include "storage/lock.h"
#include "util/array.h"
#include "util/interrupt.h"
#include "util/memory.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/text.h"
#include "util/util.h"

static const char help[] =
	"Usage: bootverdict seal [-k KVER | --all] [OPTION]...\n"
	"Records the kernel and the initrd of KVER (default: the running kernel) and\n"
	"the LUKS devices that its boot unlocks as they are now, puts the guard at the\n"
	"initrd's start, and reads it back from the disk. Of LUKS it records hashes of\n"
	"encrypted areas only: they reveal no key.\n\n"
	"  -k, --kernel KVER   this kernel version\n"
	"      --all           every kernel version that has an initrd\n"
	"      --remove        give the initrd back as it was before the first seal\n"
	"      --forget        with -k: remove the record of a kernel version that is\n"
	"                      removed\n"
	"      --keep          with -k: hold the sealed initrd under a second name\n"
	"                      until the one that is being built is sealed\n"
	"      --root DIR      the system is below DIR\n"
	"      --boot DIR      the boot folder (default: ROOT/boot)\n"
	"      --guard DIR     take init, bootverdict and busybox from DIR (default:\n"
	"                      ROOT/usr/lib/bootverdict)\n"
	"      --device DEV    record this LUKS device too, also when it is sealed\n"
	"                      again; may be given more than once (default: what\n"
	"                      crypttab and the root need)\n"
	"      --header FILE   the detached header of the one --device\n"
	"      --image FILE    with -k: only when FILE is what KVER boots; else nothing\n"
	"                      is done\n"
	"      --read-back     compare what the disk kept with what was written even in\n"
	"                      a chroot\n"
	"      --no-read-back  do not compare it at all\n"
	"      --json          the report as one JSON object on standard output, for\n"
	"                      all versions\n"
	"  -q, --quiet         say nothing when all is well\n"
	"  -h, --help          this text\n\n"
	"After a change of LUKS keys: bootverdict seal --all\n\n"
	"Exit status: 0 sealed; 1 an image, a LUKS header or a keyslot is damaged or\n"
	"half changed, or the disk did not keep what was written; 2 it could not be\n"
	"done (no room, read-only, ...), or the image cannot start. After 1 and 2 it\n"
	"says what stands in the initrd's place, and what a reboot would do: the image\n"
	"as it was, if the disk has all of it, the image before, or bootverdict's\n"
	"guard, which explains. The verdict of the report is intact with 0,\n"
	"storage-corruption with 1, and with 2 none, config-error or inconclusive.\n";

/* A slow disk takes that long for one image, and no longer. */
#define LOCK_SECONDS 600

enum {
	OPT_REMOVE = 256,
	OPT_FORGET,
	OPT_KEEP,
	OPT_GUARD,
	OPT_DEVICE,
	OPT_HEADER,
	OPT_IMAGE,
	OPT_READ_BACK,
	OPT_NO_READ_BACK
};

static const struct option options[] = {
	KERNEL_OPTIONS,
	{ "remove", no_argument, NULL, OPT_REMOVE },
	{ "forget", no_argument, NULL, OPT_FORGET },
	{ "keep", no_argument, NULL, OPT_KEEP },
	{ "guard", required_argument, NULL, OPT_GUARD },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "header", required_argument, NULL, OPT_HEADER },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "read-back", no_argument, NULL, OPT_READ_BACK },
	{ "no-read-back", no_argument, NULL, OPT_NO_READ_BACK },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	struct kernel_options which;
	bool remove, forget, keep, read_back_anyway, help;
	const char *image; /* seal only if this is what boots; NULL: whatever boots */
	struct seal_options seal;
};

/* Healthy as a rule, but who built it may have meant them to be there. */
static void tell_skipped(const struct arguments *a, const struct boot_files *f,
			 const struct skipped *s)
{
	struct finding *n;

	if (!s->count)
		return;
	n = seal_note(
		a->seal.report, f->initrd,
		"The kernel does not unpack %zu of its members, because their folder is not there when "
		"it comes to them, or they have no name, no type, or too long a link (first: %s)%s.",
		s->count, s->first,
		s->wanted ? "" : ": it reads what is below kernel/ from the image itself");
	finding_text(n, EVIDENCE_NOT_UNPACKED, "%s", s->first);
	if (!a->seal.quiet)
		finding_say(n);
}

static void announce_sealed(const struct boot_files *f, const struct manifest *m, bool changed)
{
	announce("%s: %s, %zu paths, guard of %llu KiB", f->initrd,
		 changed ? "sealed" : "already sealed", m->content_count,
		 (unsigned long long)m->guard_bytes / 1024);
	for (size_t i = 0; i < m->luks_count; i++)
		announce("%s: LUKS%d, keyslots in use: %zu", m->luks[i].device, m->luks[i].version,
			 m->luks[i].slot_count);
}

/* The worst status: a disk that loses data outweighs what could not be done. */
static int worst(int a, int b)
{
	return a == 1 || b == 1 ? 1 : a > b ? a : b;
}

static int seal_kernel_of(const struct arguments *a, const struct boot_files *f, struct manifest *m)
{
	struct report *r = a->seal.report;
	size_t first = r->finding_count;

	if (!f->kernel) {
		finding_say(
			seal_note(r, f->release,
				  "There is no kernel image beside %s: only the initrd is sealed.",
				  f->initrd));
		return 0;
	}
	check_version(f, r);
	report_say(r, first);
	return seal_kernel(f, &a->seal, m);
}

static void tell_other_modules(const struct arguments *a, const struct boot_files *f,
			       const struct manifest *m)
{
	size_t first = a->seal.report->finding_count;

	check_modules(f, m, a->seal.report);
	report_say(a->seal.report, first);
}

/* Each artifact for itself: what is wrong with one is no reason to leave another unsealed. */
static int seal_files(const struct arguments *a, const struct boot_files *f)
{
	bool image_changed = false, record_changed = false, to_record = false;
	struct manifest m;
	int r;

	manifest_init(&m);
	m.kernel = text_copy(f->release);
	m.os = text_copy(f->os);
	progress_begin(f->kernel);
	r = seal_kernel_of(a, f, &m);
	r = worst(r, seal_luks(f, &a->seal, &m));
	progress_begin(f->initrd);
	r = worst(r, seal_initrd(f, &a->seal, &m, &image_changed, &to_record));
	tell_other_modules(a, f, &m);
	if (to_record)
		r = worst(r, store_write(f, &a->seal, &m, &record_changed));
	progress_end();
	if (!r && to_record && !a->seal.quiet && !a->seal.json)
		announce_sealed(f, &m, image_changed || record_changed);
	if (!r)
		tell_skipped(a, f, &m.skipped);
	if (m.sealed_at > a->seal.report->sealed_at)
		a->seal.report->sealed_at = m.sealed_at;
	manifest_clear(&m);
	return r;
}

/* Two at a time would take each other's image for the one to seal. */
static int lock_boot_folder(const struct boot_files *f, struct report *r)
{
	cleanup(free_ptr) char *path = realpath(f->initrd, NULL);
	const char *folder = path ? dirname(path) : ".";
	int lock = folder_lock(folder, 0);

	if (lock == -EBUSY) {
		message("%s: another bootverdict is at work there; waiting for it", folder);
		lock = folder_lock(folder, LOCK_SECONDS);
	}
	if (lock == -EBUSY)
		seal_not_done(r, folder, "The other bootverdict does not come to an end.");
	else if (lock < 0)
		seal_not_done(r, folder, "It cannot be locked: %s.", strerror(-lock));
	return lock;
}

static void tell_leftover(void *ctx, const char *path, uint64_t size, bool removed)
{
	struct finding *n = check_report_leftover(ctx, path, size);

	finding_next(n, "%s",
		     removed ? "It is removed."
			     : "It is kept: the file that it was to replace is not there.");
	finding_say(n);
}

static void remove_leftovers(const struct boot_files *f, struct report *r)
{
	cleanup(free_ptr) char *image = realpath(f->initrd, NULL);

	if (image)
		leftovers_each(dirname(image), true, tell_leftover, r);
	/* Their folders may be shared with who seals in another boot folder. */
	for (int copy = 0; copy < STORE_COPIES; copy++) {
		cleanup(free_ptr) char *folder = store_folder(f->root, f->boot, copy);
		cleanup(close_fd) int lock = folder_lock(folder, 0);

		if (lock >= 0)
			leftovers_each(folder, true, tell_leftover, r);
	}
}

static int seal_release(const struct arguments *a, const char *release)
{
	cleanup(close_fd) int lock = -1;
	struct boot_files f;
	struct report *report = a->seal.report;
	int r = 2;

	boot_files_find(&f, a->which.root, a->which.boot, release);
	if (a->image)
		boot_files_boots(&f, a->image);
	identify_report(report, f.os, release);
	if (a->keep) {
		kept_hold(&f);
		r = 0;
		goto out;
	}
	if (a->forget || (!f.initrd && a->remove && store_has(&f))) {
		r = seal_forget(&f, &a->seal);
		goto out;
	}
	if (!f.initrd) {
		r = seal_not_done(report, release,
				  "There is no initrd for this kernel version in %s.",
				  a->which.boot ? a->which.boot : "the boot folder");
		goto out;
	}
	lock = lock_boot_folder(&f, report);
	if (lock < 0)
		goto out;
	remove_leftovers(&f, report);
	r = a->remove ? seal_remove(&f, &a->seal) : seal_files(a, &f);
out:
	boot_files_clear(&f);
	return r;
}

/* What several versions have in common, as a LUKS device, is told once in the report of all. */
static int seal_one_of(struct arguments *a, const char *release)
{
	struct report *all = a->seal.report;
	struct report one;
	int status;

	report_init(&one, "seal");
	a->seal.report = &one;
	status = seal_release(a, release);
	a->seal.report = all;
	report_append(all, &one);
	if (one.sealed_at > all->sealed_at)
		all->sealed_at = one.sealed_at;
	report_clear(&one);
	return status;
}

static int seal_all(struct arguments *a)
{
	struct report *report = a->seal.report;
	cleanup(free_ptr) char *folder = kernel_options_folder(&a->which);
	struct releases releases;
	int err = releases_find(&releases, a->which.root, a->which.boot);
	int r = 0;

	if (err) {
		finding_say(check_report_folder(report, folder, err));
		r = 2;
	} else if (!releases.count) {
		r = seal_not_done(report, folder, "There is no initrd in it.");
	}
	for (size_t i = 0; i < releases.count && !interrupted(); i++)
		r = worst(r, seal_one_of(a, releases.names[i]));
	/* More than one version: the report as a whole is about none of them. */
	if (releases.count > 1)
		identify_report(report, report->os, "");
	releases_clear(&releases);
	return r;
}

/* Who builds a crash kernel's image, or one for another machine, is not told so every time. */
static void tell_not_booted(const struct arguments *a, bool any)
{
	cleanup(free_ptr) char *names = boot_files_initrd_names(a->which.release);
	struct finding *f = report_finding(
		a->seal.report, VERDICT_INTACT, FINDING_SEAL_NOT_BOOTED, a->image,
		"It is not sealed: by its name it is not what kernel %s boots. Names that are looked for in "
		"the boot folder: %s.",
		a->which.release, names);

	f->warning = true;
	if (!any && !a->seal.quiet)
		finding_say(f);
}

static bool boots_another(const struct arguments *a)
{
	struct boot_files f;
	bool boots;

	if (!a->image)
		return false;
	boot_files_find(&f, a->which.root, a->which.boot, a->which.release);
	boots = boot_files_boots(&f, a->image);
	if (!boots)
		tell_not_booted(a, f.initrd);
	boot_files_clear(&f);
	return !boots;
}

static void decide_read_back(struct arguments *a)
{
	struct finding *n;

	if (a->forget || a->keep || a->seal.read_back != READ_BACK || a->read_back_anyway ||
	    !in_chroot())
		return;
	a->seal.read_back = NO_READ_BACK;
	n = seal_note(a->seal.report, a->which.root ? a->which.root : "/",
		      "Sealed in a chroot: what the disk keeps is not verified.");
	if (!a->seal.quiet)
		finding_say(n);
}

static int seal(struct arguments *a)
{
	cleanup(free_ptr) char *running = NULL;

	if (boots_another(a))
		return 0;
	interrupt_catch();
	progress_allow(!a->seal.quiet);
	decide_read_back(a);
	if (a->which.all)
		return seal_all(a);
	running = running_release();
	return seal_release(a, a->which.release ? a->which.release : running);
}

static int run(struct arguments *a)
{
	struct report r;
	int status;

	report_init(&r, "seal");
	identify_report(&r, "", "");
	a->seal.report = &r;
	status = seal(a);
	if (interrupted() && report_verdict_from(&r, 0) == VERDICT_INTACT)
		status = seal_not_done(&r, a->which.root ? a->which.root : "/", "Interrupted.");
	report_conclude(&r);
	r.exit = status;
	if (a->seal.json) {
		report_print_json(&r, stdout);
		status = output_end(status);
	}
	report_clear(&r);
	return status;
}

static void add_device(struct seal_options *o, const char *device)
{
	o->devices = grow_array(o->devices, &o->device_count, sizeof(*o->devices));
	o->devices[o->device_count - 1] = device;
}

static int parse(struct arguments *a, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "+" KERNEL_LETTERS "qh", options, NULL)) != -1) {
		if (kernel_option(&a->which, c, optarg))
			continue;
		switch (c) {
		case OPT_REMOVE:
			a->remove = true;
			break;
		case OPT_FORGET:
			a->forget = true;
			break;
		case OPT_KEEP:
			a->keep = true;
			break;
		case OPT_GUARD:
			a->seal.guard = optarg;
			break;
		case OPT_DEVICE:
			add_device(&a->seal, optarg);
			break;
		case OPT_HEADER:
			a->seal.header = optarg;
			break;
		case OPT_IMAGE:
			a->image = optarg;
			break;
		case OPT_READ_BACK:
			a->read_back_anyway = true;
			break;
		case OPT_NO_READ_BACK:
			a->seal.read_back = NO_READ_BACK;
			break;
		case OPT_JSON:
			a->seal.json = true;
			break;
		case 'q':
			a->seal.quiet = true;
			break;
		case 'h':
			a->help = true;
			return 0;
		default:
			return usage_option("seal", argv);
		}
	}
	if (optind < argc)
		return usage_error("seal", "'%s': no argument is expected", argv[optind]);
	if (a->seal.header && a->seal.device_count != 1)
		return usage_error("seal", "--header goes with one --device");
	if (a->image && (!a->which.release || a->remove))
		return usage_error("seal", "--image goes with -k, and not with --remove");
	if ((a->forget || a->keep) && (!a->which.release || a->remove || a->image ||
				       a->seal.device_count || (a->forget && a->keep)))
		return usage_error("seal", "%s goes with -k, and with nothing else that is done",
				   a->forget ? "--forget" : "--keep");
	return kernel_options_check(&a->which, "seal");
}

int cmd_seal(int argc, char **argv)
{
	struct arguments a = { .seal.read_back = READ_BACK };
	int status = parse(&a, argc, argv);

	memory_bound(MEMORY_MIB_SEAL);
	if (!status && a.help)
		fputs(help, stdout);
	else if (!status)
		status = run(&a);
	free(a.seal.devices);
	interrupt_deliver();
	return status;
}
