// The arithmetic under LPTensor: plain C loops on rows that are contiguous in memory.
//
// Every function works on one chunk in one thread, allocates nothing, trusts its arguments (LPTensor has checked them) and
// is compiled for several instruction sets, the best of which the loader picks. Sizes are in elements, not bytes.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef intptr_t clp_size;

// Activations, the same numbers as LPTensor.Activation.
enum { CLP_NONE = 0, CLP_SILU = 1, CLP_GELU = 2, CLP_QUICK_GELU = 3, CLP_RELU = 4, CLP_SIGMOID = 5, CLP_RELU6 = 6 };

// ---- elementwise.c ----

/// y = activation(x), y may be x.
void clp_activate(const float *x, float *y, clp_size count, int activation);
/// y = activation(y + bias) on rows of `columns` values that lie `stride` apart; bias may be NULL.
void clp_bias_activation(float *y, const float *bias, clp_size rows, clp_size columns, clp_size stride, int activation);
/// y = activation(x * factor + shift), factor and shift one value a column, y may be x.
void clp_affine_activation(const float *x, float *y, const float *factor, const float *shift, clp_size rows,
                           clp_size columns, int activation);
/// y[r, c] = x[r, c] * gelu(x[r, half + c]); x has rows of 2 * half.
void clp_geglu(const float *x, float *y, clp_size rows, clp_size half);
void clp_add(const float *a, const float *b, float *y, clp_size count);
/// y[r, c] = x[r, c] + row[c]
void clp_add_row(const float *x, const float *row, float *y, clp_size rows, clp_size columns);
/// y = a * x + b * z
void clp_axpby(float a, const float *x, float b, const float *z, float *y, clp_size count);
void clp_scale(const float *x, float factor, float *y, clp_size count);
/// IEEE half and bfloat16 to float; x at any alignment.
void clp_widen_half(const void *x, float *y, clp_size count);
void clp_widen_bfloat(const void *x, float *y, clp_size count);
/// Float to IEEE half and bfloat16, to nearest, ties to even; y is aligned to 2.
void clp_narrow_half(const float *x, void *y, clp_size count);
void clp_narrow_bfloat(const float *x, void *y, clp_size count);

// ---- norms.c ----

/// Each row of x to zero mean and unit variance, then gamma and beta.
void clp_layer_norm(const float *x, float *y, const float *gamma, const float *beta, clp_size rows, clp_size columns,
                    float epsilon);
/// Per column of x [rows, columns]: the mean, and the sum of squared distances from it. Uses the first row as pivot, so that
/// a large mean costs no digits.
void clp_column_moments(const float *x, clp_size rows, clp_size columns, float *mean, float *squares);
/// From the column moments of consecutive chunks ([chunks, columns]; every chunk has chunk_rows rows but for the last of each
/// `period` chunks, which has last_rows) to the factor and shift per column that normalise each group of columns.
void clp_group_affine(const float *mean, const float *squares, clp_size chunks, clp_size period, clp_size chunk_rows,
                      clp_size last_rows, clp_size columns, clp_size groups, float epsilon, const float *gamma,
                      const float *beta, float *factor, float *shift);
/// Each row to exp(x - its largest) in place; inverse[r] is one over the row's sum. With first_row >= 0 the mask is causal:
/// row r keeps columns 0...first_row + r.
void clp_exp_rows(float *x, clp_size rows, clp_size columns, clp_size stride, clp_size first_row, float *inverse);
/// Row r times factor[r].
void clp_scale_rows(float *x, const float *factor, clp_size rows, clp_size columns, clp_size stride);

// ---- attention.c ----

/// Floats of scratch that clp_attention_small needs.
clp_size clp_attention_small_scratch(clp_size keys, clp_size width);
/// One head of one short sequence: y = softmax(factor * q kT) v. Rows lie `stride` apart; at most 64 keys.
void clp_attention_small(const float *q, const float *k, const float *v, float *y, clp_size queries, clp_size keys,
                         clp_size width, clp_size stride, float factor, bool causal, float *scratch);

// ---- few_rows.c ----

/// y [rows, columns] = x [rows, inner] times weight [columns, inner] transposed, for 1 to 4 rows; rows of y lie `stride` apart.
/// Reads each weight once, which is what such a product costs.
void clp_few_rows(const float *x, const float *weight, float *y, clp_size rows, clp_size columns, clp_size inner,
                  clp_size stride);

// ---- convolution.c ----

/// A window of an image, its kernel, and the way it is padded.
typedef struct {
    clp_size height, width, channels;       // of the input
    clp_size output_width;
    clp_size kernel_height, kernel_width, stride, top, left;
} clp_window;
/// Output pixels first ..< first + count of one image as rows of kernel_height * kernel_width * channels values.
void clp_unfold(const float *image, const clp_window *window, clp_size first, clp_size count, float *rows);
/// The same as rows of channels * kernel_height * kernel_width values, the order of PyTorch's weights.
void clp_unfold_channels(const float *image, const clp_window *window, clp_size first, clp_size count, float *rows);

