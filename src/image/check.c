// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/check.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "damage/ranges.h"
#include "image/bootconfig.h"
#include "image/check_alone.h"
#include "image/guard.h"
#include "image/kernel_config.h"
#include "image/other_modules.h"
#include "image/sealed_look.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "manifest/store.h"
#include "storage/leftovers.h"
#include "storage/lock.h"
#include "storage/source.h"
#include "util/bytes.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/progress.h"
#include "util/text.h"
#include "util/util.h"

/*
 * A file can be bad in as many ranges as it has blocks, and a range in a compressed segment can lose
 * thousands of members: so many of them are told.
 */
#define RANGES_TOLD_MAX	  1024u
#define MEMBERS_NAMED_MAX 16u

static enum reported_kind kind_of(enum artifact_kind kind)
{
	return kind == ARTIFACT_KERNEL ? KIND_KERNEL : KIND_INITRD;
}

static const char *thing(enum artifact_kind kind)
{
	return kind == ARTIFACT_KERNEL ? "kernel image" : "initial RAM disk";
}

/* Adds the members whose bytes in the image overlap the range. */
static void name_members(struct report_range *range, const struct manifest *m)
{
	uint64_t start = range->offset, end = range->offset + range->length;

	if (start < m->guard_bytes)
		range_member(range, "bootverdict's own guard");
	for (size_t i = 0; i < m->content_count; i++) {
		const struct content *c = &m->contents[i];

		if (c->type != CONTENT_FILE || c->hard_link || c->segment >= m->segment_count)
			continue;

		const struct sealed_segment *s = &m->segments[c->segment];
		uint64_t from = m->guard_bytes + c->image_offset, to = from + c->size;

		if (s->codec != CODEC_NONE)
			/* Its share of the compressed bytes, by its share of the unpacked ones. */
			to = from + (s->unpacked ? (uint64_t)((double)c->size * (double)s->length /
							      (double)s->unpacked)
						 : 0);
		if (to <= start || from >= end)
			continue;
		if (range->members.count < MEMBERS_NAMED_MAX)
			range_member(range, c->path);
		else
			range->members_left_off++;
	}
}

