// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/unpacked.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "damage/damage.h"
#include "damage/ranges.h"
#include "image/bad_list.h"
#include "image/cause.h"
#include "image/entry.h"
#include "image/guard.h"
#include "image/unlisted.h"
#include "image/unpack_message.h"
#include "manifest/private.h"
#include "system/system.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/util.h"

/*
 * Bounds on the detail: what was compared and counted is complete all the same. The search for a
 * flipped bit hashes a block 32768 times, and the stub does not wait for long.
 */
#define RANGES_MAX   64u
#define PATHS_MAX    64u
#define DETAIL_MS    3000u
#define BIT_SEARCHES 8u

/* The work in progress. */
struct verification {
	const struct manifest *m;
	struct entry_reader reader;
	struct bad_list damaged, missing, guard;
	unsigned char *states; /* enum entry_state of each content */
	const struct unpacking *unpacking;
	char *unlisted; /* a path that no list has; or NULL */
	size_t unlisted_count;
	uint64_t deadline; /* of the detail, milliseconds */
	unsigned int bit_searches;
};

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
	finding_text(f, EVIDENCE_FIRST_PATH, "%s", c->path);
	if (content_is_guard(c)) /* the list cannot know where its own file ends */
		return;
	finding_number(
		f, position_is_exact(m, c) ? EVIDENCE_IMAGE_OFFSET : EVIDENCE_IMAGE_OFFSET_ABOUT,
		image_position(m, c, offset));
}

/* ---- which bytes of a file ---- */

static void classify(struct verification *v, const struct content *c, unsigned char *block,
		     size_t len, size_t expected, uint64_t number, const struct block_index *index,
		     struct damage *damage)
{
	bool search = v->bit_searches && system_now_ms() < v->deadline;

	/* What unpacks wrongly does not look like what the disk did to the packed bytes. */
	if (!content_is_guard(c) && !position_is_exact(v->m, c)) {
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
		long n = file_read_up_to(fd, v->reader.buffer, expected);
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
	finding_text(f, EVIDENCE_FIRST_STATE, "%s", state_text(&l->items[0]));
	if (bytes)
		finding_number(f, EVIDENCE_BAD_BYTES, bytes);
	if (left_off)
		finding_number(f, EVIDENCE_RANGES_LEFT_OFF, left_off);
	if (unexamined)
		finding_number(f, EVIDENCE_FILES_WITHOUT_RANGES, unexamined);
	return bytes;
}

static void list_paths(struct finding *f, const struct bad_list *l)
{
	size_t listed = l->count < PATHS_MAX ? l->count : PATHS_MAX;

	for (size_t i = 0; i < listed; i++)
		finding_text(f, EVIDENCE_PATHS, "%s (%s)", l->items[i].content->path,
			     state_text(&l->items[i]));
	if (listed < l->count)
		finding_number(f, EVIDENCE_PATHS_LEFT_OFF, l->count - listed);
}

/* ---- findings ---- */

/* A sealed byte that is another one was lost: nobody has had a hand in it since. */
static bool is_lost(const struct verification *v)
{
	return v->unpacking->just_now || v->unpacking->lost;
}

static enum verdict verdict_of_loss(bool lost)
{
	return lost ? VERDICT_STORAGE_CORRUPTION : VERDICT_INCONCLUSIVE;
}

static const char changed_or_lost[] =
	" They were changed since this boot began, or lost: nothing here tells.";

/* What to do where a person may have changed them. */
static void say_how_to_tell(struct finding *f)
{
	finding_next(
		f,
		"Did you change them, in this shell or by a script? Then boot again: what is "
		"here lies in memory alone. If not, look what this boot found when it began: " BOOT_REPORT_TEXT
		" or /run/bootverdict/report.txt");
}

static void say_what_it_is_not(struct finding *f)
{
	finding_not(f, "root=, crypttab, the passphrase, or the package that built it");
}

/* What a command is to be told; the record may not know it. */
static const char *version_of(const char *kernel)
{
	return kernel && *kernel ? kernel : "VERSION";
}

static enum builder builder_of(const struct verification *v)
{
	return manifest_builder_below(v->m, v->reader.root);
}

static void say_what_to_do(const struct verification *v, struct finding *f)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(v), version_of(v->m->kernel));

	finding_next(f, "Write nothing to this disk. Tell its host's administrator: the disk, or "
			"the way from it into memory, gave other bytes than were written.");
	finding_next(f, "Boot an older kernel from the boot menu, or a rescue system.");
	finding_next(f, "Once disk and memory are sound (test the memory as well): %s", rebuild);
}

