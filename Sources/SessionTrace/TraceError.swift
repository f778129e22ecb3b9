/// Why a file is no trace.
public enum TraceError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  /// The first line is not a header.
  case noHeader
  /// Written by a later program.
  case unknownVersion(Int64)
  /// So many lines could not be read, and none could.
  case nothingReadable(lineCount: Int)

  public var description: String {
    switch self {
    case .empty: "the file is empty"
    case .noHeader: "its first line is not a trace's header; `martlet host --trace FILE` writes such files"
    case .unknownVersion(let version):
      "it is of version \(version) of the format, and this program reads version \(TraceHeader.version); use a newer one"
    case .nothingReadable(let count): "none of its \(count) lines can be read"
    }
  }
}
