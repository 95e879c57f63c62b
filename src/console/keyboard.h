/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_KEYBOARD_H
#define BV_CONSOLE_KEYBOARD_H

#include <sys/types.h>

#include "manifest/manifest.h"
#include "report/report.h"

/*
 * USB keyboards need kernel modules that the original init would have loaded: without them a
 * menu on a screen could not be answered. Loads those that are as sealed, and no other, in a
 * process of its own: a driver that hangs must not keep the menu away. Returns that process,
 * which the caller ends, or 0 when there is nothing to load.
 */
pid_t keyboard_start(const struct manifest *m, int root, const char *release);

/*
 * The modules that the wanted ones need, themselves included, in the order in which they must be
 * loaded, as paths below the modules' folder. dep: the text of modules.dep (kmod, modules.dep(5)).
 * wanted: file names without ".ko...", closed by NULL.
 */
void keyboard_modules(struct string_list *paths, const char *dep, const char *const *wanted);

#endif
