// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/installation.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "system/builder.h"
#include "system/modules.h"
#include "util/array.h"
#include "util/file.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

#define TEXT_FILE_MAX (1 << 20)

/* As Debian, Fedora and others name them. */
static const struct image_name *kernel_name(size_t number)
{
	static const struct image_name names[] = {
		{ "vmlinuz-", "" },
		{ "vmlinux-", "" },
		{ "Image-", "" },
	};

	return number < ARRAY_SIZE(names) ? &names[number] : NULL;
}

static char *first_existing(const struct image_name *(*names)(size_t), const char *boot,
			    const char *release)
{
	const struct image_name *name;

	for (size_t i = 0; (name = names(i)); i++) {
		char *path = text_format("%s/%s%s%s", boot, name->before, release, name->after);

		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *root_prefix(const char *root)
{
	char *prefix = text_copy(root ? root : "");
	size_t n = strlen(prefix);

	while (n && prefix[n - 1] == '/')
		prefix[--n] = '\0';
	return prefix;
}

char *read_text_file(const char *path)
{
	char *text;
	ssize_t n = file_read(path, TEXT_FILE_MAX + 1, &text);

	if (n > TEXT_FILE_MAX) {
		free(text);
		text = NULL;
		n = -EFBIG;
	}
	if (n < 0 && n != -ENOENT)
		message("%s: %s: it is not read", path, file_error((int)n));
	return text;
}

/* As the kernel, before it calls it a circle. */
#define LINKS_MAX 40

/* An absolute link means what it means in the system below prefix. */
char *boot_folder(const char *prefix, const char *boot)
{
	char *folder = boot ? text_copy(boot) : text_format("%s/boot", prefix);

	for (int i = 0; !boot && *prefix && i < LINKS_MAX; i++) {
		char target[PATH_MAX];
		ssize_t n = readlink(folder, target, sizeof(target));

		if (n <= 0 || n == sizeof(target) || *target != '/')
			break;
		free(folder);
		folder = text_format("%s%.*s", prefix, (int)n, target);
	}
	return folder;
}

static char *os_name(const char *root)
{
	cleanup(free_ptr) char *path = text_format("%s/etc/os-release", root);
	cleanup(free_ptr) char *text = read_text_file(path);
	char *name = text ? text_setting(text, "PRETTY_NAME") : NULL;

	return name ? name : text_copy("");
}

void boot_files_find(struct boot_files *f, const char *root, const char *boot, const char *release)
{
	f->root = root_prefix(root);
	f->boot = boot_folder(f->root, boot);
	f->release = text_copy(release);
	f->kernel = first_existing(kernel_name, f->boot, release);
	f->initrd = first_existing(builder_image_name, f->boot, release);
	f->os = os_name(f->root);
}

static bool is_same_path(const char *a, const char *b)
{
	cleanup(free_ptr) char *x = realpath(a, NULL);
	cleanup(free_ptr) char *y = realpath(b, NULL);

	return x && y && strcmp(x, y) == 0;
}

char *boot_files_initrd_name(const struct boot_files *f, size_t number)
{
	const struct image_name *name = builder_image_name(number);

	return name ? text_format("%s%s%s", name->before, f->release, name->after) : NULL;
}

char *boot_files_initrd_names(const char *release)
{
	const struct image_name *name;
	char *names = text_copy("");

	for (size_t i = 0; (name = builder_image_name(i)); i++) {
		char *longer = text_format("%s%s%s%s%s", names, i ? ", " : "", name->before,
					   release, name->after);

		free(names);
		names = longer;
	}
	return names;
}

bool boot_files_boots(struct boot_files *f, const char *file)
{
	char *name;

	for (size_t i = 0; (name = boot_files_initrd_name(f, i)); i++) {
		char *path = text_format("%s/%s", f->boot, name);

		free(name);
		if (is_same_path(path, file)) {
			free(f->initrd);
			f->initrd = path;
			return true;
		}
		free(path);
	}
	return false;
}

void boot_files_clear(struct boot_files *f)
{
	free(f->root);
	free(f->boot);
	free(f->release);
	free(f->kernel);
	free(f->initrd);
	free(f->os);
	memset(f, 0, sizeof(*f));
}

const char *boot_files_inside(const struct boot_files *f, const char *path)
{
	size_t n = strlen(f->root);

	return strncmp(path, f->root, n) == 0 && path[n] == '/' ? path + n : path;
}

static void add_release(struct releases *r, const char *start, size_t len)
{
	for (size_t i = 0; i < r->count; i++) {
		if (strlen(r->names[i]) == len && memcmp(r->names[i], start, len) == 0)
			return;
	}
	r->names = grow_array(r->names, &r->count, sizeof(*r->names));
	r->names[r->count - 1] = text_format("%.*s", (int)len, start);
}

/* Adds the release in a name of the form BEFORE RELEASE AFTER. */
static void add_if_named(struct releases *r, const char *name, const char *before,
			 const char *after)
{
	size_t n = strlen(name), b = strlen(before), a = strlen(after);

	if (n > a + b && strncmp(name, before, b) == 0 && strcmp(name + n - a, after) == 0)
		add_release(r, name + b, n - a - b);
}

/*
 * What tools leave beside an image is no kernel version; nor is what a crash kernel boots: it has little
 * memory, and a dump must not wait for a person.
 */
static bool is_leftover(const char *name)
{
	static const char *const endings[] = {
		".bak",	     ".old",	  ".new",      ".tmp",	"~",	 ".old-dkms", ".dpkg-bak",
		".dpkg-new", ".dpkg-old", ".dpkg-tmp", ".orig", ".save", "kdump",     "kdump.img",
	};

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		if (text_has_ending(name, endings[i]))
			return true;
	}
	return false;
}

static void add_image(struct releases *r, const char *name)
{
	const struct image_name *image;

	for (size_t i = 0; (image = builder_image_name(i)); i++)
		add_if_named(r, name, image->before, image->after);
}

char *release_of_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct releases r = { .names = NULL };
	char *release = NULL;

	if (!is_leftover(name))
		add_image(&r, name);
	if (r.count)
		release = text_copy(r.names[0]);
	releases_clear(&r);
	return release;
}

