/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_REPLACE_EXPLAIN_H
#define BV_STORAGE_REPLACE_EXPLAIN_H

#include "storage/replace.h"

/*
 * Tells on stderr why a replacement failed, and what stands at path now; result may be NULL. Returns the
 * exit status of seal: 1 when the disk is to blame, else 2.
 */
int replace_explain(const char *path, int error, const struct replace_result *result);

#endif
