// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/store.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "manifest/format.h"
#include "manifest/load.h"
#include "manifest/private.h"
#include "manifest/report_replace.h"
#include "report/lines.h"
#include "storage/lock.h"
#include "storage/remove.h"
#include "storage/replace.h"
#include "util/file.h"
#include "util/text.h"
#include "util/util.h"

/* A copy is written within a second. */
#define COPY_LOCK_SECONDS 60

static const char suffix[] = ".manifest";

char *store_folder(const char *prefix, const char *boot_folder, int copy)
{
	return copy == STORE_BOOT ? text_format("%s/bootverdict", boot_folder)
				  : text_format("%s/var/lib/bootverdict", prefix);
}

char *store_folders(void)
{
	cleanup(free_ptr) char *beside = store_folder("", "/boot", STORE_BOOT);
	cleanup(free_ptr) char *root = store_folder("", "/boot", STORE_ROOT);

	return text_format("%s, %s", beside, root);
}

char *store_copy(const struct boot_files *f, int copy)
{
	cleanup(free_ptr) char *folder = store_folder(f->root, f->boot, copy);

	return text_format("%s/%s%s", folder, f->release, suffix);
}

bool store_is_record(const char *name)
{
	return text_has_ending(name, suffix);
}

void store_list(struct releases *r, const char *root, const char *boot)
{
	cleanup(free_ptr) char *prefix = root_prefix(root), *in = boot_folder(prefix, boot);

	for (int copy = 0; copy < STORE_COPIES; copy++) {
		cleanup(free_ptr) char *folder = store_folder(prefix, in, copy);

		releases_add(r, folder, suffix);
	}
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
static void close_to_others(const char *path, mode_t mode, struct report *r)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0777 & ~mode))
		return;
	if (chmod(path, st.st_mode & mode) < 0 && (st.st_mode & 0066 & ~mode))
		finding_say(seal_note(
			r, path,
			"It tells others about an image that they may not read, and cannot "
			"be closed to them: %s.",
			strerror(errno)));
}

/* Small: a disk that loses parts of big writes keeps it, if need be in pieces. */
static int try_copy(const char *path, mode_t mode, const char *text, size_t len,
		    enum read_back read_back, size_t pieces, struct replace_result *result)
{
	struct replacement *r = NULL;
	int err = replace_begin(&r, path, mode);

	if (!err) {
		replace_in_pieces(r, pieces);
		err = replace_write(r, text, len);
	}
	if (err) {
		replace_abort(r);
		return err;
	}
	return replace_commit(r, read_back, result);
}

