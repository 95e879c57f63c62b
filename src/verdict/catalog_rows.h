/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every finding, included with FINDING() defined (catalog.h, catalog.c). A row:
 *
 *	FINDING(name, public id, subject, title,
 *		what happened, how it is known, what it is not,
 *		what to do in the guest, what to do on the host, how sure it is)
 *
 * They hold in every case in which the finding is reported: what holds in one case alone, the report
 * of that case says. "" where there is nothing to say. No command of an initramfs builder: the report
 * names that of the image's own.
 */
/* clang-format off */
FINDING(BOOT_FOLDER, "BV-BOOT-FOLDER", OTHER,
	"the boot folder cannot be read, or is empty",
	/* happened */ "The boot folder cannot be read; or there is neither an initial RAM disk "
	"in it, nor a sealed record of any kernel version.",
	/* known */ "Either the system refused to open the folder, with the error that the report "
	"quotes; or it was listed, and no name fits, nor is there a record in it or in "
	"/var/lib/bootverdict. A boot folder that is not mounted looks like an empty one.",
	/* not */ "By itself it accuses neither a file nor the disk: none was compared.",
	/* guest */ "Is /boot mounted, and did root run the check? If the system is below another "
	"folder, name that: bootverdict check --all --root DIR, or --boot DIR.",
	/* host */ "If the boot folder has a disk of its own, and lsblk in the guest does not "
	"show it: is it attached?",
	/* sure */ "The observation is certain, its cause is not. Inconclusive where the folder "
	"has nothing that fits; none, because it could not run, where it cannot be read.")

FINDING(CHAIN_ARRAY, "BV-CHAIN-ARRAY", CHAIN,
	"the root lies on an array that does not run",
	/* happened */ "What root= names lies, or may lie, on a Linux software RAID array (md) "
		"that does not run; or root= names a single member instead of the array.",
	/* known */ "By the md superblock on that disk, which tells the array's name, level and "
		"number of disks; a damaged one tells only that there was an array. A "
		"superblock that is left over from an array of before looks the same.",
	/* not */ "It does not say that bytes were lost: a member alone holds a half, a part, "
		"or what was there before.",
	/* guest */ "cat /proc/mdstat; dmesg: which member is missing? Start the array without "
		"writes: mdadm --assemble --scan --readonly. Mount no member by itself, and let "
		"root= name none. mdadm --examine tells how old a superblock is.",
	/* host */ "Are all disks of the array attached to the guest, and do they answer? Look "
		"in the logs of the storage for the one that is missing.",
	/* sure */ "Always inconclusive: only the array, once it runs, tells whether the root "
		"is on it, and whole.")

FINDING(CHAIN_ERASED, "BV-CHAIN-ERASED", CHAIN,
	"a superblock without its magic",
	/* happened */ "The few bytes that mark a file system's superblock (its magic) are "
		"zeros, and all the rest of the superblock is right. Nothing mounts it like "
		"this.",
	/* known */ "With the magic put back its checksum is right; an ext file system without "
		"checksums agrees with its spare superblock. wipefs and programs that make "
		"something else of a disk leave it so, and of btrfs the removal of a device. A "
		"failing disk loses whole sectors.",
	/* not */ "No sector was lost here, as far as the bytes tell. Inside of LUKS it is not "
		"the passphrase either: the container was opened.",
	/* guest */ "Was it erased on purpose, or taken out of a btrfs? Then root= must name "
		"another one, and nothing is put back. Else write nothing, and make an image "
		"first (dd, ddrescue). Where the magic may be put back the report has the "
		"command, for a copy.",
	/* host */ "Ask who ran wipefs, mkfs, an installer or btrfs device remove on this disk "
		"or volume, from the host or another guest. Is it the right disk at all?",
	/* sure */ "Always inconclusive: programs leave it so, and the bytes do not tell by "
		"whose wish, or whether by mistake.")

FINDING(CHAIN_INTACT, "BV-CHAIN-INTACT", CHAIN,
	"the boot gave up, and what was seen is intact",
	/* happened */ "The boot gave up, and nothing that could be looked at on the way to the "
		"root file system is broken. What failed lies behind that, or could not be seen "
		"here.",
	/* known */ "Each link that could be reached was looked at, down to the root's "
		"superblock where that can be found here, and what was sealed of it compared "
		"where a record could be used. The data behind the superblock were not read.",
	/* not */ "It does not say that the file system behind its superblock is whole, nor the "
		"files on it, its init among them.",
	/* guest */ "Read the last messages, which name the mount or the init that failed: "
		"dmesg | tail -n 20. What else this report tells may be the reason. Then look "
		"at the file system without a change: fsck -n DEVICE.",
	/* host */ "Look whether the disk or the host reported errors at the time of this boot: "
		"the data of the file system were not read here.",
	/* sure */ "Intact when a sealed record was used and this boot told nothing worse than "
		"stale, and then only of what was looked at; else inconclusive.")

FINDING(CHAIN_LVM, "BV-CHAIN-LVM", CHAIN,
	"LVM under the root cannot be used",
	/* happened */ "LVM that the root lies on, or may lie on, cannot be used: a logical "
		"volume that was sealed is not active, or a physical volume is damaged, or "
		"inside of LUKS has lost its label.",
	/* known */ "No mapping has the volume's UUID or name, though its physical volume is "
		"there. Or damage: a checksum of LVM's own is wrong (label, metadata area, "
		"metadata), or the label states a wrong sector while its metadata are in place; "
		"and no other format lies over it.",
	/* not */ "Where a volume is not active inside of LUKS, it is not the passphrase or the "
		"LUKS header: the container was opened.",
	/* guest */ "lvm pvs; lvm vgs; lvm lvs -a: is a disk of the group missing? A volume in "
		"the list, nothing damaged: lvm vgchange -ay; exit. No lvm here: boot an older "
		"kernel, install lvm2, make the image anew. Damaged: write nothing, image it, "
		"and search that: pvck --dump metadata_search.",
	/* host */ "Are all disks of the volume group attached? When damage is told: compare "
		"the place that the report names with a backup or snapshot, and look at the "
		"logs of the storage.",
	/* sure */ "Storage corruption when LVM's label or metadata are wrong by themselves, or "
		"inside of LUKS cannot be read, or are noise. A "
		"configuration error when this initramfs has no lvm and nothing of the label is "
		"in doubt. Else inconclusive: renamed, removed, a disk is missing, or a program "
		"may have written there.")

FINDING(CHAIN_OTHER, "BV-CHAIN-OTHER", CHAIN,
	"something else is where the root should be",
	/* happened */ "Something else is where the root or a sealed file system should be: "
		"another format, or a file system with another UUID.",
	/* known */ "The kind or UUID that is read there is not the sealed one. Or a known "
		"format is there now, and behind it a spare superblock is left of the file "
		"system that root= names or that was sealed.",
	/* not */ "Inside of LUKS it is not the passphrase: the container was opened. That a "
		"byte was lost is not said.",
	/* guest */ "Write nothing to this disk before it is clear which is wanted. Compare "
		"root= and /etc/fstab with what is there (blkid): disks may have been found in "
		"another order. If the root was made anew or moved on purpose, make the image "
		"anew; the report names the command.",
	/* host */ "Are the right disks attached, in the right places? Was this one formatted, "
		"restored or exchanged? If not, look in the logs of the storage for writes that "
		"went to the wrong place or volume.",
	/* sure */ "Always inconclusive: its owner's doing, a wrong root= and data written to "
		"the wrong place leave the same bytes.")

FINDING(CHAIN_ROOT, "BV-CHAIN-ROOT", CHAIN,
	"no usable root by root=",
	/* happened */ "No usable root was found by root=, or not one alone: nothing has that "
		"name, or two have it, its link is missing, it holds no file system that is "
		"known here, or not all devices of a btrfs are there.",
	/* known */ "The disks and partitions that the kernel has found were looked at, and are "
		"listed. A disk or driver that is missing, one that cannot be read, a wrong "
		"root=, and a copy with the root's UUID look alike.",
	/* not */ "It does not say that the root is lost: its disk may be detached, silent, "
		"without a driver, or still locked.",
	/* guest */ "Compare root= with what is there (blkid), and the disks with those that "
		"should be (dmesg, fdisk -l). Is it inside of LUKS or LVM that the report "
		"names? In the boot menu [e] changes root= for one boot. Examine a suspect, "
		"nothing is written: bootverdict luks DEVICE; blkid -p DEVICE.",
	/* host */ "Are all disks of the guest attached, as big as they were, and do they "
		"answer? Look in the logs of the storage for the one that is missing or cannot "
		"be read.",
	/* sure */ "Inconclusive, because a disk or partition may be what is missing. A "
		"configuration error only when root= has a UUID in capital letters, while a "
		"sound file system has the same one in small letters.")

FINDING(CHAIN_SMALL, "BV-CHAIN-SMALL", CHAIN,
	"the file system is bigger than its device",
	/* happened */ "The file system is, by its own words, bigger than the device that it is "
		"on, so nothing mounts it.",
	/* known */ "The size in its superblock is compared with the one that the kernel gives "
		"the device. A partition or volume made smaller, a copy to a smaller one, and a "
		"disk that tells less than it has look alike.",
	/* not */ "It does not say that the end of the file system is lost: it may lie behind "
		"the end of the partition or volume yet.",
	/* guest */ "Compare the partition table with an older copy of it (fdisk -l; sfdisk "
		"--dump), and the disk's size in dmesg with what it was. Until it is right "
		"write nothing, and run no fsck that would cut the file system off.",
	/* host */ "Compare the size of the disk, image or volume with what it was. Was it made "
		"smaller, copied too short, or does the disk answer with fewer sectors than it "
		"has?",
	/* sure */ "Always inconclusive: both sizes are as they were read, but what made them "
		"differ is not known.")

FINDING(CHAIN_SOURCE, "BV-CHAIN-SOURCE", CHAIN,
	"crypttab's name is not that of the device",
	/* happened */ "A LUKS device, or a copy of it, is there, but not by the name that "
		"crypttab has: that name is missing, or leads to another disk.",
	/* known */ "The container was recognised on another path, by its UUID or by what was "
		"sealed of it. The name in crypttab does not exist, or what it leads to holds "
		"nothing of what was sealed.",
	/* not */ "The passphrase is not to blame: it was not asked for, or that disk has no "
		"keyslot which it could open.",
	/* guest */ "Is what was found no copy? Then unlock it with the command that the report "
		"has, and exit. Later put UUID=... into /etc/crypttab and make the image anew; "
		"the report names the command. If it is a copy, look for the right disk: lsblk, "
		"dmesg.",
	/* host */ "Was a disk or its partition table cloned, so that two disks bear one name? "
		"Is the disk that crypttab names attached, and does it answer?",
	/* sure */ "Always inconclusive: udev may not have made the name, crypttab may be "
		"wrong, or what was found is a copy and the right disk is missing or lost its "
		"start.")

FINDING(CHAIN_SUPERBLOCK, "BV-CHAIN-SUPERBLOCK", CHAIN,
	"a superblock is damaged or gone",
	/* happened */ "The superblock of what this boot needs is damaged, gone, cannot be "
		"read, or contradicts its spare; or nothing known is on the device that root= "
		"names.",
	/* known */ "A checksum is wrong; a read fails; the magic is lost and the rest agrees "
		"with its checksum or a spare; its block or more is gone; nothing known is there; or superblock "
		"and spare have different names, which no checksum covers. Of what is gone a "
		"program may be the cause as well.",
	/* not */ "Inside of LUKS it is not the passphrase: the container was opened. The data "
		"behind the superblock may be whole.",
	/* guest */ "Write nothing, and make an image first (dd, ddrescue). dmesg; smartctl -a. "
		"Was it wiped, made swap, or renamed on purpose? Then root= or fstab has to "
		"change. On a copy alone use the spare that the report names: e2fsck -b, btrfs "
		"rescue super-recover.",
	/* host */ "Compare the superblock's place with a backup or snapshot, and look in the "
		"logs of the storage for read errors and for writes that were lost or went "
		"elsewhere.",
	/* sure */ "Storage corruption when a checksum is wrong, a read fails, the magic alone "
		"is lost where a checksum or a spare tells, or inside of LUKS, on no volume, noise is "
		"where it was. "
		"Else inconclusive: swap with a random key, mkfs and wipefs leave the same; and "
		"half a write, or a program that keeps no checksum, where the spare agrees in "
		"all that never changes.")

