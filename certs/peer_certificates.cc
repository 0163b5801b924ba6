#include "certs/peer_certificates.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "certs/certificate_names.h"

namespace envej::certs {
namespace {

constexpr char kPemProperty[] = "x509_pem_cert";
constexpr size_t kPemBytesMost = 24 << 10;

}  // namespace

size_t PeerCertificates::TextHash::operator()(absl::string_view text) const {
  return absl::Hash<absl::string_view>()(text);
}

PeerCertificates::PeerCertificates(size_t most) : most_(std::max<size_t>(most, 1)) {}

absl::StatusOr<std::shared_ptr<const PeerCertificate>> PeerCertificates::Of(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return absl::UnauthenticatedError("the caller showed no certificate");
  const std::vector<grpc::string_ref> texts = context.FindPropertyValues(kPemProperty);
  if (texts.size() != 1) return absl::UnauthenticatedError("the caller did not show exactly one certificate");
  return Read(absl::string_view(texts[0].data(), texts[0].size()));
}

absl::StatusOr<std::shared_ptr<const PeerCertificate>> PeerCertificates::Read(absl::string_view pem) {
  if (std::shared_ptr<const PeerCertificate> found = Find(pem); found != nullptr) return found;
  if (pem.size() > kPemBytesMost) return absl::UnauthenticatedError("the caller's certificate is too large");
  const absl::StatusOr<std::vector<Certificate>> certificates = Certificate::FromPem(pem);
  if (!certificates.ok() || certificates->size() != 1) {
    return absl::UnauthenticatedError("the caller's certificate cannot be read");
  }
  auto peer = std::make_shared<const PeerCertificate>(
      PeerCertificate{.certificate = certificates->front(), .names = NamesOf(certificates->front())});
  Keep(pem, peer);
  return peer;
}

std::shared_ptr<const PeerCertificate> PeerCertificates::Find(absl::string_view pem) {
  const std::lock_guard lock(mutex_);
  const auto found = by_pem_.find(pem);
  if (found == by_pem_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->peer;
}

void PeerCertificates::Keep(absl::string_view pem, std::shared_ptr<const PeerCertificate> peer) {
  const std::lock_guard lock(mutex_);
  if (by_pem_.contains(pem)) return;  // read by another call in the meantime
  if (kept_.size() == most_) {
    by_pem_.erase(kept_.back().pem);
    kept_.pop_back();
  }
  kept_.push_front({std::string(pem), std::move(peer)});
  by_pem_.emplace(kept_.front().pem, kept_.begin());
}

size_t PeerCertificates::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace envej::certs
