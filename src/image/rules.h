/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_RULES_H
#define BV_IMAGE_RULES_H

#include "image/compare.h"
#include "image/examine.h"
#include "verdict/verdict.h"

/* Why a sealed file was judged as it was. */
enum ground {
	GROUND_AS_SEALED,
	GROUND_MISSING,
	GROUND_CANNOT_OPEN,
	GROUND_UNREADABLE,  /* the device cannot deliver blocks */
	GROUND_UNSTABLE,    /* two direct reads differ */
	GROUND_ONLY_CACHED, /* memory differs from the device, which is as sealed */
	GROUND_ONLY_DEVICE, /* the device differs, the page cache is as sealed */
	GROUND_UNTOUCHED,   /* nobody wrote the file, and its bytes differ */
	GROUND_BROKEN,	    /* rewritten, and broken by its own structure or checksum */
	GROUND_UNFINISHED,  /* written, and ends early or in zeros; or emptied */
	GROUND_GUARD, /* all behind the guard is as sealed, and the guard is that of another image */
	GROUND_EDITED,	   /* another image was packed behind the guard of a sealed one */
	GROUND_OLDER,	   /* another image, with the inode and the mtime of this one */
	GROUND_FEW_BLOCKS, /* same size, a few compressed blocks: no rebuild looks like that */
	GROUND_TAIL, /* the same, but as when a file is added at the end, and all else is sound */
	GROUND_FEW_PLAIN, /* the same, of what is not compressed: edited, signed, or damaged */
	GROUND_LOST, /* what differs became zeros or ones, or is cut off; all else is as sealed */
	GROUND_APPENDED, /* every sealed byte as sealed, and more behind; what that is, decides */
	GROUND_FOREIGN,	 /* rewritten, in a format that no kernel unpacks */
	GROUND_LOOSE,	 /* rewritten, and nothing proves that it is complete */
	GROUND_UNPROVEN, /* rewritten, and nothing in it can be verified */
	GROUND_REPLACED, /* rewritten, and sound in itself */
};

/*
 * Where the blocks lie that differ: a rebuild changes nearly every one of what is compressed, and
 * signing a kernel again just those that its signature lies in.
 */
enum changed { CHANGED_KERNEL, CHANGED_SIGNATURE, CHANGED_PLAIN, CHANGED_COMPRESSED };

/* What a file that was written since tells of itself. */
struct own_words {
	enum soundness soundness;    /* UNPROVEN when not needed */
	uint64_t guard_bytes;	     /* of the guard that it has now, for an initrd; else 0 */
	uint64_t sealed_guard_bytes; /* of the guard that was sealed */
	enum changed changed;
};

/*
 * A rebuilt compressed image differs in nearly every block. A file in which at most one block in
 * eight of those that were sealed differs was not rebuilt, whatever was appended.
 */
#define FEW_BLOCKS_OF 8u

struct judgement {
	enum verdict verdict;
	enum ground ground;
};

/*
 * Whether the soundness of the file by itself decides, which costs a walk through it: it was
 * written since it was sealed, and no evidence from below the file system settles it.
 */
bool judge_needs_soundness(const struct sealed_file *f, const struct comparison *c);

/*
 * Whether another guard, with the record of what follows it, was put there: by sealing again, after
 * which the power went before the new record was there, or by restoring an image of another seal.
 * guard_bytes: of the guard that the file has now. It says so where the soundness is PROVEN alone.
 */
bool judge_other_guard(const struct comparison *c, uint64_t guard_bytes);

/* The rules for a sealed file (README, "How it decides"). */
struct judgement judge_file(const struct sealed_file *f, const struct comparison *c,
			    const struct own_words *own);

/*
 * What an image tells of itself that was refused when it was to be sealed. cut_off: the kernel could
 * not unpack all of it in this boot. What it holds was never sealed: unless the way that it is packed
 * is why, what it starts with does not explain that.
 */
enum verdict judge_refusal(enum refusal refusal, bool cut_off);

#endif