/* Whoever seals an image holds its folder's lock already, and this may be the same folder. */
static bool is_folder_of(const char *file, const char *folder)
{
	cleanup(free_ptr) char *path = realpath(file, NULL);
	struct stat a, b;

	return path && stat(dirname(path), &a) == 0 && stat(folder, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* How the writing of one copy went. */
struct attempt {
	int err;
	struct replace_result result;
	bool again; /* the disk did not keep it at first, and did when it was written in pieces */
};

static void write_copy(const struct seal_options *o, const char *path, const char *image,
		       mode_t mode, const char *text, size_t len, struct attempt *a)
{
	cleanup(free_ptr) char *copy = text_copy(path);
	const char *folder = dirname(copy);
	cleanup(close_fd) int lock = -1;
	struct replace_result result = { 0 };

	*a = (struct attempt){ .err = make_folder(path) };
	if (!a->err && !is_folder_of(image, folder)) {
		lock = folder_lock(folder, COPY_LOCK_SECONDS);
		a->err = lock < 0 ? lock : 0;
	}
	if (!a->err)
		a->err = try_copy(path, mode, text, len, o->read_back, 0, &a->result);
	if (a->err == -EILSEQ)
		a->again = !try_copy(path, mode, text, len, o->read_back, BLOCK_SIZE, &result);
}

static void tell_attempt(struct report *r, const char *path, const struct attempt *a)
{
	if (a->err)
		report_replace(r, path, a->err, &a->result);
	if (a->again)
		finding_say(seal_stands(r, VERDICT_INTACT, path,
					"Written once more in pieces, it reads back right."));
}

void store_load(const struct boot_files *f, struct manifest *m)
{
	char reason[MANIFEST_REASON_BYTES];
	cleanup(free_ptr) char *beside = store_copy(f, STORE_BOOT),
			       *root = store_copy(f, STORE_ROOT);
	struct manifest other;

	if (manifest_load(m, beside, reason) < 0)
		manifest_init(m);
	if (manifest_load(&other, root, reason) < 0)
		manifest_init(&other);
	if (other.sealed_at > m->sealed_at) {
		manifest_clear(m);
		*m = other;
	} else {
		manifest_clear(&other);
	}
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

int store_write(const struct boot_files *f, const struct seal_options *o, struct manifest *m,
		bool *changed)
{
	cleanup(free_ptr) char *beside = store_copy(f, STORE_BOOT),
			       *root = store_copy(f, STORE_ROOT);
	const char *const paths[STORE_COPIES] = { beside, root };
	const mode_t mode = record_mode(f);
	cleanup(free_ptr) char *text = NULL;
	struct report *r = o->report;
	struct attempt attempts[STORE_COPIES];
	bool lost = false, before;
	int written = 0, err;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		close_to_others(paths[i], mode, r);
	manifest_hide_private(m);
	m->sealed_at = (int64_t)time(NULL);
	if (says_the_same(paths[0], m) && says_the_same(paths[1], m))
		return 0;
	*changed = true;
	err = manifest_format(m, &text, &len);
	if (err)
		return seal_not_done(r, beside, "%s.",
				     err == -EFBIG
					     ? "The record would be longer than any that is read"
					     : "Out of memory");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		write_copy(o, paths[i], f->initrd, mode, text, len, &attempts[i]);
		written += !attempts[i].err;
		lost = lost || replace_blames_disk(attempts[i].err);
	}
	/* One copy is enough, where it is not the disk that lost the other one. */
	before = report_warnings(r, written && !lost);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		tell_attempt(r, paths[i], &attempts[i]);
	report_warnings(r, before);
	if (lost)
		return 1;
	if (!written)
		return seal_not_done(
			r, f->initrd,
			"Neither copy of its record could be written: the guard will still %s "
			"the boot, but 'bootverdict check' has no record.",
			m->refusal ? "explain" : "verify");
	return 0;
}

bool store_has(const struct boot_files *f)
{
	for (int copy = 0; copy < STORE_COPIES; copy++) {
		cleanup(free_ptr) char *path = store_copy(f, copy);

		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* An exit status. */
static int remove_copy(const char *path, struct report *r)
{
	bool gone;
	int err = remove_durably(path, &gone);
	const char *what;

	if (!err || err == -ENOENT)
		return 0;
	what = gone ? "Removed, but a power cut may bring it back" : "It cannot be removed";
	if (err == -EIO)
		return seal_write_failed(r, path, "%s: %s.", what, strerror(-err));
	return seal_not_done(r, path, "%s: %s.", what, strerror(-err));
}

static void remove_unfinished(const struct boot_files *f, int copy)
{
	cleanup(free_ptr) char *folder = store_folder(f->root, f->boot, copy);
	cleanup(free_ptr) char *path =
		text_format("%s/.%s%s" REPLACE_SUFFIX, folder, f->release, suffix);

	unlink(path);
}

int store_forget(const struct boot_files *f, struct report *r)
{
	int status = 0;

	for (int copy = 0; copy < STORE_COPIES && !status; copy++) {
		cleanup(free_ptr) char *path = store_copy(f, copy);

		status = remove_copy(path, r);
		remove_unfinished(f, copy);
	}
	return status;
}

void store_tidy(const struct boot_files *f)
{
	for (int copy = 0; copy < STORE_COPIES; copy++) {
		cleanup(free_ptr) char *folder = store_folder(f->root, f->boot, copy);

		rmdir(folder);
	}
}
