// SPDX-License-Identifier: Apache-2.0
// The inner loops for each instruction set (see vector_block.hpp).
//
// One iteration over k multiplies Rows weights with Columns vectors of pixels: with AVX-512 that is 8 x 2 vectors of
// 16, so 16 sums live in registers and each loaded vector is used 8 times.
// Before and after: as the header says.
#include "compiler/ops/vector_block.hpp"

namespace sluice::ops {
namespace {

typedef float Vector4 __attribute__((vector_size(16)));
typedef float Vector8 __attribute__((vector_size(32)));
typedef float Vector16 __attribute__((vector_size(64)));

template <typename Vector, int Rows, int Columns>
[[gnu::always_inline]] inline void multiply_block(const float* weights, const float* source, std::int64_t source_step,
                                                  std::int64_t depth, float* tile) {
  constexpr int kLanes = sizeof(Vector) / sizeof(float);
  Vector sums[Rows][Columns] = {};
  for (std::int64_t k = 0; k < depth; ++k, weights += Rows, source += source_step) {
    Vector pixels[Columns];
    // memcpy, because rows of a map begin anywhere; it becomes one unaligned load.
    for (int c = 0; c < Columns; ++c) __builtin_memcpy(&pixels[c], source + c * kLanes, sizeof(Vector));
    for (int r = 0; r < Rows; ++r) {
      for (int c = 0; c < Columns; ++c) sums[r][c] += weights[r] * pixels[c];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int c = 0; c < Columns; ++c) __builtin_memcpy(tile + (r * Columns + c) * kLanes, &sums[r][c], sizeof(Vector));
  }
}

[[gnu::always_inline]] inline void add_scaled(float weight, const float* row, std::int64_t stride, std::int64_t count,
                                              float* __restrict__ out) {
  if (stride == 1) {
    for (std::int64_t i = 0; i < count; ++i) out[i] += weight * row[i];
  } else if (stride == 2) {
    for (std::int64_t i = 0; i < count; ++i) out[i] += weight * row[2 * i];
  } else {
    for (std::int64_t i = 0; i < count; ++i) out[i] += weight * row[i * stride];
  }
}

void multiply_base(const float* w, const float* s, std::int64_t step, std::int64_t depth, float* tile) {
  multiply_block<Vector4, 4, 2>(w, s, step, depth, tile);
}

void scale_base(float weight, const float* row, std::int64_t stride, std::int64_t count, float* out) {
  add_scaled(weight, row, stride, count, out);
}

constexpr VectorBlock kBase{4, 8, multiply_base, scale_base};

#if defined(__x86_64__)

[[gnu::target("avx2")]] void multiply_avx2(const float* w, const float* s, std::int64_t step, std::int64_t depth,
                                           float* tile) {
  multiply_block<Vector8, 4, 2>(w, s, step, depth, tile);
}

[[gnu::target("avx2")]] void scale_avx2(float weight, const float* row, std::int64_t stride, std::int64_t count,
                                        float* out) {
  add_scaled(weight, row, stride, count, out);
}

[[gnu::target("avx512f")]] void multiply_avx512(const float* w, const float* s, std::int64_t step, std::int64_t depth,
                                                float* tile) {
  multiply_block<Vector16, 8, 2>(w, s, step, depth, tile);
}

[[gnu::target("avx512f")]] void scale_avx512(float weight, const float* row, std::int64_t stride, std::int64_t count,
                                             float* out) {
  add_scaled(weight, row, stride, count, out);
}

constexpr VectorBlock kAvx2{4, 16, multiply_avx2, scale_avx2};
constexpr VectorBlock kAvx512{8, 32, multiply_avx512, scale_avx512};

const VectorBlock& choose() {
  if (__builtin_cpu_supports("avx512f")) return kAvx512;
  return __builtin_cpu_supports("avx2") ? kAvx2 : kBase;
}

#else

const VectorBlock& choose() { return kBase; }

#endif

}  // namespace

const VectorBlock& vector_block() {
  static const VectorBlock& chosen = choose();
  return chosen;
}

}  // namespace sluice::ops
