// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/seal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "luks/elsewhere.h"
#include "luks/look.h"
#include "luks/match.h"
#include "luks/randomness.h"
#include "luks/record.h"
#include "luks/report.h"
#include "luks/report_elsewhere.h"
#include "luks/report_header.h"
#include "luks/report_member.h"
#include "luks/report_slots.h"
#include "luks/view.h"
#include "manifest/format.h"
#include "manifest/store.h"
#include "report/lines.h"
#include "storage/device.h"
#include "storage/source.h"
#include "storage/superblock.h"
#include "storage/sysfs.h"
#include "system/unlocked.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

/* A device to be sealed, wherever its name comes from. */
struct candidate {
	const char *device, *place, *header, *path; /* path: of the header's file or device */
	bool asked_for;				    /* by --device */
	const struct crypt_device *chain;	    /* NULL: nothing is known about what is on it */
	struct report *report;
};

/* The command that tells more; the caller frees it. */
static char *look_closer(const struct candidate *c)
{
	return c->header ? text_format("bootverdict luks --header %s %s", c->path, c->device)
			 : text_format("bootverdict luks %s", c->path);
}

/* The same that `luks` and `check` tell of it. */
static void tell(const struct candidate *c, const struct luks_view *v, struct luks_judgement j)
{
	cleanup(free_ptr) char *path =
		j.ground == LUKS_NOT_HERE ? luks_find_elsewhere(v->sealed) : NULL;

	if (path)
		report_luks_elsewhere(c->report, luks_view_place(v),
				      v->other ? v->other : "nothing that is known",
				      v->sealed->uuid, path);
	else
		report_luks(c->report, v);
}

/* Its owner may have made something else of it, which is no fault of the disk. */
static void advise_forget(struct finding *f, enum luks_ground ground)
{
	if (ground == LUKS_FOREIGN || ground == LUKS_ERASED || ground == LUKS_NOISE ||
	    ground == LUKS_OLDER || ground == LUKS_NOT_HERE)
		finding_next(
			f,
			"Its record of before is kept; if it is meant to be %s now, bootverdict "
			"seal --remove and then seal again forget it.",
			ground == LUKS_OLDER ? "as it is" : "something else");
}

/* What is damaged, or half changed. */
static int explain(const struct candidate *c, const struct luks_view *v, struct luks_judgement j)
{
	cleanup(free_ptr) char *command = look_closer(c);
	size_t first = c->report->finding_count;
	struct finding *f;

	tell(c, v, j);
	f = report_finding(c->report,
			   j.verdict == VERDICT_STORAGE_CORRUPTION ? VERDICT_STORAGE_CORRUPTION
								   : VERDICT_INCONCLUSIVE,
			   FINDING_SEAL_LEFT_OUT, c->path, "It is not sealed as it is.");
	finding_next(f, "What happened, and what to do: %s", command);
	if (j.verdict != VERDICT_STORAGE_CORRUPTION)
		advise_forget(f, j.ground);
	report_say(c->report, first);
	return j.verdict == VERDICT_STORAGE_CORRUPTION ? 1 : 2;
}

/* A name alone is no evidence where it goes from disk to disk, or beside another's good header. */
static bool is_record_of(enum record_match match, const struct luks *l)
{
	return match > RECORD_NAMED || (match == RECORD_NAMED && l->chosen < 0);
}

/* Its record in the manifest that is there already; NULL: it has none. */
static const struct sealed_luks *record_of(const struct manifest *old, const struct luks_view *v,
					   const struct source *source, const char *path)
{
	for (size_t i = 0; i < old->luks_count; i++) {
		enum record_match match = luks_record_match(&old->luks[i], &v->luks, source, path);

		if (is_record_of(match, &v->luks))
			return &old->luks[i];
	}
	return NULL;
}

static void add_layer(struct sealed_luks *s, const char *kind, const char *name, const char *uuid)
{
	struct sealed_layer *l;

	s->layers = grow_array(s->layers, &s->layer_count, sizeof(*s->layers));
	l = &s->layers[s->layer_count - 1];
	snprintf(l->kind, sizeof(l->kind), "%s", kind);
	l->name = text_copy(name);
	l->uuid = text_copy(uuid);
}

