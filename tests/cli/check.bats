#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

# shellcheck disable=SC2153 # make_system sets IMAGE, KERNEL and ROOT

bats_require_minimum_version 1.5.0

load system
load luks

# Asserts exit status, verdict and the JSON's own exit.
verdict_is() { # NAME STATUS
	[ "$status" -eq "$2" ]
	[ "$(field .verdict)" = "$1" ]
	[ "$(field .exit)" -eq "$2" ]
}

@test "what was sealed is intact, in words and in JSON" {
	make_system
	seal
	run check
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "VERDICT: INTACT - all that was compared is as sealed" ]
	run check --json
	verdict_is intact 0
	[ "$(field '.findings | length')" -eq 0 ]
	[ "$(field '[.artifacts[].state] | unique | join(",")')" = intact ]
	[ "$(field .kernel)" = "$KVER" ]
	[ "$(field .host.os)" = "Test GNU/Linux 1" ]
	run check --direct
	[ "$status" -eq 0 ]
	run check --quiet
	[ -z "$output" ]
}

@test "a zeroed block is named with its place, its look and its member" {
	make_system
	seal
	block=$(($(blocks "$IMAGE") - 30))
	keeping_times "$IMAGE" zero_block "$IMAGE" "$block"
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].id')" = BV-INITRD-BLOCKS ]
	[ "$(field '.findings[0].ranges | length')" -eq 1 ]
	[ "$(field '.findings[0].ranges[0].offset')" -eq $((block * 4096)) ]
	[ "$(field '.findings[0].ranges[0].damage')" = zeroed ]
	[ "$(field '.findings[0].ranges[0].members[0]')" = usr/lib/modules/noise.ko ]
	[ "$(field '.artifacts[] | select(.kind == "initrd") | .bad_bytes')" -eq 4096 ]
	[ "$(field '.artifacts[] | select(.kind == "kernel") | .state')" = intact ]
	run check
	[ "${lines[0]}" = "VERDICT: STORAGE CORRUPTION - not a configuration error" ]
	[[ $output == *"offset $((block * 4096)), 4096 bytes: all zero"* ]]
}

@test "one flipped bit is found, and which one" {
	make_system
	seal
	offset=$(($(stat -c %s "$IMAGE") / 2))
	flip_bit "$IMAGE" "$offset"
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[0].damage')" = bit-flip ]
	[ "$(field '.findings[0].ranges[0].byte')" -eq "$offset" ]
	[ "$(field '.findings[0].ranges[0].bit')" -eq 4 ]
}

@test "one flipped bit is found behind a long run of lost blocks" {
	make_system
	seal
	for block in {100..179}; do
		zero_block "$IMAGE" "$block"
	done
	offset=$((200 * 4096 + 1234))
	flip_bit "$IMAGE" "$offset"
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[-1].damage')" = bit-flip ]
	[ "$(field '.findings[0].ranges[-1].byte')" -eq "$offset" ]
}

@test "swapped blocks are misplaced, each with its origin" {
	make_system
	seal
	n=$(blocks "$IMAGE")
	swap_blocks "$IMAGE" $((n - 40)) $((n - 20))
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '[.findings[0].ranges[].damage] | unique | join(",")')" = misplaced ]
	[ "$(field '.findings[0].ranges[0].origin')" -eq $(((n - 20) * 4096)) ]
	[ "$(field '.findings[0].ranges[1].origin')" -eq $(((n - 40) * 4096)) ]
}

@test "a lost sector and a lost tail are found" {
	make_system
	seal
	touch -r "$IMAGE" "$BATS_TEST_TMPDIR/time"
	dd if=/dev/zero of="$IMAGE" bs=512 seek=$(($(blocks "$IMAGE") * 8 - 100)) count=1 \
		conv=notrunc status=none
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[0].damage')" = zero-sectors ]
	[ "$(field '.findings[0].ranges[0].zero_sectors')" -eq 1 ]
	truncate -s -100000 "$IMAGE"
	touch -r "$BATS_TEST_TMPDIR/time" "$IMAGE"
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[-1].damage')" = truncated ]
}

@test "a sector that was zero when it was sealed is no lost one" {
	local at

	make_system plain
	seal
	at=$(python3 - "$IMAGE" <<-'END'
		import sys
		data = open(sys.argv[1], "rb").read()
		for block in range(len(data) // 4096 * 4096 - 4096, 0, -4096):
		    sectors = [data[block + i:block + i + 512] for i in range(0, 4096, 512)]
		    if any(map(any, sectors)) and bytes(512) in sectors:
		        i = next(i for i, s in enumerate(sectors) if any(s))
		        print(block + i * 512 + next(k for k, byte in enumerate(sectors[i]) if byte))
		        break
	END
	)
	[ -n "$at" ]
	printf '\125\252\125\252' | dd of="$IMAGE" bs=1 seek="$at" conv=notrunc status=none
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[0].damage')" = changed ]
	[ "$(field '.findings[0].ranges[0].offset')" -eq $((at / 4096 * 4096)) ]
}

@test "damage in the guard itself is found" {
	make_system
	seal
	for block in 0 1 4 100; do
		cp "$IMAGE" "$BATS_TEST_TMPDIR/good"
		zero_block "$IMAGE" $block
		run check --json
		verdict_is storage-corruption 1
		[ "$(field '.findings[0].ranges[0].offset')" -eq $((block * 4096)) ]
		cp "$BATS_TEST_TMPDIR/good" "$IMAGE"
		run check
		[ "$status" -eq 0 ]
	done
}

@test "a damaged kernel is found, and the initrd is not accused" {
	make_system
	seal
	zero_block "$KERNEL" 5
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].id')" = BV-KERNEL-BLOCKS ]
	[ "$(field '.findings | length')" -eq 1 ]
	[ "$(field '.artifacts[] | select(.kind == "initrd") | .state')" = intact ]
}

