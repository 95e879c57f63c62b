/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_TESTS_LUKS_DEVICE_H
#define BV_TESTS_LUKS_DEVICE_H

#include <errno.h>

#include <nettle/sha2.h>
#undef sha256_update

#include "bytes.h"
#include "luks/luks.h"

/* A LUKS device as cryptsetup made it, and what cryptsetup says of it. */
struct luks_device {
	struct bytes image, dump, json;
};

/*
 * Runs a script with $f, an empty sparse file of size (as truncate takes it) on which it formats.
 * No device-mapper and no privilege is needed: the volume key is in $d/vk, a passphrase in $d/p,
 * another one in $d/q, $fast are options for a cheap PBKDF. cryptsetup looks at a copy, because it
 * repairs what it reads.
 */
static inline struct luks_device luks_device_make(const char *size, const char *script)
{
	static const char frame[] =
		"set -e; d=$(mktemp -d); trap '[ $? = 0 ] || cat $d/log >&2; rm -rf $d' EXIT; "
		"f=$d/f; truncate -s %s $f; "
		"head -c 64 /dev/urandom >$d/vk; printf correct >$d/p; printf horse >$d/q; "
		"fast='--pbkdf pbkdf2 --pbkdf-force-iterations 1000'; "
		"{ %s; } >$d/log 2>&1; "
		"cp $f $d/c; cryptsetup luksDump $d/c >$d/t; : >$d/j; "
		"if cryptsetup isLuks --type luks2 $d/c; "
		"then cryptsetup luksDump --dump-json-metadata $d/c >$d/j; fi; "
		"printf '%%9d%%9d' $(stat -c %%s $d/t) $(stat -c %%s $d/j); cat $d/t $d/j $f";
	struct luks_device device = { 0 };
	unsigned int dump, json;
	struct bytes all;
	char head[19];
	char *command;

	assert_true(asprintf(&command, frame, size, script) > 0);
	/* A shell of its own, for set -e and the trap. */
	setenv("LUKS_SCRIPT", command, 1);
	free(command);
	all = bytes_through("sh -c \"$LUKS_SCRIPT\"", NULL, 0);
	assert_true(all.len > 18);
	memcpy(head, all.p, 18);
	head[18] = '\0';
	assert_int_equal(sscanf(head, "%9u%9u", &dump, &json), 2);
	assert_true(18 + dump + json < all.len);
	bytes_add(&device.dump, all.p + 18, dump);
	bytes_add(&device.dump, "", 1);
	bytes_add(&device.json, all.p + 18 + dump, json);
	bytes_add(&device.json, "", 1);
	bytes_add(&device.image, all.p + 18 + dump + json, all.len - 18 - dump - json);
	bytes_free(&all);
	return device;
}

static inline void luks_device_free(struct luks_device *d)
{
	bytes_free(&d->image);
	bytes_free(&d->dump);
	bytes_free(&d->json);
}

/* A source over memory, in which some bytes cannot be read. */
struct luks_memory {
	const unsigned char *p;
	uint64_t len, bad_from, bad_to;
	bool short_reads; /* at most 1000 bytes at a time */
};

static inline ssize_t luks_memory_read(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct luks_memory *m = ctx;

	assert_true(offset <= m->len && len <= m->len - offset);
	if (offset < m->bad_to && offset + len > m->bad_from)
		return -EIO;
	if (m->short_reads && len > 1000)
		len = 1000;
	memcpy(buf, m->p + offset, len);
	return (ssize_t)len;
}

static inline int luks_memory_parse(struct luks_memory *m, struct luks *l)
{
	const struct source source = { luks_memory_read, m, m->len };

	return luks_read(&source, l);
}

static inline struct luks luks_of_bytes(const unsigned char *p, size_t len)
{
	struct luks_memory m = { .p = p, .len = len };
	struct luks l;

	assert_int_equal(luks_memory_parse(&m, &l), 0);
	return l;
}

/* Writes the SHA-256 of a changed LUKS2 header of len bytes, so that the change looks meant. */
static inline void luks2_sign(unsigned char *header, size_t len)
{
	struct sha256_ctx ctx;

	memset(header + 448, 0, 64);
	nettle_sha256_init(&ctx);
	nettle_sha256_update(&ctx, len, header);
	nettle_sha256_digest(&ctx, 32, header + 448);
}

#endif
