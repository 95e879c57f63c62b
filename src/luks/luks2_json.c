// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks2_json.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luks/luks2_binary.h"
#include "storage/source.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

/*
 * "LUKS2 On-Disk Format Specification", section 3 "LUKS2 JSON Metadata Format". What is checked
 * is what a reader relies on; it is less than what cryptsetup checks before it unlocks.
 */

/* cryptsetup parses with json-c's default. */
#define DEPTH_MAX 32

/*
 * Each value costs json-c some hundred bytes. cryptsetup's own headers have a thousand values
 * when all keyslots and tokens are in use.
 */
#define VALUES_MAX 100000u

#define SEGMENTS_MAX 32u
#define DIGESTS_MAX  32u

/* The largest that cryptsetup makes or accepts (LUKS2_MAX_KEYSLOTS_SIZE). */
#define KEYSLOTS_BYTES_MAX (128u << 20)

struct reader {
	struct luks *l;
	char *reason;
	uint64_t areas, areas_end; /* where keyslots may have their areas: [areas, areas_end) */
	uint32_t slots_of[DIGESTS_MAX]; /* bit n: this digest is of keyslot n */
	uint32_t segments_of[DIGESTS_MAX];
	uint32_t segments; /* bit n: there is a segment n */
	uint32_t in_use;   /* of these: those that are no backup of a reencryption */
};

static int bad(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int bad(struct reader *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->reason, LUKS2_REASON, format, ap);
	va_end(ap);
	for (char *p = r->reason; *p; p++) {
		if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
			*p = '?';
	}
	return -EBADMSG;
}

/* A member of an object that must be there. owner: the object's name, and its number or "". */
static int member(struct reader *r, struct json_object *object, const char *owner,
		  const char *number, const char *name, enum json_type type,
		  struct json_object **value)
{
	if (!json_object_object_get_ex(object, name, value))
		return bad(r, "%s%s has no %s", owner, number, name);
	if (!json_object_is_type(*value, type))
		return bad(r, "%s of %s%s is not %s", name, owner, number, json_type_to_name(type));
	return 0;
}

static int member_text(struct reader *r, struct json_object *object, const char *owner,
		       const char *number, const char *name, const char **text)
{
	struct json_object *value = NULL;
	int err = member(r, object, owner, number, name, json_type_string, &value);

	if (!err)
		*text = json_object_get_string(value);
	return err;
}

static int member_u32(struct reader *r, struct json_object *object, const char *owner,
		      const char *number, const char *name, uint32_t *n)
{
	struct json_object *value = NULL;
	int err = member(r, object, owner, number, name, json_type_int, &value);
	int64_t wide;

	if (err)
		return err;
	wide = json_object_get_int64(value);
	if (wide < 0 || wide > UINT32_MAX)
		return bad(r, "%s of %s%s is out of range", name, owner, number);
	*n = (uint32_t)wide;
	return 0;
}

/* Decimal digits and nothing else. */
static bool decimal(const char *text, uint64_t *n)
{
	*n = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(*text - '0'), n))
			return false;
	}
	return true;
}

/* Offsets and sizes are strings, because JSON's numbers do not hold 64 bits. */
static int member_u64(struct reader *r, struct json_object *object, const char *owner,
		      const char *number, const char *name, uint64_t *n)
{
	const char *text = NULL;
	int err = member_text(r, object, owner, number, name, &text);

	if (err)
		return err;
	if (!decimal(text, n))
		return bad(r, "%s of %s%s is \"%.24s\", not a number", name, owner, number, text);
	return 0;
}

typedef int (*each)(struct reader *r, unsigned int number, const char *key,
		    struct json_object *value);

/* Calls do_each for every member of an object whose keys are numbers below max. */
static int for_numbered(struct reader *r, struct json_object *root, const char *name,
			unsigned int max, each do_each)
{
	struct json_object *object = NULL;
	struct json_object_iterator at, end;
	int err = member(r, root, "the metadata", "", name, json_type_object, &object);

	if (err)
		return err;
	end = json_object_iter_end(object);
	for (at = json_object_iter_begin(object); !err && !json_object_iter_equal(&at, &end);
	     json_object_iter_next(&at)) {
		const char *key = json_object_iter_peek_name(&at);
		struct json_object *value = json_object_iter_peek_value(&at);
		uint64_t number;

		if (!decimal(key, &number) || number >= max)
			return bad(r, "%s has an entry \"%.24s\"", name, key);
		if (!json_object_is_type(value, json_type_object))
			return bad(r, "%s %.24s is not an object", name, key);
		err = do_each(r, (unsigned int)number, key, value);
	}
	return err;
}

