/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/content.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "boot/entry.h"
#include "boot/system.h"
#include "damage/damage.h"
#include "manifest/private.h"
#include "util/util.h"

/*
 * Bounds on the detail: what was compared and counted is complete all the same. The search for a
 * flipped bit hashes a block 32768 times, and the stub does not wait for long.
 */
#define RANGES_MAX   64u
#define PATHS_MAX    64u
#define DETAIL_MS    3000u
#define BIT_SEARCHES 8u

struct bad_entry {
	const struct content *content;
	enum entry_state state;
	uint64_t size; /* what it is now */
};

struct bad_list {
	struct bad_entry *items;
	size_t count;
};

/* The work in progress. */
struct verification {
	const struct manifest *m;
	struct entry_reader reader;
	struct bad_list damaged, missing, guard;
	uint64_t deadline; /* of the detail, milliseconds */
	unsigned int bit_searches;
};

static int bad_list_add(struct bad_list *l, const struct content *c, enum entry_state state,
			uint64_t size)
{
	/* Grown by doubling: all of an image may be missing. */
	if (!(l->count & (l->count + 1)) || !l->items) {
		size_t room = (l->count + 1) * 2;
		struct bad_entry *grown = reallocarray(l->items, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		l->items = grown;
	}
	l->items[l->count++] = (struct bad_entry){ c, state, size };
	return 0;
}

static bool is_guard(const struct content *c)
{
	return c->segment == GUARD_SEGMENT;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* The order in the image: the guard, then segment after segment. */
static int compare_position(const void *a, const void *b)
{
	const struct content *x = ((const struct bad_entry *)a)->content;
	const struct content *y = ((const struct bad_entry *)b)->content;
	int order = compare_u64(is_guard(x) ? 0 : x->segment + 1ull,
				is_guard(y) ? 0 : y->segment + 1ull);

	if (!order)
		order = compare_u64(x->image_offset, y->image_offset);
	if (!order)
		order = compare_u64(x->data_position, y->data_position);
	return order ? order : strcmp(x->path, y->path);
}

static void bad_list_sort(struct bad_list *l)
{
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), compare_position);
}

/* The same file in the same state, whatever its names. */
static int compare_file(const void *a, const void *b)
{
	const struct bad_entry *x = a, *y = b;
	int order = compare_u64(x->content->hash, y->content->hash);

	if (!order)
		order = compare_u64(x->content->size, y->content->size);
	return order ? order : compare_u64(x->state, y->state);
}

/* Another name of a file whose own name may be in the list as well. */
static bool is_other_name(const struct bad_entry *b)
{
	return b->content->hard_link && (b->state == ENTRY_BYTES || b->state == ENTRY_SIZE);
}

/* A damaged file counts once, whatever the number of its names: under the one with the blocks. */
static void leave_out_other_names(struct bad_list *l)
{
	cleanup(free_ptr) struct bad_entry *own = malloc((l->count + 1) * sizeof(*own));
	size_t owned = 0, kept = 0;

	for (size_t i = 0; own && i < l->count; i++) {
		if (!l->items[i].content->hard_link)
			own[owned++] = l->items[i];
	}
	if (!owned) /* or no memory: then each name counts */
		return;
	qsort(own, owned, sizeof(*own), compare_file);
	for (size_t i = 0; i < l->count; i++) {
		struct bad_entry b = l->items[i];

		if (!is_other_name(&b) || !bsearch(&b, own, owned, sizeof(*own), compare_file))
			l->items[kept++] = b;
	}
	l->count = kept;
}

/* ---- where in the image ---- */

static bool position_is_exact(const struct manifest *m, const struct content *c)
{
	return c->segment < m->segment_count && m->segments[c->segment].codec == CODEC_NONE;
}

static uint64_t image_position(const struct manifest *m, const struct content *c, uint64_t offset)
{
	return m->guard_bytes + c->image_offset + (position_is_exact(m, c) ? offset : 0);
}

static void tell_position(struct finding *f, const struct manifest *m, const struct content *c,
			  uint64_t offset)
{
	finding_text(f, "first_path", "%s", c->path);
	if (is_guard(c)) /* the list cannot know where its own file ends */
		return;
	finding_number(f, position_is_exact(m, c) ? "image_offset" : "image_offset_about",
		       image_position(m, c, offset));
}

