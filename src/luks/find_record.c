// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/find_record.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "luks/match.h"
#include "luks/moved.h"
#include "luks/record.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "manifest/store.h"
#include "system/installation.h"
#include "system/paths.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

/* Each reads and hashes the start of the device: LUKS_NEAR. */
#define SEARCHES_MAX 8u

struct finder {
	struct luks_record *record;
	enum record_match match; /* of record, or RECORD_OTHER */
	const struct luks_view *view;
	const struct source *source;
	struct report *report;
	/* Records by which is_cut_off() searched: what was sealed of their keyslots. */
	uint64_t searched[SEARCHES_MAX];
	size_t searched_count;
};

static void tell_unusable(struct finder *f, const char *path, int err, const char *reason,
			  bool named)
{
	bool damaged = err == -EBADMSG || err == -EIO;
	struct finding *n;

	if (named && err == -EBADMSG && !manifest_looks_like_one(path))
		n = report_finding(
			f->report, VERDICT_NONE, FINDING_MANIFEST_UNUSABLE, path,
			"Nothing in this file is of a sealed record: it is another file.");
	else if (damaged)
		n = report_finding(f->report, VERDICT_STORAGE_CORRUPTION, FINDING_MANIFEST_DAMAGED,
				   path,
				   "This copy of the sealed record is damaged: %s. No device is "
				   "accused on its word.",
				   err == -EIO ? "the device cannot read it" : reason);
	else
		n = report_finding(f->report, err == -EPROTO ? VERDICT_INCONCLUSIVE : VERDICT_NONE,
				   FINDING_MANIFEST_UNUSABLE, path,
				   "This sealed record cannot be used: %s.",
				   err == -EPROTO ? reason : strerror(-err));
	n->warning = !named;
}

/* Names that go from disk to disk say nothing; nor does any name beside the good header of another. */
static bool is_namesake(const struct finder *f, enum record_match match)
{
	return match == RECORD_CALLED || (match == RECORD_NAMED && f->view->luks.chosen >= 0);
}

static void remember_namesake(struct finder *f, const char *uuid)
{
	if (!f->record->namesake)
		f->record->namesake = text_copy(uuid);
}

/* Several manifests have the same record. */
static bool is_searched(struct finder *f, const struct sealed_luks *s)
{
	uint64_t key = 0;

	for (size_t i = 0; i < s->slot_count; i++)
		key = key * 31 + hash64(s->slots[i].blocks,
					s->slots[i].block_count * sizeof(*s->slots[i].blocks));
	for (size_t i = 0; i < f->searched_count; i++) {
		if (f->searched[i] == key)
			return true;
	}
	if (f->searched_count == SEARCHES_MAX)
		return true;
	f->searched[f->searched_count++] = key;
	return false;
}

/* A copy of which the start was cut off has another name, as a rule, and key material alone. */
static bool is_cut_off(struct finder *f, const struct sealed_luks *s)
{
	const struct luks *l = &f->view->luks;
	int64_t shift;

	return l->chosen < 0 && !l->inside.version && s->slot_count && !is_searched(f, s) &&
	       luks_is_moved(s, f->source, &shift) && shift < 0;
}

/* Takes the manifest over when it has a better record than the one so far. */
static void consider(struct finder *f, const char *path, struct manifest *m)
{
	for (size_t i = 0; i < m->luks_count; i++) {
		enum record_match match = luks_record_match(&m->luks[i], &f->view->luks, f->source,
							    luks_view_place(f->view));

		if (match == RECORD_OTHER && f->match == RECORD_OTHER && is_cut_off(f, &m->luks[i]))
			match = RECORD_BYTES;
		if (is_namesake(f, match)) {
			remember_namesake(f, m->luks[i].uuid);
			continue;
		}
		if (match == RECORD_OTHER || match < f->match ||
		    (match == f->match && m->sealed_at <= f->record->manifest.sealed_at))
			continue;
		luks_record_clear(f->record);
		f->match = match;
		f->record->manifest = *m;
		f->record->path = text_copy(path);
		f->record->sealed = &f->record->manifest.luks[i];
		f->record->by_name = match == RECORD_NAMED;
		manifest_init(m);
		return;
	}
}

static void remember_others(struct finder *f, const struct manifest *m)
{
	for (size_t i = 0; !f->record->sealed && i < m->luks_count; i++) {
		const struct sealed_luks *s = &m->luks[i];
		char *old = f->record->others;

		if (old && strstr(old, s->uuid))
			continue;
		f->record->others = text_format("%s%s%s (%s%s%s)", old ? old : "", old ? ", " : "",
						s->uuid, s->device, s->header ? ", --header " : "",
						s->header ? s->header : "");
		free(old);
	}
}

static void try_manifest(struct finder *f, const char *path, bool named)
{
	char reason[MANIFEST_REASON_BYTES];
	struct manifest m;
	int err = manifest_load(&m, path, reason);

	if (err && f->report && (named || err != -ENOENT))
		tell_unusable(f, path, err, reason, named);
	if (!err) {
		consider(f, path, &m);
		remember_others(f, &m);
	}
	manifest_clear(&m);
}

static void try_folder(struct finder *f, const char *path)
{
	DIR *d = folder_open(path);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		if (store_is_record(e->d_name)) {
			cleanup(free_ptr) char *file = text_format("%s/%s", path, e->d_name);

			try_manifest(f, file, false);
		}
	}
	closedir(d);
}

void luks_record_find(struct luks_record *record, const char *path, const char *root,
		      const struct luks_view *v, const struct source *source, struct report *r)
{
	struct finder f = { .record = record, .view = v, .source = source, .report = r };
	cleanup(free_ptr) char *prefix = root_prefix(root), *boot = boot_folder(prefix, NULL);

	memset(record, 0, sizeof(*record));
	manifest_init(&record->manifest);
	if (path) {
		try_manifest(&f, path, true);
		return;
	}
	for (int copy = 0; copy < STORE_COPIES; copy++) {
		cleanup(free_ptr) char *folder = store_folder(prefix, boot, copy);

		try_folder(&f, folder);
	}
	if (!root && access("/" GUARD_MANIFEST, R_OK) == 0)
		try_manifest(&f, "/" GUARD_MANIFEST, false);
}

void luks_record_take_for_namesake(struct luks_record *record)
{
	char *uuid = text_copy(record->sealed->uuid);

	luks_record_clear(record);
	record->namesake = uuid;
}

void luks_record_clear(struct luks_record *record)
{
	manifest_clear(&record->manifest);
	free(record->path);
	free(record->others);
	free(record->namesake);
	memset(record, 0, sizeof(*record));
	manifest_init(&record->manifest);
}
