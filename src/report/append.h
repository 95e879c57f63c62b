/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_REPORT_APPEND_H
#define BV_REPORT_APPEND_H

#include "report/report.h"

/*
 * Adds a copy of what from tells to an initialized report, behind what that has already, and concludes
 * it anew. The same artifact, finding (id, target and summary) or table of the same target is not added twice.
 * Host, system and kernel are taken over where none is named yet; the time of sealing is not.
 */
void report_append(struct report *to, const struct report *from);

#endif
