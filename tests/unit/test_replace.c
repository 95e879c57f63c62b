// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "storage/leftovers.h"
#include "storage/lock.h"
#include "storage/replace.h"
#include "system/chroot.h"
#include "util/interrupt.h"
#include "util/util.h"

/*
 * This program is also the one whose system calls are interrupted: `test_replace --write PATH`
 * replaces PATH and exits with 0, or with the number of the error. strace counts its calls, then
 * kills it at each of them, and lets each of them fail.
 */

#define NEW_BYTES (3u * 65536u + 1000u)
#define OLD_TEXT  "the old content\n"

/* So that the calls before the first of interest can be told from the others in strace's log. */
#define MARK_CALL "getppid"

static const char *self;

static unsigned char *new_content(void)
{
	unsigned char *data = malloc(NEW_BYTES);

	if (!data)
		abort();
	for (size_t i = 0; i < NEW_BYTES; i++)
		data[i] = (unsigned char)(i * 13 + i / 4096 + 1);
	return data;
}

/* Replaces path, in pieces of sizes that fit no block. */
static int replace(const char *path, struct replace_result *result)
{
	cleanup(free_ptr) unsigned char *data = new_content();
	struct replacement *r;
	int rc = replace_begin(&r, path, 0600);
	struct stat old;

	if (rc < 0)
		return rc;
	if (lstat(path, &old) == 0)
		replace_expect(r, &old);
	for (size_t at = 0; at < NEW_BYTES; at += 65000) {
		rc = replace_write(r, data + at, NEW_BYTES - at < 65000 ? NEW_BYTES - at : 65000);
		if (rc < 0) {
			replace_abort(r);
			return rc;
		}
	}
	return replace_commit(r, READ_BACK, result);
}

static int write_and_exit(const char *path)
{
	int rc;

	getppid();
	rc = replace(path, NULL);
	getppid();
	return -rc;
}

/* ---- a folder with an old file in it --------------------------------------------------------- */

struct fixture {
	char folder[64], path[128], temporary[128];
};

static void fixture_paths(struct fixture *f)
{
	snprintf(f->path, sizeof(f->path), "%s/initrd", f->folder);
	snprintf(f->temporary, sizeof(f->temporary), "%s/.initrd.bootverdict-new", f->folder);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->folder, "/var/tmp/bv-replace-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	fixture_paths(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	unlink(f->temporary);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void put_old(const struct fixture *f, mode_t mode)
{
	int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, OLD_TEXT, strlen(OLD_TEXT)), strlen(OLD_TEXT));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

enum found { NOTHING, OLD, NEW, SOMETHING_ELSE };