/* Whether a sector of [from, to) that is as sealed is all zero: then another one proves nothing. */
static bool has_zero_sector(const char *path, const struct bad_ranges *bad, uint64_t from,
			    uint64_t to)
{
	cleanup(close_fd) int fd = file_open(path);
	uint64_t at = (from + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
	struct input *in = fd < 0 ? NULL : input_from_fd(fd, at, to);
	bool found = !in;
	size_t k = 0;

	for (const unsigned char *p; !found && at + SECTOR_BYTES <= to; at += SECTOR_BYTES) {
		ssize_t n = input_peek(in, SECTOR_BYTES, &p);

		if (n < (ssize_t)SECTOR_BYTES) {
			found = n < 0;
			break;
		}
		while (k < bad->count && bad->ranges[k].offset + bad->ranges[k].length <= at)
			k++;
		found = (k == bad->count || at < bad->ranges[k].offset) &&
			bytes_are_zero(p, SECTOR_BYTES);
		input_consume(in, SECTOR_BYTES);
	}
	input_free(in);
	return found;
}

/* The compressed segment in which all of a range lies, or NULL. */
static const struct sealed_segment *compressed_segment(const struct manifest *m,
						       enum artifact_kind kind,
						       const struct report_range *range)
{
	for (size_t i = 0; kind == ARTIFACT_INITRD && i < m->segment_count; i++) {
		const struct sealed_segment *s = &m->segments[i];
		uint64_t start = m->guard_bytes + s->offset;

		if (s->codec != CODEC_NONE && range->offset >= start &&
		    range->offset + range->length <= start + s->length)
			return s;
	}
	return NULL;
}

static void add_ranges(struct finding *f, const struct comparison *c, const char *path,
		       const struct manifest *m, enum artifact_kind kind)
{
	size_t told = c->bad.count < RANGES_TOLD_MAX ? c->bad.count : RANGES_TOLD_MAX;
	const struct sealed_segment *looked_at = NULL;
	bool has_zeros = false;

	for (size_t i = 0; i < told; i++) {
		struct report_range *range = finding_range(f, &c->bad.ranges[i]);

		if (range->damage.kind == DAMAGE_ZERO_SECTORS) {
			const struct sealed_segment *s = compressed_segment(m, kind, range);
			uint64_t at = s ? m->guard_bytes + s->offset : 0;

			if (s && s != looked_at)
				has_zeros = has_zero_sector(path, &c->bad, at, at + s->length);
			looked_at = s;
			if (!s || has_zeros)
				range->damage.kind = DAMAGE_CHANGED;
		}
		if (kind == ARTIFACT_INITRD)
			name_members(range, m);
	}
	if (told < c->bad.count)
		finding_number(f, EVIDENCE_BAD_RANGES_LEFT_OFF, c->bad.count - told);
	finding_locate(f, path);
}

/* By what is there now, else by the record. */
static enum builder builder_of(const struct manifest *m, const struct image_proof *now)
{
	return builder_either(image_builder(now), manifest_builder(m));
}

static void what_to_do(struct finding *f, enum artifact_kind kind, enum ground ground,
		       const char *release, const char *rebuild)
{
	/* What is there now may be as somebody wrote it. */
	finding_not(f, ground == GROUND_BROKEN
			       ? "root=, crypttab, or the passphrase"
			       : "root=, crypttab, the passphrase, or the package that built it");
	finding_next(f, "Write as little as possible to this disk. The administrator of its host "
			"needs the list of bad ranges (--json has all of it).");
	finding_next(f, "Do not reboot into this kernel. An older one may still be intact: "
			"bootverdict check --all");
	if (kind == ARTIFACT_KERNEL)
		finding_next(f,
			     "Once the storage is sound: install the package of kernel %s again.",
			     release);
	else
		finding_next(f, "Once the storage is sound: %s", rebuild);
}

/* Behind "it was written after the seal, and"; NULL: it is said otherwise. */
static const char *written_text(enum ground ground, enum artifact_kind kind)
{
	switch (ground) {
	case GROUND_BROKEN:
		return "is broken by its own structure or checksum: corruption, or a write that was "
		       "never finished";
	case GROUND_UNFINISHED:
		return "ends early, or in zeros, as after a write that was never finished";
	case GROUND_TAIL:
		return "differs as when a file is added at its end: by hand, or an older image shows "
		       "through";
	case GROUND_FEW_PLAIN:
		return kind == ARTIFACT_KERNEL
			       ? "only some blocks differ, which no checksum covers: edited, signed "
				 "again, or damaged"
			       : "only some blocks differ, which no checksum covers: edited, or damaged";
	case GROUND_LOOSE:
		return "nothing proves that it is complete: it has no trailer at its end, zeros between "
		       "its members, or members that kernels skip";
	case GROUND_UNPROVEN:
		return "nothing in it can be verified";
	default:
		return NULL;
	}
}

static const char *ground_text(enum ground ground)
{
	switch (ground) {
	case GROUND_UNREADABLE:
		return "the device cannot read all of it";
	case GROUND_UNSTABLE:
		return "two reads of the same block from the device gave different bytes: the path "
		       "to the disk, its controller, or memory";
	case GROUND_ONLY_CACHED:
		return "memory holds other bytes than the disk, which is as sealed: suspect the memory";
	case GROUND_ONLY_DEVICE:
		return "the page cache is as sealed, but the disk is not: this system still works, the "
		       "next boot will not";
	case GROUND_UNTOUCHED:
		return "its bytes differ, though nobody wrote it since: its size and times are as sealed";
	case GROUND_GUARD:
		return "they hold bootverdict's guard, which is now that of another image, and all behind it "
		       "is as sealed: an older write shows through, and a newer one was lost";
	case GROUND_OLDER:
		return "it is another image, with the inode and the time of this one: it was put there with "
		       "that time, or the disk has lost what was written since";
	case GROUND_FOREIGN:
		return "it was replaced after the seal by what no kernel unpacks";
	case GROUND_LOST:
		return "they became zeros or are cut off, and all else is as sealed: corruption, or a "
		       "write that was never finished";
	case GROUND_FEW_BLOCKS:
		return "a few of the sealed blocks differ: a rebuild changes nearly every one";
	default:
		return "";
	}
}

/* In words; the caller frees them. A chmod or a link, too, changes the time of its inode, and no other. */
static char *why_judged(enum ground ground, enum artifact_kind kind, const struct sealed_file *s,
			const struct comparison *c)
{
	const char *text = written_text(ground, kind);
	bool inode_alone = c->size == s->size && c->same_inode && c->same_mtime;

	if (!text)
		return text_copy(ground_text(ground));
	return text_format(
		"%s, and %s",
		inode_alone ? "its inode was changed after the seal (it was written, and its "
			      "time set, or only its mode, a link, ...)"
			    : "it was written after the seal",
		text);
}

static void add_symptom_of_break(struct finding *f, const struct image_proof *proof)
{
	if (proof->guard_broken)
		finding_text(f, EVIDENCE_BROKEN, "the headers of the guard at its start");
	if (proof->record_error)
		finding_text(f, EVIDENCE_BROKEN, "the manifest in its guard: %s",
			     proof->record_reason);
	if (proof->fault.error)
		finding_text(f, EVIDENCE_BROKEN, "at offset %llu: %s",
			     (unsigned long long)proof->fault.offset, proof->fault.reason);
	if (proof->differing)
		finding_number(f, EVIDENCE_MEMBERS_DIFFERENT, proof->differing);
}

/* Whether all that was appended is parameters, as `bootconfig -a` appends them. */
static bool is_boot_configuration(const char *path, uint64_t sealed, uint64_t size)
{
	cleanup(close_fd) int fd = file_open(path);
	struct input *in = fd < 0 ? NULL : input_from_fd(fd, 0, size);
	struct bootconfig config = { .offset = size };

	if (in)
		bootconfig_find(in, &config);
	input_free(in);
	return config.offset == sealed && config.offset < size;
}

/* To an initrd, in words; the caller frees them. */
static char *what_was_appended(const char *path, const struct sealed_file *s,
			       const struct comparison *c, const struct image_proof *proof)
{
	const struct sealed_segment *unread = segment_unread(&proof->found);

	if (unread)
		return text_format(", and no kernel unpacks them: %s", unread->unread);
	if (is_own_limit(proof->fault.error) && !proof->fault.built_so)
		return text_format(", which cannot be verified: %s", proof->fault.reason);
	if (proof->fault.error)
		return text_format(", and no kernel unpacks them: %s", proof->fault.reason);
	return text_copy(is_boot_configuration(path, s->size, c->size)
				 ? ", a boot configuration (bootconfig)"
				 : ", which kernels can read");
}

/* What is behind the sealed bytes now; the kernel got all of those before it comes to this. */
static void report_appended(struct report *r, const struct manifest *m, const char *path,
			    enum artifact_kind kind, const struct comparison *c, struct judgement j,
			    const struct image_proof *proof)
{
	const struct sealed_file *s = &m->files[kind];
	cleanup(free_ptr) char *what =
		kind == ARTIFACT_INITRD ? what_was_appended(path, s, c, proof) : text_copy("");
	struct finding *f = report_finding(
		r, j.verdict,
		kind == ARTIFACT_KERNEL ? FINDING_KERNEL_APPENDED : FINDING_INITRD_APPENDED, path,
		"Every byte that was sealed is as sealed; %llu bytes were appended after the seal%s.",
		(unsigned long long)(c->size - s->size), what);

	finding_number(f, EVIDENCE_SEALED_SIZE, s->size);
	finding_number(f, EVIDENCE_SIZE, c->size);
	if (proof->fault.is && proof->fault.is->remedy)
		finding_next(f, "Append it so that kernels read it: %s.", proof->fault.is->remedy);
	finding_next(f,
		     "If they belong there, seal it: bootverdict seal -k %s. If not, make it anew.",
		     m->kernel);
	report_artifact(r, path, kind_of(kind), STATE_STALE, c->size, 0);
}

/* What seal does not seal as it is, because it may be damaged. */
static void advise_changed(struct finding *f, enum artifact_kind kind, const char *release,
			   const char *rebuild)
{
	if (kind == ARTIFACT_KERNEL)
		finding_next(
			f,
			"If it was changed, or built anew, on purpose: bootverdict seal --remove -k "
			"%s && bootverdict seal -k %s. If not, put it there again: from its package, "
			"or from where it was built.",
			release, release);
	else
		finding_next(f, "Make it anew, which seals it: %s", rebuild);
}

/* Less than the files of a boot need. */
#define ROOM_MIN (1u << 20)

static void advise_unfinished(struct finding *f, enum artifact_kind kind, const char *path,
			      uint64_t size, const char *release, const char *rebuild)
{
	struct statvfs fs;
	uint64_t left = statvfs(path, &fs) ? UINT64_MAX : (uint64_t)fs.f_bavail * fs.f_frsize;

	finding_number(f, EVIDENCE_SIZE, size);
	if (left < ROOM_MIN) {
		finding_text(f, EVIDENCE_FILE_SYSTEM, "full: %llu bytes are left",
			     (unsigned long long)left);
		finding_next(f, "Make room where it lies: its file system is full.");
	}
	finding_next(f, "Do not reboot into this kernel before it is whole again.");
	if (kind == ARTIFACT_KERNEL)
		finding_next(f, "Install the package of kernel %s again.", release);
	else
		finding_next(f, "Make it anew: %s", rebuild);
}

/* Rewritten, and neither proven damaged nor sound. */
static void report_doubt(struct report *r, const struct manifest *m, const char *path,
			 enum artifact_kind kind, const struct comparison *c, struct judgement j,
			 const struct image_proof *proof)
{
	const struct sealed_segment *unread = segment_unread(&proof->found);
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(m, proof), m->kernel);
	cleanup(free_ptr) char *why = why_judged(j.ground, kind, &m->files[kind], c);
	struct finding *f = report_finding(
		r, j.verdict,
		kind == ARTIFACT_KERNEL ? FINDING_KERNEL_CHANGED : FINDING_INITRD_CHANGED, path,
		"The %s is not the one that was sealed: %s.", thing(kind), why);

	finding_number(f, EVIDENCE_BLOCKS, m->files[kind].block_count);
	finding_number(f, EVIDENCE_CHANGED_BLOCKS, c->bad.blocks);
	if (c->bad.count)
		finding_number(f, EVIDENCE_FIRST_CHANGED_OFFSET, c->bad.ranges[0].offset);
	if (j.ground == GROUND_FOREIGN || (j.ground == GROUND_UNPROVEN && proof->fault.error))
		finding_text(f, EVIDENCE_REASON, "%s",
			     unread ? unread->unread : proof->fault.reason);
	if (j.ground == GROUND_FOREIGN && proof->fault.is && proof->fault.is->remedy)
		finding_next(f, "Make it so that kernels read it: %s.", proof->fault.is->remedy);
	if (j.ground == GROUND_FEW_PLAIN || j.ground == GROUND_TAIL || j.ground == GROUND_OLDER)
		advise_changed(f, kind, m->kernel, rebuild);
	else if (j.ground == GROUND_UNFINISHED)
		advise_unfinished(f, kind, path, c->size, m->kernel, rebuild);
	else
		finding_next(
			f,
			"If it was meant, seal it: bootverdict seal -k %s. If not, make it anew: %s, or "
			"the kernel's package.",
			m->kernel, rebuild);
	report_artifact(r, path, kind_of(kind),
			j.verdict == VERDICT_CONFIG_ERROR ? STATE_FOREIGN : STATE_UNVERIFIED,
			c->size, 0);
}

