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

static int refuse(const char *image, const struct manifest *m, const char *why)
{
	message("%s: it is not sealed: %s", image, why);
	message("mend that (a hook that changes /init?), then make it anew: update-initramfs -u -k %s, "
		"or dracut -f",
		m->kernel);
	return 2;
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

static int check_start(const char *image, struct manifest *m, struct guard_files *g,
		       const char *path)
{
	struct program_chain chain;
	struct program stub;
	int r;

	program_read(&stub, stub_bytes, g);
	r = program_chain(programs_find, m, stub.kind == PROGRAM_ELF ? &stub : NULL, path, &chain);

	cleanup(free_ptr) char *why = why_not(r, &chain);
	cleanup(free_ptr) char *text =
		why ? text_format("it cannot start, do not boot it: %s", why) : NULL;

	if (why)
		return refuse(image, m, text);
	if (r)
		message("%s: whether it can start cannot be told: what %s needs is not known",
			image, chain.path);
	return 0;
}

int seal_check_start(const char *image, struct manifest *m, struct guard_files *g)
{
	const struct content *init = main_entry(m, "init"), *stub = main_entry(m, GUARD_DIVERTED);

	if (!stub && !main_entry(m, GUARD_ORIGINAL_INIT)) {
		if (!init) {
			message("%s: it is not sealed: there is no /init in it, so with such an image the "
				"kernel itself mounts the root; with a guard it would not",
				image);
			return 2;
		}
		message("%s: its /init is not diverted to bootverdict, so a boot is only explained when "
			"the kernel loses main's /init: build it with bootverdict's hook",
			image);
		return check_start(image, m, g, "init");
	}
	if (!is_diverted(init))
		return refuse(image, m,
			      "its /init was changed behind bootverdict, and is not the link to it "
			      "any more");
	if (!is_stub(stub, g))
		return refuse(image, m,
			      GUARD_DIVERTED
			      " in it, with which a boot begins, is not the one of this "
			      "bootverdict: it is of another version, or was edited");
	return check_start(image, m, g, GUARD_ORIGINAL_INIT);
}
