/// What can be wrong with a model folder and its files. `description` is a sentence for the user; it names the file,
/// and the tensor or key, and says what was expected.
package enum WeightError: Error, Equatable, CustomStringConvertible {
    /// The file or folder cannot be used at all (missing, a folder, unreadable, empty, wrong kind).
    case file(path: String, reason: String)
    /// The bytes at `offset` break the file's format.
    case format(path: String, offset: Int, reason: String)
    /// A tensor that the model needs is not in the file.
    case missing(path: String, tensor: String)
    case shape(path: String, tensor: String, expected: [Int], found: [Int])
    /// A tensor that cannot be used (precision, non-finite values); `offset` in the file is where it starts.
    case tensor(path: String, tensor: String, offset: Int, reason: String)
    /// Tensors in the file that the model does not know.
    case surplus(path: String, tensors: [String])
    /// A setting in config.json is absent, of the wrong kind or out of range.
    case setting(key: String, reason: String)
    /// Two files that do not belong together.
    case combination(first: String, second: String, reason: String)

    package var description: String {
        switch self {
        case .file(let path, let reason):
            return "\(path): \(reason)"
        case .format(let path, let offset, let reason):
            return "\(path): \(reason) (at byte \(offset))"
        case .missing(let path, let tensor):
            return "\(path): tensor '\(tensor)' is missing"
        case .shape(let path, let tensor, let expected, let found):
            return "\(path): tensor '\(tensor)' has shape \(found), expected \(expected)"
        case .tensor(let path, let tensor, let offset, let reason):
            return "\(path): tensor '\(tensor)' (at byte \(offset)) \(reason)"
        case .surplus(let path, let tensors):
            let shown = tensors.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
            let rest = tensors.count > 5 ? " and \(tensors.count - 5) more" : ""
            return "\(path): unknown tensors: \(shown)\(rest)"
        case .setting(let key, let reason):
            return "config.json: '\(key)' \(reason)"
        case .combination(let first, let second, let reason):
            return "\(first) and \(second) do not go together: \(reason)"
        }
    }
}
