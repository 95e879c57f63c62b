// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "luks/luks2_binary.h"
#include "luks/luks2_json.h"
#include "luks_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADER 16384u

static void read_json(const char *json, size_t len)
{
	struct luks l = { .version = 2,
			  .copies[0] = { .state = LUKS_COPY_GOOD, .length = HEADER } };
	char reason[LUKS2_REASON] = "";
	int r = luks2_json_read(json, len, HEADER, &l, reason);

	assert(r == 0 || r == -EBADMSG || r == -ENOMEM);
	assert(memchr(reason, 0, sizeof(reason)));
	if (r < 0) {
		assert(reason[0] || r == -ENOMEM);
		return;
	}
	l.copies[1] = l.copies[0];
	assert_luks(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *area;

	/* As it is: no NUL byte behind it, unless the fuzzer thought of one. */
	read_json((const char *)data, size);
	if (size >= HEADER - LUKS2_BINARY)
		return 0;
	area = calloc(1, HEADER - LUKS2_BINARY);
	if (!area)
		return 0;
	if (size)
		memcpy(area, data, size);
	read_json(area, HEADER - LUKS2_BINARY);
	free(area);
	return 0;
}
