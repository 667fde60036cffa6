/* Loads the library by hand and looks at what a host would mind: signals, locale, working directory, output streams,
 * unloading. hygiene LIBRARY */
#include "check.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALL(name) (*(__typeof__(&name))dlsym(library, #name))

static void (*handler_of(int number))(int)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    return sigaction(number, NULL, &action) == 0 ? action.sa_handler : NULL;
}

int main(int argc, char **argv)
{
    void (*before[NSIG])(int);
    char folder_before[4096], folder_after[4096];
    int number, i, saved_out = dup(1), saved_error = dup(2), kept_failures;
    struct stat said;
    void *library = NULL;

    if (argc < 2) return 64;
    setlocale(LC_ALL, "C");
    signal(SIGUSR1, SIG_IGN);
    for (number = 1; number < NSIG; number++) before[number] = handler_of(number);
    if (!getcwd(folder_before, sizeof folder_before)) return 2;

    /* Everything that the library might say goes into a file. */
    fflush(NULL);
    i = open("said.txt", O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(i, 1);
    dup2(i, 2);
    close(i);

    for (i = 0; i < 20; i++) {
        library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (!library) break;
        if (i < 19) dlclose(library);
    }
    if (library) {
        livephoto_model *model = NULL, *none = NULL;
        livephoto_pipeline *pipeline = NULL;
        CALL(livephoto_model_load)(getenv("LIVEPHOTO_TEST_MODEL"), NULL, NULL, &model);
        CALL(livephoto_model_load)("/no/such/model", NULL, NULL, &none);
        CALL(livephoto_pipeline_create)(model, &pipeline);
        CALL(livephoto_pipeline_set_image)(pipeline, photo(), PHOTO_WIDTH, PHOTO_HEIGHT, 0, LIVEPHOTO_FORMAT_RGB);
        CALL(livephoto_pipeline_set_image_file)(pipeline, "/dev/null");
        CALL(livephoto_pipeline_set_image_file)(pipeline, argv[0]);
        CALL(livephoto_pipeline_set_frames)(pipeline, 3);
        CALL(livephoto_pipeline_run)(pipeline, NULL, NULL);
        CALL(livephoto_pipeline_save)(pipeline, "quiet.mp4", NULL, NULL);
        CALL(livephoto_pipeline_save)(pipeline, "quiet.webp", NULL, NULL);
        CALL(livephoto_pipeline_save)(pipeline, "quiet.webm", NULL, NULL);
        CALL(livephoto_model_measure_file)(model, argv[0], NULL, NULL, 0, NULL, NULL);
        kept_failures = CALL(livephoto_pipeline_state)(pipeline) != LIVEPHOTO_STATE_DONE;
        CALL(livephoto_pipeline_free)(pipeline);
        CALL(livephoto_model_free)(none);
        CALL(livephoto_model_free)(model);
        dlclose(library);
    } else {
        kept_failures = 1;
    }
    fflush(NULL);
    dup2(saved_out, 1);
    dup2(saved_error, 2);

    if (!library) fprintf(stderr, "%s\n", dlerror());
    EXPECT(kept_failures == 0);
    EXPECT(stat("said.txt", &said) == 0 && said.st_size == 0);
    for (number = 1; number < NSIG; number++)
        if (handler_of(number) != before[number]) {
            fprintf(stderr, "the disposition of signal %d changed\n", number);
            check_failures++;
        }
    EXPECT(getcwd(folder_after, sizeof folder_after) && strcmp(folder_before, folder_after) == 0);
    EXPECT(strcmp(setlocale(LC_ALL, NULL), "C") == 0);
    return check_result();
}
