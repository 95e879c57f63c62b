// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/fields.h"

#include <ctype.h>

const unsigned char luks_magic[LUKS_MAGIC_BYTES] = { 'L', 'U', 'K', 'S', 0xba, 0xbe };

bool luks_is_name(const unsigned char *field, size_t len)
{
	size_t n = 0;

	while (n < len && field[n] > ' ' && field[n] < 0x7f)
		n++;
	return n > 0 && n < len && field[n] == 0;
}

bool luks_is_uuid(const unsigned char *field, size_t len)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (len < sizeof(form))
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] == '-' ? field[i] != '-' : !isxdigit(field[i]))
			return false;
	}
	return field[sizeof(form) - 1] == 0;
}
