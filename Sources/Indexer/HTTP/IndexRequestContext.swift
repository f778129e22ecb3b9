import Foundation
import Hummingbird
import NIOCore

/// What goes with a request: where it came from.
struct IndexRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The other end's address without its port; behind a proxy the proxy's.
  let address: String

  init(source: ApplicationRequestContextSource) {
    self.coreContext = CoreRequestContextStorage(source: source)
    self.address = source.channel.remoteAddress?.ipAddress ?? ""
  }
}
