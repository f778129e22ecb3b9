// The least that streaming a picture costs on a machine: what Martlet does to each frame between the game's drawing and
// the decoded picture, with the same libraries and settings, but on one thread, with no network, encryption or session.
//
//     floor LOG FRAMES_PER_SECOND BITS_PER_SECOND
//
// XDamage wakes it; then MIT-SHM, libyuv, libx264 and libavcodec's decoder follow each other. LOG gets a line for every
// decoded picture, as from `martlet play --strip`, with the instants at which its stages ended. Runs until it is killed
// or the display is gone.

#define _GNU_SOURCE
#include <inttypes.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <libyuv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xcb/damage.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>
#include <xcb/xfixes.h>

#include "../CLatencyStrip/strip.h"

typedef struct {
  xcb_connection_t *connection;
  xcb_window_t root;
  int width, height;
  xcb_shm_seg_t segment;
  const uint8_t *pixels;
  xcb_damage_damage_t damage;
  uint8_t damage_event;
} Screen;

typedef struct {
  AVCodecContext *encoder, *decoder;
  AVFrame *input, *output;
  AVPacket *packet;
} Codec;

typedef struct {
  int64_t damaged, captured, converted, encoded, decoded;
} Times;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "floor: %s\n", what);
  exit(1);
}

static void check(const char *what, int status) {
  if (status < 0) {
    fprintf(stderr, "floor: %s: %s\n", what, av_err2str(status));
    exit(1);
  }
}

static Screen open_screen(void) {
  xcb_connection_t *connection = xcb_connect(NULL, NULL);
  if (xcb_connection_has_error(connection)) fail("no X server answers at DISPLAY");
  xcb_screen_t *root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
  const xcb_query_extension_reply_t *damage = xcb_get_extension_data(connection, &xcb_damage_id);
  const xcb_query_extension_reply_t *shm = xcb_get_extension_data(connection, &xcb_shm_id);
  if (!damage->present || !shm->present || root->root_depth != 24) fail("the display cannot be captured");
  free(xcb_damage_query_version_reply(connection, xcb_damage_query_version(connection, 1, 1), NULL));
  free(xcb_shm_query_version_reply(connection, xcb_shm_query_version(connection), NULL));

  Screen screen = {
      .connection = connection,
      .root = root->root,
      .width = root->width_in_pixels,
      .height = root->height_in_pixels,
      .segment = xcb_generate_id(connection),
      .damage = xcb_generate_id(connection),
      .damage_event = damage->first_event + XCB_DAMAGE_NOTIFY,
  };
  size_t byte_count = 4 * (size_t)screen.width * (size_t)screen.height;
  int descriptor = memfd_create("floor", MFD_CLOEXEC);
  if (descriptor < 0 || ftruncate(descriptor, (off_t)byte_count) != 0) fail("no shared memory");
  void *memory = mmap(NULL, byte_count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) fail("no shared memory");
  screen.pixels = memory;
  // libxcb closes the descriptor once it is sent.
  if (xcb_request_check(connection, xcb_shm_attach_fd_checked(connection, screen.segment, descriptor, 0))) {
    fail("the display takes no shared memory");
  }
  xcb_damage_create(connection, screen.damage, screen.root, XCB_DAMAGE_REPORT_LEVEL_NON_EMPTY);
  xcb_flush(connection);
  return screen;
}

// Waits until something has been drawn since the last capture; returns when that was known.
static int64_t wait_for_damage(const Screen *screen) {
  xcb_generic_event_t *event;
  while ((event = xcb_wait_for_event(screen->connection)) != NULL) {
    int64_t now = monotonic_nanoseconds();
    uint8_t type = event->response_type & 0x7F;
    free(event);
    if (type == screen->damage_event) return now;
  }
  fail("the display is gone");
}

// The damage is taken back before the picture is read, so that a change between the two is announced again.
static void capture(const Screen *screen) {
  xcb_damage_subtract(screen->connection, screen->damage, XCB_NONE, XCB_NONE);
  xcb_shm_get_image_cookie_t request =
      xcb_shm_get_image(screen->connection, screen->root, 0, 0, (uint16_t)screen->width, (uint16_t)screen->height,
                        UINT32_MAX, XCB_IMAGE_FORMAT_Z_PIXMAP, screen->segment, 0);
  xcb_shm_get_image_reply_t *reply = xcb_shm_get_image_reply(screen->connection, request, NULL);
  if (reply == NULL) fail("the display is gone");
  free(reply);
}