/* What must be there once it is opened. */
static void add_layers(struct sealed_luks *s, const struct crypt_device *chain)
{
	struct source source;
	struct superblock top;

	if (!chain)
		return;
	add_layer(s, "crypt", chain->name, "");
	for (size_t i = 0; i < chain->layer_count; i++)
		add_layer(s, chain->layers[i].kind, chain->layers[i].name, chain->layers[i].uuid);
	if (!chain->top || source_open(&source, chain->top))
		return;
	if (!superblock_read(&source, &top) && *top.kind && !top.damaged)
		add_layer(s, top.kind, "", top.uuid);
	source_close(&source);
}

static int cannot_read(const struct candidate *c, int err)
{
	if (err != -EIO)
		return seal_cannot_read(c->report, c->path, err);
	finding_say(report_luks_unreadable(c->report, c->path, false));
	report_artifact(c->report, c->path, KIND_LUKS, STATE_UNREADABLE, 0, 0);
	return 1;
}

static bool is_recorded(const struct manifest *m, const char *uuid)
{
	for (size_t i = 0; i < m->luks_count; i++) {
		if (strcmp(m->luks[i].uuid, uuid) == 0)
			return true;
	}
	return false;
}

/* What is sealed all the same: it does not count. */
static void warn(const struct candidate *c, const struct luks_view *v)
{
	size_t first = c->report->finding_count;
	bool before = report_warnings(c->report, true);

	if (luks_has_no_keyslot(v))
		report_luks_no_keyslot(c->report, v);
	if (v->array.member || v->left_over)
		report_luks_member(c->report, v);
	report_warnings(c->report, before);
	report_say(c->report, first);
}

static int record(const struct candidate *c, const struct luks_view *v, const struct source *source,
		  struct manifest *m)
{
	struct sealed_luks s;
	int err = luks_record(&s, &v->luks, source);

	if (err == -EBADMSG)
		return explain(
			c, v,
			(struct luks_judgement){ VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD });
	if (err)
		return cannot_read(c, err);
	s.device = text_copy(c->device);
	s.place = text_copy(c->place);
	s.header = c->header ? text_copy(c->header) : NULL;
	add_layers(&s, c->chain);
	m->luks = grow_array(m->luks, &m->luks_count, sizeof(*m->luks));
	m->luks[m->luks_count - 1] = s;
	warn(c, v);
	report_luks_sealed(c->report, v);
	return 0;
}

/* counts: with 2 the records of before stay. */
static int leave_out_as(const struct candidate *c, const char *why, bool counts)
{
	struct finding *f = report_finding(c->report, VERDICT_INCONCLUSIVE, FINDING_SEAL_LEFT_OUT,
					   c->path, "%s: it is not sealed.", why);

	f->warning = !counts;
	finding_say(f);
	if (!report_has_artifact(c->report, c->path, KIND_LUKS))
		report_artifact(c->report, c->path, KIND_LUKS, STATE_UNVERIFIED, 0, 0);
	return counts ? 2 : 0;
}

/* What is no LUKS device, or one that this program does not understand, is left out. */
static int leave_out(const struct candidate *c, const char *why)
{
	return leave_out_as(c, why, c->asked_for);
}

static int leave_out_layer(const struct candidate *c, const struct luks_view *v)
{
	cleanup(free_ptr) char *why = NULL;
	char part[64];
	bool named = device_at(c->path, v->luks.inside.offset, part, sizeof(part));

	if (v->luks.inside.before) {
		why = text_format("The LUKS%d container begins %" PRIu64
				  " bytes in front of its start",
				  v->luks.inside.version, v->luks.inside.before);
		return leave_out(c, why);
	}
	why = text_format("A LUKS%d container begins at byte %" PRIu64
			  " in it, not at its start; name %s",
			  v->luks.inside.version, v->luks.inside.offset,
			  named ? part : "the partition or volume that begins there");
	return leave_out(c, why);
}

static int leave_out_file(const struct candidate *c, const struct luks_view *v)
{
	cleanup(free_ptr) char *why =
		text_format("It begins as %s, not as a disk byte for byte%s", v->disk_form->name,
			    v->sealed ? "; its record of before is kept" : "");

	return leave_out_as(c, why, c->asked_for || v->sealed);
}

static int leave_out_member(const struct candidate *c, const struct luks_view *v)
{
	cleanup(free_ptr) char *why = text_format(
		"Its md superblock says that it is a member of an array (%s): then name that (%s)",
		v->array.level, v->array.device);

	return leave_out_as(c, why, c->asked_for || v->sealed);
}

/* For luks_look(). */
struct known {
	const struct manifest *old;
	const char *path;
};