static void report_corruption(struct report *r, const struct manifest *m, const char *path,
			      enum artifact_kind kind, const struct sealed_look *l)
{
	const struct sealed_file *s = &m->files[kind];
	const struct comparison *c = &l->c;
	cleanup(free_ptr) char *rebuild = builder_rebuild(builder_of(m, &l->proof), m->kernel);
	cleanup(free_ptr) char *why = why_judged(l->j.ground, kind, s, c);
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION,
		kind == ARTIFACT_KERNEL ? FINDING_KERNEL_BLOCKS : FINDING_INITRD_BLOCKS, path,
		"The %s is not the one that was sealed: %llu of %zu blocks differ; %s.",
		thing(kind), (unsigned long long)c->bad.blocks, s->block_count, why);

	finding_number(f, EVIDENCE_BLOCKS, s->block_count);
	finding_number(f, EVIDENCE_BAD_BLOCKS, c->bad.blocks);
	if (c->size != s->size) {
		finding_number(f, EVIDENCE_SEALED_SIZE, s->size);
		finding_number(f, EVIDENCE_SIZE, c->size);
	}
	if (kind == ARTIFACT_INITRD)
		add_symptom_of_break(f, &l->proof);
	else if (l->kernel.error)
		finding_text(f, EVIDENCE_BROKEN, "at offset %llu: %s",
			     (unsigned long long)l->kernel.offset, l->kernel.reason);
	if (c->unreadable)
		check_tell_file_system(f, path);
	add_ranges(f, c, path, m, kind);
	what_to_do(f, kind, l->j.ground, m->kernel, rebuild);
	report_artifact(r, path, kind_of(kind), STATE_DAMAGED, s->size, c->bad.bytes);
}

