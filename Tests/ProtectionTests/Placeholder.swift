// Protection
