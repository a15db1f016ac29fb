/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "CBuild.h"

#ifndef PLIMSOLL_COMMIT
#define PLIMSOLL_COMMIT ""
#endif

const char *plimsoll_commit(void) { return PLIMSOLL_COMMIT; }