FINDING(CODEC_UNREADABLE, "BV-CODEC-UNREADABLE", OTHER,
	"this kernel does not read the compression",
	/* happened */ "This kernel does not read the compression, or an option of it, that a "
	"part of the initial RAM disk is packed with. That part was not unpacked.",
	/* known */ "The kernel said so, of the very compression that the seal has for that part. "
	"All files before it are as sealed, none in it or behind it is there as sealed, and "
	"bootverdict's own are whole.",
	/* not */ "root=, crypttab and the passphrase are not to blame. Whether the bytes of that "
	"part are sound was not seen.",
	/* guest */ "Boot an older kernel from the boot menu, or a rescue system. Choose a "
	"compression that this kernel reads (of xz: the check CRC32, no special filter), and make "
	"the image anew; the report names the command.",
	/* host */ "",
	/* sure */ "Configuration error: the kernel's own words and the place where the unpacked "
	"files end agree. The words alone would not be enough.")

FINDING(CONTENT_DAMAGED, "BV-CONTENT-DAMAGED", CONTENT,
	"unpacked files are not as sealed",
	/* happened */ "Files of the initial RAM disk, as they lie in memory, are not as they "
	"were sealed.",
	/* known */ "Type, permissions, size and hash of every file are compared with the list in "
	"the image, whose own checksum is right. No second initrd, repacking or lack of memory "
	"was recognised that explains it. An edit on purpose of a packed image that kept its old "
	"record can look alike.",
	/* not */ "root=, crypttab, the passphrase, and the package that built the image have no "
	"part in it.",
	/* guest */ "Write nothing to this disk. Boot an older kernel or a rescue system, test "
	"the memory, and compare the image file: bootverdict check --all --direct. Once disk and "
	"memory are sound, make the image anew; the report names the command.",
	/* host */ "The disk, or the way from it into memory, gave other bytes than were written. "
	"Compare the image file's blocks on the host with a good copy, look at the storage's "
	"logs, and test the host's memory.",
	/* sure */ "Storage corruption, which includes memory and all that lies between: which of "
	"them it was is not said. Inconclusive later in a boot that had found nothing lost when it "
	"began: a person or a script may have changed them since. That the files are other ones is "
	"certain.")

FINDING(CONTENT_MISSING, "BV-CONTENT-MISSING", CONTENT,
	"unpacked files are missing",
	/* happened */ "Files that were sealed in the initial RAM disk are not there in memory: "
	"as a rule the kernel met damage, and unpacked no further.",
	/* known */ "Every path on the list in the image was looked for, and the list's own "
	"checksum is right. No lack of memory, unread compression or repacking was recognised "
	"that explains it. What was removed by hand from a packed image that kept its old record "
	"looks the same.",
	/* not */ "root=, crypttab, the passphrase, and the package that built the image have no "
	"part in it.",
	/* guest */ "Write nothing to this disk. Boot an older kernel or a rescue system, test "
	"the memory, and compare the image file: bootverdict check --all --direct. Once disk and "
	"memory are sound, make the image anew; the report names the command.",
	/* host */ "Compare the image file's blocks on the host with a good copy, from where the "
	"first missing file lies (the report has its place in the image), and look at the "
	"storage's logs. The host's memory may be at fault as well.",
	/* sure */ "Storage corruption, which includes memory and all that lies between: which of "
	"them it was is not said. Inconclusive later in a boot that had found nothing lost when it "
	"began: a person or a script may have removed them since. That the files are absent is "
	"certain.")

FINDING(CONTENT_REPACKED, "BV-CONTENT-REPACKED", CONTENT,
	"the initrd was packed again by hand",
	/* happened */ "The initial RAM disk seems to have been packed again by hand after it was "
	"sealed, and some of its files are not as the seal says.",
	/* known */ "Either order or times of the unpacked files are not those of a sealed image; "
	"or, in the image file, behind a whole guard is another complete archive, with content "
	"that was never sealed, or sealed in other places.",
	/* not */ "It does not mean that a byte was lost, nor that none was: what differs may be "
	"just what its owner changed.",
	/* guest */ "Did you, or a tool of yours, pack it again? Then seal it in the way that the "
	"report names, or make it anew, before the next boot. If nobody did, write nothing to the "
	"disk, and look what else differs: bootverdict check --all --direct.",
	/* host */ "Only if nobody packed it again: compare the file with a good copy, and look "
	"at the storage's logs.",
	/* sure */ "Inconclusive: another packing is well founded, but whether a difference in it "
	"is an edit or damage, nothing tells. By itself it does not stop a boot.")

FINDING(CONTENT_REPLACED, "BV-CONTENT-REPLACED", CONTENT,
	"another initrd replaced unpacked files",
	/* happened */ "Files of the initial RAM disk are other ones than sealed, and none is "
	"missing. Another initrd that the boot loader passed as well may have replaced them.",
	/* known */ "None looks like the sealed file with a block or a bit lost, or cut off. And "
	"there are signs of a second image: files on no list, other sizes, a write after all that "
	"was sealed; or what differs is small, and the kernel said nothing. Damage in a small "
	"file can look the same.",
	/* not */ "It accuses neither the disk nor the configuration: a second initrd on purpose "
	"is nothing wrong.",
	/* guest */ "See which initrd images the boot loader passes. With a second one this is "
	"what must come out. With this one alone, compare it with its seal once a system is up: "
	"bootverdict check --direct.",
	/* host */ "Nothing yet. If check --direct then finds the image file damaged, that report "
	"has the places on the disk.",
	/* sure */ "Inconclusive: a file that was replaced and one that was lost cannot be told "
	"apart here. By itself it does not stop a boot.")

FINDING(CONTENT_UNCHECKED, "BV-CONTENT-UNCHECKED", CONTENT,
	"too little memory to verify what was unpacked",
	/* happened */ "Memory ran out before the unpacked initial RAM disk was compared with its "
	"seal: it is not verified.",
	/* known */ "The comparison asked for memory and got none, so it gave up. What it had "
	"seen until then is not reported.",
	/* not */ "Neither the disk nor the configuration was found at fault, and neither was "
	"found in order.",
	/* guest */ "Give the machine more memory, or boot an older kernel whose initrd is "
	"smaller. Once a system is up, compare the files on the disk: bootverdict check --all "
	"--direct.",
	/* host */ "If the host limits the memory of this guest, give it more, and boot it again.",
	/* sure */ "Inconclusive: what was not seen is called neither damaged nor intact. That "
	"memory was short is certain.")

FINDING(FAILED, "BV-FAILED", OTHER,
	"what was asked for could not be done",
	/* happened */ "Something that was asked for could not be done: a file, a device or the "
	"unpacked files could not be examined, a passphrase not read or tried, or a header not "
	"saved.",
	/* known */ "The report quotes the reason: no memory, no permission, no room, no input, a "
	"file that another program writes all the time, or another error of the system.",
	/* not */ "It means neither damage nor soundness: of what was not examined nothing is "
	"said.",
	/* guest */ "Read the reason and remove it: free memory or room, run it as root, let an "
	"update end first. Then run the same command again.",
	/* host */ "",
	/* sure */ "None, because it could not run (exit status 2); storage corruption, if found "
	"beside it, outweighs that. That it failed is certain.")

FINDING(GUARD_CHANGED, "BV-GUARD-CHANGED", GUARD,
	"the guard's headers were changed",
	/* happened */ "Every file in the image is as the record in its guard says, but the "
	"headers of that guard, which is the start of the image, are not as bootverdict makes "
	"them.",
	/* known */ "These headers are made in one way only, and here they are others, while "
	"every path on the list has the type, permissions, size and hash in the record. The "
	"record has no hash of the headers: an edit and a lost byte look alike.",
	/* not */ "What a boot unpacks is not in doubt: each path on the list is as recorded.",
	/* guest */ "If it is a copy, compare its size and hash with the original's, and copy it "
	"again. Else make the image anew. Until then keep another kernel in the boot menu: damage "
	"there can end in a panic.",
	/* host */ "If nobody edited it, compare the first blocks of the file with a good copy, "
	"and look at the storage's logs.",
	/* sure */ "Inconclusive: that the headers differ is certain, whether by an edit or by "
	"damage is not known.")

FINDING(GUARD_DAMAGED, "BV-GUARD-DAMAGED", GUARD,
	"bootverdict's own part of the image is damaged",
	/* happened */ "bootverdict's own part of the image, the guard at its start, is damaged: "
	"its files in memory, or the headers or the record in an image file.",
	/* known */ "In the boot by the hashes of its files, on a list whose checksum is right; "
	"of an image file by headers that cannot be read, or a record that fails its checksum. An "
	"edit of these files, or an image file that was never written to its end, can look alike.",
	/* not */ "root=, crypttab and the passphrase have no part in it. What the boot itself "
	"runs is judged apart, and may be whole.",
	/* guest */ "Write nothing to this disk. From a running system look what else is lost: "
	"bootverdict check --all --direct. Test the memory. Once disk and memory are sound, make "
	"the image anew; the report names the command.",
	/* host */ "The guard is the start of the image file: compare its first blocks with a "
	"good copy, and look at the storage's logs.",
	/* sure */ "Storage corruption; whether disk, memory or the way between them is at fault "
	"is not said. Inconclusive where the image was packed again after the seal, or later in a "
	"boot that had found nothing lost when it began. By itself it does not stop a boot.")

FINDING(GUARD_MANIFEST, "BV-GUARD-MANIFEST", GUARD,
	"the record in the image cannot be used",
	/* happened */ "The sealed record that the initial RAM disk carries cannot be used, so "
	"its files could not be compared with it.",
	/* known */ "Either it is damaged: its checksum or a line of it is wrong, or the device "
	"cannot read it. Or it is in the form of a newer bootverdict, beyond a bound of this one, "
	"or not there: then nothing is known to be wrong with it.",
	/* not */ "It says nothing about the files beside the record: they may be whole.",
	/* guest */ "If the report says damaged: write nothing to this disk, boot an older kernel "
	"or a rescue system, and look what else is lost: bootverdict check --all --direct. "
	"Otherwise use the bootverdict that sealed it or a newer one, or seal it again.",
	/* host */ "If it is damaged: compare the start of the image file with a good copy, look "
	"at the storage's logs, and suspect the memory as well.",
	/* sure */ "Storage corruption where it is damaged, otherwise inconclusive.")

FINDING(IMAGE_APPENDED, "BV-IMAGE-APPENDED", IMAGE,
	"bytes that begin no archive follow the image",
	/* happened */ "The image file holds all that a boot starts with, and behind that bytes "
	"that begin no archive: something was appended, or an archive there has lost its start.",
	/* known */ "What begins before the named offset is complete, has an init, and every "
	"checksum in it is right. What follows begins neither an archive, packed or not, nor "
	"another format that is known.",
	/* not */ "What comes before that place is not broken, as far as it carries checksums.",
	/* guest */ "Did you append something? Then see that kernels read it. If not, compare the "
	"file's size and hash with the original's, or make the image anew.",
	/* host */ "If nobody appended anything, compare the blocks from the named offset on with "
	"a good copy, and look at the storage's logs.",
	/* sure */ "Inconclusive: without a sealed record of the file, an appended tail and the "
	"lost start of an archive look alike.")

