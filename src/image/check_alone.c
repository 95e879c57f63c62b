// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/check_alone.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "damage/ranges.h"
#include "image/examine.h"
#include "image/guard.h"
#include "image/kernel.h"
#include "image/other_modules.h"
#include "manifest/load.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/progress.h"
#include "util/util.h"

/* Of what an image may have any number of, so many are told one by one. */
#define MEMBERS_TOLD_MAX  64u
#define SEGMENTS_TOLD_MAX 64u
#define RANGES_TOLD_MAX	  1024u

/* At a file that changes while it is looked at. */
#define LOOKS_MAX 3

void check_tell_file_system(struct finding *f, const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) || fs.f_type != BTRFS_SUPER_MAGIC)
		return;
	finding_text(
		f, EVIDENCE_FILE_SYSTEM,
		"btrfs: its own checksum may have refused what the device delivered; if so, dmesg "
		"has csum failed");
}

static void cannot_run(struct report *r, const char *path, int error)
{
	bool unreadable = error == -EIO;
	struct finding *f;

	f = report_finding(r, unreadable ? VERDICT_STORAGE_CORRUPTION : VERDICT_NONE,
			   FINDING_UNREADABLE, path, "It cannot be read: %s.", file_error(error));
	if (unreadable)
		check_tell_file_system(f, path);
	report_artifact(r, path, KIND_FILE, STATE_UNREADABLE, 0, 0);
}

static void advise_rebuild(struct finding *f, enum builder builder)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder, "KVER");

	finding_next(
		f,
		"Once the storage is sound, make it anew: %s, or the kernel's package. An older "
		"kernel may still be intact.",
		rebuild);
	finding_next(f, "If it was copied or downloaded, compare its size and its hash with the "
			"original's, and copy it again.");
}

static void advise_unknown(struct finding *f)
{
	finding_next(
		f, "If it should be a kernel or an initrd, compare its size and its hash with the "
		   "original's, or make it anew.");
	finding_next(f, "If it is meant to be what it is, verify it with that format's own tool.");
}

/* How far the proof of a sound image goes, segment by segment. */
static void tell_proof(struct finding *f, const struct image_proof *p)
{
	const struct manifest *m = &p->found;

	finding_number(f, EVIDENCE_PATHS_IN_ALL, m->content_count);
	for (size_t i = 0; i < m->segment_count && i < SEGMENTS_TOLD_MAX; i++) {
		const struct sealed_segment *s = &m->segments[i];
		const char *checksum = codec_checksum(s->codec);

		finding_text(f, EVIDENCE_SEGMENTS,
			     "segment %zu: %s at offset %" PRIu64 ", %" PRIu64 " bytes (%" PRIu64
			     " unpacked): %s%s",
			     i, s->codec == CODEC_NONE ? "plain cpio" : codec_name(s->codec),
			     p->guard_bytes + s->offset, s->length, s->unpacked,
			     s->verified ? "proven by its " : "only walked, it carries no checksum",
			     s->verified ? (checksum ? checksum : "checksum") : "");
	}
	if (m->segment_count > SEGMENTS_TOLD_MAX)
		finding_number(f, EVIDENCE_SEGMENTS_LEFT_OFF, m->segment_count - SEGMENTS_TOLD_MAX);
	if (m->skipped.count)
		finding_text(
			f, EVIDENCE_NOT_UNPACKED,
			"%zu members, whose folder is not there when the kernel comes to them, or "
			"which it skips (no name, no type, too long a link); first: %s%s",
			m->skipped.count, m->skipped.first,
			m->skipped.wanted ? ""
					  : " (what is below kernel/ it reads from the "
					    "image itself)");
}

void check_tell_repacked(struct finding *f, const char *release, const struct image_proof *p)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(image_builder(p), release);

	finding_text(
		f, EVIDENCE_PACKED_AGAIN,
		"a sealed image was unpacked and packed again, with bootverdict's own files in it: by "
		"their old record the next boot may call storage corruption what was changed on "
		"purpose");
	finding_next(f,
		     "Before the next boot, pack it again without the folder " GUARD_DIR
		     ", and seal that: bootverdict seal -k %s. Or make it anew: %s",
		     release, rebuild);
}

/* Sealed paths that a later archive brings again, as others: nothing else differs. With f they are told. */
static size_t replaced_paths(const struct image_proof *p, struct finding *f)
{
	size_t count = 0;

	for (size_t i = 0; i < p->record.content_count; i++) {
		const struct content *c = &p->record.contents[i];

		if (image_content_as_recorded(p, c))
			continue;
		if (f && count < MEMBERS_TOLD_MAX)
			finding_text(f, EVIDENCE_MEMBERS, "%s: replaced", c->path);
		count++;
	}
	return count;
}

