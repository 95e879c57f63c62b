/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_DISK_FORM_H
#define BV_STORAGE_DISK_FORM_H

#include "storage/source.h"

/*
 * A file that holds a disk in another form than byte for byte: an image of a virtual machine, or a dump
 * that was compressed. What it holds is found when it is attached or unpacked.
 */
struct disk_form {
	const char *name;   /* "a qcow2 image" */
	const char *format; /* as qemu calls it; or NULL */
	const char *unpack; /* the program that unpacks it, with -dc; or NULL */
};
const struct disk_form *recognise_disk_form(const struct source *source);

#endif
