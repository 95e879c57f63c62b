// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/kernel_changed.h"

#include "image/pe.h"
#include "util/file.h"
#include "util/input.h"
#include "util/util.h"

/* Whether what differs is just what another signature changes: both parts of it, and nothing else. */
static bool is_signed_again(const char *path, const struct sealed_file *s,
			    const struct comparison *c)
{
	cleanup(close_fd) int fd = file_open(path);
	struct input *in = fd < 0 ? NULL : input_from_fd(fd, 0, c->size);
	struct pe_signature now = { 0 };
	bool found = in && pe_signature_find(in, &now);
	uint64_t fields = now.fields / BLOCK_SIZE, last = now.fields_end / BLOCK_SIZE;
	bool header = false, certificates = c->size != s->size;

	input_free(in);
	for (size_t i = 0; found && i < c->bad.count; i++) {
		uint64_t from = c->bad.ranges[i].offset;
		uint64_t to = from + c->bad.ranges[i].length;

		if (from >= now.start / BLOCK_SIZE * BLOCK_SIZE)
			certificates = true;
		else if (from >= fields * BLOCK_SIZE && to <= (last + 1) * BLOCK_SIZE)
			header = true;
		else
			return false;
	}
	return header && certificates;
}

enum changed kernel_changed(const char *path, const struct sealed_file *s,
			    const struct comparison *c)
{
	return c->bad.count && is_signed_again(path, s, c) ? CHANGED_SIGNATURE : CHANGED_KERNEL;
}
