/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_STORAGE_LOCK_H
#define BV_STORAGE_LOCK_H

/*
 * Keeps other runs of this program out of a folder until the descriptor that is returned is
 * closed. Waits up to that many seconds for another one. A file system without locks gives a
 * descriptor all the same. -EBUSY: the other one is still at it; -EINTR: interrupted();
 * another -errno: there is no such folder.
 */
int folder_lock(const char *folder, unsigned int seconds);

#endif
