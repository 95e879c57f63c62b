#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load system

original_stays() {
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	[ ! -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
	[ -z "$(find "$ROOT/boot" -name '*.bootverdict-new')" ]
}

@test "an image of every compression is sealed, verified and given back byte for byte" {
	for codec in plain gzip zstd zstd-frames xz lzma lz4; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_system "$codec"
		cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
		seal
		check
		bv check "$IMAGE"
		run cmp -s "$IMAGE" "$BATS_TEST_TMPDIR/before"
		[ "$status" -eq 1 ]
		seal --remove
		original_stays
	done
}

@test "sealing twice changes no byte" {
	make_system
	seal
	fingerprint >"$BATS_TEST_TMPDIR/once"
	sleep 1
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"already sealed"* ]]
	fingerprint | diff "$BATS_TEST_TMPDIR/once" -
}

@test "the same input gives the same image at another time and place" {
	make_system
	seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/first"
	rm -rf "$ROOT"
	sleep 1
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/again" && mv "$BATS_TEST_TMPDIR/again" "$IMAGE"
	seal
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/first"
}

@test "the guard is an archive that cpio reads, and main follows it" {
	make_system gzip
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	seal
	cpio -t --quiet <"$IMAGE" >"$BATS_TEST_TMPDIR/list"
	[ "$(head -n 3 "$BATS_TEST_TMPDIR/list" | tr '\n' ' ')" = "bootverdict bootverdict/init init " ]
	run grep -E '^(bin|sbin|lib|lib64)(/|$)' "$BATS_TEST_TMPDIR/list"
	[ "$status" -eq 1 ]
	guard=$(sed -n 's/^guard //p' "$ROOT/boot/bootverdict/$KVER.manifest")
	[ $((guard % 4096)) -eq 0 ]
	tail -c +$((guard + 1)) "$IMAGE" | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "microcode and the guard become one early cpio, marked for dracut's tools" {
	make_system
	make_early_cpio "$BATS_TEST_TMPDIR/early.img"
	cat "$BATS_TEST_TMPDIR/early.img" "$IMAGE" >"$BATS_TEST_TMPDIR/before"
	cp "$BATS_TEST_TMPDIR/before" "$IMAGE"
	seal
	cpio -t --quiet <"$IMAGE" >"$BATS_TEST_TMPDIR/list"
	grep -x early_cpio "$BATS_TEST_TMPDIR/list"
	grep -x kernel/x86/microcode/GenuineIntel.bin "$BATS_TEST_TMPDIR/list"
	grep -x bootverdict/bootverdict "$BATS_TEST_TMPDIR/list"
	check
	seal --remove
	original_stays
}

@test "plain modules before a compressed main stay a segment of their own" {
	make_system
	make_initrd "$BATS_TEST_TMPDIR/modules" plain 2
	cat "$BATS_TEST_TMPDIR/modules" "$IMAGE" >"$BATS_TEST_TMPDIR/both"
	cp "$BATS_TEST_TMPDIR/both" "$IMAGE"
	seal
	check
	[ "$(grep -c '^segment' "$ROOT/boot/bootverdict/$KVER.manifest")" -eq 2 ]
}

@test "both copies of the manifest are the same, and sha256sum agrees with them" {
	make_system
	seal
	cmp "$ROOT/boot/bootverdict/$KVER.manifest" "$ROOT/var/lib/bootverdict/$KVER.manifest"
	cd "$ROOT"
	sed -n 's/^artifact [a-z]* \///p; s/^sha256 //p' "boot/bootverdict/$KVER.manifest" |
		sed 'N; s/\(.*\)\n\(.*\)/\2  \1/' | sha256sum --strict -c
}

# The image as it was, behind a guard that says why it was refused: WHY is broken or unknown.
explained() { # WHY
	local guard
	guard=$(sed -n 's/^guard //p' "$ROOT/boot/bootverdict/$KVER.manifest")
	grep -q "^refused $1 " "$ROOT/boot/bootverdict/$KVER.manifest"
	tail -c +$((guard + 1)) "$IMAGE" | cmp - "$BATS_TEST_TMPDIR/before"
	head -c "$guard" "$IMAGE" | cpio -i --quiet --to-stdout bootverdict/manifest |
		grep -q "^refused $1 "
	[ -z "$(find "$ROOT/boot" -name '*.bootverdict-new')" ]
}

@test "an image that is broken is refused: a guard that explains stands in front of it" {
	for codec in gzip zstd xz lz4; do
		for place in 25 50 75; do
			rm -rf "$BATS_TEST_TMPDIR/root"
			make_system "$codec"
			zero_block "$IMAGE" $(($(blocks "$IMAGE") * place / 100))
			cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
			run seal
			# lz4 without a checksum can unpack to other bytes unnoticed: it never claims more.
			if [ "$codec" = lz4 ] && [ "$status" -eq 0 ]; then
				continue
			fi
			[ "$status" -eq 1 ]
			[[ $output == *"$IMAGE: offset "* ]]
			[[ $output == *"a reboot will not boot this image, but explain why"* ]]
			explained broken
			# Sealing again finds the same, and changes nothing.
			cp "$IMAGE" "$BATS_TEST_TMPDIR/refused"
			run seal
			[ "$status" -eq 1 ]
			cmp "$IMAGE" "$BATS_TEST_TMPDIR/refused"
			run check --json
			[ "$status" -eq 1 ]
			[ "$(field '.findings[].id')" = BV-IMAGE-REFUSED ]
			seal --remove
			original_stays
		done
	done
}

@test "what was refused is sealed once it is made anew" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/good"
	zero_block "$IMAGE" $(($(blocks "$IMAGE") / 2))
	run seal
	[ "$status" -eq 1 ]
	cp "$BATS_TEST_TMPDIR/good" "$IMAGE"
	seal
	check
	run grep refused "$ROOT/boot/bootverdict/$KVER.manifest"
	[ "$status" -eq 1 ]
}

