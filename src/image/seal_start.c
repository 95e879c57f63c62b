// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/seal_start.h"

#include <errno.h>
#include <string.h>

#include "image/program.h"
#include "image/programs.h"
#include "manifest/sealing.h"
#include "report/lines.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

/*
 * In words; NULL: nothing is known to be wrong. doubtful: bytes that the root file system, or the image, had lost
 * before it was sealed explain it as well.
 */
static char *why_not(int error, const struct program_chain *c, struct programs *programs,
		     bool *doubtful)
{
	cleanup(free_ptr) char *by =
		*c->needed_by ? text_format(", which %s needs,", c->needed_by) : text_copy("");
	char near[PROGRAM_NAME_MAX], end[PROGRAM_NAME_MAX];
	const char *why;

	if (error == -ENOENT && programs_near_way(programs, c->path, near)) {
		*doubtful = true;
		return text_format("it cannot start: %s%s is not in it, but %s is, and one bit "
				   "makes the difference",
				   c->path, by, near);
	}
	/* Nobody names a loader or an interpreter by half a path. */
	*doubtful = (error == -ENOENT && *c->needed_by && *c->path != '/') ||
		    (error == -ENOEXEC && !c->foreign);
	if (error == -ENOENT && programs_link_ends(programs, c->path, end))
		return text_format("it cannot start: %s%s leads to %s, which is not in it", c->path,
				   by, end);
	switch (error) {
	case -ENOENT:
		why = "is not in it";
		break;
	case -EACCES:
		why = "is not an executable file";
		break;
	case -ENOEXEC:
		why = c->foreign ? "is made for another processor"
				 : "is neither a program for this processor nor a script";
		break;
	case -ELOOP:
		why = "leads round in a circle";
		break;
	default:
		return NULL;
	}
	return text_format("it cannot start: %s%s %s", c->path, by, why);
}

#define STUB_BYTES_MAX (1u << 20)

static const struct content *main_entry(const struct manifest *m, const char *path)
{
	const struct content *c = manifest_find(m, path);

	return c && c->segment != GUARD_SEGMENT ? c : NULL;
}

static bool is_diverted(const struct content *init)
{
	static const char *const targets[] = { GUARD_DIVERTED, "/" GUARD_DIVERTED };

	for (size_t i = 0; init && init->type == CONTENT_SYMLINK && i < ARRAY_SIZE(targets); i++) {
		if (init->size == strlen(targets[i]) &&
		    init->hash == hash64(targets[i], init->size))
			return true;
	}
	return false;
}

static bool is_stub(const struct content *c, const struct guard_files *g)
{
	return c && c->type == CONTENT_FILE && (c->mode & 0111) && c->size == g->stub_size &&
	       c->hash == hash64(g->stub, g->stub_size);
}

/* Whether the image was sealed with this stub, by an earlier version. */
static bool is_sealed_stub(const struct image *im, const struct content *c)
{
	struct input *in = input_from_fd(im->fd, 0, (uint64_t)im->st.st_size);
	cleanup(free_ptr) char *data = NULL;
	size_t size;
	bool same = c && in && im->guard_bytes &&
		    !guard_read(in, GUARD_STUB, STUB_BYTES_MAX, &data, &size) && c->size == size &&
		    c->hash == hash64(data, size);

	input_free(in);
	return same;
}

static char *start_fault(const struct image *im, struct programs *programs, struct guard_files *g,
			 const char *path, enum start *start, struct report *report)
{
	struct program_chain chain;
	struct program stub;
	bool doubtful;
	char *reason;
	int r;

	/* The processor is the stub's, which that kernel executes. */
	program_read_memory(&stub, g->stub, g->stub_size);
	r = program_chain(programs_find, programs, stub.kind == PROGRAM_ELF ? &stub : NULL, path,
			  &chain);
	if (r == -ENODATA)
		finding_say(seal_note(
			report, im->name,
			"Whether it can start cannot be told: what %s needs is not known.",
			chain.path));
	reason = why_not(r, &chain, programs, &doubtful);
	*start = doubtful ? START_DOUBTFUL : START_IMPOSSIBLE;
	return reason;
}

/* A program that stands in the link's place may be an edited stub, unless it is far bigger. */
static bool starts_without_us(struct programs *programs, const struct guard_files *g,
			      const struct content *init)
{
	struct program_chain chain;
	struct program p;

	return init && !program_chain(programs_find, programs, NULL, "init", &chain) &&
	       !programs_find(programs, "init", &p) &&
	       (init->type == CONTENT_SYMLINK || p.kind == PROGRAM_SCRIPT ||
		init->size > 4 * (uint64_t)g->stub_size);
}

