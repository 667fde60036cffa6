/* What the C tests share: counted checks that say what they expected, a temporary folder, a small photo. */
#ifndef CHECK_H
#define CHECK_H

#include <livephoto.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures = 0;

#define EXPECT(condition)                                                                      \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            check_failures++;                                                                  \
            fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition);           \
        }                                                                                      \
    } while (0)

/* Expects a status and, on failure, shows the one that came. */
#define EXPECT_STATUS(wanted, call)                                                            \
    do {                                                                                       \
        livephoto_status status_ = (call);                                                     \
        if (status_ != (wanted)) {                                                             \
            check_failures++;                                                                  \
            fprintf(stderr, "%s:%d: %s\n    gave %s, expected %s\n", __FILE__, __LINE__, #call, \
                    livephoto_status_name(status_), #wanted);                                  \
        }                                                                                      \
    } while (0)

#define EXPECT_OK(call) EXPECT_STATUS(LIVEPHOTO_OK, call)
#define EXPECT_ARGUMENT(call) EXPECT_STATUS(LIVEPHOTO_ERROR_ARGUMENT, call)
#define EXPECT_STATE(call) EXPECT_STATUS(LIVEPHOTO_ERROR_STATE, call)

enum { PHOTO_WIDTH = 64, PHOTO_HEIGHT = 48 };

/* A photo with slopes and edges. */
static inline const uint8_t *photo(void)
{
    static uint8_t pixels[PHOTO_WIDTH * PHOTO_HEIGHT * 3];
    int x, y;
    for (y = 0; y < PHOTO_HEIGHT; y++)
        for (x = 0; x < PHOTO_WIDTH; x++) {
            uint8_t *p = pixels + (y * PHOTO_WIDTH + x) * 3;
            p[0] = (uint8_t)(x * 4);
            p[1] = (uint8_t)(y * 5);
            p[2] = (uint8_t)(((x / 8 + y / 8) % 2) * 200);
        }
    return pixels;
}

/* The model that the tests run on, from the environment. */
static inline livephoto_model *test_model(void)
{
    livephoto_model *model = NULL;
    livephoto_status status = livephoto_model_load(getenv("LIVEPHOTO_TEST_MODEL"), NULL, NULL, &model);
    if (status) {
        fprintf(stderr, "the test model cannot be loaded: %s\n", livephoto_model_message(model));
        exit(2);
    }
    return model;
}

/* A pipeline with a photo and a prompt, few frames and steps. */
static inline livephoto_pipeline *test_pipeline(livephoto_model *model)
{
    livephoto_pipeline *pipeline = NULL;
    EXPECT_OK(livephoto_pipeline_create(model, &pipeline));
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, photo(), PHOTO_WIDTH, PHOTO_HEIGHT, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, "the camera zooms in"));
    EXPECT_OK(livephoto_pipeline_set_frames(pipeline, 4));
    EXPECT_OK(livephoto_pipeline_set_steps(pipeline, 2));
    EXPECT_OK(livephoto_pipeline_set_threads(pipeline, 1));
    return pipeline;
}

/* FNV-1a over all frames of a finished clip. */
static inline uint64_t clip_hash(livephoto_pipeline *pipeline)
{
    int32_t width = 0, height = 0, frames = 0, index;
    uint64_t hash = 1469598103934665603u;
    size_t size, i;
    uint8_t *pixels;
    EXPECT_OK(livephoto_pipeline_clip_size(pipeline, &width, &height, &frames));
    size = (size_t)width * (size_t)height * 3;
    pixels = malloc(size ? size : 1);
    for (index = 0; index < frames; index++) {
        EXPECT_OK(livephoto_pipeline_frame(pipeline, index, pixels, size, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN));
        for (i = 0; i < size; i++) hash = (hash ^ pixels[i]) * 1099511628211u;
    }
    free(pixels);
    return hash;
}

static inline int check_result(void)
{
    if (check_failures) fprintf(stderr, "%d checks failed\n", check_failures);
    return check_failures ? 1 : 0;
}

#endif