/* ---- which bytes of a file ---- */

static void classify(struct verification *v, const struct content *c, unsigned char *block,
		     size_t len, size_t expected, uint64_t number, const struct block_index *index,
		     struct damage *damage)
{
	bool search = v->bit_searches && system_now_ms() < v->deadline;

	/* What unpacks wrongly does not look like what the disk did to the packed bytes. */
	if (!is_guard(c) && !position_is_exact(v->m, c)) {
		*damage = (struct damage){ .kind = DAMAGE_CHANGED };
		return;
	}
	damage_classify(block, len, expected, c->block_count ? c->blocks[number] : c->hash, number,
			index, false, search, damage);
	if (search && (damage->kind == DAMAGE_BIT_FLIP || damage->kind == DAMAGE_CHANGED))
		v->bit_searches--;
}

/* Compares a file block by block; *bad gets what differs. */
static int find_ranges(struct verification *v, const struct bad_entry *b, struct bad_ranges *bad)
{
	const struct content *c = b->content;
	cleanup(close_fd) int fd = entry_open(&v->reader, c->path);
	struct block_index *index;
	int rc = 0;

	if (fd < 0)
		return fd;
	index = block_index_new(c->blocks, c->block_count);
	if (!index)
		return -ENOMEM;
	for (uint64_t offset = 0; offset < c->size && !rc; offset += BLOCK_SIZE) {
		size_t expected =
			c->size - offset < BLOCK_SIZE ? (size_t)(c->size - offset) : BLOCK_SIZE;
		uint64_t number = offset / BLOCK_SIZE;
		long n = entry_read(fd, v->reader.buffer, expected);
		struct damage damage;

		if (n < 0) {
			rc = (int)n;
			break;
		}
		if (c->block_count && number < c->block_count && (size_t)n == expected &&
		    hash64(v->reader.buffer, (size_t)n) == c->blocks[number])
			continue;
		if (c->block_count && number >= c->block_count)
			break;
		classify(v, c, v->reader.buffer, (size_t)n, expected, number, index, &damage);
		rc = bad_ranges_add(bad, offset, expected, &damage);
	}
	block_index_free(index);
	return rc;
}

/* Whether the blocks tell more than that the file differs. */
static bool has_ranges(const struct bad_entry *b)
{
	return b->content->type == CONTENT_FILE && !b->content->hard_link &&
	       (b->state == ENTRY_BYTES || b->state == ENTRY_SIZE) &&
	       (b->content->block_count || b->content->size <= BLOCK_SIZE);
}

static const char *state_text(const struct bad_entry *b)
{
	switch (b->state) {
	case ENTRY_MISSING:
		return "missing";
	case ENTRY_TYPE:
		return "another type";
	case ENTRY_MODE:
		return "other permission bits";
	case ENTRY_SIZE:
		return "another size";
	case ENTRY_UNREADABLE:
		return "cannot be read";
	default:
		return "other bytes";
	}
}

/* Adds the ranges of all files in the list to the finding. Returns the bad bytes in them. */
static uint64_t tell_ranges(struct verification *v, const struct bad_list *l, struct finding *f)
{
	uint64_t bytes = 0, left_off = 0, first_offset = 0;
	size_t unexamined = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct bad_entry *b = &l->items[i];
		struct bad_ranges bad = { 0 };

		if (!has_ranges(b))
			continue;
		if (i && system_now_ms() >= v->deadline) {
			unexamined++;
			continue;
		}
		find_ranges(v, b, &bad);
		bytes += bad.bytes;
		if (!i && bad.count) {
			first_offset = bad.ranges[0].offset;
			if (bad.ranges[0].damage.kind == DAMAGE_BIT_FLIP)
				first_offset += bad.ranges[0].damage.byte;
		}
		for (size_t j = 0; j < bad.count; j++) {
			if (f->range_count < RANGES_MAX)
				range_member(finding_range(f, &bad.ranges[j]), b->content->path);
			else
				left_off++;
		}
		bad_ranges_clear(&bad);
	}
	tell_position(f, v->m, l->items[0].content, first_offset);
	finding_text(f, "first_state", "%s", state_text(&l->items[0]));
	if (bytes)
		finding_number(f, "bad_bytes", bytes);
	if (left_off)
		finding_number(f, "ranges_left_off", left_off);
	if (unexamined)
		finding_number(f, "files_without_ranges", unexamined);
	return bytes;
}

