// FFmpegCodec
