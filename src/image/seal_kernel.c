// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/seal_kernel.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "image/compare.h"
#include "image/foreign.h"
#include "image/kernel.h"
#include "image/kernel_changed.h"
#include "image/record.h"
#include "image/rules.h"
#include "image/sealed_look.h"
#include "manifest/store.h"
#include "storage/replace_explain.h"
#include "util/bytes.h"
#include "util/file.h"
#include "util/input.h"
#include "util/memory.h"
#include "util/message.h"
#include "util/util.h"

/* A package writes its kernel once: the second look finds it done. */
#define KERNEL_TRIES 3

/* Whether it holds anything; and what it is, when it is no kernel that is known, is said. */
static bool holds_kernel(const char *path, int fd, uint64_t size)
{
	struct input *in = input_from_fd(fd, 0, size);
	const unsigned char *p = NULL;
	ssize_t n = in ? input_peek(in, FOREIGN_HEAD_BYTES, &p) : 0;
	const struct foreign *is = n > 0 ? foreign_find(p, (size_t)n) : NULL;
	bool zero = in && n > 0;

	if (n > 0 && (!is || is->use == FOREIGN_OTHER) && memcmp(p, "\177ELF", 4) != 0)
		message("%s: it is no kernel that bootverdict knows%s%s: it is recorded as it is, and "
			"nothing verifies that it is whole",
			path, is ? ", but " : "", is ? is->name : "");
	while (zero && (n = input_peek(in, 1, &p)) > 0) {
		zero = bytes_are_zero(p, (size_t)n);
		input_consume(in, (size_t)n);
	}
	input_free(in);
	return !zero;
}

static int kernel_is_sound(const char *path, int fd, uint64_t size)
{
	struct input *in = input_from_fd(fd, 0, size);
	struct kernel_info info = { 0 };
	int r = in ? kernel_examine(in, &info) : -ENOMEM;

	input_free(in);
	if (!r && !info.recognised && !holds_kernel(path, fd, size)) {
		message("%s: it holds nothing but zeros: the disk lost it, or it was never written",
			path);
		message("it is not sealed: install the kernel's package again");
		return 1;
	}
	if (!r || r == -EOPNOTSUPP)
		return 0;
	if (r == -EIO) {
		message("%s: the disk reports an input/output error near offset %llu: this is a "
			"storage fault; have the disk, or the host that provides it, checked",
			path, (unsigned long long)info.offset);
		return 1;
	}
	/* It is compared with what the disk keeps all the same. */
	if (is_own_limit(r)) {
		message("%s: its payload is not verified, only recorded: %s", path, info.reason);
		return 0;
	}
	if (!info.offset && r == -ENODATA) {
		message("%s: it is not sealed, because it is empty: install the kernel's package again",
			path);
		return 2;
	}
	message("%s: broken at offset %llu: %s", path, (unsigned long long)info.offset,
		info.reason);
	message("it is not sealed, because it cannot be right: install the kernel's package again");
	return 1;
}

/* The file that was recorded is the one that was compared, and still has that name. */
static bool is_unchanged(const struct sealed_file *f, const struct comparison *c, const char *path)
{
	return !c->error && c->size == f->size && c->same_inode && c->same_mtime &&
	       comparison_is_current(c, path);
}

/*
 * The kernel was written by somebody else, maybe a moment ago: did the disk keep it? -EAGAIN: it
 * was replaced meanwhile.
 */
static int kernel_is_kept(const char *path, const struct sealed_file *f)
{
	struct replace_result bad = { 0 };
	struct comparison c;
	int r = sealed_file_compare(f, path, true, &c);
	int status = 0;

	if (!r && !is_unchanged(f, &c, path)) {
		status = -EAGAIN;
	} else if (r) {
		message("%s: %s", path, strerror(-r));
		status = 2;
	} else if (c.bad.blocks) {
		bad.bad_blocks = c.bad.blocks;
		bad.bad_offset = c.bad.ranges[0].offset;
		status = replace_explain(path, -EILSEQ, &bad);
	}
	comparison_clear(&c);
	return status;
}

