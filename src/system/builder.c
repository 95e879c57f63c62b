// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/builder.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/text.h"
#include "util/util.h"

#define IMAGE_NAMES_MAX 2
#define SHOWN_BY_MAX	6

/* A release follows the first two. */
enum words { REBUILD, LIST, REBUILD_ALL, SMALLER, COMPRESSION, KEYBOARD, CRYPTTAB_OPTION, WORDS };

struct row {
	const char *name; /* in the record */
	const char *home; /* a system that uses it, for whoever does not know the builder's name */
	const char *words[WORDS];
	const char *crypttab;
	struct image_name images[IMAGE_NAMES_MAX];
	/* Files of each of its images; more than one, because damage may take some, and versions differ. */
	const char *shown_by[SHOWN_BY_MAX];
};

/*
 * initramfs-tools 0.142 and 0.148 (mkinitramfs, update-initramfs, initramfs.conf(5)), cryptsetup-initramfs
 * (its hook and local-top/cryptroot); dracut 059, 106 and 111 (dracut.sh, lsinitrd.sh, dracut.conf(5),
 * the modules base, crypt and dracut-systemd).
 */
static const struct row rows[] = {
	[BUILDER_INITRAMFS_TOOLS] = {
		.name = BUILDER_NAME_INITRAMFS_TOOLS,
		.home = "Debian",
		.words = {
			[REBUILD] = "update-initramfs -u -k ",
			[LIST] = "lsinitramfs /boot/initrd.img-",
			[REBUILD_ALL] = "update-initramfs -u -k all",
			[SMALLER] = "MODULES=dep in initramfs.conf",
			[COMPRESSION] = "COMPRESS= in initramfs.conf",
			[KEYBOARD] = "KEYMAP=y in /etc/initramfs-tools/initramfs.conf",
			[CRYPTTAB_OPTION] = "initramfs",
		},
		.crypttab = "/cryptroot/crypttab",
		.images = { { "initrd.img-", "" } },
		.shown_by = { "conf/initramfs.conf", "conf/conf.d" },
	},
	[BUILDER_DRACUT] = {
		.name = BUILDER_NAME_DRACUT,
		.home = "Fedora",
		.words = {
			[REBUILD] = "dracut -f --kver ",
			[LIST] = "lsinitrd -k ",
			[REBUILD_ALL] = "dracut -f --regenerate-all",
			[SMALLER] = "hostonly=yes in dracut.conf",
			[COMPRESSION] = "compress= in dracut.conf",
			[KEYBOARD] = "localectl set-keymap",
			[CRYPTTAB_OPTION] = "force",
		},
		.crypttab = "/etc/crypttab",
		/* initrdname=: its own, and openSUSE's; Debian's is that of initramfs-tools. */
		.images = { { "initramfs-", ".img" }, { "initrd-", "" } },
		/* genkernel's images have lib/dracut/build-parameter.txt as well: that shows nothing. */
		.shown_by = { "usr/lib/dracut/modules.txt", "lib/dracut/modules.txt",
			      "usr/lib/dracut-lib.sh", "lib/dracut-lib.sh",
			      "usr/bin/dracut-emergency", "bin/dracut-emergency" },
	},
};

#define BUILDERS (int)ARRAY_SIZE(rows)

const char *builder_name(enum builder b)
{
	return rows[b].name;
}

enum builder builder_find(const char *name)
{
	for (int b = BUILDER_UNKNOWN + 1; name && b < BUILDERS; b++) {
		if (!strcmp(name, rows[b].name))
			return (enum builder)b;
	}
	return BUILDER_UNKNOWN;
}

enum builder builder_shown(bool (*has)(const void *ctx, const char *path), const void *ctx)
{
	for (int b = BUILDER_UNKNOWN + 1; b < BUILDERS; b++) {
		for (size_t i = 0; i < SHOWN_BY_MAX && rows[b].shown_by[i]; i++) {
			if (has(ctx, rows[b].shown_by[i]))
				return (enum builder)b;
		}
	}
	return BUILDER_UNKNOWN;
}

static bool is_below(const void *ctx, const char *path)
{
	const int *root = ctx;

	return faccessat(*root, path, F_OK, 0) == 0;
}

enum builder builder_below(int root)
{
	return builder_shown(is_below, &root);
}

enum builder builder_either(enum builder first, enum builder second)
{
	return first != BUILDER_UNKNOWN ? first : second;
}

static char *say(enum builder builder, enum words words, const char *release)
{
	char *text = NULL;

	if (builder != BUILDER_UNKNOWN)
		return text_format("%s%s", rows[builder].words[words], release);
	for (int b = BUILDER_UNKNOWN + 1; b < BUILDERS; b++) {
		char *longer = text_format("%s%s%s%s (%s)", text ? text : "", text ? " or " : "",
					   rows[b].words[words], release, rows[b].home);

		free(text);
		text = longer;
	}
	return text;
}

char *builder_rebuild(enum builder b, const char *release)
{
	return say(b, REBUILD, release);
}

char *builder_rebuild_all(enum builder b)
{
	return say(b, REBUILD_ALL, "");
}

char *builder_list(enum builder b, const char *release)
{
	return say(b, LIST, release);
}

char *builder_smaller(enum builder b)
{
	return say(b, SMALLER, "");
}

char *builder_compression(enum builder b)
{
	return say(b, COMPRESSION, "");
}

char *builder_keyboard(enum builder b)
{
	return say(b, KEYBOARD, "");
}

char *builder_crypttab_option(enum builder b)
{
	return say(b, CRYPTTAB_OPTION, "");
}

const char *builder_crypttab(enum builder b)
{
	return rows[b ? b : BUILDER_UNKNOWN + 1].crypttab;
}

const struct image_name *builder_image_name(size_t number)
{
	for (int b = BUILDER_UNKNOWN + 1; b < BUILDERS; b++) {
		for (size_t i = 0; i < IMAGE_NAMES_MAX && rows[b].images[i].before; i++) {
			if (!number--)
				return &rows[b].images[i];
		}
	}
	return NULL;
}
