// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <json-c/json.h>

#include "luks/copy.h"
#include "luks/luks2_binary.h"
#include "luks/luks2_json.h"
#include "luks/near.h"
#include "luks/randomness.h"
#include "luks_device.h"
#include "storage/signature.h"
#include "util/hash.h"
#include "util/util.h"

#define FORMAT "cryptsetup luksFormat -q --volume-key-file $d/vk --key-file $d/p "
#define LUKS1  FORMAT "--type luks1 --pbkdf-force-iterations 1000 "
#define LUKS2  FORMAT "--type luks2 $fast "
#define SMALL  LUKS2 "--luks2-keyslots-size 1m --offset 4096 "
#define HEADER 16384u /* the smallest LUKS2 header: binary header and JSON area */
#define BINARY 4096u

static struct luks_device luks1, luks2; /* one of each, for the tests that damage copies of them */

static int make_devices(void **state)
{
	(void)state;
	luks1 = luks_device_make("3M", LUKS1 "$f; cryptsetup luksAddKey -q -S 3 --key-file $d/p "
					     "--pbkdf-force-iterations 1000 $f $d/q");
	luks2 = luks_device_make("3M", SMALL "--label 'a disk' --subsystem mine $f; "
					     "cryptsetup luksAddKey -q -S 2 $fast --key-file $d/p "
					     "$f $d/q");
	return 0;
}

static int free_devices(void **state)
{
	(void)state;
	luks_device_free(&luks1);
	luks_device_free(&luks2);
	return 0;
}

/* ---- fields, as cryptsetup shows them ---------------------------------------------------------- */

/* The rest of the first line of luksDump that begins with name, without white space around. */
static const char *dumped(const struct luks_device *d, const char *name)
{
	static char value[256];
	const char *line = (const char *)d->dump.p;
	size_t n = strlen(name);

	for (; line; line = strchr(line, '\n')) {
		line += strspn(line, "\n\t ");
		if (strncmp(line, name, n) == 0) {
			line += n + strspn(line + n, "\t ");
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\n"), line);
			return value;
		}
	}
	fail_msg("luksDump says nothing of %s:\n%s", name, (const char *)d->dump.p);
	return NULL;
}

static uint64_t dumped_number(const struct luks_device *d, const char *name)
{
	return strtoull(dumped(d, name), NULL, 10);
}

static struct json_object *at(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, name, &value))
		fail_msg("no %s in %s", name, json_object_to_json_string(object));
	return value;
}

static uint64_t number_at(struct json_object *object, const char *name)
{
	struct json_object *value = at(object, name);

	if (json_object_is_type(value, json_type_string))
		return strtoull(json_object_get_string(value), NULL, 10);
	return (uint64_t)json_object_get_int64(value);
}

static bool array_has(struct json_object *array, const char *text)
{
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(array, i)), text) == 0)
			return true;
	}
	return false;
}

/* Of the digest, one that is no backup of a reencryption. */
static bool has_segment_in_use(struct json_object *root, struct json_object *digest)
{
	json_object_object_foreach(at(root, "segments"), key, segment)
	{
		if (array_has(at(digest, "segments"), key) &&
		    !json_object_object_get_ex(segment, "flags", NULL))
			return true;
	}
	return false;
}

static bool has_segment(struct json_object *root, const char *slot)
{
	json_object_object_foreach(at(root, "digests"), key, digest)
	{
		(void)key;
		if (array_has(at(digest, "keyslots"), slot) && has_segment_in_use(root, digest))
			return true;
	}
	return false;
}

static void compare_slot(struct json_object *root, const char *key, struct json_object *slot,
			 const struct luks_keyslot *k)
{
	bool reencrypt = strcmp(json_object_get_string(at(slot, "type")), "reencrypt") == 0;
	struct json_object *area = at(slot, "area"), *kdf;

	assert_true(k->present);
	assert_int_equal(k->reencrypt, reencrypt);
	assert_int_equal(k->active, !reencrypt);
	assert_int_equal(k->key_bytes, number_at(slot, "key_size"));
	assert_int_equal(k->offset, number_at(area, "offset"));
	assert_int_equal(k->length, number_at(area, "size"));
	assert_int_not_equal(k->described, 0);
	if (reencrypt)
		return;
	kdf = at(slot, "kdf");
	assert_int_equal(k->unbound, !has_segment(root, key));
	assert_string_equal(k->cipher, json_object_get_string(at(area, "encryption")));
	assert_int_equal(k->stripes, number_at(at(slot, "af"), "stripes"));
	assert_int_equal(k->used, number_at(slot, "key_size") * 4000);
	assert_string_equal(k->pbkdf, json_object_get_string(at(kdf, "type")));
	if (strcmp(k->pbkdf, "pbkdf2") == 0) {
		assert_int_equal(k->iterations, number_at(kdf, "iterations"));
		assert_int_equal(k->memory_kib, 0);
	} else {
		assert_int_equal(k->iterations, number_at(kdf, "time"));
		assert_int_equal(k->memory_kib, number_at(kdf, "memory"));
	}
}

static void compare_metadata(struct json_object *root, const struct luks *l)
{
	struct json_object *segment = at(at(root, "segments"), "0");
	unsigned int slots = 0;

	json_object_object_foreach(at(root, "keyslots"), key, slot)
	{
		compare_slot(root, key, slot, &l->slots[atoi(key)]);
		slots++;
	}
	assert_int_equal(l->slot_count, slots);
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		slots -= l->slots[i].present;
	assert_int_equal(slots, 0);
	assert_int_equal(l->token_count, json_object_object_length(at(root, "tokens")));
	assert_int_equal(l->digest_count, json_object_object_length(at(root, "digests")));
	assert_int_equal(l->data_offset, number_at(segment, "offset"));
	assert_string_equal(l->cipher, json_object_get_string(at(segment, "encryption")));
	assert_int_equal(l->sector_bytes, number_at(segment, "sector_size"));
}

static void compare_text(const struct luks_device *d, const char *name, const char *none,
			 const char *found)
{
	assert_string_equal(*found ? found : none, dumped(d, name));
}

static void compare_luks2(const struct luks_device *d, const struct luks *l)
{
	struct json_object *root = json_tokener_parse((const char *)d->json.p);

	assert_non_null(root);
	assert_int_equal(l->version, 2);
	assert_int_equal(l->chosen, 0);
	compare_text(d, "UUID:", "", l->uuid);
	compare_text(d, "Label:", "(no label)", l->label);
	compare_text(d, "Subsystem:", "(no subsystem)", l->subsystem);
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		const struct luks_copy *c = &l->copies[i];

		assert_int_equal(c->state, LUKS_COPY_GOOD);
		assert_string_equal(c->reason, "");
		assert_true(c->checksummed);
		assert_int_equal(c->seqid, dumped_number(d, "Epoch:"));
		assert_int_equal(c->length, dumped_number(d, "Metadata area:"));
		assert_int_equal(c->offset, i * c->length);
		assert_int_equal(c->hash, hash64(d->image.p + c->offset, c->length));
	}
	compare_metadata(root, l);
	json_object_put(root);
}

/* Named kinds of LUKS2 header, and what cannot be taken from luksDump. */
static const struct kind {
	const char *name, *size, *script;
	unsigned int volume_key_bytes;
	bool reencrypting;
} kinds[] = {
	{ "as Debian makes it, argon2id", "17M",
	  FORMAT "--type luks2 --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32768 "
		 "--pbkdf-parallel 1 $f",
	  64, false },
	{ "sectors of 512 bytes, argon2i, 256 bits", "3M",
	  "head -c 32 $d/vk >$d/k; cryptsetup luksFormat -q --type luks2 --volume-key-file $d/k "
	  "--key-size 256 --key-file $d/p --sector-size 512 --luks2-keyslots-size 1m --offset 4096 "
	  "--pbkdf argon2i --pbkdf-force-iterations 4 --pbkdf-memory 1024 --pbkdf-parallel 1 $f",
	  32, false },
	{ "sectors of 4096 bytes, aes-cbc, label, subsystem, a token", "3M",
	  SMALL "--cipher aes-cbc-essiv:sha256 --sector-size 4096 --label 'a label' "
		"--subsystem mine $f; printf '{\"type\":\"t\",\"keyslots\":[\"0\"]}' | "
		"cryptsetup token import --json-file - $f",
	  32, false },
	{ "every keyslot", "17M",
	  LUKS2 "$f; for i in $(seq 1 31); do cryptsetup luksAddKey -q -S $i $fast --key-file $d/p "
		"$f $d/q; done",
	  64, false },
	{ "keyslots 3 and 5, 5 unbound", "3M",
	  SMALL "-S 3 $f; cryptsetup luksAddKey -q -S 5 --unbound --key-size 256 $fast "
		"--key-file $d/p $f $d/q",
	  64, false },
	{ "no keyslot at all", "3M", SMALL "$f; cryptsetup erase -q $f", 0, false },
	{ "detached", "2M",
	  "truncate -s 8M $d/data; " LUKS2 "--luks2-keyslots-size 1m --header $f $d/data", 64,
	  false },
	{ "a reencryption has begun", "17M",
	  LUKS2 "$f; cryptsetup reencrypt -q --init-only --key-file $d/p $fast $f", 64, true },
	{ "a decryption has begun", "17M",
	  "truncate -s 8M $d/data; " LUKS2 "--header $f $d/data; "
	  "cryptsetup reencrypt -q --decrypt --init-only --force-offline-reencrypt --key-file $d/p --header $f $d/data",
	  64, true },
};

static void test_luks2_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct luks_device d = luks_device_make(kinds[i].size, kinds[i].script);
		struct luks l = luks_of_bytes(d.image.p, d.image.len);

		print_message("# %s\n", kinds[i].name);
		compare_luks2(&d, &l);
		assert_int_equal(l.volume_key_bytes, kinds[i].volume_key_bytes);
		assert_int_equal(l.reencrypting, kinds[i].reencrypting);
		assert_string_equal(l.requirements, "");
		luks_device_free(&d);
	}
}

