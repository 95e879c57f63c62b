// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "image/contents.h"
#include "image/examine.h"
#include "image/guard_make.h"
#include "image/image.h"
#include "image/kernel_config.h"
#include "image/programs.h"
#include "image/record.h"
#include "image/seal_fallback.h"
#include "image/seal_start.h"
#include "image/sealed_look.h"
#include "manifest/store.h"
#include "storage/direct.h"
#include "storage/remove.h"
#include "storage/replace_explain.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

/* The second name under which hook/keep holds the image before. False: there is none. */
static bool drop_kept(const struct image *im)
{
	const char *name = strrchr(im->path, '/') + 1;
	cleanup(free_ptr) char *kept =
		text_format("%.*s.%s" KEPT_SUFFIX, (int)(name - im->path), im->path, name);

	return unlink(kept) == 0;
}

static bool guard_is_there(const struct image *im, const unsigned char *guard, size_t size)
{
	cleanup(free_ptr) unsigned char *now = NULL;

	if (im->guard_bytes != size)
		return false;
	now = malloc(size);
	return now && pread(im->fd, now, size, 0) == (ssize_t)size && memcmp(now, guard, size) == 0;
}

/* ---- what is sealed, and what when that fails -------------------------------------------------- */

/* What the record is about afterwards. */
enum sealed { NOT_SEALED, SEALED_NOW, SEALED_BEFORE };

/* One image that is being sealed. */
struct sealing {
	struct image im;
	const struct boot_files *f;
	const struct seal_options *o;
	struct guard_files files;
	struct programs *programs; /* of the image; owned */
	struct manifest *m;	   /* the new record */
	struct manifest previous;  /* the record until now; may be empty */
	unsigned char *guard;
	size_t guard_size;
	struct stat stands; /* under the image's name, as far as it was put there from here */
	bool changed;
	bool first_changed; /* REFUSED_CHANGED for what is put in its place, and in doubt otherwise */
};

/*
 * The storage did not keep the image, or the image was broken: what can be put under its name, and
 * what of that goes into the record. 1; 2: another program has replaced what was refused.
 */
static int fall_back(struct sealing *s, struct replacement *first,
		     const struct replace_result *result, enum sealed *sealed)
{
	struct fallback c = { .image = &s->im,
			      .read_back = s->o->read_back,
			      .stands = s->im.st,
			      .previous = &s->previous,
			      .guard = s->guard,
			      .guard_size = s->guard_size,
			      .first = first,
			      .first_kept = first ? result->bad_offset : 0,
			      .refusal = s->first_changed ? REFUSED_CHANGED : s->m->refusal };

	enum standing standing = seal_fall_back(&c);

	s->changed = true;
	s->stands = c.stands;
	switch (standing) {
	case STANDS_PREVIOUS:
		manifest_swap_initrd(s->m, &s->previous);
		s->m->update_lost_at = (int64_t)time(NULL);
		/* It was the new one that was refused. */
		s->m->refusal = NOT_REFUSED;
		free(s->m->refused);
		s->m->refused = NULL;
		*sealed = SEALED_BEFORE;
		break;
	case STANDS_SEALED:
	case STANDS_GUARDED:
		*sealed = SEALED_NOW;
		break;
	case STANDS_WHOLE:
	case STANDS_OTHER:
	case STANDS_UNCHANGED:
		*sealed = NOT_SEALED;
		break;
	}
	return standing == STANDS_OTHER && s->m->refusal ? 2 : 1;
}

/*
 * An image that has been sealed explains itself, and its record tells exactly what it has lost since:
 * neither is given up.
 */
static bool explains_itself(const struct sealing *s)
{
	return s->im.guard_bytes && !s->previous.refusal;
}

/* Whether it is the file of the record, by all but its bytes and times. */
static bool is_recorded(const struct sealing *s)
{
	const struct sealed_file *f = &s->previous.files[ARTIFACT_INITRD];

	return f->present && f->inode == s->im.st.st_ino && f->size == (uint64_t)s->im.st.st_size;
}

static int refusal_status(enum refusal refusal)
{
	return judge_refusal(refusal, false) == VERDICT_STORAGE_CORRUPTION ? 1 : 2;
}