static void conclude(const struct verification *v, struct finding *f)
{
	if (!is_lost(v)) {
		say_how_to_tell(f);
		return;
	}
	say_what_it_is_not(f);
	say_what_to_do(v, f);
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
	f = report_finding(r, verdict_of_loss(is_lost(v)), FINDING_CONTENT_DAMAGED, target_of(v),
			   "%" PRIu64 " of %zu files in the initial RAM disk %s not as sealed.%s",
			   n, v->m->content_count, n == 1 ? "is" : "are",
			   is_lost(v) ? "" : changed_or_lost);
	finding_number(f, EVIDENCE_FILES_CHECKED, v->m->content_count);
	finding_number(f, EVIDENCE_FILES_DIFFERENT, n);
	bytes = tell_ranges(v, &v->damaged, f);
	list_paths(f, &v->damaged);
	conclude(v, f);
	return bytes;
}

static void tell_missing(struct verification *v, struct report *r)
{
	struct finding *f;
	uint64_t n = v->missing.count;

	if (!n)
		return;
	f = report_finding(
		r, verdict_of_loss(is_lost(v)), FINDING_CONTENT_MISSING, "initial RAM disk",
		"%" PRIu64 " of %zu files in the initial RAM disk %s %s.%s", n, v->m->content_count,
		n == 1 ? "was" : "were", is_lost(v) ? "not unpacked at all" : "not found",
		is_lost(v) ? "" : changed_or_lost);
	finding_number(f, EVIDENCE_FILES_CHECKED, v->m->content_count);
	finding_number(f, EVIDENCE_FILES_MISSING, n);
	tell_position(f, v->m, v->missing.items[0].content, 0);
	list_paths(f, &v->missing);
	if (!v->damaged.count)
		conclude(v, f);
}

/* What differs, in the findings that accuse nobody of damage. */
static void tell_what_differs(struct verification *v, struct finding *f, const char *state)
{
	finding_number(f, EVIDENCE_FILES_CHECKED, v->m->content_count);
	finding_number(f, EVIDENCE_FILES_DIFFERENT, v->damaged.count);
	if (v->missing.count)
		finding_number(f, EVIDENCE_FILES_MISSING, v->missing.count);
	if (v->damaged.count) {
		finding_text(f, EVIDENCE_FIRST_PATH, "%s", v->damaged.items[0].content->path);
		finding_text(f, EVIDENCE_FIRST_STATE, "%s",
			     state ? state : state_text(v->damaged.items));
		list_paths(f, &v->damaged);
	}
}

static bool only_modes(const struct bad_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i].state != ENTRY_MODE)
			return false;
	}
	return true;
}

static void tell_replaced(struct verification *v, struct report *r)
{
	struct finding *f;
	uint64_t n = v->damaged.count;
	const char *are = n == 1 ? "is" : "are", *them = n == 1 ? "it" : "them";

	if (v->unlisted)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_CONTENT_REPLACED, "initial RAM disk",
			"%" PRIu64
			" of %zu files %s other than sealed, and none is missing. There are "
			"files that the sealed image does not have, so the boot loader passed another "
			"initrd as well, which may have replaced %s.",
			n, v->m->content_count, are, them);
	else
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_CONTENT_REPLACED, "initial RAM disk",
			"%" PRIu64
			" of %zu files %s other than sealed%s, and none is missing: another initrd "
			"that the boot loader passed as well may have replaced %s.",
			n, v->m->content_count, are,
			only_modes(&v->damaged) ? " in permission bits alone" : "", them);
	tell_what_differs(v, f, NULL);
	if (v->unlisted) {
		finding_number(f, EVIDENCE_FILES_NOT_IN_THE_LIST, v->unlisted_count);
		finding_text(f, EVIDENCE_FIRST_NOT_IN_THE_LIST, "%s", v->unlisted);
	}
	finding_next(f, "Look which initrd images the boot loader passes. If it is this one alone, "
			"compare it with its seal: bootverdict check --direct");
}

static void advise_packed_again(const struct verification *v, struct finding *f, bool guard_kept)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(v), version_of(v->m->kernel));
	const char *kernel = version_of(v->m->kernel);

	if (guard_kept)
		finding_next(
			f,
			"If it was packed by hand, seal it as it is: bootverdict seal --remove -k %s "
			"&& bootverdict seal -k %s",
			kernel, kernel);
	else
		finding_next(f,
			     "If it was packed by hand, pack it again without the folder " GUARD_DIR
			     ", and seal that: bootverdict seal -k %s",
			     kernel);
	finding_next(f, "Or make it anew: %s", rebuild);
	finding_next(f, "If nobody packed it again, have the disk checked.");
}

static bool was_packed_again(enum cause cause)
{
	return cause == CAUSE_REPACKED || cause == CAUSE_EDITED;
}

