/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_SPLASH_H
#define BV_CONSOLE_SPLASH_H

/* Ends plymouth, where it runs: nobody would see a screen behind its picture. Takes 3 s at most. */
void splash_end(void);

#endif
