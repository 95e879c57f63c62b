// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/passphrase.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "util/util.h"

/* The terminal as it was, for the handler of the signals that end a program. */
static struct termios before;

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define ENDING ARRAY_SIZE(ending)

#define BUFFER_BYTES (PASSPHRASE_MAX + 1)

static void give_echo_back(int number)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	signal(number, SIG_DFL);
	raise(number);
}

static int hide_typing(struct sigaction old[ENDING])
{
	struct sigaction restore = { .sa_handler = give_echo_back };
	struct termios hidden = before;

	for (size_t i = 0; i < ENDING; i++) {
		sigaction(ending[i], &restore, &old[i]);
		/* Whoever had it ignored (nohup) wants it ignored. */
		if (old[i].sa_handler == SIG_IGN)
			sigaction(ending[i], &old[i], NULL);
	}
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) < 0 ? -errno : 0;
}

static void show_typing(const struct sigaction old[ENDING])
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	for (size_t i = 0; i < ENDING; i++)
		sigaction(ending[i], &old[i], NULL);
}

/* Byte by byte: what follows the line belongs to others who read the same input. */
static int read_line(struct passphrase *p)
{
	/* Into the locked memory at once: one byte more than a passphrase may have. */
	for (;;) {
		char *c = p->bytes + p->length;
		ssize_t n = read(STDIN_FILENO, c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0 && p->length == 0)
			return -ENODATA;
		if (n == 0 || *c == '\n')
			return 0;
		if (p->length == PASSPHRASE_MAX)
			return -E2BIG;
		if ((unsigned char)*c > 0x7e || (unsigned char)*c < 0x20)
			p->not_ascii = true;
		p->length++;
	}
}

static int read_typed(struct passphrase *p, const char *prompt)
{
	struct sigaction old[ENDING];
	int err;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return -errno;
	err = hide_typing(old);
	if (!err) {
		fputs(prompt, stderr);
		fflush(stderr);
		err = read_line(p);
		fputc('\n', stderr);
	}
	show_typing(old);
	p->typed = true;
	if (!err && p->length > PASSPHRASE_TYPED_MAX) {
		p->length = PASSPHRASE_TYPED_MAX;
		p->cut = true;
	}
	return err;
}

/* No core file, and no other process of the same person that looks in. Children inherit both. */
static void keep_to_oneself(void)
{
	static const struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int passphrase_read(struct passphrase *p, const char *prompt)
{
	int err;

	memset(p, 0, sizeof(*p));
	keep_to_oneself();
	p->bytes = calloc(1, BUFFER_BYTES);
	if (!p->bytes)
		return -ENOMEM;
	/* Best effort: an unprivileged person may not lock enough. */
	(void)mlock(p->bytes, BUFFER_BYTES);
	err = isatty(STDIN_FILENO) ? read_typed(p, prompt) : read_line(p);
	if (err)
		passphrase_wipe(p);
	return err;
}

void passphrase_wipe(struct passphrase *p)
{
	if (p->bytes) {
		explicit_bzero(p->bytes, BUFFER_BYTES);
		munlock(p->bytes, BUFFER_BYTES);
		free(p->bytes);
	}
	memset(p, 0, sizeof(*p));
}
