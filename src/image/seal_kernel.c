// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/seal_kernel.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "image/check.h"
#include "image/check_alone.h"
#include "image/compare.h"
#include "image/foreign.h"
#include "image/kernel.h"
#include "image/kernel_changed.h"
#include "image/record.h"
#include "image/rules.h"
#include "image/sealed_look.h"
#include "manifest/report_replace.h"
#include "manifest/store.h"
#include "report/lines.h"
#include "util/bytes.h"
#include "util/file.h"
#include "util/input.h"
#include "util/memory.h"
#include "util/util.h"

/* A package writes its kernel once: the second look finds it done. */
#define KERNEL_TRIES 3

/* Whether it holds anything; and what it is, when it is no kernel that is known, is said. */
static bool holds_kernel(const char *path, int fd, uint64_t size, struct report *report)
{
	struct input *in = input_from_fd(fd, 0, size);
	const unsigned char *p = NULL;
	ssize_t n = in ? input_peek(in, FOREIGN_HEAD_BYTES, &p) : 0;
	const struct foreign *is = n > 0 ? foreign_find(p, (size_t)n) : NULL;
	bool zero = in && n > 0;

	if (n > 0 && (!is || is->use == FOREIGN_OTHER) && memcmp(p, "\177ELF", 4) != 0)
		finding_say(seal_note(
			report, path,
			"It is no kernel that bootverdict knows%s%s: it is recorded as it is, and "
			"nothing verifies that it is whole.",
			is ? ", but " : "", is ? is->name : ""));
	while (zero && (n = input_peek(in, 1, &p)) > 0) {
		zero = bytes_are_zero(p, (size_t)n);
		input_consume(in, (size_t)n);
	}
	input_free(in);
	return !zero;
}

/* It is not sealed, and keeps the record that it has. Returns the exit status. */
static int refuse(struct report *report, enum verdict v, const char *path, const char *why)
{
	struct finding *f = seal_refused(report, v, path, "It is not sealed, because %s.", why);

	finding_next(f, "Install the kernel's package again.");
	finding_say(f);
	report_artifact(report, path, KIND_KERNEL,
			v == VERDICT_STORAGE_CORRUPTION ? STATE_DAMAGED : STATE_UNVERIFIED, 0, 0);
	return v == VERDICT_STORAGE_CORRUPTION ? 1 : 2;
}

/* Broken, or beyond what can be verified, in the words of check. */
static void tell_examined(struct report *report, const char *path, const struct kernel_info *info,
			  uint64_t size, bool counts)
{
	size_t first = report->finding_count;
	bool before = report_warnings(report, !counts);

	check_report_kernel(report, path, info, size);
	report_warnings(report, before);
	report_say(report, first);
}