static int read_config(struct reader *r, struct json_object *root, uint64_t header_bytes)
{
	uint64_t json_size = 0, keyslots_size = 0;
	struct json_object *config = NULL;
	int err = member(r, root, "the metadata", "", "config", json_type_object, &config);

	if (!err)
		err = member_u64(r, config, "config", "", "json_size", &json_size);
	if (!err)
		err = member_u64(r, config, "config", "", "keyslots_size", &keyslots_size);
	if (err)
		return err;
	if (json_size != header_bytes - LUKS2_BINARY)
		return bad(r, "config says that the JSON area has %" PRIu64 " bytes", json_size);
	if (keyslots_size > KEYSLOTS_BYTES_MAX)
		return bad(r, "the keyslots area would have %" PRIu64 " bytes", keyslots_size);
	r->areas = LUKS_HEADERS * header_bytes;
	r->areas_end = r->l->needed = r->areas + keyslots_size;
	return 0;
}

/* For the report, what this program does not know and the header needs. */
static void add_requirement(struct reader *r, const char *what, const char *name)
{
	char *list = r->l->requirements;
	size_t used = strlen(list);
	char clean[48];

	text_field(clean, sizeof(clean), name, strlen(name));
	snprintf(list + used, sizeof(r->l->requirements) - used, "%s%s%s", used ? ", " : "", what,
		 clean);
}

/* Reencryption as cryptsetup 2.7 knows it; a later one changes what is in the header, too. */
static bool is_known_requirement(const char *name)
{
	static const char *const known[] = { "offline-reencrypt",
					     "online-reencrypt",
					     "online-reencrypt-v2",
					     "online-reencrypt-v3",
					     "opal",
					     "inline-hw-tags" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(name, known[i]) == 0)
			return true;
	}
	return false;
}

static int read_requirements(struct reader *r, struct json_object *root)
{
	struct json_object *config = NULL, *requirements = NULL, *mandatory = NULL;

	json_object_object_get_ex(root, "config", &config);
	if (!json_object_object_get_ex(config, "requirements", &requirements))
		return 0;
	if (!json_object_is_type(requirements, json_type_object))
		return bad(r, "requirements of config is not an object");
	if (!json_object_object_get_ex(requirements, "mandatory", &mandatory))
		return 0;
	if (!json_object_is_type(mandatory, json_type_array))
		return bad(r, "mandatory of requirements is not an array");
	for (size_t i = 0; i < json_object_array_length(mandatory); i++) {
		struct json_object *entry = json_object_array_get_idx(mandatory, i);
		const char *name;

		if (!json_object_is_type(entry, json_type_string))
			return bad(r, "a requirement is not a string");
		name = json_object_get_string(entry);
		if (strncmp(name, "online-reencrypt", 16) == 0 ||
		    strcmp(name, "offline-reencrypt") == 0)
			r->l->reencrypting = true;
		if (!is_known_requirement(name))
			add_requirement(r, "", name);
	}
	return 0;
}

/* The numbers in an array of strings, each below 32 and with its bit in allowed. */
static int read_numbers(struct reader *r, struct json_object *owner, const char *key,
			const char *name, uint32_t allowed, uint32_t *numbers)
{
	struct json_object *array = NULL;
	int err = member(r, owner, "digest ", key, name, json_type_array, &array);

	if (err)
		return err;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *entry = json_object_array_get_idx(array, i);
		uint64_t number;

		if (!json_object_is_type(entry, json_type_string) ||
		    !decimal(json_object_get_string(entry), &number) || number >= 32 ||
		    !(allowed & (1u << number)))
			return bad(r, "digest %s names %s that are not there", key, name);
		*numbers |= 1u << number;
	}
	return 0;
}

static uint32_t slots_present(const struct luks *l)
{
	uint32_t present = 0;

	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		present |= (uint32_t)l->slots[i].present << i;
	return present;
}

static int read_digest(struct reader *r, unsigned int number, const char *key,
		       struct json_object *digest)
{
	const char *type = NULL;
	int err = member_text(r, digest, "digest ", key, "type", &type);