@test "a rebuilt initrd without a new seal is stale, whatever its compression" {
	make_system
	seal
	for codec in zstd gzip xz lz4 plain; do
		make_initrd "$IMAGE" "$codec" 7
		run check --json
		verdict_is stale 4
		[ "$(field '.findings[0].id')" = BV-INITRD-STALE ]
	done
	seal
	check
}

@test "a rebuilt initrd that is broken is not called stale" {
	make_system
	seal
	make_initrd "$IMAGE" zstd 7
	cp "$IMAGE" "$IMAGE.whole"
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") / 2))
	run check --json
	verdict_is storage-corruption 1
	# Whether the disk lost its end, or nobody wrote it, nothing tells.
	mv "$IMAGE.whole" "$IMAGE"
	truncate -s -3000 "$IMAGE"
	run check --json
	verdict_is inconclusive 5
}

# The pread64() calls of `check --direct` on the kernel: 1 and 2 read the page cache to its end, 3 and
# 4 the device, 5 a bad block of it again.
check_with() { # INJECTION
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -P "$KERNEL" -e trace=pread64 \
		-e inject="pread64:$1" "$BOOTVERDICT" check --root "$ROOT" -k "$KVER" --direct --json
}

@test "a device that gives other bytes than the page cache, or other ones each time, is told" {
	make_system
	seal
	run check_with delay_enter=1:when=1..5
	verdict_is intact 0
	run check_with poke_exit=@arg2=5a5a:when=3..5+2
	verdict_is storage-corruption 1
	[[ $(field '.findings[0].summary') == *"the page cache is as sealed, but the disk is not"* ]]
	run check_with poke_exit=@arg2=5a5a:when=3
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[0].damage')" = unstable ]
}

@test "a block that the device cannot read is told, a passing error is not" {
	make_system
	seal
	run check_with error=EIO:when=1
	verdict_is intact 0
	run check_with error=EIO:when=1..2
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].ranges[0].damage')" = unreadable ]
	[ "$(field '.findings[0].ranges[0].length')" -eq 4096 ]
}

@test "a bad sector is one by whatever name the kernel gives it" {
	make_system
	seal
	for error in ENODATA EREMOTEIO EILSEQ ETIMEDOUT; do
		run check_with error=$error:when=3..5
		verdict_is storage-corruption 1
		[ "$(field '.findings[0].ranges[0].damage')" = unreadable ]
	done
	run check_with error=ENOMEM:when=3..5
	[ "$status" -eq 2 ]
}

@test "what the file system says of its own lost metadata is no less than a bad sector" {
	disk=$BATS_TEST_TMPDIR/disk
	make_system
	truncate -s 32M "$disk"
	mkfs.ext4 -q -O metadata_csum "$disk"
	mount -o loop "$disk" "$ROOT/boot" || skip "no loop device can be mounted here"
	make_initrd "$IMAGE" zstd
	make_kernel "$KERNEL"
	seal --no-read-back
	umount "$ROOT/boot"
	# One byte of the initrd's inode, where debugfs says that it is.
	read -r block offset < <(debugfs -R "imap /${IMAGE##*/}" "$disk" 2>/dev/null |
		sed -n 's/.*block \([0-9]*\), offset \(0x[0-9a-f]*\).*/\1 \2/p')
	size=$(dumpe2fs -h "$disk" 2>/dev/null | sed -n 's/^Block size: *//p')
	for damaged in no yes; do
		[ $damaged = no ] || flip_bit "$disk" $((block * size + offset + 40))
		# Another one's mount may take the loop device that was free a moment ago.
		mount -o loop,ro "$disk" "$ROOT/boot" || { sleep 1 && mount -o loop,ro "$disk" "$ROOT/boot"; }
		run check --json
		umount "$ROOT/boot"
		[ $damaged = yes ] || verdict_is intact 0
	done
	verdict_is storage-corruption 1
	[ "$(field '[.findings[] | select(.id == "BV-UNREADABLE")] | length')" -eq 1 ]
}

@test "a kernel that is in no record is not intact" {
	make_system
	mv "$KERNEL" "$KERNEL.away"
	seal -q
	check
	mv "$KERNEL.away" "$KERNEL"
	run check --json
	verdict_is stale 4
	[ "$(field '[.findings[] | select(.id == "BV-NOT-SEALED") | .target] | join(",")')" = "$KERNEL" ]
	zero_block "$KERNEL" 8
	run check --json
	verdict_is storage-corruption 1
}

@test "a replaced kernel is stale, unless nothing in it can be verified" {
	make_system
	seal
	noise 60000 another >"$BATS_TEST_TMPDIR/payload.raw"
	xz -q --check=crc32 --stdout "$BATS_TEST_TMPDIR/payload.raw" >"$BATS_TEST_TMPDIR/payload"
	python3 "$BATS_TEST_DIRNAME/bzimage.py" "$BATS_TEST_TMPDIR/payload" 60000 >"$KERNEL"
	run check --json
	verdict_is stale 4
	[ "$(field '.findings[0].id')" = BV-KERNEL-STALE ]
	noise 200000 another >"$KERNEL"
	run check --json
	verdict_is inconclusive 5
	[ "$(field '.findings[0].id')" = BV-KERNEL-CHANGED ]
}

@test "a restored copy with other times and another inode is intact" {
	make_system
	seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/copy"
	rm "$IMAGE"
	cp "$BATS_TEST_TMPDIR/copy" "$IMAGE"
	touch -d @1500000000 "$IMAGE"
	check
}

@test "the guard was renewed and its record lost: stale, not corruption" {
	make_system
	seal
	cp -a "$ROOT/boot/bootverdict" "$ROOT/var/lib/bootverdict" "$BATS_TEST_TMPDIR/"
	mkdir "$BATS_TEST_TMPDIR/old" && mv "$BATS_TEST_TMPDIR/bootverdict" "$BATS_TEST_TMPDIR/old/"
	echo 'POLICY=ask' >"$ROOT/etc/bootverdict.conf"
	seal
	cp "$BATS_TEST_TMPDIR/old/bootverdict/"*.manifest "$ROOT/boot/bootverdict/"
	cp "$BATS_TEST_TMPDIR/old/bootverdict/"*.manifest "$ROOT/var/lib/bootverdict/"
	run check --json
	verdict_is stale 4
}

