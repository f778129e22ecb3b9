/// Which methods each address knows, to tell a wrong method from a wrong address.
struct KnownAddresses {
  private struct Address {
    /// `nil` for any segment.
    var segments: [Substring?]
    var methods: Set<String>
  }

  private var addresses: [Address] = []

  /// - Parameter routes: addresses as the router writes them, each with one method.
  init(_ routes: [(path: String, method: String)]) {
    for (path, routes) in Dictionary(grouping: routes, by: \.path) {
      let segments = path.split(separator: "/").map { $0.hasPrefix("{") || $0.hasPrefix(":") ? nil : $0 }
      self.addresses.append(Address(segments: segments, methods: Set(routes.map(\.method))))
    }
  }

  /// - Returns: the value of an Allow header; `nil` if there is no such address.
  func methods(of path: String) -> String? {
    let segments = path.split(separator: "/")
    let address = self.addresses.first { address in
      address.segments.count == segments.count && zip(address.segments, segments).allSatisfy { $0 == nil || $0 == $1 }
    }
    return address?.methods.sorted().joined(separator: ", ")
  }
}