FINDING(IMAGE_BROKEN, "BV-IMAGE-BROKEN", IMAGE,
	"the image is broken in itself",
	/* happened */ "The image file is broken in itself: at the named offset its structure, or "
	"a checksum that it carries, is wrong.",
	/* known */ "By the file alone: compressed data or its checksum is wrong, a header in an "
	"archive cannot be one, or the file ends in the middle. A copy or a build that was never "
	"finished gives the same, and so does an archive that was made in an unusual way.",
	/* not */ "root=, crypttab and the passphrase have no part in it: the file alone was read.",
	/* guest */ "If it was copied, compare its size and hash with the original's, and copy it "
	"again. Otherwise look at dmesg and smartctl, boot an older kernel, and once the storage "
	"is sound make the image anew; the report names the command.",
	/* host */ "Compare the block of the file at the named offset with a good copy, and look "
	"at the storage's logs since it was written.",
	/* sure */ "Storage corruption where compressed data, a checksum or the record in its guard "
	"tells; whether the disk lost it, or it was never written to its end, the file does not "
	"tell. Inconclusive where it rests on structure alone.")

FINDING(IMAGE_CONTENT, "BV-IMAGE-CONTENT", IMAGE,
	"files in the image are not as its record says",
	/* happened */ "Files inside the image are not as the record in its guard says, although "
	"it can be unpacked to its end.",
	/* known */ "It was unpacked, and each path compared with that record, whose own checksum "
	"is right, by type, permissions, size and hash. An edit on purpose can look alike: one in "
	"plain cpio or lz4 that moves nothing, or one behind a guard that was changed as well.",
	/* not */ "root=, crypttab and the passphrase have no part in it: the file alone was read.",
	/* guest */ "If it was copied, compare its size and hash with the original's, and copy it "
	"again. Otherwise look at dmesg and smartctl, boot an older kernel, and once the storage "
	"is sound make the image anew; the report names the command.",
	/* host */ "Where the archive is plain, the report has the places in the file: compare "
	"these blocks with a good copy, and look at the storage's logs.",
	/* sure */ "Storage corruption: by their hashes these are not the bytes that were sealed. "
	"If somebody did edit it in place, it is that.")

FINDING(IMAGE_FORMAT, "BV-IMAGE-FORMAT", IMAGE,
	"no kernel unpacks all of the image",
	/* happened */ "No kernel unpacks all of this image: a part of it is in a format, or "
	"packed with an option, that kernels do not read.",
	/* known */ "By that part's own marks. Either it can be unpacked here, or the checksum "
	"over it is right, or it is a known other format where a kernel looks for an archive. "
	"Nothing in the image proves that a byte was lost.",
	/* not */ "No damage was found: the way in which it was packed explains it.",
	/* guest */ "Boot another kernel until then. Pack it as the report says (of xz: the check "
	"CRC32, no special filter), or let the builder choose, and make the image anew.",
	/* host */ "",
	/* sure */ "Configuration error, as sure as it is known which formats Linux reads; a "
	"kernel with patches of its own may read more.")

FINDING(IMAGE_LOOSE, "BV-IMAGE-LOOSE", IMAGE,
	"nothing proves that the image is complete",
	/* happened */ "Nothing in the image is wrong, but nothing proves that it is complete, "
	"either.",
	/* known */ "An archive in it has no trailer at its end, zeros between its members, or "
	"members that kernels skip, and no checksum covers it. There are builders that make such "
	"archives, and one that lost a part to zeros looks the same.",
	/* not */ "It does not mean that something is lost: no wrong byte was seen.",
	/* guest */ "Compare the file's size and hash with the original's. Or make the image anew "
	"and let it be sealed: from then on every byte of it can be proven.",
	/* host */ "If it should be a usual archive, compare its last blocks with a good copy: "
	"zeros there may be a tail that was lost.",
	/* sure */ "Inconclusive: what is gone without a trace cannot be seen. An archive that a "
	"checksum covers never gets this.")

FINDING(IMAGE_PROVEN, "BV-IMAGE-PROVEN", IMAGE,
	"the image is as the record in it says",
	/* happened */ "The image is sealed, and nothing in it was found to differ from the "
	"record in its own guard.",
	/* known */ "It was unpacked to its end, and each sealed path compared with that record "
	"by type, permissions, size and hash, as a kernel ends up with it. The record's checksum "
	"is right, and the guard's headers are as they are made.",
	/* not */ "It does not prove that this is the image that was sealed last, nor that a boot "
	"with it works. The record has no owners and no times, and no hash of what kernels do not "
	"unpack: a bit that is lost in those is seen only where a checksum covers it.",
	/* guest */ "Nothing. To see what the next boot will read from the disk, past the page "
	"cache: bootverdict check --direct.",
	/* host */ "",
	/* sure */ "Intact, as sure as hashes of 64 bits are: they are made against bad disks, "
	"not against an attacker.")

FINDING(IMAGE_REFUSED, "BV-IMAGE-REFUSED", IMAGE,
	"an image that bootverdict refused to seal",
	/* happened */ "bootverdict refused to seal this image: it was broken, of a structure "
	"that is not known, in a form that no kernel unpacks, or what it starts with cannot run "
	"or is not what bootverdict's hook put there.",
	/* known */ "The record, or the guard in front of the image, says so, and why: it was "
	"found at the time of the seal. It is told only while that image stands there.",
	/* not */ "Where it is a configuration error, the disk and the memory are not to blame; "
	"where the image was broken, root=, crypttab and the passphrase are not.",
	/* guest */ "Boot an older kernel from the boot menu, or a rescue system. Unless it is a "
	"configuration error, have the disk checked (dmesg, smartctl). Then make the image anew; "
	"the report names the command.",
	/* host */ "Where it was broken: look at the storage's logs of the time when it was "
	"built. The disk may not have kept what was written.",
	/* sure */ "Storage corruption where it was proven broken, though a build that was never "
	"finished looks the same. Inconclusive where its structure alone was wrong, where a program "
	"that it starts with is of no form that is known (it may have lost bytes before it was "
	"packed or sealed), or where the kernel did not unpack it all and its packing is not the "
	"reason. Else a configuration error: a file is not in it, is for another processor, or was "
	"changed.")

FINDING(IMAGE_SOUND, "BV-IMAGE-SOUND", IMAGE,
	"the image is sound, and not all of it sealed",
	/* happened */ "The image is not sealed, or holds more than its seal lists, which the report "
	"names. Nothing in it is wrong: its structure is right, and so is every checksum that it "
	"carries.",
	/* known */ "It was unpacked to its end. The report says of each segment whether a "
	"checksum proves it, or whether it was only walked: plain cpio and lz4 carry none, and "
	"could have changed without a trace.",
	/* not */ "No fault of the storage was found. Not seen: damage in what no checksum "
	"covers, and whether a boot can start with it.",
	/* guest */ "If it boots, and you know where it comes from, seal it: bootverdict seal -k "
	"KVER. After that every byte can be checked.",
	/* host */ "",
	/* sure */ "Stale: sound in itself, and compared with nothing from outside. As sure as "
	"the checksums that it carries, no more. Inconclusive where its guard's headers were "
	"changed as well.")

FINDING(IMAGE_UNKNOWN, "BV-IMAGE-UNKNOWN", IMAGE,
	"neither a kernel nor an initrd",
	/* happened */ "The file is neither a kernel nor an initial RAM disk that bootverdict "
	"knows; or it was one, and has lost what would tell.",
	/* known */ "By what stands at its start, or where an archive should begin: another known "
	"format, compressed data with a right checksum but no archive in it, or nothing that is "
	"known.",
	/* not */ "It accuses nobody: it is not proven that a byte of the file was lost.",
	/* guest */ "Is it the file that you meant? Then verify it with the tool of its own "
	"format. If it should be a kernel or an image, compare its size and hash with the "
	"original's, or make it anew.",
	/* host */ "If it should be an image, and nobody has written it since, compare the start "
	"of the file with a good copy.",
	/* sure */ "Inconclusive: another kind of file, and one that lost its start, look alike.")

FINDING(IMAGE_UNSUPPORTED, "BV-IMAGE-UNSUPPORTED", IMAGE,
	"not all of the image could be verified",
	/* happened */ "Not all of the image could be verified: it, or the record in its guard, "
	"goes beyond what this program can unpack or hold.",
	/* known */ "The program came to a bound of its own (memory, number of files, length of "
	"names, bytes) or to a compression that it recognises and cannot unpack. The report says "
	"which.",
	/* not */ "Nothing is said against the image: kernels may well unpack it.",
	/* guest */ "Compare its hash with the original's, or verify it with the tool of its "
	"format. If you build it, pack it with zstd, xz, gzip or lz4 and no special window, make "
	"the image anew, and it can be sealed.",
	/* host */ "",
	/* sure */ "Inconclusive: what was not read is called neither damaged nor sound. That it "
	"came to a bound is certain.")

FINDING(INITRD_APPENDED, "BV-INITRD-APPENDED", IMAGE,
	"more follows the sealed initrd",
	/* happened */ "Every sealed byte of the initial RAM disk is as sealed, and more was "
	"appended behind them after the seal.",
	/* known */ "Each sealed block has its sealed hash, and the file is longer than the "
	"record says. What was appended is then walked: archives or parameters that kernels read, "
	"another format, something broken or cut off, or what this program cannot unpack.",
	/* not */ "No sealed byte is lost: the storage is not shown to be at fault.",
	/* guest */ "If it belongs there, and kernels read it, seal it: bootverdict seal -k KVER. "
	"If not, make the image anew.",
	/* host */ "",
	/* sure */ "Stale where nothing is wrong with what was appended, or where it cannot be "
	"verified; a configuration error where no kernel unpacks it; inconclusive where it is "
	"broken or ends early. Never storage corruption.")

FINDING(INITRD_BLOCKS, "BV-INITRD-BLOCKS", IMAGE,
	"blocks of the initrd are not as sealed",
	/* happened */ "Blocks of the initial RAM disk, on the disk or in the page cache, are not "
	"as they were sealed, and no sound rewrite explains it.",
	/* known */ "By the sealed hash of every 4 KiB, and one of these: a block cannot be read; "
	"two direct reads differ; disk and page cache differ; its size and times are as "
	"sealed; a few blocks of compressed data differ; some became zeros, or hold the guard of "
	"another image, and all others are as sealed; or it was rewritten, and is broken, as after a "
	"write that was never finished.",
	/* not */ "root=, crypttab and the passphrase have no part in it: bytes were compared.",
	/* guest */ "Write as little as possible to this disk, and do not reboot into this "
	"kernel. Is an older one whole? bootverdict check --all --direct. Where the report "
	"suspects memory, test that. Once all is sound, make the image anew; the report names the "
	"command.",
	/* host */ "Read the named LBAs from the host, and compare them with the damage that the "
	"report tells (zeros, one bit, a block from elsewhere). Look at the logs of the storage, "
	"and of what caches for it, since the seal.",
	/* sure */ "Storage corruption, which includes memory: that these bytes differ, or do not "
	"come, is certain. Where the file was rewritten and is broken, a write that was never "
	"finished is possible, too.")

