/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STUB_STUB_H
#define BV_STUB_STUB_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The stub is process 1 of every boot of an image that has bootverdict in it. It must not fail
 * quietly and must not end; so it is small, allocates nothing, and uses no stdio.
 *
 * The tests build it with -DSTUB_ROOT='"."' and run it as an ordinary process in a folder that
 * stands for the root; it then takes dev/kmsg, dev/terminal and proc/cmdline from there.
 */
#ifndef STUB_ROOT
#define STUB_ROOT ""
#endif

#define STUB_GUARD     STUB_ROOT "/bootverdict"
#define STUB_CONFIG    STUB_GUARD "/config"
#define STUB_CHECKER   STUB_GUARD "/bootverdict"
#define STUB_TERMINALS STUB_GUARD "/run/terminals"
#define STUB_NEXT_INIT STUB_ROOT "/usr/lib/bootverdict/next-init"

/* ---- say.c ---- */

/* Levels of the kernel log (Linux, include/linux/kern_levels.h). */
#define SAY_CRITICAL '2' /* on the console even with "quiet" or loglevel=3 */
#define SAY_DEBUG    '7' /* in the log alone, at the kernel's default loglevel */

/*
 * One line, "bootverdict: A B C" (b and c may be NULL), in the kernel log at that level. When
 * there is no kernel log to write to, a line above SAY_DEBUG goes to the console.
 */
void say(char level, const char *a, const char *b, const char *c);

/* Several lines as they are, on the console alone. */
void say_on_console(const char *text);

/*
 * Opens a device, or -1. Nothing is mounted when process 1 starts, so there may be no node at path;
 * a node of our own is removed as soon as it is open.
 */
int open_device(const char *path, const char *own, unsigned int major, unsigned int minor,
		int flags);

/* The number in decimal, in buf. Returns its first digit's address. */
#define NUMBER_BYTES 24
const char *number_text(long number, char buf[NUMBER_BYTES]);

/* ---- config.c ---- */

struct stub_config {
	bool checker_known;    /* the two below are there */
	uint64_t checker_hash; /* XXH64, seed 0 */
	uint64_t checker_size; /* bytes */
	unsigned int wait;     /* seconds, 1 to 3600 */
	long panic;	       /* panic= of the image's own configuration, as panic_seconds() */
};

/* Reads STUB_CONFIG; what is absent or damaged takes its default (wait 20, no panic=). */
void stub_config_read(struct stub_config *config);

/* Reads a file from its start, as much as fits. Returns the bytes read, or -errno. */
long read_start(const char *path, char *buf, size_t size);

/* A decimal number at the start of s, up to 18 digits; *end stands behind it. -1: none. */
long parse_decimal(const char *s, const char **end);

/*
 * The last "panic=" among words: seconds until a reboot, negative for "at once". NEVER: it is empty,
 * 0, or no number; otherwise: there is none.
 */
#define NEVER LONG_MIN
long panic_seconds(const char *words, long otherwise);

/* ---- terminals.c ---- */

/*
 * Gives the terminals whose settings the checker had changed back as they were; it has noted them in
 * STUB_TERMINALS, and has removed that when it has given them back itself.
 */
void terminals_restore(void);

/* ---- checker.c ---- */

/* Whether the checker's bytes are as sealed; if not, *why says what is wrong. */
bool checker_is_sound(const struct stub_config *config, const char **why);

/* Has the scripts of later stages, which nobody guards, find no program that could be run. */
void checker_disable(void);

/*
 * Runs the checker and waits for its decision, bounded as the configuration says. no_init: 0, or
 * the errno with which the original init could not be executed. False: it crashed, failed, or had
 * to be ended; what went wrong is said.
 */
bool checker_run(const struct stub_config *config, char **envp, int no_init);

/* ---- last.c ---- */

/*
 * Tells on the console that nothing can be started, then waits or reboots; never returns, and never
 * gives a shell. config: NULL for an image that was not sealed.
 */
_Noreturn void last_words(int no_init, const struct stub_config *config, const char *checker_fault);

#endif
