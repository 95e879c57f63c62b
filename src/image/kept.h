/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_KEPT_H
#define BV_IMAGE_KEPT_H

#include <stdbool.h>

#include "system/installation.h"

/*
 * The image before, under a second name while a builder makes the new one: ".NAME" and this. When the disk
 * does not keep the new one, seal puts the old one back (image/seal_fallback).
 */
#define KEPT_SUFFIX ".bootverdict-old"

/*
 * Before a builder replaces the image: gives a sealed one its second name, which needs no room, and
 * removes what an interrupted run left, which may be all the room that the new one would have.
 */
void kept_hold(const struct boot_files *f);

/* Removes the second name of the image at path, which is absolute. False: there is none. */
bool kept_drop(const char *path);

#endif