static int find_record(void *ctx, const struct luks_view *v, const struct source *source,
		       const struct sealed_luks **sealed, int64_t *sealed_at)
{
	const struct known *k = ctx;

	*sealed = record_of(k->old, v, source, k->path);
	*sealed_at = k->old->sealed_at;
	return 0;
}

/* What its owner has to end first: the record of before is still the right one. */
static bool is_half_done(const struct luks_view *v, struct luks_judgement j)
{
	/* Never sealed, and for all that can be known it is meant to be something else. */
	if (j.ground == LUKS_FOREIGN || j.ground == LUKS_ERASED || j.ground == LUKS_NOISE)
		return v->sealed || (v->luks.chosen >= 0 && !luks_may_be_refused(v));
	if (j.ground == LUKS_TOO_SMALL)
		return v->sealed;
	return j.ground == LUKS_NOT_HERE || j.ground == LUKS_COPY_OLDER ||
	       j.ground == LUKS_SLOT_WIPED || j.ground == LUKS_CONVERTING || j.ground == LUKS_OLDER;
}

/*
 * Without the word `luks` cryptsetup-initramfs takes for plain what has no good LUKS header (cryptsetup
 * isLuks). Plain dm-crypt begins with ciphertext; what is left of an older header is not its own.
 */
static bool is_plain(const struct candidate *c, const struct luks_view *v,
		     const struct source *source)
{
	return c->chain && c->chain->may_be_plain && !v->sealed && v->luks.chosen < 0 &&
	       v->luks.copies[0].state == LUKS_COPY_ABSENT &&
	       luks_implausible_blocks(source, 0, BLOCK_SIZE) == 0;
}

static int examine(const struct candidate *c, const struct source *source,
		   const struct manifest *old, struct manifest *m)
{
	/* What crypttab names is what is opened. */
	struct luks_view v = { .device = c->header ? c->device : c->path,
			       .header = c->header ? c->path : NULL,
			       .itself = c->chain != NULL };
	struct known known = { old, c->path };
	struct luks_judgement j;
	int status, err = luks_look(&v, source, find_record, &known, &j);

	if (err) {
		status = cannot_read(c, err);
		goto out;
	}
	if (is_plain(c, &v, source))
		status = leave_out(c,
				   "No LUKS header is at its start, and crypttab does not say "
				   "`luks`: both copies of one are lost, or it is plain dm-crypt");
	else if (j.ground == LUKS_MEMBER)
		status = leave_out_member(c, &v);
	else if (j.ground == LUKS_DISK_FORM)
		status = leave_out_file(c, &v);
	else if (j.verdict == VERDICT_STORAGE_CORRUPTION || is_half_done(&v, j))
		status = explain(c, &v, j);
	else if (j.ground == LUKS_INSIDE)
		status = leave_out_layer(c, &v);
	else if (j.ground == LUKS_TOO_SMALL)
		status = leave_out(c, "It is too small for the LUKS container on it");
	else if (j.ground == LUKS_NEVER_THERE)
		status = leave_out(c, "There is no LUKS header");
	else if (j.ground == LUKS_FOREIGN)
		status = leave_out(c, "Another format's signature lies where a LUKS header was");
	else if (j.ground == LUKS_ERASED)
		status = leave_out(c, "The magic of a LUKS header was erased");
	else if (v.luks.chosen < 0 || luks_is_of_another_writer(&v.luks))
		status = leave_out(c, "Its LUKS header is of a kind that is not known");
	else if (is_recorded(m, v.luks.uuid))
		status = 0;
	else
		status = record(c, &v, source, m);
out:
	luks_view_clear(&v);
	return status;
}

static int seal_device(const struct candidate *c, const struct manifest *old, struct manifest *m)
{
	cleanup(free_ptr) char *why = NULL;
	struct source source;
	int err = source_open(&source, c->path);
	int status;

	if (err == -EIO)
		return cannot_read(c, err);
	if (err) {
		why = err == -EINVAL ? text_copy("Neither a block device nor a file")
				     : text_format("It cannot be opened: %s", strerror(-err));
		return leave_out(c, why);
	}
	status = examine(c, &source, old, m);
	source_close(&source);
	return status;
}

static const char *only_in_chroot(const struct boot_files *f)
{
	return *f->root || in_chroot() ? NULL : SYSFS_BLOCK;
}

