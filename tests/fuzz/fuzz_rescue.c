// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "system/rescue.h"
#include "system/shell_conf.h"
#include "util/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
	"conf/initramfs.conf",	 "conf/conf.d/a", "conf/conf.d/b",	  "scripts/panic/c",
	"bin/dracut-emergency",	 "etc/cmdline",	  "etc/cmdline.d/d.conf", "etc/passwd",
	"usr/lib/dracut-lib.sh", "etc/shadow",
};

/* The input in parts: a byte that chooses a file, a byte with its length, and so many bytes of it. */
static void fill(struct image_files *f, const uint8_t *data, size_t size)
{
	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;

		image_files_begin(f, paths[data[0] % ARRAY_SIZE(paths)], data[0] >= 250);
		image_files_add(f, data + 2, len);
		data += 2 + len;
		size -= 2 + len;
	}
	image_files_end(f);
}

/* Damaged rules, files and command lines: never a shell where the machine is to end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_files f = { 0 };
	cleanup(free_ptr) char *text = malloc(size + 1), *rules = NULL;
	char value[CONF_VALUE_BYTES] = "";
	struct rescue r;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	shell_conf_read(text, "panic", value);
	assert(memchr(value, '\0', sizeof(value)));
	fill(&f, data, size);
	rules = rescue_rules(&f);
	image_files_clear(&f);
	assert(strlen(rules) < RESCUE_RULES_MAX && !strchr(rules, '\n'));
	rescue_decide(&r, rules, text, text);
	assert(r.panic == PANIC_NONE || !r.shell);
	assert(memchr(r.why, '\0', sizeof(r.why)) && memchr(r.terminal, '\0', sizeof(r.terminal)));
	rescue_decide(&r, text, rules, text);
	assert(r.panic == PANIC_NONE || !r.shell);
	return 0;
}
