/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_TRY_H
#define BV_LUKS_TRY_H

#include "luks/luks.h"
#include "util/passphrase.h"

enum trial {
	TRIAL_NONE,    /* there is no passphrase to open it with */
	TRIAL_OPENED,  /* and the volume key that came out has the right digest */
	TRIAL_REFUSED, /* what came out is not the volume key */
	TRIAL_FAILED,  /* nothing can be said: see reason */
};

struct slot_trial {
	enum trial result;
	char reason[160]; /* TRIAL_FAILED, in words */
};

/* What cryptsetup aims at is 2 s on the machine that set the passphrase. */
#define TRY_SECONDS_DEFAULT 120u
#define TRY_SECONDS_MAX	    86400u

/*
 * Tries the passphrase on every active keyslot of what luks_read() found, each by itself.
 *
 * libcryptsetup gets a copy of the header and of the keyslot's area, in memory: it repairs what it
 * loads. Each try runs in a child without any capability, which therefore can neither reach the
 * device-mapper nor a loop device, and whose end (a crash on damaged metadata, no memory for
 * argon2) is a result like others. Bytes that the device cannot read are zeros in the copy.
 *
 * What a damaged header asks for is bounded: a try ends after so many seconds, and is not begun
 * when its key derivation needs more memory than the machine has available.
 *
 * trials has LUKS_SLOTS_MAX items. progress: told on standard error. 0; -ENOMEM, -errno when the
 * copy cannot be made; -ENODATA when there is no header that could be used.
 */
int luks_try_passphrase(const struct source *source, const struct luks *l,
			const struct passphrase *p, unsigned int seconds, bool progress,
			struct slot_trial *trials);

#endif
