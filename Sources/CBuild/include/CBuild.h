/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CBUILD_H
#define PLIMSOLL_CBUILD_H

/* The commit that the command was built from, as PLIMSOLL_COMMIT named it for the build; empty where nobody did. */
const char *plimsoll_commit(void);

#endif
