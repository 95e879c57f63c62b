/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_ELSEWHERE_H
#define BV_LUKS_REPORT_ELSEWHERE_H

#include "manifest/sealed_luks.h"
#include "report/report.h"

/* A name that stays leads to another disk; what was sealed by it, uuid, is at path. holds: in words. */
void report_luks_elsewhere(struct report *r, const char *name, const char *holds, const char *uuid,
			   const char *path);

/* One that was sealed is not found. holds: what is on the device that has its name; NULL: none has. */
struct finding *report_luks_absent(struct report *r, const struct sealed_luks *s, const char *path,
				   const char *holds);

/* Two devices bear one UUID: path, which is told of, and twin. */
void report_luks_twin(struct report *r, const char *path, const char *uuid, const char *twin);

#endif
