// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/guard_make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/programs.h"
#include "manifest/format.h"
#include "manifest/sealing.h"
#include "report/lines.h"
#include "stub/guard_config.h"
#include "system/image_files.h"
#include "system/rescue.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

#define PROGRAM_MAX (16u << 20)

/* Adding the line with the guard's length can make the guard a block longer, once. */
#define LENGTH_ROUNDS_MAX 4

static int read_program(struct report *report, const char *folder, const char *name, char **data,
			size_t *size)
{
	cleanup(free_ptr) char *path = text_format("%s/%s", folder, name);
	cleanup(close_fd) int fd = file_open(path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return seal_not_done(
			report, path,
			"It cannot be read: %s; the guard needs it: install bootverdict again.",
			file_error(fd < 0 ? fd : -errno));
	if (st.st_size == 0 || st.st_size > PROGRAM_MAX)
		return seal_not_done(report, path, "It is not a program of up to 16 MiB.");
	*size = (size_t)st.st_size;
	*data = malloc(*size);
	if (!*data || file_read_at(fd, *data, *size, 0) != (ssize_t)*size)
		return seal_not_done(report, path, "It cannot be read whole.");
	return 0;
}

#define CONF "/etc/bootverdict.conf"

/* A setting that must be a number of seconds; the default when it is absent or is none. */
static unsigned int seconds(struct report *report, const char *settings, const char *name,
			    unsigned int max, unsigned int otherwise)
{
	cleanup(free_ptr) char *value = settings ? text_setting(settings, name) : NULL;
	char *end;

	if (!value || !*value)
		return otherwise;

	unsigned long n = strtoul(value, &end, 10);

	if (*end || n == 0 || n > max) {
		finding_say(seal_note(report, CONF, "%s=%s: not 1 to %u seconds; %u is used.", name,
				      value, max, otherwise));
		return otherwise;
	}
	return (unsigned int)n;
}

static char *policy(struct report *report, const char *settings)
{
	static const char *const known[] = { GUARD_CONFIG_POLICIES };
	char *value = settings ? text_setting(settings, "POLICY") : NULL;

	for (size_t i = 0; value && i < ARRAY_SIZE(known); i++) {
		if (strcmp(value, known[i]) == 0)
			return value;
	}
	if (value && *value)
		finding_say(seal_note(report, CONF,
				      "POLICY=%s: not stop, ask, continue or off; stop is used.",
				      value));
	free(value);
	return text_copy("stop");
}

static void make_config(struct guard_files *g, const char *settings)
{
	cleanup(free_ptr) char *chosen = policy(g->report, settings);

	g->config = text_format(
		GUARD_CONFIG_CHECKER "%016llx %zu\n" GUARD_CONFIG_WAIT "%u\n" GUARD_CONFIG_POLICY
				     "%s\n" GUARD_CONFIG_TIMEOUT "%u\n",
		(unsigned long long)hash_xxh64(g->checker, g->checker_size), g->checker_size,
		seconds(g->report, settings, "CHECK_TIMEOUT", GUARD_CONFIG_WAIT_MAX,
			GUARD_CONFIG_WAIT_DEFAULT),
		chosen,
		seconds(g->report, settings, "TIMEOUT", GUARD_CONFIG_TIMEOUT_MAX,
			GUARD_CONFIG_TIMEOUT_DEFAULT));
	g->config_size = strlen(g->config);
}

int guard_files_read(struct guard_files *g, const char *folder, const char *settings,
		     struct report *report)
{
	memset(g, 0, sizeof(*g));
	g->report = report;
	if (read_program(report, folder, "init", &g->stub, &g->stub_size) ||
	    read_program(report, folder, "bootverdict", &g->checker, &g->checker_size) ||
	    read_program(report, folder, "busybox", &g->busybox, &g->busybox_size))
		return 2;
	make_config(g, settings);
	return 0;
}

void guard_files_clear(struct guard_files *g)
{
	free(g->stub);
	free(g->checker);
	free(g->busybox);
	free(g->config);
}

static int build(const struct guard_files *g, const struct manifest *m, bool merge, bool mark,
		 unsigned char **bytes, size_t *size)
{
	cleanup(free_ptr) char *text = NULL;
	struct manifest carried = *m; /* without times and inode numbers */
	struct guard_parts parts = {
		.stub = g->stub,
		.stub_size = g->stub_size,
		.checker = g->checker,
		.checker_size = g->checker_size,
		.busybox = g->busybox,
		.busybox_size = g->busybox_size,
		.config = g->config,
		.config_size = g->config_size,
		.manifest_private = g->is_private,
		.merge = merge,
		.early_cpio_mark = mark,
	};
	int r;

	memset(carried.files, 0, sizeof(carried.files));
	carried.sealed_at = 0;
	r = manifest_format(&carried, &text, &parts.manifest_size);
	parts.manifest = text;
	return r ? r : guard_build(&parts, bytes, size);
}

struct first_segment {
	bool early, marked;
};

static int only_plain(void *ctx, const struct segment *s)
{
	(void)ctx;
	return s->index == 0 && s->codec == CODEC_NONE ? 0 : 1;
}

static int look_at_member(void *ctx, const struct member *m)
{
	struct first_segment *first = ctx;

	first->early |= guard_is_early_member(m->path);
	first->marked |= strcmp(m->path, GUARD_EARLY_CPIO_MARK) == 0;
	return 0;
}

/* Whether the first segment is an early cpio, and whether it is marked as one. */
static int look_for_early_cpio(int fd, uint64_t start, uint64_t end, struct first_segment *first,
			       struct initrd_fault *fault)
{
	const struct initrd_visitor visitor = {
		.segment_begin = only_plain,
		.member = look_at_member,
	};
	struct input *in = input_from_fd(fd, start, end);
	int r = in ? initrd_walk(in, &visitor, first, fault) : -ENOMEM;

	input_free(in);
	return r < 0 && !fault->behind ? r : 0;
}

/* What no segment behind the guard replaces. */
static bool is_guards_own(const char *path)
{
	size_t n = strlen(GUARD_DIR);

	return strncmp(path, GUARD_DIR, n) == 0 && (!path[n] || path[n] == '/');
}

static void list_own_files_alone(struct manifest *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->content_count; i++) {
		if (is_guards_own(m->contents[i].path)) {
			m->contents[kept++] = m->contents[i];
			continue;
		}
		free(m->contents[i].path);
		free(m->contents[i].blocks);
	}
	m->content_count = kept;
}

