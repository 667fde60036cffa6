// LPMedia