FINDING(INITRD_CHANGED, "BV-INITRD-CHANGED", IMAGE,
	"the initrd was written after the seal",
	/* happened */ "The initial RAM disk was written after the seal, and is not proven sound: "
	"it ends early or in zeros, cannot be verified to its end, differs in a few blocks that no "
	"checksum covers or as when a file is added, has the inode and the time of the sealed one, or "
	"is of a form that no kernel unpacks.",
	/* known */ "Blocks differ from their sealed hashes, and its size or times say that "
	"the file was written. What is there now was then examined by itself; the report says "
	"which of these it was.",
	/* not */ "It does not accuse the storage. Unless the report says configuration error, it "
	"does not acquit it, either.",
	/* guest */ "Was it written on purpose? Then do what the report says: seal it, or pack it "
	"so that kernels read it. If not, do not reboot into this kernel, see whether its file "
	"system is full, and make the image anew.",
	/* host */ "If nobody wrote it, compare the file from the first changed offset on with a "
	"good copy, and look at the storage's logs.",
	/* sure */ "Inconclusive, because an edit, a write that was never finished and damage "
	"look alike here. A configuration error where it is known that no kernel unpacks such a "
	"form.")

FINDING(INITRD_CODEC, "BV-INITRD-CODEC", IMAGE,
	"the kernel lacks the initrd's compression",
	/* happened */ "The kernel was built without what it takes to unpack the compression of "
	"its initial RAM disk.",
	/* known */ "The configuration file that lies beside the kernel, or in its modules' "
	"folder, has no CONFIG_RD_ option for a compression of the image that is there. That "
	"this file is the kernel's own is taken for granted.",
	/* not */ "It is no sign of damage: what was compared is how kernel and image were made.",
	/* guest */ "Do not reboot into this kernel yet. Choose a compression for which it has an "
	"option (the report names the setting), and make the image anew.",
	/* host */ "",
	/* sure */ "Configuration error, found before the boot that would fail, where the file says "
	"that the option is not set. Inconclusive where it has no word of it: a lost line looks "
	"the same.")

FINDING(INITRD_MISSING, "BV-INITRD-MISSING", IMAGE,
	"the sealed initrd is gone",
	/* happened */ "A kernel version has a sealed record, and its initial RAM disk is not "
	"there any more.",
	/* known */ "No file has the name that the record or the boot folder would have for it. "
	"Removed, renamed, on a file system that is not mounted, or its name lost by the file "
	"system: from here these look alike.",
	/* not */ "It does not mean that the disk lost it, nor that somebody removed it.",
	/* guest */ "Is /boot mounted (lsblk)? Does the package manager's log say that the kernel "
	"was removed? Is it in lost+found? If it was removed on purpose: bootverdict seal "
	"--remove -k KVER. If not, make the image anew.",
	/* host */ "If nobody removed it: is the disk that holds /boot attached, and is it the "
	"right one? Look at the storage's logs.",
	/* sure */ "Inconclusive: that no file of this name is there is certain, why is not.")

FINDING(INITRD_STALE, "BV-INITRD-STALE", IMAGE,
	"the initrd was replaced, and is sound",
	/* happened */ "The initial RAM disk was replaced after the last seal, and what is there "
	"now is sound in itself.",
	/* known */ "Inode, size or times say that it was written, it is not the sealed one with "
	"a few blocks changed, its structure is right, and so is every checksum in it; or the "
	"record in the guard in front of it proves it.",
	/* not */ "No damage was found. What carries no checksum (plain cpio, lz4) was only "
	"walked, unless a record in it proves it.",
	/* guest */ "If the update was meant, seal it: bootverdict seal -k KVER. If the report "
	"says that it was packed again with bootverdict's old files in it, do first what it says "
	"about that.",
	/* host */ "",
	/* sure */ "Stale: a rebuild, or an image that was restored, explains it. As sure as the "
	"checksums of the new image are.")

FINDING(INITRD_UPDATE_LOST, "BV-INITRD-UPDATE-LOST", IMAGE,
	"the last update failed, the image before is back",
	/* happened */ "The last update of the initial RAM disk failed, and the image from before "
	"it was put under its name again.",
	/* known */ "The sealed record says so, with the time: the disk did not keep the newer "
	"image, or that one was refused, and the one before was still as sealed. It is told only "
	"while that one stands there.",
	/* not */ "By this alone the image that stands there now is not accused.",
	/* guest */ "If the disk lost what was written, have it checked first (dmesg, smartctl). "
	"Then make the image anew; the report names the command.",
	/* host */ "Look at the storage's logs of the time that the report names: it may have "
	"lost what the guest wrote.",
	/* sure */ "Stale, certain by the record. Whether the disk or the newer image was at "
	"fault is not in it: that seal has said so.")

FINDING(INITRD_VERSION, "BV-INITRD-VERSION", IMAGE,
	"the initrd is of another kernel version",
	/* happened */ "The initial RAM disk has modules for another kernel version, and none for "
	"the one that it belongs to.",
	/* known */ "By the folders of modules in it, and by the version that the kernel image "
	"tells of itself or, where it tells none, the version in its file's name. The report says "
	"which of the two it was; a name may be anything.",
	/* not */ "It is no sign of damage, and does not prove that the boot fails: a kernel that "
	"needs no module starts with any image.",
	/* guest */ "Where the modules of that version are installed, make the image anew; the "
	"report names the command. See also which kernel and image the boot loader pairs.",
	/* host */ "",
	/* sure */ "A warning, which does not change the verdict. Certain where the kernel image "
	"tells its version; where only its name does, its version is a guess.")

FINDING(KERNEL_APPENDED, "BV-KERNEL-APPENDED", IMAGE,
	"more follows the sealed kernel",
	/* happened */ "Every sealed byte of the kernel image is as sealed, and more was appended "
	"behind them after the seal.",
	/* known */ "Each sealed block has its sealed hash, and the file is longer than the "
	"record says. What was appended is examined only as far as the image as a whole is.",
	/* not */ "No sealed byte is lost: the storage is not shown to be at fault.",
	/* guest */ "If it belongs there, seal it: bootverdict seal -k KVER. If not, install the "
	"kernel's package again, or put the file there again from where it was built.",
	/* host */ "",
	/* sure */ "Stale; inconclusive where the longer file as a whole is broken or ends early, "
	"as after a write that was never finished. Never storage corruption.")

FINDING(KERNEL_BLOCKS, "BV-KERNEL-BLOCKS", IMAGE,
	"blocks of the kernel are not as sealed",
	/* happened */ "Blocks of the kernel image, on the disk or in the page cache, are not as "
	"they were sealed, and no sound rewrite explains it.",
	/* known */ "By the sealed hash of every 4 KiB, and one of these: a block cannot be read; "
	"two direct reads differ; disk and page cache differ; its size and times are as "
	"sealed; all that differs became zeros or is cut off; or it was rewritten, and is broken.",
	/* not */ "root=, crypttab and the passphrase have no part in it: bytes were compared.",
	/* guest */ "Write as little as possible to this disk, and do not reboot into this "
	"kernel. Is an older one whole? bootverdict check --all --direct. Where the report "
	"suspects memory, test that. Once all is sound, install the kernel's package again.",
	/* host */ "Read the named LBAs from the host, and compare them with the damage that the "
	"report tells (zeros, one bit, a block from elsewhere). Look at the logs of the storage, "
	"and of what caches for it, since the seal.",
	/* sure */ "Storage corruption, which includes memory: that these bytes differ, or do not "
	"come, is certain. Where the file was rewritten, and is broken or has zeros, a write that "
	"was never finished is possible, too.")

FINDING(KERNEL_BROKEN, "BV-KERNEL-BROKEN", IMAGE,
	"the kernel image is broken in itself",
	/* happened */ "The kernel image is broken in itself: its header, its length or its "
	"compressed payload is not as it must be.",
	/* known */ "By the file alone: marks in its header, the length that this names, or the "
	"payload, which does not unpack or fails its checksum. A copy or an installation that was "
	"never finished gives the same.",
	/* not */ "The initial RAM disk, root=, crypttab and the passphrase have no part in it.",
	/* guest */ "Do not reboot into it: boot an older kernel. If it was copied, compare its "
	"size and hash with the original's. Look at dmesg and smartctl, and once the storage is "
	"sound install the kernel's package again.",
	/* host */ "Compare the block of the file at the named offset with a good copy, and look "
	"at the storage's logs since it was written.",
	/* sure */ "Storage corruption: that it is broken is certain. Whether the disk lost it, "
	"or it was never written to its end, the file does not tell.")

FINDING(KERNEL_CHANGED, "BV-KERNEL-CHANGED", IMAGE,
	"the kernel was written after the seal",
	/* happened */ "The kernel image was written after the seal, and is neither proven "
	"damaged nor proven sound: it ends early, cannot be verified, or differs in some of its "
	"blocks only.",
	/* known */ "Blocks differ from their sealed hashes, and its size or times say that "
	"the file was written. What is there now was then examined by itself; the report says "
	"which of these it was.",
	/* not */ "It neither accuses the storage nor acquits it, and the initial RAM disk is "
	"judged apart.",
	/* guest */ "Was it signed, changed or built anew on purpose? Then seal it in the way "
	"that the report names. If not, do not reboot into it, see whether its file system is "
	"full, and install the kernel's package again.",
	/* host */ "If nobody wrote it, compare the file from the first changed offset on with a "
	"good copy, and look at the storage's logs.",
	/* sure */ "Inconclusive: an edit, another signature, a write that was never finished and "
	"damage look alike here.")

FINDING(KERNEL_MISSING, "BV-KERNEL-MISSING", IMAGE,
	"the sealed kernel is gone",
	/* happened */ "A kernel version has a sealed record, and its kernel image is not there "
	"any more.",
	/* known */ "No file has the name that the record or the boot folder would have for it. "
	"Removed, renamed, on a file system that is not mounted, or its name lost by the file "
	"system: from here these look alike.",
	/* not */ "It does not mean that the disk lost it, nor that somebody removed it.",
	/* guest */ "Is /boot mounted (lsblk)? Does the package manager's log say that it was "
	"removed? Is it in lost+found? If it was removed on purpose: bootverdict seal --remove -k "
	"KVER. If not, install its package again.",
	/* host */ "If nobody removed it: is the disk that holds /boot attached, and is it the "
	"right one? Look at the storage's logs.",
	/* sure */ "Inconclusive: that no file of this name is there is certain, why is not.")

FINDING(KERNEL_OTHER, "BV-KERNEL-OTHER", IMAGE,
	"kernel and initrd do not belong together",
	/* happened */ "The initial RAM disk is that of another kernel than the one that runs, or than "
	"the one that its file is named after.",
	/* known */ "The running kernel tells its version, or the name of the file does, as its "
	"builder names it. The image's own record is of another version, or lists modules of "
	"another one alone.",
	/* not */ "It neither accuses the storage nor acquits it: what was compared are versions. "
	"An image that an older write left is whole, too.",
	/* guest */ "In the boot menu choose the entry that pairs kernel and initrd of one "
	"version, or an older kernel. If the boot loader pairs them wrongly, or somebody renamed "
	"the file, correct that. If not, have the disk checked, and make the image anew.",
	/* host */ "Where the host hands kernel and initrd to the guest itself, without a boot "
	"loader in it: are both of one version? Else look whether its storage has lost writes "
	"since the image of that kernel was made.",
	/* sure */ "Inconclusive: a wrong pair, another name, and a lost update through which an "
	"older image shows look alike; a warning where the image that boots has no modules at all. "
	"The mismatch is certain. That the boot fails for it is not: a kernel that needs no module "
	"starts all the same.")

FINDING(KERNEL_SOUND, "BV-KERNEL-SOUND", IMAGE,
	"the kernel is sound by itself",
	/* happened */ "The kernel image was compared with no seal; by itself nothing in it is "
	"wrong.",
	/* known */ "Its structure was read; where its compressed payload carries a checksum, "
	"that is right. The code that unpacks the payload has none, and an image of another "
	"processor than x86 may have none at all. The report says how far it went.",
	/* not */ "No fault of the storage was found. Not seen: damage in what no checksum covers.",
	/* guest */ "If it boots, seal it: bootverdict seal -k KVER. After that every byte of it "
	"can be checked before a boot needs it.",
	/* host */ "",
	/* sure */ "Stale: not sealed, and sound as far as it proves anything about itself.")

