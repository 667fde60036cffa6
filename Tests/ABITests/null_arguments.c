/* NULL for every pointer of every function, and handles that are dead or never lived. */
#include "check.h"

static void every_function_with(livephoto_model *model, livephoto_pipeline *pipeline)
{
    double real;
    uint64_t bytes;
    int32_t whole;
    size_t size;
    float weight;
    char text[8];
    uint8_t pixels[16];
    livephoto_progress progress = LIVEPHOTO_PROGRESS_INIT;
    livephoto_measurement measurement = LIVEPHOTO_MEASUREMENT_INIT;
    livephoto_pipeline *made = NULL;

    livephoto_model_free(model);
    EXPECT(strlen(livephoto_model_message(model)) > 10);
    EXPECT(strcmp(livephoto_model_name(model), "") == 0);
    EXPECT(livephoto_model_parameter_count(model) == 0);
    EXPECT_ARGUMENT(livephoto_model_describe(model, text, sizeof text, &size));
    EXPECT_ARGUMENT(livephoto_model_measure_file(model, "x", &measurement, &real, 1, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_create(model, &made));
    EXPECT(made != NULL);
    EXPECT(strstr(livephoto_pipeline_message(made), "model") != NULL);
    EXPECT(livephoto_pipeline_state(made) == LIVEPHOTO_STATE_NONE);
    EXPECT_ARGUMENT(livephoto_pipeline_step(made, &progress));
    livephoto_pipeline_free(made);

    livephoto_pipeline_free(pipeline);
    EXPECT(strlen(livephoto_pipeline_message(pipeline)) > 10);
    EXPECT(livephoto_pipeline_state(pipeline) == LIVEPHOTO_STATE_NONE);
    EXPECT_ARGUMENT(livephoto_pipeline_set_log_callback(pipeline, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, pixels, 2, 2, 0, LIVEPHOTO_FORMAT_RGBA));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image_file(pipeline, "x.png"));
    EXPECT_ARGUMENT(livephoto_pipeline_set_prompt(pipeline, "x"));
    EXPECT_ARGUMENT(livephoto_pipeline_set_negative_prompt(pipeline, "x"));
    EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, 5));
    EXPECT_ARGUMENT(livephoto_pipeline_set_seed(pipeline, 5));
    EXPECT_ARGUMENT(livephoto_pipeline_set_frames(pipeline, 5));
    EXPECT_ARGUMENT(livephoto_pipeline_set_size(pipeline, 64, 64, LIVEPHOTO_FIT_CROP));
    EXPECT_ARGUMENT(livephoto_pipeline_set_steps(pipeline, 5));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance(pipeline, 1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_sampler(pipeline, LIVEPHOTO_SAMPLER_DDIM));
    EXPECT_ARGUMENT(livephoto_pipeline_set_threads(pipeline, 1));
    EXPECT_ARGUMENT(livephoto_pipeline_set_fps(pipeline, 8));
    EXPECT_ARGUMENT(livephoto_pipeline_set_keep_first_frame(pipeline, true));
    EXPECT_ARGUMENT(livephoto_pipeline_set_loop(pipeline, true));
    EXPECT_ARGUMENT(livephoto_pipeline_set_calibration(pipeline, true));
    EXPECT_ARGUMENT(livephoto_pipeline_set_guidance_rescale(pipeline, 0.5));
    EXPECT_ARGUMENT(livephoto_pipeline_set_defaults(pipeline));
    EXPECT_ARGUMENT(livephoto_pipeline_bounds(pipeline, LIVEPHOTO_PARAMETER_FRAMES, &real, &real, &real));
    EXPECT_ARGUMENT(livephoto_pipeline_value(pipeline, LIVEPHOTO_PARAMETER_FRAMES, &real));
    EXPECT_ARGUMENT(livephoto_pipeline_estimate(pipeline, &real, &bytes));
    EXPECT_ARGUMENT(livephoto_pipeline_word_count(pipeline, &whole, &whole));
    EXPECT_ARGUMENT(livephoto_pipeline_word(pipeline, 0, text, sizeof text, &size, &weight, 1));
    EXPECT_ARGUMENT(livephoto_pipeline_step(pipeline, &progress));
    EXPECT_ARGUMENT(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_cancel(pipeline));
    EXPECT_ARGUMENT(livephoto_pipeline_reset(pipeline));
    EXPECT_ARGUMENT(livephoto_pipeline_preview_size(pipeline, &whole, &whole));
    EXPECT_ARGUMENT(livephoto_pipeline_preview(pipeline, 0, pixels, 16, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_clip_size(pipeline, &whole, &whole, &whole));
    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, 0, pixels, 16, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_save(pipeline, "/tmp/x.gif", NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_measure(pipeline, &measurement, &real, 1));
}

