/* Makes a clip from a file and saves it, for comparison with the command line.
 *
 *   save_frames PHOTO PROMPT SEED THREADS OUT
 */
#include "check.h"

int main(int argc, char **argv)
{
    livephoto_model *model = test_model();
    livephoto_pipeline *pipeline = NULL;
    if (argc != 6) return 64;
    EXPECT_OK(livephoto_pipeline_create(model, &pipeline));
    EXPECT_OK(livephoto_pipeline_set_image_file(pipeline, argv[1]));
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, argv[2]));
    EXPECT_OK(livephoto_pipeline_set_seed(pipeline, (uint64_t)atoll(argv[3])));
    EXPECT_OK(livephoto_pipeline_set_threads(pipeline, atoi(argv[4])));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_save(pipeline, argv[5], NULL, NULL));
    livephoto_pipeline_free(pipeline);
    livephoto_model_free(model);
    return check_result();
}