@test "a /boot that came back from a backup, with a newer record elsewhere, is stale" {
	make_system plain
	seal
	cp -r "$ROOT/boot" "$BATS_TEST_TMPDIR/backup"
	sleep 1.1 # the newer record counts
	make_files "$BATS_TEST_TMPDIR/files"
	echo setting=9 >"$BATS_TEST_TMPDIR/files/etc/conf"
	touch -d @1700000000 "$BATS_TEST_TMPDIR/files/etc/conf"
	archive "$BATS_TEST_TMPDIR/files" >"$IMAGE"
	seal
	[ "$(stat -c %s "$IMAGE")" = "$(stat -c %s "$BATS_TEST_TMPDIR/backup/${IMAGE##*/}")" ]
	rm -r "${ROOT:?}/boot"
	cp -r "$BATS_TEST_TMPDIR/backup" "$ROOT/boot"
	run check --json
	verdict_is stale 4
	# Its damaged twin.
	zero_block "$IMAGE" $(($(blocks "$IMAGE") - 20))
	run check --json
	verdict_is storage-corruption 1
}

@test "one damaged copy of the record is told, and the other one is used" {
	make_system
	seal
	for copy in boot/bootverdict var/lib/bootverdict; do
		cp "$ROOT/$copy/$KVER.manifest" "$BATS_TEST_TMPDIR/good"
		flip_bit "$ROOT/$copy/$KVER.manifest" 3000
		run check --json
		verdict_is storage-corruption 1
		[ "$(field '[.findings[].id] | join(",")')" = BV-MANIFEST-DAMAGED ]
		[ "$(field '[.artifacts[] | select(.kind != "manifest") | .state] | unique | join(",")')" = intact ]
		rm "$ROOT/$copy/$KVER.manifest"
		check
		cp "$BATS_TEST_TMPDIR/good" "$ROOT/$copy/$KVER.manifest"
	done
	check
}

@test "with both copies damaged no file is accused" {
	make_system
	seal
	for copy in boot/bootverdict var/lib/bootverdict; do
		truncate -s 2000 "$ROOT/$copy/$KVER.manifest"
	done
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '[.findings[] | select(.verdict == "storage-corruption") | .id] | unique | join(",")')" = BV-MANIFEST-DAMAGED ]
}

@test "what was never sealed is stale when it is sound, and corrupt when it is not" {
	make_system
	run check --json
	verdict_is stale 4
	[ "$(field '.findings[-1].id')" = BV-NOT-SEALED ]
	[[ $(field '.findings[-1].summary') == "There is no record of this kernel version: "* ]]
	[[ $(field '.findings[-1].next[0]') == "Seal it"* ]]
	# Its records are gone, and it was sealed.
	cp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	seal
	rm -r "$ROOT"/{boot,var/lib}/bootverdict
	run check --json
	verdict_is stale 4
	[[ $(field '.findings[-1].summary') == *"though bootverdict's guard stands in its initial RAM disk"* ]]
	[[ $(field '.findings[-1].next[0]') == "Are the file systems mounted"* ]]
	cp "$BATS_TEST_TMPDIR/unsealed" "$IMAGE"
	zero_block "$IMAGE" 50
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[-1] | .id + " " + (.next | join(","))')" = "BV-NOT-SEALED " ]
}

@test "whether a missing file was removed or lost nothing tells" {
	make_system
	seal
	mv "$IMAGE" "$BATS_TEST_TMPDIR/"
	run check --json
	verdict_is inconclusive 5
	[ "$(field '.findings[0].id')" = BV-INITRD-MISSING ]
	[[ $(field '.findings[0].next[0]') == *"lost+found"* ]]
	run bv check --root "$ROOT" -k 9.9.9
	[ "$status" -eq 2 ]
}

@test "--all checks every version and returns the worst" {
	make_system
	cp "$IMAGE" "$ROOT/boot/initrd.img-5.9"
	bv seal -q --root "$ROOT" --all
	bv check --root "$ROOT" --all
	zero_block "$ROOT/boot/initrd.img-5.9" 250
	run bv check --root "$ROOT" --all --json
	verdict_is storage-corruption 1
	[ "$(field '.findings | length')" -eq 1 ]
}

@test "--all tells of a LUKS device once, and which kernels have an older record of it" {
	local disk=$BATS_TEST_TMPDIR/disk.img

	make_system
	cp "$IMAGE" "$ROOT/boot/initrd.img-5.9"
	make_luks "$disk" 2
	bv seal -q --root "$ROOT" --all --device "$disk"
	bv check --root "$ROOT" --all
	cp "$disk" "$disk.good"
	zero_4k "$disk" "$(slot_offset "$disk" 2 1)"
	run -1 bv check --root "$ROOT" --all --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-KEYSLOT ]
	[ "$(field '[.artifacts[] | select(.kind == "luks")] | length')" -eq 1 ]

	cp "$disk.good" "$disk"
	add_key "$disk" 2 "$PASSPHRASE" third
	bv seal -q --root "$ROOT" -k 5.9
	run -4 bv check --root "$ROOT" --all --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-STALE ]
	[[ $(field '.findings[0].next[0]') == *"seal -k $KVER" ]]
	bv check --root "$ROOT" -k 5.9
	bv seal -q --root "$ROOT" -k "$KVER"
	bv check --root "$ROOT" --all
}