static void tell_added(struct finding *f, const struct image_proof *p)
{
	size_t told = 0;

	for (size_t i = 0; i < p->found.content_count && told < MEMBERS_TOLD_MAX; i++) {
		if (manifest_find(&p->record, p->found.contents[i].path))
			continue;
		finding_text(f, EVIDENCE_MEMBERS, "%s: added", p->found.contents[i].path);
		told++;
	}
}

/* A sealed image that holds more than was sealed: what the kernel ends up with is in no record. */
static struct finding *report_more(struct report *r, const char *path, const struct image_proof *p,
				   size_t replaced)
{
	struct finding *f = report_finding(
		r, p->guard_as_built ? VERDICT_STALE : VERDICT_INCONCLUSIVE, FINDING_IMAGE_SOUND,
		path,
		"It is sealed, and more is in it than the record in its guard lists, as of another "
		"archive that was appended: of %zu sealed paths it replaces %zu, and adds %zu. Its "
		"structure is right, and so is every checksum that it carries.",
		p->record.content_count, replaced, p->unlisted);

	replaced_paths(p, f);
	tell_added(f, p);
	return f;
}

struct finding *check_report_loose(struct report *r, const char *path)
{
	return report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_LOOSE, path,
		"Nothing in it is wrong, but nothing proves that it is complete: an archive in it has no "
		"trailer, zeros between its members, or members that kernels skip, and no checksum.");
}

struct finding *check_report_other_kernel(struct report *r, const char *path,
					  const struct image_proof *p, const char *name)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(image_builder(p), name);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_KERNEL_OTHER, path,
		"By the record in its guard it is the image of kernel %s, and by its name that of kernel %s: "
		"it was put there under another name, or the disk has lost what was written since, and an "
		"older image shows through.",
		p->record.kernel, name);
	finding_text(f, EVIDENCE_KERNEL_SEALED, "%s", p->record.kernel);
	finding_next(
		f,
		"What decides is whether somebody renamed or copied it. If nobody did, have the disk "
		"checked, and look at the other images: bootverdict check --all --direct");
	finding_next(f, "Do not reboot into kernel %s before its image is made anew: %s", name,
		     rebuild);
	finding_next(
		f,
		"If it is meant to boot that kernel, seal it for that: bootverdict seal --remove -k %s "
		"&& bootverdict seal -k %s",
		name, name);
	return f;
}

struct finding *check_report_other_name(struct report *r, const char *path,
					const struct image_proof *p)
{
	cleanup(free_ptr) char *name = image_other_name(p, path);

	return name ? check_report_other_kernel(r, path, p, name) : NULL;
}

/* What was compared, and no more: the record has neither owners nor times. */
static struct finding *report_proven(struct report *r, const char *path,
				     const struct image_proof *p, bool all_verified)
{
	return report_finding(
		r, VERDICT_INTACT, FINDING_IMAGE_PROVEN, path,
		"The contents, types and permissions of its %zu sealed paths are as the record in its guard "
		"says. That has neither their owners nor their times%s.",
		p->record.content_count,
		all_verified ? ", which the archives' own checksums cover: they are right"
			     : ", and not every archive in it has a checksum that covers them");
}

/* A copy of a sealed image has any name; only of a kernel that there is it is a wrong one. Owned; NULL: it is not. */
static char *wrong_name(const char *path, const struct boot_files *f, const struct image_proof *p)
{
	char *name = image_other_name(p, path);

	if (name && (f && !strcmp(f->release, name) ? boot_files_have_kernel(f)
						    : image_has_kernel(path, name)))
		return name;
	free(name);
	return NULL;
}

static bool every_segment_is_verified(const struct manifest *m)
{
	for (size_t i = 0; i < m->segment_count; i++) {
		if (!m->segments[i].verified)
			return false;
	}
	return m->segment_count > 0;
}

/* Sealed, not refused, and with more in it than its record says. */
static bool has_more(const struct image_proof *p)
{
	return p->has_record && !p->record.refusal && (p->unlisted || replaced_paths(p, NULL));
}

/* Sealed, and all of it as it was. */
static bool is_as_sealed(const struct image_proof *p)
{
	return !segment_unread(&p->found) && !has_more(p) && image_soundness(p) == PROVEN &&
	       p->guard_as_built;
}

