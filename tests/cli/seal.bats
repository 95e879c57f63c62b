#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

# What `diverted` is given, it expands; its IMAGE_BYTES is for make_files; each test is a subshell:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034

load system

bats_require_minimum_version 1.5.0

original_stays() {
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	[ ! -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
	[ -z "$(find "$ROOT/boot" -name '*.bootverdict-new')" ]
}

@test "an image of every compression is sealed, verified and given back byte for byte" {
	for codec in plain gzip zstd xz lzma lz4; do
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

@test "microcode without its folders is sealed, and not in the list of what must be there" {
	make_system
	mkdir -p "$BATS_TEST_TMPDIR/early/kernel/x86/microcode"
	noise 20000 microcode >"$BATS_TEST_TMPDIR/early/kernel/x86/microcode/AuthenticAMD.bin"
	(
		cd "$BATS_TEST_TMPDIR/early"
		echo kernel/x86/microcode/AuthenticAMD.bin | cpio --quiet -o -H newc
		cat "$IMAGE"
	) >"$BATS_TEST_TMPDIR/before"
	cp "$BATS_TEST_TMPDIR/before" "$IMAGE"
	run bv check "$IMAGE"
	[ "$status" -eq 4 ]
	[[ $output == *"not unpacked: 1 members"*"first: kernel/x86/microcode/AuthenticAMD.bin (what is below kernel/"* ]]
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"the kernel does not unpack 1 of its members"*"AuthenticAMD.bin): it reads"* ]]
	run grep AuthenticAMD "$ROOT/boot/bootverdict/$KVER.manifest"
	[ "$status" -eq 1 ]
	check
	bv check "$IMAGE"
	# The damaged twins: a block of the microcode became zeros, or other bytes. Of those, when the file's time
	# has changed too, nothing proves that nobody edited it: but it is not called sound either.
	keeping_times "$IMAGE" zero_block "$IMAGE" \
		$((($(grep -abo AuthenticAMD.bin "$IMAGE" | head -n 1 | cut -d: -f1) + 8192) / 4096))
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].id')" = BV-INITRD-BLOCKS ]
	noise 4096 other | keeping_times "$IMAGE" dd of="$IMAGE" bs=4096 conv=notrunc status=none \
		seek=$((($(grep -abo AuthenticAMD.bin "$IMAGE" | head -n 1 | cut -d: -f1) + 8192) / 4096))
	run check --json
	[ "$status" -eq 5 ]
	[ "$(field '.findings[0].id')" = BV-INITRD-CHANGED ]
}

# An image of the codec whose microcode lies in no folder, and with this line in it.
with_bare_microcode() { # CODEC LINE
	local files=$BATS_TEST_TMPDIR/files early=$BATS_TEST_TMPDIR/bare

	rm -rf "$files" "$early"
	mkdir -p "$early/kernel/x86/microcode"
	noise 20000 microcode >"$early/kernel/x86/microcode/GenuineIntel.bin"
	touch -d @1700000000 "$early/kernel/x86/microcode/GenuineIntel.bin"
	make_files "$files"
	echo "setting=$2" >"$files/etc/conf"
	touch -d @1700000000 "$files/etc/conf"
	{
		(cd "$early" && echo kernel/x86/microcode/GenuineIntel.bin |
			cpio --quiet --reproducible -o -H newc)
		archive "$files" | pack "$1"
	} >"$IMAGE.new"
	mv "$IMAGE.new" "$IMAGE"
}

put_back() { # COMMAND...: which the older image went through, called IMAGE.new
	rm -rf "$ROOT"
	cp -a "$BATS_TEST_TMPDIR/newer" "$ROOT"
	cp "$BATS_TEST_TMPDIR/older" "$IMAGE.new"
	"$@"
	mv "$IMAGE.new" "$IMAGE"
}

