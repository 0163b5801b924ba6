#include "certs/peer_certificates.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"

namespace envej::certs {
namespace {

constexpr char kPemProperty[] = "x509_pem_cert";
constexpr size_t kPemBytesMost = 24 << 10;

}  // namespace

size_t PeerCertificates::TextHash::operator()(absl::string_view text) const {
  return absl::Hash<absl::string_view>()(text);
}

PeerCertificates::PeerCertificates(size_t most) : most_(std::max<size_t>(most, 1)) {}

absl::StatusOr<Certificate> PeerCertificates::Of(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return absl::UnauthenticatedError("the caller showed no certificate");
  const std::vector<grpc::string_ref> texts = context.FindPropertyValues(kPemProperty);
  if (texts.size() != 1) return absl::UnauthenticatedError("the caller did not show exactly one certificate");
  return Read(absl::string_view(texts[0].data(), texts[0].size()));
}

absl::StatusOr<Certificate> PeerCertificates::Read(absl::string_view pem) {
  if (std::optional<Certificate> found = Find(pem)) return *std::move(found);
  if (pem.size() > kPemBytesMost) return absl::UnauthenticatedError("the caller's certificate is too large");
  const absl::StatusOr<std::vector<Certificate>> certificates = Certificate::FromPem(pem);
  if (!certificates.ok() || certificates->size() != 1) {
    return absl::UnauthenticatedError("the caller's certificate cannot be read");
  }
  Keep(pem, certificates->front());
  return certificates->front();
}

std::optional<Certificate> PeerCertificates::Find(absl::string_view pem) {
  const std::lock_guard lock(mutex_);
  const auto found = by_pem_.find(pem);
  if (found == by_pem_.end()) return std::nullopt;
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->certificate;
}

void PeerCertificates::Keep(absl::string_view pem, const Certificate& certificate) {
  const std::lock_guard lock(mutex_);
  if (by_pem_.contains(pem)) return;  // read by another call in the meantime
  if (kept_.size() == most_) {
    by_pem_.erase(kept_.back().pem);
    kept_.pop_back();
  }
  kept_.push_front({std::string(pem), certificate});
  by_pem_.emplace(kept_.front().pem, kept_.begin());
}

size_t PeerCertificates::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace envej::certs
