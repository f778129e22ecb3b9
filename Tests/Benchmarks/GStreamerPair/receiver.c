// The receiving end of the GStreamer pair: runs the pipeline that it is given and logs, for every picture that leaves
// the element named "decoder", what the latency strip in it says and when it left, as `martlet play --strip` does.
//
//     receiver LOG PIPELINE

#include <gst/gst.h>
#include <gst/video/video.h>
#include <inttypes.h>
#include <stdio.h>

#include "../CLatencyStrip/strip.h"

typedef struct {
  FILE *log;
  GstVideoInfo info;
  gboolean has_info;
} Watch;

static GstPadProbeReturn picture_decoded(GstPad *pad, GstPadProbeInfo *probe, gpointer context) {
  int64_t now = monotonic_nanoseconds();
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
  if (!watch->has_info ||
      !gst_video_frame_map(&frame, &watch->info, GST_PAD_PROBE_INFO_BUFFER(probe), GST_MAP_READ)) {
    return GST_PAD_PROBE_OK;
  }
  Strip strip;
  if (read_strip(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0), watch->info.width,
                 watch->info.height, &strip)) {
    fprintf(watch->log,
            "{\"frame\":%" PRIu32 ",\"inputs\":%" PRIu32 ",\"flash\":%s,\"decoded_ns\":%" PRId64 "}\n",
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
