#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict boot, its later stages, in the root that the kernel makes of a sealed image: with loop
# devices under the names of disks.

# shellcheck disable=SC2153 # make_system sets ROOT
bats_require_minimum_version 1.5.0

load system
load luks

UUID=3f2504e0-4f89-41d3-9a0c-0305e82c3301

setup() {
	[ "$(id -u)" -eq 0 ] || skip "loop devices and another root are for root"
	LOOPS=()
	R=$BATS_TEST_TMPDIR/r SYS=$BATS_TEST_TMPDIR/sys DEV=$BATS_TEST_TMPDIR/dev
	DATA=$BATS_TEST_TMPDIR/data DISK=$BATS_TEST_TMPDIR/disk
	# The one that runs: else its modules are missed.
	KVER=$(uname -r)
	make_system zstd
	truncate -s 40M "$DISK"
	mkfs.ext4 -q -b 1024 -O metadata_csum -U $UUID "$DISK"
}

teardown() {
	for loop in "${LOOPS[@]}"; do
		losetup --detach "$loop"
	done
}

unpacked() { # SEAL-OPTION...: the image sealed and unpacked
	bv seal --root "$ROOT" -k "$KVER" -q "$@" 2>/dev/null
	mkdir -p "$R" "$SYS/class/block" "$SYS/class/misc/device-mapper" "$DEV"
	PYTHONPATH=$BATS_TEST_DIRNAME/../corpus python3 -c 'import rootfs, sys
rootfs.unpack(open(sys.argv[1], "rb").read(), sys.argv[2])' "$IMAGE" "$R"
	mkdir -p "$R"/{proc,sys,dev,run}
	mknod "$DEV/null" c 1 3
	mknod "$DEV/console" c 1 3
}

attach() { # NAME FILE
	local loop

	loop=$(losetup --find --show "$2") || skip "no loop device here"
	LOOPS+=("$loop")
	mkdir "$SYS/class/block/$1"
	echo $(($(stat -c %s "$2") / 512)) >"$SYS/class/block/$1/size"
	mknod "$DEV/$1" b "$(stat -c '0x%t' "$loop")" "$(stat -c '0x%T' "$loop")"
}

detach() { # NAME
	rm -r "${SYS:?}/class/block/$1" "${DEV:?}/$1"
}

# One boot: the check of the content, which waits for a person when that is damaged, then a later
# stage. $output: the report as JSON. NO_INIT: the error with which init could not be started.
boot() { # COMMAND-LINE STAGE
	rm -f "$BATS_TEST_TMPDIR/report.json"
	echo "$1" >"$BATS_TEST_TMPDIR/cmdline"
	# shellcheck disable=SC2016
	run timeout 10 unshare --mount --pid --fork --kill-child sh -c '
		mount --bind "$1" "$1" && cd "$1" && mount --bind "$2" sys && mount --bind "$3" dev &&
		mount -t tmpfs none run && mount -t proc proc proc && mount --bind "$4/cmdline" proc/cmdline &&
		for file in crypto meminfo; do
			[ ! -e "$4/$file" ] || mount --bind "$4/$file" "proc/$file" || exit 1
		done &&
		{ timeout 2 chroot . /bootverdict/bootverdict boot ${6:+--no-init="$6"} </dev/null || :; } &&
		chroot . /bootverdict/bootverdict boot "$5" </dev/null &&
		cp run/bootverdict/report.json "$4"' \
		sh "$R" "$SYS" "$DEV" "$BATS_TEST_TMPDIR" "$2" "${NO_INIT-}"
	[ "$status" -eq 0 ] || return 0
	output=$(<"$BATS_TEST_TMPDIR/report.json")
	keep_report
}

says() { # VERDICT ID SENTENCE: the report, and what counts in it
	[ "$status" -eq 0 ]
	[ "$(jq -r .verdict <<<"$output")" = "$1" ]
	[ "$(jq -r '[.findings[] | select(.warning | not) | .id] | unique | join(",")' <<<"$output")" = "$2" ]
	[[ $(jq -r '.findings[] | select(.warning | not) | .summary' <<<"$output") == *"$3"* ]]
}

