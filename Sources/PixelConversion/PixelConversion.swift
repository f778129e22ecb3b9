internal import CYUV
public import MediaUnits

/// Conversion between pixel layouts, in the caller's memory: nothing here allocates or fails.
///
/// All YUV is BT.601, limited range, as ``I420View`` says. Every function writes the whole of its target and none
/// reads or writes outside the views, whose sizes must agree.
///
/// - Source: libyuv/convert.h, libyuv/convert_argb.h, libyuv/planar_functions.h. libyuv's "ARGB" names a little-endian
///   word, so in memory it is blue, green, red, alpha.
public enum PixelConversion {
  /// Converts a whole picture. Both views have the same size.
  public static func convert(_ source: BGRXView, to target: I420View) {
    precondition(source.size == target.size, "conversion does not scale")
    ARGBToI420(
      source.pixels,
      CInt(source.stride),
      target.y,
      CInt(target.yStride),
      target.u,
      CInt(target.chromaStride),
      target.v,
      CInt(target.chromaStride),
      CInt(source.size.width),
      CInt(source.size.height)
    )
  }

  /// Converts the part of a picture that lies in `rectangle`, and what shares a chroma sample with it.
  ///
  /// The rest of `target` keeps what it held, so a caller who knows what changed since the last picture converts no
  /// more than that. A rectangle that lies partly outside the picture is clipped to it; one that lies wholly outside
  /// changes nothing.
  public static func convert(_ source: BGRXView, in rectangle: PixelRectangle, to target: I420View) {
    precondition(source.size == target.size, "conversion does not scale")
    guard let part = rectangle.alignedToChroma(within: source.size) else { return }
    let chroma = (part.y / 2) * target.chromaStride + part.x / 2
    ARGBToI420(
      source.pixels + part.y * source.stride + 4 * part.x,
      CInt(source.stride),
      target.y + part.y * target.yStride + part.x,
      CInt(target.yStride),
      target.u + chroma,
      CInt(target.chromaStride),
      target.v + chroma,
      CInt(target.chromaStride),
      CInt(part.width),
      CInt(part.height)
    )
  }

  /// Converts a whole picture for display; the unused byte of each pixel becomes 255. Both views have the same size.
  public static func convert(_ source: I420View, to target: BGRXView) {
    precondition(source.size == target.size, "conversion does not scale")
    I420ToARGB(
      source.y,
      CInt(source.yStride),
      source.u,
      CInt(source.chromaStride),
      source.v,
      CInt(source.chromaStride),
      target.pixels,
      CInt(target.stride),
      CInt(source.size.width),
      CInt(source.size.height)
    )
  }

  /// Copies a whole picture between two layouts of rows. Both views have the same size.
  public static func copy(_ source: I420View, to target: I420View) {
    precondition(source.size == target.size, "a copy does not scale")
    I420Copy(
      source.y,
      CInt(source.yStride),
      source.u,
      CInt(source.chromaStride),
      source.v,
      CInt(source.chromaStride),
      target.y,
      CInt(target.yStride),
      target.u,
      CInt(target.chromaStride),
      target.v,
      CInt(target.chromaStride),
      CInt(source.size.width),
      CInt(source.size.height)
    )
  }
}
