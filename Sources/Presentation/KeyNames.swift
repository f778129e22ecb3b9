/// The evdev codes of a keyboard's keys by name.
///
/// A name is the kernel's without its `KEY_` prefix, in any case: `a`, `LEFTCTRL`, `kp5`, `F11`. A few common
/// spellings are accepted too: `ctrl`, `shift`, `alt`, `escape`, `return`.
///
/// - Source: linux/input-event-codes.h.
public enum KeyNames {
  /// The code for `name`, or `nil` if there is no such key.
  public static func code(named name: String) -> UInt16? {
    let upper = name.uppercased()
    return Self.codes[upper] ?? Self.aliases[upper]
  }

  /// The kernel's name for `code`, without its prefix; `nil` for a key that the table does not hold.
  public static func name(of code: UInt16) -> String? {
    Self.names[code]
  }

  /// All names that the kernel uses, sorted by code.
  public static var all: [(name: String, code: UInt16)] {
    Self.codes.map { (name: $0.key, code: $0.value) }.sorted { $0.code < $1.code }
  }

  private static let names = [UInt16: String](uniqueKeysWithValues: Self.codes.map { ($0.value, $0.key) })

  private static let aliases: [String: UInt16] = [
    "CTRL": 29, "CONTROL": 29, "SHIFT": 42, "ALT": 56, "META": 125, "SUPER": 125,
    "ESCAPE": 1, "RETURN": 28, "DEL": 111, "INS": 110, "PGUP": 104, "PGDN": 109,
  ]

  private static let codes: [String: UInt16] = [
    "ESC": 1, "1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11,
    "MINUS": 12, "EQUAL": 13, "BACKSPACE": 14, "TAB": 15,
    "Q": 16, "W": 17, "E": 18, "R": 19, "T": 20, "Y": 21, "U": 22, "I": 23, "O": 24, "P": 25,
    "LEFTBRACE": 26, "RIGHTBRACE": 27, "ENTER": 28, "LEFTCTRL": 29,
    "A": 30, "S": 31, "D": 32, "F": 33, "G": 34, "H": 35, "J": 36, "K": 37, "L": 38,
    "SEMICOLON": 39, "APOSTROPHE": 40, "GRAVE": 41, "LEFTSHIFT": 42, "BACKSLASH": 43,
    "Z": 44, "X": 45, "C": 46, "V": 47, "B": 48, "N": 49, "M": 50,
    "COMMA": 51, "DOT": 52, "SLASH": 53, "RIGHTSHIFT": 54, "KPASTERISK": 55, "LEFTALT": 56, "SPACE": 57,
    "CAPSLOCK": 58, "F1": 59, "F2": 60, "F3": 61, "F4": 62, "F5": 63, "F6": 64, "F7": 65, "F8": 66, "F9": 67,
    "F10": 68, "NUMLOCK": 69, "SCROLLLOCK": 70,
    "KP7": 71, "KP8": 72, "KP9": 73, "KPMINUS": 74, "KP4": 75, "KP5": 76, "KP6": 77, "KPPLUS": 78,
    "KP1": 79, "KP2": 80, "KP3": 81, "KP0": 82, "KPDOT": 83, "ZENKAKUHANKAKU": 85, "102ND": 86,
    "F11": 87, "F12": 88, "RO": 89, "KATAKANA": 90, "HIRAGANA": 91, "HENKAN": 92, "KATAKANAHIRAGANA": 93,
    "MUHENKAN": 94, "KPJPCOMMA": 95, "KPENTER": 96, "RIGHTCTRL": 97, "KPSLASH": 98, "SYSRQ": 99, "RIGHTALT": 100,
    "HOME": 102, "UP": 103, "PAGEUP": 104, "LEFT": 105, "RIGHT": 106, "END": 107, "DOWN": 108, "PAGEDOWN": 109,
    "INSERT": 110, "DELETE": 111, "MUTE": 113, "VOLUMEDOWN": 114, "VOLUMEUP": 115, "POWER": 116, "KPEQUAL": 117,
    "KPPLUSMINUS": 118, "PAUSE": 119, "KPCOMMA": 121, "HANGEUL": 122, "HANJA": 123, "YEN": 124,
    "LEFTMETA": 125, "RIGHTMETA": 126, "COMPOSE": 127, "MENU": 139, "BACK": 158, "FORWARD": 159,
    "NEXTSONG": 163, "PLAYPAUSE": 164, "PREVIOUSSONG": 165, "STOPCD": 166,
    "F13": 183, "F14": 184, "F15": 185, "F16": 186, "F17": 187, "F18": 188, "F19": 189, "F20": 190, "F21": 191,
    "F22": 192, "F23": 193, "F24": 194,
  ]
}
