// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "image/check.h"
#include "image/check_alone.h"
#include "image/contents.h"
#include "image/examine.h"
#include "image/guard_make.h"
#include "image/image.h"
#include "image/kept.h"
#include "image/other_modules.h"
#include "image/programs.h"
#include "image/record.h"
#include "image/seal_fallback.h"
#include "image/seal_start.h"
#include "image/sealed_look.h"
#include "manifest/report_replace.h"
#include "manifest/store.h"
#include "report/lines.h"
#include "storage/direct.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

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
	struct report *report;
	size_t first; /* finding about this image */
	struct guard_files files;
	struct programs *programs; /* of the image; owned */
	struct manifest *m;	   /* the new record */
	struct manifest previous;  /* the record until now; may be empty */
	unsigned char *guard;
	size_t guard_size;
	struct stat stands; /* under the image's name, as far as it was put there from here */
	bool changed;
	bool is_copy;	    /* of a sealed image of another kernel, which stays as it is */
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
			      .refusal = s->first_changed ? REFUSED_CHANGED : s->m->refusal,
			      .report = s->report };
	size_t before = s->report->finding_count;
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
	if (standing != STANDS_OTHER || !s->m->refusal)
		return 1;
	/* What was wrong with the image is not there any more. */
	report_discount(s->report, s->first, before);
	return 2;
}

/* Another program has written what is being sealed: of what was there nothing counts. 2. */
static int changed_meanwhile(struct sealing *s)
{
	report_discount(s->report, s->first, s->report->finding_count);
	return report_replace(s->report, s->im.name, -EAGAIN, NULL);
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

static enum builder builder_of(const struct sealing *s)
{
	return builder_either(s->m ? manifest_builder(s->m) : BUILDER_UNKNOWN,
			      manifest_builder(&s->previous));
}

/* An image that has been sealed, and is not as its record says. */
static void stays(struct sealing *s)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(s), s->f->release);
	struct finding *f = seal_stands(s->report, VERDICT_INCONCLUSIVE, s->im.name,
					"It stays as it is, with %sits record.",
					s->im.guard_bytes ? "its guard and " : "");

	finding_next(f, "Look at it: bootverdict check -k %s", s->f->release);
	finding_next(f, "Do not reboot into it before it is made anew: %s", rebuild);
	finding_say(f);
}

/* What was found first counts: now the image is seen through what was done then. */
static void seen_before(struct sealing *s)
{
	size_t now = s->report->finding_count;

	report_discount(s->report, s->first, now);
	check_report_refused(s->report, s->im.name, &s->previous);
	report_say(s->report, now);
}

