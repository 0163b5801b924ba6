#ifndef ENVEJ_TESTS_SIMULATION_KNOWN_H_
#define ENVEJ_TESTS_SIMULATION_KNOWN_H_

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/inbox/record.h"
#include "broker/store/key_layout.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/receipt.h"
#include "proto/contract/thresholds.h"

namespace envej::simulation {

// Something that a region hands in of one notice.
struct Said {
  enum class Kind { kSubmit, kRevise, kWithdraw };
  Kind kind = Kind::kSubmit;
  uint32_t revision = 1;
  std::string content;  // of a withdrawal: what tells the municipality of it
  std::string discharge_date;
  absl::Time discharge_day_ends;
  absl::Time created_at;  // by the region's clock, which is right
  inbox::WithdrawalReason reason = inbox::WithdrawalReason::kNone;

  uint64_t calls = 0;                        // made so far; an answer may never have come
  std::optional<contract::Receipt> receipt;  // accepted, and known to be
  bool lost = false;                         // it was, and the restored store knows nothing of it
  bool anew = false;  // its content was lost with the store: it is accepted anew, with another receipt

  // What it had when its content was lost, as long as the client knows of no other.
  std::optional<contract::Receipt> former;
  bool AwaitsAnew() const { return anew && receipt == former; }

  bool is_withdrawal() const { return kind == Kind::kWithdraw; }
};

// A lease that was handed to a consumer.
struct Claim {
  std::string token;
  uint32_t revision = 0;
  absl::Time expires_at;        // as was answered
  absl::Time first_expires_at;  // without its extensions
  absl::Time expires_at_most;   // if every extension that was asked for was carried out
  uint64_t carried = 0;         // with which batch
  uint64_t extended = 0;        // with which batch last; 0: never
  bool in_doubt = false;        // it was not synced when power was lost
  bool lost = false;            // the store that gave it is no more

  uint64_t acknowledge_calls = 0;
  uint64_t return_calls = 0;
  std::optional<absl::Time> acknowledged = {};  // when, as was answered
  std::optional<absl::Time> returned = {};
  inbox::ReturnReason reason = inbox::ReturnReason::kNotResident;
};

// Seven months, and a day: so long what is over is remembered at least.
inline constexpr absl::Duration kRemembered = absl::Hours(24 * (31 * 7 + 1));

// That an operator asked to return what was proposed at a time.
struct Confirmation {
  std::string actor;
  absl::Time proposed_at;

  std::weak_ordering operator<=>(const Confirmation&) const = default;
  bool operator==(const Confirmation&) const = default;
};

// What clients know of one notice.
struct KnownNotice {
  store::NoticeKey key;
  std::map<uint32_t, Said> said;  // by revision
  std::vector<Claim> claims;      // the newest last
  bool given = false;             // some of its content reached the municipality, if only late
  uint32_t had = 0;               // the newest revision that the municipality was told it has, or has refused
  uint64_t outcome_calls = 0;
  std::vector<inbox::ReturnProposal> proposals;     // that operators were told of
  std::set<std::string> proposed_by;                // who asked to propose its return, by URI
  std::set<Confirmation> confirmations;             // of which it was asked
  std::optional<absl::Time> returned_by_operators;  // when, as was answered
  std::optional<absl::Time> outcome_acknowledged;
  uint32_t ended = 0;  // no revision up to this one may come any more: the region took note of its outcome

  // The newest revision with a receipt; 0: none.
  uint32_t accepted() const {
    uint32_t newest = 0;
    for (const auto& [revision, each] : said) {
      if (each.receipt.has_value()) newest = revision;
    }
    return newest;
  }
  // The newest revision that a call was made for; 0: none.
  uint32_t called() const {
    uint32_t newest = 0;
    for (const auto& [revision, each] : said) {
      if (each.calls > 0) newest = revision;
    }
    return newest;
  }
  bool WithdrawalCalled() const {
    for (const auto& [revision, each] : said) {
      if (each.is_withdrawal() && each.calls > 0) return true;
    }
    return false;
  }
};

// By record key.
using KnownNotices = std::map<std::string, KnownNotice>;

// Every promise that was broken, in words.
class Findings {
 public:
  void Add(absl::string_view what) { all_.push_back(std::string(what)); }
  void Add(absl::string_view what, const store::NoticeKey& notice) {
    all_.push_back(absl::StrCat(what, " (", notice.id.ToString(), " for ", notice.municipality_code, ")"));
  }
  bool none() const { return all_.empty(); }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
};

// Stands for the certificate of a region, a municipality or operations.
inline std::string ActorOf(absl::string_view name) { return contract::Sha256(name); }
inline constexpr char kOperations[] = "operations";
// Operators, each with a certificate of its own.
inline const std::vector<std::string>& Operators() {
  static const auto* const operators =
      new std::vector<std::string>{"urn:envej:operations:anna", "urn:envej:operations:bo", "urn:envej:operations:carl"};
  return *operators;
}

inline contract::ContentCommitment CommitmentTo(absl::string_view content) {
  return {.key_id = "key", .value = contract::Sha256(content)};
}

// The agreements: one inbox has far shorter times than the others, so that what takes a month happens often.
inline contract::Thresholds ThresholdsOf(const store::NoticeKey& notice) {
  if (notice.municipality_code != "0101") return {};
  return {.not_fetched = absl::Minutes(30),
          .not_acknowledged = absl::Hours(2),
          .past_discharge = absl::Hours(1),
          .undelivered = absl::Hours(6),
          .destroyed = absl::Hours(60)};
}

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_KNOWN_H_