static int kernel_is_sound(const char *path, int fd, uint64_t size, struct report *report)
{
	struct input *in = input_from_fd(fd, 0, size);
	struct kernel_info info = { 0 };
	int r = in ? kernel_examine(in, &info) : -ENOMEM;

	input_free(in);
	if (!r && !info.recognised && !holds_kernel(path, fd, size, report))
		return refuse(
			report, VERDICT_STORAGE_CORRUPTION, path,
			"it holds nothing but zeros: the disk lost it, or it was never written");
	if (!r || r == -EOPNOTSUPP)
		return 0;
	if (r == -EIO)
		return seal_cannot_read(report, path, r);
	/* It is compared with what the disk keeps all the same. */
	if (is_own_limit(r)) {
		tell_examined(report, path, &info, size, false);
		return 0;
	}
	if (!info.offset && r == -ENODATA)
		return refuse(report, VERDICT_INCONCLUSIVE, path, "it is empty");
	tell_examined(report, path, &info, size, true);
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
static int kernel_is_kept(const char *path, const struct sealed_file *f, struct report *report)
{
	struct replace_result bad = { 0 };
	struct comparison c;
	int r = sealed_file_compare(f, path, true, &c);
	int status = 0;

	if (!r && !is_unchanged(f, &c, path)) {
		status = -EAGAIN;
	} else if (r) {
		status = seal_not_done(report, path, "It cannot be read: %s.", strerror(-r));
	} else if (c.bad.blocks) {
		bad.bad_blocks = c.bad.blocks;
		bad.bad_offset = c.bad.ranges[0].offset;
		status = report_replace(report, path, -EILSEQ, &bad);
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

	if (fd < 0 || fstat(fd, &st) < 0)
		return seal_not_done(o->report, f->kernel, "It cannot be read: %s.",
				     file_error(fd < 0 ? fd : -errno));
	r = kernel_is_sound(f->kernel, fd, (uint64_t)st.st_size, o->report);
	if (r)
		return r;
	/* Its package may have written it a moment ago: it is sealed as it is on the disk. */
	if (fsync(fd) < 0 && errno == EIO)
		return seal_write_failed(
			o->report, f->kernel,
			"The disk reports an input/output error: this is a storage fault.");
	r = record_file(file, fd, boot_files_inside(f, f->kernel));
	if (r)
		return seal_cannot_read(o->report, f->kernel, r);
	return o->read_back == READ_BACK ? kernel_is_kept(f->kernel, file, o->report) : 0;
}

/* How the kernel compares with its record; what it proves about itself is known: it is sound. */
static int look(const struct boot_files *f, const struct sealed_file *sealed, struct sealed_look *l)
{
	struct own_words own = { .soundness = SOUND };
	int err;

	memset(l, 0, sizeof(*l));
	err = sealed_file_compare(sealed, f->kernel, false, &l->c);
	if (err)
		return err;
	if (!l->c.error) {
		own.changed = l->changed = kernel_changed(f->kernel, sealed, &l->c);
		l->j = judge_file(sealed, &l->c, &own);
	}
	return 0;
}

/*
 * Whether what is there is the kernel of the record with a few blocks that are others, and more than
 * its signature: sealed like this the loss would be said to be intact. The status of seal, 0: it is not.
 */
static int changed_in_part(const struct boot_files *f, const struct manifest *old,
			   const struct sealed_file *now, struct report *report)
{
	const struct sealed_file *sealed = &old->files[ARTIFACT_KERNEL];
	size_t first = report->finding_count;
	struct sealed_look l;
	int status = 0;

	if (!sealed->present || !memcmp(sealed->sha256, now->sha256, sizeof(now->sha256)) ||
	    look(f, sealed, &l))
		return 0;
	if (l.j.verdict == VERDICT_STORAGE_CORRUPTION)
		status = 1;
	else if (l.j.ground == GROUND_FEW_PLAIN || l.j.ground == GROUND_UNFINISHED)
		status = 2;
	if (status) {
		check_report_look(report, old, f->kernel, ARTIFACT_KERNEL, &l);
		seal_stands(report, VERDICT_INCONCLUSIVE, f->kernel,
			    "It is not sealed as it is; its record of before is kept.");
		report_say(report, first);
	}
	comparison_clear(&l.c);
	return status;
}

/* Once, as what it was found. */
static void add_artifact(const struct boot_files *f, const struct sealed_file *file, int status,
			 struct report *report)
{
	if (!report_has_artifact(report, f->kernel, KIND_KERNEL))
		report_artifact(report, f->kernel, KIND_KERNEL,
				!status	      ? STATE_INTACT
				: status == 1 ? STATE_DAMAGED
					      : STATE_UNVERIFIED,
				file->present ? file->size : 0, 0);
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
	if (status == -EAGAIN)
		status = seal_not_done(o->report, f->kernel,
				       "It changed while it was being sealed; seal again.");
	store_load(f, &old);
	if (status == 1 && !file->present && was_left_unfinished(f, &old))
		status = 2;
	if (!status) {
		status = changed_in_part(f, &old, file, o->report);
		if (status)
			sealed_file_clear(file);
	}
	add_artifact(f, file, status, o->report);
	/* What the disk did not keep was recorded as it was written. */
	if (status == 2 || (status == 1 && !file->present))
		keep_record(file, sealed);
	manifest_clear(&old);
	return status;
}
