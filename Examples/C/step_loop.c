/* Drives a clip step by step: progress with time left, a preview picture after each denoising step, Ctrl-C to cancel,
 * and the frames fetched into the program's own memory, as a game or an editor would.
 *
 *   ./step_loop cat.jpg "the camera pans left" out-folder
 *
 * Writes out-folder/preview.ppm again and again, and out-folder/frame-00.ppm and so on at the end (PPM: a picture
 * format of one line and raw pixels, so that the example needs no other library).
 */
#include <livephoto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static livephoto_pipeline *pipeline;

static void interrupt(int number)
{
    (void)number;
    livephoto_pipeline_cancel(pipeline); /* the one call that a signal handler may make */
}

static int write_ppm(const char *folder, const char *name, const unsigned char *pixels, int width, int height)
{
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    if (!file) {
        perror(path);
        return 1;
    }
    fprintf(file, "P6\n%d %d\n255\n", width, height);
    fwrite(pixels, 3, (size_t)width * (size_t)height, file);
    return fclose(file) != 0;
}

/* Copies one picture and writes it: frame `index` of the finished clip, or of the preview. */
static int show(int index, bool preview, const char *folder, const char *name)
{
    int32_t width = 0, height = 0;
    size_t size;
    unsigned char *pixels;
    int failed;
    if (preview ? livephoto_pipeline_preview_size(pipeline, &width, &height)
                : livephoto_pipeline_clip_size(pipeline, &width, &height, NULL))
        return 1;
    size = (size_t)width * (size_t)height * 3;
    pixels = malloc(size);
    if (!pixels) return 1;
    /* Preview and frame take the same arguments. */
    failed = (preview ? livephoto_pipeline_preview : livephoto_pipeline_frame)(
        pipeline, index, pixels, size, 0, LIVEPHOTO_FORMAT_RGB, LIVEPHOTO_TOP_DOWN);
    failed = failed || write_ppm(folder, name, pixels, width, height);
    free(pixels);
    return failed;
}

int main(int argc, char **argv)
{
    livephoto_model *model = NULL;
    livephoto_progress progress = LIVEPHOTO_PROGRESS_INIT;
    livephoto_status status;
    int32_t frames = 0, index;
    char name[32];

    if (argc != 4) {
        fprintf(stderr, "usage: %s PHOTO PROMPT FOLDER\n", argv[0]);
        return 64;
    }
    if (livephoto_model_load(NULL, NULL, NULL, &model) != LIVEPHOTO_OK) {
        fprintf(stderr, "%s\n", livephoto_model_message(model));
        livephoto_model_free(model);
        return EXIT_FAILURE;
    }
    status = livephoto_pipeline_create(model, &pipeline);
    livephoto_model_free(model); /* the pipeline keeps what it needs */
    if (!status) status = livephoto_pipeline_set_image_file(pipeline, argv[1]);
    if (!status) status = livephoto_pipeline_set_prompt(pipeline, argv[2]);
    if (!status) status = livephoto_pipeline_set_frames(pipeline, 8);
    signal(SIGINT, interrupt);

    while (!status && !progress.done) {
        status = livephoto_pipeline_step(pipeline, &progress);
        if (status) break;
        fprintf(stderr, "\r%2d of %2d, %4.1f s left ", (int)progress.step, (int)progress.total, progress.seconds_left);
        /* The middle frame shows more of the motion than the first, which is the photo. */
        if (progress.phase == LIVEPHOTO_PHASE_DENOISE && show(4, true, argv[3], "preview.ppm"))
            livephoto_pipeline_cancel(pipeline);
    }
    fprintf(stderr, "\n%s\n", status ? livephoto_pipeline_message(pipeline) : "done");

    if (!status) status = livephoto_pipeline_clip_size(pipeline, NULL, NULL, &frames);
    for (index = 0; !status && index < frames; index++) {
        snprintf(name, sizeof name, "frame-%02d.ppm", (int)index);
        if (show(index, false, argv[3], name)) status = LIVEPHOTO_ERROR_MEDIA_WRITE;
    }
    livephoto_pipeline_free(pipeline);
    return status == LIVEPHOTO_OK ? EXIT_SUCCESS : status == LIVEPHOTO_ERROR_CANCELLED ? 130 : EXIT_FAILURE;
}