/* Where a link will lead is not known before all is unpacked. */
static bool wants_file(void *ctx, const char *path, bool link)
{
	if (!image_files_wants(path))
		return false;
	image_files_begin(ctx, path, link);
	return !link;
}

static void take_data(void *ctx, const void *data, size_t len)
{
	image_files_add(ctx, data, len);
}

static bool starts_before(const struct manifest *m)
{
	const struct content *init = manifest_find(m, "init");

	return init && init->segment != GUARD_SEGMENT;
}

/*
 * Fills the content list; in: the image behind the guard, or NULL for the guard alone. files: gets
 * those of main by which the rules for a rescue shell are known.
 */
static int record(struct input *in, uint64_t start, const unsigned char *guard, size_t guard_size,
		  struct manifest *m, struct image_files *files, struct programs **programs,
		  struct initrd_fault *fault)
{
	const struct recorder_watch watch = { files, wants_file, take_data };
	struct recorder *recorder = recorder_new();
	struct input *guard_in = input_from_memory(guard, guard_size);
	int r = recorder && guard_in ? 0 : -ENOMEM, finished = 0;
	struct initrd_fault ignored;
	bool tail;

	memset(fault, 0, sizeof(*fault));
	if (!r)
		r = recorder_walk(recorder, guard_in, true, 0, fault);
	if (!r && in) {
		recorder_watch(recorder, &watch);
		r = recorder_walk(recorder, in, false, start, fault);
	}
	/* What follows a complete image is not unpacked, and needs no record. */
	tail = r && fault->behind && !fault->proven;
	if (!r || tail)
		finished = recorder_finish(recorder, m, tail ? &ignored : fault);
	if (!r || (tail && !finished && starts_before(m)))
		r = finished;
	if (!r && !in)
		list_own_files_alone(m);
	if (recorder && programs) {
		*programs = recorder_programs(recorder);
		programs_are_of(*programs, m);
	}
	input_free(guard_in);
	recorder_free(recorder);
	return r;
}

