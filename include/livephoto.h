/*
 *  livephoto.h: a photo, a sentence and a motion intensity become a short clip.
 *
 *  This header is the whole contract of liblivephoto.so; what is not in it is not part of the library.
 *  C99 and C++11. Link with `pkg-config --cflags --libs livephoto` or CMake's livephoto::livephoto.
 *
 *  A COMPLETE PROGRAM
 *
 *      #include <livephoto.h>
 *      #include <stdio.h>
 *
 *      int main(int argc, char **argv)
 *      {
 *          livephoto_model *model = NULL;
 *          livephoto_pipeline *pipeline = NULL;
 *          livephoto_progress progress = LIVEPHOTO_PROGRESS_INIT;
 *          int failed = 1;
 *          if (argc != 4) {
 *              fprintf(stderr, "usage: %s PHOTO PROMPT OUT.mp4\n", argv[0]);
 *              return 64;
 *          }
 *          if (livephoto_model_load(NULL, NULL, NULL, &model)) {
 *              fprintf(stderr, "%s\n", livephoto_model_message(model));
 *          } else if (livephoto_pipeline_create(model, &pipeline)
 *                     || livephoto_pipeline_set_image_file(pipeline, argv[1])
 *                     || livephoto_pipeline_set_prompt(pipeline, argv[2])
 *                     || livephoto_pipeline_set_intensity(pipeline, 6.0)) {
 *              fprintf(stderr, "%s\n", livephoto_pipeline_message(pipeline));
 *          } else {
 *              while (!progress.done && !livephoto_pipeline_step(pipeline, &progress))
 *                  fprintf(stderr, "\r%d of %d", (int)progress.step, (int)progress.total);
 *              failed = !progress.done || livephoto_pipeline_save(pipeline, argv[3], NULL, NULL);
 *              fprintf(stderr, "\n%s\n", livephoto_pipeline_message(pipeline));
 *          }
 *          livephoto_pipeline_free(pipeline);
 *          livephoto_model_free(model);
 *          return failed;
 *      }
 *
 *  STATES OF A PIPELINE
 *
 *                        set_...                          set_..., reset
 *                       +-------+               +-------------------------------+
 *                       v       |               v                               |
 *      create ------> CONFIGURED +--- step ---> STEPPING ---- last step ----> DONE
 *                       ^   ^                    |   |                          |
 *                       |   +--- cancel, reset --+   +-- step (one more)        |
 *                       +-------------------------------------------------------+
 *
 *      CONFIGURED   setters; estimate; words. Nothing has been computed.
 *      STEPPING     step, run, preview, cancel, reset. Setters answer LIVEPHOTO_ERROR_STATE.
 *      DONE         frame, save, measure, preview; setters and reset go back to CONFIGURED and drop the clip.
 *
 *      A clip takes 1 (encode) + steps (denoise) + frames (decode) steps. A failed or cancelled step goes back to
 *      CONFIGURED; parameters, photo and prompt stay, so the same handle can run again at once.
 *
 *  THREADS
 *
 *      handle                what another thread may do meanwhile
 *      --------------------  ---------------------------------------------------------------------------------
 *      different pipelines   anything, also when they share one model
 *      one model             anything: it does not change after loading. Each thread reads its own message.
 *      one pipeline          livephoto_pipeline_cancel, _message, _state and _free. Every other call answers
 *                            LIVEPHOTO_ERROR_STATE ("in use by another thread") and changes nothing.
 *      a pipeline that is    livephoto_pipeline_free cancels the call under way, waits until it has returned
 *      stepping              LIVEPHOTO_ERROR_CANCELLED to its caller, then frees.
 *      callbacks             run on the thread of the call that was given them. In a callback of a pipeline only
 *                            its cancel, message, state, preview, value, bounds and free may be called.
 *      signal handlers       livephoto_pipeline_cancel, and nothing else
 *      after fork()          handles of the parent answer LIVEPHOTO_ERROR_STATE in the child; load anew there
 *
 *  MEMORY
 *
 *      Everything that goes in is copied before the call returns; pixels and strings that come out are copied into
 *      buffers of the caller. The few `const char *` results are owned by the library, and each says how long it lives.
 *      Handles are not addresses: a handle that is NULL, freed, or no handle at all is answered with
 *      LIVEPHOTO_ERROR_ARGUMENT instead of a crash.
 *
 *  HABITS
 *
 *      The library prints nothing, ends no process, and leaves signals, locale and working directory alone.
 *      Out-of-range values are errors, never silently clamped. The same library, model, photo and parameters give the
 *      same bytes, with any number of threads. Structs start with their size, so that they can grow.
 */
#ifndef LIVEPHOTO_H
#define LIVEPHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define LIVEPHOTO_API __attribute__((visibility("default")))
#else
#define LIVEPHOTO_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Version
 * ------------------------------------------------------------------------------------------------------------------ */

#define LIVEPHOTO_VERSION_MAJOR 0
#define LIVEPHOTO_VERSION_MINOR 1
#define LIVEPHOTO_VERSION_PATCH 0
#define LIVEPHOTO_VERSION_STRING "0.1.0"

/** 10000 * major + 100 * minor + patch of this header, to compare with livephoto_version_number(). */
#define LIVEPHOTO_VERSION_NUMBER \
    (LIVEPHOTO_VERSION_MAJOR * 10000 + LIVEPHOTO_VERSION_MINOR * 100 + LIVEPHOTO_VERSION_PATCH)

