/// Digits, colon and point in 3 × 5 pixels; enough to write a time.
enum DigitFont {
  static let width = 3
  static let height = 5

  /// Five rows of three bits, the left pixel in the highest; `nil` for any other character.
  static func glyph(_ character: Character) -> [UInt8]? {
    switch character {
    case "0": [0b111, 0b101, 0b101, 0b101, 0b111]
    case "1": [0b010, 0b110, 0b010, 0b010, 0b111]
    case "2": [0b111, 0b001, 0b111, 0b100, 0b111]
    case "3": [0b111, 0b001, 0b111, 0b001, 0b111]
    case "4": [0b101, 0b101, 0b111, 0b001, 0b001]
    case "5": [0b111, 0b100, 0b111, 0b001, 0b111]
    case "6": [0b111, 0b100, 0b111, 0b101, 0b111]
    case "7": [0b111, 0b001, 0b010, 0b010, 0b010]
    case "8": [0b111, 0b101, 0b111, 0b101, 0b111]
    case "9": [0b111, 0b101, 0b111, 0b001, 0b111]
    case ":": [0b000, 0b010, 0b000, 0b010, 0b000]
    case ".": [0b000, 0b000, 0b000, 0b000, 0b010]
    default: nil
    }
  }
}