int main(void)
{
    livephoto_model *model = test_model(), *dead_model = test_model();
    livephoto_pipeline *pipeline = test_pipeline(model), *dead_pipeline = test_pipeline(model);
    static char foreign[256];
    livephoto_progress progress = LIVEPHOTO_PROGRESS_INIT;
    livephoto_measurement measurement = LIVEPHOTO_MEASUREMENT_INIT;

    /* Handles. */
    every_function_with(NULL, NULL);
    livephoto_model_free(dead_model);
    livephoto_pipeline_free(dead_pipeline);
    every_function_with(dead_model, dead_pipeline);
    every_function_with((livephoto_model *)(void *)foreign, (livephoto_pipeline *)(void *)foreign);
    every_function_with((livephoto_model *)(void *)pipeline, (livephoto_pipeline *)(void *)model);
    every_function_with((livephoto_model *)(uintptr_t)1, (livephoto_pipeline *)(uintptr_t)-1);

    /* Other pointers: those that must be there. */
    EXPECT_ARGUMENT(livephoto_model_load(NULL, NULL, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_model_measure_file(model, NULL, &measurement, NULL, 0, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_model_measure_file(model, "x", NULL, NULL, 0, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_create(model, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, NULL, 64, 64, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image_file(pipeline, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_set_prompt(pipeline, NULL));
    EXPECT(strstr(livephoto_pipeline_message(pipeline), "NULL") != NULL);
    EXPECT_ARGUMENT(livephoto_pipeline_set_negative_prompt(pipeline, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_value(pipeline, LIVEPHOTO_PARAMETER_STEPS, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_save(pipeline, NULL, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_measure(pipeline, NULL, NULL, 0));

    /* Those that may be NULL. */
    EXPECT_OK(livephoto_model_describe(model, NULL, 0, NULL));
    EXPECT_OK(livephoto_pipeline_bounds(pipeline, LIVEPHOTO_PARAMETER_STEPS, NULL, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_estimate(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_word_count(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_word(pipeline, 0, NULL, 0, NULL, NULL, 0));
    EXPECT_OK(livephoto_pipeline_preview_size(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_clip_size(pipeline, NULL, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_step(pipeline, NULL));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_frame(pipeline, 0, NULL, 0, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN));
    EXPECT_ARGUMENT(livephoto_pipeline_preview(pipeline, 0, NULL, 0, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN));
    EXPECT_OK(livephoto_pipeline_measure(pipeline, &measurement, NULL, 100));

    /* Structs that do not say their size, or say a larger one. */
    progress.struct_size = 0;
    EXPECT_ARGUMENT(livephoto_pipeline_step(pipeline, &progress));
    EXPECT(progress.total == 0);
    measurement.struct_size = 4;
    EXPECT_ARGUMENT(livephoto_pipeline_measure(pipeline, &measurement, NULL, 0));
    {
        struct { livephoto_progress known; char tail[16]; } future;
        memset(&future, 7, sizeof future);
        future.known.struct_size = sizeof future;
        EXPECT_OK(livephoto_pipeline_step(pipeline, &future.known));
        EXPECT(future.known.done == 1 && future.known.struct_size == sizeof future && future.tail[0] == 7);
    }

    /* A recycled slot does not revive a dead handle. */
    {
        livephoto_pipeline *second = test_pipeline(model);
        livephoto_pipeline_free(second);
        EXPECT(test_pipeline(model) != second);
        EXPECT_ARGUMENT(livephoto_pipeline_reset(second));
    }
    livephoto_pipeline_free(pipeline);
    livephoto_model_free(model);
    return check_result();
}