/* A folder, a FIFO, a link that leads nowhere: no image, whatever its name. */
static bool is_file(DIR *d, const char *name)
{
	struct stat st;

	return fstatat(dirfd(d), name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

/* Those in a folder's names: of images, of files alone, or with a suffix, of anything. */
static int scan_folder(struct releases *r, const char *path, const char *suffix)
{
	DIR *d = folder_open(path);
	struct dirent *e;

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || is_leftover(e->d_name))
			continue;
		if (suffix)
			add_if_named(r, e->d_name, "", suffix);
		else if (is_file(d, e->d_name))
			add_image(r, e->d_name);
	}
	closedir(d);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct releases *r)
{
	if (r->count)
		qsort(r->names, r->count, sizeof(*r->names), by_name);
}

int releases_find(struct releases *r, const char *root, const char *boot)
{
	cleanup(free_ptr) char *prefix = root_prefix(root);
	cleanup(free_ptr) char *folder = boot_folder(prefix, boot);
	int err;

	memset(r, 0, sizeof(*r));
	err = scan_folder(r, folder, NULL);
	sort(r);
	return err;
}

void releases_add(struct releases *r, const char *folder, const char *suffix)
{
	scan_folder(r, folder, suffix);
	sort(r);
}

void releases_clear(struct releases *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->names[i]);
	free(r->names);
}

char *running_release(void)
{
	struct utsname u;

	return text_copy(uname(&u) == 0 ? u.release : "");
}

bool boot_files_have_modules(const struct boot_files *f, const char *version)
{
	bool there = false;
	char *folder;

	for (size_t i = 0; !there && (folder = modules_folder(i, version)); i++) {
		cleanup(free_ptr) char *path = text_format("%s/%s", f->root, folder);

		there = access(path, F_OK) == 0;
		free(folder);
	}
	return there;
}
