import Foundation
import Testing

/// One direction of a player's key log.
struct KeyLogLine: Hashable {
  var direction: String
  var streams: [UInt32]
  /// 16 bytes of master key and 12 of salt, in hexadecimal.
  var key: String

  static func read(_ path: String) throws -> [KeyLogLine] {
    let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      try #require(words.count == 4 && words[0] == "SRTP_AEAD_AES_128_GCM" && words[3].count == 56)
      return KeyLogLine(
        direction: words[1],
        streams: words[2].split(separator: ",").compactMap { UInt32($0) },
        key: words[3]
      )
    }
  }

  /// What GStreamer's `srtpdec` wants to know about one stream.
  func capabilities(of stream: UInt32) -> String {
    "ssrc=(uint)\(stream),srtp-key=(buffer)\(self.key),srtp-cipher=aes-128-gcm,srtp-auth=null,"
      + "srtcp-cipher=aes-128-gcm,srtcp-auth=null"
  }
}
