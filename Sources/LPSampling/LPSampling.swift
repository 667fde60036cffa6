// LPSampling