static void compare_luks1_slot(const struct luks_device *d, const struct luks *l, unsigned int slot)
{
	const struct luks_keyslot *k = &l->slots[slot];
	const char *state;
	char name[32];

	snprintf(name, sizeof(name), "Key Slot %u:", slot);
	state = dumped(d, name);
	assert_true(k->present && !k->unbound && !k->reencrypt);
	assert_int_equal(k->active, strcmp(state, "ENABLED") == 0);
	assert_string_equal(k->pbkdf, "pbkdf2");
	assert_string_equal(k->cipher, l->cipher);
	assert_int_equal(k->key_bytes, l->volume_key_bytes);
	assert_int_equal(k->stripes, 4000);
	assert_int_equal(k->used, 4000 * k->key_bytes);
	assert_true(k->length >= k->used && k->length < k->used + 4096 && k->length % 4096 == 0);
	assert_int_equal(k->offset % 4096, 0);
	assert_true(k->offset + k->length <= l->data_offset || l->data_offset == 0);
	for (unsigned int other = 0; other < slot; other++)
		assert_true(l->slots[other].offset + l->slots[other].length <= k->offset);
	if (!k->active)
		return;
	/* Of the first enabled one, which is the only one with its numbers in these devices. */
	if (slot == 0 || !l->slots[0].active) {
		assert_int_equal(k->iterations, dumped_number(d, "Iterations:"));
		assert_int_equal(k->offset, dumped_number(d, "Key material offset:") * 512);
		assert_int_equal(k->stripes, dumped_number(d, "AF stripes:"));
	}
}

static void compare_luks1(const struct luks_device *d, const struct luks *l)
{
	char cipher[64];

	assert_int_equal(l->version, 1);
	assert_int_equal(l->chosen, 0);
	assert_int_equal(l->copies[0].state, LUKS_COPY_GOOD);
	assert_int_equal(l->copies[0].length, 592);
	assert_int_equal(l->copies[0].hash, hash64(d->image.p, 592));
	assert_false(l->copies[0].checksummed);
	assert_int_equal(l->copies[1].state, LUKS_COPY_ABSENT);
	assert_int_equal(l->copies[1].length, 0);
	assert_string_equal(l->uuid, dumped(d, "UUID:"));
	snprintf(cipher, sizeof(cipher), "%s-", dumped(d, "Cipher name:"));
	strcat(cipher, dumped(d, "Cipher mode:"));
	assert_string_equal(l->cipher, cipher);
	assert_int_equal(l->volume_key_bytes * 8, dumped_number(d, "MK bits:"));
	assert_int_equal(l->data_offset, dumped_number(d, "Payload offset:") * 512);
	assert_int_equal(l->sector_bytes, 512);
	assert_int_equal(l->slot_count, 8);
	for (unsigned int i = 0; i < LUKS1_SLOTS; i++)
		compare_luks1_slot(d, l, i);
}

static void test_luks1_fields(void **state)
{
	static const char *const scripts[] = {
		LUKS1 "$f",
		LUKS1 "--hash sha512 $f",
		LUKS1 "-S 6 $f",
		"head -c 16 $d/vk >$d/k; cryptsetup luksFormat -q --type luks1 --key-size 128 "
		"--cipher aes-cbc-essiv:sha256 --volume-key-file $d/k --key-file $d/p "
		"--pbkdf-force-iterations 1000 $f",
		"truncate -s 4M $d/data; " LUKS1 "--header $f $d/data",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct luks_device d = luks_device_make("3M", scripts[i]);
		struct luks l = luks_of_bytes(d.image.p, d.image.len);

		print_message("# %s\n", scripts[i]);
		compare_luks1(&d, &l);
		luks_device_free(&d);
	}
}

/* ---- LUKS2: two copies ------------------------------------------------------------------------- */

/* What a good copy tells must not depend on which one it was. */
static void assert_same_metadata(const struct luks *a, const struct luks *b)
{
	assert_string_equal(a->uuid, b->uuid);
	assert_string_equal(a->label, b->label);
	assert_string_equal(a->cipher, b->cipher);
	assert_int_equal(a->data_offset, b->data_offset);
	assert_int_equal(a->slot_count, b->slot_count);
	assert_memory_equal(a->slots, b->slots, sizeof(a->slots));
}

static void test_every_place_of_the_second_copy(void **state)
{
	(void)state;
	for (uint64_t size = 0x4000; size <= 0x400000; size *= 2) {
		struct luks_device d;
		struct luks whole, l;
		char *script;

		assert_true(asprintf(&script,
				     LUKS2 "--luks2-metadata-size %" PRIu64
					   " --luks2-keyslots-size 512k --offset 20480 $f",
				     size) > 0);
		d = luks_device_make("11M", script);
		whole = luks_of_bytes(d.image.p, d.image.len);
		compare_luks2(&d, &whole);
		assert_int_equal(whole.copies[1].offset, size);

		/* The whole first copy is gone, and so cannot tell where the second one is. */
		memset(d.image.p, 0, size);
		l = luks_of_bytes(d.image.p, d.image.len);
		assert_int_equal(l.version, 2);
		assert_int_equal(l.chosen, 1);
		assert_int_equal(l.copies[0].state, LUKS_COPY_ABSENT);
		assert_int_not_equal(l.copies[0].reason[0], 0);
		assert_int_equal(l.copies[0].length, size);
		assert_memory_equal(&l.copies[1], &whole.copies[1], sizeof(l.copies[1]));
		assert_same_metadata(&l, &whole);

		memset(d.image.p + size, 0, size);
		l = luks_of_bytes(d.image.p, d.image.len);
		assert_int_equal(l.version, 0);
		assert_int_equal(l.chosen, -1);
		assert_int_equal(l.copies[1].state, LUKS_COPY_ABSENT);
		luks_device_free(&d);
		free(script);
	}
}

static const char *state_name(enum luks_copy_state state)
{
	static const char *const names[] = { "absent",	 "good",       "bad field", "bad checksum",
					     "bad JSON", "unreadable", "unknown" };

	return names[state];
}

/* Behind the checksum, up to the end of the sector: no checksum covers it, and nothing uses it. */
static bool is_unused(size_t bit)
{
	return bit / 8 >= 480 && bit / 8 < 512;
}

/*
 * One flipped bit makes its copy bad or absent, never "of a future version"; the other copy still
 * tells everything. When it is alone, nothing is good any more.
 */
static void check_flip(struct bytes *image, const struct luks *whole, unsigned int copy, size_t bit)
{
	unsigned char *byte = image->p + copy * HEADER + bit / 8;
	struct luks l;
	enum luks_copy_state s;

	*byte ^= (unsigned char)(1u << bit % 8);
	l = luks_of_bytes(image->p, image->len);
	*byte ^= (unsigned char)(1u << bit % 8);
	s = l.copies[copy].state;
	if (is_unused(bit)) {
		assert_int_equal(s, LUKS_COPY_GOOD);
		assert_true(l.copies[copy].unused_bad == copy * HEADER + 480);
		assert_true(l.copies[copy].hash == whole->copies[copy].hash);
		assert_same_metadata(&l, whole);
		return;
	}
	assert_true(l.copies[copy].unused_bad == 0);
	if (s != LUKS_COPY_BAD_FIELD && s != LUKS_COPY_BAD_CHECKSUM)
		fail_msg("bit %zu of copy %u: %s", bit, copy, state_name(s));
	if (l.version != 2 || l.chosen != !copy || l.copies[!copy].state != LUKS_COPY_GOOD ||
	    l.copies[copy].length != HEADER || l.copies[copy].hash == whole->copies[copy].hash ||
	    !l.copies[copy].reason[0])
		fail_msg("bit %zu of copy %u: chosen %d, length %" PRIu64 ", %s", bit, copy,
			 l.chosen, l.copies[copy].length, l.copies[copy].reason);
	assert_same_metadata(&l, whole);
}

static void test_every_bit_of_the_binary_header(void **state)
{
	struct bytes image = bytes_copy(&luks2.image);
	struct luks whole = luks_of_bytes(image.p, image.len);

	(void)state;
	for (unsigned int copy = 0; copy < LUKS_HEADERS; copy++) {
		for (size_t bit = 0; bit < BINARY * 8; bit++)
			check_flip(&image, &whole, copy, bit);
	}
	bytes_free(&image);
}

static void test_bits_of_the_json_area(void **state)
{
	struct bytes image = bytes_copy(&luks2.image);
	struct luks whole = luks_of_bytes(image.p, image.len);

	(void)state;
	for (unsigned int copy = 0; copy < LUKS_HEADERS; copy++) {
		/* A prime, so that every bit of a byte and every place get their turn. */
		for (size_t bit = BINARY * 8; bit < HEADER * 8; bit += 29)
			check_flip(&image, &whole, copy, bit);
	}
	bytes_free(&image);
}

static void test_a_flip_in_the_only_copy(void **state)
{
	struct bytes image = bytes_copy(&luks2.image);

	(void)state;
	for (unsigned int copy = 0; copy < LUKS_HEADERS; copy++) {
		memcpy(image.p, luks2.image.p, 2 * HEADER);
		memset(image.p + !copy * HEADER, 0, HEADER);
		/* Every bit of what is used; the label and the padding are like the rest. */
		for (size_t bit = 0; bit < 512 * 8; bit++) {
			unsigned char *byte = image.p + copy * HEADER + bit / 8;
			struct luks l;

			*byte ^= (unsigned char)(1u << bit % 8);
			l = luks_of_bytes(image.p, image.len);
			*byte ^= (unsigned char)(1u << bit % 8);
			assert_int_equal(l.version, 2);
			if (is_unused(bit)) {
				assert_int_equal(l.chosen, copy);
				continue;
			}
			assert_int_equal(l.chosen, -1);
			if (l.copies[copy].state == LUKS_COPY_GOOD)
				fail_msg("bit %zu of copy %u alone is good", bit, copy);
			/* Nothing in it tells "sha216" from a checksum of the future. */
			if (l.copies[copy].state == LUKS_COPY_UNKNOWN)
				assert_true(bit >= 72 * 8 && bit < 104 * 8);
		}
	}
	bytes_free(&image);
}

