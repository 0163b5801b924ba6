#include "region-client/folder/item_taker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/contract/day.h"
#include "tests/region-client/folder/folder_world.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

using testing::SizeIs;

class ItemTakerTest : public testing::Test {
 protected:
  void SetUp() override { world_.Start(); }
  FileOutcome Take(const FileItem& item, const std::string& hash = "hash") {
    FileOutcome outcome;
    EXPECT_TRUE(ItemTaker(*world_.desk_, hash).Take(item, outcome).ok());
    return outcome;
  }
  FileOutcome Answer(std::optional<ward::v1::RegisteredConsent> given, const std::string& id) {
    return Take({.place = 1,
                 .name = {.source = "consents", .id = id},
                 .said = ConsentAnswer{.patient = {"", "1"}, .given = std::move(given)}});
  }
  std::string Today() const { return contract::FormatDay(absl::ToCivilDay(world_.now_, absl::UTCTimeZone())); }
  ward::v1::Case Known() { return world_.desk_->Find({"", "1"})->value().known; }

  FolderWorld world_;
};

TEST_F(ItemTakerTest, WhatHasNoIdIsKnownAgainByFileAndPlace) {
  const std::vector<ward::Event> said = {Discharge("1", kFolderNow)};
  EXPECT_EQ(Take({.place = 1, .name = {}, .said = said}).taken, 1u);
  EXPECT_EQ(Take({.place = 1, .name = {}, .said = said}).repeated, 1u);
  EXPECT_EQ(Take({.place = 2, .name = {}, .said = said}).taken, 1u);
  EXPECT_EQ(Take({.place = 1, .name = {}, .said = said}, "another").taken, 1u);
}

TEST_F(ItemTakerTest, AnAnswerIsTakenOnceAlsoIfItWasWithdrawnSince) {
  EXPECT_EQ(Answer(Consent(Today()), "c1").taken, 1u);
  EXPECT_EQ(Answer(std::nullopt, "c2").taken, 1u);
  EXPECT_TRUE(Known().consent().has_withdrawn_at());
  EXPECT_EQ(Answer(Consent(Today()), "c1").repeated, 1u);
  EXPECT_TRUE(Known().consent().has_withdrawn_at());
  const std::string before = Today();
  world_.now_ += absl::Hours(24);
  const FileOutcome refused = Answer(Consent(before), "c3");
  ASSERT_THAT(refused.refused, SizeIs(1));
  EXPECT_EQ(refused.refused[0].problem.reason, "CONSENT_WITHDRAWN_SINCE") << "a file may hold what is old";
  EXPECT_TRUE(Known().consent().has_withdrawn_at());
  EXPECT_EQ(Answer(Consent(Today()), "c4").taken, 1u);
  EXPECT_FALSE(Known().consent().has_withdrawn_at());
}

TEST_F(ItemTakerTest, AWithdrawalOfNoConsentIsRefused) {
  const FileOutcome outcome = Answer(std::nullopt, "c1");
  ASSERT_THAT(outcome.refused, SizeIs(1));
  EXPECT_EQ(outcome.refused[0].problem.reason, "CONSENT_NOT_FOUND");
}

TEST_F(ItemTakerTest, ANoticeOfASystemsOwnGoesIntoTheOutboxOnce) {
  v1::Notice notice = NoticeNumber(1, kFolderNow);
  const FileItem item{.place = 1, .name = {}, .said = notice};
  EXPECT_EQ(Take(item).taken, 1u);
  world_.Start();
  EXPECT_EQ(Take(item).repeated, 1u);
  const std::vector<StoredOutgoing> outbox = *world_.store_->ReadOutbox(0, 10);
  ASSERT_THAT(outbox, SizeIs(1));
  EXPECT_EQ(outbox[0].outgoing.submit().SerializeAsString(), notice.SerializeAsString());
  EXPECT_EQ(world_.store_->CaseOfNotice(notice.envelope().notice_id())->value_or(""), outbox[0].outgoing.case_id());
  notice.mutable_citizen()->set_name("Anden Prøve");
  const FileOutcome other = Take({.place = 1, .name = {}, .said = notice});
  ASSERT_THAT(other.refused, SizeIs(1));
  EXPECT_EQ(other.refused[0].problem.reason, "NOTICE_ID_REUSED");
}

TEST_F(ItemTakerTest, WhatTheDeskRefusesIsNotedAndWhatFailsIsTriedAgain) {
  std::vector<ward::Event> said = {Discharge("1", kFolderNow)};
  said[0].patient[0].authority = "elsewhere";
  const FileOutcome refused = Take({.place = 7, .name = {}, .said = said});
  ASSERT_THAT(refused.refused, SizeIs(1));
  EXPECT_EQ(refused.refused[0].place, 7u);
  EXPECT_EQ(refused.refused[0].problem.reason, "MESSAGE_INVALID");
  world_.desk_options_.cases_most = 0;
  world_.Start();
  FileOutcome outcome;
  const std::vector<ward::Event> good = {Discharge("1", kFolderNow)};
  EXPECT_EQ(ItemTaker(*world_.desk_, "hash").Take({.place = 1, .name = {}, .said = good}, outcome).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(outcome.good());
  EXPECT_EQ(outcome.taken, 0u);
}

}  // namespace
}  // namespace envej::region
