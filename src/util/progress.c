// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/text.h"
#include "util/util.h"

#define FIRST_MS   1000 /* what is over by then needs no line */
#define STEP_MS	   250
#define NAME_SHOWN 48u /* with the numbers it fits a line of 80 */

static struct {
	const char *path; /* NULL: nobody waits */
	int64_t next;	  /* when the line is due, milliseconds */
	bool allowed, shown;
} progress;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_allow(bool allow)
{
	progress.allowed = allow && isatty(STDERR_FILENO);
}

void progress_begin(const char *path)
{
	progress.path = progress.allowed ? path : NULL;
	progress.next = now_ms() + FIRST_MS;
}

void progress_hide(void)
{
	if (progress.shown)
		fputs("\r\033[K", stderr);
	progress.shown = false;
}

void progress_end(void)
{
	progress_hide();
	progress.path = NULL;
}

void progress_read(uint64_t at, uint64_t end)
{
	int64_t now = progress.path ? now_ms() : 0;
	char name[NAME_SHOWN + sizeof("...")];
	size_t length;

	if (!progress.path || now < progress.next)
		return;
	length = strlen(progress.path);
	snprintf(name, sizeof(name), "%s%s", length > NAME_SHOWN ? "..." : "",
		 progress.path + (length > NAME_SHOWN ? length - NAME_SHOWN : 0));
	fprintf(stderr, "\rbootverdict: %s: %llu of %llu MiB\033[K",
		text_printable(name, TEXT_ASCII), (unsigned long long)at >> 20,
		(unsigned long long)(end + (1u << 20) - 1) >> 20);
	progress.shown = true;
	progress.next = now + STEP_MS;
}