/* A guard whose record says only that, and why, the image behind it was refused. */
static int refuse(struct sealing *s, enum refusal refusal, const char *reason, enum sealed *sealed)
{
	*sealed = NOT_SEALED;
	if (image_changed(&s->im))
		return changed_meanwhile(s);
	if (explains_itself(s)) {
		stays(s);
		return refusal_status(refusal);
	}
	if (s->im.guard_bytes && s->previous.refused && is_recorded(s)) {
		refusal = s->previous.refusal;
		reason = s->previous.refused;
		seen_before(s);
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
		finding_say(seal_stands(
			s->report, VERDICT_INCONCLUSIVE, s->im.name,
			"bootverdict's guard stands in front of it already, and explains."));
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
	if (replace_blames_disk(err)) {
		report_replace(s->report, s->im.name, err, &result);
		if (explains_itself(s))
			return 1;
		return s->guard ? fall_back(s, NULL, NULL, sealed)
				: refuse(s, REFUSED_BROKEN,
					 "the disk did not keep what its builder wrote", sealed);
	}
	if (!err && result.past_cache)
		finding_say(seal_stands(
			s->report, VERDICT_INTACT, s->im.name,
			"It stands as its builder wrote it, and reads back from the disk so."));
	return status;
}

/* It boots in a way of its own, if at all: a guard in front of it would keep it from that. */
static bool is_foreign_whole(const struct sealing *s, const struct initrd_fault *fault)
{
	return fault->first && !s->im.guard_bytes && fault->is && fault->is->use == FOREIGN_WHOLE;
}

/* It cannot be right, or no kernel unpacks it: why it is not sealed, in words. */
static char *why_refused(const struct initrd_fault *fault, enum refusal refusal)
{
	if (refusal == REFUSED_FORMAT)
		return text_format("no kernel unpacks it as it is: %s",
				   fault->is && fault->is->remedy
					   ? fault->is->remedy
					   : "it was built like this; build it anew");
	if (fault->behind)
		return text_format(
			"what is there begins no archive, and nothing before it can "
			"start%s",
			fault->is ? ": its builder makes such images, or it has lost its start"
				  : "");
	return text_format(
		"it cannot be right: the disk lost it, %sit was never written to its end%s",
		fault->proven ? "or " : "",
		fault->proven ? ""
			      : ", or its builder makes images that bootverdict does "
				"not know");
}

static struct finding *tell_fault(struct sealing *s, enum verdict v,
				  const struct initrd_fault *fault, const char *consequence)
{
	struct finding *f =
		seal_refused(s->report, v, s->im.name, "Offset %llu%s%s: %s; %s.",
			     (unsigned long long)fault->offset, *fault->path ? ", in " : "",
			     fault->path, fault->reason, consequence);

	finding_number(f, EVIDENCE_OFFSET, fault->offset);
	finding_number(f, EVIDENCE_SEGMENT, fault->segment);
	if (*fault->path)
		finding_text(f, EVIDENCE_MEMBERS, "%s", fault->path);
	return f;
}

/* No guard is put in front of it: it may boot in its own way, or is beyond what can be verified. */
static int leave_unjudged(struct sealing *s, const struct initrd_fault *fault,
			  const char *consequence, enum sealed *sealed)
{
	finding_say(tell_fault(s, VERDICT_INCONCLUSIVE, fault, consequence));
	return leave(s, 2, sealed);
}

static int refuse_fault(struct sealing *s, const struct initrd_fault *fault, enum refusal refusal,
			bool was_sealed, enum sealed *sealed)
{
	/* Of the image as it was built: sealing it again gives the same guard. */
	cleanup(free_ptr) char *reason =
		text_format("offset %llu of what was built%s%s: %s",
			    (unsigned long long)(fault->offset - s->im.guard_bytes),
			    *fault->path ? ", in " : "", fault->path, fault->reason);
	cleanup(free_ptr) char *why = why_refused(fault, refusal);
	cleanup(free_ptr) char *consequence = text_format("it is not sealed, because %s", why);
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(s), s->f->release);
	struct finding *f = tell_fault(
		s, was_sealed ? VERDICT_STORAGE_CORRUPTION : judge_refusal(refusal, false), fault,
		consequence);
	int status;

	if (refusal != REFUSED_FORMAT)
		finding_next(f, "Make it anew: %s", rebuild);
	finding_say(f);
	status = refuse(s, refusal, reason, sealed);
	return status == 2 && was_sealed ? 1 : status;
}

static int explain_fault(struct sealing *s, int error, const struct initrd_fault *fault,
			 enum sealed *sealed)
{
	bool cut = initrd_fault_is_end(fault, (uint64_t)s->im.st.st_size);
	enum refusal refusal = fault->proven && !cut ? REFUSED_BROKEN : REFUSED_UNKNOWN;
	cleanup(free_ptr) char *foreign = NULL;
	bool was_sealed;

	if (image_changed(&s->im))
		return changed_meanwhile(s);
	if (!fault->error) {
		seal_not_done(s->report, s->im.name, "It cannot be read: %s.", strerror(-error));
		return leave(s, 2, sealed);
	}
	if (is_foreign_whole(s, fault)) {
		foreign = text_format(
			"it %s %s, not an archive that the kernel unpacks: bootverdict does not "
			"guard such an image, and leaves it as it is",
			fault->whole ? "is" : "begins as", fault->is->name);
		return leave_unjudged(s, fault, foreign, sealed);
	}
	if (is_own_limit(fault->error) && !fault->built_so)
		return leave_unjudged(
			s, fault, "it is not sealed, because bootverdict cannot verify it", sealed);
	if (fault->built_so || initrd_fault_is_foreign(fault))
		refusal = REFUSED_FORMAT;
	/* Of one that was sealed the record in its guard proves that it was another one. */
	was_sealed = explains_itself(s) && refusal == REFUSED_UNKNOWN && !fault->behind && !cut;
	return refuse_fault(s, fault, refusal, was_sealed, sealed);
}