# One of its findings, and what is not to blame by that.
is_told() { # ID VERDICT NOT
	[ "$(jq -r --arg id "$1" '.findings[] | select(.id == $id) | .verdict' <<<"$output")" = "$2" ]
	[[ $(jq -r --arg id "$1" '.findings[] | select(.id == $id) | .not[]?' <<<"$output") == "$3" ]]
}

# What a builder puts into each of its images.
shows() { # BUILDER
	case $1 in
	initramfs-tools) set -- conf/initramfs.conf ;;
	dracut) set -- usr/lib/dracut/modules.txt ;;
	esac
	echo "$1"
}

says_command() { # BUILDER: of all that the report says to do
	local next

	next=$(jq -r '[.findings[].next[]?] | join("\n")' <<<"$output")
	case $1 in
	initramfs-tools) [[ $next == *"update-initramfs -u -k "* && $next != *"dracut -"* ]] ;;
	dracut) [[ $next == *"dracut -f --"* && $next != *update-initramfs* ]] ;;
	unknown) [[ $next == *"update-initramfs -u -k "*" (Debian) or dracut -f --"*" (Fedora)"* ]] ;;
	esac
}

@test "a data disk that was sealed by its name breaks no chain: what is told is the root" {
	make_luks "$DATA" 2
	unpacked --device "$DATA"
	attach vda "$DISK"
	attach vdb "$DATA"
	boot "root=UUID=$UUID ro" --after-failure
	says intact BV-CHAIN-INTACT "Nothing is broken that was looked at"
	# Damaged: a note, which is no reason that the root was not mounted.
	zero_4k "$DATA" 40960
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-CHAIN-INTACT "But this report tells more of this boot"
	[ "$(jq -r '.findings[] | select(.warning) | .id' <<<"$output")" = BV-LUKS-KEYSLOT ]
	printf x | dd of="$DISK" bs=1 seek=1080 conv=notrunc status=none
	boot "root=UUID=$UUID ro" --after-failure
	says storage-corruption BV-CHAIN-SUPERBLOCK "its magic is lost"
	# In a drawer: the damaged root is not taken for it.
	detach vdb
	boot "root=UUID=$UUID ro" --after-failure
	says storage-corruption BV-CHAIN-SUPERBLOCK "its magic is lost"
	[[ $output != *luksHeaderRestore* ]]
	# All of its block: somebody may have written that.
	dd if=/dev/zero of="$DISK" bs=4096 count=1 conv=notrunc status=none
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-CHAIN-SUPERBLOCK "or somebody overwrote it"
	[[ $output != *luksHeaderRestore* ]]
}

@test "one that crypttab names is missed, and a root that is damaged is not taken for it" {
	make_luks "$DATA" 2
	unpacked --device "$DATA"
	mkdir "$R/cryptroot"
	echo "data UUID=$(cryptsetup luksUUID "$DATA") none luks" >"$R/cryptroot/crypttab"
	dd if=/dev/zero of="$DISK" bs=4096 count=1 conv=notrunc status=none
	attach vda "$DISK"
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-LUKS-ABSENT "No disk holds the LUKS device"
	[[ $output != *suspects* && $output != *luksHeaderRestore* ]]
	[[ $output == *"a spare superblock of ext4 $UUID"* ]]
	# Nothing of another format is left: it may have been the LUKS device.
	dd if=/dev/zero of="$DISK" bs=1M count=40 conv=notrunc status=none
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-LUKS-ABSENT "No disk holds the LUKS device"
	[[ $output == *"May have been it: /dev/vda"*luksHeaderRestore* ]]
}

