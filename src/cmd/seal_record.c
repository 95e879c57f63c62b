// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "artifact/kernel.h"
#include "cmd/sealing.h"
#include "manifest/compare.h"
#include "manifest/format.h"
#include "manifest/private.h"
#include "manifest/record.h"
#include "util/file.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

static int kernel_is_sound(const char *path, int fd, uint64_t size)
{
	struct input *in = input_from_fd(fd, 0, size);
	struct kernel_info info = { 0 };
	int r = in ? kernel_examine(in, &info) : -ENOMEM;

	input_free(in);
	if (!r || r == -EOPNOTSUPP)
		return 0;
	if (r == -ENOMEM) {
		message("%s: out of memory", path);
		return 2;
	}
	message("%s: broken at offset %llu: %s", path, (unsigned long long)info.offset,
		info.reason);
	message("it is not sealed, because it cannot be right: install the kernel's package again");
	return 1;
}

/* The kernel was written by somebody else, maybe a moment ago: did the disk keep it? */
static int kernel_is_kept(const char *path, const struct sealed_file *f)
{
	struct comparison c;
	int r = sealed_file_compare(f, path, true, &c);
	int status = 0;

	if (r || c.error) {
		message("%s: %s", path, strerror(r ? -r : -c.error));
		status = 2;
	} else if (c.bad.blocks) {
		message("%s: the disk did not keep what was written: %llu of its 4096-byte blocks "
			"read differently from the device, the first one at offset %llu",
			path, (unsigned long long)c.bad.blocks,
			(unsigned long long)c.bad.ranges[0].offset);
		message("this is storage corruption, not a configuration error: do not reboot before "
			"the disk, or the host that provides it, has been checked");
		status = 1;
	}
	comparison_clear(&c);
	return status;
}

int seal_kernel(const struct boot_files *f, const struct seal_options *o, struct manifest *m)
{
	cleanup(close_fd) int fd = file_open(f->kernel);
	struct sealed_file *file = &m->files[ARTIFACT_KERNEL];
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0) {
		message("%s: %s", f->kernel, file_error(fd < 0 ? fd : -errno));
		return 2;
	}
	r = kernel_is_sound(f->kernel, fd, (uint64_t)st.st_size);
	if (r)
		return r;
	/* Its package may have written it a moment ago: it is sealed as it is on the disk. */
	if (fsync(fd) < 0 && errno == EIO) {
		message("%s: the disk reports an input/output error: this is a storage fault",
			f->kernel);
		return 1;
	}
	r = record_file(file, fd, boot_files_inside(f, f->kernel));
	if (r) {
		message("%s: %s", f->kernel, strerror(-r));
		return r == -EIO ? 1 : 2;
	}
	return o->read_back == READ_BACK ? kernel_is_kept(f->kernel, file) : 0;
}

/* Makes the manifest's folder; its parent must be there already, save for /var/lib. */
static int make_folder(const char *path)
{
	cleanup(free_ptr) char *copy = text_copy(path);
	cleanup(free_ptr) char *parent = text_copy(dirname(copy));

	for (char *slash = parent; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (mkdir(parent, 0755) < 0 && errno != EEXIST && errno != EROFS)
			return -errno;
		*slash = '/';
	}
	return mkdir(parent, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/*
 * The record has hashes of all of the image and the kernel: whoever may not read these must not
 * guess at their content with its help. Two modes are enough: for everybody, or for the owner.
 */
static mode_t record_mode(const struct boot_files *f)
{
	cleanup(close_fd) int image = file_open(f->initrd);
	cleanup(close_fd) int kernel = f->kernel ? file_open(f->kernel) : -1;

	return file_is_for_everybody(image) && (!f->kernel || file_is_for_everybody(kernel)) ? 0644
											     : 0600;
}

/* A copy that is there, written before the image was closed to others: its successor takes its mode. */
static void close_to_others(const char *path, mode_t mode)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0777 & ~mode))
		return;
	if (chmod(path, st.st_mode & mode) < 0 && (st.st_mode & 0066 & ~mode))
		message("%s: it tells others about an image that they may not read, and cannot be "
			"closed to them: %s",
			path, strerror(errno));
}

static int write_copy(const char *path, mode_t mode, const char *text, size_t len,
		      enum read_back read_back, uint64_t *bad_offset, uint64_t *bad_blocks)
{
	struct replacement *r = NULL;
	int err = make_folder(path);

	if (!err)
		err = replace_begin(&r, path, mode);
	if (!err)
		err = replace_write(r, text, len);
	if (err) {
		replace_abort(r);
		return err;
	}
	return replace_commit(r, read_back, NULL, bad_offset, bad_blocks);
}

/* Whether the copy at path says what m says, the time of sealing aside, which m then takes over. */
static bool says_the_same(const char *path, struct manifest *m)
{
	cleanup(free_ptr) char *there = NULL, *wanted = NULL;
	char reason[MANIFEST_REASON_BYTES];
	int64_t sealed_at = m->sealed_at;
	size_t there_len, wanted_len;
	struct manifest old;
	bool same = false;

	manifest_init(&old);
	if (manifest_load(&old, path, reason) < 0)
		return false;
	m->sealed_at = old.sealed_at;
	if (!manifest_format(&old, &there, &there_len) && !manifest_format(m, &wanted, &wanted_len))
		same = there_len == wanted_len && memcmp(there, wanted, there_len) == 0;
	if (!same)
		m->sealed_at = sealed_at;
	manifest_clear(&old);
	return same;
}

int seal_manifests(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		   bool *changed)
{
	const char *const paths[] = { f->boot_manifest, f->var_manifest };
	const mode_t mode = record_mode(f);
	cleanup(free_ptr) char *text = NULL;
	int status = 0, written = 0;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		close_to_others(paths[i], mode);
	manifest_hide_private(m);
	m->sealed_at = (int64_t)time(NULL);
	if (says_the_same(paths[0], m) && says_the_same(paths[1], m))
		return 0;
	*changed = true;
	if (manifest_format(m, &text, &len)) {
		message("out of memory");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		uint64_t bad_offset = 0, bad_blocks = 0;
		int err = write_copy(paths[i], mode, text, len, o->read_back, &bad_offset,
				     &bad_blocks);

		if (!err) {
			written++;
			continue;
		}
		int s = seal_explain_write(paths[i], err, bad_offset, bad_blocks);

		if (s == 1)
			status = 1;
	}
	if (status == 1)
		return 1;
	if (!written) {
		message("neither copy of the manifest could be written: the guard will still verify "
			"the boot, but 'bootverdict check' has no record");
		return 2;
	}
	return 0;
}