FINDING(KERNEL_STALE, "BV-KERNEL-STALE", IMAGE,
	"the kernel was replaced, and is sound",
	/* happened */ "The kernel image was replaced or signed again after the last seal, and "
	"what is there now is sound in itself.",
	/* known */ "Inode, size or times say that it was written. Either it is another image by "
	"most of its blocks, or a shorter one, and its payload's checksum is right; or nothing "
	"but a signature differs, and the checksum over the whole file is right.",
	/* not */ "No damage was found. After a replacement, the code that unpacks the payload is "
	"covered by no checksum.",
	/* guest */ "If the update or the signature was meant, seal it: bootverdict seal -k KVER. "
	"If not, install the kernel's package again.",
	/* host */ "",
	/* sure */ "Stale: a replacement explains it, and the checksums in the file bear it out; "
	"nothing else was compared.")

FINDING(KERNEL_UNPACK, "BV-KERNEL-UNPACK", IMAGE,
	"the kernel complained while it unpacked",
	/* happened */ "The kernel complained when it unpacked the initial RAM disk; the report "
	"quotes its words.",
	/* known */ "They are in the kernel's log (dmesg). They are a symptom: damage, a "
	"compression that it does not read, padding, too little memory and a second image all "
	"lead to such words. The proof is in what the files are.",
	/* not */ "Where everything that was sealed is there and as sealed, the words are "
	"harmless, and the report says so.",
	/* guest */ "Read the other findings: they decide. If there are none, nothing has to be "
	"done; the boot loader may pass a second image, or padding behind this one.",
	/* host */ "",
	/* sure */ "A warning, which never makes the verdict: by itself intact where all is as "
	"sealed, otherwise inconclusive.")

FINDING(KERNEL_UNSUPPORTED, "BV-KERNEL-UNSUPPORTED", IMAGE,
	"not all of the kernel could be verified",
	/* happened */ "Not all of the kernel image could be verified: it goes beyond what this "
	"program can unpack or hold.",
	/* known */ "The program came to a bound of its own, of memory or of how much a payload "
	"may unpack to, at the offset that the report names.",
	/* not */ "Nothing is said against the kernel image: it may well be whole, and boot.",
	/* guest */ "Compare its hash with the original's, or with the package's. It can be "
	"sealed by its bytes alone (bootverdict seal -k KVER), and is checked by these from then "
	"on.",
	/* host */ "",
	/* sure */ "Inconclusive: what was not read is called neither damaged nor sound. That it "
	"came to a bound is certain.")

FINDING(KERNEL_VERSION, "BV-KERNEL-VERSION", IMAGE,
	"the kernel is of another version than its name",
	/* happened */ "The kernel image says that it is of another version than its file's name "
	"has.",
	/* known */ "By the version in the image itself. The file may have been renamed, replaced "
	"by another kernel, or named as somebody liked.",
	/* not */ "By itself it is no sign of damage, and does not prove that the boot fails.",
	/* guest */ "See which package or build has put the file there. Where modules of the "
	"version in its name are installed, they do not fit this kernel: install the right "
	"package again, or give the file its right name.",
	/* host */ "",
	/* sure */ "A warning, which does not change the verdict. That the two differ is certain, "
	"which of them is wrong is not known.")

FINDING(LEFTOVER, "BV-LEFTOVER", OTHER,
	"a temporary file of a run that was cut off",
	/* happened */ "A run of bootverdict was cut off, as by a power cut, and has left a "
	"temporary file behind.",
	/* known */ "A file whose name is .NAME.bootverdict-new lies beside an image or a record, "
	"and no run of bootverdict is at work in that folder.",
	/* not */ "It says nothing against the image or the record beside it: these are judged by "
	"themselves.",
	/* guest */ "As a rule nothing: the next seal removes it, and says so. If there is no file NAME beside "
	"it (exfat can lose that in a power cut), it may be the only one left: keep it until NAME "
	"is there again.",
	/* host */ "",
	/* sure */ "A warning, which does not change the verdict. The file is there, and nothing "
	"is concluded from it.")

FINDING(LUKS_ABSENT, "BV-LUKS-ABSENT", LUKS,
	"a LUKS device was not found",
	/* happened */ "A LUKS device that the record or crypttab names was not found, or what "
		"bears its name now holds nothing of it.",
	/* known */ "No header of it, nor sealed key material, is on what bears its name, if "
		"anything does; the boot and check look on the other disks, too. A disk that is "
		"missing, silent or without a driver, disks found in another order, plain "
		"dm-crypt, and a start that was overwritten look alike.",
	/* not */ "It does not say that the container is lost: it may be on a disk that is not "
		"attached, does not answer, or has another name now.",
	/* guest */ "lsblk -o NAME,SIZE,FSTYPE,UUID; dmesg: is the disk there, by another name? "
		"Examine a suspect, nothing is written: bootverdict luks DEVICE. Restore no "
		"header but on a copy. Plain dm-crypt: are cipher, size and hash in crypttab as "
		"they were?",
	/* host */ "Is the disk attached to the guest, and does it answer? Was one cloned, "
		"exchanged or detached? If its start is zeros or something else, look in the "
		"logs of the storage for who wrote there.",
	/* sure */ "Always inconclusive: what was not seen proves neither a loss nor a mistake.")

FINDING(LUKS_CONVERT, "BV-LUKS-CONVERT", LUKS,
	"a conversion of LUKS was interrupted",
	/* happened */ "Key material lies where a conversion between LUKS1 and LUKS2 moves it, "
		"without the header that goes with it. No passphrase opens the disk like this, "
		"even the right one.",
	/* known */ "Most of the sealed blocks of every keyslot are found shifted by the very "
		"distance that cryptsetup convert moves them: so an interrupted one leaves it. "
		"With no header left, a start that was cut off by as much looks the same.",
	/* not */ "Not the passphrase, its length, the keyboard layout, crypttab, or the "
		"initramfs.",
	/* guest */ "Do not convert it again: that overwrites key material. Keep a copy "
		"elsewhere (dd). If it is open in a running system, do not close it, and copy "
		"the data away. On a copy, try what the report has: key material put back, or a "
		"header backup.",
	/* host */ "Was the guest stopped or the power cut while cryptsetup convert ran? If "
		"nobody converted it, compare the start of the disk with a backup or snapshot.",
	/* sure */ "Inconclusive: so far nothing needs to have been lost. Blocks that differ "
		"even where they were moved to have a finding of their own, BV-LUKS-KEYSLOT, "
		"which is storage corruption.")

FINDING(LUKS_COPY, "BV-LUKS-COPY", LUKS,
	"one of two header copies is damaged",
	/* happened */ "One of the two copies of the LUKS2 header is damaged, missing, or "
		"cannot be read. The other one is good, or of a kind that this program does not "
		"understand.",
	/* known */ "By a read error, a wrong checksum, a field that the format forbids, or "
		"because no header is where the copy must be. Half an update, and a copy of "
		"which only the magic was erased, have findings of their own. What something "
		"else wrote there looks the same.",
	/* not */ "Not the passphrase, its length, the keyboard layout, crypttab, or the "
		"initramfs. Nothing is said against the keyslots.",
	/* guest */ "Keep the report and a copy of the header (dd) first: cryptsetup repairs a "
		"bad copy when it opens the disk, and the evidence is gone. Then, when no other "
		"format, array or noise is named: cryptsetup repair DEVICE. One that cannot be read: "
		"open with a copy of the header; the report has how.",
	/* host */ "Compare the place that the report names with a backup or snapshot, and look "
		"in the logs of the storage for a write that was lost or went elsewhere, or for "
		"a read error.",
	/* sure */ "Storage corruption: a copy that was there is not what was written. "
		"Inconclusive where its first block is noise, and so is all else that differs: swap "
		"with a random key looks so. The disk opens with a good other copy, unless this one cannot be "
		"read, or the signature of another format is there as well.")

FINDING(LUKS_ERASED, "BV-LUKS-ERASED", LUKS,
	"a LUKS header without its magic",
	/* happened */ "The first six bytes (the magic) of a LUKS header, or of a copy of it, "
		"are zeros, and all else of that copy is right.",
	/* known */ "With the magic put back the checksum of LUKS2 is right; LUKS1 has none, "
		"and all its fields are well formed. wipefs, pvcreate, mkfs and installers "
		"leave it so; a failing disk loses whole sectors. The first copy may have been "
		"written over besides.",
	/* not */ "No sector was lost by this, and it says nothing against the keyslots or the "
		"passphrase.",
	/* guest */ "Was it erased on purpose? Then take it out of crypttab; nothing is broken. "
		"Else keep a copy (dd), and see what still opens, nothing is written: "
		"bootverdict luks --try-passphrase DEVICE; then the report has the next steps. "
		"Never repair a member of an array alone.",
	/* host */ "Ask who ran wipefs, an installer or a partitioning tool on this disk, from "
		"the host or in another guest.",
	/* sure */ "Inconclusive: programs leave it so, and the bytes do not tell by whose "
		"wish. Damage in keyslots has a finding of its own.")

FINDING(LUKS_FOREIGN, "BV-LUKS-FOREIGN", LUKS,
	"another format's signature on a LUKS device",
	/* happened */ "The signature of another format (file system, LVM, partition table, "
		"...) lies where a LUKS header or copy, or a keyslot of LUKS1, was or still "
		"should be, and that is not good any more.",
	/* known */ "The signature is recognised by its bytes at their fixed place (of one that "
		"was wiped since, by all else: its checksum, or its size), and the LUKS header "
		"or key material is not as it must be. What else that format wrote over is not "
		"known.",
	/* not */ "It does not say that the storage lost a byte, nor that it did not: a program "
		"may have written it, by wish or by mistake.",
	/* guest */ "Decide which of the two it shall be. Until then no cryptsetup repair and "
		"no mkfs: each writes over the other. Keep a copy (dd). LUKS: bootverdict luks "
		"--try-passphrase DEVICE, or a header backup, on a copy. The other one: take it "
		"out of crypttab.",
	/* host */ "Was this disk given to another system, formatted, or restored? If not, look "
		"in the logs of the storage for writes that went to the wrong disk or volume.",
	/* sure */ "Inconclusive: by whose wish, by mistake, or in the wrong place, the bytes "
		"do not tell. What is proven to be damaged besides has a finding of its own.")

FINDING(LUKS_GONE, "BV-LUKS-GONE", LUKS,
	"no LUKS header where one is looked for",
	/* happened */ "There is no LUKS header where one is looked for: a sealed one is gone, "
		"or only a name says that there was one, or no record is of this device.",
	/* known */ "A sealed one: something of the container is still in its place, key "
		"material mostly. By a name alone: its places and their surroundings hold "
		"nothing of it. No record: nothing tells whether there was one, unless remains "
		"of a header are left.",
	/* not */ "Where a sealed header is proven to be gone: not the passphrase, its length, "
		"the keyboard layout, crypttab, or the initramfs.",
	/* guest */ "Is it the right device, and nothing else by now? lsblk -o "
		"NAME,SIZE,FSTYPE,UUID; blkid -p; wipefs -n. If it is open in a running system, "
		"do not close it: copy the data away. Write nothing, keep the start (dd). Try a "
		"header backup on a copy of the disk.",
	/* host */ "Was the disk, its partition table or the volume exchanged, cloned or "
		"written over? Compare its first 32 MiB with a backup or snapshot.",
	/* sure */ "Storage corruption when a header was sealed, something of it is left in its "
		"place, and no known format is there; one that is not known here would look the "
		"same. Else inconclusive: another disk, another start, its owner's doing, or "
		"noise alone, from the first block on (swap or /tmp with a random key).")