@test "a FILE of every compression: healthy, and damaged" {
	for codec in plain gzip zstd xz lzma lz4; do
		image=$BATS_TEST_TMPDIR/image.$codec
		make_initrd "$image" "$codec"
		run bv check --json "$image"
		verdict_is stale 4
		truncate -s -2000 "$image"
		run bv check --json "$image"
		# Without a checksum nothing proves a loss, when it is checked as when it is sealed.
		if [ "$codec" = plain ]; then
			verdict_is inconclusive 5
			[ "$(field '.findings[0].id')" = BV-IMAGE-BROKEN ]
			[[ $(field '.findings[0].summary') == *"no checksum tells." ]]
			continue
		fi
		verdict_is storage-corruption 1
		[[ $(field '.findings[0].summary') != *"no checksum tells"* ]]
	done
	for codec in gzip zstd xz; do
		image=$BATS_TEST_TMPDIR/image.$codec
		make_initrd "$image" "$codec"
		flip_bit "$image" $(($(stat -c %s "$image") / 2))
		run bv check --json "$image"
		verdict_is storage-corruption 1
	done
}

@test "a FILE says how far its proof goes" {
	make_initrd "$BATS_TEST_TMPDIR/plain" plain
	run bv check "$BATS_TEST_TMPDIR/plain"
	[[ $output == *"only walked, it carries no checksum"* ]]
	make_initrd "$BATS_TEST_TMPDIR/zstd" zstd
	run bv check "$BATS_TEST_TMPDIR/zstd"
	[[ $output == *"proven by its XXH64"* ]]
}

@test "a sealed FILE proves itself without any record outside it" {
	make_system plain
	seal
	mv "$IMAGE" "$BATS_TEST_TMPDIR/alone"
	run bv check --json "$BATS_TEST_TMPDIR/alone"
	verdict_is intact 0
	# A bit that nothing else would notice: plain cpio has no checksum.
	flip_bit "$BATS_TEST_TMPDIR/alone" $(($(stat -c %s "$BATS_TEST_TMPDIR/alone") - 100000))
	run bv check --json "$BATS_TEST_TMPDIR/alone"
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].id')" = BV-IMAGE-CONTENT ]
	[ "$(field '.findings[0].ranges[0].members[0]')" = usr/lib/modules/noise.ko ]
}

@test "a sealed FILE to which an archive was appended is not intact: what that brings is named" {
	make_system plain
	seal
	truncate -s %4 "$IMAGE"
	mkdir -p "$BATS_TEST_TMPDIR/more/etc"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/alone"
	echo other >"$BATS_TEST_TMPDIR/more/etc/conf"
	archive "$BATS_TEST_TMPDIR/more" >>"$BATS_TEST_TMPDIR/alone"
	run bv check --json "$BATS_TEST_TMPDIR/alone"
	verdict_is stale 4
	[ "$(field '.findings[0].id')" = BV-IMAGE-SOUND ]
	[[ $(field '.findings[0].summary') == "It is sealed, and more is in it "*" it replaces 1, and adds 0."* ]]
	[ "$(field '.findings[0].evidence.members[0]')" = "etc/conf: replaced" ]
	# A path that no sealed one has.
	cp "$IMAGE" "$BATS_TEST_TMPDIR/alone"
	mv "$BATS_TEST_TMPDIR/more/etc/conf" "$BATS_TEST_TMPDIR/more/etc/new"
	archive "$BATS_TEST_TMPDIR/more" >>"$BATS_TEST_TMPDIR/alone"
	run bv check --json "$BATS_TEST_TMPDIR/alone"
	verdict_is stale 4
	[[ $(field '.findings[0].summary') == "It is sealed, and more is in it "*" it replaces 0, and adds 1."* ]]
	[ "$(field '.findings[0].evidence.members[0]')" = "etc/new: added" ]
	# The damaged twin.
	flip_bit "$BATS_TEST_TMPDIR/alone" $(($(stat -c %s "$IMAGE") - 100000))
	run bv check --json "$BATS_TEST_TMPDIR/alone"
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].id')" = BV-IMAGE-CONTENT ]
	[ "$(field '.findings[0].ranges[0].members[0]')" = usr/lib/modules/noise.ko ]
}

@test "a kernel FILE is proven by its payload's checksum" {
	make_kernel "$BATS_TEST_TMPDIR/kernel"
	run bv check --json "$BATS_TEST_TMPDIR/kernel"
	verdict_is stale 4
	[ "$(field '.findings[0].id')" = BV-KERNEL-SOUND ]
	flip_bit "$BATS_TEST_TMPDIR/kernel" 30000
	run bv check --json "$BATS_TEST_TMPDIR/kernel"
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].id')" = BV-KERNEL-BROKEN ]
}

@test "what is no boot file gets no verdict" {
	noise 9000 x >"$BATS_TEST_TMPDIR/noise"
	run bv check --json "$BATS_TEST_TMPDIR/noise"
	verdict_is inconclusive 5
	: >"$BATS_TEST_TMPDIR/empty"
	run bv check --json "$BATS_TEST_TMPDIR/empty"
	[ "$status" -ne 0 ] && [ "$status" -ne 1 ]
	run bv check "$BATS_TEST_TMPDIR/absent"
	[ "$status" -eq 2 ]
	run bv check "$BATS_TEST_TMPDIR"
	[ "$status" -eq 2 ]
}

@test "names from a damaged archive cannot speak to the terminal" {
	mkdir "$BATS_TEST_TMPDIR/evil"
	noise 5000 x >"$BATS_TEST_TMPDIR/evil/$(printf 'a\033[31mred\n')"
	archive "$BATS_TEST_TMPDIR/evil" >"$BATS_TEST_TMPDIR/image"
	truncate -s -4500 "$BATS_TEST_TMPDIR/image"
	run bv check --color never "$BATS_TEST_TMPDIR/image"
	[ "$status" -eq 5 ]
	[[ $output != *$'\033'* ]]
	run bv check --json "$BATS_TEST_TMPDIR/image"
	field .verdict
}

