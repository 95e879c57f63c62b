// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/sealed_luks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"
#include "util/util.h"

void sealed_luks_clear(struct sealed_luks *s)
{
	free(s->uuid);
	free(s->device);
	free(s->place);
	free(s->header);
	for (size_t i = 0; i < s->slot_count; i++)
		free(s->slots[i].blocks);
	free(s->slots);
	for (size_t i = 0; i < s->layer_count; i++) {
		free(s->layers[i].name);
		free(s->layers[i].uuid);
	}
	free(s->layers);
	memset(s, 0, sizeof(*s));
}

const char *sealed_luks_mapping(const struct sealed_luks *s)
{
	for (size_t i = 0; i < s->layer_count; i++) {
		if (!strcmp(s->layers[i].kind, "crypt") && s->layers[i].name)
			return s->layers[i].name;
	}
	return "";
}

static bool same_slot(const struct sealed_keyslot *a, const struct sealed_keyslot *b)
{
	return a->number == b->number && a->offset == b->offset && a->length == b->length &&
	       a->used == b->used && a->described == b->described && a->edge == b->edge &&
	       a->block_count == b->block_count &&
	       (!a->block_count ||
		memcmp(a->blocks, b->blocks, a->block_count * sizeof(*a->blocks)) == 0);
}

bool sealed_luks_same(const struct sealed_luks *a, const struct sealed_luks *b)
{
	if (strcmp(a->uuid, b->uuid) != 0 || a->version != b->version || a->seqid != b->seqid ||
	    a->immutable_hash != b->immutable_hash || a->slot_count != b->slot_count)
		return false;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (a->copies[i].offset != b->copies[i].offset ||
		    a->copies[i].length != b->copies[i].length ||
		    a->copies[i].hash != b->copies[i].hash)
			return false;
	}
	for (size_t i = 0; i < a->slot_count; i++) {
		if (!same_slot(&a->slots[i], &b->slots[i]))
			return false;
	}
	return true;
}
