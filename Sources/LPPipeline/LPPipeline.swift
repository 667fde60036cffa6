// LPPipeline