@test "checking writes nothing, access times included" {
	make_system
	seal
	touch -a -d @1000000000 "$IMAGE" "$KERNEL"
	fingerprint >"$BATS_TEST_TMPDIR/print"
	stat -c '%n %X %Y %Z' "$IMAGE" "$KERNEL" >"$BATS_TEST_TMPDIR/times-before"
	check -q --direct
	bv check -q "$IMAGE" || true
	stat -c '%n %X %Y %Z' "$IMAGE" "$KERNEL" | diff "$BATS_TEST_TMPDIR/times-before" -
	fingerprint | diff "$BATS_TEST_TMPDIR/print" -
}

@test "bad usage exits 2 and says how to get help" {
	for args in "--nonsense" "-k a/b" "-k x --all" "--color pink" "-k x file" "--root /nowhere"; do
		# shellcheck disable=SC2086
		run bv check $args
		[ "$status" -eq 2 ]
		[[ $output == *"--help"* ]]
	done
	run bv check --help
	[ "$status" -eq 0 ]
}

@test "a file that is being written while it is checked is not called broken" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/whole"
	truncate -s 300000 "$IMAGE"
	strace -qq -o "$BATS_TEST_TMPDIR/strace" -e trace=pread64 -e inject=pread64:delay_exit=300000 \
		"$BOOTVERDICT" check --json "$IMAGE" >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	until grep -q 'pread64.*, 37856, 262144' "$BATS_TEST_TMPDIR/strace"; do sleep 0.1; done
	dd if="$BATS_TEST_TMPDIR/whole" of="$IMAGE" bs=1000 skip=300 seek=300 conv=notrunc status=none
	status=0
	wait $pid || status=$?
	cat "$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 4 ]
	# The healthy twin of the doubt: one that nobody completes.
	truncate -s 300000 "$IMAGE"
	run bv check "$IMAGE"
	[ "$status" -eq 1 ]
}

@test "what is inconclusive is not called damaged, and the disk not accused" {
	make_initrd "$BATS_TEST_TMPDIR/image" zstd
	{
		cat "$BATS_TEST_TMPDIR/image"
		printf '\1\2\3\4%.0s' {1..30}
	} >"$BATS_TEST_TMPDIR/more"
	run bv check --json "$BATS_TEST_TMPDIR/more"
	verdict_is inconclusive 5
	[ "$(field '.artifacts[0].state')" = unverified ]
	[[ $(field '.findings[0].summary') == *"is well-formed"* ]]
	[[ $output != *"disk lost"* ]]
	# The damaged twin: the same bytes missing from the image itself.
	head -c -300 "$BATS_TEST_TMPDIR/image" >"$BATS_TEST_TMPDIR/less"
	run bv check --json "$BATS_TEST_TMPDIR/less"
	verdict_is storage-corruption 1
	[ "$(field '.artifacts[0].state')" = damaged ]
	[[ $output == *"disk lost it"* ]]
}

@test "a check that could not run says why on standard error, and has no verdict" {
	run --separate-stderr bv check "$BATS_TEST_TMPDIR/absent"
	[ "$status" -eq 2 ]
	[[ $output != *VERDICT* && $output != *"cannot be read"* ]]
	# shellcheck disable=SC2154 # run sets stderr
	[ "$stderr" = "bootverdict: $BATS_TEST_TMPDIR/absent: it cannot be read: No such file or directory." ]
	run --separate-stderr bv check --quiet "$BATS_TEST_TMPDIR/absent"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"cannot be read"* ]]
	run --separate-stderr bv check --json "$BATS_TEST_TMPDIR/absent"
	verdict_is none 2
	[[ $stderr == *"cannot be read"* ]]
	# What was found beside it keeps its verdict, and is told as before.
	make_system
	seal
	flip_bit "$IMAGE" "$(($(stat -c %s "$IMAGE") / 2))"
	run --separate-stderr bv check "$IMAGE" "$BATS_TEST_TMPDIR/absent"
	[ "$status" -eq 1 ]
	[[ $output == "VERDICT: STORAGE CORRUPTION"* && $output == *"cannot be read"* ]]
	[ -z "$stderr" ]
}

