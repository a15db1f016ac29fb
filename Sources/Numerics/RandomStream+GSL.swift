// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL
import RandomStreams

extension RandomStream {
  /// The next uniform as GSL's samplers see it: what `nextUniform` would have given.
  package mutating func nextUniformThroughGSL() -> Double {
    unsafe withGSLGenerator { unsafe gsl_rng_uniform($0) }
  }

  /// A draw of the normal law with mean 0 and variance 1, from one or a few draws of the stream.
  ///
  /// Source: Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of
  /// Statistical Software 5 (8), 2000, DOI 10.18637/jss.v005.i08, in GSL's version. Beyond 3.44
  /// that takes a logarithm from the C library, whose last bit may depend on the processor;
  /// rounding to a multiple of 2^-40 absorbs it.
  package mutating func nextNormal() -> Double {
    let draw = unsafe withGSLGenerator { unsafe gsl_ran_gaussian_ziggurat($0, 1) }
    return (draw * 0x1p40).rounded() * 0x1p-40
  }

  /// A draw of the exponential law with mean 1, by inversion of one draw of the stream; never zero.
  package mutating func nextExponential() -> Double {
    max(0x1p-54, -Elementary.log(nextPositiveUniform()))
  }

  /// A draw of the gamma law with scale 1, from a few draws of the stream.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM
  /// Transactions on Mathematical Software 26 (2000), DOI 10.1145/358407.358414, in GSL's version.
  /// Below shape 1 it is the draw of shape + 1 times the power 1/shape of a uniform, as there in
  /// section 6.
  ///
  /// - Precondition: `shape` is positive.
  package mutating func nextGamma(shape: Double) -> Double {
    precondition(shape > 0, "a gamma law has a positive shape")
    if shape < 1 {
      let whole = nextGamma(shape: shape + 1)
      return whole * Elementary.exp(max(-700, -nextExponential() / shape))
    }
    return unsafe withGSLGenerator { unsafe gsl_ran_gamma($0, shape, 1) }
  }

  /// A draw of the Poisson law with this mean.
  ///
  /// Source: Ahrens and Dieter, "Computer methods for sampling from gamma, beta, Poisson and
  /// binomial distributions", Computing 12 (1974), DOI 10.1007/BF02293108, in GSL's version.
  ///
  /// - Precondition: `mean` lies in 0...1e9.
  package mutating func nextPoisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean <= 1e9, "a Poisson mean lies between 0 and 1e9")
    return mean == 0 ? 0 : Int(unsafe withGSLGenerator { unsafe gsl_ran_poisson($0, mean) })
  }

  /// Hands this stream to `body` as a generator of GSL; the stream moves by what `body` draws.
  ///
  /// GSL takes either 32 bits (`get`) or 53 bits (`get_double`) from each draw of the stream. The
  /// generator and its type live on the stack, so that a draw allocates nothing, and GSL can
  /// neither seed nor keep it.
  private mutating func withGSLGenerator<Result>(
    _ body: (UnsafeMutablePointer<gsl_rng>) -> Result
  ) -> Result {
    GSL.prepare()
    let name: StaticString = "plimsoll-philox4x32-10"
    return unsafe withUnsafeMutablePointer(to: &self) { stream in
      let type = unsafe gsl_rng_type(
        name: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
        max: 0xFFFF_FFFF, min: 0, size: MemoryLayout<RandomStream>.size,
        set: { _, _ in },
        get: { state in unsafe UInt(RandomStream.drawn(from: state) >> 32) },
        get_double: { state in
          Double(Int64(truncatingIfNeeded: unsafe RandomStream.drawn(from: state) >> 11)) * 0x1p-53
        })
      return unsafe withUnsafePointer(to: type) { type in
        var generator = unsafe gsl_rng(type: type, state: UnsafeMutableRawPointer(stream))
        return unsafe withUnsafeMutablePointer(to: &generator) { unsafe body($0) }
      }
    }
  }

  private static func drawn(from state: UnsafeMutableRawPointer?) -> UInt64 {
    guard let state = unsafe state else {
      preconditionFailure("GSL hands back the state it was given")
    }
    return unsafe state.assumingMemoryBound(to: RandomStream.self).pointee.next()
  }
}