FINDING(LUKS_HEADERS, "BV-LUKS-HEADERS", LUKS,
	"the LUKS header is damaged",
	/* happened */ "The LUKS header is damaged or cannot be read: both copies of LUKS2, or "
		"the only one of LUKS1. cryptsetup may refuse the disk, or open it wrongly, "
		"with the right passphrase as well.",
	/* known */ "A read fails; both copies of LUKS2 are wrong by checksum or form; or of "
		"LUKS1, which has no checksum, fields contradict the format, or differ from the "
		"seal as no change of keys leaves them.",
	/* not */ "Not the passphrase, its length, the keyboard layout, crypttab, or the "
		"initramfs. Keyslots and data behind the header may be whole.",
	/* guest */ "Write nothing, let no cryptsetup command touch it, keep a copy (dd, "
		"ddrescue). Is it open in a running system? Do not close it, copy the data "
		"away. When enough is left: bootverdict luks --save-header FILE DEVICE, then "
		"cryptsetup open --readonly --header FILE. Else a backup, on a copy.",
	/* host */ "Compare the first 32 MiB with a backup or snapshot, and look in the logs of "
		"the storage for read errors and for writes that were lost or went elsewhere.",
	/* sure */ "Storage corruption: no known format lies there that would explain it. One "
		"that is not known here would look the same, so ask first whether its owner "
		"made something else of it.")

FINDING(LUKS_INSIDE, "BV-LUKS-INSIDE", LUKS,
	"the LUKS container begins elsewhere",
	/* happened */ "A LUKS container does not begin at the start of this device or file, "
		"but further in, or in front of it. cryptsetup does not find it by this name.",
	/* known */ "A good header, a good second copy of LUKS2, or sealed key material is in "
		"another place than it must be, and tells where the container begins.",
	/* not */ "It does not say that a byte was lost, and nothing against the passphrase, "
		"its length, or the keyboard layout.",
	/* guest */ "Write nothing, and restore or repair no header here: it would go over "
		"data. A whole disk, or a member? Name the partition or volume (lsblk). Else "
		"examine it where it begins, read-only; the report has the place, and mostly "
		"the command. Compare the partition table with an older copy.",
	/* host */ "Was the partition table written anew, an image copied from a later byte on, "
		"or a volume attached with another start? The report tells where the container "
		"begins.",
	/* sure */ "Always inconclusive: where the container lies was seen; what moved its "
		"start, or cut it off, was not.")

FINDING(LUKS_KEYSLOT, "BV-LUKS-KEYSLOT", LUKS,
	"a keyslot is damaged",
	/* happened */ "Bytes of a keyslot, or of what LUKS1 says of it, are not what they "
		"were, or cannot be read: its passphrase is refused, even the right one.",
	/* known */ "The header says that nobody changed the keyslot, and its blocks differ "
		"from the seal; or some are as sealed and some are not; or LUKS1 describes it "
		"otherwise over the same bytes; or, without a seal, blocks are no ciphertext; "
		"or a read fails.",
	/* not */ "Not the passphrase, its length, the keyboard layout, or crypttab. A damaged "
		"keyslot refuses the right passphrase with the words for a wrong one.",
	/* guest */ "Try the passphrase of another keyslot; the report names those that may "
		"work. Is it open in a running system? Do not close it: copy the data away. "
		"Keep a copy of the header (dd). Only once the storage is sound set the key "
		"anew: luksKillSlot, luksAddKey.",
	/* host */ "Compare the places that the report names with a backup or snapshot, and "
		"look in the logs of the storage for read errors and for writes that were lost "
		"or went elsewhere.",
	/* sure */ "Storage corruption: whoever sets a key writes all of it. Overwriting a key "
		"that was interrupted, on a disk that rotates or within one write, can look the "
		"same. Without a record a flipped bit is not seen.")

FINDING(LUKS_LAYER, "BV-LUKS-LAYER", LUKS,
	"a disk image in another form, or compressed",
	/* happened */ "It begins as a disk image in another form (qcow2, VDI, VMDK, ...) or as "
		"a compressed file, not as a disk byte for byte. What it holds is not seen here.",
	/* known */ "By the magic at its start, and because nothing of a LUKS header, nor of "
		"sealed key material, is in its place.",
	/* not */ "It does not say that anything is damaged, nor that what it holds is whole: "
		"it was not looked into.",
	/* guest */ "Attach it read-only (qemu-nbd -r), or write what it holds to a new file "
		"elsewhere (qemu-img convert -O raw; gzip -dc, xz -dc, ...), and examine that: "
		"bootverdict luks. Restore no header to the file itself.",
	/* host */ "Was the image converted or compressed, or copied as a file onto the volume "
		"that should have its content? Attach it to the guest in its right format.",
	/* sure */ "Always inconclusive. Where a container was sealed under this name, it was "
		"converted or written over, and its owner has to say which of the two is wanted.")

FINDING(LUKS_MEMBER, "BV-LUKS-MEMBER", LUKS,
	"the device is a member of an array",
	/* happened */ "The device has the superblock of a Linux software RAID array (md). When "
		"it is a member, the array is what is opened, and this disk alone tells little.",
	/* known */ "The checksum of the md superblock is right. One that is left over from an "
		"array of before looks the same, unless LUKS data lie where no member of a "
		"striped array has them.",
	/* not */ "It does not say that a byte was lost: a member may hold a part of the data "
		"alone, or be rebuilt, left out, or out of step.",
	/* guest */ "cat /proc/mdstat. Start the array without writes (mdadm --assemble --scan "
		"--readonly), and examine that: bootverdict luks /dev/mdN. Write nothing to one "
		"member, and let no cryptsetup command touch it. mdadm --examine tells how old "
		"the superblock is.",
	/* host */ "Are all members of the array attached, and do they answer? Was an array "
		"made on this disk by mistake, or a former one taken apart?",
	/* sure */ "Inconclusive where the array is not there, or this member alone is not as "
		"it should be. Intact, with a warning, where nothing speaks against a mirror's "
		"member, or where the superblock is proven to be left over.")

FINDING(LUKS_NAME, "BV-LUKS-NAME", LUKS,
	"the sealed device is here by another name",
	/* happened */ "The sealed LUKS device, or a copy of it, is attached by another name "
		"than the one that it was sealed by.",
	/* known */ "It was recognised by its UUID, its header, or its key material. The name "
		"of before is missing, or what it leads to holds nothing of what was sealed.",
	/* not */ "Nothing is said against the header or the keyslots: what is wrong with those "
		"has findings of its own.",
	/* guest */ "lsblk -o NAME,SIZE,FSTYPE,UUID,PARTUUID; ls -l /dev/disk/*: do two disks "
		"bear one name, or is this one a copy? Write no header to either. In crypttab, "
		"and to seal it, use UUID=..., which is made of the container itself.",
	/* host */ "Was a disk or its partition table cloned? Then detach one of them. Is the "
		"disk that was sealed the one that is attached now?",
	/* sure */ "Intact, with a warning, where the old name is one of the kernel's, which go "
		"from disk to disk. Inconclusive where a lasting name is missing, or leads to "
		"another disk: what was found may be a copy, and that disk be missing, or have "
		"lost its start.")

FINDING(LUKS_NO_DRIVER, "BV-LUKS-NO-DRIVER", LUKS,
	"no device-mapper in this boot",
	/* happened */ "The kernel has no device-mapper at this point of the boot, and without "
		"it no LUKS device can be unlocked, whatever the passphrase.",
	/* known */ "/sys/class/misc/device-mapper is missing, crypttab has an entry for the "
		"device, and the modules of this image were looked through for dm_mod.",
	/* not */ "Not the passphrase: it cannot have been tried. What is known of the LUKS "
		"header and its keyslots is not the reason.",
	/* guest */ "modprobe dm_crypt. If that works, unlock it (cryptsetup open DEVICE NAME), "
		"and exit. If not, boot an older kernel or a rescue system, and make the image "
		"anew; the report names the command.",
	/* host */ "",
	/* sure */ "A configuration error where dm_mod is not in the image; else inconclusive.")

FINDING(LUKS_NO_ENTRY, "BV-LUKS-NO-ENTRY", LUKS,
	"crypttab has no entry for the device",
	/* happened */ "The LUKS device is there, but nothing tells this initramfs to unlock "
		"it: its crypttab has no entry for it.",
	/* known */ "No entry of the initramfs' crypttab, and no cryptopts=, names it by its "
		"mapping, its UUID, or any name of it, though the record says that the boot unlocks "
		"it, or root= names it. Nothing is told of header and keyslots that stops the "
		"boot.",
	/* not */ "Not the passphrase: it was not asked for. What is known of the LUKS header "
		"and its keyslots is not the reason.",
	/* guest */ "Unlock it with the command that the report has, then exit. In the running "
		"system mend /etc/crypttab (option initramfs), and make the image anew; the "
		"report names the command. root= must name what is inside the container, not "
		"the container.",
	/* host */ "",
	/* sure */ "A configuration error; inconclusive where a name in crypttab that may be "
		"meant for it leads nowhere.")

FINDING(LUKS_NO_KEYSLOT, "BV-LUKS-NO-KEYSLOT", LUKS,
	"the header has no keyslot in use",
	/* happened */ "The LUKS header has no keyslot in use, so no passphrase opens the "
		"device, even the right one.",
	/* known */ "LUKS2: the header is right by its checksum, so it was written so "
		"(luksErase, luksKillSlot, or made to be opened with its volume key); a seqid "
		"below 4, or below the sealed one, is of a header from before its keyslots, and "
		"later ones may be lost. LUKS1 has "
		"no checksum: luksErase leaves it so, and a header that lost its keyslots may "
		"look the same.",
	/* not */ "Not the passphrase, its length, or the keyboard layout: there is no keyslot "
		"that one could open.",
	/* guest */ "Is it open in a running system? Do not close it: copy the data away, or "
		"add a key with the volume key (luksAddKey --volume-key-file). Else a header "
		"backup: examine it first (bootverdict luks BACKUP-FILE), and try it on a copy "
		"of the disk.",
	/* host */ "Ask who removed the keys (luksErase, a job that retires disks). If nobody "
		"did, compare the start of the disk with a backup or snapshot.",
	/* sure */ "Stale when it was sealed; a warning alone where no keyslot is known to have "
		"been removed since. Inconclusive when it was never sealed, as nothing tells "
		"whether it had one, and where the header is from before its keyslots.")

FINDING(LUKS_NOT_SEALED, "BV-LUKS-NOT-SEALED", LUKS,
	"the LUKS device was not sealed",
	/* happened */ "No sealed record that can be used is of this LUKS container. The header "
		"that counts is right in itself, and its keyslots look like ciphertext.",
	/* known */ "By the checksum of the LUKS2 header, or the form of a LUKS1 header, which "
		"has none, and by statistics of the key material. A keyslot that was "
		"overwritten would show, a flipped bit in it would not.",
	/* not */ "It is no proof that a refused passphrase is wrong: without a record one lost "
		"bit in a keyslot is not seen.",
	/* guest */ "When a passphrase opens it, seal it: bootverdict seal --all (with --device "
		"when the boot does not unlock it). Not while its passphrase is refused. With a "
		"record elsewhere: bootverdict luks --manifest FILE DEVICE.",
	/* host */ "",
	/* sure */ "Stale: nothing speaks against the keyslots, and nothing proves them either.")

