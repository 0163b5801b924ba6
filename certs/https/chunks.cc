#include "certs/https/chunks.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace envej::https {
namespace {

constexpr size_t kSizeDigitsMost = 8;
constexpr absl::string_view kLineEnd = "\r\n";

absl::Status TooLong() { return absl::ResourceExhaustedError("the request's content is too long"); }
absl::Status NotInChunks() { return absl::DataLossError("the request's content is not in chunks, as it says"); }

// The size that a line says, before what extends it.
absl::StatusOr<size_t> SizeOf(absl::string_view line) {
  const size_t end = line.find(';');
  absl::string_view digits = line.substr(0, end);
  if (end != absl::string_view::npos) digits = absl::StripTrailingAsciiWhitespace(digits);
  const bool is_number = !digits.empty() && digits.size() <= kSizeDigitsMost &&
                         std::all_of(digits.begin(), digits.end(),
                                     [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
  uint32_t size = 0;
  if (!is_number || !absl::SimpleHexAtoi(digits, &size)) return NotInChunks();
  return size;
}

class ChunkReader {
 public:
  ChunkReader(httplib::Stream& stream, size_t most)
      : stream_(stream), most_(most), framing_left_(ChunkFramingMost(most)) {
    line_.reserve(kChunkLineBytesMost);
  }
  // What is not in chunks may stand in a line with its content.
  ~ChunkReader() { OPENSSL_cleanse(line_.data(), line_.capacity()); }
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  absl::Status Read(std::string& content) {
    content.reserve(most_);
    for (;;) {
      if (absl::Status status = ReadLine(); !status.ok()) return status;
      const absl::StatusOr<size_t> size = SizeOf(line_);
      if (!size.ok()) return size.status();
      if (*size == 0) return PassOverTrailers();
      if (*size > most_ - content.size()) return TooLong();
      const size_t begin = content.size();
      content.resize(begin + *size);
      if (absl::Status status = ReadBytes(content.data() + begin, *size); !status.ok()) return status;
      if (absl::Status status = ReadChunkEnd(); !status.ok()) return status;
    }
  }

 private:
  absl::Status PassOverTrailers() {
    do {
      if (absl::Status status = ReadLine(); !status.ok()) return status;
    } while (!line_.empty());
    return absl::OkStatus();
  }

  absl::Status ReadChunkEnd() {
    char end[kLineEnd.size()];
    if (absl::Status status = ReadFraming(end, sizeof end); !status.ok()) return status;
    return absl::string_view(end, sizeof end) == kLineEnd ? absl::OkStatus() : NotInChunks();
  }

  // Up to the line's end, and without it.
  absl::Status ReadLine() {
    line_.clear();
    for (char c = 0; c != '\n';) {
      if (line_.size() == kChunkLineBytesMost) return TooLong();
      if (absl::Status status = ReadFraming(&c, 1); !status.ok()) return status;
      line_ += c;
    }
    if (!absl::EndsWith(line_, kLineEnd)) return NotInChunks();
    line_.resize(line_.size() - kLineEnd.size());
    return absl::StrContains(line_, '\r') ? NotInChunks() : absl::OkStatus();
  }

  absl::Status ReadFraming(char* bytes, size_t size) {
    if (size > framing_left_) return TooLong();
    framing_left_ -= size;
    return ReadBytes(bytes, size);
  }

  absl::Status ReadBytes(char* bytes, size_t size) {
    while (size > 0) {
      const ssize_t got = stream_.read(bytes, size);
      if (got <= 0) return absl::DeadlineExceededError("the request's content did not come");
      bytes += got;
      size -= static_cast<size_t>(got);
    }
    return absl::OkStatus();
  }

  httplib::Stream& stream_;
  const size_t most_;
  size_t framing_left_;
  std::string line_;
};

}  // namespace

absl::Status ReadChunks(httplib::Stream& stream, size_t most, std::string& content) {
  return ChunkReader(stream, most).Read(content);
}

}  // namespace envej::https