/** Number of the binary interface, the one in the soname liblivephoto.so.0. It changes when a program built against
 *  this header would no longer run with the library; functions and trailing fields are added without a change. */
#define LIVEPHOTO_ABI_VERSION 0

/** Version of the loaded library, as LIVEPHOTO_VERSION_NUMBER counts. Any thread. Since 0.1. */
LIVEPHOTO_API uint32_t livephoto_version_number(void);

/** Version of the loaded library as text, "0.1.0". Lives as long as the library. Any thread. Since 0.1. */
LIVEPHOTO_API const char *livephoto_version_string(void);

/** Binary interface of the loaded library; must equal LIVEPHOTO_ABI_VERSION of the header. Any thread. Since 0.1. */
LIVEPHOTO_API uint32_t livephoto_abi_version(void);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Status
 * ------------------------------------------------------------------------------------------------------------------ */

/** What a call has to say. The numbers are pinned and grouped in tens: `status / 10` is the group. Later versions may
 *  add numbers within a group; treat an unknown one as its group. */
typedef enum livephoto_status {
    LIVEPHOTO_OK = 0,

    LIVEPHOTO_ERROR_ARGUMENT = 10, /**< NULL, out of range, not UTF-8, freed or foreign handle, buffer too small */

    LIVEPHOTO_ERROR_STATE = 20, /**< not in this state; no photo yet; in use by another thread; after fork() */

    LIVEPHOTO_ERROR_CANCELLED = 30, /**< livephoto_pipeline_cancel(), free, or a callback asked to stop */

    LIVEPHOTO_ERROR_MODEL_NOT_FOUND = 40,  /**< nothing of that name, or no model where the default is sought */
    LIVEPHOTO_ERROR_MODEL_UNREADABLE = 41, /**< it is there but cannot be read: permission, not a folder, read error */
    LIVEPHOTO_ERROR_MODEL_FORMAT = 42,     /**< not a LivePhoto model, damaged, or contradictory settings */
    LIVEPHOTO_ERROR_MODEL_VERSION = 43,    /**< made for a newer version of the library */
    LIVEPHOTO_ERROR_MODEL_TENSOR = 44,     /**< a tensor is missing or has another shape than the settings ask for */
    LIVEPHOTO_ERROR_MODEL_COMBINATION = 45, /**< files that do not go together; the message names both and says why */

    LIVEPHOTO_ERROR_MEDIA_NOT_FOUND = 50,  /**< no picture or clip of that name */
    LIVEPHOTO_ERROR_MEDIA_UNREADABLE = 51, /**< it is there but cannot be opened: permission, a folder, read error */
    LIVEPHOTO_ERROR_MEDIA_FORMAT = 52,     /**< unknown or damaged file, or an ending that no writer serves */
    LIVEPHOTO_ERROR_MEDIA_TOO_LARGE = 53,  /**< more pixels or frames than the library accepts */
    LIVEPHOTO_ERROR_MEDIA_WRITE = 54,      /**< the output cannot be created or written */
    LIVEPHOTO_ERROR_MEDIA_NO_SPACE = 55,   /**< the disk is full, or a quota is used up */

    LIVEPHOTO_ERROR_OUT_OF_MEMORY = 60, /**< the system gave no memory; the handle stays usable */

    LIVEPHOTO_ERROR_INTERNAL = 70 /**< a fault of the library; please report it with the message */
} livephoto_status;

/** Name of a status, "LIVEPHOTO_ERROR_STATE"; "LIVEPHOTO_ERROR_UNKNOWN" for a number that this version does not know.
 *
 *  @return text that lives as long as the library, never NULL
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API const char *livephoto_status_name(livephoto_status status);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Types
 * ------------------------------------------------------------------------------------------------------------------ */

/** A loaded model: weights and settings. Does not change after loading; serves any number of pipelines and threads. */
typedef struct livephoto_model livephoto_model;

/** One run: a photo, a prompt and parameters on the way to a clip. Small beside its model, and reusable. */
typedef struct livephoto_pipeline livephoto_pipeline;

/** Order of the 8-bit channels of a pixel in memory. */
typedef enum livephoto_format {
    LIVEPHOTO_FORMAT_RGB = 1,  /**< 3 bytes a pixel */
    LIVEPHOTO_FORMAT_RGBA = 2, /**< 4 bytes a pixel. In: laid over white. Out: alpha is 255. */
    LIVEPHOTO_FORMAT_BGRA = 3  /**< 4 bytes a pixel, as above */
} livephoto_format;

/** Which row of a picture comes first in memory. */
typedef enum livephoto_rows {
    LIVEPHOTO_TOP_DOWN = 0, /**< pictures, video, most tools */
    LIVEPHOTO_BOTTOM_UP = 1 /**< textures of OpenGL, Unity and Blender */
} livephoto_rows;

/** How a photo is brought to a size of another shape. */
typedef enum livephoto_fit {
    LIVEPHOTO_FIT_CROP = 0,   /**< fill the size, cut what is over, from the middle */
    LIVEPHOTO_FIT_PAD = 1,    /**< show all of the photo, fill the borders with the mean colour of its edge */
    LIVEPHOTO_FIT_STRETCH = 2 /**< change the proportions */
} livephoto_fit;

