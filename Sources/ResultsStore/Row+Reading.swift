// SPDX-License-Identifier: GPL-3.0-or-later

internal import GRDB

// In this target these stand for the subscripts of GRDB of the same form, which end the process where a
// column is missing or holds a value of another type, as in a damaged database.
extension Row {
  /// The value in a column.
  ///
  /// - Throws: what is wrong with it.
  subscript<Value: DatabaseValueConvertible>(column: String) -> Value {
    get throws { try decode(Value.self, forColumn: column) }
  }

  /// The value in a column.
  ///
  /// - Throws: what is wrong with it.
  subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    column: String
  ) -> Value {
    get throws { try decode(Value.self, forColumn: column) }
  }

  /// The value in the column of that number; it has one.
  ///
  /// - Throws: what is wrong with it.
  subscript<Value: DatabaseValueConvertible>(index: Int) -> Value {
    get throws { try decode(Value.self, atIndex: index) }
  }

  /// The value in the column of that number; it has one.
  ///
  /// - Throws: what is wrong with it.
  subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(index: Int) -> Value {
    get throws { try decode(Value.self, atIndex: index) }
  }
}