/* Puts guard, which may be empty, in place of the one that the image has. */
static int write_image(struct sealing *s, enum sealed *sealed)
{
	struct replacement *r = NULL;
	struct replace_result result = { 0 };
	struct stat new;
	int status, err = image_write_beside(&s->im, s->guard, s->guard_size, 0, &r);

	if (err == -ENOSPC && kept_drop(s->im.path)) {
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
		finding_say(seal_note(
			s->report, s->im.name,
			"This file system cannot read past the page cache: what the disk kept is not "
			"verified."));
	if (!err || result.installed)
		*sealed = SEALED_NOW;
	if (!err) {
		replace_abort(r);
		kept_drop(s->im.path);
		return 0;
	}
	status = report_replace(s->report, s->im.name, err, &result);
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
		seal_start_fault(&s->im, s->m, s->programs, &s->files, &start, s->report);

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

static int refuse_for(struct sealing *s, enum refusal refusal, const char *reason, uint64_t offset,
		      enum sealed *sealed)
{
	struct finding *f = seal_refused(s->report, judge_refusal(refusal, false), s->im.name,
					 "It is not sealed: %s.", reason);

	finding_number(f, EVIDENCE_OFFSET, offset);
	finding_say(f);
	return refuse(s, refusal, reason, sealed);
}

static int refuse_unread(struct sealing *s, const struct sealed_segment *unread,
			 enum sealed *sealed)
{
	cleanup(free_ptr) char *reason = text_format(
		"no kernel unpacks its segment at offset %llu (%s): %s",
		(unsigned long long)unread->offset, codec_name(unread->codec), unread->unread);

	return refuse_for(s, REFUSED_FORMAT, reason, s->im.guard_bytes + unread->offset, sealed);
}

static int refuse_lost_tail(struct sealing *s, const struct sealed_segment *g, enum sealed *sealed)
{
	cleanup(free_ptr) char *reason = text_format(
		"where its archive at offset %llu should end, there are %llu zero bytes: "
		"nothing proves that it is complete",
		(unsigned long long)g->offset, (unsigned long long)g->zero_tail);

	return refuse_for(s, REFUSED_UNKNOWN, reason, s->im.guard_bytes + g->offset, sealed);
}

/* 0: kernels unpack all of it, as far as can be told; what they skip is told. */
static int seal_readable(struct sealing *s, const struct initrd_fault *tail, enum sealed *sealed)
{
	const struct sealed_segment *unread = segment_unread(s->m);
	size_t first = s->report->finding_count;
	bool loose = false, before;

	if (unread)
		return refuse_unread(s, unread, sealed);
	for (size_t i = 0; i < s->m->segment_count; i++) {
		const struct sealed_segment *g = &s->m->segments[i];

		if (g->loose && g->zero_tail >= LOST_TAIL_MIN)
			return refuse_lost_tail(s, g, sealed);
		loose = loose || g->loose;
	}
	/* It does not count for a seal that goes on. */
	before = report_warnings(s->report, true);
	if (loose)
		check_report_loose(s->report, s->im.name);
	check_codecs(s->f, s->m, s->report);
	if (tail->error)
		check_report_behind(s->report, s->im.name, tail);
	report_warnings(s->report, before);
	report_say(s->report, first);
	return 0;
}

/* The files of the guard in it would replace this one's, and their record this one. */
static int leave_repacked(struct sealing *s, enum sealed *sealed)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(s), s->f->release);
	struct finding *f = seal_refused(
		s->report, VERDICT_INCONCLUSIVE, s->im.name,
		"It is not sealed: a sealed image was unpacked and packed again, with bootverdict's own "
		"files in it, whose old record a boot would use.");

	finding_next(
		f,
		"Pack it again without the folder " GUARD_DIR
		", or make it anew (%s); else the next boot may call storage corruption what was "
		"changed on purpose.",
		rebuild);
	finding_say(f);
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
	int r = guard_files_read(&s->files, folder, settings, s->report);

	s->files.image = s->im.name;

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

	if (fd >= 0 && (fstat(fd, &now) < 0 || !replace_is_same_file(&now, &s->stands)))
		return seal_not_done(s->report, path,
				     "It changed while it was being sealed; seal again.");
	return r ? seal_cannot_read(s->report, path, r) : 0;
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
 * is lost or all that is in it is as sealed: sealed like this, nobody could ever tell. doubt_counts: also
 * where an edit would look the same. The status of seal, 0: it is not.
 */
static int changed_in_part(struct sealing *s, bool doubt_counts)
{
	const struct sealed_file *f = &s->previous.files[ARTIFACT_INITRD];
	size_t first = s->report->finding_count;
	struct sealed_look l;
	int status = 0;

	if (!f->present || s->previous.refusal ||
	    !sealed_file_is_left(f, s->im.fd, FEW_BLOCKS_OF) ||
	    sealed_look(&s->previous, ARTIFACT_INITRD, s->im.path, false, &l))
		return 0;
	if (l.j.verdict == VERDICT_STORAGE_CORRUPTION)
		status = 1;
	else if (doubt_counts && is_in_doubt(l.j.ground))
		status = 2;
	if (status) {
		check_report_look(s->report, &s->previous, s->im.name, ARTIFACT_INITRD, &l);
		report_say(s->report, first);
		stays(s);
	}
	sealed_look_clear(&l);
	return status;
}

/* summary: what it means for what is to be done. */
static int guard_alone(struct sealing *s, const char *summary)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(s), s->f->release);
	struct finding *f =
		seal_refused(s->report, VERDICT_INCONCLUSIVE, s->im.name, "%s", summary);

	finding_next(f, "Make it anew: %s", rebuild);
	finding_say(f);
	return 2;
}

