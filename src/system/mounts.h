/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_MOUNTS_H
#define BV_SYSTEM_MOUNTS_H

/*
 * Mounts in a namespace of this process alone, so that none is left behind for the original
 * init. Each returns 0 or -errno. What is mounted already is used as it is, and stays.
 */
int mounts_make_private(void);

int mounts_proc(void);	    /* on /proc; made when it is not there */
void mounts_proc_off(void); /* so that /proc can be compared with its record */

/* /sys and /dev, which a shell needs besides; what cannot be mounted is left out. */
void mounts_for_shell(void);

#endif
