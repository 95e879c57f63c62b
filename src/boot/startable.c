/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/startable.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "boot/content.h"
#include "util/util.h"

/* The kernel follows scripts whose interpreters are scripts up to 5 times. */
#define STEPS_MAX 6u

#define NAME_MAX_BYTES 256u /* BINPRM_BUF_SIZE: what the kernel reads of a script's first line */

/* Follows links, but not out of the root. */
static int open_program(int root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS) /* before Linux 5.6 */
		fd = openat(root, path + strspn(path, "/"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return (int)fd;
}

static bool link_of(int fd, char *target, size_t size)
{
	char name[32];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, target, size - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return true;
}

/* An open file's path below the root, as the manifest has it; NULL: it cannot be known. */
static const char *path_below(int root, int fd, char *path, size_t size)
{
	char top[PATH_MAX];
	size_t n;

	if (!link_of(root, top, sizeof(top)) || !link_of(fd, path, size))
		return NULL;
	n = strcmp(top, "/") == 0 ? 0 : strlen(top);
	return strncmp(path, top, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

static bool is_sound(const struct manifest *m, int root, int fd)
{
	char buf[PATH_MAX];
	const char *path = m ? path_below(root, fd, buf, sizeof(buf)) : NULL;
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return false;
	/* Without /proc its name is not known: that it is there must do. */
	return !path || content_as_sealed(m, root, path);
}

/* The name behind "#!". */
static void script_interpreter(const unsigned char *head, ssize_t n, char *name)
{
	ssize_t at = 2, len = 0;

	while (at < n && (head[at] == ' ' || head[at] == '\t'))
		at++;
	while (at < n && head[at] && !strchr(" \t\n", head[at]) &&
	       len < (ssize_t)NAME_MAX_BYTES - 1)
		name[len++] = (char)head[at++];
	name[len] = '\0';
}

static void elf_loader(int fd, const Elf64_Ehdr *e, char *name)
{
	for (unsigned int i = 0; i < e->e_phnum && e->e_phentsize == sizeof(Elf64_Phdr); i++) {
		Elf64_Phdr p;
		off_t at = (off_t)(e->e_phoff + i * sizeof(p));
		size_t len;

		if (at < 0 || pread(fd, &p, sizeof(p), at) != (ssize_t)sizeof(p))
			return;
		if (p.p_type != PT_INTERP)
			continue;
		len = p.p_filesz < NAME_MAX_BYTES ? (size_t)p.p_filesz : NAME_MAX_BYTES - 1;
		if ((off_t)p.p_offset >= 0 &&
		    pread(fd, name, len, (off_t)p.p_offset) == (ssize_t)len)
			name[len] = '\0';
		return;
	}
}

/* What the kernel needs besides to execute it: a path, or "" when nothing. name: NAME_MAX_BYTES. */
static void next_program(int fd, char *name)
{
	union {
		unsigned char bytes[NAME_MAX_BYTES];
		Elf64_Ehdr elf;
	} head;
	ssize_t n = pread(fd, head.bytes, sizeof(head.bytes), 0);

	memset(name, 0, NAME_MAX_BYTES);
	if (n > 2 && head.bytes[0] == '#' && head.bytes[1] == '!')
		script_interpreter(head.bytes, n, name);
	else if (n >= (ssize_t)sizeof(head.elf) && memcmp(head.bytes, ELFMAG, SELFMAG) == 0 &&
		 head.bytes[EI_CLASS] == ELFCLASS64)
		elf_loader(fd, &head.elf, name);
}

bool startable(const struct manifest *m, int root, const char *path)
{
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "%s", path);
	for (unsigned int i = 0; i < STEPS_MAX; i++) {
		cleanup(close_fd) int fd = open_program(root, name);

		if (fd < 0 || !is_sound(m, root, fd))
			return false;
		next_program(fd, name);
		if (!*name)
			return true;
	}
	return false;
}