static struct finding *report_soundness(struct report *r, const char *path,
					const struct image_proof *p)
{
	const struct sealed_segment *unread = segment_unread(&p->found);
	bool all_verified = every_segment_is_verified(&p->found);

	if (unread)
		return report_finding(
			r, VERDICT_CONFIG_ERROR, FINDING_IMAGE_FORMAT, path,
			"It is well-formed, but no kernel unpacks its segment at offset %" PRIu64
			" (%s): %s.",
			p->guard_bytes + unread->offset, codec_name(unread->codec), unread->unread);
	if (image_soundness(p) == LOOSE)
		return check_report_loose(r, path);
	if (has_more(p))
		return report_more(r, path, p, replaced_paths(p, NULL));
	if (is_as_sealed(p))
		return report_proven(r, path, p, all_verified);
	if (image_soundness(p) == PROVEN)
		return report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_GUARD_CHANGED, path,
			"Every path in it is as the record in its guard says, but that "
			"guard's headers are not as they are made: edited, or damaged.");
	return report_finding(r, VERDICT_STALE, FINDING_IMAGE_SOUND, path,
			      "It is not sealed; its structure is right, and so is every checksum "
			      "that it carries%s.",
			      all_verified ? "" : "; what carries none could still have changed");
}

/* Under a wrong name that is what there is to tell of one that is as it was sealed. */
static void tell_sound(struct report *r, const char *path, const struct boot_files *files,
		       const struct image_proof *p)
{
	cleanup(free_ptr) char *name = wrong_name(path, files, p);
	struct finding *f = name ? check_report_other_kernel(r, path, p, name) : NULL;
	bool proven = every_segment_is_verified(&p->found) || image_soundness(p) == PROVEN;

	if (!name || !is_as_sealed(p))
		f = report_soundness(r, path, p);
	tell_proof(f, p);
	if (image_was_repacked(&p->found))
		check_tell_repacked(f, "KVER", p);
	report_artifact(r, path, KIND_INITRD,
			!has_more(p) && !name && proven ? STATE_INTACT : STATE_UNVERIFIED, p->size,
			0);
}

/* Blocks of a member that differ from the guard's record, as ranges of the image if possible. */
static void add_member_ranges(struct finding *f, const struct image_proof *p,
			      const struct content *sealed)
{
	const struct content *now = manifest_find(&p->found, sealed->path);
	bool plain = sealed->segment < p->record.segment_count &&
		     p->record.segments[sealed->segment].codec == CODEC_NONE;
	struct bad_ranges bad = { 0 };
	const struct damage changed = { .kind = DAMAGE_CHANGED };

	if (!now || !plain || now->type != CONTENT_FILE || now->size != sealed->size)
		return;
	for (size_t i = 0; i < sealed->block_count && i < now->block_count; i++) {
		if (sealed->blocks[i] != now->blocks[i] &&
		    bad_ranges_add(&bad, p->guard_bytes + sealed->image_offset + i * BLOCK_SIZE,
				   BLOCK_SIZE, &changed))
			break;
	}
	if (!sealed->block_count &&
	    bad_ranges_add(&bad, p->guard_bytes + sealed->image_offset, sealed->size, &changed))
		return;
	for (size_t i = 0; i < bad.count && f->range_count < RANGES_TOLD_MAX; i++)
		range_member(finding_range(f, &bad.ranges[i]), sealed->path);
	bad_ranges_clear(&bad);
}

static void tell_differing(struct finding *f, const struct image_proof *p)
{
	bool edited = image_was_edited(p);
	unsigned int told = 0;

	for (size_t i = 0; i < p->record.content_count && told < MEMBERS_TOLD_MAX; i++) {
		const struct content *c = &p->record.contents[i];
		const struct content *now = manifest_find(&p->found, c->path);

		if (image_content_as_recorded(p, c))
			continue;
		finding_text(f, EVIDENCE_MEMBERS, "%s: %s", c->path,
			     now ? "other bytes or mode" : "missing");
		/* Those of another archive are no lost ones. */
		if (!edited)
			add_member_ranges(f, p, c);
		told++;
	}
	if (told < p->differing)
		finding_number(f, EVIDENCE_MEMBERS_LEFT_OFF, p->differing - told);
}

void check_report_differing(struct report *r, const char *path, const struct image_proof *p)
{
	struct finding *f =
		report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_IMAGE_CONTENT, path,
			       "%zu of %zu paths in it are not as the record in its guard says.",
			       p->differing, p->record.content_count);

	tell_differing(f, p);
	advise_rebuild(f, image_builder(p));
	report_artifact(r, path, KIND_INITRD, STATE_DAMAGED, p->size, 0);
}

