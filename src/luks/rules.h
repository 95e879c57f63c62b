/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_RULES_H
#define BV_LUKS_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "luks/view.h"
#include "verdict/verdict.h"

/* A set of keyslots: bit N is keyslot N. */
typedef uint32_t slot_set;

/* Why a LUKS device was judged as it was; the heaviest ground when there are several. */
enum luks_ground {
	LUKS_AS_SEALED,
	LUKS_GONE, /* sealed, and no header is there any more, but something of the container is */
	LUKS_NOT_HERE, /* sealed under this name, and nothing of it is where it was searched for */
	LUKS_NEVER_THERE, /* no header, and no record of one */
	LUKS_ERASED,	  /* the magic of copies was erased, and all else is right */
	LUKS_FOREIGN, /* another format's signature lies where a header, a copy or a keyslot was */
	LUKS_NOISE, /* its first block, and all else that is not as it was, is lost or overwritten, by noise */
	LUKS_HEADERS_BAD,  /* no copy of the header can be used, or LUKS1: its fields are damaged */
	LUKS_SLOT_BAD,	   /* a keyslot is damaged, unreadable or overwritten */
	LUKS_CONVERTING,   /* a conversion between LUKS1 and LUKS2 was interrupted */
	LUKS_SLOT_WIPED,   /* SLOT_WIPED: removing a key was interrupted, perhaps */
	LUKS_NO_KEYSLOT,   /* it is left without one that a passphrase opens it with */
	LUKS_TOO_SMALL,	   /* the device ends in front of what the header says is there */
	LUKS_INSIDE,	   /* it holds a container that does not begin at its start */
	LUKS_DISK_FORM,	   /* a file that holds a disk in another form than byte for byte */
	LUKS_MEMBER,	   /* a member of an array, which alone tells */
	LUKS_COPY_BAD,	   /* one copy is bad, the other one good */
	LUKS_COPY_OLDER,   /* one copy is older than the other, or half an update */
	LUKS_OLDER,	   /* both are older than the sealed ones, and sound */
	LUKS_NOT_KNOWN,	   /* a newer version, metadata or a requirement that is not known */
	LUKS_CHANGED,	   /* by its owner: keys, UUID, label, ... */
	LUKS_REWRITTEN,	   /* the same, written anew: as cryptsetup repairs a copy */
	LUKS_NOT_SEALED,   /* nothing speaks against it, and there is no record */
	LUKS_HARMLESS_BAD, /* bytes differ that nothing uses: intact, with a warning */
};

struct luks_judgement {
	enum verdict verdict;
	enum luks_ground ground;
};

/* The rules for a LUKS device (doc/luks.md, "How it decides"), after luks_view_compare(). */
struct luks_judgement judge_luks(const struct luks_view *v);

/*
 * Whether a copy is what another program wrote, as its checksum proves: of a newer version, or with
 * metadata that this program does not accept.
 */
bool luks_is_of_another_writer(const struct luks *l);

/* The copy that is damaged beside one of another writer; -1: none is. */
int luks_damaged_beside_another_writer(const struct luks *l);

/*
 * Whether cryptsetup refuses the device as it is, though it may have a good header: for want of a
 * copy, or because it sees another format's signature beside one that it would have to repair
 * (lib/luks2/luks2_disk_metadata.c, LUKS2_disk_hdr_read()).
 */
bool luks_is_refused(const struct luks_view *v);

/* Or may refuse it: whether it takes what is there for another format is not known. */
bool luks_may_be_refused(const struct luks_view *v);

/*
 * Whether another format's signature explains what is not as it was: something wrote it there, by
 * its owner's wish, by mistake, or in the wrong place.
 */
bool luks_is_overwritten(const struct luks_view *v);

/*
 * Whether its first block is noise, and so is all else that is not as it was, v->noise: what is made on what was
 * a container, and encrypted with another key (swap or /tmp with a random one), leaves the rest.
 */
bool luks_begins_with_noise(const struct luks_view *v);

/*
 * Of LUKS1, whose header a format that begins further in leaves as it was: the damaged keyslot in
 * whose area that format's signature lies; -1: there is none.
 */
int luks_slot_overwritten(const struct luks_view *v);

/*
 * Whether the magic of the second copy was erased, and the first one has none either: as what erased it, or
 * came then, leaves it.
 */
bool luks_is_erased_and_overwritten(const struct luks *l);

/* Likewise, or the magic of a copy was erased and no copy is damaged in another way. */
bool luks_is_erased(const struct luks *l);

/*
 * Keyslots that open the volume with cryptsetup as the device is: their key material is as sealed,
 * they are of this volume, and nothing else that is known keeps cryptsetup from it. None during a
 * reencryption, which takes a passphrase of both volume keys (lib/luks2/luks2_keyslot.c,
 * LUKS2_keyslot_open_all_segments()).
 */
slot_set luks_slots_opening(const struct luks_view *v);

/*
 * Whether the device ends in front of what its header, by its own checksum, says is there; for a file
 * that may be a header alone the data do not count.
 */