struct damage_row {
	const char *what;
	size_t offset, len;
	int byte; /* to fill with; -1: swap both copies' bytes */
	enum luks_copy_state first, second;
	int chosen, version;
};

static const struct damage_row damage_rows[] = {
	{ "nothing", 0, 0, 0, LUKS_COPY_GOOD, LUKS_COPY_GOOD, 0, 2 },
	{ "first sector", 0, 512, 0, LUKS_COPY_ABSENT, LUKS_COPY_GOOD, 1, 2 },
	{ "first block, ones", 0, 4096, 0xff, LUKS_COPY_ABSENT, LUKS_COPY_GOOD, 1, 2 },
	{ "magic", 0, 6, 0, LUKS_COPY_ERASED, LUKS_COPY_GOOD, 1, 2 },
	{ "magic, ones", 0, 6, 0xff, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "magic and version", 0, 8, 0, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "version", 6, 2, 0, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "version, ones", 6, 2, 0xff, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "size", 8, 8, 0, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "seqid", 16, 8, 0xff, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "label", 24, 48, 'x', LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "checksum's name", 72, 32, 0, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "checksum's name, letters", 72, 6, 'x', LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "salt", 104, 64, 0, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "UUID", 168, 40, 0, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "subsystem", 208, 48, 0, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "offset", 256, 8, 0xff, LUKS_COPY_BAD_FIELD, LUKS_COPY_GOOD, 1, 2 },
	{ "checksum", 448, 32, 0, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "behind the checksum", 480, 32, 1, LUKS_COPY_GOOD, LUKS_COPY_GOOD, 0, 2 },
	{ "its last byte", 479, 1, 1, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "padding", 512, 3584, 1, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "JSON", 4096, 4096, 0, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "last block", 12288, 4096, 0xff, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_GOOD, 1, 2 },
	{ "second, first block", 16384, 4096, 0, LUKS_COPY_GOOD, LUKS_COPY_ABSENT, 0, 2 },
	{ "second, magic", 16384, 6, 0, LUKS_COPY_GOOD, LUKS_COPY_ERASED, 0, 2 },
	{ "second, version", 16390, 2, 3, LUKS_COPY_GOOD, LUKS_COPY_BAD_FIELD, 0, 2 },
	{ "second, JSON", 20480, 1, 0, LUKS_COPY_GOOD, LUKS_COPY_BAD_CHECKSUM, 0, 2 },
	{ "both, JSON", 4096, 16384, 0, LUKS_COPY_BAD_CHECKSUM, LUKS_COPY_ABSENT, -1, 2 },
	{ "both, all", 0, 32768, 0, LUKS_COPY_ABSENT, LUKS_COPY_ABSENT, -1, 0 },
	{ "swapped first blocks", 0, 4096, -1, LUKS_COPY_BAD_FIELD, LUKS_COPY_BAD_FIELD, -1, 2 },
	{ "swapped copies", 0, HEADER, -1, LUKS_COPY_BAD_FIELD, LUKS_COPY_BAD_FIELD, -1, 2 },
	{ "swapped last blocks", 12288, 4096, -1, LUKS_COPY_GOOD, LUKS_COPY_GOOD, 0, 2 },
	{ "keyslot area", 32768, 4096, 0, LUKS_COPY_GOOD, LUKS_COPY_GOOD, 0, 2 },
};

static void test_damaged_fields(void **state)
{
	struct bytes image = bytes_copy(&luks2.image), half = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damage_rows); i++) {
		const struct damage_row *row = &damage_rows[i];
		unsigned char *from = image.p + row->offset;
		struct luks l;

		if (row->byte >= 0) {
			memset(from, row->byte, row->len);
		} else {
			bytes_add(&half, from, row->len);
			memcpy(from, from + HEADER, row->len);
			memcpy(from + HEADER, half.p, row->len);
			half.len = 0;
		}
		l = luks_of_bytes(image.p, image.len);
		if (l.copies[0].state != row->first || l.copies[1].state != row->second ||
		    l.chosen != row->chosen || l.version != row->version)
			fail_msg("%s: version %d, %s (%s), %s (%s), chosen %d", row->what,
				 l.version, state_name(l.copies[0].state), l.copies[0].reason,
				 state_name(l.copies[1].state), l.copies[1].reason, l.chosen);
		memcpy(image.p, luks2.image.p, image.len);
	}
	bytes_free(&half);
	bytes_free(&image);
}

/*
 * What is left of both copies is put together: each row damages places of both, and says what comes
 * of it. The header then says what the whole one said, and as cryptsetup takes it it is good.
 */
static void test_remains(void **state)
{
	enum { PLACES = 4 };
	static const struct {
		const char *what;
		struct {
			size_t offset, len;
			int byte;
		} places[PLACES];
		enum luks_rebuilt rebuilt;
	} rows[] = {
		{ "both magics", { { 0, 6, 0 }, { HEADER, 6, 0 } }, LUKS_REBUILT_PROVEN },
		{ "a magic, and a bit in it",
		  { { 0, 1, 'M' }, { HEADER, 6, 0 } },
		  LUKS_REBUILT_PROVEN },
		{ "the JSON of one, the binary header of the other",
		  { { 4096, 12288, 0 }, { HEADER, 4096, 0 } },
		  LUKS_REBUILT_PROVEN },
		{ "the binary header of one, the JSON of the other",
		  { { 0, 4096, 0xff }, { HEADER + 4096, 12288, 0xff } },
		  LUKS_REBUILT_PROVEN },
		{ "the JSON of both, in different sectors",
		  { { 4200, 20, 'x' }, { HEADER + 4096 + 512, 20, 'y' } },
		  LUKS_REBUILT_PROVEN },
		{ "UUID and salt of one, offset and size of the other",
		  { { 104, 104, 0 }, { HEADER + 8, 8, 0xff }, { HEADER + 256, 8, 0 } },
		  LUKS_REBUILT_PROVEN },
		{ "the UUID of the one with the checksum, the salt of the other",
		  { { 168, 40, 0 }, { HEADER + 104, 64, 0 } },
		  LUKS_REBUILT_PROVEN },
		{ "what nothing uses, in both",
		  { { 600, 8, 1 }, { HEADER + 600, 8, 1 } },
		  LUKS_REBUILT_PROVEN },
		{ "both binary headers",
		  { { 0, 4096, 0 }, { HEADER, 4096, 0 } },
		  LUKS_REBUILT_UNPROVEN },
		{ "all but the second JSON", { { 0, HEADER + 4096, 0 } }, LUKS_REBUILT_UNPROVEN },
		{ "all but the first JSON",
		  { { 0, 4096, 0 }, { HEADER, HEADER, 0 } },
		  LUKS_REBUILT_UNPROVEN },
		{ "all but the first JSON, and key material that looks like the begin of another",
		  { { 0, 4096, 0 }, { HEADER, HEADER, 0 }, { 2 * HEADER + 4096, 1, '{' } },
		  LUKS_REBUILT_UNPROVEN },
		{ "both checksums",
		  { { 448, 32, 1 }, { HEADER + 448, 32, 1 } },
		  LUKS_REBUILT_UNPROVEN },
		{ "both JSON areas, at the same place",
		  { { 4096, 20, 0 }, { HEADER + 4096, 20, 0 } },
		  LUKS_NOT_REBUILT },
		{ "all of both", { { 0, 2 * HEADER, 0 } }, LUKS_NOT_REBUILT },
		{ "all of both, ones", { { 0, 2 * HEADER, 0xff } }, LUKS_NOT_REBUILT },
	};
	struct bytes image = bytes_copy(&luks2.image);
	struct luks whole = luks_of_bytes(image.p, image.len);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct luks_memory m = { .p = image.p, .len = image.len };
		const struct source source = { luks_memory_read, &m, m.len };
		unsigned char *header = NULL;
		size_t len = 0;
		struct luks l;

		for (size_t p = 0; p < PLACES; p++)
			memset(image.p + rows[i].places[p].offset, rows[i].places[p].byte,
			       rows[i].places[p].len);
		assert_int_equal(luks_read(&source, &l), 0);
		assert_int_equal(l.chosen, -1);
		if (l.rebuilt != rows[i].rebuilt)
			fail_msg("%s: rebuilt %d", rows[i].what, l.rebuilt);
		if (!l.rebuilt) {
			assert_int_equal(luks_header_to_use(&source, &l, &header, &len), -ENODATA);
		} else {
			assert_memory_equal(l.slots, whole.slots, sizeof(l.slots));
			assert_true(l.data_offset == whole.data_offset);
			assert_int_equal(luks_header_to_use(&source, &l, &header, &len), 0);
			assert_int_equal(len, 2 * HEADER);
			memcpy(image.p, header, len);
			l = luks_of_bytes(image.p, image.len);
			assert_true(luks_both_copies_are(&l, LUKS_COPY_GOOD));
			assert_memory_equal(l.slots, whole.slots, sizeof(l.slots));
		}
		free(header);
		memcpy(image.p, luks2.image.p, image.len);
	}
	bytes_free(&image);
}

/* An update that was interrupted after its first half: the newer copy counts, whichever it is. */
static void test_the_higher_seqid_counts(void **state)
{
	struct bytes image = bytes_copy(&luks2.image);
	struct luks_device d;
	struct luks l;

	(void)state;
	for (unsigned int newer = 0; newer < LUKS_HEADERS; newer++) {
		unsigned char *header = image.p + newer * HEADER;

		memcpy(image.p, luks2.image.p, 2 * HEADER);
		header[16 + 5] = 1; /* seqid + 65536 */
		header[24] = 'A';
		luks2_sign(header, HEADER);
		l = luks_of_bytes(image.p, image.len);
		assert_int_equal(l.copies[0].state, LUKS_COPY_GOOD);
		assert_int_equal(l.copies[1].state, LUKS_COPY_GOOD);
		assert_int_equal(l.chosen, newer);
		assert_string_equal(l.label, "A disk");
		assert_int_equal(l.copies[newer].seqid, l.copies[!newer].seqid + 65536);
	}

	/* The same with what cryptsetup wrote before and after a change. */
	d = luks_device_make("3M", SMALL "$f; head -c 32768 $f >$d/old; cryptsetup luksAddKey -q "
					 "-S 7 $fast --key-file $d/p $f $d/q; dd if=$d/old of=$f "
					 "bs=16384 skip=1 seek=1 count=1 conv=notrunc");
	l = luks_of_bytes(d.image.p, d.image.len);
	assert_int_equal(l.chosen, 0);
	assert_true(l.copies[0].seqid > l.copies[1].seqid);
	assert_int_equal(l.copies[1].state, LUKS_COPY_GOOD);
	assert_true(l.slots[7].active);
	luks_device_free(&d);
	bytes_free(&image);
}

