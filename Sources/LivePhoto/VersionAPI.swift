import CLivePhoto

// livephoto.h, sections Version and Status.

@c @implementation
public func livephoto_version_number() -> UInt32 { Version.number }

@c @implementation
public func livephoto_version_string() -> UnsafePointer<CChar>? { FixedText.version.pointer }

@c @implementation
public func livephoto_abi_version() -> UInt32 { Version.binaryInterface }

@c @implementation
public func livephoto_status_name(_ status: livephoto_status) -> UnsafePointer<CChar>? {
    FixedText.name(of: status).pointer
}
