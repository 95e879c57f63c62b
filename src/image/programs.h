/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_PROGRAMS_H
#define BV_IMAGE_PROGRAMS_H

#include "image/initrd.h"
#include "image/program.h"
#include "manifest/manifest.h"

/*
 * What recording saw of the programs and symbolic links of an image: as much as is needed to tell
 * which of them a boot can execute. Not of a guard. When PROGRAMS_BYTES_MAX are used up, the rest
 * is not known; an initrd of a whole distribution needs some tens of KiB.
 */
struct programs;

#define PROGRAMS_BYTES_MAX (1u << 20)

struct programs *programs_new(void);	/* NULL: out of memory */
void programs_free(struct programs *s); /* NULL is allowed */

/* A walk's calls, in its order; without memory they forget. */
void programs_member(struct programs *s, const struct member *m);
void programs_data(struct programs *s, const void *data, size_t len);
void programs_member_end(struct programs *s);

/* The list of what has been recorded, which must outlive s; what follows needs it. */
void programs_are_of(struct programs *s, const struct manifest *m);

/* A program_find; ctx: struct programs. */
int programs_find(void *ctx, const char *path, struct program *p);

/*
 * A path of the list, not of the guard, that is as long as this one and differs in one bit: what is not there
 * may have lost a bit of its name, or of the name by which it is looked for. NULL: there is none.
 */
const char *programs_near(const struct manifest *m, const char *path);

/* The same for a path that is not there by the way to it that the kernel goes, following links; or program_near(). */
bool programs_near_way(struct programs *s, const char *path, char near[PROGRAM_NAME_MAX]);

/* Where a link leads that is there, when what it leads to is not. False: it does not lead to what is not there. */
bool programs_link_ends(const struct programs *s, const char *path, char end[PROGRAM_NAME_MAX]);

/* Whether a file of the list is an ELF program that this processor executes, as long as its own headers say. */
bool programs_is_whole(const struct programs *s, const struct content *c);

/*
 * Whether somebody wrote it so, whatever was lost of the program that stood there before: it is a script, or
 * an ELF program with more behind it than its own headers tell.
 */
bool programs_is_written(const struct programs *s, const struct content *c);

/* Whether it is, or was, a program that the kernel executes. */
bool programs_is_any(const struct programs *s, const struct content *c);

#endif