static struct crypt_places places_of(const struct boot_files *f)
{
	return (struct crypt_places){ .root = f->root,
				      .sys_block = only_in_chroot(f),
				      .mountinfo = "/proc/self/mountinfo",
				      .resume = "/sys/power/resume",
				      .partitions = "/dev/disk/by-partuuid" };
}

/* What is at the path, beside a record. -ENOENT, ...: nothing is. */
static int compare_names(const struct sealed_luks *s, const char *path, struct luks *l,
			 enum record_match *match)
{
	struct source source;
	int err = source_open(&source, path);

	if (err)
		return err;
	err = luks_read(&source, l);
	if (!err)
		*match = luks_record_match(s, l, &source, path);
	source_close(&source);
	return err;
}

static bool is_still_at(const struct sealed_luks *s, const char *path)
{
	enum record_match match;
	struct luks l;
	int err = compare_names(s, path, &l, &match);

	/* What cannot be read at its place is for seal_device() to tell. */
	return err ? err == -EIO : is_record_of(match, &l);
}

/*
 * The link that is made from the UUID is gone together with the header: the record has another name of
 * what was sealed by it. NULL: it is not there either.
 */
static const char *recorded_place(const struct manifest *old, const char *device)
{
	for (size_t i = 0; i < old->luks_count; i++) {
		const struct sealed_luks *s = &old->luks[i];

		if (!s->header && *s->place && strcmp(s->device, device) == 0 &&
		    is_still_at(s, s->place))
			return s->place;
	}
	return NULL;
}

static void use_recorded_place(const struct manifest *old, struct candidate *c)
{
	const char *place = recorded_place(old, c->device);

	if (place)
		c->path = c->place = place;
}

static int seal_chain(const struct boot_files *f, const struct crypt_device *d,
		      const struct manifest *old, struct manifest *m, struct report *r)
{
	cleanup(free_ptr) char *path = crypttab_path(f->root, d->header ? d->header : d->source);
	struct candidate c = { .device = d->source,
			       .place = d->place,
			       .header = d->header,
			       .path = path,
			       .chain = d,
			       .report = r };
	struct stat st;

	if (d->header || stat(path, &st) == 0)
		return seal_device(&c, old, m);
	/* While it is open the kernel tells where it is. */
	if (*d->place)
		c.path = d->place;
	else
		use_recorded_place(old, &c);
	return seal_device(&c, old, m);
}

/* Also from another folder it must mean the same file. */
static char *whole_path(const char *path)
{
	char *whole = *path == '/' ? NULL : realpath(path, NULL);

	return whole ? whole : text_copy(path);
}

static int seal_named(const struct boot_files *f, const char *device, const char *header,
		      bool asked_for, const struct manifest *old, struct manifest *m,
		      struct report *r)
{
	const struct crypt_places places = places_of(f);
	cleanup(free_ptr) char *whole = whole_path(device), *place = NULL;
	cleanup(free_ptr) char *whole_header = header ? whole_path(header) : NULL;
	struct candidate c = {
		.device = whole, .header = whole_header, .asked_for = asked_for, .report = r
	};
	struct stat st;

	if (stat(device, &st) == 0 && S_ISBLK(st.st_mode))
		place = crypt_place(&places, st.st_rdev);
	c.place = place ? place : "";
	c.path = whole_header ? whole_header : whole;
	if (!whole_header && access(whole, F_OK) < 0)
		use_recorded_place(old, &c);
	return seal_device(&c, old, m);
}

/* Nothing is where the names of its record lead. */
static bool is_absent(const struct boot_files *f, const struct sealed_luks *s)
{
	cleanup(free_ptr) char *path = crypttab_path(f->root, s->header ? s->header : s->device);

	return access(path, F_OK) < 0 && (s->header || !*s->place || access(s->place, F_OK) < 0);
}

/* Nothing of it is on the device that has its name now, and such a name goes to another disk. */
static bool is_taken(const struct boot_files *f, const struct sealed_luks *s)
{
	cleanup(free_ptr) char *path = crypttab_path(f->root, s->header ? s->header : s->device);
	bool by_place = !s->header && access(path, F_OK) < 0;
	enum record_match match;
	struct luks l;

	return !compare_names(s, by_place ? s->place : path, &l, &match) && match == RECORD_CALLED;
}

/* What --device named the last time stays sealed. */
static int seal_remembered(const struct boot_files *f, const struct manifest *old,
			   struct manifest *m, struct report *r)
{
	int status = 0;

