#ifndef ENVEJ_CERTS_HTTPS_CHUNKS_H_
#define ENVEJ_CERTS_HTTPS_CHUNKS_H_

#include <httplib.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace envej::https {

inline constexpr size_t kChunkLineBytesMost = 1024;  // of a chunk's size with its extensions, and of a trailer

// What may stand around content of at most that many bytes. As much again, so that who sends it in the smallest pieces
// has a bound too.
constexpr size_t ChunkFramingMost(size_t content_most) { return content_most + 4096; }

// Reads content that comes in chunks (RFC 9112, section 7.1), to its end, into `content`, which was empty and grows
// without being copied. Extensions and trailers are passed over. It is strict, so that nobody on the way reads more of
// it or less: lines end with CR and LF, a size is one to eight hexadecimal digits. DATA_LOSS where it is not so;
// RESOURCE_EXHAUSTED where the content is longer than `most`, what stands around it than ChunkFramingMost, or a line
// than kChunkLineBytesMost; DEADLINE_EXCEEDED where the stream gives no more. After an error `content` has what came.
absl::Status ReadChunks(httplib::Stream& stream, size_t most, std::string& content);

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_CHUNKS_H_
