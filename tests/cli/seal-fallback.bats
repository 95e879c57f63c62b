#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What stands under the initrd's name after a seal that failed, who may write there meanwhile, and
# what an interrupted one leaves. tests/boot/test_failed_seal.py has the same with real disks and reboots.

load system

bats_require_minimum_version 1.5.0

# As many bytes as 256 KiB pieces of the image have: an injected write must claim the right number.
make_whole_pieces() {
	truncate -s %262144 "$IMAGE"
}

traced() { # INJECTION... -- [OPTION]...: seal under strace
	local inject=()
	while [ "$1" != -- ]; do
		inject+=(-e "inject=$1")
		shift
	done
	shift
	# Who runs this in the background ignores SIGINT, and so would all that is started here.
	env --default-signal=INT,TERM,HUP strace -qq -o "$BATS_TEST_TMPDIR/strace" -e trace=pwrite64,pread64,fsync,renameat2,linkat \
		"${inject[@]}" "$BOOTVERDICT" seal --read-back --root "$ROOT" -k "$KVER" "$@"
}

nothing_left() {
	[ -z "$(find "$ROOT/boot" "$ROOT/var" -name '*.bootverdict-*')" ]
}

# A sealed image, and another one that its builder has just put in its place.
updated_system() {
	make_system
	make_whole_pieces
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	ln "$IMAGE" "$IMAGE.dpkg-bak"
	make_initrd "$IMAGE.new" zstd 2
	truncate -s %262144 "$IMAGE.new"
	mv "$IMAGE.new" "$IMAGE"
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
}

# A sealed system, and COMMAND done to another copy of its image, as rsync or cp puts one there.
rewritten_system() { # CODEC COMMAND...
	local codec=$1
	shift
	rm -rf "$ROOT"
	make_system "$codec"
	seal -q
	cp "$IMAGE" "$IMAGE.new"
	"$@"
	mv "$IMAGE.new" "$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
}

stays() { # STATUS [OPTION]: of seal, which keeps image and record
	local before
	before=$(fingerprint)
	run "-$1" seal "${@:2}"
	echo "$output"
	[ "$(fingerprint)" = "$before" ]
	[[ $output == *"the initial RAM disk is not the one that was sealed: "* ]]
	[ "$1" -ne 1 ] || [[ $output == *": 1 of "*" blocks differ"* ]]
	[[ $output == *"do not reboot into it before it is made anew"* ]]
}

first_block() { # FILE: of the copy
	dd if="$1" of="$IMAGE.new" bs=4096 count=1 conv=notrunc status=none
}

