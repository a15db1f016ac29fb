/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CALLOCATOR_H
#define PLIMSOLL_CALLOCATOR_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Takes blocks of 128 KiB and more from the kernel and gives them back to it, always. By itself, glibc
   takes each such block that is freed as a sign to keep all of that size, up to 32 MiB, in every
   thread's arena. It goes before what the environment says of it. Other allocators are left as they are. */
static inline void plimsoll_return_large_blocks(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

#endif
