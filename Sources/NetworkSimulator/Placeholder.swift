// NetworkSimulator
