#ifndef ENVEJ_BROKER_INBOX_SIGNER_CERTIFICATES_H_
#define ENVEJ_BROKER_INBOX_SIGNER_CERTIFICATES_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// A certificate whose key signed content.
struct SignerCertificate {
  std::string owner;  // the region's code; empty for the broker
  std::string der;

  bool operator==(const SignerCertificate&) const = default;
};

// The certificates of those who signed what the store holds, by fingerprint: each is written with the first notice that
// it signed, and is handed out with every notice. None is ever forgotten; they are few. What was read is remembered, up
// to kRemembered. Thread safety: any thread.
class SignerCertificates {
 public:
  static constexpr size_t kRemembered = 10'000;

  explicit SignerCertificates(store::OrderedStore& store) : store_(store) {}

  // Nothing if no stored notice was signed with it. DATA_LOSS or FAILED_PRECONDITION if what is stored of it cannot be
  // read.
  absl::StatusOr<std::optional<SignerCertificate>> Find(absl::string_view fingerprint);

  // What must be written with a notice that this certificate signed.
  static store::KeyValue Entry(absl::string_view fingerprint, const SignerCertificate& certificate);

 private:
  store::OrderedStore& store_;
  Mutex mutex_;
  std::map<std::string, SignerCertificate, std::less<>> remembered_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_SIGNER_CERTIFICATES_H_
