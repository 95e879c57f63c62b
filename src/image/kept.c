// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/kept.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest/store.h"
#include "storage/leftovers.h"
#include "storage/lock.h"
#include "util/text.h"
#include "util/util.h"

/* Owned by the caller. */
static char *kept_name(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return text_format("%.*s.%s" KEPT_SUFFIX, (int)(name - path), path, name);
}

/* One that is under way keeps its file. */
static void remove_leftovers(const char *folder)
{
	cleanup(close_fd) int lock = folder_lock(folder, 0);

	if (lock >= 0)
		leftovers_each(folder, true, NULL, NULL);
}

static bool is_regular(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void kept_hold(const struct boot_files *f)
{
	cleanup(free_ptr) char *image = f->initrd ? realpath(f->initrd, NULL) : NULL;
	cleanup(free_ptr) char *in = text_copy(image ? image : "");
	cleanup(free_ptr) char *kept = NULL, *theirs = NULL;

	remove_leftovers(image ? dirname(in) : f->boot);
	if (!image || !is_regular(image) || !store_has(f))
		return;
	/* initramfs-tools may have made such a link. An older one of ours is of a seal that failed: it stays. */
	theirs = text_format("%s.dpkg-bak", image);
	kept = kept_name(image);
	if (access(theirs, F_OK) < 0)
		(void)!link(image, kept);
}

bool kept_drop(const char *path)
{
	cleanup(free_ptr) char *kept = kept_name(path);

	return unlink(kept) == 0;
}
