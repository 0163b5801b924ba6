#ifndef ENVEJ_TESTS_BROKER_INBOX_HAPPENINGS_H_
#define ENVEJ_TESTS_BROKER_INBOX_HAPPENINGS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/inbox/transition.h"

namespace envej::inbox {

// What happens to one notice in tests of its transitions, all of it now unless a test says otherwise.

inline const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
inline const contract::ContentCommitment kCommitment{.key_id = "key-1", .value = std::string(32, 'a')};
inline const contract::ContentCommitment kRevised{.key_id = "key-1", .value = std::string(32, 'b')};
inline const contract::ContentCommitment kOtherCommitment{.key_id = "key-1", .value = std::string(32, 'c')};
inline constexpr char kToken[] = "1-7";
inline const contract::NoticeId kId = *contract::NoticeId::Parse("00000000-0000-4000-8000-000000000001");

inline Decision DecideNow(const std::optional<Record>& state, const Happening& happening, absl::Time now = kNow) {
  return Decide(state, happening, {.now = now, .thresholds = {}, .id = kId});
}

inline Submit MakeSubmit(const contract::ContentCommitment& commitment = kCommitment, uint32_t revision = 1) {
  Submit submit;
  submit.revision = revision;
  submit.origin = "ward-system";
  submit.discharge_date = "2027-01-15";
  submit.discharge_day_ends = kNow + absl::Hours(9);
  submit.commitments = {commitment};
  return submit;
}
inline Revise MakeRevise(uint32_t revision = 2, const contract::ContentCommitment& commitment = kRevised) {
  return {.submit = MakeSubmit(commitment, revision)};
}
inline Withdraw MakeWithdraw(uint32_t revision = 2, WithdrawalReason reason = WithdrawalReason::kConsentWithdrawn) {
  return {.revision = revision, .reason = reason, .origin = "ward-system", .refusal_if_new = std::nullopt};
}
inline TakeLease Take(const std::string& token = kToken, uint32_t revision = 1) {
  return {.revision = revision, .token = token, .expires_at = kNow + absl::Seconds(60)};
}

// A notice to which these things have happened, one each minute before now.
inline std::optional<Record> After(const std::vector<Happening>& happenings) {
  std::optional<Record> record;
  absl::Time at = kNow - absl::Minutes(static_cast<int64_t>(happenings.size()));
  for (const Happening& happening : happenings) {
    Happening then = happening;
    if (auto* const lease = std::get_if<TakeLease>(&then)) lease->expires_at = at + absl::Minutes(2);
    const Decision decision = DecideNow(record, then, at);
    EXPECT_EQ(decision.kind, Decision::Kind::kChanged);
    if (decision.next.has_value()) record = decision.next;
    at += absl::Minutes(1);
  }
  return record;
}

inline const std::string kAnna = "urn:envej:operations:anna";
inline const std::string kBo = "urn:envej:operations:bo";

inline Acknowledge Ack(uint32_t revision = 1, const std::string& token = kToken) {
  return {.revision = revision, .token = token};
}
inline Return GiveBack(uint32_t revision = 1, const std::string& token = kToken,
                       ReturnReason reason = ReturnReason::kNotResident) {
  return {.revision = revision, .token = token, .reason = reason};
}

}  // namespace envej::inbox

#endif  // ENVEJ_TESTS_BROKER_INBOX_HAPPENINGS_H_
