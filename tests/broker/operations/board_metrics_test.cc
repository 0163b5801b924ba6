#include "broker/operations/board_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/broker/operations/board_fixture.h"
#include "tests/certs/test_files.h"
#include "tests/support/trust_world.h"

namespace envej::operations {
namespace {

using testing::HasSubstr;
using testing::Not;

class BoardMetricsTest : public BoardFixture {
 protected:
  BoardMetricsTest() {
    metrics_->Add(gathered_);
    metrics_->SetJournal([this] { return store_.LastDurableBatch(); }, nullptr);
  }

  void Call(const certs::Identity& who, absl::Duration certificate_lasts) {
    certs::LeafRequest request = certs::ClientRequest(certs::ParticipantUri(who));
    request.not_after = request.not_before + certificate_lasts;
    attendance_->See(who, authority_.IssueCertificate(request), clock_.Now());
  }

  // The line of the one participant of whom a certificate is known; empty if there is none.
  std::string CertificateExpires() const {
    const std::string text = metrics_->Text();
    const std::string name = "envej_participant_certificate_expires_timestamp_seconds{participant=";
    const size_t at = text.find(name);
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  }

  const certs::TestAuthority authority_;
  trust::CurrentTrust trust_{support::MakeTrust({.municipality_suspended = true})};
  bool suspended_ = false;
  const std::shared_ptr<BoardMetrics> gathered_ = std::make_shared<BoardMetrics>(BoardMetrics::Parts{
      .board = *board_, .attendance = *attendance_, .trust = trust_, .clock = clock_, .suspended = [this](const auto&) {
        return suspended_;
      }});
};

TEST_F(BoardMetricsTest, AnInboxThatHadNothingYetIsThereWithZeros) {
  const std::string text = metrics_->Text();
  for (const char* name : {"envej_inbox_waiting", "envej_inbox_leased", "envej_inbox_parked", "envej_inbox_missing",
                           "envej_inbox_overdue", "envej_inbox_undelivered", "envej_inbox_consumers",
                           "envej_inbox_silent", "envej_notices_fetched_total", "envej_notices_acknowledged_total"}) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat(name, "{municipality=\"0101\"} 0\n")));
  }
  EXPECT_THAT(text, HasSubstr("envej_notices_returned_total{municipality=\"0101\",reason=\"NOT_RESIDENT\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("envej_notices_withdrawn_total{municipality=\"0101\",reason=\"DECEASED\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("envej_inbox_certificate_expires_timestamp_seconds{municipality=\"0101\"} "));
  for (const char* absent :
       {"envej_inbox_oldest", "envej_inbox_last_fetch", "envej_inbox_last_pull", "envej_participant_last_seen",
        "envej_participant_certificate", "envej_notices_accepted_total{"}) {
    EXPECT_THAT(text, Not(HasSubstr(absent)));
  }
}

TEST_F(BoardMetricsTest, TellsOfWhatIsUnderWayAndOfWhatHappened) {
  ASSERT_TRUE(SubmitOne(1).ok());
  ASSERT_TRUE(SubmitOne(2).ok());
  const std::vector<inbox::PulledItem> pulled = PullSome();
  ASSERT_EQ(pulled.size(), 1u);
  std::string text = metrics_->Text();
  EXPECT_THAT(text, HasSubstr("envej_notices_accepted_total{region=\"1084\",municipality=\"0101\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("envej_inbox_waiting{municipality=\"0101\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_inbox_leased{municipality=\"0101\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_notices_fetched_total{municipality=\"0101\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_inbox_oldest_entered_timestamp_seconds{municipality=\"0101\"} 1800000000\n"));
  EXPECT_THAT(text, HasSubstr("envej_inbox_oldest_lease_timestamp_seconds{municipality=\"0101\"} 1800000000\n"));
  EXPECT_THAT(text, HasSubstr("envej_inbox_last_fetch_timestamp_seconds{municipality=\"0101\"} 1800000000\n"));
  EXPECT_THAT(text, HasSubstr("envej_accepted_to_fetched_seconds_count 1\n"));
  ASSERT_TRUE(AcknowledgeOne(NameOf(pulled[0])).ok());
  text = metrics_->Text();
  EXPECT_THAT(text, HasSubstr("envej_notices_acknowledged_total{municipality=\"0101\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_accepted_to_acknowledged_seconds_count 1\n"));
  LetTimePass(kSilentAfter);
  EXPECT_THAT(metrics_->Text(), HasSubstr("envej_inbox_silent{municipality=\"0101\"} 1\n"));
}

// Prometheus then has what it last was, and its alert does not end to begin again.
TEST_F(BoardMetricsTest, SoonAfterAStartNothingIsToldOfASilenceThatMayBe) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(kSilentAfter);
  const std::unique_ptr<Board> anew = NewBoard();
  const auto gathered = std::make_shared<BoardMetrics>(
      BoardMetrics::Parts{.board = *anew, .attendance = *attendance_, .trust = trust_, .clock = clock_});
  Metrics metrics;
  metrics.Add(gathered);
  anew->Serve();
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("envej_inbox_silent{municipality=\"0101\"}")));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_inbox_waiting{municipality=\"0101\"} 1\n"));
  LetTimePass(kSilenceGrace);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_inbox_silent{municipality=\"0101\"} "));
}

