// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/kernel_config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "system/modules.h"
#include "util/text.h"
#include "util/util.h"

static char *config_path(const struct boot_files *f, size_t place)
{
	cleanup(free_ptr) char *modules = place ? modules_folder(place - 1, f->release) : NULL;

	return modules ? text_format("%s/%s/config", f->root, modules)
		       : text_format("%s/config-%s", f->boot, f->release);
}

enum option { OPTION_SET, OPTION_NOT_SET, OPTION_UNKNOWN };

static enum option find_option(const char *config, enum codec codec)
{
	cleanup(free_ptr) char *name = text_copy(codec_name(codec));
	cleanup(free_ptr) char *set = NULL, *not_set = NULL;

	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	set = text_format("\nCONFIG_RD_%s=y\n", name);
	not_set = text_format("\n# CONFIG_RD_%s is not set\n", name);
	if (strstr(config, set))
		return OPTION_SET;
	return strstr(config, not_set) ? OPTION_NOT_SET : OPTION_UNKNOWN;
}

/* The first compression that it has no option for. */
static char *lack_of(const char *path, const char *config, const struct manifest *m, bool *proven)
{
	cleanup(free_ptr) char *setting = NULL;

	for (size_t i = 0; i < m->segment_count; i++) {
		enum codec codec = m->segments[i].codec;
		enum option option = codec == CODEC_NONE ? OPTION_SET : find_option(config, codec);

		if (option == OPTION_SET)
			continue;
		*proven = option == OPTION_NOT_SET;
		setting = builder_compression(manifest_builder(m));
		return text_format("%s has no CONFIG_RD_ option for %s: this kernel cannot unpack "
				   "it%s; pack it with another compression: %s",
				   path, codec_name(codec),
				   *proven ? "" : ", or that file has lost the line", setting);
	}
	return NULL;
}

char *kernel_config_lacks(const struct boot_files *f, const struct manifest *m, bool *proven)
{
	for (size_t place = 0; place < 2; place++) {
		cleanup(free_ptr) char *path = config_path(f, place);
		cleanup(free_ptr) char *config = read_text_file(path);

		/* A file that is no kernel's configuration, or cut short, says nothing. */
		if (config && strstr(config, "\nCONFIG_BLK_DEV_INITRD=y\n"))
			return lack_of(path, config, m, proven);
	}
	return NULL;
}