/* A guard whose record says only that, and why, the image behind it was refused. */
static int refuse(struct sealing *s, enum refusal refusal, const char *reason, enum sealed *sealed)
{
	*sealed = NOT_SEALED;
	if (image_changed(&s->im))
		return replace_explain(s->im.name, -EAGAIN, NULL);
	if (explains_itself(s)) {
		message("%s: it stays as it is, with its guard and its record: bootverdict check -k %s",
			s->im.name, s->m->kernel);
		return refusal_status(refusal);
	}
	if (s->im.guard_bytes && s->previous.refused && is_recorded(s)) {
		/* What was found first: now it is seen through what was done then. */
		refusal = s->previous.refusal;
		reason = s->previous.refused;
	}
	manifest_forget_image(s->m);
	free(s->guard);
	s->guard = NULL;
	s->m->refusal = refusal;
	s->m->refused = text_copy(reason);
	if (s->files.config && guard_make_alone(&s->files, s->m, &s->guard, &s->guard_size)) {
		free(s->guard);
		s->guard = NULL;
	}
	if (s->guard && guard_is_there(&s->im, s->guard, s->guard_size)) {
		message("%s: bootverdict's guard stands in front of it already, and explains",
			s->im.name);
		*sealed = SEALED_NOW;
	} else if (fall_back(s, NULL, NULL, sealed) == 2) {
		return 2;
	}
	return refusal_status(refusal);
}

/* It was not sealed for a reason that is not the disk's: is what stands there at least kept? */
static int leave(struct sealing *s, int status, enum sealed *sealed)
{
	struct replace_result result;
	int err = s->o->read_back == READ_BACK ? image_is_kept(&s->im, &result) : -ENOTSUP;

	*sealed = NOT_SEALED;
	if (err == -EILSEQ || err == -EIO) {
		replace_explain(s->im.name, err, &result);
		if (explains_itself(s))
			return 1;
		return s->guard ? fall_back(s, NULL, NULL, sealed)
				: refuse(s, REFUSED_BROKEN,
					 "the disk did not keep what its builder wrote", sealed);
	}
	if (!err && result.past_cache)
		message("%s: it stands as its builder wrote it, and reads back from the disk so",
			s->im.name);
	return status;
}

/* It boots in a way of its own, if at all: a guard in front of it would keep it from that. */
static bool is_foreign_whole(const struct sealing *s, const struct initrd_fault *fault)
{
	return fault->first && !s->im.guard_bytes && fault->is && fault->is->use == FOREIGN_WHOLE;
}

static int explain_fault(struct sealing *s, int error, const struct initrd_fault *fault,
			 enum sealed *sealed)
{
	bool cut = initrd_fault_is_end(fault, (uint64_t)s->im.st.st_size);
	enum refusal refusal = fault->proven && !cut ? REFUSED_BROKEN : REFUSED_UNKNOWN;
	const char *in = *fault->path ? ", in " : "";
	cleanup(free_ptr) char *reason = NULL;
	bool sealed_before;
	int status;

	if (image_changed(&s->im))
		return replace_explain(s->im.name, -EAGAIN, NULL);
	if (!fault->error) {
		message("%s: %s", s->im.name, strerror(-error));
		return leave(s, 2, sealed);
	}
	message("%s: offset %llu%s%s: %s", s->im.name, (unsigned long long)fault->offset, in,
		fault->path, fault->reason);
	if (is_foreign_whole(s, fault)) {
		message("it is %s, not an archive that the kernel unpacks: bootverdict does not "
			"guard such an image, and leaves it as it is",
			fault->is->name);
		return leave(s, 2, sealed);
	}
	if (is_own_limit(fault->error) && !fault->built_so) {
		message("it is not sealed, because bootverdict cannot verify it");
		return leave(s, 2, sealed);
	}
	if (fault->built_so || initrd_fault_is_foreign(fault)) {
		refusal = REFUSED_FORMAT;
		message("it is not sealed, because no kernel unpacks it as it is: %s",
			fault->is && fault->is->remedy ? fault->is->remedy
						       : "it was built like this; build it anew");
	} else if (fault->behind) {
		message("it is not sealed, because what is there begins no archive, and nothing before it "
			"can start: make it anew (update-initramfs -u, dracut -f)");
	} else {
		message("it is not sealed, because it cannot be right: the disk lost it, %sit was never "
			"written to its end%s; make it anew (update-initramfs -u, dracut -f)",
			fault->proven ? "or " : "",
			fault->proven
				? ""
				: ", or its builder makes images that bootverdict does not know");
	}
	/* Of the image as it was built: sealing it again gives the same guard. */
	reason = text_format("offset %llu of what was built%s%s: %s",
			     (unsigned long long)(fault->offset - s->im.guard_bytes), in,
			     fault->path, fault->reason);
	/* Of one that was sealed the record in its guard proves that it was another one. */
	sealed_before = explains_itself(s) && refusal == REFUSED_UNKNOWN && !fault->behind;
	status = refuse(s, refusal, reason, sealed);
	return status == 2 && sealed_before && !cut ? 1 : status;
}

