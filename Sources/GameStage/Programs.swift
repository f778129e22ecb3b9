import Glibc

/// Where programs are found, and what of the host's environment they may see.
enum Programs {
  /// - Parameters:
  ///   - name: looked for in `searchPath` unless it contains a slash.
  ///   - directory: where a relative path starts.
  /// - Returns: an executable file's absolute path, or `nil`.
  static func find(_ name: String, searchPath: String, relativeTo directory: String = "/") -> String? {
    if name.contains("/") {
      let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
      return self.isExecutable(path) ? path : nil
    }
    return searchPath.split(separator: ":").lazy.map { "\($0)/\(name)" }.first { self.isExecutable($0) }
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// A short list: whatever else the host was told, its games need not know.
  static var inheritedEnvironment: [String: String] {
    var variables: [String: String] = [:]
    for name in ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH"] {
      variables[name] = self.environment(name)
    }
    return variables
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
