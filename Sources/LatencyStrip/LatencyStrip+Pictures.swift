public import MediaUnits

extension LatencyStrip {
  /// Draws the strip over a picture's top-left corner.
  ///
  /// - Parameter picture: at least ``minimumSize``.
  @unsafe
  public func draw(into picture: BGRXView) {
    let size = unsafe picture.size
    precondition(
      size.width >= Self.minimumSize.width && size.height >= Self.minimumSize.height,
      "the picture is too small for the strip"
    )
    for (index, isWhite) in self.cells.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: Self.columns)
      for line in 0..<Self.cellSide {
        let offset = unsafe (row * Self.cellSide + line) * picture.stride + 4 * column * Self.cellSide
        // SAFETY: the cell lies within `minimumSize`, which the picture is not smaller than.
        unsafe (picture.pixels + offset).update(repeating: isWhite ? 255 : 0, count: 4 * Self.cellSide)
      }
    }
  }

  /// Reads the strip from a luma plane: each cell is the mean of its middle 8 × 8 samples, white above half.
  ///
  /// - Parameters:
  ///   - luma: `stride * size.height` samples.
  ///   - stride: bytes from one row to the next, at least `size.width`.
  /// - Returns: `nil` if the picture is smaller than ``minimumSize`` or shows no intact strip.
  @unsafe
  public init?(luma: UnsafePointer<UInt8>, stride: Int, size: PictureSize) {
    guard size.width >= Self.minimumSize.width, size.height >= Self.minimumSize.height else { return nil }
    let margin = Self.cellSide / 4
    let side = Self.cellSide / 2
    var cells: [Bool] = []
    cells.reserveCapacity(Self.cellCount)
    for index in 0..<Self.cellCount {
      let (row, column) = index.quotientAndRemainder(dividingBy: Self.columns)
      var sum = 0
      for line in 0..<side {
        let start = (row * Self.cellSide + margin + line) * stride + column * Self.cellSide + margin
        // SAFETY: the cell lies within `minimumSize`, which the plane is not smaller than.
        for sample in 0..<side { sum += Int(unsafe luma[start + sample]) }
      }
      cells.append(2 * sum > (16 + 235) * side * side)
    }
    self.init(cells: cells)
  }
}
