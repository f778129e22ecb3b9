// The receiving end of the GStreamer pair: runs the pipeline that it is given and logs, for every picture that leaves
// the element named "decoder", what the latency strip in it says and when it left, as `martlet play --strip` does.
//
//     receiver LOG PIPELINE

#include <gst/gst.h>
#include <gst/video/video.h>
#include <stdio.h>
#include <time.h>

// As in Sources/LatencyStrip.
enum { CELL_SIDE = 16, COLUMNS = 30, ROWS = 3, CELL_COUNT = COLUMNS * ROWS };

typedef struct {
  guint32 frame_number;
  guint32 input_count;
  guint8 flags;
} Strip;

typedef struct {
  FILE *log;
  GstVideoInfo info;
  gboolean has_info;
} Watch;

static gint64 monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

static guint16 checksum(const guint8 octets[9]) {
  guint16 remainder = 0xFFFF;
  for (int index = 0; index < 9; index++) {
    remainder ^= (guint16)(octets[index] << 8);
    for (int bit = 0; bit < 8; bit++) {
      remainder = remainder & 0x8000 ? (guint16)(remainder << 1 ^ 0x1021) : (guint16)(remainder << 1);
    }
  }
  return remainder;
}

// Each cell is the mean of its middle 8 × 8 samples, white above half.
static gboolean is_white(const guint8 *luma, int stride, int cell) {
  int margin = CELL_SIDE / 4, side = CELL_SIDE / 2;
  const guint8 *corner = luma + (cell / COLUMNS * CELL_SIDE + margin) * stride + cell % COLUMNS * CELL_SIDE + margin;
  int sum = 0;
  for (int line = 0; line < side; line++) {
    for (int sample = 0; sample < side; sample++) sum += corner[line * stride + sample];
  }
  return 2 * sum > (16 + 235) * side * side;
}

static gboolean read_strip(const guint8 *luma, int stride, Strip *strip) {
  guint8 octets[11] = {0};
  if (!is_white(luma, stride, 0) || is_white(luma, stride, 1)) return FALSE;
  for (int bit = 0; bit < CELL_COUNT - 2; bit++) {
    octets[bit / 8] = (guint8)(octets[bit / 8] << 1 | is_white(luma, stride, bit + 2));
  }
  if (checksum(octets) != GST_READ_UINT16_BE(octets + 9)) return FALSE;
  strip->frame_number = GST_READ_UINT32_BE(octets);
  strip->input_count = GST_READ_UINT32_BE(octets + 4);
  strip->flags = octets[8];
  return TRUE;
}

static GstPadProbeReturn picture_decoded(GstPad *pad, GstPadProbeInfo *probe, gpointer context) {
  gint64 now = monotonic_nanoseconds();
  Watch *watch = context;
  if (GST_PAD_PROBE_INFO_TYPE(probe) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT(probe);
    if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
      GstCaps *caps;
      gst_event_parse_caps(event, &caps);
      watch->has_info = gst_video_info_from_caps(&watch->info, caps);
    }
    return GST_PAD_PROBE_OK;
  }
  (void)pad;
  GstVideoFrame frame;
  if (!watch->has_info || watch->info.width < COLUMNS * CELL_SIDE || watch->info.height < ROWS * CELL_SIDE ||
      !gst_video_frame_map(&frame, &watch->info, GST_PAD_PROBE_INFO_BUFFER(probe), GST_MAP_READ)) {
    return GST_PAD_PROBE_OK;
  }
  Strip strip;
  if (read_strip(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0), &strip)) {
    fprintf(watch->log, "{\"frame\":%u,\"inputs\":%u,\"flash\":%s,\"decoded_ns\":%" G_GINT64_FORMAT "}\n",
            strip.frame_number, strip.input_count, strip.flags & 1 ? "true" : "false", now);
  }
  gst_video_frame_unmap(&frame);
  return GST_PAD_PROBE_OK;
}

int main(int argc, char **argv) {
  gst_init(&argc, &argv);
  if (argc != 3) {
    fprintf(stderr, "usage: receiver LOG PIPELINE\n");
    return 64;
  }
  Watch watch = {.log = fopen(argv[1], "we")};
  if (watch.log == NULL) {
    perror(argv[1]);
    return 73;
  }
  setvbuf(watch.log, NULL, _IOLBF, 0);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch(argv[2], &error);
  GstElement *decoder = pipeline ? gst_bin_get_by_name(GST_BIN(pipeline), "decoder") : NULL;
  if (error != NULL || decoder == NULL) {
    fprintf(stderr, "%s\n", error ? error->message : "the pipeline has no element named decoder");
    return 65;
  }
  GstPad *pad = gst_element_get_static_pad(decoder, "src");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, picture_decoded, &watch,
                    NULL);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  // Runs until it is killed, or until something breaks.
  GstMessage *message = gst_bus_timed_pop_filtered(gst_element_get_bus(pipeline), GST_CLOCK_TIME_NONE,
                                                   GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &error, NULL);
    fprintf(stderr, "%s\n", error->message);
  }
  return 1;
}