TEST_F(BoardMetricsTest, TellsOfParticipants) {
  const certs::Identity region{.kind = certs::ParticipantKind::kRegion, .code = "1081", .origin = ""};
  EXPECT_THAT(metrics_->Text(), HasSubstr("envej_participant_suspended{participant=\"urn:envej:region:1081\"} 0\n"));
  EXPECT_THAT(metrics_->Text(),
              HasSubstr("envej_participant_suspended{participant=\"urn:envej:municipality:0101\"} 1\n"));
  suspended_ = true;
  EXPECT_THAT(metrics_->Text(), HasSubstr("envej_participant_suspended{participant=\"urn:envej:region:1081\"} 1\n"));
  Call(region, absl::Hours(2));
  EXPECT_THAT(metrics_->Text(), HasSubstr("envej_participant_last_seen_timestamp_seconds{participant=\"urn:envej:"
                                          "region:1081\"} 1800000000\n"));
}

TEST_F(BoardMetricsTest, ACertificateThatWasRenewedSaysNothingADayLater) {
  const certs::Identity region{.kind = certs::ParticipantKind::kRegion, .code = "1081", .origin = ""};
  Call(region, absl::Hours(2));
  const std::string first = CertificateExpires();
  EXPECT_NE(first, "");
  LetTimePass(absl::Seconds(1));
  Call(region, absl::Hours(3));
  EXPECT_EQ(CertificateExpires(), first);
  Skip(BoardMetrics::kCertificateInUse + absl::Seconds(1));
  Call(region, absl::Hours(3));
  EXPECT_NE(CertificateExpires(), first);
}

TEST_F(BoardMetricsTest, TheCertificateOfASystemThatSeldomCallsIsToldAsLongAsTheBrokerRuns) {
  certs::Identity region{.kind = certs::ParticipantKind::kRegion, .code = "1081", .origin = "archive"};
  Call(region, absl::Hours(2));
  const std::string first = CertificateExpires();
  EXPECT_NE(first, "");
  Skip(absl::Hours(24 * 60));
  region.origin = "ward";
  Call(region, absl::Hours(3));
  EXPECT_EQ(CertificateExpires(), first);
}

TEST_F(BoardMetricsTest, OfSeveralInboxCertificatesTheLastToExpireIsTold) {
  std::vector<certs::Certificate> certificates;
  for (const int hours : {5, 9, 7}) {
    certs::LeafRequest request = certs::ClientRequest(MunicipalityUri(kHere));
    request.not_after = request.not_before + absl::Hours(hours);
    certificates.push_back(authority_.IssueCertificate(request));
  }
  const absl::Time last = certificates[1].not_after();
  trust_.Replace(support::MakeTrust({.inbox_certificates = certificates}));
  EXPECT_THAT(metrics_->Text(),
              HasSubstr(absl::StrCat("envej_inbox_certificate_expires_timestamp_seconds{municipality=\"0101\"} ",
                                     absl::ToUnixSeconds(last), "\n")));
}

TEST_F(BoardMetricsTest, TellsWhenAPullWasLastLetIn) {
  const certs::Identity municipality{.kind = certs::ParticipantKind::kMunicipality, .code = kHere, .origin = ""};
  Call(municipality, absl::Hours(2));
  EXPECT_THAT(metrics_->Text(), Not(HasSubstr("envej_inbox_last_pull"))) << "it called for something else";
  attendance_->SeePull(certs::ParticipantUri(municipality), clock_.Now());
  EXPECT_THAT(metrics_->Text(),
              HasSubstr("envej_inbox_last_pull_timestamp_seconds{municipality=\"0101\"} 1800000000\n"));
}

TEST_F(BoardMetricsTest, WhatIsGoneIsGatheredNoMore) {
  Metrics metrics;
  auto gathered = std::make_shared<BoardMetrics>(
      BoardMetrics::Parts{.board = *board_, .attendance = *attendance_, .trust = trust_, .clock = clock_});
  metrics.Add(gathered);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_inbox_waiting"));
  gathered.reset();
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("envej_inbox_waiting")));
}

}  // namespace
}  // namespace envej::operations
