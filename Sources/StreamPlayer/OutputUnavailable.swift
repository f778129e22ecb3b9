import Foundation

/// A file that the player was asked to write cannot be.
public struct OutputUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence that names the file.
  public let description: String

  /// Runs `body`; what it throws is explained as being about the file at `path`.
  ///
  /// - Parameter path: `nil` if `body` opens no file; its errors are then passed on.
  static func explaining<Value>(_ path: String?, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      guard let path else { throw error }
      let reason = (error as? CocoaError)?.localizedDescription ?? "\(error)"
      throw OutputUnavailable(
        description: reason.contains(path) ? reason : "cannot write \(path): \(reason)"
      )
    }
  }
}
