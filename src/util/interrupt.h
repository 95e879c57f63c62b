/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_INTERRUPT_H
#define BV_UTIL_INTERRUPT_H

#include <stdbool.h>

/*
 * For programs that write: SIGINT, SIGTERM, SIGHUP and SIGQUIT are remembered instead of ending the
 * process, so that what is half done is undone first. A signal that was ignored stays ignored.
 * SIGPIPE and SIGXFSZ are ignored.
 */
void interrupt_catch(void);

/* Whether one of them has come; false always before interrupt_catch(). */
bool interrupted(void);

/* While deferred, interrupted() is false: for steps that must not be left out. */
void interrupt_defer(bool deferred);

/* Ends the process as the remembered signal would have; returns when there was none. */
void interrupt_deliver(void);

#endif