/*
 * Whether a stub that is not ours is as long as its own headers say: then it is another version's,
 * and starts. What an editor of text has made of one mostly is not.
 */
static bool is_whole_program(const struct programs *programs, const struct content *stub)
{
	return stub && stub->type == CONTENT_FILE && (stub->mode & 0111) &&
	       programs_is_whole(programs, stub);
}

/*
 * Whether somebody put that in place of the link to the stub: of a link damage makes but another link, or
 * one of another name.
 */
static bool init_is_written(const struct manifest *m, const struct programs *programs,
			    const struct content *init)
{
	if (!init && programs_near(m, "init"))
		return false;
	if (init && init->type == CONTENT_SYMLINK)
		return init->size != strlen(GUARD_DIVERTED) &&
		       init->size != strlen("/" GUARD_DIVERTED);
	return !init || init->type != CONTENT_FILE || programs_is_any(programs, init);
}

/* The same in place of the stub, of which damage leaves a file of its length, or a shorter one. */
static bool stub_is_written(const struct manifest *m, const struct programs *programs,
			    const struct content *stub)
{
	if (!stub && programs_near(m, GUARD_DIVERTED))
		return false;
	return !stub || stub->type != CONTENT_FILE || !(stub->mode & 0111) ||
	       programs_is_written(programs, stub);
}

static char *find_fault(const struct image *im, const struct manifest *m, struct programs *programs,
			struct guard_files *g, enum start *start, struct report *report)
{
	const struct content *init = main_entry(m, "init"), *stub = main_entry(m, GUARD_DIVERTED);

	if (!stub && !main_entry(m, GUARD_ORIGINAL_INIT)) {
		if (init) {
			finding_say(seal_note(
				report, im->name,
				"Its /init is not diverted to bootverdict, so a boot is only explained "
				"when the kernel loses main's /init: build it with bootverdict's hook."));
			return start_fault(im, programs, g, "init", start, report);
		}
		*start = START_UNGUARDED;
		return text_copy(
			"there is no /init in it: with such an image the kernel mounts the root "
			"itself, and with a guard it would not");
	}
	if (!is_diverted(init)) {
		*start = starts_without_us(programs, g, init) ? START_UNGUARDED
			 : init_is_written(m, programs, init) ? START_CHANGED
							      : START_CHANGED_DOUBTFUL;
		return text_copy(
			"its /init was changed behind bootverdict, and is not the link to it any "
			"more");
	}
	if (!is_stub(stub, g)) {
		*start = is_sealed_stub(im, stub) || is_whole_program(programs, stub)
				 ? START_UNGUARDED
			 : stub_is_written(m, programs, stub) ? START_CHANGED
							      : START_CHANGED_DOUBTFUL;
		return text_copy(GUARD_DIVERTED
				 " in it, which a boot executes first, is not the one of "
				 "this bootverdict: it is of another version, was edited, or "
				 "has lost bytes");
	}
	return start_fault(im, programs, g, GUARD_ORIGINAL_INIT, start, report);
}

static bool is_doubtful(enum start start)
{
	return start == START_DOUBTFUL || start == START_CHANGED_DOUBTFUL;
}

static void tell(const struct image *im, const char *reason, enum start start,
		 const struct manifest *m, struct report *report)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(manifest_builder(m), m->kernel);
	bool proven = start != START_UNGUARDED && !is_doubtful(start);
	struct finding *f =
		seal_refused(report, proven ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE, im->name,
			     "It is not sealed: %s.", reason);

	if (is_doubtful(start))
		finding_next(
			f,
			"It was built so, or the disk has lost bytes of that: look at the file that "
			"it is made from, have the disk checked, and install that file's package "
			"again; then make it anew: %s",
			rebuild);
	else
		finding_next(f, "Mend that (a hook that changes /init?), then make it anew: %s",
			     rebuild);
	finding_say(f);
}

char *seal_start_fault(const struct image *im, const struct manifest *m, struct programs *programs,
		       struct guard_files *g, enum start *start, struct report *report)
{
	char *reason = find_fault(im, m, programs, g, start, report);

	if (reason)
		tell(im, reason, *start, m, report);
	else
		*start = START_POSSIBLE;
	return reason;
}
