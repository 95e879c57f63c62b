// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "luks/copy.h"
#include "luks/luks1.h"
#include "luks/luks2.h"
#include "luks/luks2_binary.h"
#include "luks/luks2_rebuild.h"
#include "util/util.h"

/* Both copies of a LUKS2 header of the default size. */
#define HEAD_BYTES 0x8000u

/*
 * LUKS2 keeps a second copy elsewhere, so that a first block that says nothing, or that looks like
 * a damaged LUKS1 header, does not decide alone.
 */
static int read_either(const struct source *source, struct luks *l)
{
	unsigned char first[LUKS2_BINARY];
	struct luks one = { .chosen = -1 };
	ssize_t n = source_read(source, first, sizeof(first), 0);
	int r;

	memset(l, 0, sizeof(*l));
	l->chosen = -1;
	if (n > 0 && luks1_parse(first, (size_t)n, source->size, &one) &&
	    (one.chosen >= 0 || one.reencrypting)) {
		*l = one;
		return 0;
	}
	r = luks2_read(source, l);
	if (r < 0)
		return r;
	/* A checksum that proves remains of LUKS2 says more than the form of a LUKS1 header. */
	if (one.version == 1 && l->chosen < 0 && l->rebuilt != LUKS_REBUILT_PROVEN)
		*l = one;
	if (n > 0 && l->version == 0 && !l->inside.offset)
		luks1_find_remains(first, (size_t)n, l);
	return n < 0 && l->version == 0 ? -EIO : 0;
}

/* What looks as if a container began in it is one when a header of it is good. */
int luks_look_inside(const struct source *source, struct luks *l)
{
	struct source_part p = { source, l->inside.offset };
	struct source from = source_of_part(&p);
	struct luks found;
	int r = read_either(&from, &found);

	if (r || found.chosen < 0)
		return r == -ENOMEM ? r : 0;
	l->inside.version = found.version;
	l->inside.whole = found.version == 1 || luks_both_copies_are(&found, LUKS_COPY_GOOD);
	memcpy(l->inside.uuid, found.uuid, sizeof(l->inside.uuid));
	return 0;
}

/* The start of a source, read at once: parsing comes back to it several times. */
struct head {
	const struct source *source;
	unsigned char bytes[HEAD_BYTES];
};

static ssize_t read_behind_head(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct head *h = ctx;

	if (offset >= HEAD_BYTES || len > HEAD_BYTES - offset)
		return source_read(h->source, buf, len, offset);
	memcpy(buf, h->bytes + offset, len);
	return (ssize_t)len;
}

int luks_read(const struct source *source, struct luks *l)
{
	struct head *head cleanup(free_ptr) = malloc(sizeof(*head));
	struct source behind = { .read = read_behind_head, .ctx = head, .size = source->size };

	int r;

	if (!head)
		return -ENOMEM;
	head->source = source;
	/* With a bad sector in there, each part is read by itself. */
	if (source_read(source, head->bytes, HEAD_BYTES, 0) == (ssize_t)HEAD_BYTES)
		r = read_either(&behind, l);
	else
		r = read_either(source, l);
	l->size = source->size;
	if (!r && l->version == 0 && l->inside.offset)
		r = luks_look_inside(source, l);
	return r;
}

int luks_header_to_use(const struct source *source, const struct luks *l, unsigned char **header,
		       size_t *len)
{
	struct luks scratch = *l;
	int err;

	*header = NULL;
	if (!luks_is_known(l))
		return -ENODATA;
	if (l->version == 1)
		return luks1_rebuild(source, header, len);
	err = luks2_rebuild(source, &scratch, header);
	/* Of what was put together now: the size that a copy states may be another one. */
	*len = LUKS_HEADERS * (size_t)scratch.copies[0].length;
	return !err && !*header ? -ENODATA : err;
}
