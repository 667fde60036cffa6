/* Pictures, prompts, paths and outputs that are wrong, each with its status and a message. Runs in an empty folder.
 *
 *   bad_input PHOTO.png PHOTO.jpg [SMALL-DISK]      SMALL-DISK: a folder on a file system of some KiB
 */
#include "check.h"
#include <sys/stat.h>
#include <unistd.h>

typedef struct bytes {
    unsigned char *data;
    size_t count;
} bytes;

static bytes read_file(const char *path)
{
    bytes b = { NULL, 0 };
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    b.count = (size_t)ftell(file);
    rewind(file);
    b.data = malloc(b.count + 1);
    b.count = fread(b.data, 1, b.count, file);
    fclose(file);
    return b;
}

static void write_file(const char *path, const void *data, size_t count)
{
    FILE *file = fopen(path, "wb");
    fwrite(data, 1, count, file);
    fclose(file);
}

static bool is_media_error(livephoto_status status)
{
    return status / 10 == LIVEPHOTO_ERROR_MEDIA_NOT_FOUND / 10 || status == LIVEPHOTO_ERROR_OUT_OF_MEMORY
        || status == LIVEPHOTO_ERROR_ARGUMENT;
}

/* Every truncation and bit flip either loads (flips in pixels may) or gives a clear error. */
static void damaged(livephoto_pipeline *pipeline, const char *path)
{
    bytes good = read_file(path);
    size_t i, step;
    livephoto_status status;
    EXPECT_OK(livephoto_pipeline_set_image_file(pipeline, path));
    step = good.count / 24 + 1;
    for (i = 0; i + 1 < good.count; i += i < 40 ? 3 : step) {
        write_file("cut", good.data, i);
        status = livephoto_pipeline_set_image_file(pipeline, "cut");
        EXPECT(status == LIVEPHOTO_OK || is_media_error(status));
        if (i < 40) EXPECT(status != LIVEPHOTO_OK && strlen(livephoto_pipeline_message(pipeline)) > 5);
    }
    step = good.count / 40 + 1;
    for (i = 0; i < good.count; i += i < 60 ? 1 : step) {
        unsigned char kept = good.data[i];
        good.data[i] ^= (unsigned char)(1u << (i % 8));
        write_file("flipped", good.data, good.count);
        status = livephoto_pipeline_set_image_file(pipeline, "flipped");
        EXPECT(status == LIVEPHOTO_OK || is_media_error(status));
        good.data[i] = kept;
    }
    free(good.data);
}

static void pictures(livephoto_pipeline *pipeline)
{
    static const unsigned char garbage[64] = "this is no picture";
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_NOT_FOUND, livephoto_pipeline_set_image_file(pipeline, "missing.png"));
    EXPECT(strstr(livephoto_pipeline_message(pipeline), "missing.png") != NULL);
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_NOT_FOUND, livephoto_pipeline_set_image_file(pipeline, "no/such/folder.png"));
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_UNREADABLE, livephoto_pipeline_set_image_file(pipeline, "/tmp"));
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_UNREADABLE, livephoto_pipeline_set_image_file(pipeline, "/dev/zero"));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image_file(pipeline, ""));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image_file(pipeline, "\xff\xfe.png"));
    write_file("empty.png", garbage, 0);
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_FORMAT, livephoto_pipeline_set_image_file(pipeline, "empty.png"));
    write_file("garbage.png", garbage, sizeof garbage);
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_FORMAT, livephoto_pipeline_set_image_file(pipeline, "garbage.png"));
    write_file("locked.png", garbage, sizeof garbage);
    chmod("locked.png", 0);
    if (access("locked.png", R_OK) != 0) /* root reads everything */
        EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_UNREADABLE, livephoto_pipeline_set_image_file(pipeline, "locked.png"));
}

static void pixels(livephoto_pipeline *pipeline)
{
    uint8_t *thin = calloc(16384, 12);
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 0, 0, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, -4, 4, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 1, 1, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 1, 64, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 64, 1, 0, LIVEPHOTO_FORMAT_RGB));
    /* The size is refused before a byte is read: the memory need not be there. */
    EXPECT_STATUS(
        LIVEPHOTO_ERROR_MEDIA_TOO_LARGE,
        livephoto_pipeline_set_image(pipeline, thin, 30000, 30000, 0, LIVEPHOTO_FORMAT_RGB));
    EXPECT_STATUS(
        LIVEPHOTO_ERROR_MEDIA_TOO_LARGE,
        livephoto_pipeline_set_image(pipeline, thin, INT32_MAX, INT32_MAX, 0, LIVEPHOTO_FORMAT_BGRA));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 64, 64, 63, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 64, 64, SIZE_MAX, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 64, 64, SIZE_MAX / 4, LIVEPHOTO_FORMAT_RGB));
    EXPECT_ARGUMENT(livephoto_pipeline_set_image(pipeline, thin, 64, 64, 0, (livephoto_format)7));
    /* Extreme, but a photo: two pixels wide. */
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, thin, 2, 2000, 0, LIVEPHOTO_FORMAT_RGBA));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, thin, 2, 2, 0, LIVEPHOTO_FORMAT_RGBA));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    free(thin);
}

