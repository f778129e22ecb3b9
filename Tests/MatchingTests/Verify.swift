import Testing

/// `#expect` for what changes the value that it asks, which the macro cannot take.
func verify(_ condition: Bool, _ context: Comment? = nil, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, context, sourceLocation: location)
}