@test "crypttab's name leads to a blank clone: the sealed disk is named; without it nothing is called lost" {
	local part=aaaa1111-0000-4000-8000-000000001111

	make_luks "$DATA" 2
	LINK=/dev/disk/by-partuuid/$part
	LOOPS+=("$(losetup --find --show "$DATA")") || skip "no loop device here"
	mkdir -p /dev/disk/by-partuuid
	ln -s "${LOOPS[0]}" "$LINK"
	unpacked --device "$LINK"
	rm "$LINK"
	mkdir "$R/cryptroot"
	echo "root_crypt PARTUUID=$part none luks" >"$R/cryptroot/crypttab"
	mkdir -p "$DEV/disk/by-partuuid"
	truncate -s 32M "$BATS_TEST_TMPDIR/blank"
	attach sdb1 "$BATS_TEST_TMPDIR/blank"
	ln -s /dev/sdb1 "$DEV/disk/by-partuuid/$part"
	attach sda1 "$DATA"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-CHAIN-SOURCE "leads to another disk (/dev/sdb1)"
	[[ $output == *"The one that was sealed is there: /dev/sda1"* && $output != *luksHeaderRestore* ]]
	detach sda1
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-LUKS-GONE "neither its header nor its key material is found here"
	[[ $output != *"luksHeaderRestore /dev/"* && $output != *"No record of it was sealed"* ]]
	detach sdb1
	# The container is in its place, and has lost its header.
	cp "$DATA" "$BATS_TEST_TMPDIR/lost"
	zero_bytes "$BATS_TEST_TMPDIR/lost" 0 32768
	attach sdb1 "$BATS_TEST_TMPDIR/lost"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says storage-corruption BV-LUKS-GONE "The LUKS header that was sealed is not there any more"
}

@test "of two disks with the UUID the one that is as sealed counts, and what crypttab's name leads to" {
	local uuid

	make_luks "$DATA" 2
	uuid=$(cryptsetup luksUUID "$DATA")
	unpacked --device "$DATA"
	mkdir -p "$R/cryptroot" "$DEV/disk/by-uuid"
	echo "root_crypt UUID=$uuid none luks" >"$R/cryptroot/crypttab"
	{ head -c 65536 "$DATA" && head -c 20M /dev/zero; } >"$BATS_TEST_TMPDIR/part"
	attach sda1 "$BATS_TEST_TMPDIR/part"
	# The interrupted copy alone.
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says storage-corruption BV-LUKS-KEYSLOT eyslot
	attach sdb1 "$DATA"
	ln -s /dev/sdb1 "$DEV/disk/by-uuid/$uuid"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-LUKS-PASSPHRASE "as sealed, byte for byte"
	[ "$(jq -r '.findings[] | select(.id == "BV-LUKS-PASSPHRASE") | .target' <<<"$output")" = /dev/sdb1 ]
	# That name leads to the copy: it is what is opened.
	ln -sfn /dev/sda1 "$DEV/disk/by-uuid/$uuid"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says storage-corruption BV-LUKS-KEYSLOT eyslot
}

# What cryptsetup opens is what counts, and not which one is found first, or is the sound one.
@test "of two disks with the UUID the one is told of that crypttab's name leads to; the other one is named" {
	local bad=$BATS_TEST_TMPDIR/bad gone=$BATS_TEST_TMPDIR/gone link uuid
	local part=1f1f1f1f-01

	make_luks "$DATA" 2
	uuid=$(cryptsetup luksUUID "$DATA")
	unpacked --device "$DATA"
	mkdir -p "$R/cryptroot" "$DEV/disk/by-uuid" "$DEV/disk/by-partuuid"
	cp "$DATA" "$bad"
	zero_4k "$bad" 40960
	cp "$DATA" "$gone"
	zero_bytes "$gone" 0 32768
	for link in "UUID=$uuid by-uuid/$uuid" "PARTUUID=$part by-partuuid/$part"; do
		echo "root_crypt ${link% *} none luks" >"$R/cryptroot/crypttab"
		attach sda1 "$DATA"
		attach sdb1 "$bad"
		ln -sfn /dev/sdb1 "$DEV/disk/${link#* }"
		boot "root=/dev/mapper/root_crypt ro bootverdict=continue" --before-unlock
		says storage-corruption BV-LUKS-KEYSLOT eyslot
		boot "root=/dev/mapper/root_crypt ro" --after-failure
		says storage-corruption BV-LUKS-KEYSLOT eyslot
		[ "$(jq -r '.findings[0].target' <<<"$output")" = /dev/sdb1 ]
		[[ $(jq -r '.findings[] | select(.id == "BV-LUKS-TWIN") | .summary' <<<"$output") == "/dev/sda1 bears the same LUKS UUID"* ]]
		# Its healthy twin.
		ln -sfn /dev/sda1 "$DEV/disk/${link#* }"
		boot "root=/dev/mapper/root_crypt ro" --after-failure
		says inconclusive BV-LUKS-PASSPHRASE "as sealed, byte for byte"
		[ "$(jq -r '[.findings[].target] | unique | join(",")' <<<"$output")" = /dev/sda1 ]
		[[ $(jq -r '.findings[] | select(.id == "BV-LUKS-TWIN") | .summary' <<<"$output") == "/dev/sdb1 bears the same LUKS UUID"* ]]
		# The header of the one that is opened is gone, and its copy is whole.
		detach sdb1
		attach sdb1 "$gone"
		ln -sfn /dev/sdb1 "$DEV/disk/${link#* }"
		boot "root=/dev/mapper/root_crypt ro" --after-failure
		says storage-corruption BV-LUKS-GONE "The LUKS header that was sealed is not there any more"
		detach sda1
		detach sdb1
	done
}