@test "an image that is cut short is refused" {
	for codec in plain gzip zstd xz lzma; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_system "$codec"
		truncate -s -5000 "$IMAGE"
		cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
		run seal
		[ "$status" -eq 1 ]
		case $codec in
		plain) explained unknown ;;
		*) explained broken ;;
		esac
	done
}

@test "a wrong gzip checksum alone is refused" {
	make_system gzip
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - 6))
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	run seal
	[ "$status" -eq 1 ]
	[[ $output == *CRC* ]]
	explained broken
}

@test "bzip2 and lzo are named, not sealed and not called broken" {
	for codec in bzip2 lzo; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_system "$codec"
		cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
		run seal
		[ "$status" -eq 2 ]
		[[ $output == *"$codec"* ]]
		original_stays
		run bv check "$IMAGE"
		[ "$status" -eq 5 ]
	done
}

@test "a kernel that is broken is refused; the initrd beside it is sealed" {
	make_system
	truncate -s -4000 "$KERNEL"
	run seal
	[ "$status" -eq 1 ]
	[[ $output == *"$KERNEL"* ]]
	run grep '^artifact ' "$ROOT/boot/bootverdict/$KVER.manifest"
	[[ $output == "artifact initrd "* ]]
	make_kernel "$KERNEL"
	seal
	flip_bit "$KERNEL" 20000
	run seal
	[ "$status" -eq 1 ]
	# It is still known by the record that it had.
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].ranges[0].damage')" = bit-flip ]
}

@test "an image without a kernel beside it is sealed all the same" {
	make_system
	rm "$KERNEL"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"only the initrd"* ]]
	check
}

@test "--all seals every version" {
	make_system
	cp "$IMAGE" "$ROOT/boot/initrd.img-5.9"
	bv seal --root "$ROOT" --all
	[ -e "$ROOT/boot/bootverdict/5.9.manifest" ]
	[ -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
	bv check --root "$ROOT" --all
}

@test "the policy of bootverdict.conf reaches the guard, a wrong one does not" {
	make_system
	printf 'POLICY=ask\nTIMEOUT=7\nCHECK_TIMEOUT=never\n' >"$ROOT/etc/bootverdict.conf"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"CHECK_TIMEOUT=never"* ]]
	cpio -i --quiet --to-stdout bootverdict/config <"$IMAGE" >"$BATS_TEST_TMPDIR/config"
	grep -x 'policy ask' "$BATS_TEST_TMPDIR/config"
	grep -x 'timeout 7' "$BATS_TEST_TMPDIR/config"
	grep -x 'wait 20' "$BATS_TEST_TMPDIR/config"
}

@test "the image keeps its mode, and a link to it stays a link" {
	make_system
	chmod 600 "$IMAGE"
	mv "$IMAGE" "$ROOT/boot/real"
	ln -s real "$IMAGE"
	seal
	[ -L "$IMAGE" ]
	[ "$(stat -c %a "$ROOT/boot/real")" = 600 ]
}

