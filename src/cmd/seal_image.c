// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/guard_parts.h"
#include "cmd/sealing.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

#define COPY_BYTES (256u * 1024u)

int seal_explain_write(const char *path, int error, uint64_t bad_offset, uint64_t bad_blocks)
{
	switch (error) {
	case -EILSEQ:
		message("%s: the disk did not keep what was written: %llu of its 4096-byte blocks "
			"read back differently, the first one at offset %llu",
			path, (unsigned long long)bad_blocks, (unsigned long long)bad_offset);
		message("this is storage corruption, not a configuration error: do not reboot before "
			"the disk, or the host that provides it, has been checked; the old file is "
			"still in place");
		return 1;
	case -EIO:
		message("%s: the disk reports an input/output error: this is a storage fault; the old "
			"file is still in place",
			path);
		return 1;
	case -ENOSPC:
	case -EDQUOT:
		message("%s: no room for a second copy beside it; the old file is still in place, "
			"unsealed: make room (older kernels?) and seal again",
			path);
		return 2;
	case -EBUSY:
		message("%s: another bootverdict is writing there; seal again when it is done",
			path);
		return 2;
	case -EROFS:
		message("%s: the file system is read-only; the old file is still in place", path);
		return 2;
	default:
		message("%s: %s; the old file is still in place", path, strerror(-error));
		return 2;
	}
}

/* An image under the hands of seal: open, and its real place (it may be named by a link). */
struct image {
	const char *name;
	char *path;
	int fd;
	struct stat st;
	uint64_t guard_bytes; /* of the guard that it has now */
};

static int image_open(struct image *im, const char *name)
{
	struct input *in;
	int r;

	memset(im, 0, sizeof(*im));
	im->name = name;
	im->path = realpath(name, NULL);
	im->fd = im->path ? open(im->path, O_RDONLY | O_CLOEXEC) : -1;
	if (im->fd < 0 || fstat(im->fd, &im->st) < 0) {
		message("%s: %s", name, strerror(errno));
		return 2;
	}
	in = input_from_fd(im->fd, 0, (uint64_t)im->st.st_size);
	r = in ? guard_find(in, &im->guard_bytes) : -ENOMEM;
	input_free(in);
	if (r == -EBADMSG) {
		message("%s: the guard at its start is damaged: it cannot be told where the original "
			"image begins; make the image anew (update-initramfs -u, dracut -f)",
			name);
		return 1;
	}
	if (r) {
		message("%s: %s", name, strerror(-r));
		return r == -EIO ? 1 : 2;
	}
	return 0;
}

static void image_close(struct image *im)
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
		ssize_t n = pread(im->fd, buf, want, (off_t)offset);
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EAGAIN;
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

	return fstat(im->fd, &now) < 0 || now.st_size != im->st.st_size ||
	       now.st_mtim.tv_sec != im->st.st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != im->st.st_mtim.tv_nsec;
}

/* Puts guard, which may be empty, in place of the one that the image has. */
static int write_image(const struct image *im, const unsigned char *guard, size_t guard_size,
		       const struct seal_options *o)
{
	struct replacement *r = NULL;
	uint64_t bad_offset = 0, bad_blocks = 0;
	bool past_cache = true;
	int err = replace_begin(&r, im->path, im->st.st_mode & 07777);

	if (!err && guard_size)
		err = replace_write(r, guard, guard_size);
	if (!err)
		err = copy_rest(im, r);
	if (!err && changed_meanwhile(im))
		err = -EAGAIN;
	if (err) {
		replace_abort(r);
	} else {
		err = replace_commit(r, o->read_back, &past_cache, &bad_offset, &bad_blocks);
	}
	if (err == -EAGAIN) {
		message("%s: it was changed while it was being sealed; seal again", im->name);
		return 2;
	}
	if (err)
		return seal_explain_write(im->name, err, bad_offset, bad_blocks);
	if (o->read_back == READ_BACK && !past_cache)
		message("%s: this file system cannot read past the page cache: what the disk kept is "
			"not verified",
			im->name);
	return 0;
}

static bool guard_is_there(const struct image *im, const unsigned char *guard, size_t size)
{
	cleanup(free_ptr) unsigned char *now = NULL;

	if (im->guard_bytes != size)
		return false;
	now = malloc(size);
	return now && pread(im->fd, now, size, 0) == (ssize_t)size && memcmp(now, guard, size) == 0;
}

static int explain_fault(const struct image *im, int error, const struct initrd_fault *fault)
{
	if (!fault->error) {
		message("%s: %s", im->name, strerror(-error));
		return 2;
	}
	message("%s: offset %llu%s%s: %s", im->name, (unsigned long long)fault->offset,
		*fault->path ? ", in " : "", fault->path, fault->reason);
	if (fault->error == -ENOMEM || fault->error == -EOPNOTSUPP) {
		message("it is not sealed, because bootverdict cannot verify it");
		return 2;
	}
	message("it is not sealed, because it cannot be right: the disk lost it, or it was never "
		"written to its end; make it anew (update-initramfs -u, dracut -f)");
	return 1;
}

static int record_sealed(const struct boot_files *f, const char *path, enum artifact_kind kind,
			 struct manifest *m)
{
	cleanup(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : record_file(&m->files[kind], fd, boot_files_inside(f, path));

	if (!r)
		return 0;
	message("%s: %s", path, strerror(-r));
	return r == -EIO ? 1 : 2;
}

static int seal_open_image(struct image *im, const struct boot_files *f,
			   const struct seal_options *o, struct manifest *m, bool *changed)
{
	cleanup(free_ptr) char *folder =
		o->guard ? text_copy(o->guard) : text_format("%s/usr/lib/bootverdict", f->root);
	cleanup(free_ptr) char *conf = text_format("%s/etc/bootverdict.conf", f->root);
	cleanup(free_ptr) char *settings = read_text_file(conf);
	cleanup(free_ptr) unsigned char *guard = NULL;
	struct initrd_fault fault = { 0 };
	struct guard_files g;
	size_t size;
	int r = guard_files_read(&g, folder, settings);

	if (r)
		goto out;
	r = guard_make(&g, im->fd, im->guard_bytes, (uint64_t)im->st.st_size, m, &guard, &size,
		       &fault);
	if (r) {
		r = explain_fault(im, r, &fault);
		goto out;
	}
	r = seal_check_start(im->name, m, &g);
	if (r)
		goto out;
	*changed = !guard_is_there(im, guard, size);
	if (*changed)
		r = write_image(im, guard, size, o);
out:
	guard_files_clear(&g);
	return r;
}

int seal_initrd(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed)
{
	struct image im;
	int r = image_open(&im, f->initrd);

	if (!r)
		r = seal_open_image(&im, f, o, m, changed);
	image_close(&im);
	return r ? r : record_sealed(f, f->initrd, ARTIFACT_INITRD, m);
}

static int remove_manifest(const char *path)
{
	if (unlink(path) < 0 && errno != ENOENT) {
		message("%s: %s", path, strerror(errno));
		return 2;
	}
	return 0;
}

int seal_remove(const struct boot_files *f, const struct seal_options *o)
{
	struct image im;
	int r = image_open(&im, f->initrd);

	if (!r && im.guard_bytes)
		r = write_image(&im, NULL, 0, o);
	else if (!r && !o->quiet)
		message("%s: it has no guard", f->initrd);
	image_close(&im);
	if (!r)
		r = remove_manifest(f->boot_manifest);
	if (!r)
		r = remove_manifest(f->var_manifest);
	return r;
}