/* One try. -EAGAIN: its package was just writing it. */
static int try_kernel(const struct boot_files *f, const struct seal_options *o,
		      struct sealed_file *file)
{
	cleanup(close_fd) int fd = file_open(f->kernel);
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

/*
 * Whether what is there is the kernel of the record with a few blocks that are others, and more than
 * its signature: sealed like this the loss would be said to be intact. The status of seal, 0: it is not.
 */
static int changed_in_part(const struct boot_files *f, const struct sealed_file *sealed,
			   const struct sealed_file *now)
{
	struct comparison c;
	struct own_words own = { .soundness = SOUND };
	struct judgement j = { VERDICT_INTACT, GROUND_AS_SEALED };
	int status = 0;

	if (!sealed->present || !memcmp(sealed->sha256, now->sha256, sizeof(now->sha256)) ||
	    sealed_file_compare(sealed, f->kernel, false, &c))
		return 0;
	if (!c.error) {
		own.changed = kernel_changed(f->kernel, sealed, &c);
		j = judge_file(sealed, &c, &own);
	}
	if (j.verdict == VERDICT_STORAGE_CORRUPTION)
		status = 1;
	else if (j.ground == GROUND_FEW_PLAIN || j.ground == GROUND_UNFINISHED)
		status = 2;
	if (status) {
		message("%s: %llu of its %zu blocks are not as sealed, the first one at offset %llu",
			f->kernel, (unsigned long long)c.bad.blocks, sealed->block_count,
			(unsigned long long)(c.bad.count ? c.bad.ranges[0].offset : c.size));
		if (status == 1)
			message("it is not sealed, because the disk lost them, or they were never "
				"written: put the kernel there again, from its package or from where "
				"it was built");
		else
			message("it is not sealed, because nothing tells whether it was changed on "
				"purpose or is damaged. If on purpose: bootverdict seal --remove -k "
				"%s && bootverdict seal -k %s. If not, put the kernel there again, "
				"from its package or from where it was built",
				f->release, f->release);
	}
	comparison_clear(&c);
	return status;
}

/* Whether what is broken is what check calls a write that was never finished. */
static bool was_left_unfinished(const struct boot_files *f, const struct manifest *old)
{
	struct sealed_look l;
	bool unfinished;

	if (!old->files[ARTIFACT_KERNEL].present ||
	    sealed_look(old, ARTIFACT_KERNEL, f->kernel, false, &l))
		return false;
	unfinished = l.j.ground == GROUND_UNFINISHED;
	sealed_look_clear(&l);
	return unfinished;
}

static void keep_record(struct sealed_file *file, struct sealed_file *sealed)
{
	sealed_file_clear(file);
	*file = *sealed;
	memset(sealed, 0, sizeof(*sealed));
}

int seal_kernel(const struct boot_files *f, const struct seal_options *o, struct manifest *m)
{
	struct manifest old;
	struct sealed_file *file = &m->files[ARTIFACT_KERNEL];
	struct sealed_file *sealed = &old.files[ARTIFACT_KERNEL];
	int status = -EAGAIN;

	for (int i = 0; i < KERNEL_TRIES && status == -EAGAIN; i++) {
		sealed_file_clear(file);
		status = try_kernel(f, o, file);
	}
	if (status == -EAGAIN) {
		message("%s: it changed while it was being sealed; seal again", f->kernel);
		status = 2;
	}
	store_load(f, &old);
	if (status == 1 && !file->present && was_left_unfinished(f, &old))
		status = 2;
	if (!status) {
		status = changed_in_part(f, sealed, file);
		if (status)
			sealed_file_clear(file);
	}
	/* What the disk did not keep was recorded as it was written. */
	if (status == 2 || (status == 1 && !file->present))
		keep_record(file, sealed);
	manifest_clear(&old);
	return status;
}
