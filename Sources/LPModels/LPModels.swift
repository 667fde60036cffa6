// LPModels