@test "a sealed image that is put back over a newer one is stale, with microcode that kernels skip too" {
	for codec in plain gzip zstd xz; do
		rm -rf "$ROOT" "$BATS_TEST_TMPDIR/newer"
		make_system "$codec"
		with_bare_microcode "$codec" 1
		seal -q
		cp "$IMAGE" "$BATS_TEST_TMPDIR/older"
		with_bare_microcode "$codec" 2
		seal -q
		cp -a "$ROOT" "$BATS_TEST_TMPDIR/newer"
		# Most of it is the same.
		[ "$(cmp -l "$BATS_TEST_TMPDIR/older" "$IMAGE" | wc -l)" -lt 100000 ]
		put_back true
		run -4 check
		run -0 seal
		check
		# The damaged twins: bytes of what is compressed, or has a hash in its record.
		put_back zero_block "$IMAGE.new" $(($(stat -c %s "$BATS_TEST_TMPDIR/older") / 4096 - 20))
		run -1 check
		run -1 seal
		# The same guard in front, and a byte of the microcode, which only the record outside covers.
		rm -rf "$ROOT"
		cp -a "$BATS_TEST_TMPDIR/newer" "$ROOT"
		cp "$IMAGE" "$IMAGE.new"
		at=$(grep -abo GenuineIntel.bin "$IMAGE" | head -n 1 | cut -d : -f 1)
		flip_bit "$IMAGE.new" $((at + 9000))
		mv "$IMAGE.new" "$IMAGE"
		run -5 check
		run -2 seal
		keeping_times "$IMAGE" flip_bit "$IMAGE" $((at + 9000))
		run -0 check
	done
}

@test "an image whose folders come behind their content has nothing to start with" {
	make_system
	make_files "$BATS_TEST_TMPDIR/files"
	(cd "$BATS_TEST_TMPDIR/files" && find . -mindepth 1 -depth | LC_ALL=C sort -r |
		cpio --quiet -o -H newc) >"$IMAGE"
	run bv check "$IMAGE"
	[ "$status" -eq 4 ]
	[[ $output == *"not unpacked: 6 members"* ]]
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"it is not sealed: it cannot start: /bin/sh, which init needs, is not in it"* ]]
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

# As `bootconfig -a FILE IMAGE` of the kernel's tools does.
add_bootconfig() { # IMAGE SUM-OFF PADDING
	python3 - "$@" <<-'END'
		import struct, sys
		path, off, padding = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
		text = b'kernel {\n\troot = "/dev/sda1"\n}\n\0'
		with open(path, "ab") as f:
		    text += bytes(-(f.tell() + len(text) + 20) % 4)
		    f.write(text + struct.pack("<II", len(text), sum(text) + off) + b"#BOOTCONFIG\n")
		    f.write(bytes(padding))
	END
}

@test "parameters that bootconfig has put behind the image stay there" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/plain"
	for padding in 0 3; do
		cp "$BATS_TEST_TMPDIR/plain" "$IMAGE"
		add_bootconfig "$IMAGE" 0 "$padding"
		cp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
		run bv check "$IMAGE"
		[ "$status" -eq 4 ]
		seal
		check
		tail -c 30 "$BATS_TEST_TMPDIR/unsealed" | cmp - <(tail -c 30 "$IMAGE")
		seal --remove
		cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	done
	# Appended after the seal: no sealed byte is another one.
	seal
	add_bootconfig "$IMAGE" 0 0
	run check
	[ "$status" -eq 4 ]
	[[ $output == *"Every byte that was sealed is as sealed"* ]]
	# Their own sum proves that a byte of them is lost.
	cp "$BATS_TEST_TMPDIR/plain" "$IMAGE"
	add_bootconfig "$IMAGE" 1 0
	run bv check "$IMAGE"
	[ "$status" -eq 1 ]
	[[ $output == *"they do not have the"* ]]
	run seal
	[ "$status" -eq 1 ]
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

@test "a sealed image that is damaged keeps its guard and its record, which tells where" {
	make_system
	seal
	block=$(($(blocks "$IMAGE") - 20))
	zero_block "$IMAGE" $block
	cp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
	cp "$ROOT/boot/bootverdict/$KVER.manifest" "$BATS_TEST_TMPDIR/record"
	run seal
	[ "$status" -eq 1 ]
	[[ $output == *"it stays as it is, with its guard and its record"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/damaged"
	cmp "$ROOT/boot/bootverdict/$KVER.manifest" "$BATS_TEST_TMPDIR/record"
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].ranges[0].offset')" = $((block * 4096)) ]
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

@test "what was refused is told of that image alone, damaged or not, and of no other" {
	make_system
	zero_block "$IMAGE" 70
	run -1 seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/refused"
	make_initrd "$IMAGE.new" zstd 2
	mv "$IMAGE.new" "$IMAGE"
	run -4 check --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-INITRD-STALE ]
	# The twins: it is put back; it has lost one block more.
	cp "$BATS_TEST_TMPDIR/refused" "$IMAGE.new"
	mv "$IMAGE.new" "$IMAGE"
	run -1 check --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-IMAGE-REFUSED ]
	zero_block "$IMAGE" 300
	run -1 check --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-INITRD-BLOCKS,BV-IMAGE-REFUSED ]
	[ "$(field '.findings[0].ranges[0].offset')" = $((300 * 4096)) ]
}

