// LPTensor