/* Puts guard, which may be empty, in place of the one that the image has. */
static int write_image(struct sealing *s, enum sealed *sealed)
{
	struct replacement *r = NULL;
	struct replace_result result = { 0 };
	struct stat new;
	int status, err = image_write_beside(&s->im, s->guard, s->guard_size, 0, &r);

	if (err == -ENOSPC && drop_kept(&s->im)) {
		replace_abort(r);
		err = image_write_beside(&s->im, s->guard, s->guard_size, 0, &r);
	}
	if (!err)
		err = replace_verify(r, s->o->read_back, &result);
	if (!err && !replace_stat(r, &new))
		err = -EAGAIN;
	if (!err) {
		err = replace_install(r);
		result.installed = replace_installed(r);
	}
	if (result.installed)
		s->stands = new;
	if (!err && s->o->read_back == READ_BACK && !result.past_cache)
		message("%s: this file system cannot read past the page cache: what the disk kept is "
			"not verified",
			s->im.name);
	if (!err || result.installed)
		*sealed = SEALED_NOW;
	if (!err) {
		replace_abort(r);
		drop_kept(&s->im);
		return 0;
	}
	status = replace_explain(s->im.name, err, &result);
	if (result.installed || err == -EAGAIN || err == -EINTR || !s->guard)
		;
	else if (status == 1)
		status = fall_back(s, err == -EILSEQ ? r : NULL, &result, sealed);
	else
		status = leave(s, status, sealed);
	replace_abort(r);
	return status;
}

/* 0: a boot can start with it, or that cannot be told. */
static int seal_start(struct sealing *s, enum sealed *sealed)
{
	enum start start;
	cleanup(free_ptr) char *reason =
		seal_start_fault(&s->im, s->m, s->programs, &s->files, &start);

	switch (start) {
	case START_POSSIBLE:
		return 0;
	case START_IMPOSSIBLE:
		return refuse(s, REFUSED_START, reason, sealed);
	case START_DOUBTFUL:
		return refuse(s, REFUSED_UNKNOWN, reason, sealed);
	case START_CHANGED:
		return refuse(s, REFUSED_CHANGED, reason, sealed);
	case START_CHANGED_DOUBTFUL:
		s->first_changed = true;
		return refuse(s, REFUSED_UNKNOWN, reason, sealed);
	case START_UNGUARDED:
		break;
	}
	/* This guard would keep it from booting. */
	free(s->guard);
	s->guard = NULL;
	return leave(s, 2, sealed);
}

/* Zeros of a sector or more, where the last archive should have its trailer. */
#define LOST_TAIL_MIN 512u

/* 0: kernels unpack all of it, as far as can be told; what they skip is told. */
static int seal_readable(struct sealing *s, const struct initrd_fault *tail, enum sealed *sealed)
{
	const struct sealed_segment *unread = segment_unread(s->m);
	cleanup(free_ptr) char *reason = NULL, *lack = NULL;
	bool proven = false;

	if (unread) {
		reason = text_format("no kernel unpacks its segment at offset %llu (%s): %s",
				     (unsigned long long)unread->offset, codec_name(unread->codec),
				     unread->unread);
		message("%s: it is not sealed: %s", s->im.name, reason);
		return refuse(s, REFUSED_FORMAT, reason, sealed);
	}
	for (size_t i = 0; i < s->m->segment_count; i++) {
		const struct sealed_segment *g = &s->m->segments[i];

		if (!g->loose)
			continue;
		if (g->zero_tail < LOST_TAIL_MIN) {
			message("%s: an archive in it has no trailer, zeros between its members, or "
				"members that kernels skip: nothing proves that it is complete; it is "
				"sealed as it is",
				s->im.name);
			continue;
		}
		reason = text_format("where its archive at offset %llu should end, there are %llu "
				     "zero bytes: nothing proves that it is complete",
				     (unsigned long long)g->offset,
				     (unsigned long long)g->zero_tail);
		message("%s: it is not sealed: %s", s->im.name, reason);
		return refuse(s, REFUSED_UNKNOWN, reason, sealed);
	}
	lack = kernel_config_lacks(s->f, s->m, &proven);
	if (lack)
		message("%s: it %s not boot: %s", s->im.name, proven ? "will" : "may", lack);
	if (tail->error)
		message("%s: what begins at offset %llu is no archive that a kernel unpacks (%s)%s%s; what "
			"is before it is complete, and sealed",
			s->im.name, (unsigned long long)tail->offset, tail->reason,
			tail->is && tail->is->remedy ? ": " : "",
			tail->is && tail->is->remedy ? tail->is->remedy : "");
	return 0;
}

