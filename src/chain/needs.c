// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/needs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/modules.h"
#include "system/system.h"
#include "util/text.h"
#include "util/util.h"

#define CRYPTO_MAX (1u << 20)

/* A line of /proc/crypto. */
static bool is_registered(const char *crypto, const char *name)
{
	cleanup(free_ptr) char *line = text_format(": %s\n", name);

	return crypto && strstr(crypto, line);
}

/* The kernel's for "aes-xts-plain64", now or when it is asked for; of another form nothing is known. */
static bool has_cipher(const char *spec)
{
	cleanup(free_ptr) char *crypto = system_read_text("/proc/crypto", CRYPTO_MAX);
	char cipher[32], mode[32], iv[32], file[36];
	cleanup(free_ptr) char *both = NULL;

	if (sscanf(spec, "%31[a-z0-9]-%31[a-z0-9]-%31s", cipher, mode, iv) != 3 ||
	    strncmp(iv, "plain", 5) != 0)
		return false;
	both = text_format("%s(%s)", mode, cipher);
	if (is_registered(crypto, both))
		return true;
	/* Such a file is the mode's, "xts.ko"; a cipher has several, "serpent_generic.ko". */
	snprintf(file, sizeof(file), "%s.ko", mode);
	return module_state(file) == MODULE_THERE &&
	       (is_registered(crypto, cipher) || module_state(cipher) == MODULE_THERE);
}

char *luks_lacks(const struct luks *l)
{
	uint64_t needed = 0, available;

	if (!has_cipher(l->cipher))
		return text_format(
			"its cipher %s, in /proc/crypto and among this initramfs' modules",
			l->cipher);
	for (size_t i = 0; i < LUKS_SLOTS_MAX; i++) {
		if (l->slots[i].active && l->slots[i].memory_kib > needed)
			needed = l->slots[i].memory_kib;
	}
	available = needed ? system_available_kib() : 0;
	if (needed <= available)
		return NULL;
	return text_format("the memory that a keyslot takes, %" PRIu64 " MiB of which %" PRIu64
			   " MiB are available (/proc/meminfo)",
			   needed >> 10, available >> 10);
}