/* Paths in it are not as the record in its guard says. */
static int tell_differing(struct sealing *s, const struct image_proof *proof, bool edited)
{
	size_t first = s->report->finding_count;

	if (edited)
		check_report_edited(s->report, s->im.name, s->f->release, proof);
	else
		check_report_differing(s->report, s->im.name, proof);
	report_say(s->report, first);
	stays(s);
	return edited ? 2 : 1;
}

static int examine_differing(struct sealing *s, const struct image_proof *proof)
{
	bool edited = image_was_edited(proof);
	int status;

	if (!proof->differing || proof->record.refusal ||
	    (proof->fault.error && !proof->fault.behind))
		return 0;
	if (image_changed(&s->im))
		return changed_meanwhile(s);
	/* Edited only by a record that may be what an older write left of it. */
	status = changed_in_part(s, edited);
	return status ? status : tell_differing(s, proof, edited);
}

static int stays_copy(struct sealing *s, const struct image_proof *proof)
{
	cleanup(free_ptr) char *copy = copy_words(proof->record.kernel);
	struct finding *f = seal_note(s->report, s->im.name, "It stays as it is: %s", copy);

	next_seal_copy(f, s->f->release);
	finding_say(f);
	return 0;
}

static bool is_of_another_kernel(const struct image_proof *proof, const char *release)
{
	return proof->has_record && !proof->record_error &&
	       names_another_kernel(release, proof->record.kernel);
}

/*
 * Of another kernel, whole: sealed for this one, a lost update through which that image shows would be told by
 * nothing any more.
 */
static int examine_name(struct sealing *s, const struct image_proof *proof)
{
	bool whole = !proof->fault.error || proof->fault.behind;
	size_t first = s->report->finding_count;
	int status;

	if (!whole || !is_of_another_kernel(proof, s->f->release))
		return 0;
	if (image_changed(&s->im))
		return changed_meanwhile(s);
	status = changed_in_part(s, true);
	if (status)
		return status;
	s->is_copy = !s->previous.files[ARTIFACT_INITRD].present && !boot_files_have_kernel(s->f);
	if (s->is_copy)
		return stays_copy(s, proof);
	check_report_other_kernel(s->report, s->im.name, proof, s->f->release);
	report_say(s->report, first);
	stays(s);
	return 2;
}

/*
 * What is sealed already is sealed again as it was, or not at all: what the disk has made of it since
 * would be the record, and nobody could ever tell. 0: all is as its own guard says, or has none.
 */
static int examine_sealed(struct sealing *s)
{
	const struct image *im = &s->im;
	struct image_proof proof;
	int status;

	if (!im->guard_bytes)
		return 0;
	if (is_guard_alone(im))
		return image_changed(im)
			       ? changed_meanwhile(s)
			       : guard_alone(
					 s, "bootverdict's guard stands there alone, and explains: "
					    "the image behind it was lost or refused.");
	if (image_examine(im->fd, (uint64_t)im->st.st_size, &proof))
		return 0;
	status = examine_differing(s, &proof);
	if (!status)
		status = examine_name(s, &proof);
	image_proof_clear(&proof);
	return status;
}

