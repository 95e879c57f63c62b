# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later

running=0

# start COMMAND...: in the background, at most two of them at a time. `wait` waits for the last ones.
start()
{
	if [ $running -ge 2 ]; then
		wait -n || :
		running=$((running - 1))
	fi
	"$@" &
	running=$((running + 1))
}

# kept OUT COMMAND...: what the command says into OUT, its exit status into OUT.status
kept()
{
	local out=$1 status=0

	shift
	rm -f "$out.status"
	"$@" >"$out" 2>&1 || status=$?
	echo "$status" >"$out.status"
}
