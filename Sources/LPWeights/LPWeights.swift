// LPWeights
