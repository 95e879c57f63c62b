// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/device.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "luks/copy.h"
#include "luks/rules.h"
#include "storage/device.h"
#include "system/command_line.h"
#include "util/util.h"

bool luks_source_leads_to(const char *source, const char *path)
{
	cleanup(free_ptr) char *link = crypttab_path("", source);

	return device_is_same(link, path);
}

/* "PARTUUID=..." and the link that udev makes of it. */
static bool same_source(const char *a, const char *b)
{
	cleanup(free_ptr) char *x = crypttab_path("", a), *y = crypttab_path("", b);

	return !strcmp(x, y);
}

bool luks_record_is_of_entry(const struct sealed_luks *s, const struct crypttab_entry *e)
{
	return !strcmp(sealed_luks_mapping(s), e->name) || same_source(s->device, e->source) ||
	       (*s->uuid && !strcasecmp(s->uuid, crypttab_uuid(e->source)));
}

bool luks_device_seen(const struct luks_device *d)
{
	return d->match != RECORD_OTHER && !d->read_error;
}

bool luks_device_is_doubted(const struct luks_device *d)
{
	return luks_device_seen(d) && d->match == RECORD_NAMED && !d->own &&
	       judge_luks(&d->view).ground == LUKS_NOT_HERE;
}

bool luks_device_is_member(const struct luks_device *d)
{
	return luks_device_seen(d) && d->view.array.member;
}

static bool is_named(const struct luks_device *d, const char *name)
{
	return luks_device_seen(d) && luks_source_leads_to(name, d->path);
}

bool luks_device_is_of_entry(const struct luks_device *d, const struct crypttab_entry *e)
{
	return luks_record_is_of_entry(d->sealed, e) || is_named(d, e->source);
}

static bool is_in_crypttab(const struct luks_device *d, const struct crypttab *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (luks_device_is_of_entry(d, &t->entries[i]))
			return true;
	}
	return false;
}

bool luks_device_is_needed(const struct luks_device *d, const struct crypttab *crypttab,
			   const char *command_line)
{
	cleanup(free_ptr) char *root = root_parameter(command_line ? command_line : "");
	const char *uuid = d->sealed->uuid;

	if (d->own || d->sealed->layer_count > 0)
		return true;
	/* rd.luks.uuid=, rd.luks.name=, and the like. */
	if (command_line && *uuid && strcasestr(command_line, uuid))
		return true;
	return (root && is_named(d, root)) || is_in_crypttab(d, crypttab);
}

static enum luks_state state_of(const struct luks_view *v, enum luks_ground ground)
{
	bool refused = luks_is_refused(v);
	bool another = luks_slots_sound(v) | luks_slots_unproven(v);

	switch (ground) {
	case LUKS_GONE:
	case LUKS_NOT_HERE:
	case LUKS_HEADERS_BAD:
	case LUKS_CONVERTING:
	case LUKS_TOO_SMALL:
	case LUKS_INSIDE:
	case LUKS_DISK_FORM:
		return LUKS_LOST;
	case LUKS_SLOT_WIPED:
		return another && !refused ? LUKS_RECOVERABLE : LUKS_LOST;
	case LUKS_SLOT_BAD:
		return another && !refused ? LUKS_SLOT_DAMAGED : LUKS_LOST;
	case LUKS_COPY_BAD:
		if (luks_any_copy_is(&v->luks, LUKS_COPY_UNREADABLE))
			return LUKS_UNREADABLE;
		return refused ? LUKS_LOST : LUKS_RECOVERABLE;
	case LUKS_FOREIGN:
		if (luks_slot_overwritten(v) >= 0)
			return another ? LUKS_SLOT_DAMAGED : LUKS_LOST;
		return refused ? LUKS_LOST : LUKS_RECOVERABLE;
	case LUKS_NOISE:
		if (refused || !(luks_slots_damaged(v) | luks_slots_wiped(v)))
			return refused ? LUKS_LOST : LUKS_RECOVERABLE;
		return another ? LUKS_SLOT_DAMAGED : LUKS_LOST;
	case LUKS_ERASED:
	case LUKS_COPY_OLDER:
		return refused ? LUKS_LOST : LUKS_RECOVERABLE;
	case LUKS_MEMBER:
	case LUKS_NO_KEYSLOT:
	case LUKS_HARMLESS_BAD:
		return LUKS_RECOVERABLE;
	default:
		return LUKS_SOUND;
	}
}

enum luks_state luks_device_state(const struct luks_device *d)
{
	if (d->match != RECORD_OTHER && d->read_error == -EIO)
		return LUKS_UNREADABLE;
	if (!luks_device_seen(d))
		return LUKS_NOT_SEEN;
	return state_of(&d->view, judge_luks(&d->view).ground);
}

bool luks_device_has_words(const struct luks_device *d)
{
	return luks_device_seen(d) && !(d->own && luks_device_state(d) == LUKS_SOUND);
}
