// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/unlock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "boot/act.h"
#include "boot/stage.h"
#include "boot/unlock_list.h"
#include "chain/root.h"
#include "console/splash.h"
#include "luks/devices.h"
#include "luks/match.h"
#include "luks/report.h"
#include "luks/report_header.h"
#include "luks/table.h"
#include "luks/words.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "system/command_line.h"
#include "system/kernel_log.h"
#include "system/paths.h"
#include "system/system.h"
#include "util/util.h"

/*
 * For a disk that comes late (USB): cryptsetup-initramfs itself waits for it longer than that, 30 s
 * or what rootdelay= says, and asks as soon as it is there.
 */
#define WAIT_MS 10000u

/* Half of the time that the check may take, at most: what is there is then still told. */
static unsigned int wait_for_devices(const struct request *q)
{
	return q->config.wait < 2 * WAIT_MS / 1000 ? q->config.wait * 500 : WAIT_MS;
}

/* What is looked at, and what this boot is told to unlock. */
struct look {
	struct luks_devices devices;
	const char *line; /* or NULL */
};

static bool is_needed(const struct look *l, const struct luks_device *d)
{
	return luks_device_is_needed(d, &l->devices.crypttab, l->line);
}

static void warn(const struct luks_device *d, const struct report *r, size_t first)
{
	kernel_log_write(LOG_LEVEL_ERROR, "WARNING: %s: %s", d->path,
			 first < r->finding_count ? r->findings[first].summary : "");
}

/* One line per device; on the console only what is worth one. */
static void log_device(const struct luks_device *d, bool needed, const struct report *r,
		       size_t first, uint64_t ms)
{
	cleanup(free_ptr) char *slots = luks_slots_text(luks_slots_sound(&d->view));
	bool stale = luks_device_is_member(d) ||
		     (first < r->finding_count && r->findings[first].verdict == VERDICT_STALE);

	switch (luks_device_state(d)) {
	case LUKS_SOUND:
		if (d->own)
			kernel_log_write(LOG_LEVEL_DEBUG,
					 "%s: LUKS header sound in itself, never sealed (%" PRIu64
					 " ms)",
					 d->path, ms);
		else if (first == r->finding_count)
			kernel_log_write(LOG_LEVEL_DEBUG,
					 "%s: LUKS header and %s as sealed (%" PRIu64 " ms)",
					 d->path, slots, ms);
		else
			kernel_log_write(stale ? LOG_LEVEL_NOTICE : LOG_LEVEL_ERROR, "%s: %s",
					 d->path, r->findings[first].summary);
		break;
	case LUKS_RECOVERABLE:
		warn(d, r, first);
		break;
	case LUKS_NOT_SEEN:
		if (d->match == RECORD_OTHER)
			kernel_log_write(LOG_LEVEL_DEBUG,
					 "LUKS device %s is not there yet: not verified",
					 *d->sealed->uuid ? d->sealed->uuid : d->sealed->device);
		else
			kernel_log_write(LOG_LEVEL_ERROR, "%s: its LUKS header cannot be read: %s",
					 d->path, strerror(-d->read_error));
		break;
	case LUKS_SLOT_DAMAGED:
	case LUKS_LOST:
	case LUKS_UNREADABLE:
		/* Else the screen tells, and act.c in the log. */
		if (!needed || luks_device_is_doubted(d))
			warn(d, r, first);
		break;
	}
}

static enum luks_state worst_of(const struct look *look)
{
	const struct luks_devices *l = &look->devices;
	enum luks_state worst = LUKS_SOUND;

	for (size_t i = 0; i < l->count; i++) {
		enum luks_state state = luks_device_state(&l->items[i]);

		/* What has its name alone may be another disk, and the right one come later. */
		if (luks_device_is_doubted(&l->items[i]))
			continue;
		if (state != LUKS_NOT_SEEN && state > worst && is_needed(look, &l->items[i]))
			worst = state;
	}
	return worst;
}

