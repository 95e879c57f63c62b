/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_PE_H
#define BV_IMAGE_PE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/input.h"

/*
 * What signing changes in an EFI program, as a kernel image is one: two fields of its header, and the
 * certificates at its end (Microsoft, PE format, "Optional Header" and "The Attribute Certificate
 * Table").
 */
struct pe_signature {
	uint64_t fields, fields_end; /* where the checksum begins, and the directory entry ends */
	uint64_t start;		     /* of the certificates, which go on to the end of the file */
};

/*
 * Finds them. False: it is no such program, has no certificates, or its checksum, which is one over
 * all of the file, is not right.
 */
bool pe_signature_find(struct input *in, struct pe_signature *s);

#endif
