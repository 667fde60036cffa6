/* Models put together from files: files FIXTURES FOLDER. */
#include "check.h"

static char fixtures[4096];

static const char *file(const char *name)
{
    static char paths[8][5000];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", fixtures, name);
    return path;
}

static int stop_at_half(double fraction, void *count)
{
    ++*(int *)count;
    return fraction >= 0.5;
}

/* Two frames of a model, as a sum that tells one model from another. */
static uint64_t sum_of_frames(livephoto_model *model)
{
    livephoto_pipeline *pipeline = NULL;
    static uint8_t pixels[40 * 32 * 3];
    uint64_t sum = 0;
    size_t i;
    for (i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 7 % 251);
    EXPECT_OK(livephoto_pipeline_create(model, &pipeline));
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, pixels, 40, 32, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, "the camera zooms in"));
    EXPECT_OK(livephoto_pipeline_set_frames(pipeline, 2));
    EXPECT_OK(livephoto_pipeline_set_steps(pipeline, 1));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_frame(
        pipeline, 1, pixels, sizeof pixels, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN));
    for (i = 0; i < sizeof pixels; i++) sum = sum * 31 + pixels[i];
    livephoto_pipeline_free(pipeline);
    return sum;
}

static livephoto_status load(const livephoto_model_files *files, const char *mentions)
{
    livephoto_model *model = NULL;
    livephoto_status status = livephoto_model_load_files(files, NULL, NULL, &model);
    EXPECT(model != NULL);
    if (mentions != NULL && strstr(livephoto_model_message(model), mentions) == NULL) {
        fprintf(stderr, "message: %s\n", livephoto_model_message(model));
        EXPECT(!"the message mentions what is wrong");
    }
    livephoto_model_free(model);
    return status;
}

