/* Calls in the wrong state, values out of range, and what a pipeline tells about itself on the way. */
#include "check.h"

static const livephoto_format RGB = LIVEPHOTO_FORMAT_RGB;
static const livephoto_rows DOWN = LIVEPHOTO_TOP_DOWN;

static void parameters(livephoto_pipeline *pipeline)
{
    double minimum, maximum, standard, value;
    int parameter;
    for (parameter = LIVEPHOTO_PARAMETER_INTENSITY; parameter <= LIVEPHOTO_PARAMETER_GUIDANCE_RESCALE; parameter++) {
        EXPECT_OK(livephoto_pipeline_bounds(pipeline, (livephoto_parameter)parameter, &minimum, &maximum, &standard));
        EXPECT(minimum <= standard && standard <= maximum);
        EXPECT_OK(livephoto_pipeline_value(pipeline, (livephoto_parameter)parameter, &value));
        EXPECT(minimum <= value && value <= maximum);
    }
    EXPECT_ARGUMENT(livephoto_pipeline_bounds(pipeline, (livephoto_parameter)0, &minimum, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_value(pipeline, (livephoto_parameter)99, &value));

    EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, 11));
    EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, NAN));
    EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, INFINITY));
    EXPECT_OK(livephoto_pipeline_set_intensity(pipeline, 6.5));
    EXPECT_OK(livephoto_pipeline_value(pipeline, LIVEPHOTO_PARAMETER_INTENSITY, &value));
    EXPECT(value == 6.5);
    EXPECT_ARGUMENT(livephoto_pipeline_set_steps(pipeline, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_set_steps(pipeline, -1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_steps(pipeline, INT32_MAX));
    EXPECT_ARGUMENT(livephoto_pipeline_set_frames(pipeline, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_set_frames(pipeline, 10000));
    EXPECT_ARGUMENT(livephoto_pipeline_set_frames(pipeline, INT32_MIN));
    EXPECT(strstr(livephoto_pipeline_message(pipeline), "frames") != NULL);
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance(pipeline, -1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance(pipeline, NAN));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance(pipeline, 1e300));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance_rescale(pipeline, NAN));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance_rescale(pipeline, -0.1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance_rescale(pipeline, 1.1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_threads(pipeline, -1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_threads(pipeline, 65));
    EXPECT_ARGUMENT(livephoto_pipeline_set_fps(pipeline, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_set_fps(pipeline, 121));
    EXPECT_ARGUMENT(livephoto_pipeline_set_sampler(pipeline, (livephoto_sampler)8));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, 0, 64, LIVEPHOTO_FIT_CROP));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, 63, 64, LIVEPHOTO_FIT_CROP));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, 8, 8, LIVEPHOTO_FIT_CROP));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, 4096, 64, LIVEPHOTO_FIT_CROP));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, 64, 64, (livephoto_fit)3));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, INT32_MIN, INT32_MIN, LIVEPHOTO_FIT_PAD));

    EXPECT_OK(livephoto_pipeline_set_defaults(pipeline));
    for (parameter = LIVEPHOTO_PARAMETER_INTENSITY; parameter <= LIVEPHOTO_PARAMETER_GUIDANCE_RESCALE; parameter++) {
        EXPECT_OK(livephoto_pipeline_bounds(pipeline, (livephoto_parameter)parameter, NULL, NULL, &standard));
        EXPECT_OK(livephoto_pipeline_value(pipeline, (livephoto_parameter)parameter, &value));
        EXPECT(value == standard);
    }
}

static void sizes(livephoto_pipeline *pipeline)
{
    static const livephoto_fit fits[] = { LIVEPHOTO_FIT_CROP, LIVEPHOTO_FIT_PAD, LIVEPHOTO_FIT_STRETCH };
    int32_t width, height, frames, i;
    for (i = 0; i < 3; i++) {
        EXPECT_OK(livephoto_pipeline_set_size(pipeline, 34, 50, fits[i]));
        EXPECT_OK(livephoto_pipeline_clip_size(pipeline, &width, &height, NULL));
        EXPECT(width == 34 && height == 50);
        EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    }
    EXPECT_OK(livephoto_pipeline_set_size(pipeline, 0, 0, LIVEPHOTO_FIT_CROP));
    EXPECT_OK(livephoto_pipeline_clip_size(pipeline, &width, &height, &frames));
    EXPECT(width == PHOTO_WIDTH && height == PHOTO_HEIGHT && frames == 4);
    /* Odd sides lose a column and a row. */
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, photo(), 63, 47, PHOTO_WIDTH * 3, LIVEPHOTO_FORMAT_RGB));
    EXPECT_OK(livephoto_pipeline_clip_size(pipeline, &width, &height, NULL));
    EXPECT(width == 62 && height == 46);
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, photo(), PHOTO_WIDTH, PHOTO_HEIGHT, 0, LIVEPHOTO_FORMAT_RGB));
}

