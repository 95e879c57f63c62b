/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_TERMINALS_H
#define BV_CONSOLE_TERMINALS_H

#include <sys/types.h>

/*
 * How terminals were before their settings were changed, in a file: whoever outlives this process
 * (the stub, src/stub/terminals.c; boot/bounded.h) gives them back when it has died in the midst of
 * a question.
 */
void terminals_remember(dev_t device, int fd); /* one more, as it is now */
void terminals_forget(void);		       /* all have been given back */
void terminals_restore(void);		       /* and forgets them */

#endif