void check_report_edited(struct report *r, const char *path, const char *release,
			 const struct image_proof *p)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_CONTENT_REPACKED, path,
		"%zu of %zu paths in it are not as the record in its guard says, but behind that guard "
		"is another archive than the one that was sealed, complete and well-formed. What "
		"differs may be what its owner changed.",
		p->differing, p->record.content_count);

	tell_differing(f, p);
	if (image_was_repacked(&p->found)) {
		check_tell_repacked(f, release, p);
	} else {
		cleanup(free_ptr) char *rebuild = builder_rebuild(image_builder(p), release);

		finding_next(
			f,
			"If it was packed again on purpose, seal it before the next boot: bootverdict "
			"seal --remove -k %s && bootverdict seal -k %s",
			release, release);
		finding_next(f, "Or make it anew: %s", rebuild);
	}
	finding_next(f, "If nobody packed it again, have the disk checked.");
	report_artifact(r, path, KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
}

static struct finding *report_appended(struct report *r, const char *path,
				       const struct initrd_fault *fault)
{
	return report_finding(r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_APPENDED, path,
			      "All that begins before offset %" PRIu64
			      " is well-formed. What is behind it begins no archive (%s): "
			      "something was appended, or an archive has lost its start.",
			      fault->offset, fault->reason);
}

static struct finding *foreign_at(struct report *r, const char *path, uint64_t offset,
				  const char *name)
{
	return report_finding(r, VERDICT_CONFIG_ERROR, FINDING_IMAGE_FORMAT, path,
			      "What begins at offset %" PRIu64 " is %s. No kernel unpacks that.",
			      offset, name);
}

static void advise_remedy(struct finding *f, const struct initrd_fault *fault)
{
	finding_next(f, "Make it so that kernels read it: %s.", fault->is->remedy);
}

void check_report_behind(struct report *r, const char *path, const struct initrd_fault *fault)
{
	struct finding *f;

	if (!fault->whole) {
		report_appended(r, path, fault);
		return;
	}
	f = foreign_at(r, path, fault->offset, fault->is->name);
	if (fault->is->remedy)
		advise_remedy(f, fault);
	finding_number(f, EVIDENCE_OFFSET, fault->offset);
}

/* What it is, or holds, is known, and nothing proves that a byte of it is lost. */
static void report_foreign(struct report *r, const char *path, const struct image_proof *p)
{
	const struct initrd_fault *fault = &p->fault;
	const char *name = fault->is ? fault->is->name : fault->reason;
	bool alone = fault->segment == 0 && !p->found.content_count;
	struct finding *f;

	if (alone && fault->built_so && !is_own_limit(fault->error))
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
			"It is not an initrd. It is packed with %s, whose checksum is right, "
			"and contains no archive: %s.",
			codec_name(fault->codec), name);
	else if (alone && fault->is && !fault->is->remedy)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
			"It is neither a kernel nor an initrd that bootverdict knows: it is "
			"%s.",
			name);
	else if (fault->built_so)
		f = report_finding(
			r, VERDICT_CONFIG_ERROR, FINDING_IMAGE_FORMAT, path,
			"No kernel unpacks all of it: %s. The checksum over that is right: it "
			"was built like this.",
			fault->reason);
	else
		f = foreign_at(r, path, fault->offset, name);
	if (fault->is && fault->is->remedy)
		advise_remedy(f, fault);
	else if (alone)
		advise_unknown(f);
	finding_number(f, EVIDENCE_OFFSET, fault->offset);
	if (!alone)
		tell_proof(f, p);
	report_artifact(r, path, alone ? KIND_FILE : KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
}

static struct finding *report_unknown(struct report *r, const char *path,
				      const struct initrd_fault *fault)
{
	if (!fault->is)
		return report_finding(r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
				      "It is neither a kernel nor an initrd that bootverdict "
				      "knows, or its first bytes are lost: %s.",
				      fault->reason);
	if (fault->is->use == FOREIGN_KERNEL)
		return report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
			"By its first bytes it is %s. It carries no checksum, so nothing in "
			"it tells whether all of it is right.",
			fault->is->name);
	return report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
		"By its first bytes it is %s, and no initrd; or it is one, and those bytes "
		"were lost: nothing in it tells.",
		fault->is->name);
}

