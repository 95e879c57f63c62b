// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/util.h"

/* Reads a small attribute as a string without its last newline. */
static bool read_attribute(const char *folder, dev_t device, const char *attribute, char *text,
			   size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	cleanup(close_fd) int fd = -1;

	n = snprintf(path, sizeof(path), "%s/%u:%u/%s", folder, major(device), minor(device),
		     attribute);
	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	if (n < 0)
		return false;
	if (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return true;
}

static bool read_number(const char *folder, dev_t device, const char *attribute, uint64_t *value)
{
	char text[32], *end;

	if (!read_attribute(folder, device, attribute, text, sizeof(text)))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0';
}

static bool print_name(char *name, size_t size, const char *folder, const char *device)
{
	int n = snprintf(name, size, "%s%s", folder, device);

	if (n > 0 && (size_t)n < size)
		return true;
	name[0] = '\0';
	return false;
}

bool sysfs_name(const char *folder, dev_t device, const char *above, char *name, size_t size)
{
	char attribute[NAME_MAX + 16], text[1024], *value;

	name[0] = '\0';
	/* The device-mapper's own names say more than "dm-0". */
	snprintf(attribute, sizeof(attribute), "%sdm/name", above);
	if (read_attribute(folder, device, attribute, text, sizeof(text)))
		return print_name(name, size, "/dev/mapper/", text);
	snprintf(attribute, sizeof(attribute), "%suevent", above);
	if (!read_attribute(folder, device, attribute, text, sizeof(text)))
		return false;
	value = strncmp(text, "DEVNAME=", 8) == 0 ? text : strstr(text, "\nDEVNAME=");
	if (!value)
		return false;
	value = strchr(value, '=') + 1;
	value[strcspn(value, "\n")] = '\0';
	return print_name(name, size, "/dev/", value);
}

bool sysfs_part_at(const char *folder, dev_t device, uint64_t byte, char *name, size_t size)
{
	char path[PATH_MAX];
	const struct dirent *e;
	bool found = false;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%u:%u", folder, major(device), minor(device));
	d = opendir(path);
	while (d && !found && (e = readdir(d))) {
		char attribute[NAME_MAX + 8];
		uint64_t start;

		snprintf(attribute, sizeof(attribute), "%s/start", e->d_name);
		if (*e->d_name == '.' || !read_number(folder, device, attribute, &start) ||
		    start != byte / 512 || byte % 512)
			continue;
		snprintf(attribute, sizeof(attribute), "%s/", e->d_name);
		found = sysfs_name(folder, device, attribute, name, size);
	}
	if (d)
		closedir(d);
	return found;
}

void sysfs_locate(const char *folder, dev_t device, uint64_t byte, struct location *location)
{
	uint64_t start, number;

	memset(location, 0, sizeof(*location));
	if (!sysfs_name(folder, device, "", location->device, sizeof(location->device)))
		return;
	location->known = true;
	location->lba = byte / 512;
	/* Both are there for a partition alone; "start" counts 512 bytes whatever the disk does. */
	if (read_number(folder, device, "partition", &number) &&
	    read_number(folder, device, "start", &start) &&
	    sysfs_name(folder, device, "../", location->disk, sizeof(location->disk)))
		location->lba += start;
	else
		strcpy(location->disk, location->device);
}