	if (!err)
		err = read_numbers(r, digest, key, "keyslots", slots_present(r->l),
				   &r->slots_of[number]);
	if (!err)
		err = read_numbers(r, digest, key, "segments", r->segments,
				   &r->segments_of[number]);
	r->l->digest_count++;
	return err;
}

/* What a token does not say rightly says nothing here: cryptsetup leaves it to the token's plugin. */
static void note_token(struct reader *r, struct json_object *slots, const char *type)
{
	for (size_t i = 0; i < json_object_array_length(slots); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(slots, i));
		struct luks_keyslot *k;
		uint64_t number;

		if (!text || !decimal(text, &number) || number >= LUKS_SLOTS_MAX)
			continue;
		k = &r->l->slots[number];
		if (k->active)
			text_field(k->token, sizeof(k->token), type, strlen(type));
	}
}

static int read_token(struct reader *r, unsigned int number, const char *key,
		      struct json_object *token)
{
	struct json_object *slots = NULL;
	const char *type = NULL;
	int err = member_text(r, token, "token ", key, "type", &type);

	(void)number;
	r->l->token_count++;
	if (!err && json_object_object_get_ex(token, "keyslots", &slots) &&
	    json_object_is_type(slots, json_type_array))
		note_token(r, slots, type);
	return err;
}

/* "backup-previous" and the like: segments as they were or will be, kept by a reencryption. */
static bool is_backup(struct json_object *segment)
{
	struct json_object *flags = NULL;

	if (!json_object_object_get_ex(segment, "flags", &flags) ||
	    !json_object_is_type(flags, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(flags); i++) {
		const char *flag = json_object_get_string(json_object_array_get_idx(flags, i));

		if (flag && strncmp(flag, "backup-", 7) == 0)
			return true;
	}
	return false;
}

static bool is_known_segment(const char *type)
{
	static const char *const known[] = { "crypt", "linear", "hw-opal", "hw-opal-crypt" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(type, known[i]) == 0)
			return true;
	}
	return false;
}

static int read_crypt_segment(struct reader *r, const char *key, struct json_object *segment)
{
	const char *cipher = NULL;
	uint32_t sector = 0;
	int err = member_text(r, segment, "segment ", key, "encryption", &cipher);

	if (!err)
		err = member_u32(r, segment, "segment ", key, "sector_size", &sector);
	if (err)
		return err;
	if (sector < SECTOR_BYTES || sector > 4096 || (sector & (sector - 1)) != 0)
		return bad(r, "segment %s has sectors of %" PRIu32 " bytes", key, sector);
	if (*r->l->cipher)
		return 0;
	text_field(r->l->cipher, sizeof(r->l->cipher), cipher, strlen(cipher));
	r->l->sector_bytes = sector;
	return 0;
}

/* Of a segment with a size of its own; "dynamic" is none. */
static void note_end(struct reader *r, uint64_t offset, const char *size)
{
	uint64_t bytes = size ? strtoull(size, NULL, 10) : 0, end;

	if (bytes && !__builtin_add_overflow(offset, bytes, &end) && end > r->l->data_end)
		r->l->data_end = end;
}

static int read_segment(struct reader *r, unsigned int number, const char *key,
			struct json_object *segment)
{
	struct json_object *size;
	const char *type = NULL;
	uint64_t offset = 0;
	int err = member_text(r, segment, "segment ", key, "type", &type);

	r->segments |= 1u << number;
	if (!err)
		err = member_u64(r, segment, "segment ", key, "offset", &offset);
	if (err || is_backup(segment))
		return err;
	r->in_use |= 1u << number;
	if (!is_known_segment(type))
		add_requirement(r, "segment type ", type);
	/* Of another device than the header's when that is detached: any offset is right there. */
	if (offset < r->l->data_offset)
		r->l->data_offset = offset;
	if (json_object_object_get_ex(segment, "size", &size))
		note_end(r, offset, json_object_get_string(size));
	if (strcmp(type, "crypt") == 0 || strcmp(type, "hw-opal-crypt") == 0)
		return read_crypt_segment(r, key, segment);
	return 0;
}

static int read_segments(struct reader *r, struct json_object *root)
{
	int err;

	r->l->data_offset = UINT64_MAX;
	err = for_numbered(r, root, "segments", SEGMENTS_MAX, read_segment);
	if (r->l->data_offset == UINT64_MAX)
		r->l->data_offset = 0;
	if (!err && !r->segments)
		return bad(r, "there is no segment");
	return err;
}

