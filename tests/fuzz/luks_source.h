/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_TESTS_LUKS_SOURCE_H
#define BV_TESTS_LUKS_SOURCE_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "luks/luks.h"

/* The fuzzer's bytes as a device that is a little longer: zeros follow. */
struct fuzz_device {
	const uint8_t *data;
	size_t len;
};

static inline ssize_t fuzz_device_read(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct fuzz_device *d = ctx;
	size_t have = offset < d->len ? d->len - (size_t)offset : 0;

	have = have < len ? have : len;
	if (have > 0)
		memcpy(buf, d->data + offset, have);
	memset((uint8_t *)buf + have, 0, len - have);
	return (ssize_t)len;
}

static inline struct source fuzz_source(struct fuzz_device *d, uint64_t longer)
{
	return (struct source){ fuzz_device_read, d, d->len + longer };
}

static inline void assert_slot(const struct luks *l, unsigned int slot)
{
	const struct luks_keyslot *k = &l->slots[slot];

	assert(memchr(k->pbkdf, 0, sizeof(k->pbkdf)));
	assert(memchr(k->cipher, 0, sizeof(k->cipher)));
	if (!k->present) {
		assert(!k->active && !k->unbound && !k->reencrypt && !k->length);
		return;
	}
	assert(!(k->active && k->reencrypt));
	if (l->chosen < 0)
		return;
	assert(k->offset + k->length >= k->offset);
	assert(k->used <= k->length);
	assert(k->offset >= (l->version == 1 ? 1024 : 2 * l->copies[l->chosen].length));
	for (unsigned int other = 0; other < slot; other++)
		assert(!l->slots[other].present || !k->length || !l->slots[other].length ||
		       l->slots[other].offset + l->slots[other].length <= k->offset ||
		       k->offset + k->length <= l->slots[other].offset);
}

/* What holds for whatever was read. */
static inline void assert_luks(const struct luks *l)
{
	unsigned int present = 0;

	assert(l->version >= 0 && l->version <= 2);
	assert(l->chosen >= -1 && l->chosen <= (l->version == 2));
	assert(l->chosen < 0 || l->copies[l->chosen].state == LUKS_COPY_GOOD);
	assert(memchr(l->uuid, 0, sizeof(l->uuid)) && memchr(l->label, 0, sizeof(l->label)));
	assert(memchr(l->subsystem, 0, sizeof(l->subsystem)));
	assert(memchr(l->cipher, 0, sizeof(l->cipher)));
	assert(memchr(l->requirements, 0, sizeof(l->requirements)));
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		const struct luks_copy *c = &l->copies[i];

		assert(memchr(c->reason, 0, sizeof(c->reason)));
		assert(c->state != LUKS_COPY_GOOD || !c->reason[0]);
		assert(c->state == LUKS_COPY_GOOD || c->reason[0] || (i == 1 && l->version == 1));
		assert(c->length <= LUKS2_JSON_MAX);
	}
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		present += l->slots[i].present;
		assert_slot(l, i);
	}
	assert(present == l->slot_count);
}

#endif