/** Rule by which a denoising step follows from the one before. */
typedef enum livephoto_sampler {
    LIVEPHOTO_SAMPLER_DEFAULT = 0,         /**< what the model's settings name */
    LIVEPHOTO_SAMPLER_DDIM = 1,            /**< DDIM, eta 0 */
    LIVEPHOTO_SAMPLER_DPMPP_2M = 2,        /**< DPM-Solver++ 2M */
    LIVEPHOTO_SAMPLER_EULER = 3,           /**< Euler */
    LIVEPHOTO_SAMPLER_EULER_A = 4,         /**< Euler ancestral: fresh noise in every step. */
    LIVEPHOTO_SAMPLER_DPMPP_2M_KARRAS = 5, /**< DPM-Solver++ 2M on the noise levels of Karras et al. */
    LIVEPHOTO_SAMPLER_UNIPC = 6,           /**< UniPC, second order. */
    LIVEPHOTO_SAMPLER_LCM = 7              /**< for latent consistency models, 4 to 8 steps. */
} livephoto_sampler;

/** Parameters that are numbers, for livephoto_pipeline_bounds() and livephoto_pipeline_value(). */
typedef enum livephoto_parameter {
    LIVEPHOTO_PARAMETER_INTENSITY = 1,       /**< 1 (calm) to 10 (lively), real */
    LIVEPHOTO_PARAMETER_FRAMES = 2,          /**< frames of the clip, whole */
    LIVEPHOTO_PARAMETER_STEPS = 3,           /**< denoising steps, whole */
    LIVEPHOTO_PARAMETER_GUIDANCE = 4,        /**< classifier-free guidance, 1 is off, real */
    LIVEPHOTO_PARAMETER_FPS = 5,             /**< frames a second of saved clips, whole */
    LIVEPHOTO_PARAMETER_THREADS = 6,         /**< threads of one run, 0 is one per physical core, whole */
    LIVEPHOTO_PARAMETER_WIDTH = 7,           /**< wished width in pixels, even; 0 follows the photo */
    LIVEPHOTO_PARAMETER_HEIGHT = 8,          /**< wished height in pixels, even; 0 follows the photo */
    LIVEPHOTO_PARAMETER_KEEP_FIRST_FRAME = 9,  /**< 0 or 1 */
    LIVEPHOTO_PARAMETER_LOOP = 10,             /**< 0 or 1 */
    LIVEPHOTO_PARAMETER_GUIDANCE_RESCALE = 11, /**< 0 (off) to 1, real */
    LIVEPHOTO_PARAMETER_CALIBRATION = 12       /**< 0 or 1 */
} livephoto_parameter;

/** Where a pipeline is; see the diagram at the top. */
typedef enum livephoto_state {
    LIVEPHOTO_STATE_NONE = 0, /**< the handle is NULL, freed or foreign */
    LIVEPHOTO_STATE_CONFIGURED = 1,
    LIVEPHOTO_STATE_STEPPING = 2,
    LIVEPHOTO_STATE_DONE = 3
} livephoto_state;

/** What a step did. */
typedef enum livephoto_phase {
    LIVEPHOTO_PHASE_NONE = 0,
    LIVEPHOTO_PHASE_ENCODE = 1,  /**< text, photo and starting noise */
    LIVEPHOTO_PHASE_DENOISE = 2, /**< one denoising step of the whole clip */
    LIVEPHOTO_PHASE_DECODE = 3   /**< one frame at its final size */
} livephoto_phase;

/** Where a run is after a step. Start from LIVEPHOTO_PROGRESS_INIT: `struct_size` tells the library how much of the
 *  struct the caller knows, and no byte beyond it is written. */
typedef struct livephoto_progress {
    uint32_t struct_size; /**< in: sizeof(livephoto_progress) */
    int32_t step;         /**< steps finished, 1 to total */
    int32_t total;        /**< steps of the whole run: 1 + denoising steps + frames */
    int32_t phase;        /**< a livephoto_phase: what the finished step did */
    int32_t phase_step;   /**< steps finished in this phase, 1 to phase_total */
    int32_t phase_total;  /**< steps of this phase */
    int32_t done;         /**< 1 when the clip is complete, else 0 */
    int32_t reserved;     /**< 0 */
    double seconds;       /**< time spent in this run's steps so far */
    double seconds_left;  /**< estimate of the time still needed, 0 when done */
} livephoto_progress;

#define LIVEPHOTO_PROGRESS_INIT { (uint32_t)sizeof(livephoto_progress), 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0 }

/** How much a clip moves. Start from LIVEPHOTO_MEASUREMENT_INIT. */
typedef struct livephoto_measurement {
    uint32_t struct_size; /**< in: sizeof(livephoto_measurement) */
    int32_t pair_count;   /**< pairs of adjacent frames, frames - 1 */
    double mean_ssim;     /**< mean structural similarity of adjacent frames, up to 1 (nothing moves) */
    double level;         /**< 1 to 10: where mean_ssim falls among the clips that the model was trained on */
} livephoto_measurement;

#define LIVEPHOTO_MEASUREMENT_INIT { (uint32_t)sizeof(livephoto_measurement), 0, 0.0, 0.0 }

/** Called after each step of livephoto_pipeline_run(). `progress` lives until the callback returns.
 *  @return 0 to go on, anything else to stop: the run then returns LIVEPHOTO_ERROR_CANCELLED. Since 0.1. */
typedef int (*livephoto_step_callback)(const livephoto_progress *progress, void *user_data);

/** Called now and then during loading, saving and measuring with the part done, 0 to 1.
 *  @return 0 to go on, anything else to stop: the call then returns LIVEPHOTO_ERROR_CANCELLED. Since 0.1. */
typedef int (*livephoto_fraction_callback)(double fraction, void *user_data);

