/// What libFuzzer calls; each target declares `fuzz(_:)`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafeRawPointer?, _ byteCount: Int) -> CInt {
  fuzz(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : byteCount).bytes)
  return 0
}