@test "the start of a sealed image became zeros: no text, and nothing that was replaced" {
	make_system lz4
	seal
	guard=$(sed -n 's/^guard //p' "$ROOT/boot/bootverdict/$KVER.manifest")
	for lost in 16384 1048576 "$guard"; do
		cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
		dd if=/dev/zero of="$IMAGE" bs=4096 count=$((lost / 4096)) conv=notrunc status=none
		touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
		run check --json
		verdict_is storage-corruption 1
		# A block of zeros, as the programs in the guard may have one, is as it was.
		read -r blocks runs < <(python3 -c 'import sys, itertools
data = open(sys.argv[1], "rb").read(int(sys.argv[2]))
held = [any(data[i:i + 4096]) for i in range(0, len(data), 4096)]
print(sum(held), sum(k for k, _ in itertools.groupby(held)))' "$BATS_TEST_TMPDIR/sealed" "$lost")
		[ "$(field '.findings[0].evidence.bad_blocks')" -eq "$blocks" ]
		[ "$(field '.findings[0].ranges | length')" -eq "$runs" ]
		[[ $(field '.findings[0].summary') != *text* ]]
		run seal
		[ "$status" -eq 1 ]
		cat "$BATS_TEST_TMPDIR/sealed" >"$IMAGE"
		touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	done
	check
}

@test "an update of which a write of the guard was lost is told with its blocks" {
	make_system zstd
	seal
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/old"
	make_files "$BATS_TEST_TMPDIR/files"
	sed -i s/1/2/ "$BATS_TEST_TMPDIR/files/etc/conf"
	archive "$BATS_TEST_TMPDIR/files" | pack zstd >"$IMAGE.new"
	mv "$IMAGE.new" "$IMAGE"
	seal
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	dd if="$BATS_TEST_TMPDIR/old" of="$IMAGE" bs=4096 count=16 conv=notrunc status=none
	touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	bad=$(python3 -c 'import sys
a, b = (open(p, "rb").read() for p in sys.argv[1:])
print(sum(a[i:i + 4096] != b[i:i + 4096] for i in range(0, len(a), 4096)))' "$BATS_TEST_TMPDIR/sealed" "$IMAGE")
	[ "$bad" -gt 0 ]
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].evidence.bad_blocks')" -eq "$bad" ]
	[[ $(field '.findings[0].summary') == *"now that of another image"* ]]
	run seal
	[ "$status" -eq 1 ]
}

@test "check FILE says what it compared: an owner is in no record, and a lost bit of it is seen by the blocks" {
	local said='contents, types and permissions of its '

	put() { # OFFSET DIGIT
		printf %s "$2" | dd of="$IMAGE" bs=1 seek="$1" conv=notrunc status=none
	}
	make_system zstd
	seal -q
	run -0 bv check --json "$IMAGE"
	[[ $(field '.findings[0].summary') == *"$said"*"nor their times, which the archives' own checksums cover"* ]]

	make_initrd "$IMAGE" plain
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	run -0 bv check --json "$IMAGE"
	[[ $(field '.findings[0].summary') == *"$said"*"not every archive in it has a checksum that covers them"* ]]
	# In its cpio header, a bit of the last digit: of the owner, which the blocks alone tell; and of the mode.
	for change in "29 1" "21 5"; do
		read -r offset digit <<<"$change"
		at=$(grep -abo etc/conf "$IMAGE" | tail -n 1 | cut -d: -f1)
		keeping_times "$IMAGE" put $((at - 110 + offset)) "$digit"
		run bv check --json "$IMAGE"
		case $offset in
		29) [ "$(field '.findings[0].id')" = BV-IMAGE-PROVEN ] && run -5 check ;;
		21) [ "$(field '.findings[0].id')" = BV-IMAGE-CONTENT ] && run -1 check ;;
		esac
		keeping_times "$IMAGE" put $((at - 110 + offset)) "${digit/1/0}"
		[ "$offset" -eq 21 ] || run -0 check
	done
}