// ---- depthwise.c ----

/// Each channel with a kernel of its own: output rows first ..< first + count of one image. weight is
/// [kernel_height * kernel_width, channels]; bias is one value a channel or NULL; y is the first of these rows.
void clp_depthwise(const float *image, const clp_window *window, clp_size first, clp_size count, const float *weight,
                   const float *bias, int activation, float *y);

// ---- winograd.c ----

/// Floats of the transformed kernel.
clp_size clp_winograd_weights(clp_size outputs, clp_size inputs);
/// Floats of one of its panels, 32 outputs.
clp_size clp_winograd_panel_size(clp_size inputs);
/// `kept` (at most 32) outputs of PyTorch's [outputs, inputs, 3, 3], x the first of them, to one panel of the transformed
/// kernel.
void clp_winograd_pack(const float *x, clp_size kept, clp_size inputs, float *u);
clp_size clp_winograd_scratch(clp_size tiles, clp_size inputs);
/// 3x3 convolution with stride 1 of 4x4 output tiles first ..< first + count, numbered over all images.
void clp_winograd(const float *x, const clp_window *window, clp_size output_height, const float *packed, clp_size outputs,
                  const float *bias, int activation, float *y, clp_size first, clp_size count, float *scratch);

/// The same in three parts, for kernels that are too large to be kept transformed. Floats of `total` transformed tiles, and of
/// their products with one panel:
clp_size clp_winograd_tiles_size(clp_size total, clp_size inputs);
clp_size clp_winograd_products(clp_size total);
/// Tiles first ..< first + count to places begin ..< begin + count of v; `zeros` is a row of zeros, one a channel.
void clp_winograd_tiles(const float *x, const clp_window *window, clp_size output_height, clp_size first, clp_size count,
                        float *v, clp_size total, clp_size begin, const float *zeros);
/// m = products of all `count` tiles of v with one packed panel of the inputs first ..< first + inputs; m grows unless first
/// is 0, in the same order as if all inputs came at once.
void clp_winograd_multiply(const float *v, clp_size channels, clp_size count, clp_size first, clp_size inputs, const float *u,
                           float *m);
/// Products to outputs of one panel, for tiles first ..< first + count.
void clp_winograd_outputs(const float *m, const clp_window *window, clp_size output_height, clp_size outputs, clp_size panel,
                          const float *bias, int activation, float *y, clp_size first, clp_size count);

/// The product inside: c [rows, 32] = a [rows, inner] * b [inner, 32], with the instructions of a processor level that this
/// processor has. For tests.
void clp_panel_product(int level, const float *a, clp_size rows, clp_size inner, const float *b, float *c);

// ---- layout.c ----

/// `rows` pieces of `length` values from src (src_stride apart) to dst (dst_stride apart).
void clp_copy_rows(const float *src, clp_size src_stride, float *dst, clp_size dst_stride, clp_size rows, clp_size length);
/// One image of [height, width, channels] to [height * factor, width * factor, channels / factor^2], rows first ..< last
/// of the input.
void clp_pixel_shuffle(const float *x, float *y, clp_size first, clp_size last, clp_size width, clp_size channels,
                       clp_size factor);
/// y [columns, channels] = x [source[column], channels]
void clp_gather(const float *x, float *y, const int32_t *source, clp_size columns, clp_size channels);
/// PyTorch's [outputs, inputs, kernel] to [kernel * inputs, outputs].
void clp_pack_kernel(const float *x, float *y, clp_size outputs, clp_size inputs, clp_size kernel);

// ---- resample.c ----

/// y [outputs, channels]: y[o] = sum over t of weight[o * taps + t] * x[source[o * taps + t]].
void clp_resample(const float *x, float *y, const int32_t *source, const float *weight, clp_size outputs, clp_size taps,
                  clp_size channels);
/// Backward warp of rows first ..< last of one image; flow is [height, width, 2], x then y.
void clp_warp(const float *image, const float *flow, float *y, clp_size height, clp_size width, clp_size channels,
              clp_size first, clp_size last, bool bicubic, bool reflect);

// ---- threads.c ----

typedef struct clp_counter clp_counter;
clp_counter *clp_counter_create(void);  // NULL when out of memory
void clp_counter_free(clp_counter *counter);
int64_t clp_counter_add(clp_counter *counter, int64_t amount);  // the value before
int64_t clp_counter_load(const clp_counter *counter);
void clp_counter_store(clp_counter *counter, int64_t value);
/// Whether this thread is inside a parallel body, and a way to say so.
bool clp_inside_parallel(void);
void clp_set_inside_parallel(bool inside);
/// What tools show for this thread; at most 15 bytes.
void clp_name_thread(const char *name);
/// 0: SSE only, 1: AVX2 and FMA, 2: AVX-512 (F, BW, DQ, VL), as processor and operating system allow; vendor 1: Intel, 2: AMD.
int clp_processor_level(void);
/// Cores that this process may use, hyper-threads of one core counted once; at least 1.
int clp_physical_cores(void);
int clp_processor_vendor(void);