static void report_fault(struct report *r, const char *path, const struct image_proof *p)
{
	const struct initrd_fault *fault = &p->fault;
	/* As when it is to be sealed: without a checksum that fails, structure alone proves no loss. */
	bool damaged = fault->proven || p->damaged;
	struct finding *f;

	if (!fault->proven && (fault->built_so || image_is_foreign_behind(p)) && !p->differing) {
		report_foreign(r, path, p);
		return;
	}
	if (is_own_limit(fault->error)) {
		f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNSUPPORTED, path,
				   "It cannot be verified beyond offset %" PRIu64 ": %s.",
				   fault->offset, fault->reason);
		tell_proof(f, p);
		report_artifact(r, path, KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
		return;
	}
	if (fault->offset == 0 && fault->segment == 0 && !p->found.content_count &&
	    fault->codec == CODEC_NONE) {
		f = report_unknown(r, path, fault);
		if (fault->is && fault->is->remedy)
			advise_remedy(f, fault);
		advise_unknown(f);
		report_artifact(r, path, KIND_FILE, STATE_UNVERIFIED, p->size, 0);
		return;
	}
	if (fault->behind && fault->is && !image_complete_before_fault(p) && !p->differing) {
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
			"What begins at offset %" PRIu64 " is %s%s, and nothing before it starts a "
			"boot: it was built like this, or an archive has lost its start.",
			fault->offset, fault->is->name, fault->whole ? "" : " by its first bytes");
		advise_unknown(f);
		tell_proof(f, p);
		report_artifact(r, path, KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
		return;
	}
	if (fault->behind && !p->found.content_count && !p->guard_bytes) {
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNKNOWN, path,
			"It is not an initrd (%s), or all of its content is lost: nothing in it "
			"tells.",
			fault->reason);
		advise_unknown(f);
		report_artifact(r, path, KIND_FILE, STATE_UNVERIFIED, p->size, 0);
		return;
	}
	if (image_complete_before_fault(p) && !p->differing) {
		f = report_appended(r, path, fault);
		tell_proof(f, p);
		report_artifact(r, path, KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
		return;
	}
	f = report_finding(
		r, damaged ? VERDICT_STORAGE_CORRUPTION : VERDICT_INCONCLUSIVE,
		FINDING_IMAGE_BROKEN, path,
		"It is broken at offset %" PRIu64 ": %s. The disk lost it, %sit was never "
		"written to its end%s.",
		fault->offset, fault->reason, damaged ? "or " : "",
		damaged ? ""
			: ", or its builder makes images that bootverdict does not know: "
			  "no checksum tells");
	finding_number(f, EVIDENCE_OFFSET, fault->offset);
	finding_number(f, EVIDENCE_SEGMENT, fault->segment);
	if (*fault->path)
		finding_text(f, EVIDENCE_MEMBERS, "%s", fault->path);
	tell_proof(f, p);
	if (p->differing)
		tell_differing(f, p);
	advise_rebuild(f, image_builder(p));
	report_artifact(r, path, KIND_INITRD, damaged ? STATE_DAMAGED : STATE_UNVERIFIED, p->size,
			0);
}

struct finding *check_report_guard(struct report *r, const char *path, enum builder builder,
				   const char *reason)
{
	struct finding *f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_GUARD_DAMAGED,
					   path, "The guard at its start is damaged: %s.",
					   reason ? reason : "its headers are broken");

	advise_rebuild(f, builder);
	return f;
}

static void report_initrd(struct report *r, const char *path, const struct boot_files *files,
			  const struct image_proof *p)
{
	struct finding *f;

	if (is_own_limit(p->record_error)) {
		report_finding(r, VERDICT_INCONCLUSIVE, FINDING_IMAGE_UNSUPPORTED, path,
			       "The record in its guard cannot be verified: %s.", p->record_reason);
		report_artifact(r, path, KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
	} else if (p->record_error && !p->guard_broken &&
		   manifest_error_verdict(p->record_error) != VERDICT_STORAGE_CORRUPTION) {
		f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_GUARD_MANIFEST, path,
				   "The record in its guard cannot be used: %s.", p->record_reason);
		finding_next(f, "Use the bootverdict that sealed it, or a newer one.");
		report_artifact(r, path, KIND_INITRD, STATE_UNVERIFIED, p->size, 0);
	} else if (p->guard_broken || p->record_error) {
		check_report_guard(r, path, image_builder(p),
				   p->guard_broken ? NULL : p->record_reason);
		report_artifact(r, path, KIND_INITRD, STATE_DAMAGED, p->size, 0);
	}
	if (p->fault.error)
		report_fault(r, path, p);
	else if (image_was_edited(p))
		check_report_edited(r, path, "KVER", p);
	else if (p->differing)
		check_report_differing(r, path, p);
	else if (!p->guard_broken && !p->record_error)
		tell_sound(r, path, files, p);
}

