// PixelConversion