static void tell_repacked(struct verification *v, struct report *r, bool guard_kept)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_CONTENT_REPACKED, "initial RAM disk",
		"%zu of %zu files are other than sealed or missing, but the image was packed again "
		"after it was sealed: %s. What differs may be what its owner changed.",
		v->damaged.count + v->missing.count, v->m->content_count,
		guard_kept ? "by their times, they were changed after that"
			   : "bootverdict's own files are not at its start as they were");

	tell_what_differs(v, f, NULL);
	if (!v->damaged.count)
		list_paths(f, &v->missing);
	advise_packed_again(v, f, guard_kept);
}

static uint64_t room_needed(const struct manifest *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->content_count; i++) {
		if (m->contents[i].type == CONTENT_FILE && !m->contents[i].hard_link)
			sum += (m->contents[i].size + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;
	}
	return sum;
}

static uint64_t mib(uint64_t bytes)
{
	return (bytes + (1u << 20) - 1) >> 20;
}

/* Half of the memory is what the kernel gives its root (Linux, mm/shmem.c, shmem_default_max_blocks()). */
static void tell_no_room(struct verification *v, struct report *r)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(v), version_of(v->m->kernel));
	cleanup(free_ptr) char *smaller = builder_smaller(builder_of(v));
	uint64_t needed = room_needed(v->m), size = 0, left = 0;
	struct sysinfo memory = { 0 };
	struct finding *f;

	cause_room(v->reader.root, &size, &left);
	sysinfo(&memory);
	f = report_finding(r, VERDICT_CONFIG_ERROR, FINDING_MEMORY_TOO_SMALL, "initial RAM disk",
			   "There is not enough memory to unpack it: its files take %" PRIu64
			   " MiB, and the kernel has %" PRIu64
			   " MiB for them. All that there was room for is as sealed.",
			   mib(needed), size >> 20);
	finding_number(f, EVIDENCE_BYTES_NEEDED, needed);
	finding_number(f, EVIDENCE_BYTES_FOR_FILES, size);
	finding_number(f, EVIDENCE_BYTES_LEFT, left);
	finding_number(f, EVIDENCE_BYTES_OF_MEMORY, (uint64_t)memory.totalram * memory.mem_unit);
	tell_what_differs(v, f, "cut off, there was no room for more");
	finding_not(f, "root=, crypttab, or the passphrase");
	finding_next(f,
		     "Give the machine more memory, at least %" PRIu64
		     " MiB: half of it is what an initial RAM disk may fill.",
		     2 * mib(needed) + mib(v->m->guard_bytes) + 64);
	finding_next(f, "Or boot an older kernel from the boot menu, whose initrd is smaller.");
	finding_next(f, "Or make it smaller: less firmware, %s. Then: %s", smaller, rebuild);
}

static void tell_codec(struct verification *v, struct report *r)
{
	const struct content *first = v->missing.items[0].content;
	const char *codec = codec_name(v->m->segments[first->segment].codec);
	bool xz = unpack_message_is_about_xz_options(v->unpacking->kernel_message);
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(v), version_of(v->m->kernel));
	cleanup(free_ptr) char *setting = builder_compression(builder_of(v));
	struct finding *f;

	f = report_finding(
		r, VERDICT_CONFIG_ERROR, FINDING_CODEC_UNREADABLE, "initial RAM disk",
		"This kernel does not read %s that the initial RAM disk is compressed with, "
		"so %zu of its %zu files were not unpacked. All that comes before is as "
		"sealed.",
		xz ? "the options of xz" : codec, v->missing.count, v->m->content_count);
	finding_text(f, EVIDENCE_COMPRESSION, "%s", codec);
	tell_what_differs(v, f, NULL);
	finding_not(f, "root=, crypttab, or the passphrase");
	finding_next(f, "Boot an older kernel from the boot menu, or a rescue system.");
	if (xz)
		finding_next(f, "Compress it with xz --check=crc32 and no filter but lzma2 and the "
				"processor's own; or let the builder choose.");
	finding_next(
		f,
		"Choose a compressor that this kernel reads (grep CONFIG_RD_ /boot/config-%s): "
		"%s. Then: %s",
		version_of(v->m->kernel), setting, rebuild);
}

/* What the guard's own files differ for belongs to what was found of the others. */
static uint64_t tell_guard(struct verification *v, struct report *r, enum cause cause)
{
	bool again = was_packed_again(cause), lost = is_lost(v) && !again;
	struct finding *f;
	uint64_t n = v->guard.count;
	uint64_t bytes;

	if (!n)
		return 0;
	bad_list_sort(&v->guard);
	f = report_finding(
		r, verdict_of_loss(lost), FINDING_GUARD_DAMAGED,
		n == 1 ? v->guard.items[0].content->path : "bootverdict",
		"%" PRIu64 " of bootverdict's own files in the initial RAM disk %s not "
		"as sealed; what this boot runs does not need %s.%s",
		n, n == 1 ? "is" : "are", n == 1 ? "it" : "them",
		again  ? " The image was packed again after it was sealed, which may be why."
		: lost ? ""
		       : changed_or_lost);
	finding_number(f, EVIDENCE_FILES_DIFFERENT, n);
	bytes = tell_ranges(v, &v->guard, f);
	list_paths(f, &v->guard);
	if (lost)
		say_what_it_is_not(f);
	if (v->damaged.count || v->missing.count)
		return bytes;
	if (again)
		advise_packed_again(v, f, false);
	else if (lost)
		say_what_to_do(v, f);
	else
		say_how_to_tell(f);
	return bytes;
}