/** Over what group norms are computed in a model that is put together from files. */
typedef enum livephoto_norm_scope {
    LIVEPHOTO_NORM_SCOPE_NATIVE = 0,   /**< as the model's makers compute it: over the clip in AnimateDiff 1 and PIA */
    LIVEPHOTO_NORM_SCOPE_DIFFUSERS = 1 /**< as the Python library diffusers computes it */
} livephoto_norm_scope;

/** A low-rank adapter (LoRA) and how strongly it acts. */
typedef struct livephoto_lora {
    const char *path; /**< UTF-8 path of the file */
    double scale;     /**< 1 is as trained, 0 nothing; any finite number */
} livephoto_lora;

/** The files that make a model. Start from LIVEPHOTO_MODEL_FILES_INIT and set at least `base`. A path is UTF-8; NULL
 *  leaves the part out. Files of weights may be safetensors (F32, F16, BF16), several of them with an index
 *  (`....index.json`), or PyTorch files (.ckpt, .pth, .pt, .bin), of which nothing is run: see livephoto_file_describe(). */
typedef struct livephoto_model_files {
    uint32_t struct_size;        /**< in: sizeof(livephoto_model_files) */
    int32_t norm_scope;          /**< a livephoto_norm_scope */
    int32_t working_side;        /**< the network works on about as many pixels as a square of this side has, 64 to 2048; 0
                                  *   leaves it to the kind of model (512, a LivePhoto adapter 256). Cost grows with it. */
    int32_t reserved;            /**< 0 */
    const char *base;            /**< a model folder of this library; a diffusers folder with model_index.json; or a Stable
                                  *   Diffusion 1.x checkpoint in one file */
    const char *motion;          /**< motion modules of AnimateDiff (1, 2, 3) or AnimateLCM */
    const char *conditioner;     /**< PIA, or a LivePhoto adapter; it brings its own motion modules */
    const char *content_encoder; /**< DINOv2, for a LivePhoto adapter that does not bring it */
    const char *vae;             /**< an autoencoder in place of the base's */
    const char *taesd;           /**< a tiny autoencoder: a file, or a folder with taesd_encoder and taesd_decoder */
    const char *tokenizer;       /**< folder with CLIP's vocab.json and merges.txt; NULL takes the base's, or those that
                                  *   lie beside a single file or in a folder `tokenizer` there */
    const livephoto_lora *loras; /**< LoRA of kohya's or diffusers' form, motion LoRA, domain adapter; merged in order */
    size_t lora_count;           /**< how many, up to 64 */
} livephoto_model_files;

#define LIVEPHOTO_MODEL_FILES_INIT \
    { (uint32_t)sizeof(livephoto_model_files), 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0 }

/** Precision of stored weights. */
typedef enum livephoto_precision {
    LIVEPHOTO_PRECISION_F16 = 1, /**< 16 bits */
    LIVEPHOTO_PRECISION_F32 = 2  /**< 32 bits */
} livephoto_precision;

/** How important a log line is. */
typedef enum livephoto_log_level {
    LIVEPHOTO_LOG_DEBUG = 1, /**< what each stage took */
    LIVEPHOTO_LOG_INFO = 2,  /**< what was chosen: sizes, steps, writer */
    LIVEPHOTO_LOG_WARNING = 3
} livephoto_log_level;

/** Receives one line of a pipeline's log, without a newline. `text` lives until the callback returns. Since 0.1. */
typedef void (*livephoto_log_callback)(livephoto_log_level level, const char *text, void *user_data);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Model
 * ------------------------------------------------------------------------------------------------------------------ */