@test "crypttab has another name for it than the record: it is one device, and has an entry" {
	make_luks "$DATA" 2
	unpacked --device "$DATA"
	mkdir -p "$R/cryptroot" "$DEV/disk/by-partuuid"
	ln -s /dev/sda1 "$DEV/disk/by-partuuid/1f1f1f1f-01"
	attach sda1 "$DATA"
	for name in PARTUUID=1f1f1f1f-01 /dev/disk/by-partuuid/1f1f1f1f-01 /dev/sda1; do
		echo "root_crypt $name none luks" >"$R/cryptroot/crypttab"
		boot "root=/dev/mapper/root_crypt ro" --after-failure
		says inconclusive BV-LUKS-PASSPHRASE "as sealed, byte for byte"
		[ "$(jq '.findings | length' <<<"$output")" -eq 1 ]
		[[ $output == *"cryptsetup open /dev/sda1 root_crypt;"* ]]
	done
	flip_bit "$DATA" 40000
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says storage-corruption BV-LUKS-KEYSLOT "eyslot 0"
	[ "$(jq '.findings | length' <<<"$output")" -eq 1 ]
}

# As local-block says it, when the device was asked for and its driver is there.
@test "that it is the passphrase is said only after one was refused" {
	local uuid

	make_luks "$DATA" 2
	keyed "$SECOND" luksConvertKey --key-slot 1 --pbkdf argon2id --pbkdf-memory 4096 \
		--pbkdf-parallel 1 --pbkdf-force-iterations 4 "$DATA"
	uuid=$(cryptsetup luksUUID "$DATA")
	unpacked --device "$DATA"
	mkdir "$R/cryptroot"
	echo "root_crypt UUID=$uuid none luks" >"$R/cryptroot/crypttab"
	mkdir -p "$DEV/disk/by-uuid"
	attach sda1 "$DATA"
	ln -s /dev/sda1 "$DEV/disk/by-uuid/$uuid"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-LUKS-PASSPHRASE "That a passphrase was refused is not recorded in this boot"
	# Without the driver: asked for, and not refused.
	mkdir -p "$R/bootverdict/run"
	echo "$uuid" >"$R/bootverdict/run/asked"
	boot "root=/dev/mapper/root_crypt ro" --after-refusal
	[ ! -e "$R/bootverdict/run/asked" ]
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-LUKS-PASSPHRASE "is not recorded in this boot"
	mkdir -p "$SYS/module/dm_crypt"
	echo "$uuid" >"$R/bootverdict/run/asked"
	boot "root=/dev/mapper/root_crypt ro" --after-refusal
	# The kernel has no such cipher, and no module of one; then too little memory for a keyslot.
	printf 'name         : aes\n' >"$BATS_TEST_TMPDIR/crypto"
	printf 'MemAvailable:    4096 kB\n' >"$BATS_TEST_TMPDIR/meminfo"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-LUKS-PASSPHRASE "was not found here: its cipher aes-xts-plain64"
	mkdir -p "$R/lib/modules/$KVER"
	echo kernel/crypto/xts.ko.xz: >"$R/lib/modules/$KVER/modules.dep"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says config-error BV-LUKS-PASSPHRASE "it is the passphrase or the keyboard layout"
	printf 'MemAvailable:    4095 kB\n' >"$BATS_TEST_TMPDIR/meminfo"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says inconclusive BV-LUKS-PASSPHRASE "4 MiB of which 3 MiB are available"
	rm -r "$R/lib/modules/$KVER" "$BATS_TEST_TMPDIR/meminfo"
	printf 'name         : xts(aes)\n' >"$BATS_TEST_TMPDIR/crypto"
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says config-error BV-LUKS-PASSPHRASE "it is the passphrase or the keyboard layout"
	# A keyslot is damaged: that is told, refused or not.
	flip_bit "$DATA" 40000
	boot "root=/dev/mapper/root_crypt ro" --after-failure
	says storage-corruption BV-LUKS-KEYSLOT "eyslot 0"
}

