// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/failure.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "boot/stage.h"
#include "boot/unlock.h"
#include "boot/unlock_list.h"
#include "chain/chain.h"
#include "chain/chain_report.h"
#include "chain/root.h"
#include "console/menu.h"
#include "console/splash.h"
#include "luks/devices.h"
#include "luks/report.h"
#include "system/command_line.h"
#include "system/kernel_log.h"
#include "system/system.h"
#include "util/text.h"
#include "util/util.h"

#define ASKED_MAX 4096

/* cryptsetup-initramfs loads it first; without it nothing is refused, and nothing opened. */
#define DM_CRYPT "/sys/module/dm_crypt"

static bool is_listed(const char *list, const char *uuid)
{
	size_t len = strlen(uuid);

	for (const char *p = list; (p = strstr(p, uuid)); p += len) {
		if ((p == list || p[-1] == '\n') && p[len] == '\n')
			return true;
	}
	return false;
}

static bool is_refused(const char *uuid)
{
	cleanup(free_ptr) char *refused = system_read_text(UNLOCK_REFUSED, ASKED_MAX);

	return refused && *uuid && is_listed(refused, uuid);
}

/* What an opened device's header shows now is what let it be opened: not a word about it then. */
static bool tell_device(struct report *r, const struct luks_device *d,
			const struct block_devices *b, const struct crypttab *crypttab,
			enum builder builder)
{
	struct chain chain;
	bool broken;

	chain_gather(&chain, d, b, crypttab);
	chain.refused = is_refused(d->sealed->uuid);
	chain.builder = builder;
	if (luks_device_has_words(d) && !chain.opened && !luks_device_is_member(d))
		report_luks(r, &d->view);
	broken = chain_report(r, &chain, b);
	if (!broken && chain.opened) {
		cleanup(free_ptr) char *text = chain_text(&chain);

		kernel_log_write(LOG_LEVEL_DEBUG, "%s", text);
	}
	chain_clear(&chain);
	return broken;
}

/* One that this boot does not unlock broke nothing: what is wrong with it is a note. */
static void note_device(struct report *r, const struct luks_device *d)
{
	bool before = report_warnings(r, true);

	if (luks_device_has_words(d))
		report_luks(r, &d->view);
	report_warnings(r, before);
}

static const char *nothing_broken(bool sealed, bool intact, bool seen)
{
	if (!sealed)
		return "Nothing that could be looked at here is broken, but no sealed record can be "
		       "used: what this boot ran is not proven. The messages above say more.";
	if (!intact)
		return "Nothing that could be looked at here on the way to the root file system is "
		       "broken. But this report tells more of this boot, which may be the reason. The "
		       "messages above say more.";
	if (seen)
		return "Nothing is broken that was looked at, up to the root file system's superblock. "
		       "What failed lies behind it: mounting it, or its init. The messages above say "
		       "more.";
	return "Nothing is broken that was looked at. The root file system is not where it can be looked "
	       "at here, or no checksum proves its superblock. The messages above say more.";
}

static void tell_nothing_broken(struct report *r, const struct manifest *m, const char *root,
				bool seen)
{
	enum verdict told = verdict_worst(report_worst(r), stage_worst());
	bool harmless = told == VERDICT_INTACT || told == VERDICT_STALE;
	struct finding *f =
		report_finding(r, m->kernel && harmless ? VERDICT_INTACT : VERDICT_INCONCLUSIVE,
			       FINDING_CHAIN_INTACT, root ? root : "root file system", "%s",
			       nothing_broken(m->kernel, told == VERDICT_INTACT, seen));

	finding_next(f, "Look at the last messages: dmesg | tail -n 20");
	finding_next(f, "Look at the file system, without a change: fsck -n DEVICE");
}

static enum builder builder_of_boot(const struct manifest *m)
{
	cleanup(close_fd) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return manifest_builder_below(m, root);
}

/* Not in the boot itself: a kernel that needs no module starts with any. */
static bool tell_other_modules(struct report *r, const struct manifest *m, enum builder builder)
{
	cleanup(free_ptr) char *other = NULL, *rebuild = NULL;
	struct utsname name;
	struct finding *f;

	/* The image of another kernel was told of then. */
	if (!m->kernel || uname(&name) < 0 || strcmp(name.release, m->kernel) != 0)
		return false;
	other = manifest_other_modules(m, name.release);
	if (!other)
		return false;
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_KERNEL_OTHER, "initial RAM disk",
		"The initial RAM disk has modules for kernel %s, and none for %s, which runs: none of them "
		"fits. It was built so, or it was sealed when the disk had lost an update of it, and an "
		"older image shows through.",
		other, name.release);
	finding_text(f, EVIDENCE_KERNEL_RUNNING, "%s", name.release);
	rebuild = builder_rebuild(builder, name.release);
	finding_next(f, "Boot an older kernel from the boot menu; then make it anew: %s", rebuild);
	return true;
}

