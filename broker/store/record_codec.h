#ifndef ENVEJ_BROKER_STORE_RECORD_CODEC_H_
#define ENVEJ_BROKER_STORE_RECORD_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::store {

// What to do about a store of which something is lost; ends an error's text.
inline constexpr absl::string_view kRecoveryAdvice =
    "; recover: keep these files elsewhere, and run `envej-broker restore` with the newest backup, and with "
    "--lost-data for these files; what is missing then, the regions send again";

// The frame around every stored value: one byte of version, the payload, and a CRC-32 of both. A value that was
// changed or cut on disk is found when it is read, whatever the engine thinks of it.
std::string Frame(uint8_t version, absl::string_view payload);

// The payload. DATA_LOSS if the checksum does not hold; FAILED_PRECONDITION if the version is newer than `newest`
// (the store was written by a newer program).
struct Framed {
  uint8_t version = 0;
  std::string payload;
};
absl::StatusOr<Framed> Unframe(absl::string_view value, uint8_t newest);
// The same of what is read in one version alone: FAILED_PRECONDITION also if it is older.
absl::StatusOr<std::string> UnframeOf(absl::string_view value, uint8_t version);

// That it is in a form of an older version that is not read any more: FAILED_PRECONDITION.
absl::Status WrittenInAnOldForm();

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_RECORD_CODEC_H_
