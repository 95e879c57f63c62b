// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/crypttab.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Spaces and the like are written as in fstab: \040. Names that need it are compared as they are. */
static bool is_source(const char *source, const char *uuid)
{
	static const char by_uuid[] = "/dev/disk/by-uuid/";

	if (!*uuid)
		return false;
	if (!strncasecmp(source, "UUID=", 5))
		source += 5;
	else if (!strncmp(source, by_uuid, sizeof(by_uuid) - 1))
		source += sizeof(by_uuid) - 1;
	else
		return false;
	if (*source == '"')
		source++;
	return !strncasecmp(source, uuid, strlen(uuid)) &&
	       (!source[strlen(uuid)] || source[strlen(uuid)] == '"');
}

bool crypttab_has(const char *text, const char *name, const char *uuid)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[1024], target[256], source[512];

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (sscanf(line, " %255s %511s", target, source) == 2 && *target != '#' &&
		    ((*name && !strcmp(target, name)) || is_source(source, uuid)))
			return true;
		text += len;
		text += *text != '\0';
	}
	return false;
}