/* The files of the guard in it would replace this one's, and their record this one. */
static int leave_repacked(struct sealing *s, enum sealed *sealed)
{
	message("%s: it is not sealed: a sealed image was unpacked and packed again, with bootverdict's "
		"own files in it, whose old record a boot would use",
		s->im.name);
	message("pack it again without the folder " GUARD_DIR
		", or make it anew: update-initramfs -u -k "
		"%s, or dracut -f; else the next boot may call storage corruption what was changed on "
		"purpose",
		s->m->kernel);
	free(s->guard);
	s->guard = NULL;
	return leave(s, 2, sealed);
}

static int read_programs(struct sealing *s)
{
	const char *root = s->f->root;
	cleanup(free_ptr) char *folder =
		s->o->guard ? text_copy(s->o->guard) : text_format("%s/usr/lib/bootverdict", root);
	cleanup(free_ptr) char *conf = text_format("%s/etc/bootverdict.conf", root);
	cleanup(free_ptr) char *settings = read_text_file(conf);
	int r = guard_files_read(&s->files, folder, settings);

	s->files.is_private = !file_is_for_everybody(s->im.fd);
	return r;
}

/* What it is cannot be told: the device cannot read its start, or its guard's headers are damaged. */
static int replace_lost(struct sealing *s, enum sealed *sealed)
{
	if (s->im.guard_broken && !read_programs(s))
		return refuse(s, REFUSED_BROKEN, "the guard at its start is damaged", sealed);
	s->m->refusal = REFUSED_BROKEN;
	return fall_back(s, NULL, NULL, sealed);
}

static int seal_open_image(struct sealing *s, enum sealed *sealed)
{
	struct initrd_fault fault = { 0 };
	int r = read_programs(s);

	*sealed = NOT_SEALED;
	if (r)
		return leave(s, r, sealed);
	r = guard_make(&s->files, s->im.fd, s->im.guard_bytes, (uint64_t)s->im.st.st_size, s->m,
		       &s->programs, &s->guard, &s->guard_size, &fault);
	if (r) {
		free(s->guard);
		s->guard = NULL;
		return explain_fault(s, r, &fault, sealed);
	}
	if (image_was_repacked(s->m))
		return leave_repacked(s, sealed);
	r = seal_readable(s, &fault, sealed);
	if (!r)
		r = seal_start(s, sealed);
	if (r)
		return r;
	/* What has a guard is no update. */
	if (s->im.guard_bytes)
		s->m->update_lost_at = s->previous.update_lost_at;
	s->changed = !guard_is_there(&s->im, s->guard, s->guard_size);
	if (s->changed)
		return write_image(s, sealed);
	*sealed = SEALED_NOW;
	return 0;
}

/* What is recorded must be what was put there: by now another program may have replaced or written it. */
static int record_sealed(const struct sealing *s, const char *path, enum artifact_kind kind)
{
	cleanup(close_fd) int fd = file_open(path);
	int r = fd < 0 ? fd : record_file(&s->m->files[kind], fd, boot_files_inside(s->f, path));
	struct stat now;

	if (fd >= 0 && (fstat(fd, &now) < 0 || !replace_is_same_file(&now, &s->stands))) {
		message("%s: it changed while it was being sealed; seal again", path);
		return 2;
	}
	if (!r)
		return 0;
	message("%s: %s", path, file_error(r));
	return r == -EIO ? 1 : 2;
}

static bool is_guard_alone(const struct image *im)
{
	return im->guard_bytes && im->guard_bytes == (uint64_t)im->st.st_size;
}

/* Whether what differs from the record may be what the disk lost. */
static bool is_in_doubt(enum ground ground)
{
	return ground == GROUND_FEW_PLAIN || ground == GROUND_TAIL || ground == GROUND_OLDER ||
	       ground == GROUND_UNFINISHED;
}