@test "an image that is cut short is refused" {
	for codec in plain gzip zstd xz lzma; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_system "$codec"
		truncate -s -5000 "$IMAGE"
		cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
		run seal
		# The disk lost its end, or nobody wrote it.
		[ "$status" -eq 2 ]
		explained unknown
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

@test "a kernel that the device cannot read is a storage fault, and stays known by its record" {
	make_system
	seal
	run strace -f -o /dev/null -P "$KERNEL" -e inject=pread64:error=EIO:when=1+ \
		"$BOOTVERDICT" seal --root "$ROOT" -k "$KVER"
	[ "$status" -eq 1 ]
	[[ $output == *"$KERNEL: it cannot be read: I/O error."* ]]
	[[ $output != *"install"* ]]
	run grep '^artifact kernel ' "$ROOT/boot/bootverdict/$KVER.manifest"
	[ "$status" -eq 0 ]
}

@test "the folder of the records may be the boot folder itself" {
	make_system
	ln -s . "$ROOT/boot/bootverdict"
	SECONDS=0
	seal
	[ "$SECONDS" -lt 30 ]
	[ -s "$ROOT/boot/$KVER.manifest" ]
	check
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

@test "--all leaves alone what tools keep of an image: it is no kernel version" {
	make_system
	seal -q
	for ending in .old-dkms .dpkg-bak .dpkg-new .dpkg-tmp .orig .save .tmp .bak .old .new '~'; do
		cp "$IMAGE" "$IMAGE$ending"
	done
	run bv seal --root "$ROOT" --all
	[ "$status" -eq 0 ]
	for ending in .old-dkms .dpkg-bak .dpkg-new .dpkg-tmp .orig .save .tmp .bak .old .new '~'; do
		cmp "$IMAGE" "$IMAGE$ending"
	done
	[ "$(ls "$ROOT/boot/bootverdict")" = "$KVER.manifest" ]
}

@test "--remove forgets a kernel whose files are gone, as check says" {
	make_system
	seal -q
	rm "$IMAGE" "$KERNEL"
	run check
	[ "$status" -eq 5 ]
	run seal --remove
	[ "$status" -eq 0 ]
	[[ $output == *"its record is removed"* ]]
	[ -z "$(find "$ROOT" -name '*.manifest')" ]
	run seal --remove
	[ "$status" -eq 2 ]
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

@test "an image that KVER does not boot is left alone; what boots may have any of the usual names" {
	make_system
	before=$(fingerprint)
	mkdir "$ROOT/kdump"
	cp "$IMAGE" "$ROOT/kdump/${IMAGE##*/}"
	cp "$IMAGE" "$IMAGE-kdump"
	for other in "$ROOT/kdump/${IMAGE##*/}" "$IMAGE-kdump" "$IMAGE.new" "$ROOT/absent"; do
		run seal --image "$other"
		[ "$status" -eq 0 ]
		[ -z "$output" ] || { echo "$other: $output"; false; }
	done
	rm "$IMAGE-kdump"
	[ "$(fingerprint)" = "$before" ]
	# The report has it all the same; and without any other image of that version it is said.
	run --separate-stderr seal --json --image "$ROOT/kdump/${IMAGE##*/}"
	[ "$status" -eq 0 ]
	[ "$(field '.findings[] | .id + " " + (.warning | tostring)')" = "BV-SEAL-NOT-BOOTED true" ]
	[ -z "$stderr" ]
	mv "$IMAGE" "$ROOT/boot/linux-$KVER.img"
	run seal --image "$ROOT/boot/linux-$KVER.img"
	[ "$status" -eq 0 ]
	[[ $output == *"/boot/linux-$KVER.img: it is not sealed: by its name it is not what kernel $KVER boots."*"initrd.img-$KVER, initramfs-$KVER.img, initrd-$KVER." ]]
	run seal -q --image "$ROOT/boot/linux-$KVER.img"
	[ -z "$output" ]
	mv "$ROOT/boot/linux-$KVER.img" "$IMAGE"
	# Through a link to its folder it is the same one.
	ln -s boot "$ROOT/link"
	run seal --image "$ROOT/link/${IMAGE##*/}"
	[ "$status" -eq 0 ]
	[[ $output == *": sealed, "* ]]
	mv "$IMAGE" "$ROOT/boot/initramfs-$KVER.img"
	rm -r "$ROOT/boot/bootverdict" "$ROOT/var/lib/bootverdict"
	run seal --image "$ROOT/boot/initramfs-$KVER.img"
	[ "$status" -eq 0 ]
	[[ $output == *"initramfs-$KVER.img: "*"sealed, "* ]]
	run check
	[ "$status" -eq 0 ]
	run bv seal --root "$ROOT" --all --image "$ROOT/boot/initramfs-$KVER.img"
	[ "$status" -eq 2 ]
	run seal --remove --image "$ROOT/boot/initramfs-$KVER.img"
	[ "$status" -eq 2 ]
}

@test "no stage of the check takes longer than the stub waits" {
	make_system
	printf 'CHECK_TIMEOUT=7200\n' >"$ROOT/etc/bootverdict.conf"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"CHECK_TIMEOUT=7200: not 1 to 3600 seconds; 20 is used"* ]]
	cpio -i --quiet --to-stdout bootverdict/config <"$IMAGE" | grep -x 'wait 20'
	printf 'CHECK_TIMEOUT=3600\n' >"$ROOT/etc/bootverdict.conf"
	run seal
	[[ $output != *CHECK_TIMEOUT* ]]
	cpio -i --quiet --to-stdout bootverdict/config <"$IMAGE" | grep -x 'wait 3600'
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

# ---- what a boot of the image would execute -----------------------------------------------------

# An image as the hook leaves it, but for what the commands change of it.
diverted() { # COMMANDS
	local files=$BATS_TEST_TMPDIR/diverted IMAGE_BYTES=5000

	rm -rf "$files"
	make_files "$files"
	mkdir -p "$files/usr/lib/bootverdict" "$files/usr/bin"
	mv "$files/bin"/* "$files/usr/bin/"
	rmdir "$files/bin"
	ln -s usr/bin "$files/bin"
	mv "$files/init" "$files/usr/lib/bootverdict/next-init"
	ln -s usr/lib/bootverdict/init "$files/init"
	cp "$ROOT/usr/lib/bootverdict/init" "$files/usr/lib/bootverdict/init"
	(cd "$files" && next=usr/lib/bootverdict/next-init && eval "$1")
	archive "$files" | pack zstd >"$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
}

script() { # FILE INTERPRETER
	printf '#!%s\n' "$2" >"$1"
	chmod 755 "$1"
}

# The start of a program for this processor or another, with one program header, at byte AT.
program() { # FILE LOADER [MACHINE [CLASS [AT]]]
	python3 - "$@" <<-'END'
		import struct, sys
		path, loader = sys.argv[1], sys.argv[2].encode() + b"\0"
		machine, bits, at = [int(n) for n in (sys.argv[3:] + ["62", "2", "64"][len(sys.argv) - 3:])]
		head = struct.pack("<4s5B7xHHIQQQIHHHHHH", b"\x7fELF", bits, 1, 1, 0, 0, 3, machine, 1, 0,
		                   at, at + 56 + len(loader), 0, 64, 56, len(loader) > 1, 0, 0, 0)
		part = struct.pack("<IIQQQQQQ", 3, 4, at + 56, 0, 0, len(loader), 0, 1)
		open(path, "wb").write(head.ljust(at, b"\0") + part + loader)
	END
	chmod 755 "$1"
}

# The seal is refused, and names the reason; a guard that explains is put in front of the image.
refused() { # TEXT...
	run seal --no-read-back
	[ "$status" -eq 2 ]
	for text in "it is not sealed" "$@" "explain"; do
		[[ $output == *"$text"* ]]
	done
	seal --remove --no-read-back
	original_stays
}

# The same, but of an image whose first program was changed nothing may be unpacked.
refused_whole() { # TEXT...
	run seal --no-read-back
	[ "$status" -eq 2 ]
	for text in "it is not sealed" "$@" "explain"; do
		[[ $output == *"$text"* ]]
	done
	[ "guard $(stat -c %s "$IMAGE")" = "$(grep '^guard ' "$ROOT/boot/bootverdict/$KVER.manifest")" ]
	rm "$ROOT"/{boot,var/lib}/bootverdict/*
}

# The seal is refused, but the image boots as it is: it is not touched.
left() { # TEXT...
	run seal --no-read-back
	[ "$status" -eq 2 ]
	for text in "it is not sealed" "$@"; do
		[[ $output == *"$text"* ]]
	done
	original_stays
}

sealed_in_silence() {
	run seal -q --no-read-back
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	check
}

@test "an image whose /init is not diverted is sealed with a warning, a diverted one without" {
	make_system
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"not diverted"* ]]
	diverted true
	sealed_in_silence
	diverted 'ln -sfn /usr/lib/bootverdict/init init'
	sealed_in_silence
}

@test "an image whose /init was changed behind bootverdict is refused" {
	make_system
	for change in 'cp --remove-destination usr/lib/bootverdict/init init' 'rm init' \
		'ln -sfn nowhere init' 'sed -i s/a/b/ init' 'rm init; script init /bin/bash'; do
		diverted "$change"
		refused_whole "its /init was changed" "update-initramfs -u -k $KVER"
	done
	for change in 'mv $next init' 'cp $next new; mv new init' 'ln -sfn bin/sh init' \
		'ln -sfn usr/lib/bootverdict/next-init init' 'rm init; script init /bin/sh; rm $next' \
		'cp usr/bin/busybox new; head -c 99999 /dev/zero >>new; mv new init'; do
		diverted "$change"
		left "its /init was changed" "update-initramfs -u -k $KVER"
	done
}

@test "a guard that stands alone is not removed: nothing would be left to boot" {
	make_system
	diverted 'rm init'
	run seal --no-read-back
	[ "$status" -eq 2 ]
	cp "$IMAGE" "$BATS_TEST_TMPDIR/alone"
	run seal --remove --no-read-back
	[ "$status" -eq 2 ]
	[[ $output == *"$IMAGE: "*"update-initramfs -u -k $KVER"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/alone"
	[ -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
}

@test "an image whose stub is not byte for byte the known one is refused" {
	make_system
	for change in 'echo "echo hello" >>init' 'echo "#!/bin/sh" >init' 'rm usr/lib/bootverdict/init' \
		'sed -i s/bootverdict/other/ usr/lib/bootverdict/init' \
		'chmod 644 usr/lib/bootverdict/init' 'ln -sf /bin/sh usr/lib/bootverdict/init'; do
		diverted "$change"
		refused_whole "usr/lib/bootverdict/init" "is not the one of this bootverdict"
	done
	# A whole program, as another version's is, stays: it boots as it is.
	diverted 'printf X | dd of=usr/lib/bootverdict/init bs=1 seek=5000 conv=notrunc status=none'
	left "is not the one of this bootverdict" "of another version, was edited"
	diverted true
	cp "$ROOT/usr/lib/bootverdict/init" "$BATS_TEST_TMPDIR/stub"
	echo newer >>"$ROOT/usr/lib/bootverdict/init"
	left "is not the one of this bootverdict"
	cp "$BATS_TEST_TMPDIR/stub" "$ROOT/usr/lib/bootverdict/init"
	diverted true
	sealed_in_silence
}

@test "an image that an earlier version has sealed stays sealed by that" {
	make_system
	diverted true
	seal -q
	fingerprint >"$BATS_TEST_TMPDIR/sealed"
	echo newer >>"$ROOT/usr/lib/bootverdict/init"
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"of another version"*"update-initramfs -u -k $KVER"* ]]
	fingerprint | diff "$BATS_TEST_TMPDIR/sealed" -
	check
}

@test "an image without any /init is left: the kernel does without one, a guard does not" {
	make_system
	make_files "$BATS_TEST_TMPDIR/none"
	rm "$BATS_TEST_TMPDIR/none/init"
	archive "$BATS_TEST_TMPDIR/none" | pack zstd >"$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	left "there is no /init in it"
}

@test "what was refused because it cannot start is told by check, and the image before put back" {
	make_system
	diverted 'script $next /bin/bash'
	run seal
	[ "$status" -eq 2 ]
	run check
	[ "$status" -eq 3 ]
	[[ $output == *"it cannot start: /bin/bash"* ]]
	diverted true
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	ln "$IMAGE" "$IMAGE.dpkg-bak"
	rm "$IMAGE"
	diverted 'script $next /bin/bash'
	run seal --read-back
	[ "$status" -eq 2 ]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	diverted true
	sealed_in_silence
}

@test "an image that cannot start is refused, with the file and the reason" {
	make_system
	while IFS='|' read -r change where reason; do
		diverted "$change"
		refused "it cannot start: " "$where" "$reason"
	done <<-'END'
		rm $next|usr/lib/bootverdict/next-init|is not in it
		ln -sf /sbin/init $next|usr/lib/bootverdict/next-init|is not in it
		chmod 644 $next|usr/lib/bootverdict/next-init|is not an executable file
		rm $next; mkdir $next|usr/lib/bootverdict/next-init|is not an executable file
		: >$next|usr/lib/bootverdict/next-init|neither a program for this processor nor a script
		echo "exec sh" >$next|usr/lib/bootverdict/next-init|neither a program for this processor nor a script
		printf "#!\n" >$next|usr/lib/bootverdict/next-init|neither a program for this processor nor a script
		printf "#!/%0300d/sh\n" 1 >$next|usr/lib/bootverdict/next-init|neither a program for this processor nor a script
		script $next /bin/bash|/bin/bash, which usr/lib/bootverdict/next-init needs|is not in it
		printf "#!/bin/sh\r\n" >$next|/bin/sh|is not in it
		chmod 644 usr/bin/busybox|/bin/sh|is not an executable file
		rm usr/bin/*; ln -s busybox usr/bin/sh|/bin/sh|is not in it
		rm bin|/bin/sh|is not in it
		rm usr/bin/sh; ln -s /bin/sh usr/bin/sh|/bin/sh|leads round in a circle
		script $next /usr/lib/bootverdict/next-init|next-init needs|leads round in a circle
		ln -sf /init $next|usr/lib/bootverdict/next-init|leads round in a circle
		script $next /init|/init, which|leads round in a circle
		script $next "/bootverdict/init /bin/sh"|/bootverdict/init, which|leads round in a circle
		for n in 1 2 3 4; do script $n /$((n+1)); done; script 5 /bin/sh; script $next /1|/5, which|leads round in a circle
		program usr/bin/sh /lib64/ld.so|/lib64/ld.so, which /bin/sh needs|is not in it
		program usr/bin/sh /lib/ld.so; program usr/lib/ld.so ""; chmod 644 usr/lib/ld.so|/lib/ld.so, which|not an executable
		program usr/bin/sh /lib/ld.so; script usr/lib/ld.so /bin/busybox|/lib/ld.so, which|neither a program
		program usr/bin/sh "" 183|/bin/sh, which|made for another processor
		program usr/bin/sh /lib/ld.so; program usr/lib/ld.so "" 183|/lib/ld.so, which|made for another processor
	END
}

# A program that was lost in /usr before the image was built looks like this, and nothing in it tells.
@test "a program of no known form may have lost its bytes: that is in doubt, and what is not there is the builder's" {
	make_system
	while IFS='|' read -r change verdict exit; do
		diverted "$change"
		run -2 seal --no-read-back
		run bv check --root "$ROOT" -k "$KVER" --json
		[ "$status" -eq "$exit" ]
		[ "$(field '.findings[] | select(.id == "BV-IMAGE-REFUSED").verdict')" = "$verdict" ]
		rm "$ROOT"/{boot,var/lib}/bootverdict/*
	done <<-'END'
		dd if=/dev/zero of=usr/bin/busybox bs=4096 count=1 conv=notrunc status=none|inconclusive|5
		: >usr/bin/busybox|inconclusive|5
		dd if=/dev/zero of=$next bs=512 count=1 conv=notrunc status=none|inconclusive|5
		echo "exec sh" >$next|inconclusive|5
		program usr/bin/sh "" 183; truncate -s -1 usr/bin/sh|inconclusive|5
		program usr/bin/sh "" 60|inconclusive|5
		dd if=/dev/zero of=usr/lib/bootverdict/init bs=4096 count=1 conv=notrunc status=none|inconclusive|5
		truncate -s 4096 usr/lib/bootverdict/init|inconclusive|5
		rm init; dd if=/dev/zero of=init bs=4096 count=1 status=none|inconclusive|5
		ln -sf usr/lib/bootverdict/inht init|inconclusive|5
		mv init inmt|inconclusive|5
		mv usr/lib/bootverdict/init usr/lib/bootverdict/init.; mv usr/lib/bootverdict/init. usr/lib/bootverdict/inht|inconclusive|5
		mv $next ${next%t}u|inconclusive|5
		mv usr/bin/sh usr/bin/si|inconclusive|5
		script $next /bin/rh|inconclusive|5
		script $next /bij/sh|inconclusive|5
		program usr/bin/sh /lib/me.so; program usr/lib/ld.so ""; cp usr/lib/ld.so usr/lib/le.so|inconclusive|5
		program usr/bin/sh "" 0|inconclusive|5
		mv usr/bin/sh usr/bin/bash|config-error|3
		script $next /bin/zzh|config-error|3
		program usr/bin/sh "" 183|config-error|3
		rm $next|config-error|3
		rm init|config-error|3
		script $next /bin/bash|config-error|3
		echo "echo hello" >>usr/lib/bootverdict/init|config-error|3
		printf "#!/nowhere\n" >usr/lib/bootverdict/init|config-error|3
		ln -sf elsewhere init|config-error|3
	END
}

@test "an /init that is not diverted must be one that can start, too" {
	make_system
	make_files "$BATS_TEST_TMPDIR/plain"
	script "$BATS_TEST_TMPDIR/plain/init" /bin/bash
	archive "$BATS_TEST_TMPDIR/plain" | pack zstd >"$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	refused "cannot start" "/bin/bash, which init needs, is not in it"
}

@test "whatever else starts is sealed without a word" {
	make_system
	while read -r change; do
		diverted "$change"
		sealed_in_silence
	done <<-'END'
		printf "#! \t/bin/sh -e -x\nexit\n" >$next
		printf "#!/bin/busybox" >$next
		script $next bin/sh
		script $next /../lib/../bin/./sh
		mkdir sbin; ln -s /sbin/init $next.1; mv $next.1 $next; ln -s ../lib/systemd sbin/init; ln -s /usr/bin/busybox usr/lib/systemd
		for n in 1 2 3; do script $n /$((n+1)); done; script 4 /bin/sh; script $next /1
		program $next /lib/ld.so; program usr/lib/ld.so ""; chmod 711 $next
		program usr/bin/sh /lib/klibc.so; program usr/lib/klibc.so ""
		program usr/bin/sh /lib/ld.so 62 2 3000; program usr/lib/ld.so /nowhere
		chmod 100 usr/bin/sh $next
	END
}

@test "an interpreter may be in another segment of the image" {
	make_system
	diverted 'mkdir -p ../apart/usr/bin; mv usr/bin/* ../apart/usr/bin/'
	refused "/bin/sh, which"
	archive "$BATS_TEST_TMPDIR/apart" | cat - "$BATS_TEST_TMPDIR/before" >"$IMAGE"
	sealed_in_silence
}

@test "where it cannot be told whether it starts, the image is sealed with a warning" {
	make_system
	while read -r change; do
		diverted "$change"
		run seal
		[ "$status" -eq 0 ]
		[[ $output == *"cannot be told"* ]]
	done <<-'END'
		program usr/bin/sh "" 3
		program usr/bin/sh "" 62 1
		program usr/bin/sh /lib/ld.so 62 2 6000
	END
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
	echo not an image >"$BATS_TEST_TMPDIR/mnt/fstab.bak"
	for end in bak dpkg-bak; do echo backup >"$BATS_TEST_TMPDIR/mnt/initrd.img-6.0.$end"; done
	head -c 2M /dev/zero >"$BATS_TEST_TMPDIR/mnt/fill" || true
	run seal --boot "$BATS_TEST_TMPDIR/mnt"
	no_room=$output no_room_status=$status
	rm "$BATS_TEST_TMPDIR"/mnt/*bak
	run seal --boot "$BATS_TEST_TMPDIR/mnt"
	no_backup=$output
	mount -o remount,ro "$BATS_TEST_TMPDIR/mnt"
	run seal --boot "$BATS_TEST_TMPDIR/mnt"
	cmp "$BATS_TEST_TMPDIR/mnt/initrd.img-$KVER" "$BATS_TEST_TMPDIR/before"
	left=$(find "$BATS_TEST_TMPDIR/mnt" -name '*.bootverdict-new')
	umount "$BATS_TEST_TMPDIR/mnt"
	[ "$no_room_status" -eq 2 ]
	[[ $no_room == *"no room"* ]]
	for end in bak dpkg-bak; do
		[[ $no_room == *"/initrd.img-6.0.$end, 7 bytes, is a backup of before a rebuild; keep it until"* ]]
	done
	[[ $no_room != *fstab* ]]
	[[ $no_backup == *"no room"* && $no_backup != *"is a backup"* ]]
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

@test "a kernel that lost blocks since it was sealed is not sealed again as it is" {
	make_system
	noise 250000 program >"$BATS_TEST_TMPDIR/payload.raw"
	xz -q --check=crc32 --stdout "$BATS_TEST_TMPDIR/payload.raw" >"$BATS_TEST_TMPDIR/payload"
	python3 "$BATS_TEST_DIRNAME/bzimage.py" "$BATS_TEST_TMPDIR/payload" 250000 >"$KERNEL"
	noise 100000 behind >>"$KERNEL"
	cp "$KERNEL" "$BATS_TEST_TMPDIR/good"
	seal -q
	record=$(grep -A3 '^artifact kernel' "$ROOT/boot/bootverdict/$KVER.manifest")
	# Behind the payload, which its checksum does not cover; then in the setup code.
	zero_block "$KERNEL" $(($(stat -c %s "$KERNEL") / 4096 - 2))
	run -1 seal
	[[ $output == *"the kernel image is not the one that was sealed: 1 of "*" blocks differ"* ]]
	[ "$(grep -A3 '^artifact kernel' "$ROOT/boot/bootverdict/$KVER.manifest")" = "$record" ]
	run -1 check
	cp "$BATS_TEST_TMPDIR/good" "$KERNEL"
	flip_bit "$KERNEL" 3000
	run -2 seal
	[[ $output == *"seal --remove"* ]]
	run -5 check
	# The twins: the same kernel again, and another build.
	cp "$BATS_TEST_TMPDIR/good" "$KERNEL"
	seal -q
	check
	make_kernel "$KERNEL"
	seal -q
	check
}

@test "forget: the record goes, and what was kept of images; the image keeps its guard" {
	local other

	make_system
	other=$ROOT/boot/bootverdict/6.9.manifest
	seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	cp "$ROOT/boot/bootverdict/$KVER.manifest" "$other"
	: >"$ROOT/boot/.initrd.img-$KVER.bootverdict-old"
	run -0 bv seal --forget -k "$KVER" --root "$ROOT"
	[[ $output == *"its record is removed"*"keeps its guard"* ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	[ ! -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
	[ ! -e "$ROOT/var/lib/bootverdict" ]
	[ ! -e "$ROOT/boot/.initrd.img-$KVER.bootverdict-old" ]
	[ -e "$other" ]
	run -4 bv check -k "$KVER" --root "$ROOT"
	# Again, and of a version that never was.
	run -0 bv seal --forget -k "$KVER" --root "$ROOT"
	[ -z "$output" ]
	run -0 bv seal --forget -k 9.9 --root "$ROOT"
	[ -e "$other" ]
}

@test "forget: one version that is named, and nothing else with it" {
	make_system
	run -2 bv seal --forget --root "$ROOT"
	run -2 bv seal --forget --all --root "$ROOT"
	run -2 bv seal --forget --remove -k "$KVER" --root "$ROOT"
	[[ $output == *"--forget goes with -k"* ]]
	run -2 bv seal --keep --root "$ROOT"
	run -2 bv seal --keep --forget -k "$KVER" --root "$ROOT"
}
