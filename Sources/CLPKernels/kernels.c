#include "clp_kernels.h"
