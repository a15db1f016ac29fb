/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CPROCESS_H
#define PLIMSOLL_CPROCESS_H

#include <signal.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* Asks the kernel to end this process politely when the thread that started it ends. Returns 0 where it does. */
static inline int plimsoll_end_with_parent(void) {
#ifdef __linux__
  return prctl(PR_SET_PDEATHSIG, SIGTERM);
#else
  return -1;
#endif
}

#endif