static enum found look(const char *path)
{
	cleanup(free_ptr) unsigned char *expected = new_content(), *data = malloc(NEW_BYTES + 1);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return NOTHING;
	assert_non_null(data);
	n = read(fd, data, NEW_BYTES + 1);
	close(fd);
	if (n == (ssize_t)strlen(OLD_TEXT) && memcmp(data, OLD_TEXT, (size_t)n) == 0)
		return OLD;
	if (n == (ssize_t)NEW_BYTES && memcmp(data, expected, NEW_BYTES) == 0)
		return NEW;
	return SOMETHING_ELSE;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* ---- without interruption ------------------------------------------------------------------- */

static void test_replaces(void **state)
{
	struct fixture *f = *state;
	struct replace_result result;
	struct stat st;

	put_old(f, 0640);
	assert_int_equal(replace(f->path, &result), 0);
	assert_int_equal(look(f->path), NEW);
	assert_false(exists(f->temporary));
	assert_true(result.installed);
	assert_int_equal(result.bad_offset, 0);
	assert_int_equal(result.bad_blocks, 0);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void test_creates(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	mode_t mask = umask(077);

	assert_int_equal(replace(f->path, NULL), 0);
	umask(mask);
	assert_int_equal(look(f->path), NEW);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_keeps_the_owner(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	if (geteuid() != 0)
		skip();
	put_old(f, 04600);
	assert_int_equal(chown(f->path, 1234, 5678), 0);
	assert_int_equal(chmod(f->path, 04600), 0);
	assert_int_equal(replace(f->path, NULL), 0);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_gid, 5678);
	assert_int_equal(st.st_mode & 07777, 04600);
}

/* Sizes around the units in which is written, hashed and read back. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = { 0,	1,	4095,	4096,	4097,	 8192,	 262143,
					262144, 262145, 266240, 266241, 1048576, 1048577 };
	struct fixture *f = *state;
	unsigned char *data = calloc(1, 1048577);

	assert_non_null(data);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct replacement *r;
		struct stat st;

		assert_int_equal(replace_begin(&r, f->path, 0600), 0);
		assert_int_equal(replace_write(r, data, sizes[i]), 0);
		assert_int_equal(replace_commit(r, READ_BACK, NULL), 0);
		assert_int_equal(stat(f->path, &st), 0);
		assert_int_equal(st.st_size, sizes[i]);
	}
	free(data);
}

static void test_abort(void **state)
{
	struct fixture *f = *state;
	struct replacement *r;

	put_old(f, 0644);
	assert_int_equal(replace_begin(&r, f->path, 0600), 0);
	assert_int_equal(replace_write(r, "abc", 3), 0);
	assert_true(exists(f->temporary));
	replace_abort(r);
	replace_abort(NULL);
	assert_false(exists(f->temporary));
	assert_int_equal(look(f->path), OLD);
}

/* A leftover is replaced, whatever it is a link to. */
static void test_leftover(void **state)
{
	struct fixture *f = *state;

	put_old(f, 0644);
	assert_int_equal(symlink("initrd", f->temporary), 0);
	assert_int_equal(replace(f->path, NULL), 0);
	assert_int_equal(look(f->path), NEW);
	assert_false(exists(f->temporary));

	put_old(f, 0644);
	assert_int_equal(link(f->path, f->temporary), 0);
	assert_int_equal(replace(f->path, NULL), 0);
	assert_int_equal(look(f->path), NEW);
	assert_false(exists(f->temporary));
}

static void test_refuses(void **state)
{
	struct fixture *f = *state;
	struct replacement *r;
	char path[160], name[300];

	assert_int_equal(symlink("elsewhere", f->path), 0);
	assert_int_equal(replace(f->path, NULL), -ELOOP);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_equal(replace(f->path, NULL), -EINVAL);
	assert_int_equal(rmdir(f->path), 0);
	snprintf(path, sizeof(path), "%s/", f->folder);
	assert_int_equal(replace(path, NULL), -EINVAL);
	snprintf(path, sizeof(path), "%s/absent/initrd", f->folder);
	assert_int_equal(replace(path, NULL), -ENOENT);
	memset(name, 'x', sizeof(name));
	name[250] = '\0';
	assert_int_equal(replace(name, NULL), -ENAMETOOLONG);
	assert_int_equal(replace_begin(&r, "", 0600), -EINVAL);
}

/* ---- whom it replaces ------------------------------------------------------------------------- */

static void put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static bool holds(const char *path, const char *text)
{
	char data[64] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, data, sizeof(data) - 1);

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(text) && strcmp(data, text) == 0;
}

/* A file that somebody else has put there, or written, since it was looked at stays. */
static void test_expects(void **state)
{
	static const char *const cases[] = { "replaced", "written", "touched", "gone",
					     "as it was" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
		struct replace_result result;
		struct replacement *r;
		struct stat old;
		int rc;

		unlink(f->path);
		put_text(f->path, OLD_TEXT);
		assert_int_equal(utimensat(AT_FDCWD, f->path, times, 0), 0);
		assert_int_equal(lstat(f->path, &old), 0);
		assert_int_equal(replace_begin(&r, f->path, 0600), 0);
		replace_expect(r, &old);
		assert_int_equal(replace_write(r, "new", 3), 0);
		if (i == 0) {
			char other[160];

			snprintf(other, sizeof(other), "%s.other", f->path);
			put_text(other, OLD_TEXT);
			assert_int_equal(utimensat(AT_FDCWD, other, times, 0), 0);
			assert_int_equal(rename(other, f->path), 0);
		} else if (i == 1) {
			put_text(f->path, "longer than before\n");
			assert_int_equal(utimensat(AT_FDCWD, f->path, times, 0), 0);
		} else if (i == 2) {
			assert_int_equal(utimensat(AT_FDCWD, f->path, NULL, 0), 0);
		} else if (i == 3) {
			assert_int_equal(unlink(f->path), 0);
		}
		rc = replace_commit(r, READ_BACK, &result);
		if (rc != (i == 4 ? 0 : -EAGAIN))
			fail_msg("%s: %d", cases[i], rc);
		assert_int_equal(result.installed, i == 4);
		assert_int_equal(holds(f->path, "new"), i == 4);
		assert_int_equal(exists(f->path), i != 3);
		assert_false(exists(f->temporary));
	}
}

/* Another file of the folder takes the place, by a second name. */
static void test_with(void **state)
{
	struct fixture *f = *state;
	struct stat old, other;
	char bak[160];

	snprintf(bak, sizeof(bak), "%s.bak", f->path);
	put_text(f->path, "broken");
	put_text(bak, OLD_TEXT);
	assert_int_equal(lstat(f->path, &old), 0);
	assert_int_equal(replace_with(f->path, "initrd.bak", &old), 0);
	assert_int_equal(look(f->path), OLD);
	assert_int_equal(look(bak), OLD);
	assert_int_equal(lstat(f->path, &old), 0);
	assert_int_equal(lstat(bak, &other), 0);
	assert_int_equal(old.st_ino, other.st_ino);
	assert_false(exists(f->temporary));

	/* One that is not there, and one that is not expected. */
	assert_int_equal(replace_with(f->path, "absent", &old), -ENOENT);
	assert_int_equal(unlink(bak), 0);
	put_text(bak, "another");
	old.st_ino++;
	assert_int_equal(replace_with(f->path, "initrd.bak", &old), -EAGAIN);
	assert_int_equal(look(f->path), OLD);
	assert_true(holds(bak, "another"));
	assert_int_equal(unlink(bak), 0);
}

/* What is written in pieces is the same; what is held keeps its blocks, and leaves no name. */
static void test_once_more(void **state)
{
	struct fixture *f = *state;
	unsigned char *data = new_content();
	struct replacement *first, *second;
	struct replace_result result;

	put_old(f, 0644);
	assert_int_equal(replace_begin(&first, f->path, 0600), 0);
	assert_int_equal(replace_write(first, data, NEW_BYTES), 0);
	assert_int_equal(truncate(f->temporary, 4096 * 5), 0);
	assert_int_equal(replace_verify(first, READ_BACK, &result), -EILSEQ);
	assert_int_equal(result.bad_offset, 4096 * 5);
	replace_hold(first);
	assert_false(exists(f->temporary));

	assert_int_equal(replace_begin(&second, f->path, 0600), 0);
	replace_in_pieces(second, 4096);
	assert_int_equal(replace_write(second, data, 1000), 0);
	assert_int_equal(replace_write(second, data + 1000, NEW_BYTES - 1000), 0);
	assert_int_equal(replace_verify(second, READ_BACK, &result), 0);
	assert_true(replace_wrote_same(first, second));
	replace_let_go(first);
	replace_let_go(NULL);
	replace_hold(NULL);
	assert_true(exists(f->temporary));
	assert_int_equal(replace_install(second), 0);
	assert_true(replace_installed(second));
	replace_abort(second);
	assert_int_equal(look(f->path), NEW);
	assert_false(exists(f->temporary));

	data[NEW_BYTES / 2] ^= 1;
	assert_int_equal(replace_begin(&second, f->path, 0600), 0);
	assert_int_equal(replace_write(second, data, NEW_BYTES), 0);
	assert_int_equal(replace_verify(second, READ_BACK, &result), 0);
	assert_false(replace_wrote_same(first, second));
	replace_abort(second);
	replace_abort(first);
	free(data);
}

/* A signal undoes what is half done; steps that must not be left out ignore it. */
static void test_interrupted(void **state)
{
	struct fixture *f = *state;
	struct replace_result result;
	struct replacement *r;
	pid_t child;
	int status;

	put_old(f, 0644);
	child = fork();
	if (child == 0) {
		interrupt_catch();
		if (replace_begin(&r, f->path, 0600) || replace_write(r, "abc", 3))
			_exit(10);
		raise(SIGTERM);
		interrupt_defer(true);
		if (interrupted() || replace_write(r, "abc", 3))
			_exit(11);
		interrupt_defer(false);
		if (!interrupted() || replace_write(r, "abc", 3) != -EINTR ||
		    replace_commit(r, READ_BACK, &result) != -EINTR || result.installed)
			_exit(12);
		interrupt_deliver();
		_exit(13);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_int_equal(look(f->path), OLD);
	assert_false(exists(f->temporary));
}

/* The second one waits for the first; not for ever. */
static void test_lock(void **state)
{
	struct fixture *f = *state;
	int first = folder_lock(f->folder, 0), second;
	pid_t child;

	assert_true(first >= 0);
	assert_int_equal(folder_lock(f->folder, 0), -EBUSY);
	assert_int_equal(folder_lock(f->folder, 1), -EBUSY);
	assert_int_equal(folder_lock("/absent", 0), -ENOENT);
	child = fork();
	if (child == 0) {
		usleep(300000);
		_exit(0); /* with its copy of the descriptor */
	}
	close(first);
	second = folder_lock(f->folder, 30);
	assert_true(second >= 0);
	close(second);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

struct seen {
	size_t count;
	uint64_t bytes;
};

static void count_leftover(void *ctx, const char *path, uint64_t size, bool removed)
{
	struct seen *s = ctx;

	assert_false(removed);
	assert_non_null(strstr(path, REPLACE_SUFFIX));
	s->count++;
	s->bytes += size;
}

static void test_leftovers(void **state)
{
	struct fixture *f = *state;
	struct seen seen = { 0 };
	char other[160];

	put_old(f, 0644);
	put_text(f->temporary, "12345");
	snprintf(other, sizeof(other), "%s/%s", f->folder, REPLACE_SUFFIX);
	put_text(other, "a name without a file's name");
	leftovers_each(f->folder, false, count_leftover, &seen);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.bytes, 5);
	assert_true(exists(f->temporary));
	leftovers_each(f->folder, true, NULL, NULL);
	assert_false(exists(f->temporary));
	assert_int_equal(look(f->path), OLD);
	assert_true(exists(other));
	assert_int_equal(unlink(other), 0);
	/* Without the file it may be all there is. */
	put_text(f->temporary, "12345");
	assert_int_equal(unlink(f->path), 0);
	leftovers_each(f->folder, true, NULL, NULL);
	assert_true(exists(f->temporary));
	leftovers_each("/absent", true, NULL, NULL);
}

/* ---- with strace ---------------------------------------------------------------------------- */

/* Runs `strace OPTIONS test_replace --write PATH`; the wait status. */
static int run_traced(const char *options, const char *path)
{
	char command[1024];
	int status;

	/* The leak checker cannot work in a traced program. */
	snprintf(command, sizeof(command),
		 "ASAN_OPTIONS=detect_leaks=0 exec strace -qq %s '%s' --write '%s' 2>/dev/null",
		 options, self, path);
	status = system(command);
	assert_int_not_equal(status, -1);
	return status;
}

static bool have_strace(const struct fixture *f)
{
	return WEXITSTATUS(run_traced("-o /dev/null -e trace=getppid", f->path)) == 0;
}

struct call {
	char name[24];
	unsigned int ordinal; /* among the calls of that name, from 1; as strace counts */
};

/* The calls between the marks, in order. */
static size_t list_calls(const struct fixture *f, struct call *calls, size_t max)
{
	char log[160], options[256], line[512];
	struct call seen[64];
	size_t count = 0, names = 0;
	int marks = 0;
	FILE *file;

	snprintf(log, sizeof(log), "%s.log", f->folder);
	snprintf(options, sizeof(options), "-o '%s'", log);
	assert_int_equal(run_traced(options, f->path), 0);
	file = fopen(log, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		size_t len = strcspn(line, "("), i;

		if (line[len] != '(' || len >= sizeof(calls->name))
			continue;
		line[len] = '\0';
		if (strcmp(line, MARK_CALL) == 0) {
			marks++;
			continue;
		}
		for (i = 0; i < names && strcmp(seen[i].name, line) != 0; i++)
			;
		if (i == names) {
			assert_true(names < ARRAY_SIZE(seen));
			strcpy(seen[names++].name, line);
			seen[i].ordinal = 0;
		}
		seen[i].ordinal++;
		if (marks != 1)
			continue;
		assert_true(count < max);
		calls[count++] = seen[i];
	}
	fclose(file);
	unlink(log);
	assert_int_equal(marks, 2);
	return count;
}

static bool is_memory_call(const struct call *c)
{
	return strncmp(c->name, "m", 1) == 0 && strcmp(c->name, "mkdirat") != 0;
}

/* Whatever the moment of death, one of the two files is there, whole, and a next run succeeds. */
static void test_killed_at_every_call(void **state)
{
	struct fixture *f = *state;
	struct call calls[256];
	size_t count, old = 0, new = 0, leftovers = 0;

	if (!have_strace(f))
		skip();
	put_old(f, 0644);
	count = list_calls(f, calls, ARRAY_SIZE(calls));
	assert_true(count > 15);
	for (size_t i = 0; i < count; i++) {
		char options[128];
		enum found found;
		int status;

		if (is_memory_call(&calls[i]))
			continue;
		put_old(f, 0644);
		snprintf(options, sizeof(options), "-o /dev/null -e inject=%s:signal=KILL:when=%u",
			 calls[i].name, calls[i].ordinal);
		status = run_traced(options, f->path);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			fail_msg("not killed at %s %u", calls[i].name, calls[i].ordinal);
		found = look(f->path);
		if (found != OLD && found != NEW)
			fail_msg("killed at %s %u: neither file is there", calls[i].name,
				 calls[i].ordinal);
		old += found == OLD;
		new += found == NEW;
		leftovers += exists(f->temporary);
		assert_int_equal(replace(f->path, NULL), 0);
		assert_int_equal(look(f->path), NEW);
		assert_false(exists(f->temporary));
	}
	print_message(
		"killed at %zu calls: the old file %zu times, the new one %zu; %zu leftovers\n",
		old + new, old, new, leftovers);
	assert_true(old > 5 && new > 0 && leftovers > 3);
}

static bool is_sync_of_names(const struct call *c)
{
	return strcmp(c->name, "fsync") == 0 || strcmp(c->name, "syncfs") == 0 ||
	       strcmp(c->name, "openat") == 0;
}

/* A call that fails: an error, the old file, nothing left over; or it did not matter. */
static void check_error(const struct fixture *f, const struct call *c, const char *error,
			int number, size_t *failed)
{
	char options[128];
	int status;

	put_old(f, 0644);
	snprintf(options, sizeof(options), "-o /dev/null -e inject=%s:error=%s:when=%u", c->name,
		 error, c->ordinal);
	status = run_traced(options, f->path);
	if (!WIFEXITED(status))
		fail_msg("%s %u: %s: died", c->name, c->ordinal, error);
	if (WEXITSTATUS(status) == 0) {
		assert_int_equal(look(f->path), NEW);
	} else {
		/* Only when the names cannot be synced the new file is in place already. */
		bool in_place = look(f->path) == NEW && is_sync_of_names(c);

		if (!in_place && look(f->path) != OLD)
			fail_msg("%s %u: %s: the old file is not there", c->name, c->ordinal,
				 error);
		/* Then the old one is kept beside it, until the next run. */
		if (in_place) {
			assert_int_equal(look(f->temporary), OLD);
			assert_int_equal(unlink(f->temporary), 0);
		}
		if (strcmp(c->name, "pread64") != 0 && WEXITSTATUS(status) != number)
			fail_msg("%s %u: %s: exit %d", c->name, c->ordinal, error,
				 WEXITSTATUS(status));
		++*failed;
	}
	/* A file that cannot be removed stays, and the next run removes it. */
	if (strncmp(c->name, "unlink", 6) != 0)
		assert_false(exists(f->temporary));
}

/* Where names cannot be exchanged, and where a file cannot have two. */
static void test_old_file_systems(void **state)
{
	struct fixture *f = *state;
	int status;

	if (!have_strace(f))
		skip();
	put_old(f, 0644);
	status = run_traced("-o /dev/null -e inject=renameat2:error=EINVAL", f->path);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(look(f->path), NEW);
	assert_false(exists(f->temporary));
}

/*
 * Somebody puts another file there in the last moment, after it was looked whether the old one still
 * stands there: strace holds the exchange back for a second.
 */
static void test_last_moment(void **state)
{
	struct fixture *f = *state;
	char other[160];
	pid_t child;
	int status;

	if (!have_strace(f))
		skip();
	put_old(f, 0644);
	child = fork();
	if (child == 0)
		_exit(WEXITSTATUS(run_traced(
			"-o /dev/null -e inject=renameat2:delay_enter=2000000:when=1", f->path)));
	while (!exists(f->temporary))
		usleep(10000);
	usleep(1500000);
	snprintf(other, sizeof(other), "%s.other", f->path);
	put_text(other, "of somebody else");
	assert_int_equal(rename(other, f->path), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WEXITSTATUS(status) == 0)
		print_message("too slow to be in between\n");
	else
		assert_int_equal(WEXITSTATUS(status), EAGAIN);
	assert_true(holds(f->path, "of somebody else"));
	assert_false(exists(f->temporary));
}

static void test_every_call_fails(void **state)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = { { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EROFS", EROFS } };
	struct fixture *f = *state;
	struct call calls[256];
	size_t count, failed = 0;

	if (!have_strace(f))
		skip();
	put_old(f, 0644);
	count = list_calls(f, calls, ARRAY_SIZE(calls));
	for (size_t i = 0; i < count; i++) {
		if (is_memory_call(&calls[i]))
			continue;
		for (size_t e = 0; e < ARRAY_SIZE(errors); e++)
			check_error(f, &calls[i], errors[e].name, errors[e].number, &failed);
	}
	print_message("%zu failures of %zu calls\n", failed, count);
	/* At least the folder, the file, four writes, fsync, the reading back and rename. */
	assert_true(failed >= 3 * 9);
}

/* A write that is reported as done, but never reaches the file: what a lying disk does. */
static void test_lost_write(void **state)
{
	struct fixture *f = *state;
	struct call calls[256];
	size_t count, writes = 0;

	if (!have_strace(f))
		skip();
	put_old(f, 0644);
	count = list_calls(f, calls, ARRAY_SIZE(calls));
	for (size_t i = 0; i < count; i++) {
		char options[128];
		int status;

		if (strcmp(calls[i].name, "pwrite64") != 0)
			continue;
		put_old(f, 0644);
		/* The last piece is shorter than the others. */
		snprintf(options, sizeof(options),
			 "-o /dev/null -e inject=pwrite64:retval=%u:when=%u",
			 writes < 3 ? 65000u : NEW_BYTES - 3 * 65000u, calls[i].ordinal);
		status = run_traced(options, f->path);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EILSEQ);
		assert_int_equal(look(f->path), OLD);
		assert_false(exists(f->temporary));
		writes++;
	}
	assert_int_equal(writes, 4);
}

/* Which blocks differ: the temporary file is changed behind the writer's back. */
static void test_bad_blocks(void **state)
{
	struct fixture *f = *state;
	unsigned char *data = new_content();
	struct replace_result result;
	struct replacement *r;
	int fd;

	put_old(f, 0644);
	assert_int_equal(replace_begin(&r, f->path, 0600), 0);
	assert_int_equal(replace_write(r, data, NEW_BYTES), 0);
	fd = open(f->temporary, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\xee\xee", 2, 3 * 4096 - 1), 2);
	assert_int_equal(pwrite(fd, "\xee", 1, NEW_BYTES - 1), 1);
	assert_int_equal(replace_commit(r, READ_BACK, &result), -EILSEQ);
	assert_false(result.installed);
	assert_int_equal(result.bad_offset, 2 * 4096);
	assert_int_equal(result.bad_blocks, 3);
	assert_int_equal(look(f->path), OLD);
	assert_false(exists(f->temporary));
	close(fd);

	/* Longer, then shorter than what was written. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(replace_begin(&r, f->path, 0600), 0);
		assert_int_equal(replace_write(r, data, NEW_BYTES), 0);
		assert_int_equal(truncate(f->temporary, i ? 4096 * 10 : NEW_BYTES + 1), 0);
		assert_int_equal(replace_commit(r, READ_BACK, &result), -EILSEQ);
		assert_int_equal(result.bad_offset, i ? 4096 * 10 : NEW_BYTES & ~4095u);
		assert_int_equal(result.bad_blocks, i ? (NEW_BYTES + 4095) / 4096 - 10 : 1);
		assert_int_equal(look(f->path), OLD);
	}

	/* The twin: without reading back nobody looks. */
	assert_int_equal(replace_begin(&r, f->path, 0600), 0);
	assert_int_equal(replace_write(r, data, NEW_BYTES), 0);
	assert_int_equal(truncate(f->temporary, 1), 0);
	assert_int_equal(replace_commit(r, NO_READ_BACK, &result), 0);
	assert_false(result.past_cache);
	assert_int_equal(result.bad_blocks, 0);
	assert_int_equal(look(f->path), SOMETHING_ELSE);
	free(data);
}

/* ---- on file systems of its own ---------------------------------------------------------------- */

static int __attribute__((format(printf, 1, 2))) run(const char *format, ...)
{
	char command[512];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	assert_true(n > 0 && (size_t)n < sizeof(command));
	return system(command);
}

/* Makes a file system of 2 MiB and mounts it. False where that is not allowed. */
static bool mount_small(struct fixture *f, const char *mkfs)
{
	char image[80];

	snprintf(image, sizeof(image), "%s.img", f->folder);
	if (run("truncate -s 2M '%s'", image) != 0 ||
	    run("%s '%s' >/dev/null 2>&1", mkfs, image) != 0 ||
	    run("mount -o loop '%s' '%s' 2>/dev/null", image, f->folder) != 0) {
		unlink(image);
		return false;
	}
	unlink(image);
	return true;
}

static void on_small(struct fixture *f, const char *mkfs)
{
	char filler[96];
	int fd;

	if (geteuid() != 0 || !mount_small(f, mkfs)) {
		print_message("no loop mounts here\n");
		skip();
	}
	put_old(f, 0644);
	/* The twin: there is room. */
	assert_int_equal(replace(f->path, NULL), 0);
	assert_int_equal(look(f->path), NEW);

	put_old(f, 0644);
	snprintf(filler, sizeof(filler), "%s/filler", f->folder);
	fd = open(filler, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	for (char block[4096] = { 1 }; write(fd, block, sizeof(block)) > 0;)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
	assert_int_equal(replace(f->path, NULL), -ENOSPC);
	assert_int_equal(look(f->path), OLD);
	assert_false(exists(f->temporary));

	assert_int_equal(unlink(filler), 0);
	assert_int_equal(run("mount -o remount,ro '%s'", f->folder), 0);
	assert_int_equal(replace(f->path, NULL), -EROFS);
	assert_int_equal(look(f->path), OLD);
	assert_int_equal(run("mount -o remount,rw '%s'", f->folder), 0);
	assert_int_equal(replace(f->path, NULL), 0);
	assert_int_equal(look(f->path), NEW);
}

static int tear_down_mount(void **state)
{
	struct fixture *f = *state;

	/* Fails where nothing was mounted. */
	if (run("umount '%s' 2>/dev/null", f->folder) < 0)
		return -1;
	return tear_down(state);
}

static void test_on_ext4(void **state)
{
	on_small(*state, "mke2fs -q -F -t ext4 -m 0");
}

static void test_on_vfat(void **state)
{
	on_small(*state, "mkfs.vfat");
}

/* With folders in the place of /proc: process 1 has our root, another one, or cannot be asked. */
static void test_in_chroot(void **state)
{
	struct fixture *f = *state;
	char self_ns[128], init[128], root[160];
	struct stat st;
	bool first_namespace;

	assert_int_equal(stat("/proc/self/ns/pid", &st), 0);
	/* In a container the answer is always yes. */
	first_namespace = st.st_ino == 0xeffffffcu;

	assert_true(in_chroot_by(f->folder));
	snprintf(self_ns, sizeof(self_ns), "%s/self", f->folder);
	assert_int_equal(symlink("/proc/self", self_ns), 0);
	assert_true(in_chroot_by(f->folder));
	snprintf(init, sizeof(init), "%s/1", f->folder);
	snprintf(root, sizeof(root), "%s/root", init);
	assert_int_equal(mkdir(init, 0700), 0);
	assert_int_equal(symlink("/usr", root), 0);
	assert_true(in_chroot_by(f->folder));
	assert_int_equal(unlink(root), 0);
	assert_int_equal(symlink("/", root), 0);
	assert_int_equal(in_chroot_by(f->folder), !first_namespace);

	assert_int_equal(unlink(root), 0);
	assert_int_equal(rmdir(init), 0);
	assert_int_equal(unlink(self_ns), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_replaces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_creates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keeps_the_owner, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_abort, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leftover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refuses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_expects, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_with, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_once_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leftovers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_old_file_systems, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_moment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_killed_at_every_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_call_fails, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_write, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_blocks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_on_ext4, set_up, tear_down_mount),
		cmocka_unit_test_setup_teardown(test_on_vfat, set_up, tear_down_mount),
		cmocka_unit_test_setup_teardown(test_in_chroot, set_up, tear_down),
	};

	self = argv[0];
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_and_exit(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