static void test_future_versions_are_no_damage(void **state)
{
	struct bytes image = bytes_copy(&luks2.image);
	struct luks l;

	(void)state;
	/* A right checksum proves it, even beside a copy of today. */
	image.p[7] = 3;
	luks2_sign(image.p, HEADER);
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.copies[0].state, LUKS_COPY_UNKNOWN);
	assert_int_equal(l.copies[1].state, LUKS_COPY_GOOD);

	/* Both copies say so, and the checksum may be of another kind. */
	memcpy(image.p, luks2.image.p, 2 * HEADER);
	image.p[7] = image.p[HEADER + 7] = 3;
	image.p[448] ^= 0x55;
	image.p[HEADER + 448] ^= 0x55;
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.version, 2);
	assert_int_equal(l.chosen, -1);
	assert_int_equal(l.copies[0].state, LUKS_COPY_UNKNOWN);
	assert_int_equal(l.copies[1].state, LUKS_COPY_UNKNOWN);

	memcpy(image.p, luks2.image.p, 2 * HEADER);
	strcpy((char *)image.p + 72, "blake2b-256");
	strcpy((char *)image.p + HEADER + 72, "blake2b-256");
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.copies[0].state, LUKS_COPY_UNKNOWN);
	assert_int_equal(l.copies[1].state, LUKS_COPY_UNKNOWN);
	assert_false(l.copies[0].checksummed);
	assert_non_null(strstr(l.copies[0].reason, "blake2b-256"));
	bytes_free(&image);
}

static void test_other_checksums(void **state)
{
	static const struct {
		const char *name, *tool;
	} sums[] = { { "sha1", "sha1sum" }, { "sha512", "sha512sum" }, { "sha256", "sha256sum" } };
	struct bytes image = bytes_copy(&luks2.image);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		for (unsigned int copy = 0; copy < LUKS_HEADERS; copy++) {
			unsigned char *header = image.p + copy * HEADER;
			struct bytes hex;

			memset(header + 72, 0, 32);
			strcpy((char *)header + 72, sums[i].name);
			memset(header + 448, 0, 64);
			hex = bytes_through(sums[i].tool, header, HEADER);
			for (size_t n = 0; hex.p[2 * n] != ' '; n++)
				sscanf((const char *)hex.p + 2 * n, "%2hhx", header + 448 + n);
			bytes_free(&hex);
		}
		struct luks l = luks_of_bytes(image.p, image.len);

		assert_int_equal(l.copies[0].state, LUKS_COPY_GOOD);
		assert_int_equal(l.copies[1].state, LUKS_COPY_GOOD);
		assert_true(l.copies[0].checksummed);
		image.p[HEADER + 5000] ^= 4;
		l = luks_of_bytes(image.p, image.len);
		assert_int_equal(l.copies[1].state, LUKS_COPY_BAD_CHECKSUM);
		image.p[HEADER + 5000] ^= 4;
	}
	bytes_free(&image);
}

static void test_unreadable_places(void **state)
{
	struct luks_memory m = { .p = luks2.image.p, .len = luks2.image.len };
	struct luks l;

	(void)state;
	m.bad_from = 4096;
	m.bad_to = 4608;
	assert_int_equal(luks_memory_parse(&m, &l), 0);
	assert_int_equal(l.copies[0].state, LUKS_COPY_UNREADABLE);
	assert_int_equal(l.chosen, 1);
	m.bad_from = 0;
	assert_int_equal(luks_memory_parse(&m, &l), 0);
	assert_int_equal(l.copies[0].state, LUKS_COPY_UNREADABLE);
	assert_int_equal(l.copies[0].length, HEADER);
	assert_int_equal(l.chosen, 1);
	m.bad_from = HEADER;
	m.bad_to = HEADER + 1;
	assert_int_equal(luks_memory_parse(&m, &l), 0);
	assert_int_equal(l.copies[1].state, LUKS_COPY_UNREADABLE);
	assert_int_equal(l.chosen, 0);
	m.bad_from = 0;
	/* Its JSON area can be read. */
	assert_int_equal(luks_memory_parse(&m, &l), 0);
	assert_int_equal(l.copies[1].state, LUKS_COPY_UNREADABLE);
	assert_int_equal(l.rebuilt, LUKS_REBUILT_UNPROVEN);
	m.bad_to = 2 * HEADER;
	assert_int_equal(luks_memory_parse(&m, &l), -EIO);
	m.bad_from = m.bad_to = 0;
	m.short_reads = true;
	assert_int_equal(luks_memory_parse(&m, &l), 0);
	assert_int_equal(l.copies[0].state, LUKS_COPY_GOOD);
	assert_int_equal(l.copies[1].state, LUKS_COPY_GOOD);
}

/* A device that ends anywhere. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t len = 0; len < 2 * HEADER; len += 61) {
		unsigned char *copy = malloc(len + 1);
		struct luks l;

		assert_non_null(copy);
		memcpy(copy, luks2.image.p, len);
		l = luks_of_bytes(copy, len);
		assert_int_equal(l.copies[0].state == LUKS_COPY_GOOD, len >= HEADER);
		assert_int_equal(l.copies[1].state, len < 16 ? LUKS_COPY_ABSENT : LUKS_COPY_CUT);
		assert_true(len < 16 || l.needed > len);
		memcpy(copy, luks1.image.p, len);
		l = luks_of_bytes(copy, len);
		assert_int_equal(l.version == 1, len >= 8);
		assert_true(len < 8 || l.needed > len);
		assert_int_equal(l.chosen, len >= 592 ? 0 : -1);
		free(copy);
	}
}

/* What is there of a header is damaged, too: the end of the device explains none of that. */
static void test_truncated_and_damaged(void **state)
{
	struct bytes copy = { 0 };
	struct luks l;

	(void)state;
	bytes_add(&copy, luks2.image.p, HEADER + 5000);
	copy.p[5000] ^= 1;
	l = luks_of_bytes(copy.p, copy.len);
	assert_int_equal(l.chosen, -1);
	assert_int_equal(l.copies[0].state, LUKS_COPY_BAD_CHECKSUM);
	assert_int_equal(l.copies[1].state, LUKS_COPY_CUT);
	bytes_free(&copy);
}

/* ---- a container that begins further in ---------------------------------------------------------- */

#define INSIDE_MAX 0x400000u

static struct luks inside_at(const struct bytes *container, uint64_t start, unsigned char *room)
{
	memset(room, 0, start);
	memcpy(room + start, container->p, container->len);
	return luks_of_bytes(room, start + container->len);
}

/* At each place at which a second header may be; so is 1 MiB, where a first partition begins. */
static void test_inside(void **state)
{
	const struct bytes *both[] = { &luks1.image, &luks2.image };
	size_t most = luks1.image.len > luks2.image.len ? luks1.image.len : luks2.image.len;
	unsigned char *room = malloc(INSIDE_MAX + most);

	(void)state;
	assert_non_null(room);
	for (uint64_t start = 0x4000; start <= INSIDE_MAX; start *= 2) {
		for (int version = 1; version <= 2; version++) {
			const struct bytes *container = both[version - 1];
			struct luks l = inside_at(container, start, room);

			assert_int_equal(l.version, 0);
			assert_int_equal(l.chosen, -1);
			assert_string_equal(l.uuid, "");
			assert_true(luks_both_copies_are(&l, LUKS_COPY_ABSENT));
			assert_int_equal(l.inside.version, version);
			assert_int_equal(l.inside.offset, start);
			assert_memory_equal(l.inside.uuid, container->p + 168, 36);
		}
		/* Its first copy is damaged, the second one good: still a container in there. */
		inside_at(&luks2.image, start, room);
		room[start + 300] ^= 1;
		assert_int_equal(luks_of_bytes(room, start + luks2.image.len).inside.version, 2);
		/* Both: nothing is proven. */
		room[start + HEADER + 300] ^= 1;
		assert_int_equal(luks_of_bytes(room, start + luks2.image.len).inside.version, 0);
	}
	free(room);
}

static struct luks near_to(const unsigned char *room, size_t len)
{
	struct luks_memory m = { .p = room, .len = len };
	const struct source source = { luks_memory_read, &m, len };
	struct luks l;

	assert_int_equal(luks_read(&source, &l), 0);
	assert_int_equal(luks_find_near(&source, "/proc/self/exe", &l), 0);
	return l;
}

/* In every sector: a partition whose start is not what it was. */
static void test_near(void **state)
{
	static const uint64_t starts[] = { 512, 4096, 32256, 33280, 1835008, LUKS_NEAR - 512 };
	const struct bytes *both[] = { &luks1.image, &luks2.image };
	size_t most = luks1.image.len > luks2.image.len ? luks1.image.len : luks2.image.len;
	unsigned char *room = malloc(LUKS_NEAR + most);

	(void)state;
	assert_non_null(room);
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		for (int version = 1; version <= 2; version++) {
			const struct bytes *container = both[version - 1];
			size_t len = starts[i] + container->len;
			struct luks l;

			inside_at(container, starts[i], room);
			l = near_to(room, len);
			assert_int_equal(l.chosen, -1);
			assert_int_equal(l.inside.version, version);
			assert_int_equal(l.inside.offset, starts[i]);
			assert_int_equal(l.inside.before, 0);
			assert_memory_equal(l.inside.uuid, container->p + 168, 36);
			assert_true(l.inside.whole);
			/* Its magic, in all copies, is what it is found by. */
			room[starts[i]] ^= 1;
			if (version == 2)
				room[starts[i] + HEADER] ^= 1;
			assert_int_equal(near_to(room, len).inside.version, 0);
		}
	}
	/* Further away nothing is looked for; nor is anything beside a good header. */
	inside_at(&luks2.image, LUKS_NEAR - 512, room);
	assert_int_equal(near_to(room, LUKS_NEAR - 512).inside.version, 0);
	memcpy(room, luks2.image.p, luks2.image.len < 0x100000 ? luks2.image.len : 0x100000);
	assert_int_equal(near_to(room, LUKS_NEAR + luks2.image.len - 512).inside.version, 0);
	/* What only begins like headers is not read without end. */
	for (size_t at = 512; at < LUKS_NEAR; at += 512) {
		memset(room + at, 0, 512);
		memcpy(room + at, luks2.image.p, 64);
	}
	memset(room, 0, 512);
	assert_int_equal(near_to(room, LUKS_NEAR).inside.version, 0);
	free(room);
}

