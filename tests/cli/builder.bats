#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Who built an image is known by what is in it, and sealed: advice names that builder's command alone.

# shellcheck disable=SC2153 # make_system sets ROOT
bats_require_minimum_version 1.5.0

load system

builders="initramfs-tools dracut unknown"

make_image_of() { # BUILDER [PATH CONTENT]...
	case $1 in
	initramfs-tools) set -- conf/initramfs.conf 'MODULES=most\n' "${@:2}" ;;
	dracut) set -- usr/lib/dracut/modules.txt 'base\n' "${@:2}" ;;
	unknown) set -- lib/dracut/build-parameter.txt ' --lvm\n' "${@:2}" ;;
	esac
	make_initrd_with "$@"
}

# That the words have the commands of this builder, for that kernel version, and of no other one.
commands_of() { # BUILDER KVER WORDS
	local debian="update-initramfs -u -k $2" fedora="dracut -f --kver $2"

	case $1 in
	initramfs-tools) [[ $3 == *"$debian"* && $3 != *"dracut -"* && $3 != *Debian* ]] ;;
	dracut) [[ $3 == *"$fedora"* && $3 != *update-initramfs* && $3 != *Fedora* ]] ;;
	unknown) [[ $3 == *"$debian (Debian) or $fedora (Fedora)"* ]] ;;
	esac
}

advises() { # BUILDER KVER: what the report in $output says to do
	commands_of "$1" "$2" "$(field '[.findings[].next[]?] | join("\n")')"
}

recorded() { # BUILDER: by both copies, and by the guard's own
	local expected="builder $1" record

	[ "$1" != unknown ] || expected=
	head -c "$(sed -n 's/^guard //p' "$ROOT/boot/bootverdict/$KVER.manifest")" "$IMAGE" |
		cpio -i --quiet --to-stdout bootverdict/manifest >"$BATS_TEST_TMPDIR/carried"
	for record in "$ROOT"/{boot,var/lib}/bootverdict/$KVER.manifest "$BATS_TEST_TMPDIR/carried"; do
		[ "$(grep '^builder' "$record")" = "$expected" ]
	done
}

damage() {
	keeping_times "$IMAGE" zero_block "$IMAGE" $(($(blocks "$IMAGE") - 3))
}

@test "a sealed image that is damaged is made anew by its own builder" {
	make_system
	for builder in $builders; do
		make_image_of "$builder"
		seal
		recorded "$builder"
		run -0 check --json
		[[ $output != *update-initramfs* && $output != *"dracut -"* ]]
		damage
		run -1 check --json
		[ "$(field .verdict)" = storage-corruption ]
		advises "$builder" "$KVER"
	done
}

@test "a record of before, without its builder, and one of a builder that is not known here: both commands" {
	make_system
	make_image_of dracut
	seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	for script in 's/^builder .*/builder a%20new%20one/' '/^builder /d'; do
		for record in "$ROOT"/{boot,var/lib}/bootverdict/$KVER.manifest; do
			edit_record "$record" "$script"
		done
		run -0 check --json
		[ "$(field .verdict)" = intact ]
		# Nothing of it can be read any more: the record alone tells.
		keeping_times "$IMAGE" dd if=/dev/zero of="$IMAGE" bs=4096 conv=notrunc status=none \
			count="$(blocks "$IMAGE")"
		run -1 check --json
		advises unknown "$KVER"
		keeping_times "$IMAGE" dd if="$BATS_TEST_TMPDIR/sealed" of="$IMAGE" conv=notrunc status=none
	done
	# The twin: what the image itself shows counts where the record says nothing.
	damage
	run -1 check --json
	advises dracut "$KVER"
}

@test "a record that says its builder, of an image of which nothing is left" {
	make_system
	for builder in $builders; do
		make_image_of "$builder"
		seal
		keeping_times "$IMAGE" dd if=/dev/zero of="$IMAGE" bs=4096 conv=notrunc status=none \
			count="$(blocks "$IMAGE")"
		run -1 check --json
		advises "$builder" "$KVER"
	done
}

@test "an image that was replaced by one of another builder is made anew by that" {
	make_system
	make_image_of initramfs-tools
	seal
	make_image_of dracut
	truncate -s -70000 "$IMAGE"
	run check --json
	[[ $(field '[.findings[].next[]?] | join(" ")') == *"dracut -f --kver $KVER"* ]]
	advises dracut "$KVER"
}

@test "check of a file: what is in it shows its builder" {
	make_system
	for builder in $builders; do
		make_image_of "$builder"
		run -4 bv check --json "$IMAGE"
		damage
		run -1 bv check --json "$IMAGE"
		advises "$builder" KVER
	done
}

@test "modules of another version: made anew for the kernel's by the image's builder" {
	make_system
	mkdir -p "$ROOT/usr/lib/modules/6.1.0-test"
	for builder in $builders; do
		make_image_of "$builder" usr/lib/modules/6.1.0-x/kernel/a.ko module
		run check --json
		commands_of "$builder" 6.1.0-test \
			"$(field '.findings[] | select(.id == "BV-INITRD-VERSION").next[0]')"
	done
}

@test "a compression that the kernel lacks: where its builder has that setting" {
	local setting

	make_system
	printf 'CONFIG_A=y\nCONFIG_BLK_DEV_INITRD=y\n# CONFIG_RD_ZSTD is not set\n' >"$ROOT/boot/config-$KVER"
	for builder in $builders; do
		case $builder in
		initramfs-tools) setting='COMPRESS= in initramfs.conf.' ;;
		dracut) setting='compress= in dracut.conf.' ;;
		unknown) setting='COMPRESS= in initramfs.conf (Debian) or compress= in dracut.conf (Fedora).' ;;
		esac
		make_image_of "$builder"
		run seal
		[[ $output == *"with another compression: ${setting%.}"* ]]
		run check --json
		[[ $(field '.findings[] | select(.id == "BV-INITRD-CODEC").summary') == *"with another compression: $setting" ]]
	done
}

@test "an image that was refused is made anew by its builder, which its guard records as well" {
	make_system
	for builder in $builders; do
		make_image_of "$builder" init 'no program\n'
		run seal
		[ "$status" -ne 0 ]
		recorded "$builder"
		grep -q '^refused ' "$BATS_TEST_TMPDIR/carried"
		run check --json
		commands_of "$builder" "$KVER" \
			"$(field '.findings[] | select(.id == "BV-IMAGE-REFUSED").next[0]')"
	done
}