bool luks_is_too_small(const struct luks_view *v);

/*
 * Of such a one: its keyslots are here, its data would begin behind the end, and no record tells that
 * they ever were here. It may be a detached header, or LUKS1 lost that field.
 */
bool luks_may_be_elsewhere(const struct luks_view *v);

/*
 * Whether a reencryption is in progress, or may be: the header says so, or without one the record or what
 * is left of it.
 */
bool luks_may_be_reencrypting(const struct luks_view *v);

/*
 * Whether it is a file that holds a disk in another form, v->disk_form, and nothing of what was sealed is at
 * its place, as it would be where the start of a disk was written over.
 */
bool luks_is_disk_form(const struct luks_view *v);

/* Whether no keyslot is left of a good header, of which all keyslots are understood. */
bool luks_has_no_keyslot(const struct luks_view *v);

/* Whether that was so already when it was sealed: made to be opened with its volume key, perhaps. */
bool luks_had_no_keyslot(const struct luks_view *v);

/*
 * Of LUKS2: whether that header is one from before its keyslots, so that later ones may be lost, or were never
 * written: its seqid is what luksFormat leaves before it writes key material, or is below the sealed one.
 */
bool luks_is_before_keyslots(const struct luks_view *v);

/*
 * What that is: its owner's change since the seal, as its checksum and its seqid prove. Without a record nothing
 * tells that it ever had one, whose header may be lost: a label and a token count as well. LUKS1 has neither.
 */
enum verdict luks_no_keyslot_verdict(const struct luks_view *v);

/*
 * Whether something of the sealed container is recognised in its place: some of its header, of its key
 * material, or what cannot be read there. Without that a name alone says that the place is right: the
 * container may begin elsewhere, or the name leads to another disk.
 */
bool luks_is_in_place(const struct luks_view *v);

/*
 * Whether a container begins in it, further in, or near to its start, the sealed one: then the record
 * says nothing against what is at the start.
 */
bool luks_holds_another(const struct luks_view *v);

/* Whether the copy that is not good is an update that was cut off, by a power loss, say. */
bool luks_update_was_cut(const struct luks_view *v);

/*
 * Whether an older header lies in front of a newer one, so that restoring a backup, which writes from the
 * front, was stopped, or a disk gave back old bytes there.
 */
bool luks_restore_was_cut(const struct luks_view *v);

/* Whether the copy that counts is older than the sealed ones; and whether that is all: both are. */
bool luks_went_back(const struct luks_view *v);
bool luks_is_older(const struct luks_view *v);

/* What is told of the header: the first of these that holds. */
enum luks_header_is {
	HEADER_GOOD,
	HEADER_OF_ANOTHER_WRITER,
	HEADER_OF_DISK_FORM, /* LUKS_DISK_FORM */
	HEADER_SHIFTED,	     /* a conversion was interrupted */
	HEADER_FURTHER_IN,   /* LUKS_INSIDE */
	HEADER_FOREIGN,	     /* another format explains it */
	HEADER_NOISE,	     /* LUKS_NOISE */
	HEADER_TOO_SMALL,    /* none, and the device ends in front of what it would say */
	HEADER_GONE,	     /* none, and nothing of one */
	HEADER_DAMAGED,	     /* also one that cryptsetup takes: LUKS1 has no checksum */
	HEADER_SLOT_FOREIGN, /* luks_slot_overwritten() */
	HEADER_ERASED,
	HEADER_UPDATE_CUT,
	HEADER_RESTORE_CUT,
	HEADER_COPY_BAD,
	HEADER_COPIES_DIFFER, /* both good, of another seqid each */
};
enum luks_header_is luks_header_is(const struct luks_view *v);

/* Of the active keyslots: those whose key material is as sealed (or differs harmlessly). */
slot_set luks_slots_sound(const struct luks_view *v);
/* Damaged, unreadable, or overwritten with what no ciphertext looks like. */
slot_set luks_slots_damaged(const struct luks_view *v);
/*
 * Of these: lost, whatever else was written there. No program leaves one bit other than it was, or a sealed block
 * in another place.
 */
slot_set luks_slots_lost(const struct luks_view *v);
/* Whether another format explains a header that is gone, or a keyslot: of keyslots luks_slots_lost() alone counts. */
bool luks_is_foreign_alone(const struct luks_view *v);
/* Whether another format lies over it, so that nothing is advised that writes there before its owner says whose it is. */
bool luks_is_claimed(const struct luks_view *v);
/* SLOT_WIPED: no passphrase opens them, and it is not known why. */
slot_set luks_slots_wiped(const struct luks_view *v);
/* Nothing is known against them, and nothing proves them: there is no record that holds. */
slot_set luks_slots_unproven(const struct luks_view *v);
/* Of all keyslots: those whose area the device cannot read. */
slot_set luks_slots_unreadable(const struct luks_view *v);
/* SLOT_CUT: they lie behind the end of the device. */
slot_set luks_slots_cut(const struct luks_view *v);

#endif
