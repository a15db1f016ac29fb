// SPDX-License-Identifier: Apache-2.0

/// The sizes of a decoder-only transformer, as its model card gives them.
///
/// Assumed: grouped-query attention (Ainslie et al., "GQA", EMNLP (2023), DOI 10.18653/v1/2023.emnlp-main.298), a gated
/// feed-forward part of three matrices (Shazeer, "GLU Variants Improve Transformer" (2020), DOI
/// 10.48550/arXiv.2002.05202), two normalisations a layer and one before the head, all layers alike, no biases. Models
/// with latent attention, sliding windows or state-space layers do not fit into this card.
public struct ModelCard: Equatable, Sendable {
  /// Experts of a layer, of which each token uses a few.
  public struct Experts: Equatable, Sendable {
    /// How many a layer has.
    public let total: Int
    /// How many a token goes through.
    public let active: Int
    /// The inner width of each.
    public let width: Int

    /// Experts of those numbers.
    public init(total: Int, active: Int, width: Int) {
      self.total = total
      self.active = active
      self.width = width
    }
  }

  /// Layers.
  public var layers: Int
  /// The width of what goes from layer to layer (hidden size).
  public var width: Int
  /// Heads that ask.
  public var heads: Int
  /// Heads of keys and values.
  public var kvHeads: Int
  /// The width of a head.
  public var headWidth: Int
  /// The inner width of the feed-forward part that every token goes through, shared experts among it; 0 for none.
  public var feedForwardWidth: Int
  /// Tokens of the vocabulary.
  public var vocabulary: Int
  /// Experts beside that part; `nil` in a dense model.
  public var experts: Experts?
  /// Bytes of a weight: 2, 1 or 0.5; the same for all of them, although engines keep some matrices at 2.
  public var bytesPerWeight: Double
  /// Bytes of one number of a key or value.
  public var bytesPerKVElement: Double
  /// Whether the head uses the matrix of the embedding.
  public var tiesEmbeddings: Bool

  /// A card of those values.
  public init(
    layers: Int, width: Int, heads: Int, kvHeads: Int, headWidth: Int, feedForwardWidth: Int,
    vocabulary: Int, experts: Experts? = nil, bytesPerWeight: Double = 2,
    bytesPerKVElement: Double = 2, tiesEmbeddings: Bool = false
  ) {
    self.layers = layers
    self.width = width
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.feedForwardWidth = feedForwardWidth
    self.vocabulary = vocabulary
    self.experts = experts
    self.bytesPerWeight = bytesPerWeight
    self.bytesPerKVElement = bytesPerKVElement
    self.tiesEmbeddings = tiesEmbeddings
  }

  /// Why no model has these sizes; `nil` where one may.
  public var problem: String? {
    let sizes = [layers, width, heads, kvHeads, headWidth, vocabulary]
    // A million of each keeps every product of them within 63 bits.
    if sizes.contains(where: { $0 < 1 || $0 > 1_000_000 }) {
      return "layers, widths, heads and vocabulary are from 1 to 1,000,000"
    }
    if feedForwardWidth < 0 || feedForwardWidth > 1_000_000 {
      return "feedForwardWidth is from 0 to 1,000,000"
    }
    if heads % kvHeads != 0 { return "\(heads) heads do not share \(kvHeads) KV heads evenly" }
    if let experts {
      if experts.active < 1 || experts.active > experts.total || experts.total > 100_000 {
        return "a token uses \(experts.active) of \(experts.total) experts"
      }
      if experts.width < 1 || experts.width > 1_000_000 {
        return "the width of an expert is from 1 to 1,000,000"
      }
    } else if feedForwardWidth == 0 {
      return "a model without experts has a feedForwardWidth"
    }
    if !(bytesPerWeight > 0 && bytesPerWeight <= 8) { return "a weight has up to 8 bytes" }
    if !(bytesPerKVElement > 0 && bytesPerKVElement <= 8) {
      return "a number of a key has up to 8 bytes"
    }
    return nil
  }

  /// Weights of the projections around attention, in one layer.
  public var attentionParameters: Int { 2 * width * (heads + kvHeads) * headWidth }

  /// Weights of the feed-forward part that every token reads, in one layer; with experts also those that choose them.
  public var sharedParameters: Int {
    3 * width * feedForwardWidth + (experts.map { width * $0.total } ?? 0)
  }

  /// Weights of one expert, in one layer.
  public var expertParameters: Int { experts.map { 3 * width * $0.width } ?? 0 }

  /// Weights of the head, or of the embedding.
  public var headParameters: Int { width * vocabulary }

  /// All weights.
  public var parameters: Int {
    let layer =
      attentionParameters + sharedParameters + (experts?.total ?? 0) * expertParameters + 2 * width
    return layers * layer + width + headParameters * (tiesEmbeddings ? 1 : 2)
  }

  /// Bytes of all weights.
  public var weightBytes: Double { Double(parameters) * bytesPerWeight }

  /// Bytes of the keys and values of one token, over all layers.
  public var kvBytesPerToken: Double {
    Double(2 * layers * kvHeads * headWidth) * bytesPerKVElement
  }
}