FINDING(LUKS_PADDING, "BV-LUKS-PADDING", LUKS,
	"unused bytes of the header are not as they were",
	/* happened */ "Bytes of the LUKS header or of a keyslot's area that nothing uses are "
		"not as they should be. They keep no passphrase from working.",
	/* known */ "They differ from the seal (behind key material, or fields of LUKS1 that no "
		"keyslot in use needs), or are not zero where cryptsetup writes zeros. 55 aa at "
		"byte 510 is the mark of a boot sector, which partitioning tools and firmware "
		"write.",
	/* not */ "Not the reason that a passphrase is refused: nothing that opening the disk "
		"needs is different.",
	/* guest */ "Nothing has to be repaired. Did another program write there? If not, look "
		"for errors of this disk (dmesg, smartctl -a), and keep a header backup on "
		"another disk (cryptsetup luksHeaderBackup).",
	/* host */ "Compare the place that the report names with a backup or snapshot: a byte "
		"that nobody wrote is a sign that the storage may lose others as well.",
	/* sure */ "A warning that does not count for the verdict. 55 aa alone is marked as "
		"intact, for a program wrote it; all else as storage corruption, because no "
		"cryptsetup command writes these bytes by themselves; another program may have.")

FINDING(LUKS_PASSPHRASE, "BV-LUKS-PASSPHRASE", LUKS,
	"what became of the passphrase",
	/* happened */ "What became of a passphrase or key: it opens a keyslot; or the device "
		"stayed locked, it was refused, or it could not be tried. The state of the "
		"keyslots is told with it.",
	/* known */ "--try-passphrase tries it on a copy of the header in memory. A boot sees "
		"only that the device stays locked after cryptsetup's turn. Header and keyslots "
		"are compared with the seal where there is one; of a keyslot without a seal "
		"nothing proves that it is whole.",
	/* not */ "With header and keyslots as sealed: not a change of the disk since then. "
		"With damaged or unproven ones: nothing here tells that the passphrase is wrong.",
	/* guest */ "Type it where it can be seen: layout, Caps Lock, Num Lock. What did "
		"cryptsetup say (dmesg): no key available, or a missing cipher, module, or "
		"memory? Is a key file or token there that is meant to open it? Then: "
		"bootverdict luks --try-passphrase DEVICE, or a header backup.",
	/* host */ "Nothing for a passphrase; is the disk attached that a key file or token is "
		"read from? Damage that is told besides has its own advice.",
	/* sure */ "Intact when it opens one. A configuration error when it is refused while "
		"all is as sealed, and the cipher and memory for it are there, or when it is proven that "
		"no keyslot is in use. Else inconclusive: damaged, changed, unproven, or not "
		"tried.")

FINDING(LUKS_REENCRYPT, "BV-LUKS-REENCRYPT", LUKS,
	"a reencryption is in progress",
	/* happened */ "A reencryption of this LUKS device is in progress, or was interrupted. "
		"That is no damage.",
	/* known */ "The LUKS2 header that counts says so, and is right by its checksum. Until "
		"it has ended, a passphrase opens the disk only with keyslots of both volume "
		"keys.",
	/* not */ "No sign of a lost byte. A refused passphrase may be the one of one volume "
		"key alone.",
	/* guest */ "Restore no header backup meanwhile: what lies between the two keys would "
		"be lost. When no keyslot is told to be damaged, go on with it: cryptsetup "
		"reencrypt --resume-only DEVICE. Seal it when it has ended.",
	/* host */ "",
	/* sure */ "Stale, and a warning, which alone stops no boot. What is damaged besides "
		"has a finding of its own.")

FINDING(LUKS_SEQID, "BV-LUKS-SEQID", LUKS,
	"an older header, or half an update of it",
	/* happened */ "A copy of the LUKS2 header is older than the other, half an update, or "
		"was never written; or both are older than the sealed ones.",
	/* known */ "Each update raises a number (seqid) in both copies. The numbers differ, or "
		"are lower than the sealed one, or a copy has no checksum yet, or is missing "
		"after the first update. An interrupted update, a header backup that was "
		"restored, and a write that was lost look alike.",
	/* not */ "It does not say that the copy that counts is damaged: that one is right by "
		"its checksum.",
	/* guest */ "Was cryptsetup stopped in a change? cryptsetup repair DEVICE makes the "
		"copies equal, when no other format or array is named. Was a header backup "
		"restored? Then forget the record (bootverdict seal --all --remove), and seal "
		"it anew. Neither: write nothing, keep a copy (dd), have the storage examined.",
	/* host */ "Was the disk taken back to a snapshot, or did it lose writes? Compare both "
		"copies with a backup, and look at the logs of the storage.",
	/* sure */ "Storage corruption when the second copy alone is older than the sealed one. "
		"Inconclusive when the first one is, or its start: restoring a header writes "
		"from the front, and may have been cut short. Else inconclusive, too.")

FINDING(LUKS_SIZE, "BV-LUKS-SIZE", LUKS,
	"the device is shorter than its container",
	/* happened */ "The device or file ends in front of what its LUKS header says is there: "
		"keyslots, data, or the rest of the header.",
	/* known */ "By the sizes that the header states (of LUKS1 no checksum covers them) "
		"against the size of what was opened. A partition or copy that is too short, a "
		"disk that tells less than it has, and a detached header by itself look alike.",
	/* not */ "Not the passphrase, its length, or the keyboard layout. What lies behind the "
		"end is not known to be lost.",
	/* guest */ "A partition: compare the table with an older copy (fdisk -l; sfdisk "
		"--dump), and write nothing before it is right. A copy or image: copy it again, "
		"compare the sizes. A detached header: bootverdict luks --header FILE DEVICE.",
	/* host */ "Is the disk, image or volume as long as it was? Was it made smaller, copied "
		"too short, or does the disk answer with fewer sectors than it has?",
	/* sure */ "Always inconclusive: the sizes are as they were read, but what made them differ "
		"is not known. What differs in front of the end has a finding of its own.")

FINDING(LUKS_STALE, "BV-LUKS-STALE", LUKS,
	"header or keys were changed after the seal",
	/* happened */ "The LUKS header or its keys are not those that were sealed, and are "
		"sound in themselves: changed, written anew, or of another container.",
	/* known */ "LUKS2: its checksum is right, with a higher seqid, or the sealed one over "
		"other bytes. LUKS1: header and key material changed together. Or another UUID "
		"with nothing of the sealed keyslots; a passphrase that opens what differs; a "
		"newer record that has the change.",
	/* not */ "It is no damage as far as can be seen: what is there fits together, and an "
		"owner's change leaves it so.",
	/* guest */ "Did you change keys, label or UUID, or format it? Once a passphrase opens "
		"it: bootverdict seal --all (with --device when the boot does not unlock it). "
		"Another UUID: look for the sealed one first (lsblk -o NAME,UUID), and write "
		"nothing until then.",
	/* host */ "If nobody changed it: was another disk or an older image attached, or did "
		"the disk report errors? A bad copy that was repaired silently leaves such a "
		"header.",
	/* sure */ "Always stale: sound in itself, no proof of a loss, and no proof that there "
		"was none.")

FINDING(LUKS_TWIN, "BV-LUKS-TWIN", LUKS,
	"two devices bear one LUKS UUID",
	/* happened */ "Another device bears the UUID of this LUKS container: a copy of it (a "
		"cloned disk, a snapshot), or another way to the same disk (multipath).",
	/* known */ "Both headers were read; members of arrays are not counted.",
	/* not */ "Nothing is said against either. The report tells of the one that it names: in "
		"a boot, what crypttab's name leads to.",
	/* guest */ "lsblk -o NAME,SIZE,FSTYPE,UUID,SERIAL; ls -l /dev/disk/by-uuid: which one is "
		"meant? Detach the other one before the next boot; write no header to either.",
	/* host */ "Is a clone or a snapshot attached to the same guest? Detach it.",
	/* sure */ "Intact, with a warning.")

FINDING(LUKS_UNKNOWN, "BV-LUKS-UNKNOWN", LUKS,
	"a LUKS header of an unknown kind",
	/* happened */ "The LUKS header, or a copy of it, is of a kind that this program does "
		"not know or accept, or requires what it does not know.",
	/* known */ "By its version, the kind of its checksum, its metadata, a requirement, or "
		"the mark of an offline reencryption of LUKS1; the report has the reason. "
		"Metadata that are not accepted have a right checksum; of a newer version that "
		"cannot always be told.",
	/* not */ "It does not say that anything is damaged, nor that all is well: what is not "
		"understood was not verified.",
	/* guest */ "Read the reason in the report. An offline reencryption is ended with the "
		"tool that began it. Else use a newer bootverdict, or ask cryptsetup about a "
		"copy of the header, never about the disk itself: it repairs what it reads.",
	/* host */ "",
	/* sure */ "Inconclusive: another program wrote it, as far as can be told. A copy that "
		"is damaged beside it has a finding of its own, BV-LUKS-COPY.")

FINDING(LUKS_WIPED, "BV-LUKS-WIPED", LUKS,
	"a keyslot was wiped, and is still in the header",
	/* happened */ "All key material of a keyslot is other than sealed, and the header says "
		"that nobody changed it; or it has the pattern that cryptsetup wipes with; or "
		"an older key in its front, as a header restore leaves it that was stopped. Its "
		"passphrase is refused, even the right one.",
	/* known */ "Every block differs (the end, in a block of its own, may be as sealed) and "
		"looks random, or as cryptsetup overwrites a key: so luksKillSlot, "
		"luksRemoveKey, luksErase or luksChangeKey leave it when interrupted. Random "
		"bytes from elsewhere look the same.",
	/* not */ "Not the passphrase, its length, the keyboard layout, or crypttab: no "
		"passphrase opens this keyslot as it is.",
	/* guest */ "Try another keyslot; the report names those that may work. Was a key being "
		"removed or changed? Then end that (luksKillSlot DEVICE N, with another "
		"passphrase), and seal it anew. If not: keep a copy (dd), do not close an open "
		"container, have the storage examined.",
	/* host */ "Was the guest stopped or the power cut while keys were changed? If not, "
		"compare the keyslot's area with a backup or snapshot.",
	/* sure */ "Inconclusive: the bytes alone do not tell an interrupted change of a key "
		"from random bytes that the storage gave back.")

FINDING(MANIFEST_DAMAGED, "BV-MANIFEST-DAMAGED", RECORD,
	"a copy of the sealed record is damaged",
	/* happened */ "A copy of the sealed record is damaged, or the device cannot read it. No "
	"file or device is accused on its word.",
	/* known */ "A record ends with a checksum over all of its lines; that or a line of it is "
	"wrong, or reading it gave an input/output error. An edit by hand looks like damage.",
	/* not */ "It does not mean that the kernel, the initial RAM disk or the LUKS device that "
	"it describes is damaged.",
	/* guest */ "See what else the disk lost, before anything is written there: bootverdict "
	"check --all --direct. Only when what is left is sound, write the record again: "
	"bootverdict seal --all.",
	/* host */ "Compare the blocks of this file with a good copy (the record is kept twice), "
	"and look at the storage's logs.",
	/* sure */ "Storage corruption, of this copy alone; another copy is used where there is "
	"one. When a LUKS device is examined, it is a warning unless the record was named.")

FINDING(MANIFEST_ONE_COPY, "BV-MANIFEST-ONE-COPY", RECORD,
	"one of two copies of the record is gone",
	/* happened */ "One of the two copies of the sealed record is not there; the other one is "
	"used.",
	/* known */ "The record is kept in the boot folder and in /var/lib/bootverdict, and one "
	"of the two has none of this version. A file system that is not mounted looks the same.",
	/* not */ "Nothing is wrong with the other copy: its checksum is right. The disk is not "
	"accused.",
	/* guest */ "Is the file system of that copy mounted? If it is, seal again, which writes "
	"both: bootverdict seal -k KVER.",
	/* host */ "",
	/* sure */ "A warning, which does not change the verdict. That the copy is not there is "
	"certain, why is not.")