@test "an image whose /init is not diverted is sealed with a warning, a diverted one without" {
	make_system
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"not diverted"* ]]
	make_files "$BATS_TEST_TMPDIR/diverted"
	mkdir -p "$BATS_TEST_TMPDIR/diverted/usr/lib/bootverdict"
	mv "$BATS_TEST_TMPDIR/diverted/init" "$BATS_TEST_TMPDIR/diverted/usr/lib/bootverdict/next-init"
	ln -s usr/lib/bootverdict/init "$BATS_TEST_TMPDIR/diverted/init"
	archive "$BATS_TEST_TMPDIR/diverted" | pack zstd >"$IMAGE"
	run seal
	[ "$status" -eq 0 ]
	[[ $output != *"not diverted"* ]]
}

@test "without the guard's programs nothing is sealed" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	rm "$ROOT/usr/lib/bootverdict/busybox"
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"usr/lib/bootverdict/busybox"* ]]
	original_stays
}

@test "no room and a read-only file system: exit 2, the old image in place" {
	make_system
	mkdir "$BATS_TEST_TMPDIR/mnt"
	truncate -s 4M "$BATS_TEST_TMPDIR/disk"
	mke2fs -q -t ext4 -b 1024 "$BATS_TEST_TMPDIR/disk"
	mount -o loop "$BATS_TEST_TMPDIR/disk" "$BATS_TEST_TMPDIR/mnt"
	# The image, and so much beside it that no second copy fits.
	cp "$IMAGE" "$KERNEL" "$BATS_TEST_TMPDIR/mnt/"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	head -c 2M /dev/zero >"$BATS_TEST_TMPDIR/mnt/fill" || true
	run seal --boot "$BATS_TEST_TMPDIR/mnt"
	no_room=$output no_room_status=$status
	mount -o remount,ro "$BATS_TEST_TMPDIR/mnt"
	run seal --boot "$BATS_TEST_TMPDIR/mnt"
	cmp "$BATS_TEST_TMPDIR/mnt/initrd.img-$KVER" "$BATS_TEST_TMPDIR/before"
	left=$(find "$BATS_TEST_TMPDIR/mnt" -name '*.bootverdict-new')
	umount "$BATS_TEST_TMPDIR/mnt"
	[ "$no_room_status" -eq 2 ]
	[[ $no_room == *"no room"* ]]
	[ "$status" -eq 2 ]
	[[ $output == *"read-only"* ]]
	[ -z "$left" ]
}

# The power goes before each system call that changes something, one after the other.
@test "killed at any moment, the image is the old or the new one, and sealing again works" {
	make_system
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/pristine"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/after"
	kills=0
	for call in openat write pwrite64 fsync fdatasync rename renameat renameat2 unlink unlinkat \
		fchmod fchown mkdir; do
		for n in $(seq 1 200); do
			rm -rf "$ROOT"
			cp -a "$BATS_TEST_TMPDIR/pristine" "$ROOT"
			if strace -f -qq -o /dev/null -e trace="?$call" \
				-e inject="?$call:signal=KILL:when=$n" \
				"$BOOTVERDICT" seal -q --root "$ROOT" -k "$KVER" --read-back 2>/dev/null; then
				break
			fi
			kills=$((kills + 1))
			cmp -s "$IMAGE" "$BATS_TEST_TMPDIR/before" || cmp "$IMAGE" "$BATS_TEST_TMPDIR/after"
			run check -q
			[ "$status" -eq 0 ] || [ "$status" -eq 4 ]
			seal -q
			cmp "$IMAGE" "$BATS_TEST_TMPDIR/after"
			check -q
			[ -z "$(find "$ROOT/boot" -name '*.bootverdict-new')" ]
		done
	done
	echo "killed $kills times"
	[ "$kills" -gt 20 ]
}

@test "bad usage exits 2 and says how to get help" {
	for args in "--nonsense" "-k a/b" "-k x --all" "extra" "--root /nowhere"; do
		# shellcheck disable=SC2086
		run bv seal $args
		[ "$status" -eq 2 ]
		[[ $output == *"--help"* ]]
	done
	run bv seal --help
	[ "$status" -eq 0 ]
	run bv
	[ "$status" -eq 2 ]
	run bv nonsense
	[ "$status" -eq 2 ]
}
