/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_UTIL_MUST_CHECK_H
#define BV_UTIL_MUST_CHECK_H

/* For a function whose result nobody may drop by mistake: the compiler complains. */
#define must_check __attribute__((warn_unused_result))

#endif
