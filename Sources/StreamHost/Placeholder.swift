// StreamHost
