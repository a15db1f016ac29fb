/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CGSL_H
#define PLIMSOLL_CGSL_H

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_interp.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_zeta.h>
#include <gsl/gsl_spline.h>

/* GSL's types of curves and sequences are mutable globals, which Swift 6 refuses to read; one
   accessor each. */
static inline const gsl_interp_type *plimsoll_interp_linear(void) { return gsl_interp_linear; }
static inline const gsl_interp_type *plimsoll_interp_steffen(void) { return gsl_interp_steffen; }
static inline const gsl_multimin_fminimizer_type *plimsoll_multimin_nmsimplex2(void) {
  return gsl_multimin_fminimizer_nmsimplex2;
}
static inline const gsl_qrng_type *plimsoll_qrng_sobol(void) { return gsl_qrng_sobol; }

#endif