@test "damage of a disk that this boot does not unlock is told, and does not stop it" {
	make_luks "$DATA" 2
	unpacked --device "$DATA"
	zero_4k "$DATA" 40960
	attach vda "$DISK"
	attach vdb "$DATA"
	boot "root=UUID=$UUID ro" --before-unlock
	says storage-corruption BV-LUKS-KEYSLOT "The key material of keyslot 0 is damaged"
	# One that it does unlock: it waits for a person.
	mkdir "$R/cryptroot"
	echo "data UUID=$(cryptsetup luksUUID "$DATA") none luks" >"$R/cryptroot/crypttab"
	boot "root=UUID=$UUID ro" --before-unlock
	[ "$status" -eq 124 ]
}

@test "damage that was told earlier in the boot: nobody says then that all is as sealed" {
	unpacked
	attach vda "$DISK"
	boot "root=UUID=$UUID ro bootverdict=continue" --after-failure
	says intact BV-CHAIN-INTACT "Nothing is broken that was looked at"
	printf x | dd of="$R/usr/lib/modules/noise.ko" bs=1 seek=70000 conv=notrunc status=none
	boot "root=UUID=$UUID ro bootverdict=continue" --after-failure
	says storage-corruption BV-CHAIN-INTACT,BV-CONTENT-DAMAGED "But this report tells more of this boot"
	[[ $output != *"Nothing is broken that was looked at"* ]]
}

# seal writes it when it runs in the system itself.
record_root() { # UUID
	edit_record "$R/bootverdict/manifest" "0,/^segment /s/^segment /root $1\\n&/"
}

@test "root= names what is not there, and the sealed root, or a copy of it, is: nothing tells which" {
	local name

	unpacked
	record_root $UUID
	attach sdb "$DISK"
	for name in /dev/mapper/vg-root /dev/nvme0n1p2 PARTUUID=1f1f1f1f-02 "UUID=${UUID%1}3"; do
		boot "root=$name ro" --after-failure
		says inconclusive BV-CHAIN-ROOT "The root that was sealed, or a copy of it, is there: /dev/sdb"
	done
	boot "root=UUID=$UUID ro" --after-failure
	says intact BV-CHAIN-INTACT "up to the root file system's superblock"
	# No device has a UUID in capitals, and initramfs-tools compares it as it is.
	boot "root=UUID=${UUID^^} ro" --after-failure
	says inconclusive BV-CHAIN-ROOT "or a copy of it"
	mkdir -p "$R/scripts"
	touch "$R/scripts/functions"
	boot "root=UUID=${UUID^^} ro" --after-failure
	says config-error BV-CHAIN-ROOT "root= names a UUID in capital letters"
	# Two letters are two lost bits.
	boot "root=UUID=${UUID%e82*}E82C3301 ro" --after-failure
	says inconclusive BV-CHAIN-ROOT "or a copy of it"
	printf x | dd of="$DISK" bs=1 seek=1100 conv=notrunc status=none
	boot "root=UUID=${UUID^^} ro" --after-failure
	says storage-corruption BV-CHAIN-SUPERBLOCK "its checksum is wrong"
}

