// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/consoles.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "console/terminals.h"
#include "system/system.h"
#include "util/util.h"

#define PROC_CONSOLES_MAX 4096
#define DRAIN_MS	  2000
#define WRITE_STALL_MS	  2000
#define ESCAPE_MS	  100 /* what follows an escape byte so soon is no key of its own */
#define ESCAPE		  0x1b

/*
 * "ttyS0                -W- (EC   p a)    4:64": name, operations, flags in parentheses (E:
 * enabled), device number. A console that is no terminal (netconsole) has no number.
 */
static bool parse_line(const char *line, size_t len, struct console_id *id)
{
	char copy[128];
	char *flags, *end;
	unsigned int number[2];

	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, line, len);
	copy[len] = '\0';
	flags = strchr(copy, '(');
	end = flags ? strchr(flags, ')') : NULL;
	if (!end)
		return false;
	*end = '\0';
	if (!strchr(flags, 'E') || sscanf(end + 1, " %u:%u", &number[0], &number[1]) != 2)
		return false;
	id->device = makedev(number[0], number[1]);
	copy[strcspn(copy, " ")] = '\0';
	snprintf(id->name, sizeof(id->name), "%.31s", copy);
	return true;
}

size_t consoles_parse(const char *text, struct console_id *ids, size_t max)
{
	size_t count = 0;

	for (bool first = true; *text && count < max; first = false) {
		size_t len = strcspn(text, "\n");

		if (parse_line(text, len, &ids[count]))
			ids[count++].first = first;
		text += len;
		text += *text != '\0';
	}
	return count;
}

/* Keys one by one and not shown; output as before. */
static void make_raw(struct console *c)
{
	struct termios t = c->saved;

	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	t.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ISTRIP | ICRNL);
	t.c_oflag |= OPOST | ONLCR;
	t.c_cflag |= CREAD | CLOCAL;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(c->fd, TCSANOW, &t);
}

static int open_terminal(const struct console_id *id)
{
	return system_open_device(id->device, O_RDWR | O_NOCTTY | O_NONBLOCK);
}

static bool is_asked(const struct console_id *id, enum consoles_asked asked, const char *name)
{
	switch (asked) {
	case CONSOLES_FIRST:
		return id->first;
	case CONSOLES_ALL:
		return true;
	case CONSOLES_NAMED:
		return !strcmp(id->name, name) ||
		       (!strcmp(id->name, "tty0") && !strcmp(name, "tty1"));
	case CONSOLES_NONE:
		break;
	}
	return false;
}

static bool open_one(struct console *c, const struct console_id *id, bool asked)
{
	memset(c, 0, sizeof(*c));
	c->id = *id;
	c->asked = asked;
	c->fd = open_terminal(id);
	if (c->fd < 0)
		return false;
	if (tcgetattr(c->fd, &c->saved)) { /* no hardware behind it: EIO */
		close(c->fd);
		return false;
	}
	if (!asked)
		return true;
	terminals_remember(id->device, c->fd);
	make_raw(c);
	tcflush(c->fd, TCIFLUSH); /* what was typed before the question is no answer */
	return true;
}

void consoles_open(struct consoles *c, enum consoles_asked asked, const char *name)
{
	/* 5:1, /dev/console */
	static const struct console_id fallback = { "console", true, 0x501 };
	cleanup(free_ptr) char *text = system_read_text("/proc/consoles", PROC_CONSOLES_MAX);
	struct console_id ids[CONSOLES_MAX];
	size_t found = text ? consoles_parse(text, ids, CONSOLES_MAX) : 0;

	c->count = 0;
	terminals_forget();
	for (size_t i = 0; i < found; i++) {
		if (open_one(&c->items[c->count], &ids[i], is_asked(&ids[i], asked, name)))
			c->count++;
	}
	if (!found && open_one(&c->items[0], &fallback, is_asked(&fallback, asked, name)))
		c->count = 1;
}

const struct console *consoles_who_is_asked(const struct consoles *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->items[i].asked)
			return &c->items[i];
	}
	return NULL;
}

/* Lets what was written reach the person, but not at any price. */
static void drain(struct consoles *c)
{
	uint64_t end = system_now_ms() + DRAIN_MS;

	for (size_t i = 0; i < c->count; i++) {
		int left = 0;

		while (c->items[i].fd >= 0 && !ioctl(c->items[i].fd, TIOCOUTQ, &left) && left &&
		       system_now_ms() < end)
			system_sleep_ms(10);
	}
}

static void give_up(struct console *c)
{
	close(c->fd);
	c->fd = -1;
}

void consoles_close(struct consoles *c)
{
	drain(c);
	for (size_t i = 0; i < c->count; i++) {
		if (c->items[i].fd < 0)
			continue;
		if (c->items[i].asked)
			tcsetattr(c->items[i].fd, TCSANOW, &c->items[i].saved);
		give_up(&c->items[i]);
	}
	terminals_forget();
	c->count = 0;
}

void console_take_back(struct console *c)
{
	c->lent = false;
	/* The end of the shell's session has hung up every descriptor of its terminal. */
	if (c->fd >= 0)
		close(c->fd);
	c->fd = open_terminal(&c->id);
	if (c->fd < 0)
		return;
	make_raw(c);
	tcflush(c->fd, TCIFLUSH);
}

void console_write(struct console *c, const char *text)
{
	size_t len = strlen(text);

	while (len && c->fd >= 0 && !c->lent) {
		struct pollfd p = { .fd = c->fd, .events = POLLOUT };
		ssize_t n = write(c->fd, text, len);

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			give_up(c);
		} else if (poll(&p, 1, WRITE_STALL_MS) == 0) {
			return;
		}
	}
}

void consoles_write(struct consoles *c, const char *text)
{
	for (size_t i = 0; i < c->count; i++)
		console_write(&c->items[i], text);
}

/* The first byte that is a key, or -1. */
static int find_key(struct console *c, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == ESCAPE) {
			c->escape_at = system_now_ms();
			return -1;
		}
		if (bytes[i] && system_now_ms() - c->escape_at > ESCAPE_MS)
			return bytes[i];
	}
	return -1;
}

static int read_key(struct console *c)
{
	unsigned char bytes[64];
	ssize_t n = read(c->fd, bytes, sizeof(bytes));

	if (n > 0)
		return find_key(c, bytes, (size_t)n);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		give_up(c);
	return -1;
}

int consoles_key(struct consoles *c, unsigned int timeout_ms, size_t *which)
{
	uint64_t end = system_now_ms() + timeout_ms;

	for (;;) {
		struct pollfd p[CONSOLES_MAX];
		uint64_t now = system_now_ms();

		if (now >= end)
			return -1;
		for (size_t i = 0; i < c->count; i++) {
			p[i].fd = c->items[i].asked && !c->items[i].lent ? c->items[i].fd : -1;
			p[i].events = POLLIN;
			p[i].revents = 0;
		}
		if (poll(p, c->count, (int)(end - now)) <= 0)
			continue;
		for (size_t i = 0; i < c->count; i++) {
			int key = p[i].revents ? read_key(&c->items[i]) : -1;

			if (key < 0)
				continue;
			*which = i;
			return key;
		}
	}
}
