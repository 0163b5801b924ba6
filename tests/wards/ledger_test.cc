// The day of two wards, as its messages and consents come to an agent's desk one after another, and what is sent of it,
// compared with the ledger. What carries it to the municipalities is left out: tests/system has that.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "proto/contract/day.h"
#include "region-client/folder/hl7_decoder.h"
#include "region-client/folder/hl7_file.h"
#include "region-client/folder/item_taker.h"
#include "region-client/folder/line_decoder.h"
#include "tests/certs/test_files.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

const absl::CivilDay kDay(2027, 1, 20);
// Takes no part, so that what is sent there is refused.
constexpr absl::string_view kTakesNoPart = "0185";
constexpr size_t kFileItems = 1000;

std::string Read(absl::string_view name) {
  return certs::ReadFile(absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/wards/", name));
}

std::string ToText(const v1::Notice& notice) {
  const absl::CivilDay discharge = contract::ParseDay(notice.envelope().discharge_date()).value();
  const auto days = discharge - kDay;
  const std::string day = days == 0 ? "D" : absl::StrCat("D", days > 0 ? "+" : "", days);
  return absl::StrCat("holds ", notice.envelope().municipality_code(), " / ", day, " / ", notice.citizen().name(),
                      " / ", absl::StrJoin(notice.citizen().phone_numbers(), ", "));
}

// What the municipalities have of one patient, as the ledger says it.
class Held {
 public:
  void Take(const ward::v1::Outgoing& outgoing) {
    if (outgoing.has_withdraw()) {
      notices_.erase(outgoing.withdraw().notice_id());
      withdrawn_ += absl::StrCat(
          " ; withdrawn ", outgoing.withdraw().municipality_code(), " ",
          absl::StripPrefix(v1::WithdrawalReason_Name(outgoing.withdraw().reason()), "WITHDRAWAL_REASON_"));
      return;
    }
    const v1::Notice& notice = outgoing.has_submit() ? outgoing.submit() : outgoing.revise();
    if (notice.envelope().municipality_code() != kTakesNoPart) notices_[notice.envelope().notice_id()] = ToText(notice);
  }
  std::string Text() const {
    std::vector<std::string> texts;
    for (const auto& [id, text] : notices_) texts.push_back(text);
    return absl::StrCat(texts.empty() ? "none" : absl::StrJoin(texts, " ; "), withdrawn_);
  }

 private:
  std::map<std::string, std::string> notices_;  // by id
  std::string withdrawn_;
};

class WardsLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = AgentStore::Open(agent_.Options()).value();
    desk_ = std::make_unique<Desk>(
        DeskOptions{.site = {.patient_authority = "HOSP", .wards = {"P1", "P2"}, .services = {}}}, *store_, locks_,
        [this] { return now_; }, copenhagen_, [] {});
  }

  // Whose it is stands before the id's hyphen. Staff ask the citizens, and may on the day of a withdrawal ask again.
  void Take(const FileItem& item) {
    const auto* const answer = std::get_if<ConsentAnswer>(&item.said);
    if (answer != nullptr && answer->given.has_value()) {
      ASSERT_TRUE(desk_->RegisterConsent(answer->patient, *answer->given, item.name).ok());
    } else {
      FileOutcome outcome;
      ASSERT_TRUE(ItemTaker(*desk_, "").Take(item, outcome).ok());
      EXPECT_TRUE(outcome.good()) << item.name.id << ": " << outcome.refused[0].problem.text;
    }
    const std::string patient(item.name.id.substr(0, item.name.id.find('-')));
    Held& held = held_[patient];
    const std::vector<StoredOutgoing> outbox = store_->ReadOutbox(next_, 1000).value();
    for (const StoredOutgoing& sent : outbox) {
      held.Take(sent.outgoing);
      next_ = sent.number + 1;
    }
  }

  void TakeAll() {
    const Hl7Files files{.name = "day", .site = {.zone = copenhagen_, .dispositions_elsewhere = {"OVF"}}};
    const std::string hl7 = Read("day/messages.hl7");
    const std::vector<absl::string_view> messages = SplitHl7File(hl7, kFileItems).messages;
    const std::vector<std::string> consents = absl::StrSplit(Read("day/consents.jsonl"), '\n');
    const std::vector<std::string> arrivals = absl::StrSplit(Read("day/arrivals.txt"), '\n', absl::SkipEmpty());
    for (const std::string& arrival : arrivals) {
      const std::vector<std::string> words = absl::StrSplit(arrival, ' ');
      std::string error;
      ASSERT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M", words[0], copenhagen_, &now_, &error)) << error;
      const size_t at = std::stoul(words[2]) - 1;
      const auto items = words[1] == "hl7" ? DecodeHl7File(messages.at(at), kFileItems, files, now_)
                                           : DecodeLines(consents.at(at), kFileItems, now_, copenhagen_);
      ASSERT_EQ(items.value().size(), 1u);
      Take(items->front());
    }
  }

  const absl::TimeZone copenhagen_ = contract::CopenhagenTimeZone().value();
  absl::Time now_;
  uint64_t next_ = 0;
  AgentFolder agent_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
  std::map<std::string, Held> held_;  // by patient
};

TEST_F(WardsLedgerTest, WhatIsSentIsWhatTheLedgerSays) {
  TakeAll();
  size_t patients = 0;
  const std::vector<std::string> lines = absl::StrSplit(Read("ledger.txt"), '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    if (!absl::StartsWith(line, "P")) continue;
    const std::string patient = line.substr(0, line.find(' '));
    EXPECT_EQ(absl::StrCat(patient, " ", held_[patient].Text()), line);
    ++patients;
  }
  EXPECT_EQ(patients, 94u);
}

}  // namespace
}  // namespace envej::region
