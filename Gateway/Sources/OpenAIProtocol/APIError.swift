// SPDX-License-Identifier: Apache-2.0

/// An error in the shape of OpenAI's interface (OpenAI API reference, "Error codes").
public struct APIError: Error, Equatable, Sendable {
  /// The HTTP status.
  public var status: Int
  /// What went wrong, for people.
  public var message: String
  /// The kind of error.
  public var type: String
  /// The field that is wrong; `nil` for none.
  public var parameter: String?
  /// What went wrong, for programs; `nil` for nothing more.
  public var code: String?
  /// In how many seconds another try makes sense; `nil` where nobody knows.
  public var retryAfter: Int?

  /// An error of those values.
  public init(
    status: Int, message: String, type: String, parameter: String? = nil, code: String? = nil,
    retryAfter: Int? = nil
  ) {
    self.status = status
    self.message = message
    self.type = type
    self.parameter = parameter
    self.code = code
    self.retryAfter = retryAfter
  }

  /// A request that is not understood.
  public static func invalid(_ message: String, parameter: String? = nil) -> APIError {
    APIError(
      status: 400, message: message, type: "invalid_request_error", parameter: parameter)
  }

  /// The error as the body of an answer.
  public var body: [UInt8] {
    func optional(_ text: String?) -> String { text.map { JSONText.quoted($0) } ?? "null" }
    return Array(
      """
      {"error":{"message":\(JSONText.quoted(message)),"type":\(JSONText.quoted(type)),\
      "param":\(optional(parameter)),"code":\(optional(code))}}
      """.utf8)
  }
}

/// Texts as JSON writes them.
public enum JSONText {
  /// A text in quotes.
  public static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