	for (size_t i = 0; !status && i < old->luks_count; i++) {
		const struct sealed_luks *s = &old->luks[i];

		if (!s->layer_count && !is_recorded(m, s->uuid) && !is_absent(f, s))
			status = seal_named(f, s->device, s->header, false, old, m, r);
	}
	return status;
}

static int seal_found(const struct boot_files *f, const struct crypt_devices *found,
		      const struct manifest *old, struct manifest *m, struct report *r)
{
	int status = 0;

	for (size_t i = 0; !status && i < found->count; i++)
		status = seal_chain(f, &found->items[i], old, m, r);
	return status;
}

static bool is_name_recorded(const struct manifest *m, const char *device)
{
	for (size_t i = 0; i < m->luks_count; i++) {
		if (strcmp(m->luks[i].device, device) == 0)
			return true;
	}
	return false;
}

static bool is_wanted(const struct crypt_devices *found, const struct sealed_luks *s)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->items[i].source, s->device) == 0)
			return true;
	}
	return !s->layer_count;
}

static bool is_away(const struct boot_files *f, const struct crypt_devices *found,
		    const struct sealed_luks *s, const struct manifest *m)
{
	return is_wanted(found, s) && !is_name_recorded(m, s->device) &&
	       (is_absent(f, s) || is_taken(f, s));
}

static void tell_forgotten(struct report *r, const struct sealed_luks *s)
{
	struct finding *f = report_finding(r, VERDICT_INTACT, FINDING_SEAL_LEFT_OUT, s->device,
					   "It (UUID %s) is no longer recorded.", s->uuid);

	f->warning = true;
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", s->uuid);
	finding_say(f);
}

/* Its record stays: it does not count for this seal. */
static void tell_away(struct report *r, const struct boot_files *files, const struct sealed_luks *s)
{
	struct finding *f = report_luks_absent(
		r, s, s->device, is_absent(files, s) ? NULL : "nothing of what was sealed");

	f->warning = true;
	finding_next(f,
		     "Its record of before (UUID %s) is kept. To forget it: bootverdict seal -k %s "
		     "--remove, and seal again.",
		     s->uuid, files->release);
	finding_say(f);
}

/* The last step: takes over the records of what is not there just now, and tells which go. */
static void keep_absent(const struct boot_files *f, const struct crypt_devices *found,
			struct manifest *old, struct manifest *m, struct report *r)
{
	for (size_t i = old->luks_count; i-- > 0;) {
		struct sealed_luks *s = &old->luks[i];

		if (is_recorded(m, s->uuid))
			continue;
		if (!is_away(f, found, s, m)) {
			tell_forgotten(r, s);
			continue;
		}
		tell_away(r, f, s);
		m->luks = grow_array(m->luks, &m->luks_count, sizeof(*m->luks));
		m->luks[m->luks_count - 1] = *s;
		*s = old->luks[--old->luks_count];
	}
}

/* What is damaged is not sealed as it is: then the record goes on telling what was there. */
static void keep_records(struct manifest *m, struct manifest *old)
{
	struct sealed_luks *luks = m->luks;
	size_t count = m->luks_count;

	m->luks = old->luks;
	m->luks_count = old->luks_count;
	old->luks = luks;
	old->luks_count = count;
}

/* Of a running system: so a boot that does not find its root can tell whether root= is wrong. */
static void record_root(const struct crypt_devices *found, struct manifest *m)
{
	struct source source;
	struct superblock s;

	if (!found->root || source_open(&source, found->root))
		return;
	if (!superblock_read(&source, &s) && !s.damaged)
		snprintf(m->root_uuid, sizeof(m->root_uuid), "%s", s.uuid);
	source_close(&source);
}

int seal_luks(const struct boot_files *f, const struct seal_options *o, struct manifest *m)
{
	const struct crypt_places places = places_of(f);
	struct crypt_devices found;
	struct manifest old;
	int status = 0;

	store_load(f, &old);
	crypt_devices_find(&found, &places);
	record_root(&found, m);
	for (size_t i = 0; !status && i < o->device_count; i++)
		status = seal_named(f, o->devices[i], o->header, true, &old, m, o->report);
	if (!status)
		status = seal_found(f, &found, &old, m, o->report);
	if (!status)
		status = seal_remembered(f, &old, m, o->report);
	if (status)
		keep_records(m, &old);
	else
		keep_absent(f, &found, &old, m, o->report);
	crypt_devices_clear(&found);
	manifest_clear(&old);
	return status;
}
