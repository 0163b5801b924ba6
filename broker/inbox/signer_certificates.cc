#include "broker/inbox/signer_certificates.h"

#include <utility>

#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::inbox {
namespace {

constexpr uint8_t kSignerVersion = 1;

absl::StatusOr<SignerCertificate> DecodeSigner(absl::string_view value) {
  const absl::StatusOr<store::Framed> framed = store::Unframe(value, kSignerVersion);
  if (!framed.ok()) return framed.status();
  contract::ByteReader reader(framed->payload);
  SignerCertificate certificate{.owner = reader.Bytes(), .der = reader.Bytes()};
  if (!reader.AtEnd()) return absl::DataLossError("a stored signer's certificate is malformed");
  return certificate;
}

}  // namespace

absl::StatusOr<std::optional<SignerCertificate>> SignerCertificates::Find(absl::string_view fingerprint) {
  {
    MutexLock lock(mutex_);
    const auto found = remembered_.find(fingerprint);
    if (found != remembered_.end()) return found->second;
  }
  const absl::StatusOr<std::optional<std::string>> value = store_.Get(store::SignerKey(fingerprint));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::nullopt;
  absl::StatusOr<SignerCertificate> certificate = DecodeSigner(**value);
  if (!certificate.ok()) return certificate.status();
  MutexLock lock(mutex_);
  if (remembered_.size() >= kRemembered) remembered_.clear();
  remembered_.emplace(std::string(fingerprint), *certificate);
  return *std::move(certificate);
}

store::KeyValue SignerCertificates::Entry(absl::string_view fingerprint, const SignerCertificate& certificate) {
  contract::ByteWriter payload;
  payload.Bytes(certificate.owner);
  payload.Bytes(certificate.der);
  return {.key = store::SignerKey(fingerprint), .value = store::Frame(kSignerVersion, payload.bytes())};
}

}  // namespace envej::inbox