# All writes of a new image were lost, and its blocks had held that of an older kernel; or a file was renamed.
@test "a whole image of another kernel under this one's name is in doubt: neither intact nor sealed again" {
	local files=$BATS_TEST_TMPDIR/of old=5.10.0-1-old

	make_system zstd
	seal -q
	cp "$IMAGE" "$BATS_TEST_TMPDIR/own"
	rm -r "$ROOT/boot/bootverdict" "$ROOT/var/lib/bootverdict"
	make_files "$files" 7
	archive "$files" | pack zstd >"$ROOT/boot/initrd.img-$old"
	cp "$KERNEL" "$ROOT/boot/vmlinuz-$old"
	bv seal --root "$ROOT" -k "$old" -q
	cp "$ROOT/boot/initrd.img-$old" "$BATS_TEST_TMPDIR/older"
	run -0 bv check --json "$ROOT/boot/initrd.img-$old"

	cp "$BATS_TEST_TMPDIR/older" "$IMAGE"
	run bv check --json "$IMAGE"
	verdict_is inconclusive 5
	[ "$(field '[.findings[].id] | join(",")')" = BV-KERNEL-OTHER ]
	[[ $(field '.findings[0].summary') == *"the image of kernel $old, and by its name that of kernel $KVER"* ]]
	[ "$(field '.artifacts[0].state')" = unverified ]
	run check --json
	verdict_is inconclusive 5
	run -2 seal
	[[ $output == *"it is the image of kernel $old, and by its name that of kernel $KVER"*"bootverdict seal --remove -k $KVER"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/older"
	[ ! -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
	run -5 check
	# Names of other forms prove nothing.
	for name in initrd.img "initrd.img-$KVER.bak" initramfs-linux.img "initrd.img-$old.gz" other; do
		cp "$BATS_TEST_TMPDIR/older" "$BATS_TEST_TMPDIR/$name"
		run -0 bv check "$BATS_TEST_TMPDIR/$name"
	done
	# A copy may have any; of a kernel that is beside it, or has its modules there, it is a wrong one.
	mkdir "$BATS_TEST_TMPDIR/beside"
	for name in "initramfs-$KVER.img" "initrd-$KVER"; do
		cp "$BATS_TEST_TMPDIR/older" "$BATS_TEST_TMPDIR/beside/$name"
		run -0 bv check "$BATS_TEST_TMPDIR/beside/$name"
		mkdir -p "$BATS_TEST_TMPDIR/lib/modules/$KVER"
		run -5 bv check "$BATS_TEST_TMPDIR/beside/$name"
		rm -r "${BATS_TEST_TMPDIR:?}/lib"
		cp "$KERNEL" "$BATS_TEST_TMPDIR/beside/vmlinuz-$KVER"
		run -5 bv check "$BATS_TEST_TMPDIR/beside/$name"
		rm "$BATS_TEST_TMPDIR/beside/vmlinuz-$KVER"
	done
	# The damaged twin stays damage.
	cp "$BATS_TEST_TMPDIR/older" "$IMAGE"
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - 100000))
	run -1 bv check "$IMAGE"
	run -1 seal
	# The healthy one, and with a record of it: the older one is no replacement of it then.
	cp "$BATS_TEST_TMPDIR/own" "$IMAGE"
	run -0 bv check "$IMAGE"
	run -0 seal
	run -0 check
	cp "$BATS_TEST_TMPDIR/older" "$IMAGE"
	run check --json
	verdict_is inconclusive 5
	[ "$(field '[.findings[] | select(.warning | not).id] | join(",")')" = BV-KERNEL-OTHER ]
	run -2 seal
	# On purpose.
	seal --remove
	run -0 seal
	run -0 check
}

# Of arm64 and others: their files tell no version, and have no checksum.
arm64_kernel() { # FILE
	noise 200000 4 >"$1"
	printf 'MZ\0\0' | dd of="$1" conv=notrunc status=none
	printf 'ARM\x64' | dd of="$1" bs=1 seek=56 conv=notrunc status=none
}

@test "a kernel that tells no version is one of its name: another's image under that is in doubt" {
	local new=6.1.1-new

	make_system zstd
	seal -q
	cp "$IMAGE" "$ROOT/boot/initrd.img-$new"
	arm64_kernel "$ROOT/boot/vmlinuz-$new"
	run --separate-stderr bv seal --json --root "$ROOT" -k "$new"
	verdict_is inconclusive 2
	[ "$(field '[.findings[].id] | index("BV-KERNEL-OTHER") != null')" = true ]
	run bv check --json "$ROOT/boot/initrd.img-$new"
	verdict_is inconclusive 5
	# The healthy twin: its own image; it is said what the kernel is, and that nothing proves it.
	make_initrd "$ROOT/boot/initrd.img-$new" zstd 3
	run bv check --json --root "$ROOT" -k "$new"
	verdict_is inconclusive 5
	[[ $(field '.findings[0].summary') == "By its first bytes it is an arm64 kernel image. It carries no checksum"* ]]
	[[ $output != *"not a kernel"* && $output != *"bootverdict's guard stands"* ]]
	run -0 bv seal --root "$ROOT" -k "$new"
	run -0 bv check --root "$ROOT" -k "$new"
}

@test "two images of one kernel (Arch): the fallback put in the other one's place is sealed" {
	local boot

	make_system zstd
	boot=$ROOT/boot
	mv "$KERNEL" "$boot/vmlinuz-linux"
	mv "$IMAGE" "$boot/initramfs-linux.img"
	make_initrd "$boot/initramfs-linux-fallback.img" zstd 2
	mkdir -p "$ROOT/usr/lib/modules/$KVER"
	cp "$boot/vmlinuz-linux" "$ROOT/usr/lib/modules/$KVER/vmlinuz"
	echo linux >"$ROOT/usr/lib/modules/$KVER/pkgbase"
	bv seal --root "$ROOT" --all -q
	cp "$boot/initramfs-linux-fallback.img" "$boot/initramfs-linux.img"
	run bv check --json --root "$ROOT" -k linux
	verdict_is stale 4
	[[ $output == *"Seal it: bootverdict seal -k linux"* ]]
	run -0 bv seal --root "$ROOT" -k linux
	run -0 bv check --root "$ROOT" -k linux
	# The damaged twin.
	cp "$boot/initramfs-linux-fallback.img" "$boot/initramfs-linux.img"
	flip_bit "$boot/initramfs-linux.img" $(($(stat -c %s "$boot/initramfs-linux.img") - 100000))
	run -1 bv seal --root "$ROOT" -k linux
}

@test "copies of the sealed files under names of no kernel alarm nobody, and stay as they are" {
	local name copy

	make_system zstd
	seal -q
	for name in 2026-11-27 old-2 1; do
		copy=$IMAGE.$name
		cp -p "$IMAGE" "$copy"
		cp -p "$KERNEL" "$KERNEL.$name"
		run bv check --all --root "$ROOT" --json
		verdict_is stale 4
		[ "$(field '[.findings[].id] | index("BV-KERNEL-OTHER")')" = null ]
		[[ $(field '.findings[] | select(.id == "BV-NOT-SEALED") | .summary') == \
			*"a sealed image of kernel $KVER, under another name; there is no kernel of that version"* ]]
		[[ $output != *"Seal it: "* ]]
		cp "$copy" "$BATS_TEST_TMPDIR/copy"
		run -0 bv seal --all --root "$ROOT"
		[[ $output != *"has lost"* ]]
		cmp "$copy" "$BATS_TEST_TMPDIR/copy"
		# The twins: with modules of that name it may be a lost update; a byte of it is lost.
		mkdir -p "$ROOT/lib/modules/$KVER.$name"
		run bv check --all --root "$ROOT" --json
		verdict_is inconclusive 5
		[ "$(field '[.findings[].id] | index("BV-KERNEL-OTHER") != null')" = true ]
		run -2 bv seal --root "$ROOT" -k "$KVER.$name"
		rm -r "$ROOT/lib/modules"
		flip_bit "$copy" $(($(stat -c %s "$copy") - 100000))
		run -1 bv check --all --root "$ROOT"
		run -1 bv seal --root "$ROOT" -k "$KVER.$name"
		# What it says to do helps.
		cp "$BATS_TEST_TMPDIR/copy" "$copy"
		bv seal --root "$ROOT" --remove -k "$KVER.$name"
		run -0 bv seal --root "$ROOT" -k "$KVER.$name"
		run -0 bv check --root "$ROOT" --all
		bv seal --root "$ROOT" --remove -k "$KVER.$name"
		rm "$copy" "$KERNEL.$name"
	done
	cp "$IMAGE" "$ROOT/boot/initrd-1.img"
	run -0 bv check "$ROOT/boot/initrd-1.img"
}

# A write below the file system changes no time; a chmod, or a link, that of the inode alone.
@test "an inode that was changed is not said to have been written" {
	make_system plain
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - 100000))
	touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	chmod 600 "$IMAGE"
	run check --json
	verdict_is storage-corruption 1
	[[ $(field '.findings[0].summary') == *"its inode was changed after the seal"*"is broken by its own structure"* ]]
	# The twins: it was written; and nothing but its inode was changed.
	touch "$IMAGE"
	run check --json
	verdict_is storage-corruption 1
	[[ $(field '.findings[0].summary') == *"it was written after the seal, and is broken"* ]]
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - 100000))
	run -0 check
}

