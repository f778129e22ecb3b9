import ArgumentParser
import Foundation
import HostAgent
import IndexAPI
import IndexClient

/// What a host is in the network of an indexer.
struct HostNetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Offer this host to players through an indexer: http://HOST:PORT or https://HOST:PORT, with #KEY to pin its key. "
        + "Give several to turn to the next when one is lost.",
      valueName: "url"
    )
  )
  var indexer: [String] = []

  @Option(help: ArgumentHelp("Certificates to trust for https indexers besides the system's.", valueName: "PEM file"))
  var trust: String?

  @Flag(help: "With --indexer: also take players who have this host's address and no ticket.")
  var direct = false

  @Option(
    help: ArgumentHelp(
      "Games that stand ready before anybody asks, so that a session starts at once; each takes what a running game "
        + "takes. Default: 1 with --indexer, else 0.",
      valueName: "stages"
    )
  )
  var warm: Int?

  @Option(help: ArgumentHelp("What a minute costs, in credits, down to a millionth.", valueName: "credits"))
  var price = 0.0

  @Option(help: ArgumentHelp("Where this host is, for people, such as eu-west.", valueName: "name"))
  var region: String?

  // West and south are negative, which must not be taken for an option.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Degrees north, to be found until round trips have been measured.", valueName: "degrees")
  )
  var latitude: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("Degrees east.", valueName: "degrees"))
  var longitude: Double?

  @Flag(help: "With --indexer: measure again what this machine can encode, which takes up to ten seconds.")
  var rebenchmark = false

  func validate() throws {
    for text in self.indexer where IndexerAddress(text) == nil {
      throw ValidationError("\(IndexClientError.notAnAddress(text)).")
    }
    guard 0...1000 ~= self.price else { throw ValidationError("--price must be 0 to 1000.") }
    guard (self.latitude == nil) == (self.longitude == nil) else {
      throw ValidationError("--latitude and --longitude go together.")
    }
    guard -90...90 ~= self.latitude ?? 0, -180...180 ~= self.longitude ?? 0 else {
      throw ValidationError("--latitude must be -90 to 90 and --longitude -180 to 180.")
    }
    guard (self.region ?? "").utf8.count <= 64 else { throw ValidationError("--region has at most 64 bytes.") }
    guard self.warm ?? 0 >= 0 else { throw ValidationError("--warm must not be negative.") }
    guard !self.indexer.isEmpty || !(self.direct || self.rebenchmark) else {
      throw ValidationError("--direct and --rebenchmark go with --indexer.")
    }
  }

  /// Stages that stand ready on a host of so many seats.
  func warmStages(seats: Int) -> Int {
    min(seats, self.warm ?? (self.indexer.isEmpty ? 0 : 1))
  }

  var place: Place? {
    guard let latitude = self.latitude, let longitude = self.longitude else { return nil }
    return Place(latitude: latitude, longitude: longitude)
  }
}