@test "the root's superblock was not seen: nobody says that all is as sealed up to it" {
	unpacked
	record_root $UUID
	boot "root=PARTUUID=1f1f1f1f-02 ro" --after-failure
	says inconclusive BV-CHAIN-ROOT "The kernel has found no disk at all"
	truncate -s 20M "$DATA"
	attach sda1 "$DATA"
	boot "root=PARTUUID=1f1f1f1f-02 ro" --after-failure
	says inconclusive BV-CHAIN-ROOT "No partition is seen here"
	# The disks were found in another order.
	mkfs.ext4 -q "$DATA"
	attach sdb1 "$DISK"
	boot "root=/dev/sda1 ro" --after-failure
	says inconclusive BV-CHAIN-OTHER "not the root that was sealed, $UUID"
	[[ $output == *"which is on /dev/sdb1"* ]]
	boot "root=/dev/sdb1 ro" --after-failure
	says intact BV-CHAIN-INTACT "up to the root file system's superblock"
	# It is no device that holds anything.
	boot "root=/dev/null ro" --after-failure
	says intact BV-CHAIN-INTACT "is not where it can be looked at here"
	detach sdb1
	truncate -s 30M "$DISK"
	attach sdb1 "$DISK"
	boot "root=/dev/sdb1 ro" --after-failure
	says inconclusive BV-CHAIN-SMALL "is bigger than the device"
}

# Debian's cloud images have root=PARTUUID=, and a snapshot's volume has that of its disk.
@test "of two partitions with root='s PARTUUID the one that udev's link leads to is the root" {
	local part=1f1f1f1f-01 root

	unpacked
	record_root $UUID
	cp "$DISK" "$DATA"
	printf x | dd of="$DATA" bs=1 seek=1100 conv=notrunc status=none
	mkdir -p "$DEV/disk/by-partuuid" "$DEV/disk/by-uuid"
	attach sda1 "$DISK"
	attach sdb1 "$DATA"
	for root in sda1 sdb1; do
		printf 'MAJOR=8\nPARTUUID=%s\n' $part >"$SYS/class/block/$root/uevent"
	done
	boot "root=PARTUUID=$part ro" --after-failure
	says inconclusive BV-CHAIN-ROOT "No link of udev's is there"
	ln -s /dev/sda1 "$DEV/disk/by-partuuid/$part"
	boot "root=PARTUUID=$part ro" --after-failure
	says inconclusive BV-CHAIN-INTACT "But this report tells more of this boot"
	[[ $output == *"udev's link leads to /dev/sda1, which was looked at; /dev/sdb1 has it as well"* ]]
	# To the damaged one.
	ln -sfn /dev/sdb1 "$DEV/disk/by-partuuid/$part"
	boot "root=PARTUUID=$part ro" --after-failure
	says storage-corruption BV-CHAIN-SUPERBLOCK "its checksum is wrong"
	[ "$(jq -r '.findings[0].target' <<<"$output")" = /dev/sdb1 ]
	[[ $output == *"leads to /dev/sdb1, which was looked at; /dev/sda1 has it as well"* ]]
	# By the UUID of the file system; a clone on a smaller disk is not the root.
	cp "$DISK" "$DATA"
	detach sdb1
	truncate -s 30M "$DATA"
	attach sdb1 "$DATA"
	ln -s /dev/sda1 "$DEV/disk/by-uuid/$UUID"
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-CHAIN-INTACT "But this report tells more of this boot"
	ln -sfn /dev/sdb1 "$DEV/disk/by-uuid/$UUID"
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-CHAIN-SMALL "is bigger than the device"
}

@test "a superblock without a checksum: that it is as sealed is said where a spare one agrees" {
	local file=$BATS_TEST_TMPDIR/old

	unpacked
	record_root $UUID
	truncate -s 160M "$file"
	mkfs.ext4 -q -b 4096 -O ^metadata_csum -U $UUID "$file"
	attach sda1 "$file"
	boot "root=UUID=$UUID ro" --after-failure
	says intact BV-CHAIN-INTACT "up to the root file system's superblock"
	head -c 512 /dev/urandom | dd of="$file" bs=512 seek=3 conv=notrunc status=none
	boot "root=UUID=$UUID ro" --after-failure
	says intact BV-CHAIN-INTACT "or no checksum proves its superblock"
}

