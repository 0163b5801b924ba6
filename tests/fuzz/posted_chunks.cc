// Content that comes in chunks by HTTP.

#include <string>

#include "certs/https/chunks.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/memory_stream.h"

namespace envej::fuzz {
namespace {

constexpr size_t kMost = 100;

absl::Status Read(absl::string_view bytes, size_t at_once, std::string& content) {
  support::MemoryStream stream(bytes, at_once);
  absl::Status status = https::ReadChunks(stream, kMost, content);
  ENVEJ_FUZZ_CHECK(content.size() <= kMost);
  ENVEJ_FUZZ_CHECK(bytes.size() - stream.rest().size() <= kMost + https::ChunkFramingMost(kMost));
  return status;
}

}  // namespace

void Try(absl::string_view bytes) {
  std::string content;
  std::string again;
  const absl::Status status = Read(bytes, 1, content);
  ENVEJ_FUZZ_CHECK(Read(bytes, 4096, again) == status && (!status.ok() || again == content));
}

std::vector<std::string> Seeds() {
  return {"5\r\nabcde\r\n1;x=\"y\"\r\nf\r\n0\r\nA: b\r\n\r\nnext", "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n"};
}

}  // namespace envej::fuzz
