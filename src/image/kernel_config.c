// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/kernel_config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"
#include "util/util.h"

static char *config_path(const struct boot_files *f, size_t place)
{
	return place == 0 ? text_format("%s/config-%s", f->boot, f->release)
			  : text_format("%s/usr/lib/modules/%s/config", f->root, f->release);
}

static bool has_option(const char *config, enum codec codec)
{
	cleanup(free_ptr) char *option = text_format("\nCONFIG_RD_%s=y\n", codec_name(codec));

	for (char *p = option; *p != '='; p++)
		*p = (char)toupper((unsigned char)*p);
	return strstr(config, option);
}

char *kernel_config_lacks(const struct boot_files *f, const struct manifest *m)
{
	for (size_t place = 0; place < 2; place++) {
		cleanup(free_ptr) char *path = config_path(f, place);
		cleanup(free_ptr) char *config = read_text_file(path);

		/* A file that is no kernel's configuration, or cut short, says nothing. */
		if (!config || !strstr(config, "\nCONFIG_BLK_DEV_INITRD=y\n"))
			continue;
		for (size_t i = 0; i < m->segment_count; i++) {
			const char *name = codec_name(m->segments[i].codec);

			if (m->segments[i].codec != CODEC_NONE &&
			    !has_option(config, m->segments[i].codec))
				return text_format(
					"%s has no CONFIG_RD_ option for %s: this kernel "
					"cannot unpack it; pack it with another "
					"compression (COMPRESS= in initramfs.conf, "
					"--compress of dracut)",
					path, name);
		}
		return NULL;
	}
	return NULL;
}