static void run_through(livephoto_pipeline *pipeline)
{
    livephoto_progress progress = LIVEPHOTO_PROGRESS_INIT;
    livephoto_measurement motion = LIVEPHOTO_MEASUREMENT_INIT;
    uint8_t pixels[PHOTO_WIDTH * PHOTO_HEIGHT * 4];
    double curve[3] = { 9, 9, 9 };
    int32_t width, height, expected = 0;

    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_CONFIGURED);
    EXPECT_STATE(livephoto_pipeline_frame(pipeline, 0, pixels, sizeof pixels, 0, RGB, DOWN));
    EXPECT_STATE(livephoto_pipeline_preview(pipeline, 0, pixels, sizeof pixels, 0, RGB, DOWN));
    EXPECT_STATE(livephoto_pipeline_save(pipeline, "never.gif", NULL, NULL));
    EXPECT_STATE(livephoto_pipeline_measure(pipeline, &motion, NULL, 0));
    EXPECT_OK(livephoto_pipeline_cancel(pipeline)); /* nothing under way: forgotten */
    EXPECT_OK(livephoto_pipeline_preview_size(pipeline, &width, &height));
    EXPECT(width > 0 && height > 0);

    while (!progress.done) {
        EXPECT_OK(livephoto_pipeline_step(pipeline, &progress));
        if (check_failures) return;
        expected++;
        EXPECT(progress.step == expected && progress.total == 1 + 2 + 4);
        EXPECT(progress.phase == (expected == 1 ? LIVEPHOTO_PHASE_ENCODE : expected <= 3 ? LIVEPHOTO_PHASE_DENOISE
                                                                                         : LIVEPHOTO_PHASE_DECODE));
        EXPECT(progress.seconds >= 0 && progress.seconds_left >= 0);
        if (progress.done) break;
        EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_STEPPING);
        EXPECT_STATE(livephoto_pipeline_set_prompt(pipeline, "something else"));
        EXPECT_STATE(livephoto_pipeline_set_seed(pipeline, 1));
        EXPECT_STATE(livephoto_pipeline_set_image_file(pipeline, "x.png"));
        EXPECT_STATE(livephoto_pipeline_set_size(pipeline, 64, 64, LIVEPHOTO_FIT_CROP));
        EXPECT_STATE(livephoto_pipeline_set_fps(pipeline, 9));
        EXPECT_STATE(livephoto_pipeline_set_defaults(pipeline));
        EXPECT_STATE(livephoto_pipeline_estimate(pipeline, NULL, NULL));
        EXPECT_STATE(livephoto_pipeline_save(pipeline, "never.gif", NULL, NULL));
        if (expected >= 2) {
            size_t needed = (size_t)width * (size_t)height * 3;
            uint8_t *preview = malloc(needed);
            EXPECT_OK(livephoto_pipeline_preview(pipeline, 1, preview, needed, 0, RGB, DOWN));
            EXPECT_ARGUMENT(
                livephoto_pipeline_preview(pipeline, 4, preview, needed, 0, RGB, DOWN));
            free(preview);
        }
    }
    EXPECT(expected == 7 && progress.seconds_left == 0);
    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_DONE);
    EXPECT_OK(livephoto_pipeline_step(pipeline, &progress)); /* nothing left: the same report again */
    EXPECT(progress.done == 1 && progress.step == 7);
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));

    EXPECT_OK(livephoto_pipeline_measure(pipeline, &motion, curve, 2));
    EXPECT(motion.pair_count == 3 && motion.mean_ssim <= 1 && motion.level >= 1 && motion.level <= 10);
    EXPECT(curve[0] <= 1 && curve[1] <= 1 && curve[2] == 9);
    EXPECT_OK(livephoto_pipeline_set_fps(pipeline, 12)); /* the clip stays */
    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_DONE);
}

