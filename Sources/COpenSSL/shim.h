/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_COPENSSL_H
#define PLIMSOLL_COPENSSL_H

#include <openssl/evp.h>

#endif
