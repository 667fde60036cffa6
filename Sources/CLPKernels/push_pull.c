#include "clp_math.h"
#include "clp_plates.h"

CLP_CLONES void clp_push(const float *colour, const float *weight, clp_size height, clp_size width, clp_size channels,
                         clp_size first, clp_size last, float *smaller, float *smaller_weight) {
    const clp_size columns = (width + 1) / 2;
    for (clp_size y = first; y < last; ++y)
        for (clp_size x = 0; x < columns; ++x) {
            float *to = smaller + (y * columns + x) * channels;
            for (clp_size c = 0; c < channels; ++c) to[c] = 0;
            float total = 0;
            for (clp_size j = 2 * y; j < 2 * y + 2 && j < height; ++j)
                for (clp_size i = 2 * x; i < 2 * x + 2 && i < width; ++i) {
                    const float *from = colour + (j * width + i) * channels;
                    for (clp_size c = 0; c < channels; ++c) to[c] += from[c];
                    total += weight[j * width + i];
                }
            const float kept = total < 1 ? total : 1, divisor = total > 1e-6f ? total : 1e-6f;
            for (clp_size c = 0; c < channels; ++c) to[c] = to[c] / divisor * kept;
            smaller_weight[y * columns + x] = kept;
        }
}

CLP_CLONES void clp_pull(const float *enlarged, const float *weight, float *colour, clp_size count, clp_size channels) {
    for (clp_size i = 0; i < count; ++i) {
        const float rest = 1 - weight[i];
        for (clp_size c = 0; c < channels; ++c) colour[i * channels + c] += rest * enlarged[i * channels + c];
    }
}