static void report_stale(struct report *r, const struct manifest *m, const char *path,
			 enum artifact_kind kind, const struct comparison *c, enum changed changed,
			 const struct image_proof *proof)
{
	struct finding *f = report_finding(
		r, VERDICT_STALE,
		kind == ARTIFACT_KERNEL ? FINDING_KERNEL_STALE : FINDING_INITRD_STALE, path,
		"The %s was %s after the last seal%s.", thing(kind),
		changed == CHANGED_SIGNATURE ? "signed again" : "replaced",
		changed == CHANGED_SIGNATURE
			? ": nothing but its signature differs, and its checksum is right"
			: ", and it is sound in itself");
	char when[32];

	finding_text(f, EVIDENCE_WRITTEN_AT, "%s", text_time(c->mtime_ns / 1000000000, when));
	finding_text(f, EVIDENCE_SEALED_AT, "%s", text_time(m->sealed_at, when));
	if (image_was_repacked(&proof->found))
		check_tell_repacked(f, m->kernel, proof);
	else
		finding_next(f, "Seal it: bootverdict seal -k %s", m->kernel);
	report_artifact(r, path, kind_of(kind), STATE_STALE, c->size, 0);
}

static void tell_missing(struct report *r, const char *path, const char *release,
			 enum artifact_kind kind)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE,
		kind == ARTIFACT_KERNEL ? FINDING_KERNEL_MISSING : FINDING_INITRD_MISSING, path,
		"The sealed %s is not there any more: it was removed or renamed, its file system is not "
		"mounted, or that lost its name.",
		thing(kind));

	finding_next(f,
		     "Is /boot mounted? Was it removed (/var/log/dpkg.log)? Is it in lost+found on "
		     "its file system?");
	finding_next(
		f,
		"If the kernel was removed on purpose: bootverdict seal --remove -k %s, or delete "
		"its manifests.",
		release);
}

