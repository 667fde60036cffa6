/* Animates a photo: the smallest complete program. See README.md in this folder's parent for how to build it.
 *
 *   ./animate cat.jpg "the camera zooms in" cat.mp4 [intensity]
 */
#include <livephoto.h>
#include <stdio.h>
#include <stdlib.h>

/* Runs `call` and leaves with the pipeline's message if it fails. */
#define CHECK(call)                                                                  \
    do {                                                                             \
        if ((call) != LIVEPHOTO_OK) {                                                \
            fprintf(stderr, "%s\n", livephoto_pipeline_message(pipeline));           \
            goto done;                                                               \
        }                                                                            \
    } while (0)

int main(int argc, char **argv)
{
    livephoto_model *model = NULL;
    livephoto_pipeline *pipeline = NULL;
    livephoto_measurement motion = LIVEPHOTO_MEASUREMENT_INIT;
    int result = EXIT_FAILURE;

    if (argc < 4) {
        fprintf(stderr, "usage: %s PHOTO PROMPT OUT [INTENSITY]\n", argv[0]);
        return 64;
    }
    if (livephoto_model_load(NULL, NULL, NULL, &model) != LIVEPHOTO_OK) {
        fprintf(stderr, "%s\n", livephoto_model_message(model));
        goto done;
    }
    CHECK(livephoto_pipeline_create(model, &pipeline));
    CHECK(livephoto_pipeline_set_image_file(pipeline, argv[1]));
    CHECK(livephoto_pipeline_set_prompt(pipeline, argv[2]));
    CHECK(livephoto_pipeline_set_intensity(pipeline, argc > 4 ? atof(argv[4]) : 5.0));
    CHECK(livephoto_pipeline_run(pipeline, NULL, NULL));
    CHECK(livephoto_pipeline_save(pipeline, argv[3], NULL, NULL));
    CHECK(livephoto_pipeline_measure(pipeline, &motion, NULL, 0));
    printf("%s: measured intensity %.1f\n", argv[3], motion.level);
    result = EXIT_SUCCESS;
done:
    livephoto_pipeline_free(pipeline);
    livephoto_model_free(model);
    return result;
}