make_members() { # METADATA LEVEL FILE: $BATS_TEST_TMPDIR/m0 to m2
	"$BATS_TEST_DIRNAME/md.py" "$1" "$2" 65536 "$3" "$BATS_TEST_TMPDIR"/m{0,1,2}
}

@test "a root on an array that was not started is on no member of it" {
	local name

	unpacked
	for metadata in 0.90 1.0 1.2; do
		make_members $metadata 1 "$DISK"
		attach vda "$BATS_TEST_TMPDIR/m0"
		for name in /dev/md0 UUID=$UUID /dev/disk/by-uuid/$UUID; do
			boot "root=$name ro" --after-failure
			says inconclusive BV-CHAIN-ARRAY "does not run: /dev/md"
			[[ $(jq -r '.findings[0].evidence.array' <<<"$output") == /dev/md*", RAID1 of 3" ]]
			[[ $output == *"mdadm --assemble --scan --readonly"* && $output != *"edits root="* ]]
		done
		detach vda
	done
	# No member any more: its own superblock counts again, and that it is lost.
	printf x | dd of="$DISK" bs=1 seek=1080 conv=notrunc status=none
	attach vda "$DISK"
	boot "root=UUID=$UUID ro" --after-failure
	says storage-corruption BV-CHAIN-SUPERBLOCK "its magic is lost"
}

@test "a container on an array of which too few members are there is missed, and no member is to be written to" {
	make_luks "$DATA" 2
	unpacked --device "$DATA"
	mkdir "$R/cryptroot"
	echo "data UUID=$(cryptsetup luksUUID "$DATA") none luks" >"$R/cryptroot/crypttab"
	make_members 1.0 5 "$DATA"
	attach vda "$BATS_TEST_TMPDIR/m2"
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-LUKS-ABSENT "No disk holds the LUKS device"
	[[ $(jq -r '.findings[0].evidence.array' <<<"$output") == "/dev/md/root, "*", RAID5 of 3" ]]
	[[ $output != *suspects* && $output != *luksHeaderRestore* ]]
	# What is no member may be it.
	detach vda
	truncate -s 32M "$BATS_TEST_TMPDIR/empty"
	attach vda "$BATS_TEST_TMPDIR/empty"
	boot "root=UUID=$UUID ro" --after-failure
	says inconclusive BV-LUKS-ABSENT "No disk holds the LUKS device"
	[[ $output == *suspects* && $output != *mdadm* ]]
}

@test "an image that was made for another kernel than the one that runs; the twin is for this one" {
	local running=$KVER files=$BATS_TEST_TMPDIR/files

	for KVER in 6.1.0-other "$running"; do
		rm -rf "$R" "$files"
		make_system zstd
		make_files "$files"
		mkdir -p "$files/usr/lib/modules/$KVER/kernel"
		noise 5000 module >"$files/usr/lib/modules/$KVER/kernel/x.ko"
		archive "$files" | pack zstd >"$IMAGE"
		rm -rf "$SYS" "$DEV"
		unpacked
		attach vda "$DISK"
		boot "root=UUID=$UUID ro" --after-failure
		[ "$KVER" != "$running" ] || break
		[ "$(jq -r '.findings[] | select(.id == "BV-KERNEL-OTHER") | .verdict' <<<"$output")" = inconclusive ]
		[ "$(jq -r '[.findings[].not[]?] | length' <<<"$output")" -eq 0 ]
		[[ $output == *"none of its modules fits. The boot loader has paired them, or the disk has lost"* ]]
	done
	[[ $output != *BV-KERNEL-OTHER* ]]
}