static void list_paths(struct finding *f, const struct bad_list *l)
{
	size_t listed = l->count < PATHS_MAX ? l->count : PATHS_MAX;

	for (size_t i = 0; i < listed; i++) {
		char key[32];

		snprintf(key, sizeof(key), "path_%zu", i + 1);
		finding_text(f, key, "%s (%s)", l->items[i].content->path,
			     state_text(&l->items[i]));
	}
	if (listed < l->count)
		finding_number(f, "paths_left_off", l->count - listed);
}

/* ---- findings ---- */

static void say_what_it_is_not(struct finding *f)
{
	finding_not(f, "root=, crypttab, the passphrase, or the package that built it");
}

static void say_what_to_do(struct finding *f, const char *kernel)
{
	finding_next(f, "Write nothing to this disk. Tell its host's administrator: the disk, or "
			"the way from it into memory, gave other bytes than were written.");
	finding_next(f, "Boot an older kernel from the boot menu, or a rescue system.");
	finding_next(f,
		     "Once disk and memory are sound (test the memory as well): "
		     "update-initramfs -u -k %s",
		     kernel && *kernel ? kernel : "VERSION");
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* The target also gets into the kernel's log, which others may read. */
static const char *target_of(const struct verification *v)
{
	const struct content *only = v->damaged.items[0].content;

	return v->damaged.count == 1 && !content_is_private(v->m, only) ? only->path
									: "initial RAM disk";
}

static uint64_t tell_damaged(struct verification *v, struct report *r)
{
	struct finding *f;
	uint64_t n = v->damaged.count;
	uint64_t bytes;

	if (!n)
		return 0;
	bad_list_sort(&v->damaged);
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, "BV-CONTENT-DAMAGED", target_of(v),
			   "%" PRIu64 " of %zu files in the initial RAM disk %s not as sealed.", n,
			   v->m->content_count, n == 1 ? "is" : "are");
	finding_number(f, "files_checked", v->m->content_count);
	finding_number(f, "files_different", n);
	bytes = tell_ranges(v, &v->damaged, f);
	list_paths(f, &v->damaged);
	say_what_it_is_not(f);
	say_what_to_do(f, v->m->kernel);
	return bytes;
}

static void tell_missing(struct verification *v, struct report *r)
{
	struct finding *f;
	uint64_t n = v->missing.count;

	if (!n)
		return;
	bad_list_sort(&v->missing);
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, "BV-CONTENT-MISSING", "initial RAM disk",
			   "%" PRIu64
			   " of %zu files in the initial RAM disk %s not unpacked at all.",
			   n, v->m->content_count, n == 1 ? "was" : "were");
	finding_number(f, "files_checked", v->m->content_count);
	finding_number(f, "files_missing", n);
	tell_position(f, v->m, v->missing.items[0].content, 0);
	list_paths(f, &v->missing);
	if (v->damaged.count)
		return;
	say_what_it_is_not(f);
	say_what_to_do(f, v->m->kernel);
}

static void tell_replaced(struct verification *v, struct report *r)
{
	struct finding *f;
	uint64_t n = v->damaged.count;

	bad_list_sort(&v->damaged);
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CONTENT-REPLACED", "initial RAM disk",
		"%" PRIu64 " of %zu files %s another size than the sealed one%s, and "
		"none is missing: another initrd that the boot loader passed as well may "
		"have replaced %s.",
		n, v->m->content_count, n == 1 ? "has" : "have", plural(n), n == 1 ? "it" : "them");
	finding_number(f, "files_checked", v->m->content_count);
	finding_number(f, "files_different", n);
	finding_text(f, "first_path", "%s", v->damaged.items[0].content->path);
	list_paths(f, &v->damaged);
	finding_next(f, "Look which initrd images the boot loader passes. If it is this one alone, "
			"compare it with its seal: bootverdict check");
}