/*
 * Whether the root stands on it, for all that the record says: one device with a chain above it
 * tells that those without one are something else, swap for example.
 */
static bool may_carry_root(const struct look *look, const struct luks_device *d)
{
	const struct luks_devices *l = &look->devices;

	if (d->sealed->layer_count > 1)
		return true;
	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i].sealed->layer_count > 1)
			return false;
	}
	return is_needed(look, d);
}

static bool root_is_lost(const struct look *look)
{
	const struct luks_devices *l = &look->devices;

	for (size_t i = 0; i < l->count; i++) {
		enum luks_state state = luks_device_state(&l->items[i]);

		if ((state == LUKS_LOST || state == LUKS_UNREADABLE) &&
		    !luks_device_is_doubted(&l->items[i]) && may_carry_root(look, &l->items[i]))
			return true;
	}
	return false;
}

static void note_asked(const struct look *look)
{
	const struct luks_devices *l = &look->devices;
	FILE *out = fopen(UNLOCK_ASKED, "we");

	if (!out)
		return;
	for (size_t i = 0; i < l->count; i++) {
		if (luks_device_seen(&l->items[i]) && is_needed(look, &l->items[i]))
			fprintf(out, "%s\n", l->items[i].sealed->uuid);
	}
	fclose(out);
}

static void tell_all(const struct look *look, struct report *r, uint64_t since)
{
	const struct luks_devices *l = &look->devices;

	for (size_t i = 0; i < l->count; i++) {
		size_t first = r->finding_count;

		if (luks_device_has_words(&l->items[i])) {
			report_luks(r, &l->items[i].view);
			report_luks_tables(r, &l->items[i].view, NULL);
		} else if (luks_device_state(&l->items[i]) == LUKS_UNREADABLE) {
			report_luks_unreadable(r, l->items[i].path,
					       l->items[i].match <= RECORD_NAMED);
		}
		log_device(&l->items[i], is_needed(look, &l->items[i]), r, first,
			   system_now_ms() - since);
	}
}

static void act(const struct request *q, const struct report *r, bool cannot_work)
{
	char reason[MANIFEST_REASON_BYTES];
	struct manifest m;
	cleanup(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct act a = {
		.request = q,
		.report = r,
		.files = STAGE_REPORT_TEXT,
		.can_go_on = true,
		.cannot_work = cannot_work,
		.go_on = "go on to the prompt",
		.root = root,
	};

	/* All of it: a shell is offered only when its busybox is as sealed. */
	if (!manifest_load(&m, BOOT_MANIFEST, reason))
		a.manifest = &m;
	if (q->policy != POLICY_CONTINUE)
		request_hold(q);
	splash_end();
	act_on_damage(&a);
	manifest_clear(&m);
}

static void check(const struct request *q, const struct look *look, const struct manifest *m,
		  uint64_t start)
{
	struct report own, all;

	stage_report_init(&own, m);
	tell_all(look, &own, start);
	stage_report_keep(&own, &all);
	note_asked(look);
	if (worst_of(look) >= LUKS_SLOT_DAMAGED)
		act(q, &own, root_is_lost(look));
	report_clear(&all);
	report_clear(&own);
}

void unlock_check(const struct request *q)
{
	cleanup(free_ptr) char *line = request_command_line();
	cleanup(free_ptr) char *crypttab = unlock_list_read(line);
	cleanup(free_ptr) char *root = root_parameter(line ? line : "");
	uint64_t start = system_now_ms();
	struct look look = { .line = line };
	struct manifest m;

	if (q->policy == POLICY_OFF)
		return;
	if (!stage_manifest(&m)) {
		manifest_clear(&m);
		manifest_init(&m);
	}
	luks_devices_find(&look.devices, &m, crypttab, root, wait_for_devices(q));
	if (look.devices.count)
		check(q, &look, &m, start);
	luks_devices_clear(&look.devices);
	manifest_clear(&m);
}
