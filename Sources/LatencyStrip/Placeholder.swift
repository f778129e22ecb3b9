// LatencyStrip
