// LPTestSupport