@test "a shell that was lost before the image was packed is nobody's fault yet; one that is missing is the builder's" {
	local files=$BATS_TEST_TMPDIR/files

	for lost in zeros gone; do
		rm -rf "$R" "$SYS" "$DEV" "$files"
		make_files "$files"
		case $lost in
		zeros) zero_block "$files/bin/sh" 0 ;;
		gone) rm "$files/bin/sh" ;;
		esac
		archive "$files" | pack zstd >"$IMAGE"
		unpacked || true # seal refuses it
		attach vda "$DISK"
		boot "root=UUID=$UUID ro" --after-failure
		case $lost in
		zeros) is_told BV-IMAGE-REFUSED inconclusive "" ;;
		gone) is_told BV-IMAGE-REFUSED config-error "the disk or the memory" ;;
		esac
	done
}

@test "an init that the kernel does not know may have lost bytes; the twin lacks its interpreter" {
	unpacked
	attach vda "$DISK"
	NO_INIT=8 boot "root=UUID=$UUID ro" --after-failure
	is_told BV-NO-INIT inconclusive ""
	NO_INIT=2 boot "root=UUID=$UUID ro" --after-failure
	is_told BV-NO-INIT config-error "the disk or the memory: all that was sealed is there and intact"
}

@test "a stage of the boot names the builder's command: by the record, else by what is here" {
	local record files builder case

	# What the guard's record says, what this initramfs shows, and what counts.
	for case in "dracut unknown dracut" "initramfs-tools unknown initramfs-tools" \
		"unknown dracut dracut" "unknown initramfs-tools initramfs-tools" \
		"dracut initramfs-tools dracut" "unknown unknown unknown"; do
		read -r record files builder <<<"$case"
		rm -rf "$R" "$SYS" "$DEV"
		make_initrd_with "$([ "$record" = unknown ] && echo etc/x || shows "$record")" x
		unpacked
		[ "$record" = unknown ] || rm "$R/$(shows "$record")"
		if [ "$files" != unknown ]; then
			mkdir -p "$(dirname "$R/$(shows "$files")")"
			touch "$R/$(shows "$files")"
		fi
		attach vda "$DISK"
		boot "root=PARTUUID=1f1f1f1f-02 ro bootverdict=continue" --after-failure
		[ "$(jq '[.findings[] | select(.id == "BV-CHAIN-ROOT")] | length' <<<"$output")" -eq 1 ]
		says_command "$builder"
	done
}

@test "a damaged image: what the kernel unpacked of it is enough to know its builder" {
	for builder in initramfs-tools dracut unknown; do
		rm -rf "$R" "$SYS" "$DEV"
		make_initrd_with "$(shows "$builder")" x
		unpacked
		edit_record "$R/bootverdict/manifest" '/^builder /d'
		printf x | dd of="$R/usr/lib/modules/noise.ko" bs=1 seek=70000 conv=notrunc status=none
		attach vda "$DISK"
		boot "root=UUID=$UUID ro bootverdict=continue" --after-failure
		says storage-corruption BV-CHAIN-INTACT,BV-CONTENT-DAMAGED ""
		says_command "$builder"
	done
}

@test "the list of what is unlocked is where the builder of this initramfs has it" {
	local uuid list other

	make_luks "$DATA" 2
	uuid=$(cryptsetup luksUUID "$DATA")
	for builder in initramfs-tools dracut; do
		list=cryptroot/crypttab other=etc/crypttab
		[ "$builder" != dracut ] || list=etc/crypttab other=cryptroot/crypttab
		rm -rf "$R" "$SYS" "$DEV"
		make_initrd_with "$(shows "$builder")" x
		unpacked --device "$DATA"
		mkdir -p "$R"/{etc,cryptroot} "$DEV/disk/by-uuid"
		attach sda1 "$DATA"
		ln -s /dev/sda1 "$DEV/disk/by-uuid/$uuid"
		# That of another one tells nothing here.
		echo "root_crypt UUID=$uuid none luks" >"$R/$other"
		boot "root=/dev/mapper/root_crypt ro" --after-failure
		[ "$status" -eq 0 ]
		[[ $output != *BV-LUKS-PASSPHRASE* ]]
		mv "$R/$other" "$R/$list"
		boot "root=/dev/mapper/root_crypt ro" --after-failure
		says inconclusive BV-LUKS-PASSPHRASE "as sealed, byte for byte"
	done
}
