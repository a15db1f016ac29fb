/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CZLIB_H
#define PLIMSOLL_CZLIB_H

#include <zlib.h>

/* inflateInit2 is a macro, which Swift does not see; 31 asks for gzip with the largest window. */
static inline int plimsoll_begin_gunzip(z_stream *stream) { return inflateInit2(stream, 31); }

#endif