@test "a kernel that is copied over itself, and not to its end, accuses no disk" {
	local payload=$BATS_TEST_TMPDIR/payload

	make_system
	noise 1000000 kernel >"$payload.raw"
	xz -q --check=crc32 --stdout "$payload.raw" >"$payload"
	python3 "$BATS_TEST_DIRNAME/bzimage.py" "$payload" 1000000 >"$KERNEL"
	cp -p "$KERNEL" "$BATS_TEST_TMPDIR/sealed"
	seal
	sleep 0.1
	inode=$(stat -c %i "$KERNEL")
	for room in "" yes; do
		head -c 500000 "$BATS_TEST_TMPDIR/sealed" >"$KERNEL"
		[ -z "$room" ] || truncate -s "$(stat -c %s "$BATS_TEST_TMPDIR/sealed")" "$KERNEL"
		[ "$(stat -c %i "$KERNEL")" = "$inode" ]
		run check --json
		verdict_is inconclusive 5
		[[ $(field '.findings[0].summary') == *"never finished"* ]]
		run -2 seal
		# The damaged twin: nobody writes a file and keeps its time.
		touch -r "$BATS_TEST_TMPDIR/sealed" "$KERNEL"
		run check --json
		verdict_is storage-corruption 1
		run -1 seal
	done
	cat "$BATS_TEST_TMPDIR/sealed" >"$KERNEL"
	run check
	[ "$status" -eq 0 ]
}

@test "a sealed image that is copied over itself, and not to its end, accuses no disk" {
	make_system zstd
	seal
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	sleep 0.1
	for kept in 1605632 500000; do
		head -c "$kept" "$BATS_TEST_TMPDIR/sealed" >"$IMAGE"
		run check --json
		verdict_is inconclusive 5
		[[ $(field '.findings[0].summary') == *"never finished"* ]]
		run seal
		[ "$status" -eq 2 ]
		# Into a file that had its size first.
		truncate -s "$(stat -c %s "$BATS_TEST_TMPDIR/sealed")" "$IMAGE"
		dd if=/dev/zero of="$IMAGE" bs=4096 seek=$((kept / 4096)) count=1 conv=notrunc status=none
		run check --json
		verdict_is inconclusive 5
		run seal
		[ "$status" -eq 2 ]
		# The damaged twin: nobody writes a file and keeps its time.
		touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
		run check --json
		verdict_is storage-corruption 1
	done
}

@test "a file that was added to the end of the archive is no lost block" {
	local codec

	for codec in zstd lz4; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_system "$codec"
		cp "$IMAGE" "$BATS_TEST_TMPDIR/built"
		seal
		cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
		guard=$(($(stat -c %s "$IMAGE") - $(stat -c %s "$BATS_TEST_TMPDIR/built")))
		"$codec" -dcq <"$BATS_TEST_TMPDIR/built" >"$BATS_TEST_TMPDIR/main"
		(cd "$BATS_TEST_TMPDIR" && echo x >zlocal && echo zlocal |
			cpio --quiet -o -A -H newc -F main)
		{
			head -c "$guard" "$BATS_TEST_TMPDIR/sealed"
			pack "$codec" <"$BATS_TEST_TMPDIR/main"
		} >"$IMAGE"
		run check --json
		verdict_is inconclusive 5
		[[ $(field '.findings[0].summary') == *"as when a file is added at its end"* ]]
		run seal
		[ "$status" -eq 2 ]
		# The damaged twin.
		flip_bit "$IMAGE" $((guard + 300000))
		run check --json
		verdict_is storage-corruption 1
	done
}

# With a right sum, as a later version will write it.
newer_form() { # FILE
	PYTHONPATH=$BATS_TEST_DIRNAME python3 -c 'import crafted, sys
text = b"".join(open(sys.argv[1], "rb").read().splitlines(keepends=True)[:-1])
text = text.replace(b"manifest 1\n", b"manifest 2\n", 1)
open(sys.argv[1], "wb").write(text + b"end %016x\n" % crafted.hash64(text))' "$1"
}

@test "nothing to check: no folder, an empty one, a kernel version that is not there" {
	make_system
	run -4 bv check --json --root "$ROOT" -k "$KVER"
	run -2 --separate-stderr bv check --json --all --root "$ROOT" --boot "$BATS_TEST_TMPDIR/none"
	[ "$(field '.findings[0].id')" = BV-BOOT-FOLDER ]
	mkdir "$BATS_TEST_TMPDIR/empty"
	run -5 bv check --json --all --root "$BATS_TEST_TMPDIR/empty" --boot "$BATS_TEST_TMPDIR/empty"
	[ "$(field '.findings[0].id')" = BV-BOOT-FOLDER ]
	run -2 --separate-stderr bv check --json --root "$ROOT" -k 9.9
	[ "$(field '.findings[0].id')" = BV-NO-FILES ]
}

@test "a sealed kernel that is gone, and one with more behind it; the twin is as sealed" {
	make_system
	seal -q
	cp -p "$KERNEL" "$BATS_TEST_TMPDIR/kernel"
	run -0 check --json
	echo more >>"$KERNEL"
	run check --json
	[ "$(field '.findings[0].id')" = BV-KERNEL-APPENDED ]
	[ "$(field .verdict)" != storage-corruption ]
	rm "$KERNEL"
	run -5 check --json
	[ "$(field '[.findings[].id] | index("BV-KERNEL-MISSING") != null')" = true ]
}

@test "records of a newer form, beside the image and in it: no file is accused by them" {
	local copy

	make_system
	seal -q
	for copy in boot/bootverdict var/lib/bootverdict; do
		newer_form "$ROOT/$copy/$KVER.manifest"
	done
	run check --json
	[ "$(field '[.findings[].id] | index("BV-MANIFEST-UNUSABLE") != null')" = true ]
	[ "$(field .verdict)" != storage-corruption ]
	PYTHONPATH=$BATS_TEST_DIRNAME python3 -c 'import crafted, sys
sys.stdout.buffer.write(crafted.guarded(b"", form=2))' >"$BATS_TEST_TMPDIR/newer"
	run -5 bv check --json "$BATS_TEST_TMPDIR/newer"
	[ "$(field '[.findings[].id] | index("BV-GUARD-MANIFEST") != null')" = true ]
}