int main(int argc, char **argv)
{
    livephoto_model_files files = LIVEPHOTO_MODEL_FILES_INIT;
    livephoto_model *model = NULL, *packed = NULL;
    livephoto_lora loras[2] = {{NULL, 0.5}, {NULL, 1}};
    char folder[5000], text[4096];
    size_t size = 0;
    int calls = 0;
    uint64_t sum;

    if (argc != 3) return 64;
    snprintf(fixtures, sizeof fixtures, "%s", argv[1]);
    snprintf(folder, sizeof folder, "%s/packed", argv[2]);

    /* A checkpoint, motion modules, two adapters; packed, it gives the same frames. */
    files.base = file("base.ckpt");
    files.motion = file("motion_v2.safetensors");
    files.tokenizer = file("base/tokenizer");
    files.working_side = 64;
    loras[0].path = file("lora_kohya.safetensors");
    loras[1].path = file("motion_lora.ckpt");
    files.loras = loras;
    files.lora_count = 2;
    EXPECT_OK(livephoto_model_load_files(&files, NULL, NULL, &model));
    EXPECT(strstr(livephoto_model_name(model), "motion_v2.safetensors") != NULL);
    sum = sum_of_frames(model);
    livephoto_model_free(model);
    EXPECT(livephoto_model_convert_files(&files, folder, LIVEPHOTO_PRECISION_F16, stop_at_half, &calls, &packed)
           == LIVEPHOTO_ERROR_CANCELLED);
    EXPECT(calls > 2);
    livephoto_model_free(packed);
    EXPECT_OK(livephoto_model_convert_files(&files, folder, LIVEPHOTO_PRECISION_F16, NULL, NULL, &packed));
    EXPECT(sum_of_frames(packed) == sum);
    livephoto_model_free(packed);
    EXPECT_OK(livephoto_model_load(folder, NULL, NULL, &model));
    EXPECT(sum_of_frames(model) == sum);
    livephoto_model_free(model);
    EXPECT(livephoto_model_convert_files(&files, folder, LIVEPHOTO_PRECISION_F16, NULL, NULL, &packed)
           == LIVEPHOTO_ERROR_MEDIA_WRITE);
    livephoto_model_free(packed);
    EXPECT(livephoto_model_convert_files(&files, "/proc/none", LIVEPHOTO_PRECISION_F16, NULL, NULL, &packed)
           == LIVEPHOTO_ERROR_MEDIA_WRITE);
    livephoto_model_free(packed);

    /* What is refused. */
    files.lora_count = 0;
    files.conditioner = file("pia.ckpt");
    EXPECT(load(&files, "both bring motion modules") == LIVEPHOTO_ERROR_MODEL_COMBINATION);
    files.conditioner = NULL;
    files.motion = file("motion_v1.ckpt");
    loras[0].path = file("motion_lora.ckpt");
    files.lora_count = 1;
    EXPECT(load(&files, "motion_lora.ckpt") == LIVEPHOTO_ERROR_MODEL_COMBINATION);
    files.lora_count = 65;
    EXPECT(load(&files, "lora_count") == LIVEPHOTO_ERROR_ARGUMENT);
    files.lora_count = 1;
    files.loras = NULL;
    EXPECT(load(&files, "NULL") == LIVEPHOTO_ERROR_ARGUMENT);
    files.lora_count = 0;
    files.norm_scope = 7;
    EXPECT(load(&files, "norm_scope") == LIVEPHOTO_ERROR_ARGUMENT);
    files.norm_scope = LIVEPHOTO_NORM_SCOPE_DIFFUSERS;
    files.working_side = 63;
    EXPECT(load(&files, "working_side") == LIVEPHOTO_ERROR_ARGUMENT);
    files.working_side = 0;
    files.tokenizer = "";
    EXPECT(load(&files, "tokenizer") == LIVEPHOTO_ERROR_ARGUMENT);
    files.tokenizer = NULL;
    EXPECT(load(&files, "vocab.json") == LIVEPHOTO_ERROR_MODEL_UNREADABLE);
    files.base = file("legacy.pt");
    EXPECT(load(&files, "1.6") == LIVEPHOTO_ERROR_MODEL_UNREADABLE);
    files.base = file("none");
    EXPECT(load(&files, "none") == LIVEPHOTO_ERROR_MODEL_NOT_FOUND);
    files.base = "\xff";
    EXPECT(load(&files, "UTF-8") == LIVEPHOTO_ERROR_ARGUMENT);
    files.base = NULL;
    EXPECT(load(&files, "base") == LIVEPHOTO_ERROR_ARGUMENT);
    files.struct_size = 8;
    EXPECT(load(&files, "struct_size") == LIVEPHOTO_ERROR_ARGUMENT);
    EXPECT(load(NULL, "NULL") == LIVEPHOTO_ERROR_ARGUMENT);
    EXPECT_ARGUMENT(livephoto_model_load_files(&files, NULL, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_model_convert_files(&files, folder, LIVEPHOTO_PRECISION_F16, NULL, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_model_convert_files(NULL, NULL, LIVEPHOTO_PRECISION_F16, NULL, NULL, &packed));
    livephoto_model_free(packed);

    /* What a file is. */
    EXPECT_OK(livephoto_file_describe(file("pia.ckpt"), NULL, 0, &size));
    EXPECT(size > 100 && size < sizeof text);
    EXPECT_OK(livephoto_file_describe(file("pia.ckpt"), text, sizeof text, NULL));
    EXPECT(strlen(text) + 1 == size && strstr(text, "\"kind\": \"pia\"") != NULL);
    text[0] = 'x';
    EXPECT_ARGUMENT(livephoto_file_describe(file("pia.ckpt"), text, 4, &size));
    EXPECT(text[0] == 'x');
    EXPECT(livephoto_file_describe(file("legacy.pt"), text, sizeof text, NULL) == LIVEPHOTO_ERROR_MODEL_UNREADABLE);
    EXPECT(strstr(text, "\"problem\"") != NULL);
    EXPECT_ARGUMENT(livephoto_file_describe(NULL, text, sizeof text, &size));
    EXPECT_ARGUMENT(livephoto_file_describe("", NULL, 0, NULL));
    return 0;
}
