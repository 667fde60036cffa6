import LPPipeline
import LPWeights

/// What livephoto_model_describe() tells.
enum ModelDescription {
    static func json(of model: AnimationModel, path: String) -> String {
        let settings = model.configuration
        let object = JSONText.object([
            ("name", .text(settings.name)),
            ("path", .text(path)),
            ("license", .text(settings.license)),
            ("format_version", .integer(ModelConfiguration.version)),
            ("parameters", .integer(model.networks.reduce(0) { $0 + $1.parameters })),
            ("bytes", .integer(model.networks.reduce(0) { $0 + $1.bytes })),
            ("networks", networks(of: model)),
            ("frames", frames(settings.frames)),
            ("working", working(settings.working)),
            ("latent", latent(settings)),
            ("intensity", intensity(settings.intensity)),
            ("defaults", defaults(settings.defaults)),
            ("abilities", abilities(settings)),
        ])
        return object.description
    }

    private static func networks(of model: AnimationModel) -> JSONText {
        .array(
            model.networks.map {
                .object([
                    ("name", .text($0.name)), ("parameters", .integer($0.parameters)), ("bytes", .integer($0.bytes)),
                ])
            })
    }

    private static func frames(_ frames: FramesConfiguration) -> JSONText {
        .object([
            ("default", .integer(frames.standard)), ("minimum", .integer(frames.minimum)),
            ("maximum", .integer(frames.maximum)), ("fps", .integer(frames.framesPerSecond)),
        ])
    }

    private static func working(_ size: WorkingSizeConfiguration) -> JSONText {
        .object([
            ("area", .integer(size.area)), ("multiple", .integer(size.multiple)),
            ("minimum_side", .integer(size.minimumSide)), ("maximum_side", .integer(size.maximumSide)),
        ])
    }

    private static func latent(_ settings: ModelConfiguration) -> JSONText {
        .object([
            ("channels", .integer(settings.vae.latentChannels)), ("factor", .integer(settings.vae.factor)),
            ("space", .text(settings.conditioning.latentSpace.rawValue)),
            ("prediction", .text(settings.scheduler.prediction.rawValue)),
            ("tokens", .integer(settings.tokenizerLength)),
        ])
    }

    private static func intensity(_ intensity: IntensityConfiguration) -> JSONText {
        .object([("default", .real(intensity.standard)), ("edges", .array(intensity.edges.map { .real($0) }))])
    }

    private static func defaults(_ defaults: DefaultsConfiguration) -> JSONText {
        .object([
            ("steps", .integer(defaults.steps)), ("guidance", .real(defaults.guidance)),
            ("sampler", .text(defaults.sampler.rawValue)), ("negative_prompt", .text(defaults.negativePrompt)),
        ])
    }

    /// The parts of the paper, and ours, that the model has.
    private static func abilities(_ settings: ModelConfiguration) -> JSONText {
        .object([
            ("text_reweighting", .flag(settings.textReweighting != nil)),
            ("content_encoder", .flag(settings.contentEncoder != nil)),
            ("prior_inversion", .flag(settings.prior.map { $0.mode != .off } ?? false)),
            ("motion_head", .flag(settings.unet.motionHead != nil)),
            ("anchors_first_frame", .flag(settings.composition.anchorsFirstFrame && settings.unet.motionHead != nil)),
        ])
    }
}
