// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image/contents.h"
#include "image/guard.h"
#include "manifest/format.h"
#include "manifest/parse.h"
#include "util/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What unpacks to much is fuzz_initrd's; here a walk costs as much as its input is long. */
static bool has_compressed_segment(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (codec_detect(data + i, size - i) != CODEC_NONE)
			return true;
	}
	return false;
}

/* The content list must be sorted, without doubles; that of a whole image survives its file form. */
static void check_list(struct manifest *m, bool whole)
{
	char reason[MANIFEST_REASON_BYTES];
	struct manifest again;
	char *text;
	size_t len;

	for (size_t i = 1; i < m->content_count; i++)
		assert(strcmp(m->contents[i - 1].path, m->contents[i].path) < 0);
	if (!whole)
		return;
	m->kernel = strdup("k");
	m->os = strdup("");
	manifest_init(&again);
	if (!m->kernel || !m->os || manifest_format(m, &text, &len))
		return;
	assert(manifest_parse(&again, text, len, reason) == 0);
	assert(again.content_count == m->content_count);
	free(text);
	manifest_clear(&again);
}

static void record(const uint8_t *data, size_t size, uint64_t guard)
{
	struct recorder *r = recorder_new();
	struct input *first = input_from_memory(data, (size_t)guard);
	struct input *rest = input_from_memory(data + guard, size - (size_t)guard);
	struct initrd_fault fault;
	struct manifest m;

	manifest_init(&m);
	if (r && first && rest) {
		bool whole = !guard || recorder_walk(r, first, true, 0, &fault) == 0;

		whole = recorder_walk(r, rest, false, 0, &fault) == 0 && whole;
		if (recorder_finish(r, &m, &fault) == 0)
			check_list(&m, whole);
	}
	manifest_clear(&m);
	input_free(first);
	input_free(rest);
	recorder_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *in = input_from_memory(data, size);
	uint64_t guard = 0;
	char *member;
	size_t len;
	int r;

	if (!in)
		return 0;
	r = guard_find(in, &guard);
	assert(guard <= size && guard % BLOCK_SIZE == 0);
	assert(r == 0 || r == -EBADMSG || r == -ENODATA);
	if (guard_read(in, GUARD_MANIFEST, 1 << 20, &member, &len) == 0) {
		assert(len <= size);
		free(member);
	}
	input_free(in);
	if (!has_compressed_segment(data, size))
		record(data, size, guard);
	return 0;
}
