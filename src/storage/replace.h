/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_REPLACE_H
#define BV_STORAGE_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/must_check.h"

/*
 * Replaces a file so that at every moment, a power cut included, either the old one or the
 * whole new one is there: write beside it, fsync, read back from the device and compare, let the
 * two exchange their names (vfat, exfat: rename one over the other), sync the folder, the file
 * system, the file by its new name; then remove the old one. make check-crash proves it. exfat alone
 * can lose the name in between.
 * Who replaces keeps other runs out of the folder: storage/lock.h.
 *
 *	replace_begin(); replace_write()...; replace_commit() or replace_abort();
 *
 * in two steps, for who wants to decide about a file that the device did not keep whole:
 *
 *	replace_begin(); replace_write()...; replace_verify(); [replace_install();] replace_abort();
 */
struct replacement;

/*
 * The temporary name is a dot, the file's name, and this: no boot loader lists it. A leftover of
 * an interrupted run may be removed by whoever has the folder's lock.
 */
#define REPLACE_SUFFIX ".bootverdict-new"

enum read_back {
	READ_BACK,    /* compare what the device kept with what was written */
	NO_READ_BACK, /* in a chroot or an image builder, where the device is another one later */
};

struct replace_result {
	uint64_t bad_offset; /* first 4096-byte block that the device did not keep, bytes */
	uint64_t bad_blocks; /* how many there are */
	bool past_cache;     /* the comparison really went past the page cache */
	bool installed;	     /* the new file is in place (replace_commit()) */
};

/*
 * Starts a new file that will take path's place; a leftover of its temporary name is replaced.
 * Mode and owner are those of the old file when there is one, else mode. *r is the caller's to end
 * with commit or abort. -ENOSPC, -EROFS, ...; -ELOOP: path is a symbolic link, which would be lost
 * (resolve it first).
 */
must_check int replace_begin(struct replacement **r, const char *path, mode_t mode);

/* path must still be this file, of that size and time, when it is replaced; else -EAGAIN. */
void replace_expect(struct replacement *r, const struct stat *old);

/* Gives every so many bytes to the device by themselves: a disk may lose only parts of big writes. */
void replace_in_pieces(struct replacement *r, size_t bytes);

/* -EINTR: interrupted(). After an error every further step returns it. */
must_check int replace_write(struct replacement *r, const void *data, size_t len);

/*
 * Syncs the new file, and compares it. 0; -EILSEQ: the device did not keep what was written, and
 * *result says what; another -errno: it could not be done.
 */
must_check int replace_verify(struct replacement *r, enum read_back read_back,
			      struct replace_result *result);

/*
 * Puts the new file in place, durably. After an error the old one is in place, unless
 * replace_installed(): then the names could not be synced, and a power cut may bring the old one
 * back. -EAGAIN: path is not the file any more that was expected.
 */
must_check int replace_install(struct replacement *r);
bool replace_installed(const struct replacement *r);

/* What will stand under path once it is installed: its inode, size and time. False: it is not there. */
bool replace_stat(const struct replacement *r, struct stat *st);

/*
 * replace_verify(), then replace_install(), then the end of r. After an error the old file is in
 * place and the temporary one is gone, unless result->installed. result may be NULL.
 */
must_check int replace_commit(struct replacement *r, enum read_back read_back,
			      struct replace_result *result);

/* Whether two finished ones were given the same bytes. */
bool replace_wrote_same(const struct replacement *a, const struct replacement *b);

/*
 * Takes the new file's name away, but not its blocks: what is written next comes to lie elsewhere,
 * until they are let go. What replace_wrote_same() needs stays. NULL is allowed.
 */
void replace_hold(struct replacement *r);
void replace_let_go(struct replacement *r);

void replace_abort(struct replacement *r); /* NULL is allowed */

/*
 * Puts another file of the same folder, named without it, in path's place, which must be the
 * expected file. Nothing but names is written. other keeps its own name where the file system has
 * hard links. -EAGAIN as above.
 */
must_check int replace_with(const char *path, const char *other, const struct stat *expected);

/* Same device, inode, size and time of change. */
bool replace_is_same_file(const struct stat *a, const struct stat *b);

/*
 * Whether this process runs in a chroot, a container or an image builder, where reading back
 * proves nothing: the root folder is not the one of process 1, or that cannot be told.
 */
bool in_chroot(void);

#endif