/* The config is recorded as it will be, with the rules that were found only meanwhile. */
static void record_config(struct manifest *m, const struct guard_files *g)
{
	for (size_t i = 0; i < m->content_count; i++) {
		struct content *c = &m->contents[i];

		if (strcmp(c->path, GUARD_CONFIG) != 0)
			continue;
		c->size = g->config_size;
		c->hash = hash64(g->config, g->config_size);
	}
}

static void add_rules(struct guard_files *g, struct manifest *m, struct image_files *files)
{
	cleanup(free_ptr) char *rules = NULL;
	const char *unclear;

	image_files_end(files);
	rules = rescue_rules(files);
	unclear = strstr(rules, " unclear=");
	if (unclear)
		finding_say(seal_note(
			g->report, g->image,
			"/%.*s in the initramfs may forbid the rescue shell, but is not understood: a "
			"boot that is damaged will have no menu and no shell.",
			(int)strcspn(unclear + 9, " "), unclear + 9));
	g->config = text_format("%s" GUARD_CONFIG_RESCUE "%s\n", g->config, rules);
	g->config_size = strlen(g->config);
	record_config(m, g);
}

/*
 * The first guard, whose manifest is empty, tells which members a guard has. The first round
 * measures the guard with its full manifest, the second writes that length; it can take one more
 * block once.
 */
static int make(const struct guard_files *g, struct input *in, uint64_t start,
		const struct first_segment *first, struct manifest *m, struct programs **programs,
		unsigned char **bytes, size_t *size, struct initrd_fault *fault)
{
	bool mark = first->early && !first->marked;
	struct guard_files own = *g;
	struct image_files files = { 0 };
	cleanup(free_ptr) char *config = NULL;
	int r = build(g, m, first->early, mark, bytes, size);

	if (!r)
		r = record(in, start, *bytes, *size, m, &files, programs, fault);
	if (!r) {
		add_rules(&own, m, &files);
		config = own.config;
	}
	image_files_clear(&files);
	for (int i = 0; !r && i < LENGTH_ROUNDS_MAX && m->guard_bytes != *size; i++) {
		m->guard_bytes = *size;
		free(*bytes);
		*bytes = NULL;
		r = build(&own, m, first->early, mark, bytes, size);
	}
	if (r == -EFBIG && !fault->error) {
		fault->error = r;
		snprintf(fault->reason, sizeof(fault->reason),
			 "the record of all that is in it would be longer than %u MiB",
			 MANIFEST_BYTES_MAX >> 20);
	}
	return !r && m->guard_bytes != *size ? -EOVERFLOW : r;
}

int guard_make(const struct guard_files *g, int fd, uint64_t start, uint64_t end,
	       struct manifest *m, struct programs **programs, unsigned char **bytes, size_t *size,
	       struct initrd_fault *fault)
{
	struct first_segment first = { false, false };
	int r = look_for_early_cpio(fd, start, end, &first, fault);
	struct input *in = r ? NULL : input_from_fd(fd, start, end);

	*programs = NULL;
	if (!r)
		r = in ? make(g, in, start, &first, m, programs, bytes, size, fault) : -ENOMEM;
	input_free(in);
	return r;
}

int guard_make_alone(const struct guard_files *g, struct manifest *m, unsigned char **bytes,
		     size_t *size)
{
	const struct first_segment none = { false, false };
	struct initrd_fault fault = { 0 };

	return make(g, NULL, 0, &none, m, NULL, bytes, size, &fault);
}
