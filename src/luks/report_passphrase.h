/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_REPORT_PASSPHRASE_H
#define BV_LUKS_REPORT_PASSPHRASE_H

#include "luks/rules.h"
#include "luks/view.h"
#include "report/report.h"

/* How a passphrase fared; what is in neither set was refused, or is no keyslot in use. */
struct luks_tried {
	slot_set opened, failed; /* failed: the try said nothing about the passphrase */
	bool cut, not_ascii;	 /* of the passphrase, as in util/passphrase.h */
};

/*
 * Adds BV-LUKS-PASSPHRASE: the passphrase together with the state of what refused it. After
 * report_luks().
 */
void report_luks_passphrase(struct report *r, const struct luks_view *v,
			    const struct luks_tried *tried);

#endif
