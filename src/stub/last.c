// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stub.h"

#define CMDLINE_BYTES_MAX 4096

/* Reads proc's cmdline, mounting proc for that moment when it is not. */
static void read_cmdline(char *text, size_t size)
{
	long len = read_start(STUB_ROOT "/proc/cmdline", text, size - 1);

	if (len < 0) {
		mkdir(STUB_ROOT "/proc", 0755);
		if (!mount("proc", STUB_ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
			   NULL)) {
			len = read_start(STUB_ROOT "/proc/cmdline", text, size - 1);
			umount2(STUB_ROOT "/proc", MNT_DETACH);
		}
	}
	text[len < 0 ? 0 : len] = 0;
}

static void sleep_seconds(long seconds)
{
	struct timespec t = { seconds, 0 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static _Noreturn void reboot_machine(void)
{
	if (getpid() != 1) { /* a test: the machine is not ours */
		say(SAY_CRITICAL, "not process 1, would reboot", NULL, NULL);
		_exit(100);
	}
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* Process 1 must not end, and must reap what others leave behind. */
static _Noreturn void wait_forever(void)
{
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sleep_seconds(1);
	}
}

static void tell(int no_init, bool sealed, const char *checker_fault)
{
	char number[NUMBER_BYTES];

	say(SAY_CRITICAL, "the original init cannot be executed, errno ",
	    number_text(no_init, number), checker_fault ? "; and the checker is damaged" : "");
	say_on_console("\n\n"
		       "bootverdict\n"
		       "==============================================================\n");
	if (checker_fault)
		say_on_console("VERDICT: STORAGE CORRUPTION - not a configuration error\n"
			       "\n"
			       "The initial RAM disk in memory is not the one that was sealed:\n"
			       "its checker is damaged, and its original init cannot be started.\n"
			       "It is not: root=, crypttab, or the passphrase.\n");
	else if (sealed)
		say_on_console("The original init of this RAM disk cannot be started, and the\n"
			       "checker gave no decision. See the messages above.\n");
	else
		say_on_console("The original init of this RAM disk cannot be started. The image\n"
			       "was never sealed, so it cannot be told whether the storage\n"
			       "damaged it or whether it was built incomplete.\n");
	say_on_console("\n"
		       "What to do:\n"
		       "  1. Write nothing to this disk. Tell its host's administrator.\n"
		       "  2. Boot an older kernel from the boot menu, or a rescue system.\n"
		       "  3. Test the memory. Once storage and memory are sound:\n"
		       "     build the initial RAM disk of this kernel anew.\n"
		       "==============================================================\n");
}

void last_words(int no_init, const struct stub_config *config, const char *checker_fault)
{
	char text[CMDLINE_BYTES_MAX];
	char number[NUMBER_BYTES];
	long seconds;

	tell(no_init, config != NULL, checker_fault);
	read_cmdline(text, sizeof(text));
	seconds = panic_seconds(text, config ? config->panic : NEVER);
	if (seconds == NEVER) {
		say_on_console("This machine now waits to be switched off or reset.\n");
		wait_forever();
	}
	if (seconds > 0) {
		say(SAY_CRITICAL, "rebooting in ", number_text(seconds, number), " s (panic=)");
		sleep_seconds(seconds);
	}
	reboot_machine();
}
