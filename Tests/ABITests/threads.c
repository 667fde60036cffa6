/* Two threads on one pipeline, cancelling, freeing under way, equal bytes for any number of threads, fork. */
#include "check.h"
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void sleep_milliseconds(long count)
{
    struct timespec t = { count / 1000, count % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

typedef struct job {
    livephoto_pipeline *pipeline;
    livephoto_status status;
    uint64_t hash;
    double finished;
} job;

static void *run_job(void *argument)
{
    job *j = argument;
    j->status = livephoto_pipeline_run(j->pipeline, NULL, NULL);
    j->finished = now();
    if (!j->status) j->hash = clip_hash(j->pipeline);
    return NULL;
}

/* A run that would take very long. */
static job long_job(livephoto_model *model)
{
    job j = { NULL, LIVEPHOTO_OK, 0, 0 };
    j.pipeline = test_pipeline(model);
    EXPECT_OK(livephoto_pipeline_set_steps(j.pipeline, 1000));
    EXPECT_OK(livephoto_pipeline_set_frames(j.pipeline, 16));
    return j;
}

static void wait_for_stepping(job *j)
{
    int i;
    for (i = 0; i < 2000 && livephoto_pipeline_state(j->pipeline) != LIVEPHOTO_STATE_STEPPING; i++)
        sleep_milliseconds(5);
}

static void busy_and_cancel(livephoto_model *model)
{
    job j = long_job(model);
    pthread_t thread;
    double asked;
    pthread_create(&thread, NULL, run_job, &j);
    wait_for_stepping(&j);
    EXPECT_STATE(livephoto_pipeline_step(j.pipeline, NULL));
    EXPECT(strstr(livephoto_pipeline_message(j.pipeline), "another thread") != NULL);
    EXPECT_STATE(livephoto_pipeline_set_seed(j.pipeline, 1));
    EXPECT_STATE(livephoto_pipeline_reset(j.pipeline));
    EXPECT_STATE(livephoto_pipeline_preview_size(j.pipeline, NULL, NULL));
    asked = now();
    EXPECT_OK(livephoto_pipeline_cancel(j.pipeline));
    EXPECT_OK(livephoto_pipeline_cancel(j.pipeline));
    pthread_join(thread, NULL);
    EXPECT(j.status == LIVEPHOTO_ERROR_CANCELLED);
    EXPECT(j.finished - asked < 1.0);
    EXPECT(livephoto_pipeline_state(j.pipeline) == LIVEPHOTO_STATE_CONFIGURED);
    /* The handle is good for another run. */
    EXPECT_OK(livephoto_pipeline_set_steps(j.pipeline, 1));
    EXPECT_OK(livephoto_pipeline_run(j.pipeline, NULL, NULL));
    livephoto_pipeline_free(j.pipeline);
}

static void free_under_way(livephoto_model *model)
{
    job j = long_job(model);
    pthread_t thread;
    double asked;
    pthread_create(&thread, NULL, run_job, &j);
    wait_for_stepping(&j);
    asked = now();
    livephoto_pipeline_free(j.pipeline); /* returns when the run has ended */
    EXPECT(now() - asked < 1.0);
    pthread_join(thread, NULL);
    EXPECT(j.status == LIVEPHOTO_ERROR_CANCELLED);
    EXPECT_ARGUMENT(livephoto_pipeline_reset(j.pipeline));
}

/* Frees, cancels and steps race on many short-lived pipelines: whatever comes first, nothing crashes or hangs. */
static void races(livephoto_model *model)
{
    int i;
    for (i = 0; i < 20; i++) {
        job j = long_job(model);
        pthread_t thread;
        pthread_create(&thread, NULL, run_job, &j);
        sleep_milliseconds(i % 5);
        if (i % 2) livephoto_pipeline_cancel(j.pipeline);
        livephoto_pipeline_free(j.pipeline);
        pthread_join(thread, NULL);
        EXPECT(j.status == LIVEPHOTO_ERROR_CANCELLED || j.status == LIVEPHOTO_ERROR_ARGUMENT);
    }
}

static uint64_t hash_with_threads(livephoto_model *model, int32_t threads, uint64_t seed)
{
    livephoto_pipeline *pipeline = test_pipeline(model);
    uint64_t hash;
    EXPECT_OK(livephoto_pipeline_set_threads(pipeline, threads));
    EXPECT_OK(livephoto_pipeline_set_seed(pipeline, seed));
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL));
    hash = clip_hash(pipeline);
    livephoto_pipeline_free(pipeline);
    return hash;
}

static void same_bytes(livephoto_model *model)
{
    uint64_t alone[2];
    job jobs[2];
    pthread_t threads[2];
    int i;
    alone[0] = hash_with_threads(model, 1, 1);
    alone[1] = hash_with_threads(model, 1, 2);
    EXPECT(alone[0] != alone[1]); /* the seed counts */
    EXPECT(hash_with_threads(model, 1, 1) == alone[0]);
    EXPECT(hash_with_threads(model, 2, 1) == alone[0]);
    EXPECT(hash_with_threads(model, 3, 1) == alone[0]);
    for (i = 0; i < 2; i++) {
        jobs[i].pipeline = test_pipeline(model);
        EXPECT_OK(livephoto_pipeline_set_seed(jobs[i].pipeline, (uint64_t)i + 1));
        EXPECT_OK(livephoto_pipeline_set_threads(jobs[i].pipeline, i + 1));
        pthread_create(&threads[i], NULL, run_job, &jobs[i]);
    }
    for (i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        EXPECT(jobs[i].status == LIVEPHOTO_OK && jobs[i].hash == alone[i]);
        livephoto_pipeline_free(jobs[i].pipeline);
    }
}

static void messages_are_per_thread(livephoto_model *model)
{
    livephoto_pipeline *pipeline = test_pipeline(model);
    job j = { pipeline, LIVEPHOTO_OK, 0, 0 };
    pthread_t thread;
    EXPECT_ARGUMENT(livephoto_pipeline_set_intensity(pipeline, 99));
    pthread_create(&thread, NULL, run_job, &j);
    pthread_join(thread, NULL);
    EXPECT(strstr(livephoto_pipeline_message(pipeline), "99") != NULL);
    livephoto_pipeline_free(pipeline);
}

static void after_fork(livephoto_model *model)
{
    livephoto_pipeline *pipeline = test_pipeline(model);
    pid_t child;
    int result = -1;
    EXPECT_OK(livephoto_pipeline_step(pipeline, NULL));
    child = fork();
    if (child == 0) {
        livephoto_pipeline *made = NULL;
        alarm(20);
        check_failures = 0;
        EXPECT_STATE(livephoto_pipeline_step(pipeline, NULL));
        EXPECT(strstr(livephoto_pipeline_message(pipeline), "fork") != NULL);
        EXPECT_STATE(livephoto_model_describe(model, NULL, 0, NULL));
        EXPECT_STATE(livephoto_pipeline_create(model, &made));
        livephoto_pipeline_free(made);
        livephoto_pipeline_free(pipeline);
        livephoto_model_free(model);
        _exit(check_failures ? 1 : 0);
    }
    EXPECT(waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 0);
    EXPECT_OK(livephoto_pipeline_run(pipeline, NULL, NULL)); /* the parent goes on */
    livephoto_pipeline_free(pipeline);
}

int main(void)
{
    livephoto_model *model = test_model();
    busy_and_cancel(model);
    free_under_way(model);
    races(model);
    same_bytes(model);
    messages_are_per_thread(model);
    after_fork(model);
    livephoto_model_free(model);
    return check_result();
}
