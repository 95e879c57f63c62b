// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cmd/check.h"
#include "image/guard.h"
#include "image/unpacked.h"
#include "manifest/format.h"
#include "util/util.h"

void check_unpacked(struct report *r)
{
	cleanup(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char reason[MANIFEST_REASON_BYTES];
	const struct unpacking long_ago = { .kernel_message = NULL, .just_now = false };
	struct content_result result;
	struct manifest m;
	int err;

	manifest_init(&m);
	err = manifest_load(&m, "/" GUARD_MANIFEST, reason);
	if (err) {
		report_finding(r, err == -EBADMSG ? VERDICT_STORAGE_CORRUPTION : VERDICT_NONE,
			       "BV-GUARD-MANIFEST", "/" GUARD_MANIFEST,
			       "The record that the guard carries cannot be used: %s.",
			       err == -EBADMSG || err == -EPROTO ? reason : strerror(-err));
	} else {
		report_identify(r, r->host, m.os, m.kernel);
		err = root < 0 ? -errno : content_verify(&m, root, &long_ago, r, &result);
		if (err)
			report_finding(r, VERDICT_NONE, "BV-FAILED", "/",
				       "The unpacked files cannot be verified: %s.",
				       strerror(-err));
	}
	manifest_clear(&m);
}
