#include "proto/contract/content_commitment.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "tests/support/refusals.h"

namespace envej::contract {
namespace {

const CommitmentSecret kSecret = {.key_id = "k1", .bytes = "0123456789abcdef0123456789abcdef"};

std::string Value(const Notice& notice) { return CommitTo(kSecret, "1084", notice).value; }

TEST(ContentCommitmentTest, TheSameNoticeHasTheSameCommitment) {
  EXPECT_EQ(CommitTo(kSecret, "1084", support::GoodNotice()), CommitTo(kSecret, "1084", support::GoodNotice()));
  EXPECT_EQ(Value(support::GoodNotice()).size(), 32U);
}

// The value was computed apart from this code, from the canonical form that content_commitment.cc states. It may never
// change: an accepted notice is recognised by it.
TEST(ContentCommitmentTest, AKnownNoticeHasItsKnownCommitment) {
  const ContentCommitment commitment = CommitTo(kSecret, "1084", support::GoodNotice());
  EXPECT_EQ(commitment.key_id, "k1");
  EXPECT_EQ(absl::BytesToHexString(commitment.value),
            "ce4a6971b5079a0c0b427331fcf842986cba6b357d2384c8a9e6c8283f293269");
}

TEST(ContentCommitmentTest, EveryFieldChangesIt) {
  using N = Notice&;
  const std::vector<std::pair<absl::string_view, void (*)(N)>> changes = {
      {"as it is", [](N) {}},
      {"no envelope", [](N n) { n.envelope.reset(); }},
      {"no citizen", [](N n) { n.citizen.reset(); }},
      {"nothing", [](N n) { n = Notice{}; }},
      {"empty envelope alone",
       [](N n) {
         n = Notice{};
         n.envelope.emplace();
       }},
      {"empty citizen alone",
       [](N n) {
         n = Notice{};
         n.citizen.emplace();
       }},
      {"municipality", [](N n) { n.envelope->municipality_code = "0147"; }},
      {"id", [](N n) { n.envelope->notice_id.back() = '1'; }},
      {"revision", [](N n) { n.envelope->revision = 2; }},
      {"created at", [](N n) { *n.envelope->created_at += absl::Seconds(1); }},
      {"created at, microsecond", [](N n) { *n.envelope->created_at += absl::Microseconds(1); }},
      {"created at, nanosecond", [](N n) { *n.envelope->created_at += absl::Nanoseconds(1); }},
      {"created at, absent", [](N n) { n.envelope->created_at.reset(); }},
      {"created at, the epoch", [](N n) { n.envelope->created_at = absl::UnixEpoch(); }},
      {"created at, before the epoch", [](N n) { n.envelope->created_at = absl::FromUnixNanos(-1); }},
      {"discharge date", [](N n) { n.envelope->discharge_date = "2026-11-25"; }},
      {"contact, absent", [](N n) { n.envelope->consent.contact.reset(); }},
      {"contact, empty", [](N n) { n.envelope->consent.contact = ConsentPart{}; }},
      {"contact, day", [](N n) { n.envelope->consent.contact->given_on = "2026-11-01"; }},
      {"contact, form", [](N n) { n.envelope->consent.contact->form = ConsentForm::kOralRecorded; }},
      {"disclosure, absent", [](N n) { n.envelope->consent.disclosure.reset(); }},
      {"disclosure, empty", [](N n) { n.envelope->consent.disclosure = ConsentPart{}; }},
      {"disclosure, day", [](N n) { n.envelope->consent.disclosure->given_on = "2026-11-01"; }},
      {"disclosure, form", [](N n) { n.envelope->consent.disclosure->form = ConsentForm::kWritten; }},
      {"age, absent", [](N n) { n.envelope->criteria.aged_18_or_over.reset(); }},
      {"age, false", [](N n) { n.envelope->criteria.aged_18_or_over = false; }},
      {"illness, absent", [](N n) { n.envelope->criteria.mental_illness.reset(); }},
      {"illness, false", [](N n) { n.envelope->criteria.mental_illness = false; }},
      {"psychiatry, absent", [](N n) { n.envelope->criteria.discharged_from_regional_psychiatry.reset(); }},
      {"psychiatry, false", [](N n) { n.envelope->criteria.discharged_from_regional_psychiatry = false; }},
      {"support, absent", [](N n) { n.envelope->criteria.no_support_under_serviceloven.reset(); }},
      {"support, false", [](N n) { n.envelope->criteria.no_support_under_serviceloven = false; }},
      {"version", [](N n) { n.envelope->contract_version = 2; }},
      {"name", [](N n) { n.citizen->name += "n"; }},
      {"phone numbers, none", [](N n) { n.citizen->phone_numbers.clear(); }},
      {"phone numbers, one fewer", [](N n) { n.citizen->phone_numbers.pop_back(); }},
      {"phone numbers, another order",
       [](N n) { std::swap(n.citizen->phone_numbers[0], n.citizen->phone_numbers[1]); }},
      {"phone numbers, run together", [](N n) { n.citizen->phone_numbers = {"+4512345678+30101234567"}; }},
      {"e-mail", [](N n) { n.citizen->email = "andet@example.dk"; }},
      {"e-mail, absent", [](N n) { n.citizen->email.clear(); }},
      {"address, absent", [](N n) { n.citizen->postal_address.reset(); }},
      {"address, empty", [](N n) { n.citizen->postal_address = PostalAddress{}; }},
      {"street", [](N n) { n.citizen->postal_address->street += "x"; }},
      {"postal code", [](N n) { n.citizen->postal_address->postal_code = "2200"; }},
      {"city", [](N n) { n.citizen->postal_address->city += "x"; }},
      {"a letter moved from street to postal code",
       [](N n) {
         n.citizen->postal_address->street.pop_back();
         n.citizen->postal_address->postal_code = ".2100";
       }},
      {"protection", [](N n) { n.citizen->name_and_address_protection = true; }},
  };
  std::map<std::string, absl::string_view> seen;
  for (const auto& [what, change] : changes) {
    Notice notice = support::GoodNotice();
    change(notice);
    const auto [found, fresh] = seen.emplace(Value(notice), what);
    EXPECT_TRUE(fresh) << what << " is the same as " << found->second;
  }
}

TEST(ContentCommitmentTest, RegionAndSecretChangeItAndTheKeyIdOnlyNamesTheSecret) {
  const Notice notice = support::GoodNotice();
  std::set<std::string> values = {Value(notice), CommitTo(kSecret, "1085", notice).value};
  const CommitmentSecret another = {.key_id = "k1", .bytes = "0123456789abcdef0123456789abcdeg"};
  values.insert(CommitTo(another, "1084", notice).value);
  EXPECT_EQ(values.size(), 3U);
  const CommitmentSecret renamed = {.key_id = "k2", .bytes = kSecret.bytes};
  EXPECT_EQ(CommitTo(renamed, "1084", notice).value, Value(notice));
  EXPECT_EQ(CommitTo(renamed, "1084", notice).key_id, "k2");
}

TEST(ContentCommitmentTest, TheCommitmentInTheEnvelopeIsNoPartOfIt) {
  Notice notice = support::GoodNotice();
  notice.envelope->content_commitment = ContentCommitment{.key_id = "k1", .value = std::string(32, 'x')};
  EXPECT_EQ(Value(notice), Value(support::GoodNotice()));
}

}  // namespace
}  // namespace envej::contract