static void frames(livephoto_pipeline *pipeline)
{
    enum { STRIDE = PHOTO_WIDTH * 4 + 8, SIZE = STRIDE * (PHOTO_HEIGHT - 1) + PHOTO_WIDTH * 4 };
    static uint8_t rgb[PHOTO_WIDTH * PHOTO_HEIGHT * 3], bgra[SIZE + 1];
    int x, y, wrong = 0;
    EXPECT_OK(livephoto_pipeline_frame(pipeline, 2, rgb, sizeof rgb, 0, RGB, DOWN));
    memset(bgra, 77, sizeof bgra);
    EXPECT_OK(livephoto_pipeline_frame(pipeline, 2, bgra, SIZE, STRIDE, LIVEPHOTO_FORMAT_BGRA, LIVEPHOTO_BOTTOM_UP));
    for (y = 0; y < PHOTO_HEIGHT; y++)
        for (x = 0; x < PHOTO_WIDTH; x++) {
            const uint8_t *a = rgb + (y * PHOTO_WIDTH + x) * 3, *b = bgra + (PHOTO_HEIGHT - 1 - y) * STRIDE + x * 4;
            wrong += a[0] != b[2] || a[1] != b[1] || a[2] != b[0] || b[3] != 255;
        }
    EXPECT(wrong == 0);
    EXPECT(bgra[PHOTO_WIDTH * 4] == 77 && bgra[SIZE] == 77); /* between the rows, and behind the last */
    /* Frame 0 of a model that anchors it, or with keep_first_frame, is the photo. */
    EXPECT_OK(livephoto_pipeline_frame(pipeline, 0, rgb, sizeof rgb, 0, RGB, DOWN));
    EXPECT(memcmp(rgb, photo(), sizeof rgb) == 0);

    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, -1, rgb, sizeof rgb, 0, RGB, DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, 4, rgb, sizeof rgb, 0, RGB, DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, 0, rgb, sizeof rgb - 1, 0, RGB, DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, 0, rgb, sizeof rgb, 8, RGB, DOWN));
    EXPECT_ARGUMENT(
        livephoto_pipeline_frame(pipeline, 0, rgb, sizeof rgb, SIZE_MAX / 2, RGB, DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, 0, rgb, sizeof rgb, 0, (livephoto_format)0, LIVEPHOTO_TOP_DOWN));
    EXPECT_ARGUMENT(
        livephoto_pipeline_frame(pipeline, 0, rgb, sizeof rgb, 0, LIVEPHOTO_FORMAT_RGB, (livephoto_rows)2));
}

static void words(livephoto_pipeline *pipeline)
{
    int32_t count = 0, per_word = 0;
    char text[32];
    float weights[64];
    size_t size = 0;
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, "the camera zooms in"));
    EXPECT_OK(livephoto_pipeline_word_count(pipeline, &count, &per_word));
    EXPECT(count == 4 && per_word >= 1 && per_word <= 64);
    EXPECT_OK(livephoto_pipeline_word(pipeline, 1, NULL, 0, &size, NULL, 0));
    EXPECT(size == strlen("camera") + 1);
    EXPECT_OK(livephoto_pipeline_word(pipeline, 1, text, sizeof text, NULL, weights, 64));
    EXPECT(strcmp(text, "camera") == 0 && weights[0] > 0 && weights[0] < 1);
    EXPECT_ARGUMENT(livephoto_pipeline_word(pipeline, 1, text, 3, NULL, NULL, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_word(pipeline, 1, NULL, 0, NULL, weights, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_word(pipeline, -1, NULL, 0, NULL, NULL, 0));
    EXPECT_ARGUMENT(livephoto_pipeline_word(pipeline, 4, NULL, 0, NULL, NULL, 0));
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, ""));
    EXPECT_OK(livephoto_pipeline_word_count(pipeline, &count, NULL));
    EXPECT(count == 0);
}

static int stop_at_three(const livephoto_progress *progress, void *user_data)
{
    livephoto_pipeline *pipeline = user_data;
    EXPECT_STATE(livephoto_pipeline_set_seed(pipeline, 1)); /* only a few calls are allowed here */
    EXPECT_STATE(livephoto_pipeline_step(pipeline, NULL));
    EXPECT_OK(livephoto_pipeline_preview_size(pipeline, NULL, NULL));
    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_STEPPING);
    return progress->step == 3;
}

static int cancel_in_callback(const livephoto_progress *progress, void *user_data)
{
    if (progress->step == 2) EXPECT_OK(livephoto_pipeline_cancel(user_data));
    return 0;
}

static int free_in_callback(const livephoto_progress *progress, void *user_data)
{
    if (progress->step == 2) livephoto_pipeline_free(user_data);
    return 0;
}

static int stop_now(double fraction, void *user_data)
{
    EXPECT(fraction >= 0 && fraction <= 1);
    ++*(int *)user_data;
    return 1;
}

static void count_lines(livephoto_log_level level, const char *text, void *user_data)
{
    EXPECT(level >= LIVEPHOTO_LOG_DEBUG && level <= LIVEPHOTO_LOG_WARNING && text[0] != 0);
    ++*(int *)user_data;
}