/** Loads a model folder.
 *
 *  @param path       UTF-8 path of the folder. NULL is the shipped default, sought in this order: the environment
 *                    variable LIVEPHOTO_MODEL; beside the library, `livephoto-mini`, `models/livephoto-mini` and
 *                    `../share/livephoto/models/livephoto-mini`; for a library inside a source tree,
 *                    `Models/livephoto-mini` of the nearest folder above that has it.
 *  @param progress   called with the part loaded, on this thread; may be NULL
 *  @param user_data  handed to `progress`; may be NULL
 *  @param model      receives the handle. A handle is handed back on failure too, so that livephoto_model_message() can
 *                    tell why; such a handle serves nothing else. Free it in either case.
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (`model` is NULL, path not UTF-8 or empty);
 *          LIVEPHOTO_ERROR_MODEL_... ; LIVEPHOTO_ERROR_CANCELLED; LIVEPHOTO_ERROR_OUT_OF_MEMORY
 *  @note   Any thread. Weights are mapped into memory where their format allows: do not change the files while the
 *          model lives. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_model_load(
    const char *path, livephoto_fraction_callback progress, void *user_data, livephoto_model **model);

/** Puts a model together from files that people have: a Stable Diffusion base with AnimateDiff's motion modules, with PIA
 *  or with a LivePhoto adapter, LoRAs merged in, autoencoders exchanged. What each file is shows in its tensors.
 *
 *  @param files      what to take; `struct_size` and `base` must be set. Nothing of it is kept.
 *  @param progress   called with the part loaded, on this thread; may be NULL
 *  @param user_data  handed to `progress`; may be NULL
 *  @param model      receives the handle, on failure too, as with livephoto_model_load()
 *  @return as livephoto_model_load(); LIVEPHOTO_ERROR_MODEL_COMBINATION when two files do not go together
 *  @note   Any thread. Large files are mapped into memory: do not change them while the model lives. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_model_load_files(
    const livephoto_model_files *files, livephoto_fraction_callback progress, void *user_data, livephoto_model **model);

/** Packs a model that livephoto_model_load_files() would put together into one model folder, and loads that. Running the
 *  folder equals running the files, but for the rounding to `precision`.
 *
 *  The folder appears when it is complete and has been loaded, or not at all.
 *
 *  @param files      what to take, as in livephoto_model_load_files()
 *  @param folder     UTF-8 path of the folder to make; there must be nothing of that name, or an empty folder
 *  @param precision  a livephoto_precision, of all weights
 *  @param progress   called with the part done, on this thread; may be NULL
 *  @param user_data  handed to `progress`; may be NULL
 *  @param model      receives the handle of the new model, on failure too, as with livephoto_model_load()
 *  @return as livephoto_model_load_files(); LIVEPHOTO_ERROR_MEDIA_WRITE, LIVEPHOTO_ERROR_MEDIA_NO_SPACE
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_model_convert_files(
    const livephoto_model_files *files, const char *folder, livephoto_precision precision,
    livephoto_fraction_callback progress, void *user_data, livephoto_model **model);

/** Tells what a file of weights is, by the names and shapes of its tensors; no weight is read. JSON with `path`, `kind` (a
 *  word), `description` (a sentence), `container`, `tensors`, `parameters` and `types`; for a file that cannot be read,
 *  `path` and `problem` (a sentence).
 *
 *  A PyTorch file is a program in principle. Here it is not run: only tensors, dictionaries, lists, numbers and strings
 *  are taken, and a file that asks for anything else is refused with the name of what it asks for.
 *
 *  @param path      UTF-8 path of a file, or of a folder with the weights of one network
 *  @param buffer    receives UTF-8 text that ends with a zero byte; NULL to ask for the size only
 *  @param capacity  bytes that `buffer` holds; 0 if it is NULL
 *  @param size      receives the bytes needed, zero byte included, also when `capacity` is too small; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (`path`; `capacity` below `size`: nothing was written);
 *          LIVEPHOTO_ERROR_MODEL_... (the text then holds the problem)
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_file_describe(const char *path, char *buffer, size_t capacity, size_t *size);

/** Frees a model. Its pipelines keep what they need: models and pipelines may be freed in any order.
 *
 *  @param model  NULL, or a handle from livephoto_model_load(); a freed handle is ignored
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API void livephoto_model_free(livephoto_model *model);

/** One sentence about the last call of this thread on this model: why it failed, or "ok".
 *
 *  @return UTF-8 text owned by the library, never NULL; it lives until this thread's next call on this model
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API const char *livephoto_model_message(const livephoto_model *model);

/** Name of the model, "livephoto-mini"; "" for a handle that holds no model.
 *
 *  @return UTF-8 text owned by the library, never NULL; it lives until the model is freed
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API const char *livephoto_model_name(const livephoto_model *model);

/** Number of weights in all networks; 0 for a handle that holds no model. Any thread. Since 0.1. */
LIVEPHOTO_API uint64_t livephoto_model_parameter_count(const livephoto_model *model);

/** Describes the model as JSON: name, path, networks with parameters and bytes, settings, bounds, abilities.
 *
 *  Ask for the size first (`buffer` NULL), then fill.
 *
 *  @param model     a loaded model
 *  @param buffer    receives UTF-8 text that ends with a zero byte; NULL to ask for the size only
 *  @param capacity  bytes that `buffer` holds; 0 if it is NULL
 *  @param size      receives the bytes needed, zero byte included, also when `capacity` is too small; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle; `capacity` below `size`: nothing was written)
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_model_describe(
    const livephoto_model *model, char *buffer, size_t capacity, size_t *size);

/** Measures how much a clip on disk moves: mean SSIM of adjacent frames (luma, 256x256 centre square) and the level
 *  from 1 to 10 that this model's training gave to such a clip.
 *
 *  @param model        a loaded model
 *  @param path         UTF-8 path of a video or an animation; the first 4096 frames count
 *  @param measurement  receives the result; `struct_size` must be set
 *  @param curve        receives the SSIM of each pair of adjacent frames, at most `capacity` of them; may be NULL
 *  @param capacity     values that `curve` holds; pairs beyond it are measured and counted, not stored
 *  @param progress     called for every frame, on this thread, so that it can stop; its fraction is 0, as files do not
 *                      tell their length, and 1 at the end. May be NULL.
 *  @param user_data    handed to `progress`; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT; LIVEPHOTO_ERROR_MEDIA_... (a clip of one frame is
 *          LIVEPHOTO_ERROR_MEDIA_FORMAT); LIVEPHOTO_ERROR_CANCELLED
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_model_measure_file(
    const livephoto_model *model, const char *path, livephoto_measurement *measurement, double *curve, size_t capacity,
    livephoto_fraction_callback progress, void *user_data);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Pipeline
 * ------------------------------------------------------------------------------------------------------------------ */

/** Makes a pipeline on a model, in state CONFIGURED, with the model's default parameters, no photo and no text.
 *
 *  @param model     a loaded model. The pipeline keeps its weights alive: `model` may be freed before the pipeline.
 *  @param pipeline  receives the handle, on failure too, so that livephoto_pipeline_message() can tell why. Free it
 *                   in either case.
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (NULL, freed or failed model); LIVEPHOTO_ERROR_OUT_OF_MEMORY
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_create(const livephoto_model *model, livephoto_pipeline **pipeline);

/** Frees a pipeline. A call that another thread has under way is cancelled and waited for first. In one of the
 *  pipeline's own callbacks the handle dies at once, and the memory goes when the call that made the callback returns.
 *
 *  @param pipeline  NULL, or a handle from livephoto_pipeline_create(); a freed handle is ignored
 *  @note   Any thread. Since 0.1. */
