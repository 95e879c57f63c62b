// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/check_alone.h"
#include "image/guard.h"
#include "image/initrd.h"
#include "manifest/sealing.h"
#include "report/lines.h"
#include "storage/direct.h"
#include "system/builder.h"
#include "util/file.h"
#include "util/util.h"

#define COPY_BYTES (256u * 1024u)

int image_open(struct image *im, const char *name, struct report *report)
{
	struct input *in;
	int r;

	memset(im, 0, sizeof(*im));
	im->name = name;
	im->path = realpath(name, NULL);
	im->fd = im->path ? file_open(im->path) : -errno;
	if (im->fd < 0 || fstat(im->fd, &im->st) < 0)
		return seal_not_done(report, name, "It cannot be read: %s.",
				     file_error(im->fd < 0 ? im->fd : -errno));
	if ((uint64_t)im->st.st_size > INITRD_BYTES_MAX) {
		finding_say(seal_refused(
			report, VERDICT_INCONCLUSIVE, name,
			"It is not sealed: it has more than %llu MiB, and no initrd has.",
			INITRD_BYTES_MAX >> 20));
		return 2;
	}
	in = input_from_fd(im->fd, 0, (uint64_t)im->st.st_size);
	r = in ? guard_find(in, &im->guard_bytes) : -ENOMEM;
	input_free(in);
	/* That it ends there is what the walk through it finds. */
	if (r == -ENODATA)
		r = 0;
	im->guard_broken = r == -EBADMSG;
	if (im->guard_broken) {
		finding_say(check_report_guard(report, name, BUILDER_UNKNOWN, NULL));
		return 1;
	}
	return r ? seal_cannot_read(report, name, r) : 0;
}

void image_close(struct image *im)
{
	free(im->path);
	if (im->fd >= 0)
		close(im->fd);
}

static int copy_rest(const struct image *im, struct replacement *r)
{
	cleanup(free_ptr) char *buf = malloc(COPY_BYTES);
	uint64_t offset = im->guard_bytes, end = (uint64_t)im->st.st_size;

	if (!buf)
		return -ENOMEM;
	while (offset < end) {
		size_t want = end - offset < COPY_BYTES ? (size_t)(end - offset) : COPY_BYTES;
		ssize_t n = file_read_at(im->fd, buf, want, offset);
		int err;

		if (n <= 0)
			return n < 0 ? (int)n : -EAGAIN;
		err = replace_write(r, buf, (size_t)n);
		if (err)
			return err;
		offset += (uint64_t)n;
	}
	return 0;
}

/* Whether somebody wrote the image while it was walked or copied. */
static bool changed_meanwhile(const struct image *im)
{
	struct stat now;

	return fstat(im->fd, &now) < 0 || !replace_is_same_file(&now, &im->st);
}

bool image_changed(const struct image *im)
{
	struct stat now;

	return changed_meanwhile(im) || lstat(im->path, &now) < 0 ||
	       !replace_is_same_file(&now, &im->st);
}

int image_write_beside(const struct image *im, const unsigned char *guard, size_t guard_size,
		       size_t pieces, struct replacement **r)
{
	int err;

	*r = NULL;
	err = replace_begin(r, im->path, im->st.st_mode & 07777);
	if (err)
		return err;
	replace_expect(*r, &im->st);
	replace_in_pieces(*r, pieces);
	if (guard_size)
		err = replace_write(*r, guard, guard_size);
	if (!err)
		err = copy_rest(im, *r);
	return !err && changed_meanwhile(im) ? -EAGAIN : err;
}

static int compare_with_device(const struct image *im, struct direct *d,
			       struct replace_result *result)
{
	cleanup(free_ptr) unsigned char *cached = malloc(2 * COPY_BYTES);
	unsigned char *kept = cached + COPY_BYTES;

	if (!cached)
		return -ENOMEM;
	for (uint64_t offset = 0; offset < (uint64_t)im->st.st_size; offset += COPY_BYTES) {
		ssize_t n = file_read_at(im->fd, cached, COPY_BYTES, offset);
		ssize_t m = n < 0 ? n : direct_read(d, kept, (size_t)n, offset);

		if (n < 0 || m < 0)
			return (int)m;
		for (size_t at = 0; at < (size_t)n; at += BLOCK_SIZE) {
			size_t len = (size_t)n - at < BLOCK_SIZE ? (size_t)n - at : BLOCK_SIZE;

			if (at + len <= (size_t)m && memcmp(cached + at, kept + at, len) == 0)
				continue;
			if (!result->bad_blocks++)
				result->bad_offset = offset + at;
		}
	}
	return result->bad_blocks ? -EILSEQ : 0;
}

int image_is_kept(const struct image *im, struct replace_result *result)
{
	struct direct *d;
	int err;

	memset(result, 0, sizeof(*result));
	if (fsync(im->fd) < 0 && errno == EIO)
		return -EIO;
	err = direct_open(&d, AT_FDCWD, im->path);
	if (err)
		return err;
	err = direct_is_file(d, &im->st) ? compare_with_device(im, d, result) : -EAGAIN;
	result->past_cache = direct_kind(d) != DIRECT_NONE;
	direct_close(d);
	/* Who writes it just now makes the page cache another one than the disk. */
	return image_changed(im) ? -EAGAIN : err;
}
