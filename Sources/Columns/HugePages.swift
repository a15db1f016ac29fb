// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#endif

/// Memory for large tables that are read at random.
@usableFromInline
enum HugePages {
  /// The size of a huge page on x86-64, and on arm64 with pages of 4 KiB.
  private static var size: Int { 2 << 20 }

  /// Memory for so many values, to be given back by ``deallocate(_:_:)``; where it fills half a huge page and
  /// more, the kernel is asked for huge pages.
  ///
  /// A cache of two million entries lies on 24,000 small pages, more than a processor's translation
  /// buffers hold, so that most look-ups also walk the page tables. The kernel may say no; nothing
  /// depends on its answer. Such tables come from the kernel and go back to it: an allocator keeps those
  /// that were outgrown, and a long run would hold more than a short one.
  @usableFromInline
  static func allocate<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
    #if os(Linux) && canImport(Glibc)
      if let bytes = mappedBytes(Element.self, count) {
        return unsafe map(bytes).bindMemory(to: Element.self, capacity: count)
      }
    #endif
    return UnsafeMutablePointer.allocate(capacity: count)
  }

  /// Gives back memory for so many values, as many as it was asked for.
  @usableFromInline
  static func deallocate<Element: BitwiseCopyable>(
    _ memory: UnsafeMutablePointer<Element>, _ count: Int
  ) {
    #if os(Linux) && canImport(Glibc)
      if let bytes = mappedBytes(Element.self, count) {
        _ = unsafe munmap(memory, bytes)
        return
      }
    #endif
    unsafe memory.deallocate()
  }

  #if os(Linux) && canImport(Glibc)
    /// The bytes of a mapping for so many values, whole huge pages; `nil` where they fill too little of one.
    private static func mappedBytes<Element>(_ type: Element.Type, _ count: Int) -> Int? {
      let bytes = count * MemoryLayout<Element>.stride
      return bytes >= size / 2 ? (bytes + size - 1) / size * size : nil
    }

    /// A mapping that begins with a huge page.
    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
      let all = unsafe mmap(
        nil, bytes + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let all = unsafe all, unsafe all != MAP_FAILED else {
        preconditionFailure("no memory for a table of \(bytes) bytes")
      }
      let before = (size - Int(bitPattern: all) % size) % size
      if before > 0 { _ = unsafe munmap(all, before) }
      let memory = unsafe all + before
      if before < size { _ = unsafe munmap(memory + bytes, size - before) }
      _ = unsafe madvise(memory, bytes, MADV_HUGEPAGE)
      return unsafe memory
    }
  #endif
}