static int compare_all(struct verification *v, struct content_result *result)
{
	for (size_t i = 0; i < v->m->content_count; i++) {
		const struct content *c = &v->m->contents[i];
		struct bad_list *l = &v->damaged;
		enum entry_state state = entry_compare(&v->reader, c, NULL);

		v->states[i] = (unsigned char)state;
		if (state == ENTRY_HIDDEN) {
			result->hidden++;
			continue;
		}
		result->checked++;
		if (state == ENTRY_AS_SEALED)
			continue;
		if (content_is_guard(c))
			l = &v->guard;
		else if (state == ENTRY_MISSING)
			l = &v->missing;
		if (bad_list_add(l, c, state))
			return -ENOMEM;
	}
	return 0;
}

static enum cause find_cause(struct verification *v)
{
	const struct circumstances c = {
		.m = v->m,
		.reader = &v->reader,
		.states = v->states,
		.damaged = &v->damaged,
		.missing = &v->missing,
		.guard_bad = v->guard.count > 0,
		.kernel_message = v->unpacking->kernel_message,
		.just_now = v->unpacking->just_now,
		.unlisted = v->unlisted_count > 0,
	};

	if (!v->damaged.count && !v->missing.count && !v->guard.count)
		return CAUSE_DAMAGE;
	return cause_find(&c);
}

static enum reported_state state_of(const struct verification *v, enum cause cause)
{
	if (!v->damaged.count && !v->missing.count && !v->guard.count)
		return STATE_INTACT;
	if (!was_packed_again(cause) && (cause == CAUSE_DAMAGE || v->guard.count))
		return is_lost(v) ? STATE_DAMAGED : STATE_UNVERIFIED;
	return cause_is_fault(cause) ? STATE_INCOMPLETE : STATE_REPLACED;
}

static void tell(struct verification *v, struct report *r, struct content_result *result)
{
	uint64_t bad_bytes = 0;

	bad_list_leave_out_other_names(&v->damaged);
	bad_list_sort(&v->damaged);
	bad_list_sort(&v->missing);
	result->different = v->damaged.count;
	result->missing = v->missing.count;
	result->guard_bad = v->guard.count;
	if (v->unpacking->just_now && v->damaged.count)
		v->unlisted_count = unlisted_find(v->m, v->reader.root, &v->unlisted);
	result->cause = find_cause(v);
	switch (result->cause) {
	case CAUSE_REPLACED:
		tell_replaced(v, r);
		break;
	case CAUSE_REPACKED:
	case CAUSE_EDITED:
		if (v->damaged.count || v->missing.count)
			tell_repacked(v, r, result->cause == CAUSE_EDITED);
		break;
	case CAUSE_NO_ROOM:
		tell_no_room(v, r);
		break;
	case CAUSE_CODEC:
		tell_codec(v, r);
		break;
	case CAUSE_DAMAGE:
		bad_bytes += tell_damaged(v, r);
		tell_missing(v, r);
	}
	bad_bytes += tell_guard(v, r, result->cause);
	report_artifact(r, "initial RAM disk, as unpacked", KIND_CONTENT,
			state_of(v, result->cause), v->reader.bytes, bad_bytes);
}

static int verify(struct verification *v, struct report *r, struct content_result *result)
{
	uint64_t start = system_now_ms();
	size_t cost = memory_cost(v->m->content_count + 1);
	int rc = -ENOMEM;

	if (!memory_take(cost))
		return -EOVERFLOW;
	v->states = malloc(v->m->content_count + 1);
	if (v->states)
		rc = compare_all(v, result);
	result->bytes = v->reader.bytes;
	result->milliseconds = system_now_ms() - start;
	v->deadline = system_now_ms() + DETAIL_MS;
	if (!rc)
		tell(v, r, result);
	free(v->damaged.items);
	free(v->missing.items);
	free(v->guard.items);
	free(v->states);
	free(v->unlisted);
	memory_give(cost);
	return rc;
}

int content_verify(const struct manifest *m, int root, const struct unpacking *unpacking,
		   struct report *r, struct content_result *result)
{
	struct verification v = { .m = m, .unpacking = unpacking, .bit_searches = BIT_SEARCHES };
	int rc = entry_reader_open(&v.reader, root);

	memset(result, 0, sizeof(*result));
	if (rc)
		return rc;
	rc = verify(&v, r, result);
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
