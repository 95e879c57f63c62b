// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/format.h"
#include "manifest/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted must be written again as it was read, byte for byte. */
static void parse(const char *text, size_t len)
{
	char reason[MANIFEST_REASON_BYTES] = "";
	struct manifest m;
	char *again;
	size_t again_len;

	if (manifest_parse(&m, text, len, reason) < 0) {
		assert(reason[0] && strlen(reason) < sizeof(reason));
		return;
	}
	if (manifest_format(&m, &again, &again_len) == 0) {
		assert(again_len == len && memcmp(again, text, len) == 0);
		free(again);
	}
	for (size_t i = 0; i < m.content_count; i++)
		assert(manifest_find(&m, m.contents[i].path) == &m.contents[i]);
	manifest_clear(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 32), end[32];

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	parse(text, size);
	/* With a right sum at its end, so that the lines themselves are reached. */
	snprintf(end, sizeof(end), "end %016" PRIx64 "\n", hash64(text, size));
	memcpy(text + size, end, 21);
	parse(text, size + 21);
	free(text);
	return 0;
}