static void stopping(livephoto_model *model, livephoto_pipeline *pipeline)
{
    livephoto_pipeline *doomed = test_pipeline(model);
    livephoto_model *stopped = NULL;
    int calls = 0, lines = 0;
    EXPECT_OK(livephoto_pipeline_reset(pipeline));
    EXPECT_STATUS(LIVEPHOTO_ERROR_CANCELLED, livephoto_pipeline_run(pipeline, stop_at_three, pipeline));
    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_CONFIGURED);
    EXPECT_STATUS(LIVEPHOTO_ERROR_CANCELLED, livephoto_pipeline_run(pipeline, cancel_in_callback, pipeline));
    EXPECT_STATUS(LIVEPHOTO_ERROR_CANCELLED, livephoto_pipeline_run(doomed, free_in_callback, doomed));
    EXPECT_ARGUMENT(livephoto_pipeline_reset(doomed));
    /* Between two steps a cancel is kept; after a reset it is not. */
    EXPECT_OK(livephoto_pipeline_step(pipeline, NULL));
    EXPECT_OK(livephoto_pipeline_cancel(pipeline));
    EXPECT_STATUS(LIVEPHOTO_ERROR_CANCELLED, livephoto_pipeline_step(pipeline, NULL));
    EXPECT_OK(livephoto_pipeline_step(pipeline, NULL));
    EXPECT_OK(livephoto_pipeline_cancel(pipeline));
    EXPECT_OK(livephoto_pipeline_reset(pipeline));
    EXPECT_OK(livephoto_pipeline_set_log_callback(pipeline, count_lines, &lines));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_STATUS(LIVEPHOTO_ERROR_CANCELLED, livephoto_pipeline_save(pipeline, "stopped.gif", stop_now, &calls));
    EXPECT(calls >= 1);
    EXPECT(fopen("stopped.gif", "rb") == NULL);
    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_DONE); /* the clip stays */
    EXPECT_OK(livephoto_pipeline_save(pipeline, "kept.gif", NULL, NULL));
    EXPECT(lines > 7);
    EXPECT_STATUS(
        LIVEPHOTO_ERROR_CANCELLED, livephoto_model_load(getenv("LIVEPHOTO_TEST_MODEL"), stop_now, &calls, &stopped));
    EXPECT(stopped != NULL && strstr(livephoto_model_message(stopped), "cancel") != NULL);
    livephoto_model_free(stopped);
}

int main(void)
{
    livephoto_model *model = test_model();
    livephoto_pipeline *pipeline = NULL;
    livephoto_progress progress = LIVEPHOTO_PROGRESS_INIT;
    char *text;
    size_t size = 0;

    EXPECT(livephoto_version_number() == LIVEPHOTO_VERSION_NUMBER);
    EXPECT(strcmp(livephoto_version_string(), LIVEPHOTO_VERSION_STRING) == 0);
    EXPECT(livephoto_abi_version() == LIVEPHOTO_ABI_VERSION);
    EXPECT(strcmp(livephoto_status_name(LIVEPHOTO_ERROR_MEDIA_NO_SPACE), "LIVEPHOTO_ERROR_MEDIA_NO_SPACE") == 0);
    EXPECT(strcmp(livephoto_status_name((livephoto_status)9999), "LIVEPHOTO_ERROR_UNKNOWN") == 0);
    EXPECT(strcmp(livephoto_model_message(model), "ok") == 0);
    EXPECT(livephoto_model_parameter_count(model) > 0 && livephoto_model_name(model)[0] != 0);
    EXPECT_OK(livephoto_model_describe(model, NULL, 0, &size));
    text = malloc(size);
    EXPECT_ARGUMENT(livephoto_model_describe(model, text, size - 1, NULL));
    EXPECT_OK(livephoto_model_describe(model, text, size, &size));
    EXPECT(strlen(text) == size - 1 && text[0] == '{');
    free(text);

    EXPECT_OK(livephoto_pipeline_create(model, &pipeline));
    EXPECT_STATE(livephoto_pipeline_step(pipeline, &progress)); /* no photo yet */
    EXPECT_STATE(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_STATE(livephoto_pipeline_estimate(pipeline, NULL, NULL));
    EXPECT_STATE(livephoto_pipeline_preview_size(pipeline, NULL, NULL));
    EXPECT_STATE(livephoto_pipeline_clip_size(pipeline, NULL, NULL, NULL));
    EXPECT(strstr(livephoto_pipeline_message(pipeline), "photo") != NULL);
    words(pipeline);
    parameters(pipeline);
    livephoto_pipeline_free(pipeline);

    pipeline = test_pipeline(model);
    sizes(pipeline);
    run_through(pipeline);
    frames(pipeline);
    stopping(model, pipeline);
    livephoto_model_free(model); /* before its pipeline: any order will do */
    EXPECT_OK(livephoto_pipeline_reset(pipeline));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    livephoto_pipeline_free(pipeline);
    return check_result();
}
