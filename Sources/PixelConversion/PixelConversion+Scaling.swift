internal import CYUV
public import MediaUnits

/// How a picture is resampled.
public enum ScalingFilter: Hashable, Sendable {
  /// Interpolates between the nearest samples: cheapest; aliases below half size.
  case bilinear
  /// Averages all samples that a target sample covers; bilinear where the picture grows.
  case box

  var mode: FilterMode {
    switch self {
    case .bilinear: kFilterBilinear
    case .box: kFilterBox
    }
  }
}

extension PixelConversion {
  /// Resamples a picture to the target's size, without keeping its aspect ratio.
  ///
  /// libyuv allocates a few rows of working memory for some ratios; equal sizes are a plain copy.
  public static func scale(_ source: I420View, to target: I420View, filter: ScalingFilter = .box) {
    I420Scale(
      source.y,
      CInt(source.yStride),
      source.u,
      CInt(source.chromaStride),
      source.v,
      CInt(source.chromaStride),
      CInt(source.size.width),
      CInt(source.size.height),
      target.y,
      CInt(target.yStride),
      target.u,
      CInt(target.chromaStride),
      target.v,
      CInt(target.chromaStride),
      CInt(target.size.width),
      CInt(target.size.height),
      filter.mode
    )
  }

  /// Resamples a picture to the target's size, without keeping its aspect ratio.
  ///
  /// libyuv allocates a few rows of working memory for some ratios; equal sizes are a plain copy.
  public static func scale(_ source: BGRXView, to target: BGRXView, filter: ScalingFilter = .box) {
    ARGBScale(
      source.pixels,
      CInt(source.stride),
      CInt(source.size.width),
      CInt(source.size.height),
      target.pixels,
      CInt(target.stride),
      CInt(target.size.width),
      CInt(target.size.height),
      filter.mode
    )
  }
}
