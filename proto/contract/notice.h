#ifndef ENVEJ_PROTO_CONTRACT_NOTICE_H_
#define ENVEJ_PROTO_CONTRACT_NOTICE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace envej::contract {

// One notice as it was sent, before or after the rules were applied: what is missing is absent here, what is wrong
// is still wrong here. notice_rules.h says what a proper one is. Field by field as in envej/v1/notice.proto.

enum class ConsentForm { kUnspecified = 0, kWritten = 1, kOralRecorded = 2 };

struct ConsentPart {
  std::string given_on;
  ConsentForm form = ConsentForm::kUnspecified;
};

struct Consent {
  std::optional<ConsentPart> contact;
  std::optional<ConsentPart> disclosure;
};

struct Criteria {
  std::optional<bool> aged_18_or_over;
  std::optional<bool> mental_illness;
  std::optional<bool> discharged_from_regional_psychiatry;
  std::optional<bool> no_support_under_serviceloven;
};

struct ContentCommitment {
  std::string key_id;
  std::string value;  // 32 bytes

  bool operator==(const ContentCommitment&) const = default;
};

struct Envelope {
  std::string municipality_code;
  std::string notice_id;
  uint32_t revision = 0;
  std::optional<absl::Time> created_at;
  std::string discharge_date;
  Consent consent;
  Criteria criteria;
  std::optional<ContentCommitment> content_commitment;
  std::vector<ContentCommitment> former_commitments;
  uint32_t contract_version = 0;
};

struct PostalAddress {
  std::string street;
  std::string postal_code;
  std::string city;
};

struct Citizen {
  std::string name;
  std::vector<std::string> phone_numbers;
  std::string email;
  std::optional<PostalAddress> postal_address;
  bool name_and_address_protection = false;
};

// Content that only the municipality can open.
struct SealedContent {
  std::string cms;
  std::string signer_fingerprint;  // 32 bytes

  bool operator==(const SealedContent&) const = default;
};

// Where there are fields that the contract does not know, at any depth: anywhere in the notice, and in which of its
// closed parts.
struct UnknownFields {
  bool anywhere = false;
  bool consent = false;
  bool criteria = false;
  bool citizen = false;

  bool operator==(const UnknownFields&) const = default;
};

struct Notice {
  std::optional<Envelope> envelope;
  std::optional<Citizen> citizen;  // plain content
  std::optional<SealedContent> sealed;
  UnknownFields unknown_fields;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_NOTICE_H_