/* A good second header in front of the place that it states: so much was cut off the start. */
static void test_cut_off(void **state)
{
	static const size_t cuts[] = { 512, 4096, HEADER - 512, HEADER };
	struct bytes copy = { 0 };
	struct luks l;

	(void)state;
	bytes_add(&copy, luks2.image.p, luks2.image.len);
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		l = near_to(copy.p + cuts[i], copy.len - cuts[i]);
		assert_int_equal(l.chosen, -1);
		assert_int_equal(l.inside.version, 2);
		assert_int_equal(l.inside.offset, 0);
		assert_int_equal(l.inside.before, cuts[i]);
		assert_true(l.inside.cut);
		assert_memory_equal(l.inside.uuid, luks2.image.p + 168, 36);
	}
	/* With a lost byte it proves nothing, nor cut off in the middle of a sector or behind it. */
	assert_int_equal(near_to(copy.p + 100, copy.len - 100).inside.version, 0);
	assert_int_equal(near_to(copy.p + HEADER + 512, copy.len - HEADER - 512).inside.version, 0);
	copy.p[HEADER + 300] ^= 1;
	assert_int_equal(near_to(copy.p + 512, copy.len - 512).inside.version, 0);
	bytes_free(&copy);
}

/* Copies that changed their places are damage, not a container that begins at the second place. */
static void test_swapped_copies(void **state)
{
	struct bytes copy = { 0 };
	struct luks l;

	(void)state;
	bytes_add(&copy, luks2.image.p, luks2.image.len);
	memcpy(copy.p, luks2.image.p + HEADER, HEADER);
	memcpy(copy.p + HEADER, luks2.image.p, HEADER);
	l = luks_of_bytes(copy.p, copy.len);
	assert_int_equal(l.version, 2);
	assert_int_equal(l.chosen, -1);
	assert_int_equal(l.inside.version, 0);
	assert_false(luks_any_copy_is(&l, LUKS_COPY_ABSENT));
	l = near_to(copy.p, copy.len);
	assert_int_equal(l.version, 2);
	assert_int_equal(l.inside.version, 0);
	/* The first one alone is gone: the second one is its. */
	memset(copy.p, 0, HEADER);
	memcpy(copy.p + HEADER, luks2.image.p + HEADER, HEADER);
	l = luks_of_bytes(copy.p, copy.len);
	assert_int_equal(l.chosen, 1);
	assert_int_equal(l.inside.version, 0);
	bytes_free(&copy);
}

/* ---- LUKS2: metadata with a right checksum ------------------------------------------------------ */

struct edit {
	const char *from, *to; /* the first occurrence in the JSON text */
	enum luks_copy_state state;
	const char *says; /* part of the reason; GOOD: of the requirements */
};

#define MANDATORY(list) "\"requirements\":{\"mandatory\":[" list "]},\"json_size\""

static const struct edit edits[] = {
	{ "\"keyslots\"", "\"keyslots\"", LUKS_COPY_GOOD, "" },
	{ "{", " ", LUKS_COPY_BAD_JSON, "does not begin with {" },
	{ "{", "{\"x\":{},", LUKS_COPY_GOOD, "" },
	{ "{\"keyslots\"", "{,\"keyslots\"", LUKS_COPY_BAD_JSON, "not JSON at byte" },
	{ "\"keyslots\"", "\"keyslotz\"", LUKS_COPY_BAD_JSON, "no keyslots" },
	{ "\"segments\":{", "\"segments\":7,\"x\":{", LUKS_COPY_BAD_JSON, "segments" },
	{ "\"config\"", "\"konfig\"", LUKS_COPY_BAD_JSON, "no config" },
	{ "\"json_size\":\"12288\"", "\"json_size\":\"12289\"", LUKS_COPY_BAD_JSON, "12289" },
	{ "\"json_size\":\"12288\"", "\"json_size\":12288", LUKS_COPY_BAD_JSON, "string" },
	{ "\"json_size\":\"12288\"", "\"json_size\":\"-12288\"", LUKS_COPY_BAD_JSON, "-12288" },
	{ "\"keyslots_size\":\"1048576\"", "\"keyslots_size\":\"18446744073709551615\"",
	  LUKS_COPY_BAD_JSON, "keyslots area" },
	{ "\"keyslots_size\":\"1048576\"", "\"keyslots_size\":\"18446744073709551616\"",
	  LUKS_COPY_BAD_JSON, "not a number" },
	{ "\"keyslots_size\":\"1048576\"", "\"keyslots_size\":\"4096\"", LUKS_COPY_BAD_JSON,
	  "not inside the keyslots area" },
	{ "\"offset\":\"32768\"", "\"offset\":\"16384\"", LUKS_COPY_BAD_JSON,
	  "keyslot 0 is not inside" },
	{ "\"offset\":\"32768\"", "\"offset\":\"0x8000\"", LUKS_COPY_BAD_JSON, "0x8000" },
	{ "\"offset\":\"32768\"", "\"offset\":\"\"", LUKS_COPY_BAD_JSON, "not a number" },
	{ "\"offset\":\"32768\"", "\"offset\":\"290816\"", LUKS_COPY_BAD_JSON, "overlap" },
	{ "\"offset\":\"32768\"", "\"offset\":\"34816\"", LUKS_COPY_BAD_JSON, "overlap" },
	{ "\"size\":\"258048\"", "\"size\":\"255999\"", LUKS_COPY_BAD_JSON, "key material" },
	{ "\"size\":\"258048\"", "\"size\":\"256000\"", LUKS_COPY_GOOD, "" },
	{ "\"size\":\"258048\"", "\"size\":\"18446744073709551615\"", LUKS_COPY_BAD_JSON,
	  "not inside" },
	{ "\"key_size\":64", "\"key_size\":-64", LUKS_COPY_BAD_JSON, "out of range" },
	{ "\"key_size\":64", "\"key_size\":4294967296", LUKS_COPY_BAD_JSON, "out of range" },
	{ "\"key_size\":64", "\"key_size\":4294967295", LUKS_COPY_BAD_JSON, "key material" },
	{ "\"key_size\":64", "\"key_size\":\"64\"", LUKS_COPY_BAD_JSON, "int" },
	{ "\"stripes\":4000", "\"stripes\":0", LUKS_COPY_BAD_JSON, "key material" },
	{ "\"0\":{\"type\":\"luks2\"", "\"32\":{\"type\":\"luks2\"", LUKS_COPY_BAD_JSON, "\"32\"" },
	{ "\"0\":{\"type\":\"luks2\"", "\"x\":{\"type\":\"luks2\"", LUKS_COPY_BAD_JSON, "\"x\"" },
	{ "\"0\":{\"type\":\"luks2\"", "\"02\":{\"type\":\"luks2\"", LUKS_COPY_BAD_JSON, "two" },
	{ "\"0\":{\"type\":\"luks2\"", "\"4\":{\"type\":\"luks2\"", LUKS_COPY_BAD_JSON, "digest" },
	{ "\"type\":\"luks2\"", "\"type\":\"luks9\"", LUKS_COPY_GOOD, "keyslot type luks9" },
	{ "\"type\":\"luks2\"", "\"type\":\"reencrypt\"", LUKS_COPY_GOOD, "" },
	{ "\"type\":\"pbkdf2\"", "\"type\":\"scrypt\"", LUKS_COPY_GOOD, "key derivation scrypt" },
	{ "\"type\":\"luks1\"", "\"type\":\"luks3\"", LUKS_COPY_GOOD, "splitter luks3" },
	{ "\"type\":\"crypt\"", "\"type\":\"cloud\"", LUKS_COPY_GOOD, "segment type cloud" },
	{ "\"type\":\"luks2\"", "\"type\":8", LUKS_COPY_BAD_JSON, "string" },
	{ "\"iterations\":1000", "\"iterationz\":1000", LUKS_COPY_BAD_JSON, "iterations" },
	{ "\"sector_size\":4096", "\"sector_size\":4095", LUKS_COPY_BAD_JSON, "4095" },
	/* On another device, when the header is detached. */
	{ "\"offset\":\"2097152\"", "\"offset\":\"1048576\"", LUKS_COPY_GOOD, "" },
	{ "\"offset\":\"2097152\"", "\"offset\":\"0\"", LUKS_COPY_GOOD, "" },
	{ "\"segments\":[\"0\"]", "\"segments\":[\"1\"]", LUKS_COPY_BAD_JSON, "segments" },
	{ "\"segments\":[\"0\"]", "\"segments\":[0]", LUKS_COPY_BAD_JSON, "segments" },
	{ "\"json_size\"", MANDATORY("\"warp\""), LUKS_COPY_GOOD, "warp" },
	{ "\"json_size\"", MANDATORY("\"a\",\"opal\",\"b\\n\""), LUKS_COPY_GOOD, "a, b?" },
	/* What a terminal obeys: ESC, and CSI as one character; a character that is cut. */
	{ "\"json_size\"", MANDATORY("\"\\u001b[31m\\u009b1m\xc2\x9b\""), LUKS_COPY_GOOD,
	  "?[31m??1m??" },
	{ "\"offset\":\"32768\"", "\"offset\":\"\\u001b]0;x\\u0007\xc2\x9b\x80\"",
	  LUKS_COPY_BAD_JSON, "\"?]0;x????\"" },
	{ "\"0\":{\"type\":\"luks2\"", "\"\\u001bc\":{\"type\":\"luks2\"", LUKS_COPY_BAD_JSON,
	  "\"?c\"" },
	{ "\"json_size\"", MANDATORY("7"), LUKS_COPY_BAD_JSON, "requirement" },
	{ "\"json_size\"", MANDATORY("\"online-reencrypt-v2\""), LUKS_COPY_GOOD, "" },
	{ "\"json_size\"", MANDATORY("\"online-reencrypt-v9\""), LUKS_COPY_GOOD,
	  "online-reencrypt-v9" },
};

