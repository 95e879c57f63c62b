/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_STAGE_H
#define BV_BOOT_STAGE_H

#include "manifest/manifest.h"
#include "report/report.h"

/* What the stages that run beside the original init have in common. */

/* Where init-top/bootverdict has put the first stage's report, and the later ones put theirs. */
#define STAGE_FOLDER	  "/run/bootverdict"
#define STAGE_REPORT_TEXT STAGE_FOLDER "/report.txt"

/*
 * The guard's manifest, without contents (manifest_load_devices()); false: it cannot be used, which
 * the first stage has told.
 */
bool stage_manifest(struct manifest *m);

/* A report about this kernel. */
void stage_report_init(struct report *r, const struct manifest *m);

/* What earlier stages have found (report_worst()); VERDICT_NONE: they left no report. */
enum verdict stage_worst(void);

/*
 * Concludes own, and makes *all, which is initialized here, of it and of what earlier stages have
 * told; that is written to STAGE_FOLDER.
 */
void stage_report_keep(struct report *own, struct report *all);

#endif
