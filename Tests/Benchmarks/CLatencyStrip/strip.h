// Reads the latency strip of Sources/LatencyStrip from a decoded picture.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { CELL_SIDE = 16, COLUMNS = 30, ROWS = 3, CELL_COUNT = COLUMNS * ROWS };

typedef struct {
  uint32_t frame_number;
  uint32_t input_count;
  uint8_t flags;
} Strip;

static inline int64_t monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline uint16_t strip_checksum(const uint8_t octets[9]) {
  uint16_t remainder = 0xFFFF;
  for (int index = 0; index < 9; index++) {
    remainder ^= (uint16_t)(octets[index] << 8);
    for (int bit = 0; bit < 8; bit++) {
      remainder = remainder & 0x8000 ? (uint16_t)(remainder << 1 ^ 0x1021) : (uint16_t)(remainder << 1);
    }
  }
  return remainder;
}

static inline uint32_t big_endian_32(const uint8_t *octets) {
  return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

// Each cell is the mean of its middle 8 × 8 samples, white above half.
static inline bool is_white(const uint8_t *luma, int stride, int cell) {
  int margin = CELL_SIDE / 4, side = CELL_SIDE / 2;
  const uint8_t *corner = luma + (cell / COLUMNS * CELL_SIDE + margin) * stride + cell % COLUMNS * CELL_SIDE + margin;
  int sum = 0;
  for (int line = 0; line < side; line++) {
    for (int sample = 0; sample < side; sample++) sum += corner[line * stride + sample];
  }
  return 2 * sum > (16 + 235) * side * side;
}

// False if the picture is too small for a strip or shows no intact one.
static inline bool read_strip(const uint8_t *luma, int stride, int width, int height, Strip *strip) {
  if (width < COLUMNS * CELL_SIDE || height < ROWS * CELL_SIDE) return false;
  if (!is_white(luma, stride, 0) || is_white(luma, stride, 1)) return false;
  uint8_t octets[11] = {0};
  for (int bit = 0; bit < CELL_COUNT - 2; bit++) {
    octets[bit / 8] = (uint8_t)(octets[bit / 8] << 1 | is_white(luma, stride, bit + 2));
  }
  if (strip_checksum(octets) != (uint16_t)(octets[9] << 8 | octets[10])) return false;
  strip->frame_number = big_endian_32(octets);
  strip->input_count = big_endian_32(octets + 4);
  strip->flags = octets[8];
  return true;
}
