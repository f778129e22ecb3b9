/// Numbers games, from 1 on, so that hosts need two bytes for each. A number is free again when no host has the game.
struct GameNames {
  static let maximumCount = 0x7FFF

  private var numbers: [String: UInt16] = [:]
  private var names: [String] = [""]
  private var useCounts: [Int] = [0]
  private var free: [UInt16] = []

  init() {}

  func number(of name: String) -> UInt16? { self.numbers[name] }

  /// - Returns: `nil` when there are too many games.
  mutating func use(_ name: String) -> UInt16? {
    if let number = self.numbers[name] {
      self.useCounts[Int(number)] += 1
      return number
    }
    if let number = self.free.popLast() {
      self.names[Int(number)] = name
      self.useCounts[Int(number)] = 1
      self.numbers[name] = number
      return number
    }
    guard self.names.count <= Self.maximumCount else { return nil }
    let number = UInt16(self.names.count)
    self.names.append(name)
    self.useCounts.append(1)
    self.numbers[name] = number
    return number
  }

  mutating func release(_ number: UInt16) {
    self.useCounts[Int(number)] -= 1
    guard self.useCounts[Int(number)] == 0 else { return }
    self.numbers[self.names[Int(number)]] = nil
    self.free.append(number)
  }

  /// Boxes of the tree tell this many apart; games of one bucket are told apart host by host.
  static let bucketCount = 49

  static func bucket(of number: UInt16) -> Int { Int(number & ~GameLanes.warmBit) % Self.bucketCount }
  static func mask(of number: UInt16) -> UInt64 { 1 << UInt64(Self.bucket(of: number)) }
}
