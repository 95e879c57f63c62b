// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/chain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain/needs.h"
#include "luks/match.h"
#include "luks/rules.h"
#include "storage/source.h"
#include "system/crypttab.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

#define DEVICE_MAPPER "/sys/class/misc/device-mapper"

/* Where initramfs-tools and dracut put it. */
static bool lvm_is_here(void)
{
	return !access("/sbin/lvm", F_OK) || !access("/usr/sbin/lvm", F_OK);
}

/* Such a device shares bytes with it where it is a path to it, or a member of an array. */
static bool holds_another(const struct luks_device *d, const char *path)
{
	struct source source;
	struct luks l;
	struct stat a, b;
	bool another;

	if (d->sealed->header || d->own || stat(path, &a) || stat(d->path, &b) ||
	    a.st_rdev == b.st_rdev || source_open(&source, path))
		return false;
	another = !luks_read(&source, &l) &&
		  luks_record_match(d->sealed, &l, &source, path) <= RECORD_NAMED;
	source_close(&source);
	return another;
}

/* Whether the initramfs is told to open the device, and by a name that there is. */
static void look_at_crypttab(struct chain *c, const struct crypttab *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct crypttab_entry *e = &t->entries[i];
		cleanup(free_ptr) char *path = crypttab_path("", e->source);

		if (!luks_device_is_of_entry(c->device, e)) {
			/* With another UUID it is another one's. */
			if (!c->nowhere && access(path, F_OK) && !*crypttab_uuid(e->source))
				c->nowhere = text_copy(e->source);
			continue;
		}
		c->in_crypttab = true;
		if (!c->name)
			c->name = text_copy(e->name);
		free(c->missing);
		c->missing = access(path, F_OK) ? text_copy(e->source) : NULL;
		free(c->other);
		c->other = holds_another(c->device, path) ? text_copy(e->source) : NULL;
		free(c->key);
		c->key = e->key ? text_copy(e->key) : NULL;
	}
}

void chain_gather(struct chain *c, const struct luks_device *d, const struct block_devices *b,
		  const struct crypttab *crypttab)
{
	const struct sealed_luks *s = d->sealed;
	const struct block_device *device;
	bool reached, physical_seen = false;

	memset(c, 0, sizeof(*c));
	c->device = d;
	if (*sealed_luks_mapping(s))
		c->name = text_copy(sealed_luks_mapping(s));
	c->opened = block_devices_opened(b, s->uuid);
	look_at_crypttab(c, crypttab);
	c->device_mapper = !access(DEVICE_MAPPER, F_OK);
	if (!c->device_mapper)
		c->dm_mod = module_state("dm-mod.ko");
	if (luks_device_seen(d) && !c->opened)
		c->lacks = luks_lacks(&d->view.luks);
	c->lvm = lvm_is_here();
	device = c->opened;
	reached = device;
	for (size_t i = 0; i < s->layer_count; i++) {
		struct chain_layer *l;

		if (!strcmp(s->layers[i].kind, "crypt"))
			continue;
		c->layers = grow_array(c->layers, &c->layer_count, sizeof(*c->layers));
		l = &c->layers[c->layer_count - 1];
		l->sealed = &s->layers[i];
		l->state = LINK_NOT_REACHED;
		if (reached)
			reached = chain_layer_look(l, b, &device, &physical_seen);
	}
}

void chain_clear(struct chain *c)
{
	free(c->layers);
	free(c->missing);
	free(c->other);
	free(c->key);
	free(c->name);
	free(c->nowhere);
	free(c->lacks);
	memset(c, 0, sizeof(*c));
}

static const char *luks_words(const struct chain *c)
{
	/* An update or a removal that was interrupted damaged nothing. */
	bool doubt = luks_device_seen(c->device) &&
		     judge_luks(&c->device->view).verdict == VERDICT_INCONCLUSIVE;

	if (luks_device_is_member(c->device))
		return "ARRAY NOT THERE";
	if (luks_device_is_doubted(c->device))
		return "NOTHING OF IT THERE";
	switch (luks_device_state(c->device)) {
	case LUKS_SOUND:
		return luks_slots_unproven(&c->device->view) ? "sound" : "as sealed";
	case LUKS_RECOVERABLE:
		return doubt ? "half changed, usable" : "damaged, usable";
	case LUKS_SLOT_DAMAGED:
		return doubt ? "a keyslot is overwritten" : "a keyslot is damaged";
	case LUKS_LOST:
		if (judge_luks(&c->device->view).ground == LUKS_TOO_SMALL)
			return "TOO SMALL";
		return doubt ? "HALF CHANGED" : "DAMAGED";
	case LUKS_UNREADABLE:
		return "UNREADABLE";
	case LUKS_NOT_SEEN:
		break;
	}
	return "NOT THERE";
}

char *chain_text(const struct chain *c)
{
	const struct luks_device *d = c->device;
	const char *opened = c->opened		   ? "open"
			     : luks_device_seen(d) ? "not opened"
						   : "not reached";
	char *text = text_format("%s > LUKS (%s) > %s (%s)", *d->path ? d->path : "disk",
				 luks_words(c), c->name ? c->name : "mapping", opened);

	for (size_t i = 0; i < c->layer_count; i++) {
		const struct chain_layer *l = &c->layers[i];
		const char *name = l->sealed->name ? l->sealed->name : "";
		char *longer = text_format("%s > %s%s%s (%s)", text, l->sealed->kind,
					   *name ? " " : "", name, chain_layer_words(l));

		free(text);
		text = longer;
	}
	return text;
}

void chain_add_text(struct finding *f, const struct chain *c)
{
	cleanup(free_ptr) char *text = chain_text(c);

	finding_text(f, EVIDENCE_CHAIN, "%s", text);
}
