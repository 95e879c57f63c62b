// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/other_modules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/kernel.h"
#include "util/file.h"
#include "util/input.h"
#include "util/text.h"
#include "util/util.h"

/* What the kernel image tells of itself; NULL: it tells nothing. */
static char *kernel_version(const struct boot_files *f)
{
	cleanup(close_fd) int fd = f->kernel ? file_open(f->kernel) : -1;
	struct kernel_info info = { .version = "" };
	struct input *in;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	in = input_from_fd(fd, 0, (uint64_t)st.st_size);
	if (in)
		kernel_image_version(in, &info);
	input_free(in);
	return *info.version ? text_copy(info.version) : NULL;
}

bool boot_files_have_kernel(const struct boot_files *f)
{
	cleanup(free_ptr) char *version = NULL;

	if (boot_files_have_modules(f, f->release))
		return true;
	version = kernel_version(f);
	return f->kernel && (!version || !strcmp(version, f->release));
}

bool image_has_kernel(const char *path, const char *name)
{
	cleanup(free_ptr) char *real = realpath(path, NULL), *folder = NULL, *root = NULL;
	struct boot_files f;
	bool there;

	if (!real)
		return false;
	folder = text_format("%.*s", (int)(strrchr(real, '/') - real), real);
	root = text_format("%s/..", folder);
	boot_files_find(&f, root, folder, name);
	there = boot_files_have_kernel(&f);
	boot_files_clear(&f);
	return there;
}

/* Not "linux", nor "0-rescue-" and more. */
static bool is_version(const char *release)
{
	size_t n = strspn(release, "0123456789");

	return n && release[n] == '.';
}

bool names_another_kernel(const char *name, const char *recorded)
{
	return is_version(name) && strcmp(name, recorded) != 0;
}

char *boot_files_other_version(const struct boot_files *f)
{
	char *version = is_version(f->release) ? kernel_version(f) : NULL;

	if (version && !strcmp(version, f->release)) {
		free(version);
		version = NULL;
	}
	return version;
}

/* Whether behind the version there is no more than an ending in a name: ".img", ".gz", ".before". */
static bool is_ending(const char *name, const char *version)
{
	size_t n = strlen(version);

	return strncmp(name, version, n) == 0 && !strpbrk(name + n, "0123456789");
}

char *image_other_name(const struct image_proof *p, const char *path)
{
	char *name = p->has_record && !p->record_error ? release_of_name(path) : NULL;

	if (name && (!is_version(name) || is_ending(name, p->record.kernel))) {
		free(name);
		name = NULL;
	}
	return name;
}

char *copy_words(const char *kernel)
{
	return text_format(
		"a sealed image of kernel %s, under another name; there is no kernel of that "
		"version, nor its modules.",
		kernel);
}

void next_seal_copy(struct finding *f, const char *release)
{
	finding_next(
		f,
		"If it is meant to boot one, seal it for that: bootverdict seal --remove -k %s "
		"&& bootverdict seal -k %s",
		release, release);
}

bool boot_files_other_modules(const struct boot_files *f, const struct manifest *m,
			      struct other_modules *o)
{
	memset(o, 0, sizeof(*o));
	/* The name may be short for the version of the kernel, or go on behind it. */
	o->wanted = kernel_version(f);
	o->known = o->wanted;
	if (!o->known && is_version(f->release))
		o->wanted = text_copy(f->release);
	if (o->wanted)
		o->has = manifest_other_modules(m, o->wanted);
	if (!o->has) {
		other_modules_clear(o);
		return false;
	}
	o->installed = boot_files_have_modules(f, o->wanted);
	return true;
}

void other_modules_clear(struct other_modules *o)
{
	free(o->has);
	free(o->wanted);
	memset(o, 0, sizeof(*o));
}

void check_modules(const struct boot_files *f, const struct manifest *m, struct report *r)
{
	struct other_modules o;
	struct finding *n;

	if (!boot_files_other_modules(f, m, &o))
		return;
	n = report_finding(
		r, VERDICT_INTACT, FINDING_INITRD_VERSION, f->initrd,
		"The initial RAM disk has modules for kernel %s, and none for %s%s.", o.has,
		o.wanted,
		o.known ? ": they do not fit that"
			: ", the version in its name; which one its kernel is, is not known");
	n->warning = true;
	if (o.installed) {
		cleanup(free_ptr) char *rebuild = builder_rebuild(manifest_builder(m), o.wanted);

		finding_next(n, "%s: %s",
			     o.known ? "Make it anew" : "If its kernel is that, make it anew",
			     rebuild);
	}
	other_modules_clear(&o);
}
