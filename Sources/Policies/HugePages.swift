// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#endif

/// Memory for large tables that are read at random.
enum HugePages {
  /// The size of a huge page on x86-64, and on arm64 with pages of 4 KiB.
  private static var size: Int { 2 << 20 }

  /// Uninitialised memory for so many values; where it fills huge pages, the kernel is asked for them.
  ///
  /// A cache of two million entries lies on 24,000 small pages, more than a processor's translation
  /// buffers hold, so that most look-ups also walk the page tables. The kernel may say no; nothing
  /// depends on its answer.
  static func allocate<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    guard bytes >= 2 * size else { return UnsafeMutablePointer.allocate(capacity: count) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: size)
    #if os(Linux) && canImport(Glibc)
      _ = unsafe madvise(memory, bytes, MADV_HUGEPAGE)
    #endif
    return unsafe memory.bindMemory(to: Element.self, capacity: count)
  }
}
