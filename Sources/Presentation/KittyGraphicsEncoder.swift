public import MediaUnits

/// Encodes pictures for terminals with kitty's graphics protocol.
///
/// - Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/.
public enum KittyGraphicsEncoder {
  /// The most base64 characters in one escape sequence, a multiple of 4.
  public static let chunkLength = 4096

  /// Appends sequences that transmit `picture` and show it at the cursor, scaled to `columns` × `rows` cells.
  ///
  /// - Parameters:
  ///   - picture: sent as 24-bit RGB.
  ///   - imageID: 1 … 4294967295; alternate between two and ``appendDeletion(ofImageID:into:)`` the older afterwards,
  ///     so that there is always one on the screen.
  public static func append(
    _ picture: BGRXView,
    imageID: Int,
    columns: Int,
    rows: Int,
    into bytes: inout [UInt8]
  ) {
    let pixelCount = picture.size.width * picture.size.height
    bytes.reserveCapacity(bytes.count + 4 * pixelCount + pixelCount / 256 + 128)
    bytes.append(contentsOf: "\u{1B}_Ga=T,f=24,t=d,q=2,C=1,p=1,s=".utf8)
    ANSI.append(picture.size.width, to: &bytes)
    for (key, value) in [("v", picture.size.height), ("c", columns), ("r", rows), ("i", imageID)] {
      bytes.append(contentsOf: ",\(key)=".utf8)
      ANSI.append(value, to: &bytes)
    }
    bytes.append(UInt8(ascii: ","))
    var inChunk = 0
    var remaining = pixelCount
    Self.appendMore(remaining * 4 > Self.chunkLength, to: &bytes)
    for row in 0..<picture.size.height {
      var pixel = picture.pixels + row * picture.stride
      for _ in 0..<picture.size.width {
        if inChunk == Self.chunkLength {
          bytes.append(contentsOf: "\u{1B}\\\u{1B}_Gq=2,".utf8)
          Self.appendMore(remaining * 4 > Self.chunkLength, to: &bytes)
          inChunk = 0
        }
        // Three bytes a pixel are four characters, so no pixel straddles a chunk and none needs padding.
        let bits = UInt32(pixel[2]) << 16 | UInt32(pixel[1]) << 8 | UInt32(pixel[0])
        bytes.append(Self.alphabet[Int(bits >> 18)])
        bytes.append(Self.alphabet[Int(bits >> 12 & 63)])
        bytes.append(Self.alphabet[Int(bits >> 6 & 63)])
        bytes.append(Self.alphabet[Int(bits & 63)])
        inChunk += 4
        remaining -= 1
        pixel += 4
      }
    }
    bytes.append(0x1B)
    bytes.append(UInt8(ascii: "\\"))
  }

  /// Appends the sequence that takes an image off the screen and frees it in the terminal.
  public static func appendDeletion(ofImageID imageID: Int, into bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\u{1B}_Ga=d,d=I,q=2,i=".utf8)
    ANSI.append(imageID, to: &bytes)
    bytes.append(contentsOf: "\u{1B}\\".utf8)
  }

  private static func appendMore(_ hasMore: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: hasMore ? "m=1;".utf8 : "m=0;".utf8)
  }

  /// - Spec: RFC 4648 §4.
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