/* LUKS devices by the record; anything else by what root= names. */
static void tell_all(struct report *r, const struct manifest *m)
{
	cleanup(free_ptr) char *line = request_command_line();
	cleanup(free_ptr) char *crypttab = unlock_list_read(line);
	cleanup(free_ptr) char *root = root_parameter(line ? line : "");
	enum builder builder = builder_of_boot(m);
	struct block_devices b = { .items = NULL };
	struct luks_devices devices;
	bool broken = false, seen = false;

	block_devices_read(&b, BLOCK_DEVICES_SYSFS, BLOCK_DEVICES_DEV, false);
	luks_devices_find(&devices, m, crypttab, root, 0);
	for (size_t i = 0; i < devices.count; i++) {
		if (luks_device_is_needed(&devices.items[i], &devices.crypttab, line))
			broken |= tell_device(r, &devices.items[i], &b, &devices.crypttab, builder);
	}
	if (!broken && root)
		broken = root_device_report(r, root, m->root_uuid, &b, builder, &seen);
	for (size_t i = 0; i < devices.count; i++) {
		if (!luks_device_is_needed(&devices.items[i], &devices.crypttab, line))
			note_device(r, &devices.items[i]);
	}
	broken |= tell_other_modules(r, m, builder);
	if (!broken)
		tell_nothing_broken(r, m, root, seen);
	luks_devices_clear(&devices);
	block_devices_clear(&b);
}

static void tell_refusals(const struct manifest *m, const char *asked)
{
	cleanup(free_ptr) char *line = request_command_line();
	cleanup(free_ptr) char *crypttab = unlock_list_read(line);
	enum builder builder = builder_of_boot(m);
	struct block_devices b = { .items = NULL };
	struct luks_devices devices;
	struct report r;

	report_init(&r, "boot");
	block_devices_read(&b, BLOCK_DEVICES_SYSFS, BLOCK_DEVICES_DEV, false);
	luks_devices_find(&devices, m, crypttab, NULL, 0);
	for (size_t i = 0; i < devices.count; i++) {
		const struct luks_device *d = &devices.items[i];

		if (is_listed(asked, d->sealed->uuid) && luks_device_seen(d) &&
		    !block_devices_opened(&b, d->sealed->uuid))
			tell_device(&r, d, &b, &devices.crypttab, builder);
	}
	for (size_t i = 0; i < r.finding_count; i++) {
		const struct finding *f = &r.findings[i];

		/* With damage the first thing to do is the keyslot that may work. */
		bool more = f->verdict == VERDICT_STORAGE_CORRUPTION && f->next.count;

		if (!f->warning && f->verdict != VERDICT_STALE)
			kernel_log_write(LOG_LEVEL_ERROR, "%s: %s%s%s", f->target, f->summary,
					 more ? " " : "", more ? f->next.items[0] : "");
	}
	report_clear(&r);
	luks_devices_clear(&devices);
	block_devices_clear(&b);
}

void failure_tell_refusal(const struct request *q)
{
	cleanup(free_ptr) char *asked = system_read_text(UNLOCK_ASKED, ASKED_MAX);
	struct manifest m;

	/* Once is enough: initramfs-tools comes here every second. */
	if (access(DM_CRYPT, F_OK) < 0 || rename(UNLOCK_ASKED, UNLOCK_REFUSED) < 0)
		unlink(UNLOCK_ASKED);
	if (!asked || !*asked || q->policy == POLICY_OFF)
		return;
	if (stage_manifest(&m))
		tell_refusals(&m, asked);
	manifest_clear(&m);
}

void failure_explain(const struct request *q)
{
	struct manifest m;
	struct report own, all;

	if (q->policy == POLICY_OFF)
		return;
	if (!stage_manifest(&m)) {
		/* No record to compare with; what root= names can be looked for all the same. */
		manifest_clear(&m);
		manifest_init(&m);
	}
	stage_report_init(&own, &m);
	tell_all(&own, &m);
	stage_report_keep(&own, &all);
	kernel_log_write(LOG_LEVEL_NOTICE, "VERDICT: %s", report_headline(&all));
	splash_end();
	kernel_log_console(0);
	menu_show_only(&all,
		       "The initramfs gives a shell on its console. All of it: " STAGE_REPORT_TEXT);
	kernel_log_console(1);
	report_clear(&all);
	report_clear(&own);
	manifest_clear(&m);
}