@test "a write that is lost is noticed, and the image is written once more" {
	make_system
	make_whole_pieces
	cp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	seal -q
	cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	cp "$BATS_TEST_TMPDIR/unsealed" "$IMAGE"
	run -1 traced pwrite64:retval=262144:when=3 --
	[[ $output == *"the disk did not keep what was written"* ]]
	[[ $output == *"in pieces of 64 KiB"* ]]
	[[ $output == *"a reboot boots this image: it was written once more, and reads back"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	check
	nothing_left
}

@test "an image that cannot be sealed is left when the disk has all of it" {
	updated_system
	run -1 traced pwrite64:error=EIO:when=1+ --
	[[ $output == *"a reboot boots the image as it stood before: all of it reads back"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	nothing_left
	# The record is the old one, and accuses nobody.
	run -4 check
}

@test "the image before is put back, and the record says that the new one is lost" {
	updated_system
	run -1 traced pwrite64:error=EIO:when=1..3 -- --no-read-back
	[[ $output == *"a reboot boots the image before this one, not the new one"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	cmp "$IMAGE.dpkg-bak" "$BATS_TEST_TMPDIR/sealed"
	nothing_left
	run -4 check --json
	[ "$(field '.findings[].id')" = BV-INITRD-UPDATE-LOST ]
	# Of another image in its place it is not told; the next update forgets it.
	cp "$BATS_TEST_TMPDIR/unsealed" "$IMAGE"
	run -4 check --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-INITRD-STALE ]
	seal -q
	check
}

@test "the image before is put back where a file cannot have two names" {
	updated_system
	run -1 traced pwrite64:error=EIO:when=1..3 linkat:error=EPERM -- --no-read-back
	[[ $output == *"a reboot boots the image before this one"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	nothing_left
	# Where names cannot be exchanged either.
	rm -rf "$ROOT"
	updated_system
	run -1 traced pwrite64:error=EIO:when=1..3 linkat:error=EPERM renameat2:error=EINVAL -- \
		--no-read-back
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	nothing_left
}

@test "an image before that is not as its record says is not put back" {
	updated_system
	flip_bit "$IMAGE.dpkg-bak" 400000
	run -1 traced pwrite64:error=EIO:when=1..3 -- --no-read-back
	[[ $output != *"the image before"* ]]
	nothing_left
}

@test "an image before that was refused itself is not put back" {
	make_system
	make_whole_pieces
	zero_block "$IMAGE" 70
	run -1 seal
	ln "$IMAGE" "$IMAGE.dpkg-bak"
	make_initrd "$IMAGE.new" zstd 2
	truncate -s %262144 "$IMAGE.new"
	zero_block "$IMAGE.new" 80
	mv "$IMAGE.new" "$IMAGE"
	run -1 seal
	[[ $output != *"the image before"* ]]
	[[ $output == *"a reboot will not boot this image, but explain why"* ]]
	run ! cmp "$IMAGE" "$IMAGE.dpkg-bak"
}

@test "sealing again: damage that no checksum of the image tells stays, and so does its record" {
	make_system plain
	seal -q
	zero_block "$IMAGE" $(($(blocks "$IMAGE") - 40))
	cp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
	before=$(fingerprint)
	run -1 seal
	[[ $output == *": 1 of "*" blocks differ"* ]]
	[[ $output == *"it stays as it is, with its guard and its record"* ]]
	[ "$(fingerprint)" = "$before" ]
	run -1 check
	# Nor can it be given back as it was before.
	run -1 seal --remove
	[[ $output == *"it cannot be given back as it was"* ]]
	[ "$(fingerprint)" = "$before" ]
	# The record in its guard tells the same when there is no other.
	rm "$ROOT"/{boot,var/lib}/bootverdict/*.manifest
	run -1 seal
	[[ $output == *": 1 of "*" paths in it are not as the record in its guard says"* ]]
	[[ $output == *"it stays as it is, with its guard and its record"* ]]
}

@test "an image that may boot all the same is not given up for a guard alone" {
	make_system
	make_whole_pieces
	{
		printf 070701
		printf 'Z%.0s' {1..200}
	} >"$BATS_TEST_TMPDIR/tail"
	head -c 8192 /dev/zero >>"$IMAGE"
	cat "$BATS_TEST_TMPDIR/tail" >>"$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/unknown"
	run -2 traced pwrite64:error=ENOSPC:when=2 --
	[[ $output == *"it stands as it was, and nothing could be put in front of it"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unknown"
	nothing_left
	run -2 seal
	[[ $output == *"boots this image if it can all the same, and else explains why not"* ]]
	[[ $output == *"stands in front of what there is"* ]]
	tail -c "$(stat -c %s "$BATS_TEST_TMPDIR/unknown")" "$IMAGE" |
		cmp - "$BATS_TEST_TMPDIR/unknown"
}

@test "what cannot be read past the page cache is not said to read back from the disk" {
	[ "$(stat -f -c %T /dev/shm)" = tmpfs ] || skip "/dev/shm is no tmpfs"
	updated_system
	shm=$(mktemp -d /dev/shm/bootverdict.XXXXXX)
	cp -a "$ROOT/boot/." "$shm"
	zero_block "$shm/${IMAGE##*/}" 70
	rm "$shm/${IMAGE##*/}.dpkg-bak"
	run -1 bv seal --read-back --root "$ROOT" --boot "$shm" -k "$KVER"
	rm -rf "$shm"
	[[ $output == *"bootverdict's guard stands in front of what there is"* ]]
	[[ $output != *"reads back"* ]]
}

@test "sealing again: what somebody has appended is sealed as well" {
	make_system
	seal -q
	mkdir -p "$BATS_TEST_TMPDIR/more/etc"
	echo other >"$BATS_TEST_TMPDIR/more/etc/conf"
	archive "$BATS_TEST_TMPDIR/more" | pack gzip >>"$IMAGE"
	seal -q
	check
}

@test "a refused image without a place for its record: only what is there is told" {
	make_system
	make_whole_pieces
	zero_block "$IMAGE" 70
	echo file >"$ROOT/boot/bootverdict"
	rm -rf "$ROOT/var/lib"
	echo file >"$ROOT/var/lib"
	run -1 seal
	[[ $output == *"manifest: it could not be replaced: Not a directory; there is no old one"* ]]
	[[ $output == *"the guard will still explain the boot"* ]]
}

@test "a guard that stands alone stays, whatever is asked: there is nothing behind it" {
	make_system
	make_whole_pieces
	zero_block "$IMAGE" 70
	run -1 traced pwrite64:error=ENOSPC:when=2 --
	[ $(($(stat -c %s "$IMAGE") % 4096)) -eq 0 ]
	before=$(fingerprint)
	run -2 seal
	[[ $output == *"bootverdict's guard stands there alone, and explains"* ]]
	[ "$(fingerprint)" = "$before" ]
	run -2 seal --remove
	[[ $output == *"there is no image behind it to give back"* ]]
	[ "$(fingerprint)" = "$before" ]
}

@test "an image whose first bytes are lost: the one before, or a warning" {
	updated_system
	rm "$KERNEL"
	run -1 traced pread64:error=EIO:when=1..2 --
	[[ $output == *"a reboot boots the image before this one"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	rm "$IMAGE.dpkg-bak"
	# Within the guard's second member: what the record proves stays, and without it there is the guard.
	dd if=/dev/zero of="$IMAGE" bs=1 seek=500 count=12000 conv=notrunc status=none
	damaged=$(stat -c %s "$IMAGE")
	cp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
	run -1 seal
	[[ $output == *"do not reboot into it"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
	rm "$ROOT"/{boot,var/lib}/bootverdict/*.manifest
	run -1 seal
	[[ $output == *"a reboot will not boot this image, but explain why"* ]]
	tail -c "$damaged" "$IMAGE" | head -c 5 | grep -q 07070
	# Where the device cannot read it, nothing of it is given up for a guard.
	cp "$BATS_TEST_TMPDIR/unsealed" "$IMAGE"
	run -1 traced pread64:error=EIO:when=1..2 --
	[[ $output == *"DO NOT REBOOT"* ]]
	[[ $output == *"The image stands as it was"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
}

@test "a sealed image that has lost its first block: what the record tells of it is not lost" {
	make_system
	seal -q
	keeping_times "$IMAGE" zero_block "$IMAGE" 0
	run -1 check
	for i in 1 2; do
		stays 1
		run -1 check
		[[ $output == *": 1 of "*" blocks differ"* ]]
	done
}

@test "who reads the messages may go, and a limit of file sizes may strike" {
	updated_system
	zero_block "$IMAGE" 70
	# shellcheck disable=SC2030
	(
		seal || echo $? >"$BATS_TEST_TMPDIR/status"
	) 2>&1 | true
	[ "$(cat "$BATS_TEST_TMPDIR/status")" -eq 1 ]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	nothing_left
	rm -rf "$ROOT"
	updated_system
	run -2 bash -c 'ulimit -f 1500; exec "$@"' - "$BOOTVERDICT" seal --root "$ROOT" -k "$KVER"
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	nothing_left
}

@test "a broken image: the one before is put back, by whatever name it is there" {
	for name in initrd.img-$KVER.dpkg-bak .initrd.img-$KVER.bootverdict-old \
		initrd.img-$KVER.old-dkms initrd.img-$KVER.bak; do
		rm -rf "$ROOT"
		updated_system
		[ "$IMAGE.dpkg-bak" = "$ROOT/boot/$name" ] || mv "$IMAGE.dpkg-bak" "$ROOT/boot/$name"
		zero_block "$IMAGE" 70
		run -1 seal
		[[ $output == *"a reboot boots the image before this one"* ]]
		[[ $output == *"$name"* ]]
		cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
		[ -e "$ROOT/boot/$name" ]
		# It is not the one that was refused, also when it is sealed again.
		for i in 1 2; do
			run -4 check --json
			[ "$(field '[.findings[].id] | join(" ")')" = BV-INITRD-UPDATE-LOST ]
			seal -q
		done
	done
}

@test "the name that the hook keeps is dropped once the new image is sealed, or when room is short" {
	updated_system
	mv "$IMAGE.dpkg-bak" "$ROOT/boot/.initrd.img-$KVER.bootverdict-old"
	seal -q
	nothing_left
	rm -rf "$ROOT"
	updated_system
	mv "$IMAGE.dpkg-bak" "$ROOT/boot/.initrd.img-$KVER.bootverdict-old"
	run -0 traced pwrite64:error=ENOSPC:when=2 --
	check
	nothing_left
}

@test "hook/keep holds the sealed image, and removes what an interrupted run left" {
	updated_system
	cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	rm "$IMAGE.dpkg-bak"
	kept=$ROOT/boot/.initrd.img-$KVER.bootverdict-old
	export BOOTVERDICT_LIB=$BATS_TEST_TMPDIR/lib BOOTVERDICT_BOOT=$ROOT/boot
	export BOOTVERDICT_CONF=$ROOT/etc/bootverdict.conf
	mkdir "$BOOTVERDICT_LIB"
	cp "$BATS_TEST_DIRNAME"/../../hook/* "$BOOTVERDICT" "$BOOTVERDICT_LIB/"
	touch "$ROOT/boot/x" "$ROOT/boot/.x.bootverdict-new" "$ROOT/boot/.alone.bootverdict-new"
	ln -s boot "$ROOT/link"
	BOOTVERDICT_BOOT=$ROOT/link run -0 "$BOOTVERDICT_LIB/keep" "$KVER"
	[ -z "$output" ]
	[ "$kept" -ef "$IMAGE" ]
	[ ! -e "$ROOT/boot/.x.bootverdict-new" ]
	# Its file has lost its name: this may be all that there is of it.
	[ -e "$ROOT/boot/.alone.bootverdict-new" ]
	rm "$ROOT/boot/.alone.bootverdict-new"
	# Not over an older one, not beside update-initramfs' own, not when switched off.
	rm "$kept"
	ln "$IMAGE" "$IMAGE.dpkg-bak"
	run -0 "$BOOTVERDICT_LIB/keep" "$KVER"
	[ ! -e "$kept" ]
	rm "$IMAGE.dpkg-bak"
	echo old >"$kept"
	run -0 "$BOOTVERDICT_LIB/keep" "$KVER"
	[ "$(cat "$kept")" = old ]
	rm "$kept"
	echo ENABLED=no >"$BOOTVERDICT_CONF"
	run -0 "$BOOTVERDICT_LIB/keep" "$KVER"
	[ ! -e "$kept" ]
	rm "$BOOTVERDICT_CONF"
	for name in "" ../x nonsense; do
		run -0 "$BOOTVERDICT_LIB/keep" "$name"
		[ -z "$output" ]
	done
	# A run that is under way keeps its file.
	: >"$ROOT/boot/.x.bootverdict-new"
	flock "$ROOT/boot" "$BOOTVERDICT_LIB/keep" "$KVER"
	[ -e "$ROOT/boot/.x.bootverdict-new" ]
	# Nothing that was never sealed, and without the program nothing at all: the build goes on.
	rm "$kept"
	rm "$BOOTVERDICT_LIB/bootverdict"
	run -0 "$BOOTVERDICT_LIB/keep" "$KVER"
	[ -z "$output" ]
	[ ! -e "$kept" ]
	seal --forget
	seal --keep
	[ ! -e "$kept" ]
}

@test "an image that is replaced while it is being sealed is not overwritten" {
	updated_system
	make_initrd "$IMAGE.new" zstd 3
	cp "$IMAGE.new" "$BATS_TEST_TMPDIR/third"
	traced fsync:delay_enter=5000000:when=2 -- >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	until [ -e "$ROOT/boot/.initrd.img-$KVER.bootverdict-new" ]; do sleep 0.05; done
	mv "$IMAGE.new" "$IMAGE"
	status=0
	wait $pid || status=$?
	[ "$status" -eq 2 ]
	grep "it changed while it was being sealed: nothing was written" "$BATS_TEST_TMPDIR/out"
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/third"
	nothing_left
	seal -q
	check
}

# The new file stands there, held for three seconds by a delayed call, and only then.
held() { # again|put-back
	case $1 in
	again) grep -q 'pwrite64.*, 65536' "$BATS_TEST_TMPDIR/strace" && [ -e "$NEW" ] ;;
	put-back) [ "$NEW" -ef "$IMAGE.dpkg-bak" ] ;;
	esac
}

@test "an image that is replaced while it is written again, or its predecessor put back, stays" {
	for what in again put-back; do
		rm -rf "$ROOT" "$BATS_TEST_TMPDIR/strace"
		updated_system
		NEW=$ROOT/boot/.initrd.img-$KVER.bootverdict-new
		make_initrd "$IMAGE.third" zstd 3
		cp "$IMAGE.third" "$BATS_TEST_TMPDIR/third"
		delayed=(pwrite64:error=EIO:when=3 fsync:delay_enter=3000000:when=3 --)
		[ "$what" = again ] || delayed=(pwrite64:error=EIO:when=1..3 linkat:delay_exit=3000000
			-- --no-read-back)
		traced "${delayed[@]}" >"$BATS_TEST_TMPDIR/out" 2>&1 &
		pid=$!
		until held $what 2>/dev/null; do
			kill -0 $pid
			sleep 0.02
		done
		mv "$IMAGE.third" "$IMAGE"
		status=0
		wait $pid || status=$?
		cat "$BATS_TEST_TMPDIR/out"
		[ "$status" -eq 1 ]
		cmp "$IMAGE" "$BATS_TEST_TMPDIR/third"
		grep "it changed while it was being sealed: what another program has put there" \
			"$BATS_TEST_TMPDIR/out"
		nothing_left
		run -4 check
	done
}

@test "an image that is being written while it is read is not called broken, and not replaced" {
	updated_system
	size=$(stat -c %s "$IMAGE")
	truncate -s 300000 "$IMAGE"
	traced pread64:delay_exit=400000 -- --no-read-back >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	until grep -q 'pread64.*, 300000\|pread64.*, 37856' "$BATS_TEST_TMPDIR/strace"; do sleep 0.1; done
	dd if="$BATS_TEST_TMPDIR/unsealed" of="$IMAGE" bs=1000 skip=300 seek=300 conv=notrunc status=none
	status=0
	wait $pid || status=$?
	cat "$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 2 ]
	[ "$(stat -c %s "$IMAGE")" -eq "$size" ]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	grep "it changed while it was being sealed" "$BATS_TEST_TMPDIR/out"
	run ! grep "cannot be right" "$BATS_TEST_TMPDIR/out"
	nothing_left
}

@test "a kernel that is replaced while it is being sealed is no storage corruption" {
	updated_system
	traced pread64:delay_enter=200000:when=1..15 -- >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	for i in 1 2 3 4 5 6; do
		sleep 0.4
		noise 40000 "kernel$i" | cat "$KERNEL" - >"$KERNEL.new"
		mv "$KERNEL.new" "$KERNEL"
	done
	status=0
	wait $pid || status=$?
	cat "$BATS_TEST_TMPDIR/out"
	[ "$status" -ne 1 ]
	run ! grep "did not keep" "$BATS_TEST_TMPDIR/out"
	nothing_left
}

@test "a second run waits for the first" {
	updated_system
	flock "$ROOT/boot" sleep 3 &
	holder=$!
	sleep 0.5
	run -0 seal
	[[ $output == *"another bootverdict is at work there; waiting for it"* ]]
	check
	wait $holder
}

@test "a signal leaves nothing behind, and the old image" {
	updated_system
	for signal in INT TERM HUP; do
		for when in 1 2 3; do
			status=0
			traced "pwrite64:signal=$signal:when=$when" -- >/dev/null 2>&1 || status=$?
			[ "$status" -eq $((128 + $(kill -l $signal))) ]
			cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
			nothing_left
		done
	done
	seal -q
	check
}

@test "what a killed run left is named by check, and removed by the next seal" {
	updated_system
	run traced pwrite64:signal=KILL:when=3 --
	left=$ROOT/boot/.initrd.img-$KVER.bootverdict-new
	[ -s "$left" ]
	run check --json
	[ "$(field '[.findings[].id] | index("BV-LEFTOVER") != null')" = true ]
	run -0 seal
	[[ $output == *"$left: a run of bootverdict that was interrupted has left this file behind"* ]]
	nothing_left
	check
	# Where the image is, though its name is a link.
	mkdir "$ROOT/boot/real"
	mv "$IMAGE" "$ROOT/boot/real/image"
	ln -s real/image "$IMAGE"
	: >"$ROOT/boot/real/.image.bootverdict-new"
	: >"$ROOT/boot/real/.alone.bootverdict-new"
	run check --json
	[ "$(field '[.findings[].id] | index("BV-LEFTOVER") != null')" = true ]
	run -0 seal
	[[ $output == *".image.bootverdict-new: a run of bootverdict that was interrupted has left this file behind"* ]]
	[[ $output == *"it is removed"* && $output == *"it is kept: the file that it was to replace is not there"* ]]
	[ ! -e "$ROOT/boot/real/.image.bootverdict-new" ]
	[ -e "$ROOT/boot/real/.alone.bootverdict-new" ]
	mv "$ROOT/boot/real/image" "$IMAGE"
	# What another run writes into a shared folder is not left behind.
	: >"$ROOT/var/lib/bootverdict/.x.bootverdict-new"
	: >"$ROOT/var/lib/bootverdict/x"
	flock "$ROOT/var/lib/bootverdict" "$BOOTVERDICT" seal -q --root "$ROOT" -k "$KVER"
	[ -e "$ROOT/var/lib/bootverdict/.x.bootverdict-new" ]
	rm "$ROOT/var/lib/bootverdict/.x.bootverdict-new"
	# The healthy twin: a run that is under way has such a file rightly.
	: >"$left"
	run flock "$ROOT/boot" "$BOOTVERDICT" check --json --root "$ROOT" -k "$KVER"
	[ "$(field '[.findings[].id] | index("BV-LEFTOVER")')" = null ]
}

@test "names that cannot be synced: the new image is in place, and that is what is said" {
	updated_system
	# The kernel, the image's builder, the new file; then the new file by its new name.
	for when in 3 4; do
		run traced "fsync:error=EIO:when=$when" --
		[ "$status" -eq 1 ]
		if cmp -s "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"; then
			[[ $output != *"the new file is in place"* ]]
		else
			[[ $output == *"the new file is in place, but a power cut may bring back"* ]]
			found=yes
		fi
		cp "$BATS_TEST_TMPDIR/unsealed" "$IMAGE"
	done
	[ "${found-}" = yes ]
}

@test "a sealed image that was copied and lost its first block: neither sealed anew nor given up" {
	noise 4096 block >"$BATS_TEST_TMPDIR/noise"
	yes 'Nov 26 12:00:00 host systemd[1]: Started something.' | head -c 4096 >"$BATS_TEST_TMPDIR/text"
	for codec in plain zstd; do
		for block in noise text /bin/true; do
			rewritten_system "$codec" first_block "$(cd "$BATS_TEST_TMPDIR" && realpath "$block")"
			run check
			found=$status
			[ "$found" -eq 1 ] || [ "$found" -eq 5 ]
			[[ $output != *"signed again"* ]]
			stays $((found == 1 ? 1 : 2))
			stays $((found == 1 ? 1 : 2)) --remove
			run "-$found" check
		done
	done
	# The twins: the same record, and an image that was made anew, with as much in front of it.
	make_initrd "$IMAGE" zstd 2
	seal -q
	check
	rewritten_system zstd true
	seal -q
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
	check
}

# In the guard's first header: of its time, and of its name, without which there is no guard.
one_byte() { # OFFSET BYTE
	printf %s "$2" | dd of="$IMAGE.new" bs=1 seek="$1" conv=notrunc status=none
}

# A bit of the byte at AT of that member, from its header on.
flip_in_guard() { # "MEMBER AT"
	python3 -c 'import sys
name, at = sys.argv[2].split()
b = bytearray(open(sys.argv[1], "rb").read())
b[b.index(b"0" * 8 + name.encode() + b"\0") + 8 - 110 + int(at)] ^= 1
open(sys.argv[1], "wb").write(b)' "$IMAGE.new" "$1"
}

@test "a sealed image that was copied and lost a byte of the guard's headers: not sealed anew" {
	for codec in plain zstd; do
		for at in 53 115; do
			rewritten_system "$codec" one_byte $at 7
			run -5 check --json
			echo "$output"
			[ "$(field '.findings[0].id')" = BV-INITRD-CHANGED ]
			[[ "$(field '.findings[0].summary')" == *"which no checksum covers: edited, or damaged"* ]]
			stays 2
		done
	done
	# Of the mode of a folder that main has too, of the record's own, of a link of which main has another, and
	# of the text at the guard's end: none has a hash in the record.
	while read -r at; do
		rewritten_system zstd flip_in_guard "$at"
		run -5 check --json
		[ "$(field '.findings[0].id')" = BV-INITRD-CHANGED ]
		run -2 seal
		cmp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
		run -5 bv check --json "$IMAGE"
		[ "$(field '.findings[0].id')" = BV-GUARD-CHANGED ]
	done <<-'END'
		etc 21
		usr 20
		usr/lib 19
		bootverdict/manifest 21
		bootverdict/guard-end 21
		init 120
		bootverdict/guard-end 140
	END
	# By itself it proves all but that byte.
	rewritten_system zstd one_byte 53 7
	run -5 bv check --json "$IMAGE"
	[ "$(field '.findings[0].id')" = BV-GUARD-CHANGED ]
	# Without a record the guard is made as it was.
	rm "$ROOT"/{boot,var/lib}/bootverdict/*.manifest
	seal -q
	[ "$(cmp -l "$IMAGE" "$BATS_TEST_TMPDIR/damaged" | wc -l)" -eq 1 ]
	bv check "$IMAGE"
	# The twin: another guard in front of the same image.
	cp -a "$ROOT/boot/bootverdict" "$BATS_TEST_TMPDIR/records"
	echo POLICY=ask >"$ROOT/etc/bootverdict.conf"
	seal -q
	rm -r "$ROOT"/{boot,var/lib}/bootverdict
	cp -a "$BATS_TEST_TMPDIR/records" "$ROOT/boot/bootverdict"
	run -4 check
	seal -q
	check
}