LIVEPHOTO_API void livephoto_pipeline_free(livephoto_pipeline *pipeline);

/** One sentence about the last call of this thread on this pipeline: why it failed, or "ok".
 *
 *  @return UTF-8 text owned by the library, never NULL; it lives until this thread's next call on this pipeline
 *  @note   Any thread, at any time. Since 0.1. */
LIVEPHOTO_API const char *livephoto_pipeline_message(const livephoto_pipeline *pipeline);

/** Where the pipeline is; LIVEPHOTO_STATE_NONE for a handle that is NULL, freed or foreign.
 *
 *  @note   Any thread, at any time. Since 0.1. */
LIVEPHOTO_API livephoto_state livephoto_pipeline_state(const livephoto_pipeline *pipeline);

/** Sends the pipeline's log lines to a callback, which runs on the thread of the call that logs.
 *
 *  @param callback   NULL for silence, which is the default
 *  @param user_data  handed to the callback; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle)
 *  @note   State CONFIGURED or DONE. Keeps the state. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_log_callback(
    livephoto_pipeline *pipeline, livephoto_log_callback callback, void *user_data);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Photo and text
 *
 *  Setters are legal in CONFIGURED and DONE and lead to CONFIGURED; in STEPPING they answer LIVEPHOTO_ERROR_STATE.
 *  Values stay until they are set again; a refused value leaves the old one.
 * ------------------------------------------------------------------------------------------------------------------ */

/** Sets the still photo that the animation starts from.
 *
 *  The clip has the photo's size, each side made even and the longer one brought down to 2048, unless
 *  livephoto_pipeline_set_size() says otherwise.
 *
 *  @param pipeline  a live pipeline, in state CONFIGURED or DONE
 *  @param pixels    8 bits a channel, rows top to bottom; copied before the call returns
 *  @param width     pixels, 2 to 16384
 *  @param height    pixels, 2 to 16384
 *  @param stride    bytes from one row to the next, at least width * bytes per pixel; 0 for exactly that
 *  @param format    a livephoto_format
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (NULL, size, stride, format); LIVEPHOTO_ERROR_MEDIA_TOO_LARGE;
 *          LIVEPHOTO_ERROR_STATE once stepping has begun (reset first); LIVEPHOTO_ERROR_OUT_OF_MEMORY
 *  @note   One thread per pipeline. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_image(
    livephoto_pipeline *pipeline, const void *pixels, int32_t width, int32_t height, size_t stride,
    livephoto_format format);

/** Sets the still photo from a file: PNG, JPEG, WebP, BMP, TIFF or GIF (its first frame), any bit depth; the rotation
 *  noted by the camera is applied, transparent parts are laid over white.
 *
 *  @param pipeline  a live pipeline, in state CONFIGURED or DONE
 *  @param path      UTF-8 path
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT; LIVEPHOTO_ERROR_MEDIA_...; LIVEPHOTO_ERROR_STATE;
 *          LIVEPHOTO_ERROR_OUT_OF_MEMORY
 *  @note   One thread per pipeline. The size rules of livephoto_pipeline_set_image() hold. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_image_file(livephoto_pipeline *pipeline, const char *path);

/** Sets the sentence that says how the photo moves, "the camera zooms in". Default "", which is no text.
 *
 *  @param pipeline  a live pipeline, in state CONFIGURED or DONE
 *  @param text      UTF-8, up to 16 KiB; what is over the model's number of tokens has no effect
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (NULL, not UTF-8, too long); LIVEPHOTO_ERROR_STATE
 *  @note   One thread per pipeline. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_prompt(livephoto_pipeline *pipeline, const char *text);

/** Sets the sentence that says what to stay away from; it counts when guidance is not 1. Arguments, results and limits
 *  as livephoto_pipeline_set_prompt(). The default is the model's. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_negative_prompt(livephoto_pipeline *pipeline, const char *text);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Parameters
 *
 *  All: state CONFIGURED or DONE, leading to CONFIGURED; one thread per pipeline. Result: LIVEPHOTO_OK;
 *  LIVEPHOTO_ERROR_ARGUMENT (handle; outside livephoto_pipeline_bounds(), NaN); LIVEPHOTO_ERROR_STATE. Since 0.1.
 * ------------------------------------------------------------------------------------------------------------------ */

/** How much moves: 1 (nearly still) to 10 (as much as the model knows). Real numbers lie between the levels. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_intensity(livephoto_pipeline *pipeline, double level);

/** Seed of the starting noise, any 64-bit number; default 0. The same seed gives the same clip; another one is another take: its own pace, side
 *  to begin on, gusts and flakes. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_seed(livephoto_pipeline *pipeline, uint64_t seed);

/** Number of frames of the clip. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_frames(livephoto_pipeline *pipeline, int32_t frames);

/** Size of the clip in pixels, each side even, 16 to 2048; 0 and 0 (the default) follow the photo.
 *
 *  @param fit  how a photo of another shape is brought to the size */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_size(
    livephoto_pipeline *pipeline, int32_t width, int32_t height, livephoto_fit fit);

