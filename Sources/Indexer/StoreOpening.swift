import Foundation
import PostgresStorage
import SQLiteStorage
public import Storage

/// Opens what a configuration says.
public enum StoreOpening {
  /// - Parameter name: the indexer's.
  /// - Throws: ``StorageError``, which says what to do.
  public static func open(
    _ database: IndexerConfiguration.Database,
    name: String
  ) async throws(StorageError) -> any NetworkStore {
    switch database {
    case .directory(let path):
      do {
        try FileManager.default.createDirectory(
          atPath: path,
          withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700]
        )
      } catch {
        throw .unusable("cannot create \(path): \(error.localizedDescription)")
      }
      return try SQLiteStore(directory: path)
    case .postgres(let url):
      return try await PostgresStore(url: url, name: name)
    }
  }
}
