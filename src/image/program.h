/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_PROGRAM_H
#define BV_IMAGE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What the kernel needs to execute a file: the interpreter of a script (execve(2), "Interpreter
 * scripts"; Linux, fs/binfmt_script.c), the loader of a dynamic program (ELF specification,
 * PT_INTERP), one behind the other. Libraries are not followed.
 */

#define PROGRAM_NAME_MAX 256u /* BINPRM_BUF_SIZE: what the kernel reads of a script's first line */

enum program_kind { PROGRAM_NONE, PROGRAM_SCRIPT, PROGRAM_ELF };

struct program {
	enum program_kind kind;	 /* PROGRAM_NONE: nothing that the kernel executes */
	unsigned char format[2]; /* e_ident[EI_CLASS] and [EI_DATA] */
	uint16_t machine;	 /* e_machine, when format is this processor's */
	bool needs_unknown; /* it is of another format, or its loader's name is not among the bytes
			     * that are there */
	uint64_t
		end; /* where its section headers end, which is where a stripped program does; 0: none */
	bool whole; /* it is exactly that long; false where find does not know how long it is */
	char needs[PROGRAM_NAME_MAX]; /* interpreter or loader; "": none */
};

/* As pread(2): fewer bytes than asked for where there are no more. */
typedef ssize_t program_bytes(void *ctx, void *buf, size_t len, uint64_t offset);

/* Says what a file is, for any bytes. */
void program_read(struct program *p, program_bytes *bytes, void *ctx);
void program_read_memory(struct program *p, const void *data, size_t size);

/*
 * Says what the program of a path is; links are followed, from the root. -ENOENT; -EACCES: not
 * executable; -ELOOP; -ENODATA: it is there, but nobody knows its bytes; or another error.
 */
typedef int program_find(void *ctx, const char *path, struct program *p);

struct program_chain {
	char path[PROGRAM_NAME_MAX];	  /* the last one that was looked for */
	char needed_by[PROGRAM_NAME_MAX]; /* by this one; "": it was the first */
	bool foreign; /* it is a whole program, and its processor was the reason */
};

/*
 * Whether the kernel could execute the program of a path, as far as find tells: 0, or find's
 * error; -ENOEXEC: not a program, or for another processor than self (NULL: for any); -ELOOP: more
 * than 5 scripts; -ENODATA: cannot be told. *c is filled in either case.
 */
int program_chain(program_find *find, void *ctx, const struct program *self, const char *path,
		  struct program_chain *c);

/*
 * Whether find has a program under what one bit makes of a name that it has not: also of what stood in front of
 * the name or behind it, where a bit made a part of the name of that, or the other way round. near: that name.
 */
bool program_near(program_find *find, void *ctx, const char *name, char near[PROGRAM_NAME_MAX]);

#endif
