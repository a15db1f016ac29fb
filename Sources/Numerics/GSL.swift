// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// The GNU Scientific Library, set up once per process.
///
/// GSL's own error handler aborts the process. It is switched off before the first call, so that
/// every failure comes back as a status or a NaN and is dealt with where it arises.
enum GSL {
  /// Switches the aborting error handler off; every function that calls GSL calls this first.
  static func prepare() {
    precondition(handlerIsOff, "GSL's error handler is off")
  }

  private static let handlerIsOff: Bool = {
    _ = unsafe gsl_set_error_handler_off()
    return true
  }()
}
