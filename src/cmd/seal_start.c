// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "artifact/program.h"
#include "cmd/guard_parts.h"
#include "cmd/sealing.h"
#include "manifest/programs.h"
#include "util/hash.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

/* What the kernel cannot start is no sealed image's first program; a text says why. NULL: it can. */
static char *why_not(int error, const struct program_chain *c)
{
	cleanup(free_ptr) char *by =
		*c->needed_by ? text_format(", which %s needs,", c->needed_by) : text_copy("");

	switch (error) {
	case -ENOENT:
		return text_format("%s%s is not in it", c->path, by);
	case -EACCES:
		return text_format("%s%s is not an executable file", c->path, by);
	case -ENOEXEC:
		return text_format("%s%s is %s", c->path, by,
				   c->foreign ? "made for another processor"
					      : "neither a program nor a script");
	case -ELOOP:
		return text_format("%s%s leads round in a circle", c->path, by);
	default:
		return NULL;
	}
}

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

/* The processor is the stub's, which that kernel executes. */
static ssize_t stub_bytes(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct guard_files *g = ctx;
	size_t n = offset < g->stub_size ? g->stub_size - (size_t)offset : 0;

	n = len < n ? len : n;
	memcpy(buf, g->stub + (n ? offset : 0), n);
	return (ssize_t)n;
}

static enum start check_start(const char *image, struct manifest *m, struct guard_files *g,
			      const char *path, char **why)
{
	struct program_chain chain;
	struct program stub;
	int r;

	program_read(&stub, stub_bytes, g);
	r = program_chain(programs_find, m, stub.kind == PROGRAM_ELF ? &stub : NULL, path, &chain);

	*why = why_not(r, &chain);
	if (*why)
		return START_IMPOSSIBLE;
	if (r)
		message("%s: whether it can start cannot be told: what %s needs is not known",
			image, chain.path);
	return START_POSSIBLE;
}

static enum start no_init(char **why)
{
	*why = text_copy(
		"there is no /init in it, so with such an image the kernel itself mounts the "
		"root; with a guard it would not");
	return START_UNGUARDED;
}

/* An image that was sealed before has the stub of the bootverdict that sealed it. */
static enum start changed(bool sealed_before, const char *what, char **why)
{
	*why = text_copy(what);
	return sealed_before ? START_UNGUARDED : START_CHANGED;
}

enum start seal_check_start(const char *image, struct manifest *m, struct guard_files *g,
			    bool sealed_before, char **why)
{
	const struct content *init = main_entry(m, "init"), *stub = main_entry(m, GUARD_DIVERTED);

	*why = NULL;
	if (!stub && !main_entry(m, GUARD_ORIGINAL_INIT)) {
		if (!init)
			return no_init(why);
		message("%s: its /init is not diverted to bootverdict, so a boot is only explained when "
			"the kernel loses main's /init: build it with bootverdict's hook",
			image);
		return check_start(image, m, g, "init", why);
	}
	if (!is_diverted(init))
		return changed(
			sealed_before,
			"its /init was changed behind bootverdict, and is not the link to it "
			"any more",
			why);
	if (!is_stub(stub, g))
		return changed(sealed_before,
			       GUARD_DIVERTED " in it, with which a boot begins, is not the one of "
					      "this bootverdict: it is of another version, or was "
					      "edited",
			       why);
	return check_start(image, m, g, GUARD_ORIGINAL_INIT, why);
}