static void prompts(livephoto_pipeline *pipeline)
{
    char *large = malloc(100001);
    memset(large, 'a', 100000);
    large[100000] = 0;
    EXPECT_ARGUMENT(livephoto_pipeline_set_prompt(pipeline, large));
    EXPECT_ARGUMENT(livephoto_pipeline_set_negative_prompt(pipeline, large));
    large[16384] = 0;
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, large));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_set_prompt(pipeline, "caf\xe9"));
    EXPECT_ARGUMENT(livephoto_pipeline_set_prompt(pipeline, "\xed\xa0\x80"));
    EXPECT_ARGUMENT(livephoto_pipeline_set_prompt(pipeline, "\xc0\x80"));
    EXPECT(strstr(livephoto_pipeline_message(pipeline), "UTF-8") != NULL);
    EXPECT_OK(livephoto_pipeline_set_prompt(pipeline, ""));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_set_prompt(
        pipeline, "\xf0\x9f\x90\xb1 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 caf\xc3\xa9"));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    EXPECT_OK(livephoto_pipeline_word_count(pipeline, NULL, NULL));
    free(large);
}

static void outputs(livephoto_pipeline *pipeline, const char *small_disk)
{
    static const char *const endings[] = { "out.mp4", "out.webm", "out.gif", "out.webp", "out.png", "out/" };
    char path[4096];
    size_t i;
    livephoto_model *model = test_model();
    livephoto_measurement motion = LIVEPHOTO_MEASUREMENT_INIT;
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    for (i = 0; i < sizeof endings / sizeof endings[0]; i++)
        EXPECT_OK(livephoto_pipeline_save(pipeline, endings[i], NULL, NULL));
    for (i = 0; i < 5; i++) {
        EXPECT_OK(livephoto_model_measure_file(model, endings[i], &motion, NULL, 0, NULL, NULL));
        EXPECT(motion.pair_count == 3);
    }
    EXPECT_STATUS(
        LIVEPHOTO_ERROR_MEDIA_NOT_FOUND, livephoto_model_measure_file(model, "none.mp4", &motion, NULL, 0, NULL, NULL));
    EXPECT_STATUS(
        LIVEPHOTO_ERROR_MEDIA_FORMAT, livephoto_model_measure_file(model, "garbage.png", &motion, NULL, 0, NULL, NULL));
    EXPECT_STATUS(
        LIVEPHOTO_ERROR_MEDIA_FORMAT,
        livephoto_model_measure_file(model, "out/frame_0000.png", &motion, NULL, 0, NULL, NULL)); /* one frame */
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_FORMAT, livephoto_pipeline_save(pipeline, "out.xyz", NULL, NULL));
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_FORMAT, livephoto_pipeline_save(pipeline, "out", NULL, NULL));
    EXPECT_ARGUMENT(livephoto_pipeline_save(pipeline, "", NULL, NULL));
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_WRITE, livephoto_pipeline_save(pipeline, "no/such/out.mp4", NULL, NULL));
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_WRITE, livephoto_pipeline_save(pipeline, "/proc/out.gif", NULL, NULL));
    mkdir("folder.gif", 0755);
    EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_WRITE, livephoto_pipeline_save(pipeline, "folder.gif", NULL, NULL));
    if (small_disk) {
        EXPECT_OK(livephoto_pipeline_set_size(pipeline, 512, 512, LIVEPHOTO_FIT_STRETCH));
        EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
        for (i = 2; i < sizeof endings / sizeof endings[0]; i++) {
            if (i == 3) continue; /* the encoder makes so little of it that it fits */
            snprintf(path, sizeof path, "%s/%s", small_disk, endings[i]);
            EXPECT_STATUS(LIVEPHOTO_ERROR_MEDIA_NO_SPACE, livephoto_pipeline_save(pipeline, path, NULL, NULL));
            EXPECT(access(path, F_OK) != 0); /* nothing is left behind */
        }
    }
    livephoto_model_free(model);
}

int main(int argc, char **argv)
{
    livephoto_model *model = test_model();
    livephoto_pipeline *pipeline = test_pipeline(model);
    if (argc < 3) return 64;
    pixels(pipeline);
    pictures(pipeline);
    damaged(pipeline, argv[1]);
    damaged(pipeline, argv[2]);
    EXPECT_OK(livephoto_pipeline_set_image(pipeline, photo(), PHOTO_WIDTH, PHOTO_HEIGHT, 0, LIVEPHOTO_FORMAT_RGB));
    prompts(pipeline);
    outputs(pipeline, argc > 3 ? argv[3] : NULL);
    livephoto_pipeline_free(pipeline);
    livephoto_model_free(model);
    return check_result();
}
