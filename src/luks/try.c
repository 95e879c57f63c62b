// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/try.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libcryptsetup.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "luks/copy.h"
#include "luks/header_copy.h"
#include "system/system.h"
#include "system/unlocked.h"
#include "util/util.h"

/* What the child tells: the library's return value, and its last words about it. */
struct answer {
	int value;
	char words[sizeof(((struct slot_trial *)0)->reason)];
};

static void keep_words(int level, const char *text, void *answer)
{
	struct answer *a = answer;

	if (level == CRYPT_LOG_ERROR)
		snprintf(a->words, sizeof(a->words), "%.*s", (int)strcspn(text, "\n"), text);
}

/* libc has no wrapper; libcap would be a library for one call (capset(2)). */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof(none));
	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

static int load_and_try(int fd, const struct luks *l, unsigned int slot, const struct passphrase *p,
			struct answer *a)
{
	struct crypt_device *cd = NULL;
	char path[32];
	int r;

	/* -EPERM is the keyslot's refusal, and of nothing else. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	crypt_set_log_callback(NULL, keep_words, a);
	/* The copy is nobody else's, and the lock would be a file. */
	crypt_metadata_locking(NULL, 0);
	r = crypt_init(&cd, path);
	if (r < 0)
		return r == -EPERM ? -EACCES : r;
	crypt_set_log_callback(cd, keep_words, a);
	crypt_volume_key_keyring(cd, 0);
	r = crypt_load(cd, l->version == 1 ? CRYPT_LUKS1 : CRYPT_LUKS2, NULL);
	if (r == -EPERM)
		r = -EACCES;
	/* No name: the key is unlocked and compared with its digest, nothing is activated. */
	if (r >= 0)
		r = crypt_activate_by_passphrase(cd, NULL, (int)slot, p->bytes, p->length,
						 CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY);
	crypt_free(cd);
	return r;
}

/* When memory runs out all the same, this process is the one to end, and nothing else. */
static void give_way(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, "1000", 4);
	close(fd);
}

static void __attribute__((noreturn))
child(int fd, int out, const struct luks *l, unsigned int slot, const struct passphrase *p)
{
	struct answer a = { 0 };

	/* Not left behind, busy and with the passphrase, when the person gives up. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	give_way();
	if (drop_capabilities() == 0)
		a.value = load_and_try(fd, l, slot, p, &a);
	else
		a.value = -ENOTSUP;
	_exit(write(out, &a, sizeof(a)) == (ssize_t)sizeof(a) ? 0 : 1);
}

static void judge(const struct answer *a, struct slot_trial *t)
{
	if (a->value >= 0) {
		t->result = TRIAL_OPENED;
		return;
	}
	if (a->value == -EPERM) {
		t->result = TRIAL_REFUSED;
		return;
	}
	t->result = TRIAL_FAILED;
	if (a->value == -ENOMEM)
		snprintf(t->reason, sizeof(t->reason), "not enough memory for its key derivation");
	else if (*a->words)
		snprintf(t->reason, sizeof(t->reason), "%s", a->words);
	else
		snprintf(t->reason, sizeof(t->reason), "libcryptsetup: %s", strerror(-a->value));
}

static void judge_silence(int status, struct slot_trial *t)
{
	t->result = TRIAL_FAILED;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		snprintf(t->reason, sizeof(t->reason),
			 "the kernel ended the try: not enough memory for its key derivation");
	else if (WIFSIGNALED(status))
		snprintf(t->reason, sizeof(t->reason), "libcryptsetup crashed on it (signal %d)",
			 WTERMSIG(status));
	else
		snprintf(t->reason, sizeof(t->reason), "the try ended without an answer");
}

/* Waits for the answer. False: time was up first. */
static bool answer_comes(int fd, unsigned int seconds, struct answer *a, ssize_t *got)
{
	struct timespec now;
	time_t end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + (time_t)seconds;
	do {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, 1000) > 0) {
			*got = read(fd, a, sizeof(*a));
			if (*got >= 0 || errno != EINTR)
				return true;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end);
	return false;
}

static void judge_no_end(const struct luks_keyslot *s, unsigned int seconds, struct slot_trial *t)
{
	t->result = TRIAL_FAILED;
	snprintf(t->reason, sizeof(t->reason),
		 "its key derivation took over %u s (%s, %" PRIu64
		 " rounds): more time with --try-seconds",
		 seconds, s->pbkdf, s->iterations);
}

static int try_slot(int fd, const struct luks *l, unsigned int slot, const struct passphrase *p,
		    unsigned int seconds, struct slot_trial *t)
{
	bool in_time;
	struct answer a;
	int ends[2], status = 0;
	ssize_t n = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(fd, ends[1], l, slot, p);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -EAGAIN;
	}
	in_time = answer_comes(ends[0], seconds, &a, &n);
	if (!in_time)
		kill(pid, SIGKILL);
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!in_time)
		judge_no_end(&l->slots[slot], seconds, t);
	else if (n == (ssize_t)sizeof(a))
		judge(&a, t);
	else
		judge_silence(status, t);
	return 0;
}

/* False: its key derivation would take more memory than there is, as a damaged header may ask. */
static bool memory_suffices(const struct luks_keyslot *s, struct slot_trial *t)
{
	uint64_t available = system_available_kib();

	if (!available || s->memory_kib <= available)
		return true;
	t->result = TRIAL_FAILED;
	snprintf(t->reason, sizeof(t->reason),
		 "its key derivation needs %" PRIu64 " MiB of memory, and %" PRIu64
		 " MiB are available",
		 s->memory_kib / 1024, available / 1024);
	return false;
}

int luks_try_passphrase(const struct source *source, const struct luks *l,
			const struct passphrase *p, unsigned int seconds, bool progress,
			struct slot_trial *trials)
{
	memset(trials, 0, LUKS_SLOTS_MAX * sizeof(*trials));
	if (!l->version || !luks_is_known(l))
		return -ENODATA;
	for (unsigned int slot = 0; slot < LUKS_SLOTS_MAX; slot++) {
		const struct luks_keyslot *s = &l->slots[slot];
		cleanup(close_fd) int fd = -1;
		int err;

		if (!s->present || !s->active || !memory_suffices(s, &trials[slot]))
			continue;
		if (progress)
			fprintf(stderr, "trying keyslot %u ...\n", slot);
		/* A new copy for each: the library repairs what it loads. */
		fd = luks_copy_header(source, l, slot);
		if (fd < 0)
			return fd;
		err = try_slot(fd, l, slot, p, seconds, &trials[slot]);
		if (err)
			return err;
	}
	return 0;
}