static void report_unopened(struct report *r, const struct manifest *m, const char *path,
			    enum artifact_kind kind, struct judgement j, int error)
{
	struct finding *f;

	if (j.ground == GROUND_MISSING) {
		tell_missing(r, path, m->kernel, kind);
		report_artifact(r, path, kind_of(kind), STATE_MISSING, 0, 0);
		return;
	}
	f = report_finding(r, j.verdict, FINDING_UNREADABLE, path, "The %s cannot be read: %s.",
			   thing(kind), file_error(error));
	if (j.verdict == VERDICT_STORAGE_CORRUPTION) {
		check_tell_file_system(f, path);
		finding_next(f,
			     "dmesg says whether it is the disk, or what its file system has lost. "
			     "Write nothing to it before there is a copy (ddrescue).");
	}
	report_artifact(r, path, kind_of(kind), STATE_UNREADABLE, 0, 0);
}

/*
 * Whether it is the file that the record is about, damaged or not: no other one stands in its place by
 * now, of which nothing is recorded.
 */
static bool is_recorded_one(const struct sealed_file *s, const struct sealed_look *l)
{
	if (l->c.error || l->j.ground == GROUND_REPLACED || l->j.ground == GROUND_EDITED)
		return false;
	return comparison_untouched(s, &l->c) || l->c.bad.blocks * FEW_BLOCKS_OF <= s->block_count;
}

/* Before the reboot that would end in a panic. */
void check_codecs(const struct boot_files *f, const struct manifest *m, struct report *r)
{
	bool proven;
	cleanup(free_ptr) char *lack = f->initrd ? kernel_config_lacks(f, m, &proven) : NULL;

	if (lack)
		report_finding(r, proven ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE,
			       FINDING_INITRD_CODEC, f->initrd, "%s.", lack);
}