// As in Sources/FFmpegCodec/VideoEncoder+Opening.swift.
static AVCodecContext *open_encoder(int width, int height, int rate, int64_t bits) {
  const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
  if (codec == NULL) fail("this libavcodec was built without libx264");
  AVCodecContext *context = avcodec_alloc_context3(codec);
  context->width = width;
  context->height = height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = (AVRational){1, rate};
  context->framerate = (AVRational){rate, 1};
  context->sample_aspect_ratio = (AVRational){1, 1};
  context->color_range = AVCOL_RANGE_MPEG;
  context->color_primaries = AVCOL_PRI_SMPTE170M;
  context->color_trc = AVCOL_TRC_SMPTE170M;
  context->colorspace = AVCOL_SPC_SMPTE170M;
  context->chroma_sample_location = AVCHROMA_LOC_LEFT;
  context->max_b_frames = 0;
  context->refs = 1;
  context->gop_size = 1 << 30;
  context->thread_count = 2;
  context->thread_type = FF_THREAD_SLICE;
  context->bit_rate = bits;
  context->rc_max_rate = bits;
  context->rc_buffer_size = (int)(bits / rate);
  static const char *const options[][2] = {
      {"preset", "ultrafast"}, {"tune", "zerolatency"}, {"profile", "baseline"}, {"forced-idr", "1"}, {"aud", "0"},
      {"sc_threshold", "0"},   {"nal-hrd", "none"},     {"crf", "23"},
      {"x264-params", "sliced-threads=1:slices=2:repeat-headers=1"},
  };
  for (size_t index = 0; index < sizeof options / sizeof *options; index++) {
    check(options[index][0], av_opt_set(context->priv_data, options[index][0], options[index][1], 0));
  }
  check("the encoder", avcodec_open2(context, codec, NULL));
  return context;
}

// As in Sources/FFmpegCodec/VideoDecoder.swift.
static AVCodecContext *open_decoder(void) {
  const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_H264);
  if (codec == NULL) fail("this libavcodec was built without an H.264 decoder");
  AVCodecContext *context = avcodec_alloc_context3(codec);
  context->thread_count = 2;
  context->thread_type = FF_THREAD_SLICE;
  context->flags |= AV_CODEC_FLAG_LOW_DELAY;
  context->flags &= ~AV_CODEC_FLAG_OUTPUT_CORRUPT;
  context->err_recognition = AV_EF_EXPLODE;
  check("the decoder", avcodec_open2(context, codec, NULL));
  return context;
}

static Codec open_codec(const Screen *screen, int rate, int64_t bits) {
  Codec codec = {
      .encoder = open_encoder(screen->width, screen->height, rate, bits),
      .decoder = open_decoder(),
      .input = av_frame_alloc(),
      .output = av_frame_alloc(),
      .packet = av_packet_alloc(),
  };
  codec.input->format = AV_PIX_FMT_YUV420P;
  codec.input->width = screen->width;
  codec.input->height = screen->height;
  codec.input->color_range = AVCOL_RANGE_MPEG;
  codec.input->colorspace = AVCOL_SPC_SMPTE170M;
  check("a picture", av_frame_get_buffer(codec.input, 0));
  return codec;
}

// One picture all the way; afterwards the codec's output holds it.
static Times stream(const Screen *screen, Codec *codec, int64_t pts) {
  Times times;
  times.damaged = wait_for_damage(screen);
  capture(screen);
  times.captured = monotonic_nanoseconds();

  AVFrame *input = codec->input;
  check("a picture", av_frame_make_writable(input));
  ARGBToI420(screen->pixels, 4 * screen->width, input->data[0], input->linesize[0], input->data[1], input->linesize[1],
             input->data[2], input->linesize[2], screen->width, screen->height);
  times.converted = monotonic_nanoseconds();

  input->pts = pts;
  check("encoding", avcodec_send_frame(codec->encoder, input));
  check("encoding", avcodec_receive_packet(codec->encoder, codec->packet));
  times.encoded = monotonic_nanoseconds();

  check("decoding", avcodec_send_packet(codec->decoder, codec->packet));
  check("decoding", avcodec_receive_frame(codec->decoder, codec->output));
  times.decoded = monotonic_nanoseconds();
  av_packet_unref(codec->packet);
  return times;
}

int main(int argc, char **argv) {
  int rate = argc == 4 ? atoi(argv[2]) : 0;
  int64_t bits = argc == 4 ? atoll(argv[3]) : 0;
  if (rate < 1 || bits < 1000) {
    fprintf(stderr, "usage: floor LOG FRAMES_PER_SECOND BITS_PER_SECOND\n");
    return 64;
  }
  FILE *log = fopen(argv[1], "we");
  if (log == NULL) {
    perror(argv[1]);
    return 73;
  }
  setvbuf(log, NULL, _IOLBF, 0);
  Screen screen = open_screen();
  Codec codec = open_codec(&screen, rate, bits);
  for (int64_t pts = 0;; pts++) {
    Times times = stream(&screen, &codec, pts);
    const AVFrame *picture = codec.output;
    Strip strip;
    if (read_strip(picture->data[0], picture->linesize[0], picture->width, picture->height, &strip)) {
      fprintf(log,
              "{\"frame\":%" PRIu32 ",\"inputs\":%" PRIu32 ",\"flash\":%s,\"damaged_ns\":%" PRId64
              ",\"captured_ns\":%" PRId64 ",\"converted_ns\":%" PRId64 ",\"encoded_ns\":%" PRId64
              ",\"decoded_ns\":%" PRId64 "}\n",
              strip.frame_number, strip.input_count, strip.flags & 1 ? "true" : "false", times.damaged, times.captured,
              times.converted, times.encoded, times.decoded);
    }
    av_frame_unref(codec.output);
  }
}
