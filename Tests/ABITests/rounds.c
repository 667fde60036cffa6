/* Creates, runs and frees everything N times, and looks whether the heap grows. A leak detector watches from outside.
 *
 *   rounds N [no-files]
 */
#include "check.h"
#include <malloc.h>
#include <unistd.h>

static int stop_at(const livephoto_progress *progress, void *user_data) { return progress->step == *(int *)user_data; }

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 50, i;
    size_t settled = 0, grown;
    for (i = 0; i < rounds; i++) {
        livephoto_model *model = test_model(), *none = NULL;
        livephoto_pipeline *pipeline = test_pipeline(model);
        livephoto_measurement motion = LIVEPHOTO_MEASUREMENT_INIT;
        int stop = 2 + i % 4;
        EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
        EXPECT_OK(livephoto_pipeline_measure(pipeline, &motion, NULL, 0));
        if (argc < 3 && i % 5 == 0) {
            const char *file = i % 2 ? "round.mp4" : "round.gif";
            EXPECT_OK(livephoto_pipeline_save(pipeline, file, NULL, NULL));
            EXPECT_OK(livephoto_model_measure_file(model, file, &motion, NULL, 0, NULL, NULL));
        }
        EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, 11)); /* leaves a message behind */
        EXPECT_OK(livephoto_pipeline_reset(pipeline));
        EXPECT_STATUS(LIVEPHOTO_ERROR_CANCELLED, livephoto_pipeline_run(pipeline, stop_at, &stop));
        EXPECT_STATUS(LIVEPHOTO_ERROR_MODEL_NOT_FOUND, livephoto_model_load("/no/such/model", NULL, NULL, &none));
        livephoto_model_free(none);
        livephoto_model_free(model);
        livephoto_pipeline_free(pipeline);
        if (i == 10) settled = mallinfo2().uordblks; /* caches are filled by now */
    }
    /* What is still reachable but never freed is no leak to a detector; a host would still run out of memory. */
    grown = mallinfo2().uordblks;
    grown = grown > settled ? grown - settled : 0;
    if (rounds > 20 && grown > 64 * 1024) {
        fprintf(stderr, "the heap grew by %zu bytes in %d rounds\n", grown, rounds - 11);
        check_failures++;
    }
    return check_result();
}
