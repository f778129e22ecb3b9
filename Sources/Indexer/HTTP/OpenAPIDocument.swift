/// What Protocol/openapi.yaml says, so that an indexer can show it wherever it runs.
enum OpenAPIDocument {
  static let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
}
