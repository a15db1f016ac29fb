// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

/// The logarithm, exponential and cosine that give the same bits on every processor.
///
/// A second name, for targets that know numbers but no random streams.
package typealias ElementaryFunctions = Elementary