/* luksDump's JSON is pretty; the one in the header has no white space. */
static struct bytes json_text(const struct bytes *image)
{
	struct bytes text = { 0 };

	bytes_add(&text, image->p + BINARY, strlen((const char *)image->p + BINARY) + 1);
	return text;
}

/* Puts a JSON text into both copies, with right checksums. */
static void put_json(struct bytes *image, const char *text, size_t len)
{
	assert_true(len <= HEADER - BINARY);
	for (unsigned int copy = 0; copy < LUKS_HEADERS; copy++) {
		unsigned char *header = image->p + copy * HEADER;

		memset(header + BINARY, 0, HEADER - BINARY);
		memcpy(header + BINARY, text, len);
		luks2_sign(header, HEADER);
	}
}

static struct luks with_json(const char *text, size_t len)
{
	struct bytes image = bytes_copy(&luks2.image);
	struct luks l;

	put_json(&image, text, len);
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.version, 2);
	assert_true(l.copies[0].checksummed);
	assert_int_equal(l.copies[0].state, l.copies[1].state);
	assert_int_equal(l.chosen, l.copies[0].state == LUKS_COPY_GOOD ? 0 : -1);
	bytes_free(&image);
	return l;
}

static void test_metadata_with_a_right_checksum(void **state)
{
	struct bytes text = json_text(&luks2.image);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		const struct edit *e = &edits[i];
		const char *found = strstr((const char *)text.p, e->from);
		struct bytes edited = { 0 };
		struct luks l;

		if (!found)
			fail_msg("no %s in %s", e->from, (const char *)text.p);
		bytes_add(&edited, text.p, (size_t)(found - (const char *)text.p));
		bytes_add(&edited, e->to, strlen(e->to));
		bytes_add(&edited, found + strlen(e->from), strlen(found + strlen(e->from)));
		l = with_json((const char *)edited.p, edited.len);
		if (l.copies[0].state != e->state)
			fail_msg("%s: %s (%s)", e->to, state_name(l.copies[0].state),
				 l.copies[0].reason);
		if (e->state == LUKS_COPY_GOOD && !*e->says)
			assert_string_equal(l.requirements, "");
		else if (!strstr(e->state == LUKS_COPY_GOOD ? l.requirements : l.copies[0].reason,
				 e->says))
			fail_msg("%s: \"%s\" \"%s\"", e->to, l.requirements, l.copies[0].reason);
		assert_int_equal(l.reencrypting, strstr(e->to, "reencrypt") != NULL);
		bytes_free(&edited);
	}
	bytes_free(&text);
}

static void test_an_unknown_slot_opens_nothing(void **state)
{
	struct bytes text = json_text(&luks2.image);
	char *type = strstr((char *)text.p, "\"luks2\"");
	struct luks l;

	(void)state;
	assert_non_null(type);
	type[5] = '9';
	l = with_json((const char *)text.p, text.len - 1);
	assert_true(l.slots[0].present && !l.slots[0].active && !l.slots[0].reencrypt);
	assert_true(l.slots[2].present && l.slots[2].active && !l.slots[2].unbound);
	assert_int_equal(l.volume_key_bytes, 64);
	bytes_free(&text);
}

static void test_where_the_json_text_ends(void **state)
{
	const size_t area = HEADER - BINARY;
	struct bytes text = json_text(&luks2.image);
	char *filled = malloc(area);
	size_t len = text.len - 1;
	struct luks l;

	(void)state;
	assert_non_null(filled);
	/* A byte behind the text, the last one of the area. */
	memset(filled, 0, area);
	memcpy(filled, text.p, len);
	filled[area - 1] = 'x';
	l = with_json(filled, area);
	assert_int_equal(l.copies[0].state, LUKS_COPY_BAD_JSON);
	assert_non_null(strstr(l.copies[0].reason, "behind the JSON text"));
	/* Text up to the end of the area: one NUL byte makes the difference. */
	memset(filled, ' ', area);
	memcpy(filled, text.p, len - 1);
	filled[area - 1] = '}';
	l = with_json(filled, area);
	assert_int_equal(l.copies[0].state, LUKS_COPY_BAD_JSON);
	assert_non_null(strstr(l.copies[0].reason, "end inside its area"));
	filled[area - 2] = '}';
	filled[area - 1] = '\0';
	l = with_json(filled, area);
	assert_int_equal(l.copies[0].state, LUKS_COPY_GOOD);
	/* No end at all, nothing but openings, and nothing. */
	filled[area - 2] = filled[area - 1] = ' ';
	l = with_json(filled, area);
	assert_int_equal(l.copies[0].state, LUKS_COPY_BAD_JSON);
	memset(filled, '[', area);
	filled[0] = '{';
	l = with_json(filled, area);
	assert_int_equal(l.copies[0].state, LUKS_COPY_BAD_JSON);
	l = with_json("", 0);
	assert_int_equal(l.copies[0].state, LUKS_COPY_BAD_JSON);
	free(filled);
	bytes_free(&text);
}

static void test_nesting_is_bounded(void **state)
{
	struct bytes text = json_text(&luks2.image);

	(void)state;
	for (size_t depth = 1; depth < 100; depth += 3) {
		struct bytes nested = { 0 };
		struct luks l;

		bytes_add(&nested, "{\"x\":", 5);
		for (size_t i = 0; i < depth; i++)
			bytes_add(&nested, "[", 1);
		for (size_t i = 0; i < depth; i++)
			bytes_add(&nested, "]", 1);
		bytes_add(&nested, ",", 1);
		bytes_add(&nested, text.p + 1, text.len - 2);
		l = with_json((const char *)nested.p, nested.len);
		assert_int_equal(l.copies[0].state,
				 depth < 32 ? LUKS_COPY_GOOD : LUKS_COPY_BAD_JSON);
		bytes_free(&nested);
	}
	bytes_free(&text);
}

/* A header of 4 MiB that is full of values must not cost a machine its memory. */
static void test_values_are_bounded(void **state)
{
	const size_t area = LUKS2_JSON_MAX - LUKS2_BINARY, most = 100000;
	char *text = calloc(1, area), reason[LUKS2_REASON];

	(void)state;
	assert_non_null(text);
	for (size_t values = most - 2; values <= most + 2; values++) {
		struct luks l = { 0 };

		strcpy(text, "{\"x\":[0");
		/* With the braces, the colon and the bracket. */
		for (size_t i = 0; i < values - 3; i++)
			memcpy(text + 7 + 2 * i, ",0", 2);
		strcpy(text + 7 + 2 * (values - 3), "]}");
		assert_int_equal(luks2_json_read(text, area, LUKS2_JSON_MAX, &l, reason), -EBADMSG);
		assert_int_equal(strstr(reason, "values") != NULL, values > most);
	}
	free(text);
}

/* What a header says of a keyslot changes with that keyslot alone. */
static void test_described(void **state)
{
	struct luks_device d = luks_device_make(
		"3M", SMALL "$f; cryptsetup luksAddKey -q -S 1 $fast --key-file $d/p $f $d/q; "
			    "cp $f $d/before; cryptsetup luksChangeKey -q -S 1 $fast --key-file "
			    "$d/q $f $d/p; cryptsetup config --label new $f; cat $d/before >>$f");
	size_t half = d.image.len / 2;
	struct luks after = luks_of_bytes(d.image.p, half);
	struct luks before = luks_of_bytes(d.image.p + half, half);

	(void)state;
	assert_int_equal(before.slots[0].described, after.slots[0].described);
	assert_int_not_equal(before.slots[1].described, after.slots[1].described);
	assert_int_not_equal(before.slots[0].described, before.slots[1].described);
	luks_device_free(&d);
}

/* ---- LUKS1 -------------------------------------------------------------------------------------- */

/* Which fields a change of a slot alters, by the layout in the specification. */
static bool is_mutable(size_t byte)
{
	return (byte >= 168 && byte < 208) || (byte >= 208 && (byte - 208) % 48 < 40);
}

/*
 * LUKS1 has no checksum. A flipped bit gives a contradiction, or else another immutable hash, or
 * it is in a field that a change of a slot alters, and then shows in what is said of that slot.
 */
static void test_luks1_every_bit(void **state)
{
	struct bytes image = bytes_copy(&luks1.image);
	struct luks whole = luks_of_bytes(image.p, image.len);
	unsigned int contradictions = 0;

	(void)state;
	for (size_t bit = 0; bit < 592 * 8; bit++) {
		size_t byte = bit / 8, slot = (byte - 208) / 48;
		bool bad, hash;
		struct luks l;

		image.p[byte] ^= (unsigned char)(1u << bit % 8);
		l = luks_of_bytes(image.p, image.len);
		image.p[byte] ^= (unsigned char)(1u << bit % 8);
		bad = l.copies[0].state == LUKS_COPY_BAD_FIELD;
		hash = l.immutable_hash != whole.immutable_hash;
		contradictions += bad;
		assert_int_equal(l.version, 1);
		assert_int_equal(l.chosen, bad ? -1 : 0);
		assert_int_equal(bad, l.copies[0].reason[0] != 0);
		assert_int_not_equal(l.copies[0].hash, whole.copies[0].hash);
		/* Put right, it is as it was, but for a state that nothing prescribes. */
		if (l.rebuilt) {
			assert_false(hash);
			for (size_t i = 0; i < LUKS1_SLOTS; i++)
				assert_true(l.slots[i].offset == whole.slots[i].offset);
			assert_int_equal(l.only_unused_bad, byte >= 208 && slot < LUKS1_SLOTS &&
								    !l.slots[slot].active);
			continue;
		}
		if (hash == is_mutable(byte))
			fail_msg("bit %zu: immutable hash %d", bit, hash);
		for (size_t i = 0; i < LUKS1_SLOTS; i++)
			assert_int_equal(l.slots[i].described != whole.slots[i].described,
					 byte >= 208 && slot == i);
	}
	/* Magic, version, key length, state, stripes and more: at least these contradict. */
	assert_true(contradictions > 8 * (6 + 2 + 8 * 4 + 8 * 4));
	bytes_free(&image);
}