/** Number of denoising steps: more takes longer and adds detail. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_steps(livephoto_pipeline *pipeline, int32_t steps);

/** How strongly the text counts against the negative text; 1 is off and twice as fast as anything else. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_guidance(livephoto_pipeline *pipeline, double guidance);

/** How far the spread of values that guidance widens is brought back to that of the text's own output, 0 (off) to 1;
 *  against burnt colours at strong guidance. Counts when guidance is not 1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_guidance_rescale(livephoto_pipeline *pipeline, double share);

/** Rule of the denoising steps. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_sampler(livephoto_pipeline *pipeline, livephoto_sampler sampler);

/** Threads that one run uses, 0 to 64; 0 (the default) is one per physical core. Does not change the result. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_threads(livephoto_pipeline *pipeline, int32_t threads);

/** Frames a second of saved clips. Keeps the state: a finished clip stays and is saved at the new rate. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_fps(livephoto_pipeline *pipeline, int32_t fps);

/** Whether frame 0 is the photo itself, pixel by pixel, whatever the model makes of it; default false. A model that
 *  anchors the first frame, as the shipped one does, gives the photo in either case. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_keep_first_frame(livephoto_pipeline *pipeline, bool keep);

/** Whether the clip's end leads back to its beginning, for players that repeat it; default false. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_loop(livephoto_pipeline *pipeline, bool loop);

/** Whether the motion is made larger or smaller until the clip measures the intensity that was asked for (see
 *  livephoto_pipeline_measure()); default true. "Slowly" and "fast" in the prompt move the goal by up to 1.5 levels.
 *  False leaves motion as large as the network thinks it is at that level. For models with a layered motion head, as
 *  the shipped one; others ignore it. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_calibration(livephoto_pipeline *pipeline, bool calibration);

/** Sets every parameter of this section back to the model's default. Photo and texts stay. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_set_defaults(livephoto_pipeline *pipeline);

/** Tells the range of a parameter and its default, for this model.
 *
 *  @param parameter  a livephoto_parameter
 *  @param minimum, maximum, standard  each receives its value; each may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, unknown parameter)
 *  @note   Any state. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_bounds(
    const livephoto_pipeline *pipeline, livephoto_parameter parameter, double *minimum, double *maximum,
    double *standard);

/** Tells the value of a parameter as it is set now.
 *
 *  @param value  receives the value
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, unknown parameter, NULL)
 *  @note   Any state. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_value(
    const livephoto_pipeline *pipeline, livephoto_parameter parameter, double *value);

/** Estimates what the next run will take with the parameters as they are.
 *
 *  @param pipeline  a live pipeline with a photo
 *  @param seconds   receives seconds on this machine; may be NULL
 *  @param bytes     receives the peak of memory beyond the model's own; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle); LIVEPHOTO_ERROR_STATE (no photo)
 *  @note   One thread per pipeline; state CONFIGURED or DONE. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_estimate(
    livephoto_pipeline *pipeline, double *seconds, uint64_t *bytes);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Words
 * ------------------------------------------------------------------------------------------------------------------ */

/** Counts the words of the prompt that the model gives a weight, and the weights each has.
 *
 *  @param pipeline     a live pipeline
 *  @param words        receives the number of words; may be NULL
 *  @param frame_count  receives the weights per word: 1 when a weight serves all frames, else one per frame of the
 *                      model's training; 0 when the model does not weigh words. May be NULL.
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle); LIVEPHOTO_ERROR_OUT_OF_MEMORY
 *  @note   One thread per pipeline; state CONFIGURED or DONE; needs no photo. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_word_count(
    livephoto_pipeline *pipeline, int32_t *words, int32_t *frame_count);

/** Tells one word of the prompt and how much the motion listens to it, 0 to 1.
 *
 *  @param pipeline         a live pipeline
 *  @param index            0 to words - 1
 *  @param text             receives the word, UTF-8 with a zero byte; NULL to ask for its size only
 *  @param text_capacity    bytes that `text` holds
 *  @param text_size        receives the bytes needed, zero byte included; may be NULL
 *  @param weights          receives the weights, one per frame of livephoto_pipeline_word_count(); may be NULL
 *  @param weight_capacity  values that `weights` holds; must be enough for all unless `weights` is NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, index, capacity)
 *  @note   As livephoto_pipeline_word_count(). Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_word(
    livephoto_pipeline *pipeline, int32_t index, char *text, size_t text_capacity, size_t *text_size, float *weights,
    size_t weight_capacity);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  Running
 * ------------------------------------------------------------------------------------------------------------------ */

