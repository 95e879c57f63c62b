// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks.h"
#include "luks/randomness.h"
#include "luks_source.h"
#include "storage/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is at the start of a device: LUKS1, or something else that is recognised, or not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_device d = { data, size };
	struct source source = fuzz_source(&d, 0);
	const char *other = recognise_other(&source);
	ssize_t odd = luks_implausible_blocks(&source, 0, size);
	struct luks l;

	assert(luks_read(&source, &l) == 0);
	assert_luks(&l);
	assert(l.version != 1 || size >= 592 || l.copies[0].state == LUKS_COPY_CUT);
	assert(l.version == 1 || l.immutable_hash == 0);
	assert(!other || *other);
	assert(odd >= 0 && (size_t)odd <= (size + 4095) / 4096);
	return 0;
}