/* What the image that stands there now holds: by its record, or by a walk to its end. */
static void check_holds(const struct boot_files *f, const struct manifest *m,
			const struct sealed_look *l, bool recorded, struct report *r)
{
	bool walked = l->proof.found.segment_count && !l->proof.fault.error;
	const struct manifest *holds = walked ? &l->proof.found : recorded ? m : NULL;

	if (!holds)
		return;
	check_codecs(f, holds, r);
	check_modules(f, holds, r);
}

void check_report_look(struct report *r, const struct manifest *m, const char *path,
		       enum artifact_kind kind, const struct sealed_look *l)
{
	if (l->c.error)
		report_unopened(r, m, path, kind, l->j, l->c.error);
	else if (l->j.verdict == VERDICT_INTACT)
		report_artifact(r, path, kind_of(kind), STATE_INTACT, m->files[kind].size, 0);
	else if (l->j.ground == GROUND_EDITED)
		check_report_edited(r, path, m->kernel, &l->proof);
	else if (l->j.ground == GROUND_APPENDED)
		report_appended(r, m, path, kind, &l->c, l->j, &l->proof);
	else if (l->j.verdict == VERDICT_INCONCLUSIVE || l->j.verdict == VERDICT_CONFIG_ERROR)
		report_doubt(r, m, path, kind, &l->c, l->j, &l->proof);
	else if (l->j.verdict == VERDICT_STALE && check_report_other_name(r, path, &l->proof))
		report_artifact(r, path, kind_of(kind), STATE_UNVERIFIED, l->c.size, 0);
	else if (l->j.verdict == VERDICT_STALE)
		report_stale(r, m, path, kind, &l->c, l->changed, &l->proof);
	else
		report_corruption(r, m, path, kind, l);
}

/* True: the file of the record stands there, damaged or not. */
static bool check_sealed_file(const struct boot_files *files, const struct manifest *m,
			      enum artifact_kind kind, bool direct, struct report *r)
{
	const struct sealed_file *s = &m->files[kind];
	const char *found = kind == ARTIFACT_KERNEL ? files->kernel : files->initrd;
	cleanup(free_ptr) char *path =
		found ? text_copy(found) : text_format("%s%s", files->root, s->path);
	struct sealed_look l;
	bool recorded;
	int err;

	if (!s->present)
		return false;
	progress_begin(path);
	err = sealed_look(m, kind, path, direct, &l);
	progress_end();
	if (err) {
		report_finding(
			r, VERDICT_NONE, FINDING_FAILED, path, "It could not be examined: %s.",
			err == -EAGAIN ? "it changes all the time; check again" : file_error(err));
		return false;
	}
	check_report_look(r, m, path, kind, &l);
	recorded = is_recorded_one(s, &l);
	if (kind == ARTIFACT_INITRD)
		check_holds(files, m, &l, recorded, r);
	sealed_look_clear(&l);
	return recorded;
}

/* Loads one copy. False when it cannot be used; a damaged one is told. */
static bool load_copy(const char *path, struct manifest *m, struct report *r, bool *there)
{
	char reason[MANIFEST_REASON_BYTES];
	int err = manifest_load(m, path, reason);
	struct finding *f;

	*there = err != -ENOENT && err != -ENOTDIR;
	if (!err || !*there)
		return !err;
	if (manifest_error_verdict(err) == VERDICT_STORAGE_CORRUPTION) {
		f = report_finding(
			r, VERDICT_STORAGE_CORRUPTION, FINDING_MANIFEST_DAMAGED, path,
			"This copy of the sealed record is damaged: %s. No file is accused "
			"on its word.",
			err == -EIO ? "the device cannot read it" : reason);
		finding_next(f,
			     "Find out what else the disk lost: bootverdict check --all --direct; "
			     "then seal again: bootverdict seal --all");
		report_artifact(r, path, KIND_MANIFEST, STATE_DAMAGED, 0, 0);
		return false;
	}
	f = report_finding(r, err == -EPROTO ? VERDICT_INCONCLUSIVE : VERDICT_NONE,
			   FINDING_MANIFEST_UNUSABLE, path,
			   "This copy of the sealed record cannot be used: "
			   "%s.",
			   err == -EPROTO ? reason : file_error(err));
	f->warning = err != -EPROTO;
	report_artifact(r, path, KIND_MANIFEST, STATE_UNREADABLE, 0, 0);
	return false;
}

