#include "region-client/agent/random_ids.h"

#include <openssl/rand.h>

#include "proto/contract/notice_id.h"

namespace envej::region {
namespace {

constexpr size_t kUuidBytes = 16;

}  // namespace

absl::StatusOr<std::string> RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    return absl::InternalError("no random bytes can be had");
  }
  return bytes;
}

std::string RandomNoticeId() {
  absl::StatusOr<std::string> bytes = RandomBytes(kUuidBytes);
  if (!bytes.ok()) return "";
  // Version 4, variant 1 (RFC 9562).
  (*bytes)[6] = static_cast<char>(((*bytes)[6] & 0x0f) | 0x40);
  (*bytes)[8] = static_cast<char>(((*bytes)[8] & 0x3f) | 0x80);
  return contract::NoticeId::FromBytes(*bytes).value_or(contract::NoticeId()).ToString();
}

}  // namespace envej::region