static const struct {
	const char *what;
	size_t offset, len;
	int byte;
	bool found;
} luks1_rows[] = {
	{ "magic", 0, 6, 0, true },
	{ "version", 6, 2, 0, true },
	{ "cipher", 8, 32, 0, true },
	{ "cipher, ones", 8, 32, 0xff, true },
	{ "mode", 40, 32, 0, true },
	{ "hash", 72, 32, 'x', true },
	{ "payload offset, inside the areas", 106, 1, 1, true },
	{ "key bytes", 108, 4, 0, true },
	{ "digest's iterations", 164, 4, 0, true },
	{ "UUID", 168, 40, 0, true },
	{ "UUID, one byte", 170, 1, 'x', true },
	{ "state of slot 0", 208, 4, 0, true },
	{ "iterations of slot 3", 356, 4, 0, true },
	{ "iterations of slot 1, which is disabled", 260, 4, 7, false },
	{ "offset of slot 1", 296, 4, 0, true },
	{ "offset of slot 1, far", 296, 4, 0x0f, true },
	{ "stripes of slot 7", 588, 4, 0, true },
	/* No field contradicts another here; the immutable hash or the area tells. */
	{ "payload offset, far", 104, 4, 1, false },
	{ "digest", 112, 20, 0, false },
	{ "digest's salt", 132, 32, 0, false },
	{ "salt of slot 0", 216, 32, 0, false },
	{ "behind the last field", 592, 432, 0xff, false },
};

static void test_luks1_damaged_fields(void **state)
{
	struct bytes image = bytes_copy(&luks1.image);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(luks1_rows); i++) {
		struct luks l;

		memset(image.p + luks1_rows[i].offset, luks1_rows[i].byte, luks1_rows[i].len);
		l = luks_of_bytes(image.p, image.len);
		if (l.version != 1 || (l.chosen < 0) != luks1_rows[i].found)
			fail_msg("%s: version %d, chosen %d (%s)", luks1_rows[i].what, l.version,
				 l.chosen, l.copies[0].reason);
		memcpy(image.p, luks1.image.p, 1024);
	}
	/* With more than the magic gone there is no telling what it was. */
	memset(image.p, 0, 40);
	assert_int_equal(luks_of_bytes(image.p, image.len).version, 0);
	bytes_free(&image);
}

static void test_luks1_changes_by_the_owner(void **state)
{
	struct luks_device d = luks_device_make(
		"3M",
		LUKS1 "$f; cp $f $d/before; cryptsetup luksAddKey -q --pbkdf-force-iterations "
		      "1000 --key-file $d/p $f $d/q; cryptsetup luksKillSlot -q $f 0; "
		      "cryptsetup luksUUID -q --uuid 01234567-89ab-cdef-0123-456789abcdef $f; "
		      "cat $d/before >>$f");
	size_t half = d.image.len / 2;
	struct luks after = luks_of_bytes(d.image.p, half);
	struct luks before = luks_of_bytes(d.image.p + half, half);

	(void)state;
	assert_int_equal(after.chosen, 0);
	assert_string_equal(after.uuid, "01234567-89ab-cdef-0123-456789abcdef");
	assert_true(before.slots[0].active && !before.slots[1].active);
	assert_true(!after.slots[0].active && after.slots[1].active);
	assert_int_equal(before.immutable_hash, after.immutable_hash);
	assert_int_not_equal(before.copies[0].hash, after.copies[0].hash);
	assert_int_equal(before.slots[2].described, after.slots[2].described);
	luks_device_free(&d);
}

/* cryptsetup breaks the magic while it reencrypts LUKS1. */
static void test_luks1_reencryption_is_no_damage(void **state)
{
	struct bytes image = bytes_copy(&luks1.image);
	struct luks l;

	(void)state;
	image.p[4] = 0xde;
	image.p[5] = 0xad;
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.version, 1);
	assert_int_equal(l.copies[0].state, LUKS_COPY_UNKNOWN);
	assert_true(l.reencrypting);
	assert_int_equal(l.chosen, -1);
	bytes_free(&image);
}

/* A new LUKS1 header in front of an old second one of LUKS2: what is at the start counts. */
static void test_luks1_before_an_old_luks2(void **state)
{
	struct bytes image = bytes_copy(&luks2.image);
	struct luks l;

	(void)state;
	memcpy(image.p, luks1.image.p, 4096);
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.version, 1);
	assert_int_equal(l.chosen, 0);
	/* But not when it does not hold together. */
	memset(image.p + 8, 0, 64);
	l = luks_of_bytes(image.p, image.len);
	assert_int_equal(l.version, 2);
	assert_int_equal(l.chosen, 1);
	bytes_free(&image);
}

/* ---- what else may be there --------------------------------------------------------------------- */

static const char *recognised(const struct bytes *image)
{
	struct luks_memory m = { .p = image->p, .len = image->len };
	const struct source source = { luks_memory_read, &m, m.len };
	const char *name = recognise_other(&source);

	return name ? name : "";
}