/* Nothing is wrong with the other copy, but the next damage may be in that one. */
static void tell_missing_copy(const char *path, struct report *r)
{
	struct finding *f = report_finding(
		r, VERDICT_INTACT, FINDING_MANIFEST_ONE_COPY, path,
		"One of the two copies of the sealed record is not there; the other one is used.");

	f->warning = true;
	finding_next(f, "Is that file system mounted? Sealing again writes both copies.");
}

/* The newer of the two copies that can be used. False: there is none. */
static bool load_manifest(const struct boot_files *f, struct manifest *m, struct report *r,
			  bool *sealed)
{
	cleanup(free_ptr) char *beside = store_copy(f, STORE_BOOT),
			       *root = store_copy(f, STORE_ROOT);
	struct manifest other;
	bool boot_there, var_there, boot_usable, var_usable;

	manifest_init(m);
	manifest_init(&other);
	boot_usable = load_copy(beside, m, r, &boot_there);
	var_usable = load_copy(root, &other, r, &var_there);
	*sealed = boot_there || var_there;
	if (boot_usable != var_usable && boot_there != var_there)
		tell_missing_copy(boot_there ? root : beside, r);
	if (var_usable && (!boot_usable || other.sealed_at > m->sealed_at)) {
		manifest_clear(m);
		*m = other;
	} else {
		manifest_clear(&other);
	}
	return boot_usable || var_usable;
}

void check_version(const struct boot_files *f, struct report *r)
{
	cleanup(free_ptr) char *version = boot_files_other_version(f);
	struct finding *n;

	if (!version)
		return;
	n = report_finding(
		r, VERDICT_INTACT, FINDING_KERNEL_VERSION, f->kernel,
		"The kernel image says that it is version %s, not %s, the one in its name%s.",
		version, f->release,
		boot_files_have_modules(f, f->release) ? ": modules of that do not fit it" : "");
	n->warning = true;
}

static void tell_unsealed(struct report *r, const struct boot_files *f, bool guarded,
			  enum verdict found)
{
	struct finding *n = report_finding(
		r, VERDICT_STALE, FINDING_NOT_SEALED, f->release,
		"There is no record of this kernel version%s: nothing but what its files "
		"prove about themselves could be verified.",
		guarded ? ", though bootverdict's guard stands in its initial RAM disk" : "");

	if (guarded) {
		cleanup(free_ptr) char *beside = store_copy(f, STORE_BOOT);
		cleanup(free_ptr) char *root = store_copy(f, STORE_ROOT);

		finding_next(n,
			     "Are the file systems mounted on which its record was? It has two "
			     "copies: %s and %s",
			     beside, root);
	}
	if (found == VERDICT_STALE || found == VERDICT_INTACT)
		finding_next(n, "Seal it: bootverdict seal -k %s", f->release);
}

/* Sealing leaves it as it is; a kernel beside it is in no record. */
static void tell_copy(struct report *r, const struct boot_files *f, const char *kernel)
{
	cleanup(free_ptr) char *copy = copy_words(kernel);
	struct finding *n = report_finding(r, f->kernel ? VERDICT_STALE : VERDICT_INTACT,
					   FINDING_NOT_SEALED, f->release, "It is %s", copy);

	n->warning = !f->kernel;
	next_seal_copy(n, f->release);
}

static void check_unsealed(const struct boot_files *f, struct report *r, bool sealed)
{
	size_t first = r->finding_count;
	struct manifest record;
	int guard;

	if (!f->kernel && !f->initrd && !sealed) {
		report_finding(
			r, VERDICT_NONE, FINDING_NO_FILES, f->release,
			"There is neither a kernel, nor an initrd, nor a record of this version.");
		return;
	}
	if (f->kernel)
		check_file(f->kernel, NULL, r);
	if (f->initrd)
		check_file(f->initrd, f, r);
	if (sealed && !f->kernel)
		tell_missing(r, f->release, f->release, ARTIFACT_KERNEL);
	if (sealed && !f->initrd)
		tell_missing(r, f->release, f->release, ARTIFACT_INITRD);
	if (sealed)
		return;
	guard = f->initrd ? image_record(f->initrd, &record) : -ENOENT;
	if (!guard && names_another_kernel(f->release, record.kernel) && !boot_files_have_kernel(f))
		tell_copy(r, f, record.kernel);
	else
		tell_unsealed(r, f, guard != -ENOENT, report_verdict_from(r, first));
	if (f->initrd)
		manifest_clear(&record);
}

