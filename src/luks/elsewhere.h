/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_ELSEWHERE_H
#define BV_LUKS_ELSEWHERE_H

#include "manifest/sealed_luks.h"

/*
 * Looks for a sealed LUKS device among all block devices, whatever their names: by its UUID, then by
 * its key material. A member of an array is none. The path, which the caller frees; NULL: it is not
 * there, or it is a file, or its header is.
 */
char *luks_find_elsewhere(const struct sealed_luks *s);

/*
 * Another device with that UUID than the one at path: a copy of it, for nothing else is made of either of
 * them, as an array is of its members. The path, which the caller frees; NULL: there is none.
 */
char *luks_find_twin(const char *uuid, const char *path);

#endif
