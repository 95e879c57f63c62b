// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/unpack_message.h"

#include <stdio.h>
#include <string.h>

bool unpack_message_is_write_error(const char *message)
{
	return message && strstr(message, "write error");
}

bool unpack_message_is_about_xz_options(const char *message)
{
	return message && strstr(message, "settings that are not supported by this XZ decoder");
}

bool unpack_message_is_about_codec(const char *message, enum codec codec)
{
	char method[64];

	if (!message || codec == CODEC_NONE)
		return false;
	snprintf(method, sizeof(method), "compression method %s not configured", codec_name(codec));
	if (strstr(message, method))
		return true;
	return codec == CODEC_XZ && unpack_message_is_about_xz_options(message);
}
