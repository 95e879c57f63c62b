// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/sealing.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "report/lines.h"
#include "util/file.h"
#include "util/text.h"
#include "util/util.h"

__attribute__((format(printf, 5, 0))) static struct finding *add(struct report *r, enum verdict v,
								 enum finding_id id,
								 const char *target,
								 const char *summary, va_list args)
{
	cleanup(free_ptr) char *words = text_vformat(summary, args);

	return report_finding(r, v, id, target, "%s", words);
}

int seal_not_done(struct report *r, const char *target, const char *summary, ...)
{
	va_list args;

	va_start(args, summary);
	finding_say(add(r, VERDICT_NONE, FINDING_SEAL_NOT_DONE, target, summary, args));
	va_end(args);
	return 2;
}

int seal_cannot_read(struct report *r, const char *target, int error)
{
	if (error != -EIO)
		return seal_not_done(r, target, "It cannot be read: %s.", file_error(error));
	finding_say(report_finding(r, VERDICT_STORAGE_CORRUPTION, FINDING_UNREADABLE, target,
				   "It cannot be read: %s.", file_error(error)));
	return 1;
}

int seal_write_failed(struct report *r, const char *target, const char *summary, ...)
{
	va_list args;

	va_start(args, summary);
	finding_say(
		add(r, VERDICT_STORAGE_CORRUPTION, FINDING_SEAL_NOT_KEPT, target, summary, args));
	va_end(args);
	return 1;
}

struct finding *seal_note(struct report *r, const char *target, const char *summary, ...)
{
	struct finding *f;
	va_list args;

	va_start(args, summary);
	f = add(r, VERDICT_INTACT, FINDING_SEAL_NOTE, target, summary, args);
	va_end(args);
	f->warning = true;
	return f;
}

struct finding *seal_refused(struct report *r, enum verdict v, const char *target,
			     const char *summary, ...)
{
	struct finding *f;
	va_list args;

	va_start(args, summary);
	f = add(r, v, FINDING_SEAL_REFUSED, target, summary, args);
	va_end(args);
	return f;
}

struct finding *seal_stands(struct report *r, enum verdict v, const char *target,
			    const char *summary, ...)
{
	struct finding *f;
	va_list args;

	va_start(args, summary);
	f = add(r, v, FINDING_SEAL_STANDS, target, summary, args);
	va_end(args);
	f->warning = true;
	return f;
}
