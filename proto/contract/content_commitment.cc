#include "proto/contract/content_commitment.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <memory>
#include <utility>

#include "proto/contract/byte_codec.h"
#include "proto/contract/merkle_tree.h"

namespace envej::contract {
namespace {

constexpr absl::string_view kCommitmentContext = "envej content commitment 1";

void Append(ByteWriter& writer, const std::optional<bool>& value) {
  writer.Uint8(value.has_value() ? (*value ? 2 : 1) : 0);
}

void Append(ByteWriter& writer, const std::optional<ConsentPart>& part) {
  writer.Uint8(part.has_value() ? 1 : 0);
  if (!part.has_value()) return;
  writer.Bytes(part->given_on);
  writer.Uint32(static_cast<uint32_t>(part->form));
}

// To the nanosecond, which is what a message can say.
void Append(ByteWriter& writer, const std::optional<absl::Time>& time) {
  writer.Uint8(time.has_value() ? 1 : 0);
  if (!time.has_value()) return;
  const int64_t seconds = absl::ToUnixSeconds(*time);
  writer.Uint64(static_cast<uint64_t>(seconds));
  writer.Uint32(static_cast<uint32_t>(absl::ToInt64Nanoseconds(*time - absl::FromUnixSeconds(seconds))));
}

void Append(ByteWriter& writer, const Envelope& envelope) {
  writer.Bytes(envelope.municipality_code);
  writer.Bytes(envelope.notice_id);
  writer.Uint32(envelope.revision);
  Append(writer, envelope.created_at);
  writer.Bytes(envelope.discharge_date);
  Append(writer, envelope.consent.contact);
  Append(writer, envelope.consent.disclosure);
  Append(writer, envelope.criteria.aged_18_or_over);
  Append(writer, envelope.criteria.mental_illness);
  Append(writer, envelope.criteria.discharged_from_regional_psychiatry);
  Append(writer, envelope.criteria.no_support_under_serviceloven);
  writer.Uint32(envelope.contract_version);
}

void Append(ByteWriter& writer, const Citizen& citizen) {
  writer.Bytes(citizen.name);
  writer.Uint32(static_cast<uint32_t>(citizen.phone_numbers.size()));
  for (const std::string& number : citizen.phone_numbers) writer.Bytes(number);
  writer.Bytes(citizen.email);
  writer.Uint8(citizen.postal_address.has_value() ? 1 : 0);
  if (citizen.postal_address.has_value()) {
    writer.Bytes(citizen.postal_address->street);
    writer.Bytes(citizen.postal_address->postal_code);
    writer.Bytes(citizen.postal_address->city);
  }
  writer.Uint8(citizen.name_and_address_protection ? 1 : 0);
}

// Room for what is written of the notice, so that it stands in one place, which can be wiped.
size_t CanonicalBytesMost(const Notice& notice) {
  constexpr size_t kFixed = 256;
  constexpr size_t kEachNumber = 4;
  size_t bytes = kFixed;
  if (notice.envelope.has_value()) {
    const Envelope& envelope = *notice.envelope;
    bytes += envelope.municipality_code.size() + envelope.notice_id.size() + envelope.discharge_date.size();
    for (const std::optional<ConsentPart>* const part : {&envelope.consent.contact, &envelope.consent.disclosure}) {
      if (part->has_value()) bytes += (*part)->given_on.size();
    }
  }
  if (notice.citizen.has_value()) {
    const Citizen& citizen = *notice.citizen;
    bytes += citizen.name.size() + citizen.email.size();
    for (const std::string& number : citizen.phone_numbers) bytes += kEachNumber + number.size();
    if (citizen.postal_address.has_value()) {
      const PostalAddress& address = *citizen.postal_address;
      bytes += address.street.size() + address.postal_code.size() + address.city.size();
    }
  }
  return bytes;
}

// Finds the algorithm once and keeps a context for each thread, which HMAC() does anew on every call.
bool MacWithContext(absl::string_view key, absl::string_view bytes, std::string& mac) {
  static EVP_MAC* const kAlgorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  thread_local const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      kAlgorithm == nullptr ? nullptr : EVP_MAC_CTX_new(kAlgorithm), &EVP_MAC_CTX_free);
  if (context == nullptr || key.empty()) return false;  // no key would mean the last one
  thread_local const bool ready = [] {
    std::string digest = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                     OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(context.get(), parameters) == 1;
  }();
  size_t length = 0;
  return ready && EVP_MAC_init(context.get(), reinterpret_cast<const uint8_t*>(key.data()), key.size(), nullptr) == 1 &&
         EVP_MAC_update(context.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()) == 1 &&
         EVP_MAC_final(context.get(), reinterpret_cast<uint8_t*>(mac.data()), &length, mac.size()) == 1;
}

}  // namespace

ContentCommitment CommitTo(const CommitmentSecret& secret, absl::string_view region_code, const Notice& notice) {
  ByteWriter canonical;
  canonical.Reserve(region_code.size() + CanonicalBytesMost(notice));
  canonical.Bytes(kCommitmentContext);
  canonical.Bytes(region_code);
  canonical.Uint8(notice.envelope.has_value() ? 1 : 0);
  if (notice.envelope.has_value()) Append(canonical, *notice.envelope);
  canonical.Uint8(notice.citizen.has_value() ? 1 : 0);
  if (notice.citizen.has_value()) Append(canonical, *notice.citizen);
  ContentCommitment commitment{.key_id = secret.key_id, .value = std::string(kHashBytes, '\0')};
  std::string bytes = std::move(canonical).bytes();
  if (!MacWithContext(secret.bytes, bytes, commitment.value)) {
    unsigned int length = 0;
    HMAC(EVP_sha256(), secret.bytes.data(), static_cast<int>(secret.bytes.size()),
         reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
         reinterpret_cast<uint8_t*>(commitment.value.data()), &length);
  }
  OPENSSL_cleanse(bytes.data(), bytes.capacity());
  return commitment;
}

}  // namespace envej::contract
