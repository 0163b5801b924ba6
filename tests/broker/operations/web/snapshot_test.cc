#include "broker/operations/web/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/broker/operations/web/test_answers.h"

namespace envej::operations {
namespace {

using testing::HasSubstr;
using testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

void AddCertificate(v1::Participant& participant, absl::Duration expires_in, absl::Duration seen_before) {
  v1::SeenCertificate& certificate = *participant.add_certificates();
  certificate.mutable_expires_at()->set_seconds(absl::ToUnixSeconds(kNow + expires_in));
  certificate.mutable_last_seen_at()->set_seconds(absl::ToUnixSeconds(kNow - seen_before));
}

v1::ListParticipantsResponse Told(const v1::Participant& participant) {
  v1::ListParticipantsResponse all;
  *all.add_participants() = participant;
  return WorthTelling(all, kNow);
}

TEST(WorthTellingTest, OfCertificatesThoseThatExpireWithinThirtyDaysAreTold) {
  v1::Participant participant;
  AddCertificate(participant, absl::Hours(24 * 31), absl::Hours(1));
  EXPECT_EQ(Told(participant).participants_size(), 0);
  participant.clear_certificates();
  AddCertificate(participant, absl::Hours(24 * 29), absl::Hours(1));
  ASSERT_EQ(Told(participant).participants_size(), 1);
  EXPECT_EQ(Told(participant).participants(0).certificates_size(), 1);
}

TEST(WorthTellingTest, ACertificateThatWasRenewedIsNot) {
  v1::Participant participant;
  AddCertificate(participant, absl::Hours(24), absl::Hours(2));
  AddCertificate(participant, absl::Hours(24 * 300), absl::Hours(1));
  EXPECT_EQ(Told(participant).participants_size(), 0);
}

TEST(WorthTellingTest, ACertificateThatIsStillUsedBesideItsSuccessorIs) {
  v1::Participant participant;
  AddCertificate(participant, absl::Hours(24), absl::Hours(1));
  AddCertificate(participant, absl::Hours(24 * 300), absl::Hours(2));
  EXPECT_EQ(Told(participant).participants_size(), 1);
}

TEST(WorthTellingTest, InboxCertificatesAreToldWhenNoneHoldsForLonger) {
  v1::Participant participant;
  participant.add_inbox_certificates_expire_at()->set_seconds(absl::ToUnixSeconds(kNow + absl::Hours(24)));
  EXPECT_EQ(Told(participant).participants_size(), 1);
  participant.add_inbox_certificates_expire_at()->set_seconds(absl::ToUnixSeconds(kNow + absl::Hours(24 * 300)));
  EXPECT_EQ(Told(participant).participants_size(), 0);
}

TEST(WorthTellingTest, WhoIsSuspendedIsTold) {
  v1::Participant participant;
  participant.set_suspended(true);
  EXPECT_EQ(Told(participant).participants_size(), 1);
}

TEST(UnseenTest, OfWhomNoCertificateIsKnownIsToldByName) {
  v1::ListParticipantsResponse all;
  AddCertificate(*all.add_participants(), absl::Hours(24 * 300), absl::Hours(24 * 60));
  v1::Participant& unseen = *all.add_participants();
  unseen.set_participant("urn:envej:municipality:0101");
  unseen.set_name("K\u00f8benhavn");
  unseen.mutable_on_call()->set_phone_number("+4511223344");
  unseen.add_inbox_certificates_expire_at()->set_seconds(absl::ToUnixSeconds(kNow));
  const v1::ListParticipantsResponse told = Unseen(all);
  ASSERT_EQ(told.participants_size(), 1);
  EXPECT_EQ(told.participants(0).participant(), "urn:envej:municipality:0101");
  EXPECT_EQ(told.participants(0).name(), unseen.name());
  EXPECT_EQ(told.participants(0).on_call().phone_number(), "+4511223344");
}

TEST(UnseenTest, WhoWouldNotBeLetInIsLeftOut) {
  v1::ListParticipantsResponse all;
  all.add_participants()->set_suspended(true);
  all.add_participants()->set_left_register(true);
  EXPECT_EQ(Unseen(all).participants_size(), 0);
}

TEST(SnapshotMakerTest, WhoIsUnseenIsTold) {
  TestAnswers answers;
  ASSERT_TRUE(answers.Set("participants", R"({"participants": [{"name": "Roskilde"}]})"));
  EXPECT_THAT(SnapshotMaker(answers).Make(kNow, absl::ZeroDuration()),
              HasSubstr(R"("unseen":{"participants":[{"participant":"","name":"Roskilde")"));
}

TEST(SnapshotMakerTest, LateNoticesAreAskedForWhenTheirNumbersChangeAndNowAndThen) {
  TestAnswers answers;
  SnapshotMaker maker(answers);
  const auto notice = [](int number) {
    return absl::StrCat(R"({"notices": [{"municipalityCode": "0101", "noticeId": "n)", number, R"("}]})");
  };
  ASSERT_TRUE(answers.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101"}]})"));
  ASSERT_TRUE(answers.Set("late", notice(1)));
  EXPECT_THAT(maker.Make(kNow, absl::Seconds(0)), Not(HasSubstr("n1")));
  ASSERT_TRUE(answers.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101", "overdue": 1}]})"));
  EXPECT_THAT(maker.Make(kNow, absl::Seconds(2)), HasSubstr("n1"));
  ASSERT_TRUE(answers.Set("late", notice(2)));
  EXPECT_THAT(maker.Make(kNow, absl::Seconds(4)), HasSubstr("n1"));
  EXPECT_THAT(maker.Make(kNow, absl::Seconds(2) + SnapshotMaker::kLateEvery), HasSubstr("n2"));
}