/* One that was put there since, or that was refused when it was to be sealed. */
static void check_unrecorded(const struct boot_files *f, const struct manifest *m, struct report *r)
{
	if (!f->kernel || m->files[ARTIFACT_KERNEL].present)
		return;
	check_file(f->kernel, NULL, r);
	report_finding(r, VERDICT_STALE, FINDING_NOT_SEALED, f->kernel,
		       "This kernel image is in no record: nothing but what it proves about itself "
		       "could be verified.");
}

void check_report_refused(struct report *r, const char *path, const struct manifest *m)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild(manifest_builder(m), m->kernel);
	struct finding *n =
		report_finding(r, judge_refusal(m->refusal, false), FINDING_IMAGE_REFUSED, path,
			       "This image was refused when it was to be sealed: %s.", m->refused);

	finding_next(n,
		     "When it does not boot, bootverdict's guard in front of it explains. "
		     "Make it anew: %s",
		     rebuild);
}

/* What sealing left behind because it could not do better (image/seal_fallback.h), and is there yet. */
static void check_last_seal(const struct boot_files *f, const struct manifest *m, struct report *r)
{
	const char *path = f->initrd ? f->initrd : f->release;
	cleanup(free_ptr) char *rebuild = builder_rebuild(manifest_builder(m), f->release);
	struct finding *n;
	char when[32];

	if (m->update_lost_at) {
		n = report_finding(
			r, VERDICT_STALE, FINDING_INITRD_UPDATE_LOST, path,
			"This is the image before the last update: the newer one could not "
			"be sealed, and this one was put in its place again.");
		finding_text(n, EVIDENCE_UPDATE_LOST_AT, "%s", text_time(m->update_lost_at, when));
		finding_next(n,
			     "If the disk lost what was written, have it checked first. Then make "
			     "the image anew: %s",
			     rebuild);
	}
	if (m->refused)
		check_report_refused(r, path, m);
}

struct finding *check_report_folder(struct report *r, const char *folder, int error)
{
	return report_finding(r, VERDICT_NONE, FINDING_BOOT_FOLDER, folder,
			      "The boot folder cannot be read: %s.", strerror(-error));
}

struct finding *check_report_leftover(struct report *r, const char *path, uint64_t size)
{
	struct finding *n = report_finding(
		r, VERDICT_INTACT, FINDING_LEFTOVER, path,
		"A run of bootverdict that was interrupted has left this file behind.");

	n->warning = true;
	finding_number(n, EVIDENCE_BYTES, size);
	return n;
}

static void tell_leftover(void *ctx, const char *path, uint64_t size, bool removed)
{
	(void)removed;
	finding_next(check_report_leftover(ctx, path, size),
		     "The next 'bootverdict seal' removes it, also as a part of a rebuild.");
}

/* Only when nobody is writing there just now. */
static void leftovers_in(const char *folder, struct report *r)
{
	cleanup(close_fd) int lock = folder_lock(folder, 0);

	if (lock >= 0)
		leftovers_each(folder, false, tell_leftover, r);
}

static void check_leftovers(const struct boot_files *f, struct report *r)
{
	cleanup(free_ptr) char *image = f->initrd ? realpath(f->initrd, NULL) : NULL;
	if (image)
		leftovers_in(dirname(image), r);
	for (int copy = 0; copy < STORE_COPIES; copy++) {
		cleanup(free_ptr) char *folder = store_folder(f->root, f->boot, copy);

		leftovers_in(folder, r);
	}
}

void check_release(const struct boot_files *f, bool direct, struct report *r, struct manifest *m)
{
	bool sealed, recorded;

	check_leftovers(f, r);
	if (!load_manifest(f, m, r, &sealed)) {
		check_unsealed(f, r, sealed);
		manifest_clear(m);
		manifest_init(m);
		return;
	}
	if (m->sealed_at > r->sealed_at)
		r->sealed_at = m->sealed_at;
	check_sealed_file(f, m, ARTIFACT_KERNEL, direct, r);
	recorded = check_sealed_file(f, m, ARTIFACT_INITRD, direct, r);
	check_unrecorded(f, m, r);
	check_version(f, r);
	if (recorded)
		check_last_seal(f, m, r);
}