static uint64_t tell_guard(struct verification *v, struct report *r)
{
	struct finding *f;
	uint64_t n = v->guard.count;
	uint64_t bytes;

	if (!n)
		return 0;
	bad_list_sort(&v->guard);
	f = report_finding(r, VERDICT_STORAGE_CORRUPTION, "BV-GUARD-DAMAGED",
			   n == 1 ? v->guard.items[0].content->path : "bootverdict",
			   "%" PRIu64 " of bootverdict's own files in the initial RAM disk %s not "
			   "as sealed; what this boot runs does not need %s.",
			   n, n == 1 ? "is" : "are", n == 1 ? "it" : "them");
	finding_number(f, "files_different", n);
	bytes = tell_ranges(v, &v->guard, f);
	list_paths(f, &v->guard);
	say_what_it_is_not(f);
	if (!v->damaged.count && !v->missing.count)
		say_what_to_do(f, v->m->kernel);
	return bytes;
}

/*
 * An initrd that the boot loader passed as well replaces files wholly, and mostly by others of
 * another size; damaged storage keeps sizes, or loses files.
 */
static bool looks_replaced(const struct verification *v)
{
	bool size = false;

	if (v->missing.count)
		return false;
	for (size_t i = 0; i < v->damaged.count; i++) {
		const struct bad_entry *b = &v->damaged.items[i];

		if (b->state == ENTRY_SIZE)
			size = true;
		else if (b->state != ENTRY_TYPE && b->state != ENTRY_MODE)
			return false;
	}
	return size;
}

static int compare_all(struct verification *v, struct content_result *result)
{
	for (size_t i = 0; i < v->m->content_count; i++) {
		const struct content *c = &v->m->contents[i];
		struct bad_list *l = &v->damaged;
		uint64_t size;
		enum entry_state state = entry_compare(&v->reader, c, &size);

		if (state == ENTRY_HIDDEN) {
			result->hidden++;
			continue;
		}
		result->checked++;
		if (state == ENTRY_AS_SEALED)
			continue;
		if (is_guard(c))
			l = &v->guard;
		else if (state == ENTRY_MISSING)
			l = &v->missing;
		if (bad_list_add(l, c, state, size))
			return -ENOMEM;
	}
	return 0;
}

static void tell(struct verification *v, struct report *r, struct content_result *result)
{
	bool bad = v->damaged.count || v->missing.count || v->guard.count;
	uint64_t bad_bytes = 0;

	leave_out_other_names(&v->damaged);
	result->different = v->damaged.count;
	result->missing = v->missing.count;
	result->guard_bad = v->guard.count;
	result->replaced = looks_replaced(v);
	if (result->replaced)
		tell_replaced(v, r);
	else
		bad_bytes += tell_damaged(v, r);
	tell_missing(v, r);
	bad_bytes += tell_guard(v, r);
	report_artifact(r, "initial RAM disk, as unpacked", "content", bad ? "damaged" : "intact",
			v->reader.bytes, bad_bytes);
}

int content_verify(const struct manifest *m, int root, struct report *r,
		   struct content_result *result)
{
	struct verification v = { .m = m, .bit_searches = BIT_SEARCHES };
	uint64_t start = system_now_ms();
	int rc = entry_reader_open(&v.reader, root);

	memset(result, 0, sizeof(*result));
	if (rc)
		return rc;
	rc = compare_all(&v, result);
	result->bytes = v.reader.bytes;
	result->milliseconds = system_now_ms() - start;
	v.deadline = system_now_ms() + DETAIL_MS;
	if (!rc)
		tell(&v, r, result);
	free(v.damaged.items);
	free(v.missing.items);
	free(v.guard.items);
	entry_reader_close(&v.reader);
	return rc;
}

bool content_as_sealed(const struct manifest *m, int root, const char *path)
{
	const struct content *c = manifest_find(m, path);
	struct entry_reader reader;
	bool same;

	if (!c || entry_reader_open(&reader, root))
		return false;
	same = entry_compare(&reader, c, NULL) == ENTRY_AS_SEALED;
	entry_reader_close(&reader);
	return same;
}