TEST(SnapshotMakerTest, WhereThereAreMoreInboxesThanAreAskedThatIsTold) {
  TestAnswers answers;
  const auto made = [&](int inboxes) {
    v1::ListInboxesResponse all;
    for (int inbox = 0; inbox < inboxes; ++inbox) all.add_inboxes()->set_overdue(1);
    EXPECT_TRUE(answers.Set("inboxes", ToJson(all)));
    return SnapshotMaker(answers).Make(kNow, absl::ZeroDuration());
  };
  EXPECT_THAT(made(SnapshotMaker::kLateInboxesMost), Not(HasSubstr(R"("nextPageToken":"more")")));
  EXPECT_THAT(made(SnapshotMaker::kLateInboxesMost + 1), HasSubstr(R"("nextPageToken":"more")"));
}

TEST(SnapshotMakerTest, HowManyAreLeftOutIsTold) {
  TestAnswers answers;
  ASSERT_TRUE(answers.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101", "overdue": 1},
                                                     {"municipalityCode": "0147", "undelivered": 1}]})"));
  EXPECT_THAT(SnapshotMaker(answers).Make(kNow, absl::ZeroDuration()), HasSubstr(R"("leftOut":"0")"));
  ASSERT_TRUE(answers.Set("late", R"({"leftOut": "3"})"));
  EXPECT_THAT(SnapshotMaker(answers).Make(kNow, absl::ZeroDuration()), HasSubstr(R"("leftOut":"6")"));
}

TEST(SnapshotMakerTest, ALookReadsOnePageOfABoundedNumberOfInboxes) {
  TestAnswers answers;
  v1::ListInboxesResponse all;
  for (int inbox = 0; inbox < 98; ++inbox) all.add_inboxes()->set_overdue(1000);
  ASSERT_TRUE(answers.Set("inboxes", ToJson(all)));
  SnapshotMaker(answers).Make(kNow, absl::ZeroDuration());
  const std::vector<int> pages = answers.notice_pages();
  ASSERT_EQ(pages.size(), static_cast<size_t>(SnapshotMaker::kLateInboxesMost));
  for (const int size : pages) EXPECT_EQ(size, kLateNoticesMost);
}

TEST(SnapshotMakerTest, CountedAgainIsNotChanged) {
  TestAnswers answers;
  SnapshotMaker maker(answers);
  ASSERT_TRUE(answers.Set("inboxes", R"({"countedAt": "2026-01-01T00:00:00Z"})"));
  const std::string before = maker.Make(kNow, absl::Seconds(0));
  ASSERT_TRUE(answers.Set("inboxes", R"({"countedAt": "2026-01-01T00:00:02Z"})"));
  EXPECT_EQ(maker.Make(kNow, absl::Seconds(2)), before);
}

}  // namespace
}  // namespace envej::operations