/*
 * Whether it is the sealed image with bytes that are others, which its record tells, also where its guard
 * is lost or all that is in it is as sealed: sealed like this, nobody could ever tell. The status of seal,
 * 0: it is not.
 */
static int changed_in_part(const struct sealing *s)
{
	const struct sealed_file *f = &s->previous.files[ARTIFACT_INITRD];
	const char *name = s->im.name, *release = s->f->release;
	struct sealed_look l;
	int status = 0;

	if (!f->present || s->previous.refusal ||
	    !sealed_file_is_left(f, s->im.fd, FEW_BLOCKS_OF) ||
	    sealed_look(&s->previous, ARTIFACT_INITRD, s->im.path, false, &l))
		return 0;
	if (l.j.verdict == VERDICT_STORAGE_CORRUPTION)
		status = 1;
	else if (is_in_doubt(l.j.ground))
		status = 2;
	if (status) {
		message("%s: it was sealed, and %llu of its %zu 4096-byte blocks are not as sealed, the "
			"first one at offset %llu",
			name, (unsigned long long)l.c.bad.blocks, f->block_count,
			(unsigned long long)(l.c.bad.count ? l.c.bad.ranges[0].offset : l.c.size));
		message("%s: it is not sealed again, because it %s damaged; it stays as it is, with %sits "
			"record: bootverdict check -k %s",
			name, status == 1 ? "is" : "may be",
			s->im.guard_bytes ? "its guard and " : "", release);
		message("%s: do not reboot into it before it is made anew: update-initramfs -u -k %s, or "
			"dracut -f --kver %s",
			name, release, release);
	}
	sealed_look_clear(&l);
	return status;
}

/*
 * Of another kernel, whole: sealed for this one, a lost update through which that image shows would be told by
 * nothing any more. The status of seal.
 */
static int leave_other_kernel(const struct sealing *s, const char *of)
{
	const char *name = s->im.name, *release = s->f->release;
	int status = changed_in_part(s);

	if (status)
		return status;
	message("%s: it is not sealed: by the record in its guard it is the image of kernel %s, not of %s: it "
		"was put there under another name, or the disk has lost what was written since; it stays as "
		"it is",
		name, of, release);
	message("%s: if nobody put it there, have the disk checked, and make it anew: update-initramfs -u -k "
		"%s, or dracut -f --kver %s; if it is meant: bootverdict seal --remove -k %s && bootverdict "
		"seal -k %s",
		name, release, release, release, release);
	return 2;
}

/* The kernel that a sealed image was sealed for, unless it is this one; owned. */
static char *other_kernel(const struct image_proof *proof, const char *release)
{
	bool whole = !proof->fault.error || proof->fault.behind;
	bool known = whole && proof->has_record && !proof->record_error;

	return known && strcmp(proof->record.kernel, release) ? text_copy(proof->record.kernel)
							      : NULL;
}

/*
 * What is sealed already is sealed again as it was, or not at all: what the disk has made of it since
 * would be the record, and nobody could ever tell. 0: all is as its own guard says, or has none.
 */
static int examine_sealed(const struct sealing *s)
{
	const struct image *im = &s->im;
	const char *release = s->f->release;
	struct image_proof proof;
	size_t differing = 0, of = 0;
	cleanup(free_ptr) char *other = NULL;
	bool edited = false;
	int status;

	if (!im->guard_bytes)
		return 0;
	if (!is_guard_alone(im) && !image_examine(im->fd, (uint64_t)im->st.st_size, &proof)) {
		if ((!proof.fault.error || proof.fault.behind) && !proof.record.refusal)
			differing = proof.differing;
		of = proof.record.content_count;
		edited = image_was_edited(&proof);
		other = other_kernel(&proof, release);
		image_proof_clear(&proof);
	}
	if (!differing && !is_guard_alone(im) && !other)
		return 0;
	if (image_changed(im))
		return replace_explain(im->name, -EAGAIN, NULL);
	if (!differing && other)
		return leave_other_kernel(s, other);
	if (is_guard_alone(im)) {
		message("%s: bootverdict's guard stands there alone, and explains: the image behind it "
			"was lost or refused; make it anew: update-initramfs -u -k %s, or dracut -f",
			im->name, release);
		return 2;
	}
	/* By the record that may be what an older write left of it. */
	status = edited ? changed_in_part(s) : 0;
	if (status)
		return status;
	message("%s: it is not sealed again: %zu of %zu paths in it are not as the record in its guard "
		"says: %s",
		im->name, differing, of,
		edited ? "another archive was packed behind that guard, which is complete and well-formed"
		       : "the disk lost them, or somebody wrote to it");
	message("%s: it stays as it is, with its guard and its record: bootverdict check -k %s",
		im->name, release);
	if (edited)
		message("if it was packed again on purpose, seal it as it is: bootverdict seal --remove -k "
			"%s && bootverdict seal -k %s",
			release, release);
	return edited ? 2 : 1;
}