static enum reported_state state_of(const struct sealing *s, enum sealed sealed, int status)
{
	if (sealed == SEALED_BEFORE)
		return STATE_STALE;
	if (status == 1 && (sealed == NOT_SEALED || s->m->refusal))
		return STATE_DAMAGED;
	return sealed == NOT_SEALED || s->m->refusal ? STATE_UNVERIFIED : STATE_INTACT;
}

/* Once, as what it was left. */
static void add_artifact(const struct sealing *s, enum sealed sealed, int status)
{
	const struct sealed_file *f = &s->m->files[ARTIFACT_INITRD];

	if (!report_has_artifact(s->report, s->im.name, KIND_INITRD))
		report_artifact(s->report, s->im.name, KIND_INITRD, state_of(s, sealed, status),
				f->present ? f->size : (uint64_t)s->im.st.st_size, 0);
}

int seal_initrd(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed, bool *to_record)
{
	struct sealing s = {
		.f = f, .o = o, .report = o->report, .first = o->report->finding_count, .m = m
	};
	enum sealed sealed = NOT_SEALED;
	int r = image_open(&s.im, f->initrd, o->report), kept = 0;
	size_t opened = o->report->finding_count;
	bool lost = r == 1; /* its start: what it is cannot be told */

	s.stands = s.im.st;
	manifest_init(&s.previous);
	if (!r || lost)
		store_load(f, &s.previous);
	if (!r)
		r = examine_sealed(&s);
	if (!r || s.im.guard_broken)
		kept = changed_in_part(&s, true);
	if (kept) {
		/* The record knows more of it than its guard. */
		report_discount(o->report, s.first, opened);
		r = kept;
	}
	if (!kept && lost)
		r = replace_lost(&s, &sealed);
	else if (!kept && !r && !s.is_copy)
		r = seal_open_image(&s, &sealed);
	image_close(&s.im);
	if (sealed == SEALED_NOW) {
		int status = record_sealed(&s, f->initrd, ARTIFACT_INITRD);

		sealed = status ? NOT_SEALED : sealed;
		r = !r || status == 1 ? status : r;
	}
	add_artifact(&s, sealed, r);
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
	int status = store_forget(f, o->report);

	remove_kept_images(f);
	store_tidy(f);
	if (!status && known && !o->quiet && !o->json)
		announce("%s: its record is removed%s", f->release,
			 f->initrd ? "; the image keeps its guard, which still explains" : "");
	return status;
}

/* 0: what stands behind the guard may be given back. */
static int examine_for_removal(struct sealing *s)
{
	struct finding *f;

	if (is_guard_alone(&s->im))
		return guard_alone(s, "bootverdict's guard stands there alone: there is no image "
				      "behind it to give back.");
	if (is_damaged(&s->im)) {
		f = seal_refused(
			s->report, VERDICT_STORAGE_CORRUPTION, s->im.name,
			"It is not as it was sealed, so it cannot be given back as it was; it stays, "
			"with its guard and its record.");
		finding_next(f, "Look at it: bootverdict check -k %s", s->f->release);
		finding_say(f);
		return 1;
	}
	if (s->im.guard_bytes)
		return 0;
	return changed_in_part(s, true);
}

static int give_back(struct sealing *s)
{
	enum sealed ignored;
	struct finding *f;

	if (s->im.guard_bytes)
		return write_image(s, &ignored);
	f = seal_note(s->report, s->im.name, "It has no guard.");
	if (!s->o->quiet)
		finding_say(f);
	return 0;
}

int seal_remove(const struct boot_files *f, const struct seal_options *o)
{
	struct sealing s = {
		.f = f, .o = o, .report = o->report, .first = o->report->finding_count
	};
	int r = image_open(&s.im, f->initrd, o->report);

	store_load(f, &s.previous);
	if (!r)
		r = examine_for_removal(&s);
	if (!r)
		r = give_back(&s);
	image_close(&s.im);
	manifest_clear(&s.previous);
	return r ? r : store_forget(f, o->report);
}
