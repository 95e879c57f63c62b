// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luks/luks_private.h"
#include "util/util.h"

/* Both copies of a LUKS2 header of the default size. */
#define HEAD_BYTES 0x8000u

const unsigned char luks_magic[LUKS_MAGIC_BYTES] = { 'L', 'U', 'K', 'S', 0xba, 0xbe };

ssize_t luks_read_at(const struct luks_source *source, void *buf, size_t len, uint64_t offset)
{
	size_t done = 0;

	if (offset >= source->size)
		return 0;
	if (len > source->size - offset)
		len = (size_t)(source->size - offset);
	while (done < len) {
		ssize_t n = source->read(source->ctx, (unsigned char *)buf + done, len - done,
					 offset + done);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

void luks_copy_says(struct luks_copy *c, enum luks_copy_state state, const char *format, ...)
{
	va_list ap;

	c->state = state;
	va_start(ap, format);
	vsnprintf(c->reason, sizeof(c->reason), format, ap);
	va_end(ap);
}

void luks_text(char *to, size_t size, const void *from, size_t len)
{
	const unsigned char *p = from;
	size_t n = 0;

	for (; n < len && n < size - 1 && p[n]; n++)
		to[n] = p[n] < ' ' || p[n] >= 0x7f ? '?' : (char)p[n];
	to[n] = '\0';
}

bool luks_is_name(const unsigned char *field, size_t len)
{
	size_t n = 0;

	while (n < len && field[n] > ' ' && field[n] < 0x7f)
		n++;
	return n > 0 && n < len && field[n] == 0;
}

bool luks_is_uuid(const unsigned char *field, size_t len)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (len < sizeof(form))
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] == '-' ? field[i] != '-' : !isxdigit(field[i]))
			return false;
	}
	return field[sizeof(form) - 1] == 0;
}

bool luks_is_known(const struct luks *l)
{
	return l->chosen >= 0 || l->rebuilt != LUKS_NOT_REBUILT;
}

bool luks_copy_is_as_written(const struct luks_copy *c)
{
	return c->state == LUKS_COPY_GOOD || c->state == LUKS_COPY_UNKNOWN ||
	       c->state == LUKS_COPY_BAD_JSON || c->state == LUKS_COPY_CUT;
}

bool luks_any_copy_is(const struct luks *l, enum luks_copy_state state)
{
	return l->copies[0].state == state || l->copies[1].state == state;
}

bool luks_both_copies_are(const struct luks *l, enum luks_copy_state state)
{
	return l->copies[0].state == state && l->copies[1].state == state;
}

/*
 * LUKS2 keeps a second copy elsewhere, so that a first block that says nothing, or that looks like
 * a damaged LUKS1 header, does not decide alone.
 */
static int read_either(const struct luks_source *source, struct luks *l)
{
	unsigned char first[LUKS2_BINARY];
	struct luks one = { .chosen = -1 };
	ssize_t n = luks_read_at(source, first, sizeof(first), 0);
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

/* A source from a byte of another one on. */
struct part {
	const struct luks_source *source;
	uint64_t start;
};

static ssize_t read_part(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct part *p = ctx;

	return luks_read_at(p->source, buf, len, p->start + offset);
}

/* What looks as if a container began in it is one when a header of it is good. */
int luks_look_inside(const struct luks_source *source, struct luks *l)
{
	struct part p = { source, l->inside.offset };
	struct luks_source from = { read_part, &p, source->size - l->inside.offset };
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
	const struct luks_source *source;
	unsigned char bytes[HEAD_BYTES];
};

static ssize_t read_behind_head(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct head *h = ctx;

	if (offset >= HEAD_BYTES || len > HEAD_BYTES - offset)
		return luks_read_at(h->source, buf, len, offset);
	memcpy(buf, h->bytes + offset, len);
	return (ssize_t)len;
}

int luks_read(const struct luks_source *source, struct luks *l)
{
	struct head *head cleanup(free_ptr) = malloc(sizeof(*head));
	struct luks_source behind = { .read = read_behind_head, .ctx = head, .size = source->size };

	int r;

	if (!head)
		return -ENOMEM;
	head->source = source;
	/* With a bad sector in there, each part is read by itself. */
	if (luks_read_at(source, head->bytes, HEAD_BYTES, 0) == (ssize_t)HEAD_BYTES)
		r = read_either(&behind, l);
	else
		r = read_either(source, l);
	l->size = source->size;
	if (!r && l->version == 0 && l->inside.offset)
		r = luks_look_inside(source, l);
	return r;
}

int luks_header_to_use(const struct luks_source *source, const struct luks *l,
		       unsigned char **header, size_t *len)
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
