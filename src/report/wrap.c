// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/wrap.h"

#include <stdbool.h>
#include <string.h>

#define WIDTH 78u

void print_wrapped(FILE *out, const char *first, size_t indent, const char *text)
{
	size_t column = strlen(first);
	bool line_begins = true;

	fputs(first, out);
	while (*text) {
		size_t word = strcspn(text, " ");

		if (!line_begins && column + 1 + word > WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			line_begins = true;
		}
		fprintf(out, "%s%.*s", line_begins ? "" : " ", (int)word, text);
		column += word + !line_begins;
		line_begins = false;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
