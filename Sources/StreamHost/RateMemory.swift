import MediaUnits
import SessionProtocol

/// What the paths to the latest players could take, for when they come again.
struct RateMemory {
  private static let capacity = 1024

  private var rates: [PublicKey: Bitrate] = [:]
  /// Oldest first.
  private var order: [PublicKey] = []

  subscript(player: PublicKey) -> Bitrate? { self.rates[player] }

  mutating func note(_ rate: Bitrate, of player: PublicKey) {
    if self.rates.updateValue(rate, forKey: player) != nil { self.order.removeAll { $0 == player } }
    self.order.append(player)
    guard self.order.count > Self.capacity else { return }
    self.rates[self.order.removeFirst()] = nil
  }
}