static int read_area(struct reader *r, const char *key, struct json_object *slot,
		     struct luks_keyslot *k, struct json_object **area)
{
	int err = member(r, slot, "keyslot ", key, "area", json_type_object, area);

	if (!err)
		err = member_u64(r, *area, "the area of keyslot ", key, "offset", &k->offset);
	if (!err)
		err = member_u64(r, *area, "the area of keyslot ", key, "size", &k->length);
	if (err)
		return err;
	if (k->offset < r->areas || k->offset > r->areas_end ||
	    k->length > r->areas_end - k->offset)
		return bad(r, "the area of keyslot %s is not inside the keyslots area", key);
	return 0;
}

static int read_kdf(struct reader *r, const char *key, struct json_object *slot,
		    struct luks_keyslot *k)
{
	struct json_object *kdf = NULL;
	const char *type = NULL;
	uint32_t n = 0, memory = 0;
	int err = member(r, slot, "keyslot ", key, "kdf", json_type_object, &kdf);

	if (!err)
		err = member_text(r, kdf, "the kdf of keyslot ", key, "type", &type);
	if (err)
		return err;
	text_field(k->pbkdf, sizeof(k->pbkdf), type, strlen(type));
	if (strcmp(type, "pbkdf2") == 0) {
		err = member_u32(r, kdf, "the kdf of keyslot ", key, "iterations", &n);
	} else if (strcmp(type, "argon2i") == 0 || strcmp(type, "argon2id") == 0) {
		err = member_u32(r, kdf, "the kdf of keyslot ", key, "time", &n);
		if (!err)
			err = member_u32(r, kdf, "the kdf of keyslot ", key, "memory", &memory);
	} else {
		add_requirement(r, "key derivation ", type);
	}
	k->iterations = n;
	k->memory_kib = memory;
	return err;
}

static int read_passphrase_slot(struct reader *r, const char *key, struct json_object *slot,
				struct json_object *area, struct luks_keyslot *k)
{
	struct json_object *af = NULL;
	const char *cipher = NULL, *type = NULL;
	int err = member(r, slot, "keyslot ", key, "af", json_type_object, &af);

	if (!err)
		err = member_text(r, af, "the af of keyslot ", key, "type", &type);
	if (!err)
		err = member_text(r, area, "the area of keyslot ", key, "encryption", &cipher);
	if (!err)
		err = read_kdf(r, key, slot, k);
	if (err)
		return err;
	text_field(k->cipher, sizeof(k->cipher), cipher, strlen(cipher));
	k->active = true;
	if (strcmp(type, "luks1") != 0) {
		add_requirement(r, "anti-forensic splitter ", type);
		return 0;
	}
	err = member_u32(r, af, "the af of keyslot ", key, "stripes", &k->stripes);
	if (err)
		return err;
	k->used = (uint64_t)k->key_bytes * k->stripes;
	if (k->used == 0 || k->used > k->length)
		return bad(r, "keyslot %s has key material of %" PRIu64 " bytes in %" PRIu64, key,
			   k->used, k->length);
	return 0;
}

/* Without the white space that another writer may have put between. */
static int describe(struct json_object *slot, uint64_t *hash)
{
	const char *text = json_object_to_json_string_ext(slot, JSON_C_TO_STRING_PLAIN);

	if (!text)
		return -ENOMEM;
	*hash = hash64(text, strlen(text));
	return 0;
}

static int read_keyslot(struct reader *r, unsigned int number, const char *key,
			struct json_object *slot)
{
	struct luks_keyslot *k = &r->l->slots[number];
	struct json_object *area = NULL, *priority;
	const char *type = NULL;
	int err = member_text(r, slot, "keyslot ", key, "type", &type);

	if (!err && k->present)
		return bad(r, "there are two keyslots %u", number);
	if (!err)
		err = member_u32(r, slot, "keyslot ", key, "key_size", &k->key_bytes);
	if (!err)
		err = read_area(r, key, slot, k, &area);
	if (err)
		return err;
	k->present = true;
	k->ignored = json_object_object_get_ex(slot, "priority", &priority) &&
		     json_object_is_type(priority, json_type_int) &&
		     json_object_get_int(priority) == 0;
	r->l->slot_count++;
	err = describe(slot, &k->described);
	if (err)
		return err;
	if (strcmp(type, "luks2") == 0)
		return read_passphrase_slot(r, key, slot, area, k);
	if (strcmp(type, "reencrypt") == 0)
		k->reencrypt = r->l->reencrypting = true;
	else
		add_requirement(r, "keyslot type ", type);
	return 0;
}

