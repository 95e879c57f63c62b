/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STUB_GUARD_CONFIG_H
#define BV_STUB_GUARD_CONFIG_H

/*
 * The configuration that the guard carries, for the one who writes it (image/guard_make.c) and the two
 * who read it (stub/config.c, boot/config.c): lines of text, each ended by a newline; a line that is not
 * understood is passed over, and its default counts.
 *
 *	checker HASH SIZE	hash_xxh64() of the checker, 16 hexadecimal digits; its bytes, decimal
 *	wait SECONDS		how long a stage of the check may take (CHECK_TIMEOUT)
 *	policy WORD		stop, ask, continue or off (POLICY)
 *	timeout SECONDS		how long a person is waited for (TIMEOUT)
 *	rescue BUILDER WORD...	by which rules a person may have a shell (system/rescue.h)
 */
#define GUARD_CONFIG_CHECKER "checker "
#define GUARD_CONFIG_WAIT    "wait "
#define GUARD_CONFIG_POLICY  "policy "
#define GUARD_CONFIG_TIMEOUT "timeout "
#define GUARD_CONFIG_RESCUE  "rescue "

#define GUARD_CONFIG_POLICIES "stop", "ask", "continue", "off"

#define GUARD_CONFIG_BYTES_MAX	     1024
#define GUARD_CONFIG_WAIT_DEFAULT    20
#define GUARD_CONFIG_WAIT_MAX	     3600
#define GUARD_CONFIG_TIMEOUT_DEFAULT 30
#define GUARD_CONFIG_TIMEOUT_MAX     86400

#endif
