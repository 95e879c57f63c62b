// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/lines.h"

#include <ctype.h>

#include "util/message.h"

/* Behind a name and a colon a sentence goes on in small letters, unless it begins with a name. */
static int first_letter(const char *sentence)
{
	unsigned char first = (unsigned char)sentence[0];

	return islower((unsigned char)sentence[1]) || sentence[1] == ' ' ? tolower(first) : first;
}

void finding_say(const struct finding *f)
{
	message("%s: %c%s", f->target, first_letter(f->summary), f->summary + 1);
	for (size_t i = 0; i < f->next.count; i++)
		message("%c%s", first_letter(f->next.items[i]), f->next.items[i] + 1);
}

void report_say(const struct report *r, size_t first)
{
	for (size_t i = first; i < r->finding_count; i++)
		finding_say(&r->findings[i]);
}
