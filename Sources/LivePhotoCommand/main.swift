import ArgumentParser
struct L: ParsableCommand { func run() { print("livephoto") } }
L.main()
