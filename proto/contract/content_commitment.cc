#include "proto/contract/content_commitment.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "proto/contract/byte_codec.h"
#include "proto/contract/merkle_tree.h"

namespace envej::contract {
namespace {

constexpr absl::string_view kContext = "envej content commitment 1";

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

}  // namespace

ContentCommitment CommitTo(const CommitmentSecret& secret, absl::string_view region_code, const Notice& notice) {
  ByteWriter canonical;
  canonical.Bytes(kContext);
  canonical.Bytes(region_code);
  canonical.Uint8(notice.envelope.has_value() ? 1 : 0);
  if (notice.envelope.has_value()) Append(canonical, *notice.envelope);
  canonical.Uint8(notice.citizen.has_value() ? 1 : 0);
  if (notice.citizen.has_value()) Append(canonical, *notice.citizen);
  ContentCommitment commitment{.key_id = secret.key_id, .value = std::string(kHashBytes, '\0')};
  const std::string& bytes = canonical.bytes();
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.bytes.data(), static_cast<int>(secret.bytes.size()),
       reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
       reinterpret_cast<uint8_t*>(commitment.value.data()), &length);
  return commitment;
}

}  // namespace envej::contract