int seal_initrd(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed, bool *to_record)
{
	struct sealing s = { .f = f, .o = o, .m = m };
	enum sealed sealed = NOT_SEALED;
	int r = image_open(&s.im, f->initrd), kept = 0;
	bool lost = r == 1; /* its start: what it is cannot be told */

	s.stands = s.im.st;
	manifest_init(&s.previous);
	if (!r || lost)
		store_load(f, &s.previous);
	if (!r)
		r = examine_sealed(&s);
	if (!r || s.im.guard_broken)
		kept = changed_in_part(&s);
	if (kept)
		r = kept;
	else if (lost)
		r = replace_lost(&s, &sealed);
	else if (!r)
		r = seal_open_image(&s, &sealed);
	image_close(&s.im);
	if (sealed == SEALED_NOW) {
		int status = record_sealed(&s, f->initrd, ARTIFACT_INITRD);

		sealed = status ? NOT_SEALED : sealed;
		r = r ? r : status;
	}
	*changed = s.changed;
	*to_record = sealed != NOT_SEALED;
	free(s.guard);
	guard_files_clear(&s.files);
	programs_free(s.programs);
	manifest_clear(&s.previous);
	return r;
}

/* Whether what would be given back is not what was sealed; a refused one never was. */
static bool is_damaged(const struct image *im)
{
	struct image_proof proof;
	bool damaged;

	if (!im->guard_bytes || image_examine(im->fd, (uint64_t)im->st.st_size, &proof))
		return false;
	damaged = proof.fault.error && !proof.fault.behind
			  ? !is_own_limit(proof.fault.error) && !proof.fault_in_guard
			  : proof.damaged > 0;
	damaged = damaged && !proof.record.refusal;
	image_proof_clear(&proof);
	return damaged;
}

/* What stood under the names of an image before, and what was being written. */
static void remove_kept_images(const struct boot_files *f)
{
	char *name;

	for (size_t i = 0; (name = boot_files_initrd_name(f, i)); i++) {
		cleanup(free_ptr) char *kept = text_format("%s/.%s" KEPT_SUFFIX, f->boot, name);
		cleanup(free_ptr) char *begun = text_format("%s/.%s" REPLACE_SUFFIX, f->boot, name);

		unlink(kept);
		unlink(begun);
		free(name);
	}
}

int seal_forget(const struct boot_files *f, const struct seal_options *o)
{
	bool known = store_has(f);
	int status = store_forget(f);

	remove_kept_images(f);
	store_tidy(f);
	if (!status && known && !o->quiet)
		announce("%s: its record is removed%s", f->release,
			 f->initrd ? "; the image keeps its guard, which still explains" : "");
	return status;
}

int seal_remove(const struct boot_files *f, const struct seal_options *o)
{
	struct sealing s = { .f = f, .o = o };
	enum sealed ignored;
	int r = image_open(&s.im, f->initrd);

	store_load(f, &s.previous);
	if (!r && is_guard_alone(&s.im)) {
		message("%s: bootverdict's guard stands there alone: there is no image behind it to "
			"give back; make it anew: update-initramfs -u -k %s, or dracut -f",
			f->initrd, f->release);
		r = 2;
	} else if (!r && is_damaged(&s.im)) {
		message("%s: it is not as it was sealed, so it cannot be given back as it was; it stays, "
			"with its guard and its record: bootverdict check -k %s",
			f->initrd, f->release);
		r = 1;
	} else if (!r && s.im.guard_bytes)
		r = write_image(&s, &ignored);
	else if (!r) {
		r = changed_in_part(&s);
		if (!r && !o->quiet)
			message("%s: it has no guard", f->initrd);
	}
	image_close(&s.im);
	manifest_clear(&s.previous);
	return r ? r : store_forget(f);
}
