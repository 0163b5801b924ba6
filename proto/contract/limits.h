#ifndef ENVEJ_PROTO_CONTRACT_LIMITS_H_
#define ENVEJ_PROTO_CONTRACT_LIMITS_H_

// Every bound that the contract states, in one place. The broker, the sender and the receiver apply the same ones.

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace envej::contract {

inline constexpr uint32_t kContractVersion = 1;

// Batches and messages.
inline constexpr int kBatchNotices = 500;
inline constexpr size_t kBatchBytes = size_t{1} << 20;
inline constexpr size_t kCallBytes = size_t{256} << 10;  // any call but a batch
inline constexpr size_t kBatchOverheadBytes = 64 << 10;  // framing allowed on top of a batch
static_assert(kCallBytes <= kBatchBytes);

// Citizen. Characters are Unicode code points.
inline constexpr size_t kNameCharacters = 200;
inline constexpr int kPhoneNumbers = 4;
inline constexpr size_t kPhoneNumberDigitsLeast = 8;
inline constexpr size_t kPhoneNumberDigitsMost = 15;  // E.164, section 6.1
inline constexpr size_t kEmailCharacters = 254;       // RFC 5321, section 4.5.3.1.3
inline constexpr size_t kStreetCharacters = 200;
inline constexpr size_t kPostalCodeLeast = 3;
inline constexpr size_t kPostalCodeMost = 10;
inline constexpr size_t kCityCharacters = 100;

// Sealed content.
inline constexpr size_t kSealedBytes = 96 << 10;
inline constexpr size_t kFingerprintBytes = 32;
inline constexpr size_t kCommitmentBytes = 32;
inline constexpr size_t kKeyIdCharacters = 32;
inline constexpr size_t kFormerCommitments = 4;

// Days and times.
inline constexpr int kDischargeDaysAhead = 90;
inline constexpr int kDischargeDaysBack = 31;
inline constexpr int kConsentYears = 1;  // sundhedsloven, section 44
inline constexpr int kIdMemoryMonths = 7;
inline constexpr absl::Duration kClockSkew = absl::Minutes(15);

// Inbox.
inline constexpr int kPullNoticesDefault = 100;
inline constexpr absl::Duration kPullWaitMost = absl::Seconds(60);
inline constexpr absl::Duration kLeaseLeast = absl::Seconds(5);
inline constexpr absl::Duration kLeaseMost = absl::Minutes(15);
inline constexpr absl::Duration kLeaseDefault = absl::Seconds(60);
inline constexpr size_t kTokenCharacters = 64;
static_assert(kPullNoticesDefault <= kBatchNotices);

// Lists.
inline constexpr int kPageDefault = 100;
inline constexpr int kPageMost = 500;
inline constexpr int kListStatesMost = 8;
inline constexpr size_t kOriginCharacters = 32;
inline constexpr size_t kPageTokenCharacters = 128;

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_LIMITS_H_
