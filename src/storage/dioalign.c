// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/dioalign.h"

#include <fcntl.h>
#include <linux/stat.h> /* not <sys/stat.h>: the C library's structure may lack the field */
#include <sys/syscall.h>
#include <unistd.h>

bool dioalign_query(int fd, uint32_t *align)
{
	struct statx stx;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx) < 0 ||
	    !(stx.stx_mask & STATX_DIOALIGN))
		return false;
	*align = stx.stx_dio_offset_align;
	return true;
}