/* Made by the tools themselves, over a LUKS device, as it happens. */
static void test_recognises_what_tools_make(void **state)
{
	static const struct {
		const char *command, *name;
	} tools[] = {
		{ "mke2fs -q -F -t ext2 $f", "an ext2 file system" },
		{ "mke2fs -q -F -t ext3 $f", "an ext3 file system" },
		{ "mke2fs -q -F -t ext4 $f", "an ext4 file system" },
		{ "mkfs.vfat -F 16 $f", "a FAT file system" },
		{ "mkfs.vfat -F 12 $f", "a FAT file system" },
		{ "mkfs.vfat -F 32 $f", "a FAT file system" },
		{ "mkswap $f", "swap space" },
		{ "mkswap -p 65536 $f", "swap space" },
		{ "echo start=2048 | sfdisk --wipe always --label gpt $f",
		  "a GPT partition table" },
		{ "echo start=2048 | sfdisk --label dos $f", "an MBR partition table" },
		{ "dd if=/dev/zero of=$f bs=1M count=4 conv=notrunc", "zeros" },
		{ "tr '\\0' '\\377' </dev/zero | dd of=$f bs=4096 count=1 iflag=fullblock "
		  "conv=notrunc",
		  "bytes that are all ff" },
		{ "mkfs.minix $f", "a MINIX file system" },
		{ "mkfs.minix -2 $f", "a MINIX file system" },
		{ "mkfs.minix -3 $f", "a MINIX file system" },
		{ "mkfs.bfs $f", "a BFS file system" },
		{ "d=$(mktemp -d); mkfs.cramfs $d $d.c; dd if=$d.c of=$f conv=notrunc; rm -r $d*",
		  "a cramfs image" },
		{ "head -c 4M /dev/zero >$f.d; veritysetup format $f.d $f; rm $f.d",
		  "a dm-verity hash device" },
		{ "{ head -c 1024 /dev/zero; printf 'BD%012d\\0\\3%016d' 1 1; } | dd of=$f conv=notrunc",
		  "an HFS file system" },
		/* What is no format's is none: noise, text, and a magic of two bytes alone. */
		{ "head -c 1M /dev/urandom | dd of=$f conv=notrunc", "" },
		{ "yes nothing | dd of=$f bs=4096 count=9 iflag=fullblock conv=notrunc", "" },
		{ "{ head -c 1024 /dev/zero; printf 'BD%014d\\023\\177\\377\\377' 1; } | dd of=$f "
		  "conv=notrunc",
		  "" },
		{ ":", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		struct bytes image;
		char *script;

		assert_true(asprintf(&script,
				     "PATH=$PATH:/usr/sbin:/sbin; f=$(mktemp); cat >$f; truncate "
				     "-s 40M $f; { %s; } >/dev/null 2>&1; head -c 1M $f; rm $f",
				     tools[i].command) > 0);
		image = bytes_through(script, luks2.image.p, luks2.image.len);
		if (strcmp(recognised(&image), tools[i].name) != 0)
			fail_msg("%s: %s", tools[i].command, recognised(&image));
		bytes_free(&image);
		free(script);
	}
}

static void test_recognises_marks(void **state)
{
	static const struct {
		size_t offset;
		const char *bytes;
		size_t len;
		const char *name;
	} marks[] = {
		{ 0, "XFSB", 4, "an XFS file system" },
		{ 0x10040, "_BHRfS_M", 8, "a btrfs file system" },
		{ 512, "LABELONE", 8, "an LVM physical volume" },
		{ 4096, "\xfc\x4e\x2b\xa9\1\0\0\0", 8, "a Linux RAID member" },
		{ 3, "NTFS    ", 8, "an NTFS file system" },
		{ 3, "-FVE-FS-", 8, "a BitLocker volume" },
		{ 0x20000, "\x0c\xb1\xba\0\0\0\0\0", 8, "a ZFS member" },
		{ 0x25400, "\0\0\0\0\0\xba\xb1\x0c", 8, "a ZFS member" },
		{ 4096, "EFI PART", 8, "a GPT partition table" },
		{ 0x8001, "CD001", 5, "an ISO 9660 image" },
		{ 0, "verity\0\0", 8, "a dm-verity hash device" },
		{ 0, "integrt\0", 8, "a dm-integrity device" },
		{ 0, "bluestore block device", 22, "a Ceph BlueStore device" },
		{ 4120, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca", 8, "a bcache device" },
		{ 516, "!Stra0tis\x86\xff\x02^A", 14, "a Stratis pool's device" },
		{ 1024, "\2\0\0\0\0\0\x34\x34", 8, "a NILFS2 file system" },
		{ 1024, "H+\0\4", 4, "an HFS Plus file system" },
		{ 1024, "OCFSV2", 6, "an OCFS2 file system" },
		{ 32, "NXSB", 4, "an APFS container" },
		{ 0x10034, "ReIsEr", 6, "a ReiserFS file system" },
		{ 0x10000, "\1\x16\x19\x70\0\0\0\1", 8, "a GFS2 file system" },
		{ 0x1055c, "\x19\1\x54\x19", 4, "a UFS file system" },
		{ 4086, "S1SUSPEND", 9, "swap space, with a hibernated system" },
		{ 510, "\x55\xaa", 2, "a boot sector" },
		{ 0, "", 0, "zeros" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		struct bytes image = { 0 };

		bytes_add_zeros(&image, 0x30000);
		memcpy(image.p + marks[i].offset, marks[i].bytes, marks[i].len);
		assert_string_equal(recognised(&image), marks[i].name);
		/* Cut in front of its last byte it is something else, and no read fails. */
		image.len = marks[i].offset + marks[i].len - (marks[i].len > 0);
		if (marks[i].len > 0)
			assert_string_not_equal(recognised(&image), marks[i].name);
		bytes_free(&image);
	}
}

/* What blkid takes for a partition table, and what it does not. */
static void test_recognises_tables(void **state)
{
	static const struct {
		const char *what;
		unsigned char flag, type;
		const char *format;
	} rows[] = {
		{ "a table", 0x80, 0x83, "an MBR partition table" },
		{ "no entries", 0, 0, "a boot sector" },
		{ "ciphertext with 55 aa behind it", 0x41, 0x83, NULL },
		{ "protective", 0x41, 0xee, "a GPT partition table" },
	};
	struct bytes image = { 0 };
	struct luks_memory m;

	(void)state;
	bytes_add_zeros(&image, 0x30000);
	m = (struct luks_memory){ .p = image.p, .len = image.len };
	memcpy(image.p + 510, "\x55\xaa", 2);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct source source = { luks_memory_read, &m, m.len };
		const char *format;

		image.p[462] = rows[i].flag;
		image.p[466] = rows[i].type;
		image.p[476] = 1;
		if (i == 1)
			memset(image.p + 446, 0, 64);
		format = recognise_format(&source);
		if (rows[i].format ? !format || strcmp(format, rows[i].format) != 0 : !!format)
			fail_msg("%s: %s", rows[i].what, format ? format : "nothing");
		assert_string_equal(recognise_table(&source), "a boot sector");
	}
	bytes_free(&image);
}

/* Where libblkid looks for it, at the end of a size that is no round number; one byte less is nothing. */
static void test_recognises_members(void **state)
{
	enum { SIZE = 0x123e00 };
	static const struct {
		size_t offset;
		const char *bytes;
		size_t len;
		const char *name;
	} rows[] = {
		{ 0x110000, "\xfc\x4e\x2b\xa9\0\0\0\0\x5a", 9, "a Linux RAID member" },
		{ 0x110000, "\xa9\x2b\x4e\xfc\0\0\0\0\x5a", 9, "a Linux RAID member" },
		{ 0x121000, "\xfc\x4e\x2b\xa9\1\0\0\0", 8, "a Linux RAID member" },
		{ SIZE - 1024, "Intel Raid ISM Cfg Sig. 1.1.00", 30, "an Intel RAID member" },
		{ SIZE - 512, "\xde\x11\xde\x11", 4, "a DDF RAID member" },
		{ SIZE - 257 * 512, "\x11\xde\x11\xde", 4, "a DDF RAID member" },
		{ SIZE - 4096 + 60, "\x83\x74\x02\x6d", 4, "a DRBD device" },
		{ 0xe0000, "\x0c\xb1\xba\0\0\0\0\0", 8, "a ZFS member" },
		{ 0xa0400, "\0\0\0\0\0\xba\xb1\x0c", 8, "a ZFS member" },
		{ 0xc1000, "\0\0\0\0\0\xba\xb1\x0c", 8, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bytes image = { 0 };
		struct luks_memory m;
		struct source source;
		const char *name;

		bytes_add_zeros(&image, SIZE);
		m = (struct luks_memory){ .p = image.p, .len = image.len };
		source = (struct source){ luks_memory_read, &m, m.len };
		memcpy(image.p + rows[i].offset, rows[i].bytes, rows[i].len);
		/* md 1.0 says where it is. */
		if (rows[i].offset == 0x121000) {
			assert_null(recognise_member(&source));
			memcpy(image.p + 0x121000 + 144, "\x08\x09", 2);
		}
		name = recognise_member(&source);
		if (rows[i].name ? !name || strcmp(name, rows[i].name) != 0 : !!name)
			fail_msg("row %zu: %s", i, name ? name : "nothing");
		image.p[rows[i].offset] ^= 1;
		assert_null(recognise_member(&source));
		source.size = m.len = 4096;
		assert_null(recognise_member(&source));
		bytes_free(&image);
	}
}

/* ---- key material ------------------------------------------------------------------------------ */

static ssize_t implausible(const struct bytes *b, uint64_t offset, uint64_t length)
{
	struct luks_memory m = { .p = b->p, .len = b->len };
	const struct source source = { luks_memory_read, &m, m.len };

	return luks_implausible_blocks(&source, offset, length);
}

static void test_random_bytes_are_plausible(void **state)
{
	struct bytes b = bytes_through("head -c 33554432 /dev/urandom", NULL, 0);
	struct luks one = luks_of_bytes(luks1.image.p, luks1.image.len);
	struct luks two = luks_of_bytes(luks2.image.p, luks2.image.len);

	(void)state;
	/* Would fail once in 10^8 runs. */
	assert_int_equal(implausible(&b, 0, b.len), 0);
	assert_int_equal(implausible(&b, 77, b.len - 1000), 0);
	assert_int_equal(implausible(&luks1.image, one.slots[3].offset, one.slots[3].used), 0);
	assert_int_equal(implausible(&luks2.image, two.slots[0].offset, two.slots[0].used), 0);
	assert_int_equal(implausible(&luks2.image, two.slots[2].offset, two.slots[2].used), 0);
	/* One wrong bit, and another keyslot's bytes, cannot be seen. */
	b.p[5000] ^= 1;
	memcpy(b.p + 65536, luks2.image.p + two.slots[0].offset, 4096);
	assert_int_equal(implausible(&b, 0, 131072), 0);
	bytes_free(&b);
}

static void test_overwritten_key_material(void **state)
{
	struct bytes random = bytes_through("head -c 20480 /dev/urandom", NULL, 0);
	struct bytes text = bytes_text(4096, 1);

	(void)state;
	for (unsigned int kind = 0; kind < 7; kind++) {
		struct bytes b = bytes_copy(&random);
		unsigned char *block = b.p + 8192;

		for (size_t i = 0; i < 4096; i++) {
			/* Whole blocks of one byte, text, a counter, a pattern of 16, half a range. */
			if (kind == 0)
				block[i] = 0;
			else if (kind == 1)
				block[i] = 0xff;
			else if (kind == 2)
				block[i] = text.p[i];
			else if (kind == 3)
				block[i] = (unsigned char)i;
			else if (kind == 4)
				block[i] = block[i % 16];
			else if (kind == 5)
				block[i] &= 0x7f;
			else if (i >= 3584) /* the last sector */
				block[i] = text.p[i];
		}
		if (implausible(&b, 0, b.len) != 1)
			fail_msg("kind %u: %zd", kind, implausible(&b, 0, b.len));
		assert_int_equal(implausible(&b, 0, 8192), 0);
		bytes_free(&b);
	}
	/* A run of eight, wherever it is, also in what is less than a block at the end. */
	memset(random.p + 16384 + 100, 5, 8);
	assert_int_equal(implausible(&random, 0, 16384 + 107), 0);
	assert_int_equal(implausible(&random, 0, 16384 + 108), 1);
	assert_int_equal(implausible(&random, 0, 1u << 30), 1);
	bytes_free(&random);
	bytes_free(&text);
}

static void test_unreadable_key_material(void **state)
{
	struct luks_memory m = { luks2.image.p, luks2.image.len, 40000, 40001, false };
	const struct source source = { luks_memory_read, &m, m.len };

	(void)state;
	assert_int_equal(luks_implausible_blocks(&source, 32768, 256000), -EIO);
	assert_int_equal(luks_implausible_blocks(&source, 32768, 4096), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_luks2_fields),
		cmocka_unit_test(test_luks1_fields),
		cmocka_unit_test(test_every_place_of_the_second_copy),
		cmocka_unit_test(test_every_bit_of_the_binary_header),
		cmocka_unit_test(test_bits_of_the_json_area),
		cmocka_unit_test(test_a_flip_in_the_only_copy),
		cmocka_unit_test(test_damaged_fields),
		cmocka_unit_test(test_remains),
		cmocka_unit_test(test_the_higher_seqid_counts),
		cmocka_unit_test(test_future_versions_are_no_damage),
		cmocka_unit_test(test_other_checksums),
		cmocka_unit_test(test_unreadable_places),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_truncated_and_damaged),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_swapped_copies),
		cmocka_unit_test(test_metadata_with_a_right_checksum),
		cmocka_unit_test(test_an_unknown_slot_opens_nothing),
		cmocka_unit_test(test_where_the_json_text_ends),
		cmocka_unit_test(test_nesting_is_bounded),
		cmocka_unit_test(test_values_are_bounded),
		cmocka_unit_test(test_described),
		cmocka_unit_test(test_luks1_every_bit),
		cmocka_unit_test(test_luks1_damaged_fields),
		cmocka_unit_test(test_luks1_changes_by_the_owner),
		cmocka_unit_test(test_luks1_reencryption_is_no_damage),
		cmocka_unit_test(test_luks1_before_an_old_luks2),
		cmocka_unit_test(test_recognises_what_tools_make),
		cmocka_unit_test(test_recognises_tables),
		cmocka_unit_test(test_recognises_members),
		cmocka_unit_test(test_recognises_marks),
		cmocka_unit_test(test_random_bytes_are_plausible),
		cmocka_unit_test(test_overwritten_key_material),
		cmocka_unit_test(test_unreadable_key_material),
	};

	return cmocka_run_group_tests(tests, make_devices, free_devices);
}
