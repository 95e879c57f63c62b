// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/program.h"

#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "util/bytes.h"
#include "util/util.h"

#define SCRIPTS_MAX 5 /* that interpret each other (Linux, fs/exec.c, exec_binprm()) */

/* The kernel takes no more (fs/binfmt_elf.c, load_elf_phdrs(): 64 KiB). */
#define SEGMENTS_MAX 2048u

#define OWN_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)
#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

/* The name behind "#!". Without an end within those bytes the kernel refuses the script. */
static void script_read(struct program *p, const unsigned char *head, size_t n)
{
	size_t at = 2, len = 0;

	while (at < n && (head[at] == ' ' || head[at] == '\t'))
		at++;
	while (at < n && head[at] && !strchr(" \t\n", head[at]))
		p->needs[len++] = (char)head[at++];
	p->needs[len] = '\0';
	if (len && (at < n || n < PROGRAM_NAME_MAX))
		p->kind = PROGRAM_SCRIPT;
}

/* Where the section headers end, whatever the processor is (elf(5), Elf32_Ehdr and Elf64_Ehdr). */
static uint64_t elf_end(const unsigned char *head, size_t n)
{
	bool wide = head[EI_CLASS] == ELFCLASS64, low = head[EI_DATA] == ELFDATA2LSB;
	const unsigned char *offset =
		head + (wide ? offsetof(Elf64_Ehdr, e_shoff) : offsetof(Elf32_Ehdr, e_shoff));
	const unsigned char *size = head + (wide ? offsetof(Elf64_Ehdr, e_shentsize)
						 : offsetof(Elf32_Ehdr, e_shentsize));
	const unsigned char *count =
		head + (wide ? offsetof(Elf64_Ehdr, e_shnum) : offsetof(Elf32_Ehdr, e_shnum));
	uint64_t at;

	if (n < (wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return 0;
	if (wide)
		at = low ? le64(offset) : be64(offset);
	else
		at = low ? le32(offset) : be32(offset);
	return at + (low ? (uint64_t)le16(size) * le16(count) : (uint64_t)be16(size) * be16(count));
}

static void elf_loader(struct program *p, uint64_t offset, uint64_t size, program_bytes *bytes,
		       void *ctx)
{
	/* With its NUL; a longer one is not followed. */
	p->needs_unknown = size < 2 || size > sizeof(p->needs) ||
			   bytes(ctx, p->needs, (size_t)size, offset) != (ssize_t)size;
	/* The kernel refuses it (fs/binfmt_elf.c, load_elf_binary()). */
	if (!p->needs_unknown && p->needs[size - 1])
		p->kind = PROGRAM_NONE;
	p->needs[p->needs_unknown ? 0 : size - 1] = '\0';
}

static void elf_segments(struct program *p, const ElfW(Ehdr) * e, program_bytes *bytes, void *ctx)
{
	for (unsigned int i = 0; i < e->e_phnum && i < SEGMENTS_MAX; i++) {
		ElfW(Phdr) s;

		p->needs_unknown =
			e->e_phentsize != sizeof(s) ||
			bytes(ctx, &s, sizeof(s), e->e_phoff + i * sizeof(s)) != (ssize_t)sizeof(s);
		if (p->needs_unknown)
			return;
		if (s.p_type == PT_INTERP) {
			elf_loader(p, s.p_offset, s.p_filesz, bytes, ctx);
			return;
		}
	}
}

void program_read(struct program *p, program_bytes *bytes, void *ctx)
{
	union {
		unsigned char bytes[PROGRAM_NAME_MAX];
		ElfW(Ehdr) elf;
	} head;
	ssize_t n = bytes(ctx, head.bytes, sizeof(head.bytes), 0);

	memset(p, 0, sizeof(*p));
	if (n > 2 && head.bytes[0] == '#' && head.bytes[1] == '!')
		script_read(p, head.bytes, (size_t)n);
	if (n < (ssize_t)sizeof(Elf32_Ehdr) || memcmp(head.bytes, ELFMAG, SELFMAG) != 0)
		return;
	p->kind = PROGRAM_ELF;
	p->machine = head.elf.e_machine; /* at the same place in both classes */
	memcpy(p->format, head.bytes + EI_CLASS, sizeof(p->format));
	p->end = elf_end(head.bytes, (size_t)n);
	p->needs_unknown = head.bytes[EI_CLASS] != OWN_CLASS || head.bytes[EI_DATA] != OWN_ORDER ||
			   n < (ssize_t)sizeof(head.elf);
	if (p->needs_unknown)
		return;
	elf_segments(p, &head.elf, bytes, ctx);
}

struct memory {
	const unsigned char *data;
	size_t size;
};

static ssize_t memory_bytes(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct memory *m = ctx;
	size_t n = offset < m->size ? m->size - (size_t)offset : 0;

	n = len < n ? len : n;
	if (n)
		memcpy(buf, m->data + offset, n);
	return (ssize_t)n;
}

void program_read_memory(struct program *p, const void *data, size_t size)
{
	struct memory m = { data, size };

	program_read(p, memory_bytes, &m);
}

/* Processors that may execute each other's programs, if the kernel is built for that. */
static bool related(uint16_t a, uint16_t b)
{
	static const uint16_t pairs[][2] = {
		{ EM_386, EM_X86_64 },	  { EM_ARM, EM_AARCH64 },	  { EM_PPC, EM_PPC64 },
		{ EM_SPARC, EM_SPARCV9 }, { EM_SPARC32PLUS, EM_SPARCV9 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if ((a == pairs[i][0] && b == pairs[i][1]) ||
		    (a == pairs[i][1] && b == pairs[i][0]))
			return true;
	}
	return false;
}

/* One lost bit makes no other processor of it, as far as that is known, nor do zeros: EM_NONE is none. */
static bool is_of_another(const struct program *p, const struct program *self)
{
	return p->whole && p->machine != EM_NONE &&
	       __builtin_popcount((unsigned int)(p->machine ^ self->machine)) > 1;
}

/* Whether the kernel that executes self executes p: 0, -ENOEXEC, or -ENODATA: some do. */
static int processor_fits(const struct program *p, const struct program *self)
{
	bool same = p->machine == self->machine;

	if (same && memcmp(p->format, self->format, sizeof(p->format)) == 0)
		return 0;
	return same || related(p->machine, self->machine) ? -ENODATA : -ENOEXEC;
}

int program_chain(program_find *find, void *ctx, const struct program *self, const char *path,
		  struct program_chain *c)
{
	bool loader = false;
	int scripts = 0;

	memset(c, 0, sizeof(*c));
	snprintf(c->path, sizeof(c->path), "%s", path);
	for (;;) {
		struct program p;
		int r = find(ctx, c->path, &p);

		if (r)
			return r;
		if (p.kind == PROGRAM_NONE || (loader && p.kind != PROGRAM_ELF))
			return -ENOEXEC;
		if (p.kind == PROGRAM_ELF && self)
			r = processor_fits(&p, self);
		c->foreign = r != 0 && is_of_another(&p, self);
		if (r)
			return r;
		if (p.kind == PROGRAM_SCRIPT && ++scripts > SCRIPTS_MAX)
			return -ELOOP;
		if (!loader && p.needs_unknown)
			return -ENODATA;
		if (loader || !*p.needs)
			return 0;
		loader = p.kind == PROGRAM_ELF;
		memcpy(c->needed_by, c->path, sizeof(c->needed_by));
		memcpy(c->path, p.needs, sizeof(c->path));
	}
}

/*
 * The bit makes of a byte of the name what ends one: then it is shorter. Not a tab, which stands behind no name, and
 * would be one bit from the end of a line as DOS has it.
 */
static bool ends_a_name(char c)
{
	return !c || c == ' ' || c == '\n';
}

bool program_near(program_find *find, void *ctx, const char *name, char near[PROGRAM_NAME_MAX])
{
	size_t len = strnlen(name, PROGRAM_NAME_MAX);
	struct program p;

	if (len == PROGRAM_NAME_MAX)
		return false;
	for (size_t bit = 0; bit < 8 * len; bit++) {
		memcpy(near, name, len + 1);
		near[bit / 8] = (char)(near[bit / 8] ^ 1 << bit % 8);
		if (ends_a_name(near[bit / 8]))
			near[bit / 8] = '\0';
		if (*near && find(ctx, near, &p) == 0 && p.kind != PROGRAM_NONE)
			return true;
	}
	return false;
}