static int check_overlaps(struct reader *r)
{
	const struct luks_keyslot *slots = r->l->slots;

	for (unsigned int a = 0; a < LUKS_SLOTS_MAX; a++) {
		for (unsigned int b = 0; slots[a].present && b < a; b++) {
			if (slots[b].present &&
			    slots[a].offset < slots[b].offset + slots[b].length &&
			    slots[b].offset < slots[a].offset + slots[a].length)
				return bad(r, "the areas of keyslots %u and %u overlap", b, a);
		}
	}
	return 0;
}

/* Which keyslots hold the volume key, and how long it is. */
static void bind_slots(struct reader *r)
{
	struct luks *l = r->l;
	uint32_t bound = 0;

	for (unsigned int i = 0; i < DIGESTS_MAX; i++) {
		if (r->segments_of[i] & r->in_use)
			bound |= r->slots_of[i];
	}
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++) {
		struct luks_keyslot *k = &l->slots[i];

		k->unbound = k->present && k->active && !(bound & (1u << i));
		if (k->active && !k->unbound && !l->volume_key_bytes)
			l->volume_key_bytes = k->key_bytes;
	}
}

static int read_root(struct reader *r, struct json_object *root, uint64_t header_bytes)
{
	int err = read_config(r, root, header_bytes);

	if (!err)
		err = read_requirements(r, root);
	if (!err)
		err = for_numbered(r, root, "keyslots", LUKS_SLOTS_MAX, read_keyslot);
	if (!err)
		err = check_overlaps(r);
	if (!err)
		err = read_segments(r, root);
	if (!err)
		err = for_numbered(r, root, "digests", DIGESTS_MAX, read_digest);
	if (!err)
		err = for_numbered(r, root, "tokens", 32, read_token);
	if (!err)
		bind_slots(r);
	return err;
}

/* The text ends with a NUL byte inside its area, and behind that everything is zero. */
static int check_end(struct reader *r, const char *json, size_t len, size_t end)
{
	if (end >= len)
		return bad(r, "the JSON text does not end inside its area");
	for (size_t i = end; i < len; i++) {
		if (json[i])
			return bad(r, "there is a byte %02x at %zu, behind the JSON text",
				   (unsigned char)json[i], i);
	}
	return 0;
}

/* Every value but the first is behind one of these. */
static int check_values(struct reader *r, const char *json, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len && json[i]; i++)
		count += json[i] == ',' || json[i] == ':' || json[i] == '[' || json[i] == '{';
	return count > VALUES_MAX ? bad(r, "more than %u values", VALUES_MAX) : 0;
}

static int parse(struct reader *r, const char *json, size_t len, struct json_object **root)
{
	struct json_tokener *tok;
	int err = 0;

	if (len == 0 || json[0] != '{')
		return bad(r, "the JSON area does not begin with {");
	err = check_values(r, json, len);
	if (err)
		return err;
	tok = json_tokener_new_ex(DEPTH_MAX);
	if (!tok)
		return -ENOMEM;
	*root = json_tokener_parse_ex(tok, json, (int)len);
	if (!*root && json_tokener_get_error(tok) == json_tokener_continue)
		err = bad(r, "the JSON text ends too early");
	else if (!*root)
		err = bad(r, "not JSON at byte %zu: %s", json_tokener_get_parse_end(tok),
			  json_tokener_error_desc(json_tokener_get_error(tok)));
	else
		err = check_end(r, json, len, json_tokener_get_parse_end(tok));
	json_tokener_free(tok);
	return err;
}

int luks2_json_read(const char *json, size_t len, uint64_t header_bytes, struct luks *l,
		    char reason[LUKS2_REASON])
{
	struct reader r = { .l = l, .reason = reason };
	struct json_object *root = NULL;
	int err;

	if (len > LUKS2_JSON_MAX)
		err = bad(&r, "the JSON area has %zu bytes", len);
	else
		err = parse(&r, json, len, &root);
	if (!err)
		err = read_root(&r, root, header_bytes);
	json_object_put(root);
	return err;
}
