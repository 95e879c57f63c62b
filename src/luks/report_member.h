/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_MEMBER_H
#define BV_LUKS_REPORT_MEMBER_H

#include "luks/view.h"
#include "report/report.h"

/* The array that the device is a member of: what it is, and how it is started and looked at. */
void luks_tell_array(struct finding *f, const struct md *md);
void luks_next_start_array(struct finding *f);
void luks_next_look_at_array(struct finding *f, const struct md *md);
void luks_next_find_members(struct finding *f);
/* That its superblock may be of before. */
void luks_next_left_over(struct finding *f, const char *member);

/* Of a member of an array: what that is; first, because it is told before all else. */
void report_luks_member(struct report *r, const struct luks_view *v);

#endif
