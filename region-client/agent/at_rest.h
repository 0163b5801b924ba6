#ifndef ENVEJ_REGION_CLIENT_AGENT_AT_REST_H_
#define ENVEJ_REGION_CLIENT_AGENT_AT_REST_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "certs/wiped_bytes.h"

namespace envej::region {

// Former secrets that an agent may have beside the one in use.
inline constexpr size_t kFormerSecretsMost = 4;

// What keeps the agent's disk from saying anything to whoever has no secret: values are sealed (AES-256-GCM), and what
// is looked up by a number of a patient stands under its keyed hash (HMAC-SHA-256). Both keys come from one secret by
// HKDF-SHA-256, each for its own purpose.
//
// A former secret opens what was sealed under it, and finds what was named by it; everything new is under the one in
// use. It may go once nothing is left of its time: cases are erased at most a year and two days after anything
// happened.
//
// Thread safety: any number of threads.
class AtRest {
 public:
  // Reads secret files as `envej-certs secret` makes them. Errors are those of certs::ReadSecretFile; INVALID_ARGUMENT
  // for a secret that is given twice, or more former ones than kFormerSecretsMost.
  static absl::StatusOr<AtRest> Read(const std::string& secret, const std::vector<std::string>& former_secrets);

  // `plain` as it is stored under `key`, to which it is bound. INTERNAL if no random bytes can be had.
  absl::StatusOr<std::string> Seal(absl::string_view key, absl::string_view plain) const;
  // What was sealed under `key`: it is to be wiped. FAILED_PRECONDITION if no secret that was given sealed it,
  // DATA_LOSS if it is damaged or was sealed under another key.
  absl::StatusOr<std::string> Open(absl::string_view key, absl::string_view sealed) const;

  // The 32-byte name of `parts`, under each secret, the one in use first. No two lists of parts have the same.
  std::vector<std::string> NamesOf(absl::Span<const absl::string_view> parts) const;

 private:
  struct Keys {
    std::string id;  // 8 bytes, found from the secret, which cannot be found from it
    certs::WipedBytes sealing;
    certs::WipedBytes naming;
  };

  explicit AtRest(std::vector<Keys> keys) : keys_(std::move(keys)) {}

  static absl::StatusOr<Keys> Derive(const std::string& path);

  std::vector<Keys> keys_;  // the one in use first
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AT_REST_H_