void check_report_kernel(struct report *r, const char *path, const struct kernel_info *k,
			 uint64_t size)
{
	struct finding *f;

	if (is_own_limit(k->error) && k->error != -EOPNOTSUPP) {
		report_finding(r, VERDICT_INCONCLUSIVE, FINDING_KERNEL_UNSUPPORTED, path,
			       "The kernel image cannot be verified beyond offset %" PRIu64 ": %s.",
			       k->offset, k->reason);
		report_artifact(r, path, KIND_KERNEL, STATE_UNVERIFIED, size, 0);
		return;
	}
	if (k->error && k->error != -EOPNOTSUPP) {
		f = report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_KERNEL_BROKEN, path,
				   "The kernel image is broken at offset %" PRIu64
				   ": %s. The disk lost "
				   "it, or it was never written to its end.",
				   k->offset, k->reason);
		finding_number(f, EVIDENCE_OFFSET, k->offset);
		finding_next(
			f, "Install the kernel's package again once the storage is sound; boot an "
			   "older kernel until then.");
		report_artifact(r, path, KIND_KERNEL, STATE_DAMAGED, size, 0);
		return;
	}
	f = report_finding(r, VERDICT_STALE, FINDING_KERNEL_SOUND, path, "%s",
			   k->verified
				   ? "Its compressed payload is proven by the checksum in it; the "
				     "code that unpacks it carries none."
				   : "Its structure is right; it carries no checksum that "
				     "bootverdict can verify.");
	if (*k->version)
		finding_text(f, EVIDENCE_VERSION, "%s", k->version);
	if (k->codec != CODEC_NONE)
		finding_text(f, EVIDENCE_PAYLOAD, "%s at offset %" PRIu64 ", %" PRIu64 " bytes",
			     codec_name(k->codec), k->payload_offset, k->payload_length);
	report_artifact(r, path, KIND_KERNEL, k->verified ? STATE_INTACT : STATE_UNVERIFIED, size,
			0);
}

/* Whether it is another file by now, or somebody wrote it. */
static bool changed_meanwhile(const char *path, int fd, const struct stat *then)
{
	struct stat now, named;

	return fstat(fd, &now) < 0 || stat(path, &named) < 0 || now.st_dev != named.st_dev ||
	       now.st_ino != named.st_ino || now.st_size != then->st_size ||
	       now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

/* -EAGAIN: it changed meanwhile, and nothing was told. */
static int examine_file(const char *path, const struct boot_files *f, struct report *r)
{
	cleanup(close_fd) int fd = file_open(path);
	struct kernel_info kernel = { 0 };
	struct image_proof proof;
	struct input *in;
	struct stat st;
	int err;

	if (fd < 0 || fstat(fd, &st) < 0) {
		cannot_run(r, path, fd < 0 ? fd : -errno);
		return 0;
	}
	in = input_from_fd(fd, 0, (uint64_t)st.st_size);
	err = in ? kernel_examine(in, &kernel) : -ENOMEM;
	input_free(in);
	if (err == -EIO) {
		cannot_run(r, path, err);
		return 0;
	}
	if (kernel.recognised && changed_meanwhile(path, fd, &st))
		return -EAGAIN;
	if (kernel.recognised) {
		check_report_kernel(r, path, &kernel, (uint64_t)st.st_size);
		return 0;
	}
	err = image_examine(fd, (uint64_t)st.st_size, &proof);
	if (changed_meanwhile(path, fd, &st)) {
		image_proof_clear(&proof);
		return -EAGAIN;
	}
	if (err || proof.fault.error == -EIO)
		cannot_run(r, path, err ? err : -EIO);
	else
		report_initrd(r, path, f, &proof);
	if (f && !proof.fault.error)
		check_modules(f, &proof.found, r);
	image_proof_clear(&proof);
	return 0;
}

void check_file(const char *path, const struct boot_files *f, struct report *r)
{
	int err = -EAGAIN;

	progress_begin(path);
	for (int i = 0; err && i < LOOKS_MAX; i++)
		err = examine_file(path, f, r);
	progress_end();
	if (err)
		report_finding(r, VERDICT_NONE, FINDING_FAILED, path,
			       "It could not be examined: it changes all the time; check again.");
}
