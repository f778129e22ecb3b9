#if LIBFUZZER
  import Foundation

  /// The parser that libFuzzer feeds: set before the first input, read by the one thread that parses.
  nonisolated(unsafe) private var parserUnderFire: Parser?

  /// Called once by libFuzzer, before the first input.
  ///
  /// The environment says which parser it is for: `PARSER`. Without it, the parsers are named, one a line. With `SEEDS`,
  /// the parser's valid inputs are written into that folder, and nothing is parsed.
  @_cdecl("LLVMFuzzerInitialize")
  public func startGuidedFuzz(_: UnsafeMutablePointer<CInt>?, _: UnsafeMutableRawPointer?) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    do {
      let parsers = try Parser.all()
      guard let name = environment["PARSER"] else {
        for parser in parsers { print(parser.name) }
        exit(0)
      }
      guard let parser = parsers.first(where: { $0.name == name }) else {
        print("there is no parser \(name)")
        exit(64)
      }
      if let seeds = environment["SEEDS"] {
        for (index, bytes) in parser.valid.enumerated() {
          try Data(bytes).write(to: URL(fileURLWithPath: seeds).appendingPathComponent("valid-\(index + 1)"))
        }
        exit(0)
      }
      parserUnderFire = parser
      return 0
    } catch {
      print("\(error)")
      exit(66)
    }
  }

  /// Called by libFuzzer with each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func parseGuidedInput(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    guard let parser = parserUnderFire else { preconditionFailure("libFuzzer starts with LLVMFuzzerInitialize") }
    _ = parser.parse(Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : byteCount)))
    return 0
  }
#endif
