// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manifest/syntax.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/util.h"

static int fail(char *reason, const char *what, int error)
{
	snprintf(reason, MANIFEST_REASON_BYTES, "%s: %s", what, file_error(error));
	return error;
}

static int load(struct manifest *m, const char *path,
		int (*parse)(struct manifest *m, const char *text, size_t len, char *reason),
		char *reason)
{
	cleanup(close_fd) int fd = file_open(path);
	cleanup(free_ptr) char *text = NULL;
	struct stat st;
	ssize_t len;

	manifest_init(m);
	if (fd == -EINVAL)
		return fail(reason, "cannot use it", fd);
	if (fd < 0)
		return fail(reason, "cannot open it", fd);
	if (fstat(fd, &st) < 0)
		return fail(reason, "cannot examine it", -errno);
	if (st.st_size > (off_t)MANIFEST_BYTES_MAX)
		return fail(reason, "it is no manifest", -EFBIG);
	if (!memory_take((size_t)st.st_size)) {
		snprintf(reason, MANIFEST_REASON_BYTES, "%s", memory_reason());
		return -EOVERFLOW;
	}
	text = malloc((size_t)st.st_size + 1);
	len = text ? file_read_up_to(fd, text, (size_t)st.st_size) : -ENOMEM;
	if (len < 0)
		fail(reason, "cannot read it", (int)len);
	else
		len = parse(m, text, (size_t)len, reason);
	memory_give((size_t)st.st_size);
	return (int)len;
}

int manifest_load(struct manifest *m, const char *path, char *reason)
{
	return load(m, path, manifest_parse, reason);
}

int manifest_load_devices(struct manifest *m, const char *path, char *reason)
{
	return load(m, path, manifest_parse_devices, reason);
}

enum verdict manifest_error_verdict(int error)
{
	return error == -EBADMSG || error == -EIO ? VERDICT_STORAGE_CORRUPTION
						  : VERDICT_INCONCLUSIVE;
}

bool manifest_looks_like_one(const char *path)
{
	static const char start[] = "bootverdict-manifest", end[] = "end ";
	cleanup(close_fd) int fd = file_open(path);
	char text[sizeof(start) - 1];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	if (file_read_at(fd, text, sizeof(text), 0) == (ssize_t)sizeof(text) &&
	    !memcmp(text, start, sizeof(text)))
		return true;
	return st.st_size >= (off_t)MANIFEST_END_BYTES &&
	       file_read_at(fd, text, sizeof(end) - 1, (uint64_t)st.st_size - MANIFEST_END_BYTES) ==
		       (ssize_t)sizeof(end) - 1 &&
	       !memcmp(text, end, sizeof(end) - 1);
}