FINDING(MANIFEST_UNUSABLE, "BV-MANIFEST-UNUSABLE", RECORD,
	"the sealed record cannot be used",
	/* happened */ "A sealed record cannot be used, and not because it is damaged: it is of a "
	"newer form, cannot be opened or held in memory, or the file that was named is no record.",
	/* known */ "The number of its form is higher than this program reads; or the system gave "
	"an error, which the report quotes; or the named file neither begins nor ends as a record "
	"does. One that lost both looks the same.",
	/* not */ "Nothing is said against the files and devices that it describes.",
	/* guest */ "Use the bootverdict that sealed it, or a newer one. Otherwise run it as "
	"root, and see that the right file was named (--manifest). Then check again.",
	/* host */ "",
	/* sure */ "Inconclusive where it is of a newer form; otherwise none, because it could "
	"not be used. Where no file was named, it may be a warning that does not count.")

FINDING(MEMORY_TOO_SMALL, "BV-MEMORY-TOO-SMALL", OTHER,
	"too little memory to unpack the initrd",
	/* happened */ "There is not enough memory to unpack the initial RAM disk: from some file "
	"on, it is cut off.",
	/* known */ "The kernel said write error, and its file system in memory is full. The "
	"first file that differs is as sealed up to where zeros begin, nothing behind it holds a "
	"written byte, and bootverdict's own files are whole.",
	/* not */ "root=, crypttab and the passphrase are not to blame. All that there was room "
	"for is as sealed.",
	/* guest */ "Give the machine more memory; the report says how much. Or boot an older "
	"kernel whose initrd is smaller. Or make the image smaller, and anew; the report names "
	"settings and command.",
	/* host */ "Give the guest as much memory as the report says: its initial RAM disk may "
	"fill half of it.",
	/* sure */ "Configuration error: all of these signs agree. The kernel's words alone would "
	"not be enough.")

FINDING(NO_FILES, "BV-NO-FILES", OTHER,
	"nothing is there of this kernel version",
	/* happened */ "Of this kernel version there is neither a kernel, nor an initial RAM "
	"disk, nor a sealed record.",
	/* known */ "No file in the boot folder has one of the usual names with this version, and "
	"neither there nor in /var/lib/bootverdict is a record of it. A boot folder that is not "
	"mounted looks the same.",
	/* not */ "It accuses neither a disk nor a setting: there was nothing to look at.",
	/* guest */ "Is the version spelled as in the files' names, and is /boot mounted? See "
	"what is there: bootverdict check --all. Files elsewhere: --boot DIR or --root DIR.",
	/* host */ "",
	/* sure */ "None, because it could not run (exit status 2). That no such file is there is "
	"certain.")

FINDING(NO_INIT, "BV-NO-INIT", OTHER,
	"init cannot be started",
	/* happened */ "The init that the initial RAM disk should go on with cannot be started.",
	/* known */ "The kernel refused to execute it; the report has the reason. Whether the "
	"image was built so is decided by its other files: all of them as sealed, or not.",
	/* not */ "Where it is a configuration error, all that was sealed is there and intact: "
	"neither the disk nor the memory is to blame.",
	/* guest */ "Boot an older kernel from the boot menu, or a rescue system. See what the "
	"image lacks: its init, the interpreter in that one's first line, a library. Then make "
	"the image anew.",
	/* host */ "For this alone nothing. Where another finding shows damage, do what that one "
	"says.",
	/* sure */ "That it cannot be started is certain. A configuration error where every "
	"sealed file is as sealed, and the error says that one is not there or not executable. "
	"Otherwise inconclusive: a program that the kernel does not know may have lost bytes before "
	"it was sealed. A warning where files are damaged, or could not be compared.")

FINDING(NOT_SEALED, "BV-NOT-SEALED", RECORD,
	"there is no sealed record",
	/* happened */ "There is no sealed record of this kernel version, or of its kernel image: "
	"only what the files prove about themselves could be verified.",
	/* known */ "No record of this version was found in the boot folder or in "
	"/var/lib/bootverdict, or it has no kernel image in it. Records that were removed, or "
	"whose file systems are not mounted, look the same.",
	/* not */ "It is no sign of damage: what is in no record was compared with nothing.",
	/* guest */ "If nothing else was found, seal it, best after a boot with it that went "
	"well: bootverdict seal -k KVER.",
	/* host */ "",
	/* sure */ "Stale. That there is no record is certain. Without one, what no checksum "
	"covers can change unseen.")

FINDING(SEAL_LEFT_OUT, "BV-SEAL-LEFT-OUT", LUKS,
	"a LUKS device is not sealed",
	/* happened */ "A device that the boot unlocks, that was named, or that was sealed before is "
	"not recorded as it is now.",
	/* known */ "The report has the reason: the device could not be opened, holds no LUKS header "
	"that is known, is not as it should be (then a finding of its own says what it is), or is not "
	"asked for any more.",
	/* not */ "By itself it does not say that a byte was lost.",
	/* guest */ "Do what the report says. Is it no LUKS device, or not wanted, nothing has to be done. "
	"Else look at it, and seal again: bootverdict luks DEVICE. Unless the report says that "
	"the record of before is kept, a boot verifies nothing of it.",
	/* host */ "",
	/* sure */ "That it is not recorded is certain. A warning where the rest was sealed all the "
	"same; storage corruption where the device is damaged; else inconclusive.")

FINDING(SEAL_NOT_BOOTED, "BV-SEAL-NOT-BOOTED", IMAGE,
	"an image that the kernel version does not boot",
	/* happened */ "A program that makes images asked to seal one, and by its name it is not what "
	"that kernel version boots: a crash kernel's, one for another machine, or one whose builder "
	"has another name for images. Nothing was done.",
	/* known */ "The file is none of the usual names of that version in the boot folder, nor what "
	"one of them leads to.",
	/* not */ "It says nothing of what is in the image: it was not looked at.",
	/* guest */ "Is it what the machine boots? Then give it a name that is looked for, as its "
	"builder's settings allow, and seal: bootverdict seal -k KVER. Else nothing has to be done.",
	/* host */ "",
	/* sure */ "Intact, with a warning; a line on standard error only where no image of that version "
	"is there besides.")

FINDING(SEAL_NOT_DONE, "BV-SEAL-NOT-DONE", OTHER,
	"a step of sealing could not be done",
	/* happened */ "A step of sealing could not be done: something is missing or cannot be read, "
	"there is no room, no permission or no memory, the file system is read-only, another program "
	"writes there, or it was interrupted.",
	/* known */ "The system gave an error, which the report quotes, or the report says what is "
	"missing, or what has changed meanwhile.",
	/* not */ "It means neither damage nor soundness: of what was not examined nothing is said.",
	/* guest */ "Remove the reason (make room, mount it writable, run it as root, let an update "
	"end first), and seal again: bootverdict seal -k KVER. What stands there until then, the "
	"report says, or nothing was changed.",
	/* host */ "",
	/* sure */ "None, because it could not be done (exit status 2); a warning where the seal was "
	"completed without that step. What else is found beside it may outweigh it.")

FINDING(SEAL_NOT_KEPT, "BV-SEAL-NOT-KEPT", OTHER,
	"the disk did not keep what was written",
	/* happened */ "The disk did not keep what was written to it, or did not take it: a file that "
	"was written just now, by the seal or before it, reads back differently, or writing it out or "
	"removing one ended with an input/output error.",
	/* known */ "Read past the page cache, blocks are others than those that were written; or the "
	"device, or the file system on it, gave the error, and dmesg says which.",
	/* not */ "Not a configuration error: root=, crypttab, and the package that built the image "
	"have no part in it.",
	/* guest */ "Read what stands there now: the report says it, and what a reboot would do. Write "
	"as little as possible, and look at dmesg and smartctl. What else was written lately may be "
	"lost as well: bootverdict check --all --direct. Once the disk is sound, seal again.",
	/* host */ "Compare the named place with what the host has, and look at the logs of the "
	"storage, and of what caches for it, since the file was written: a write was lost, or went "
	"elsewhere, or failed.",
	/* sure */ "Storage corruption, which includes memory and the way to the disk: that the bytes "
	"are others, or did not arrive, is certain. Where another program has replaced the file "
	"meanwhile it does not count any more.")

FINDING(SEAL_NOTE, "BV-SEAL-NOTE", OTHER,
	"what is to be known of this seal",
	/* happened */ "What is sealed has a limit, or a setting was not used as it stands; the "
	"report says which.",
	/* known */ "It was seen while the image was read and sealed, or its configuration was read.",
	/* not */ "It accuses nobody, and by itself it is no reason that a boot fails.",
	/* guest */ "Read it once: is it as you want it? Then nothing has to be done.",
	/* host */ "",
	/* sure */ "Intact, with a warning.")

FINDING(SEAL_REFUSED, "BV-SEAL-REFUSED", IMAGE,
	"an image that is not sealed, or not given back",
	/* happened */ "An image, or a kernel, is not sealed as it is, or was not given back as it was "
	"before the seal: it is broken, empty, or not complete, of a form that no kernel unpacks or "
	"that cannot be verified, cannot start, was packed again, or is not there any more behind "
	"its guard.",
	/* known */ "It was read to its end, or to the offset that the report names, and the report "
	"says what was found. Sealed like this, the fault would be said to be as sealed.",
	/* not */ "Where it is a configuration error, the disk and the memory are not to blame; where "
	"it is broken, root=, crypttab and the passphrase are not.",
	/* guest */ "Do not reboot into it before you have read what stands there now: the report says "
	"it. Remove the reason, then make the image anew, or install the kernel's package again; the "
	"report names what to do.",
	/* host */ "Where it is broken: look at the storage's logs of the time when it was written. "
	"The disk may not have kept it.",
	/* sure */ "Storage corruption where it is proven broken, though a build that was never "
	"finished looks the same. A configuration error where what it starts with cannot run, or no "
	"kernel unpacks it. Else inconclusive. Where another program has replaced it meanwhile it does "
	"not count any more.")

FINDING(SEAL_STANDS, "BV-SEAL-STANDS", IMAGE,
	"what stands in the place of a file now",
	/* happened */ "A file could not be sealed as it should: what stands under its name now, and "
	"mostly what a reboot would do with it, is what the report says.",
	/* known */ "bootverdict has put it there, or left it as it was. Where it was read back from the "
	"disk, past the page cache, the report says so. Of several that tell of one file the last "
	"one holds.",
	/* not */ "It is no fault of its own: why it came to that, another finding says.",
	/* guest */ "Before you reboot, do what that other finding says, and make the image anew, or "
	"keep an older kernel in the boot menu. Where the report says DO NOT REBOOT, keep the machine "
	"running until there is a good image.",
	/* host */ "",
	/* sure */ "A warning, which does not change the verdict. Intact where what stands there was "
	"read back or written again, stale where it is the image before, else inconclusive.")

FINDING(UNREADABLE, "BV-UNREADABLE", OTHER,
	"a file or device cannot be read",
	/* happened */ "A file or a device cannot be read: what it lies on did not deliver its "
	"bytes, or the system refused to open it.",
	/* known */ "By the system's error, which the report quotes. An input/output error comes "
	"from the device, the way to it, or the file system on it; dmesg says which. Any other "
	"(no permission, neither a file nor a block device) tells nothing about bytes.",
	/* not */ "With any other error than an input/output error the storage is not accused.",
	/* guest */ "Look at dmesg. After an input/output error write nothing there before there "
	"is a copy of it elsewhere. Otherwise run it as root, and see that a file or a block "
	"device was named.",
	/* host */ "After an input/output error: look at the logs of the disk, of what lies "
	"between it and the guest, and at smartctl.",
	/* sure */ "Storage corruption after an input/output error: that these bytes did not come "
	"is certain, whether they are lost for good is not. Otherwise none, because it could not "
	"run.")
/* clang-format on */