/** Does one step: encoding, one denoising step of the whole clip, or one decoded frame. In DONE it does nothing and
 *  reports a finished run.
 *
 *  @param pipeline  a live pipeline with a photo
 *  @param progress  receives where the run is, `struct_size` must be set; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, struct_size); LIVEPHOTO_ERROR_STATE (no photo, in use by
 *          another thread, in a callback); LIVEPHOTO_ERROR_CANCELLED; LIVEPHOTO_ERROR_OUT_OF_MEMORY. After a failure
 *          the state is CONFIGURED.
 *  @note   One thread per pipeline. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_step(livephoto_pipeline *pipeline, livephoto_progress *progress);

/** Does all steps that are left, to DONE.
 *
 *  @param pipeline   a live pipeline with a photo
 *  @param callback   called after each step, on this thread; may be NULL
 *  @param user_data  handed to the callback; may be NULL
 *  @return as livephoto_pipeline_step(); LIVEPHOTO_ERROR_CANCELLED also when the callback asked to stop
 *  @note   One thread per pipeline. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_run(
    livephoto_pipeline *pipeline, livephoto_step_callback callback, void *user_data);

/** Asks the call under way (step, run, save) to stop. It returns LIVEPHOTO_ERROR_CANCELLED, within a second on usual
 *  sizes; a cancelled run goes back to CONFIGURED, a cancelled save leaves no file and the clip stays. Between two
 *  steps the next step is cancelled. When no run has begun and no call is under way, nothing is kept: a later run
 *  is not affected. May be called again and again.
 *
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle)
 *  @note   Any thread, callbacks, and signal handlers; it leaves the message alone. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_cancel(livephoto_pipeline *pipeline);

/** Drops the run or the clip and goes back to CONFIGURED. Photo, texts and parameters stay.
 *
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle); LIVEPHOTO_ERROR_STATE (in use by another thread)
 *  @note   One thread per pipeline; any state. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_reset(livephoto_pipeline *pipeline);

/** Size of previews: the working size of the model for this photo.
 *
 *  @param width, height  each receives pixels; each may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle); LIVEPHOTO_ERROR_STATE (no photo)
 *  @note   One thread per pipeline; any state; also in the callback of a run. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_preview_size(
    livephoto_pipeline *pipeline, int32_t *width, int32_t *height);

/** Copies a quick look at a frame as far as the run has come: cheap, at the working size, no detail added.
 *
 *  @param pipeline  a live pipeline after at least one denoising step, or in DONE
 *  @param frame     0 to frames - 1
 *  @param pixels    receives the picture
 *  @param capacity  bytes that `pixels` holds, at least stride * (height - 1) + width * bytes per pixel
 *  @param stride    bytes from one row to the next, at least width * bytes per pixel; 0 for exactly that
 *  @param format    a livephoto_format
 *  @param rows      a livephoto_rows
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, NULL, frame, capacity, stride, format, rows);
 *          LIVEPHOTO_ERROR_STATE (nothing denoised yet)
 *  @note   One thread per pipeline; also in the callback of a run. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_preview(
    livephoto_pipeline *pipeline, int32_t frame, void *pixels, size_t capacity, size_t stride, livephoto_format format,
    livephoto_rows rows);

/* ------------------------------------------------------------------------------------------------------------------ *
 *  The clip
 * ------------------------------------------------------------------------------------------------------------------ */

/** Size and length of the clip that the parameters as they are lead to.
 *
 *  @param width, height  each receives pixels; may be NULL
 *  @param frames         receives the number of frames; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle); LIVEPHOTO_ERROR_STATE (no photo)
 *  @note   One thread per pipeline; any state. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_clip_size(
    livephoto_pipeline *pipeline, int32_t *width, int32_t *height, int32_t *frames);

/** Copies one frame of the finished clip.
 *
 *  @param pipeline  a live pipeline, in state DONE
 *  @param frame     0 to frames - 1
 *  @param pixels    receives the picture
 *  @param capacity  bytes that `pixels` holds, at least stride * (height - 1) + width * bytes per pixel
 *  @param stride    bytes from one row to the next, at least width * bytes per pixel; 0 for exactly that. Bytes between
 *                   the rows are left alone.
 *  @param format    a livephoto_format
 *  @param rows      a livephoto_rows
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, NULL, frame, capacity, stride, format, rows);
 *          LIVEPHOTO_ERROR_STATE (not DONE)
 *  @note   One thread per pipeline. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_frame(
    livephoto_pipeline *pipeline, int32_t frame, void *pixels, size_t capacity, size_t stride, livephoto_format format,
    livephoto_rows rows);

/** Saves the finished clip. The ending of the path chooses the writer: .mp4 (H.264), .webm, .gif, .webp and .png
 *  (both animated), or a path that ends in / for a folder of numbered PNG files. A file of that name is replaced once
 *  the new one is complete; after a failure it is as it was.
 *
 *  @param pipeline   a live pipeline, in state DONE
 *  @param path       UTF-8 path; the folder it lies in must exist
 *  @param progress   called with the part written, on this thread; may be NULL
 *  @param user_data  handed to `progress`; may be NULL
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT; LIVEPHOTO_ERROR_STATE (not DONE); LIVEPHOTO_ERROR_MEDIA_FORMAT (no
 *          writer for this ending, or none on this machine); LIVEPHOTO_ERROR_MEDIA_WRITE;
 *          LIVEPHOTO_ERROR_MEDIA_NO_SPACE; LIVEPHOTO_ERROR_CANCELLED
 *  @note   One thread per pipeline. Keeps the state. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_save(
    livephoto_pipeline *pipeline, const char *path, livephoto_fraction_callback progress, void *user_data);

/** Measures how much the finished clip moves, as livephoto_model_measure_file() does for a file.
 *
 *  @param pipeline     a live pipeline, in state DONE
 *  @param measurement  receives the result; `struct_size` must be set
 *  @param curve        receives the SSIM of each pair of adjacent frames, at most `capacity` of them; may be NULL
 *  @param capacity     values that `curve` holds; frames - 1 are enough
 *  @return LIVEPHOTO_OK; LIVEPHOTO_ERROR_ARGUMENT (handle, NULL, struct_size); LIVEPHOTO_ERROR_STATE (not DONE);
 *          LIVEPHOTO_ERROR_OUT_OF_MEMORY
 *  @note   One thread per pipeline. Since 0.1. */
LIVEPHOTO_API livephoto_status livephoto_pipeline_measure(
    livephoto_pipeline *pipeline, livephoto_measurement *measurement, double *curve, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif /* LIVEPHOTO_H */
