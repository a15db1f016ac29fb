// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Says in plain words why a file could not be read or written.
enum FileProblem {
  /// The sentence for an error of the system, about the path that it names or the one that is given.
  static func sentence(of error: any Error, path: String? = nil) -> String {
    let path = path ?? (error as? CocoaError)?.filePath
    guard let path else { return reason(of: error) }
    return "\(path): \(reason(of: error, at: path))"
  }

  /// Why a file at a path cannot be written, as a clause.
  static func reason(of error: any Error, at path: String) -> String {
    obstacle(at: path) ?? reason(of: error)
  }

  /// What lies in the way of writing a file at a path, as far as can be seen from outside.
  static func obstacle(at path: String) -> String? {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    if unsafe files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return "it is a folder; a file is wanted"
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard unsafe files.fileExists(atPath: folder, isDirectory: &isFolder) else {
      return "there is no folder \(folder)"
    }
    if !isFolder.boolValue { return "\(folder) is a file; a folder is wanted" }
    return nil
  }

  /// What the system says.
  private static func reason(of error: any Error) -> String {
    let cause = (error as? CocoaError)?.underlying
    if let cause = cause as? POSIXError { return Terminal.sentence(of: cause.code.rawValue) }
    let error = error as NSError
    if error.domain == NSPOSIXErrorDomain { return Terminal.sentence(of: Int32(error.code)) }
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError,
      cause.domain == NSPOSIXErrorDomain
    {
      return Terminal.sentence(of: Int32(cause.code))
    }
    return error.localizedDescription
  }
}
