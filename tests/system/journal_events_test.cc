// What the journal of the real broker says: who did what, and who was refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "broker/store/rocksdb_reader.h"
#include "certs/certificate.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/journal_events.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::kCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

// A participant with a certificate of its own.
class Participant {
 public:
  Participant(const std::string& address, const std::string& uri)
      : issued_(support::SharedAuthority().Issue(certs::ClientRequest(uri))),
        channel_(support::OpenChannel(
            address, grpc::SslCredentials({.pem_root_certs = support::SharedAuthority().CertificatePem(),
                                           .pem_private_key = issued_.key_pem,
                                           .pem_cert_chain = issued_.certificate_pem}))) {}

  std::string Fingerprint() const {
    return certs::Certificate::FromPem(issued_.certificate_pem)->front().fingerprint();
  }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  const certs::IssuedCertificate issued_;
  const std::shared_ptr<grpc::Channel> channel_;
};

class JournalEventsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  // What the store of the stopped broker says.
  std::vector<journal::Event> Events() const {
    const auto reader = store::RocksDbReader::Open(broker_.data());
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) return {};
    return support::JournalEvents([&](const store::ScanRange& range) { return (*reader)->Scan(range); });
  }

  void ExpectWhole() const {
    const std::string authorities = broker_.folder().Write("verify.pem", support::SharedAuthority().CertificatePem());
    const support::Ended verified = support::RunProgram({support::ProgramPath("envej-broker"), "journal", "verify",
                                                         "--authorities", authorities, "--data", broker_.data()});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  }

  BrokerProcess broker_{{.more = "journal: {checkpoint_seconds: 1}\n"}};
};

TEST_F(JournalEventsTest, SaysWithWhichCertificateEachThingWasDone) {
  const Participant first(broker_.address(), support::kRegion);
  const Participant second(broker_.address(), support::kRegion);  // the same region, after a rollover
  const Participant municipality(broker_.address(), support::kMunicipality);
  std::vector<v1::SubmitNoticeResponse> accepted;
  for (const Participant* region : {&first, &second}) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    for (const Participant* sender : {region, &second}) {
      const auto intake = v1::IntakeService::NewStub(sender->channel());
      ASSERT_TRUE(intake->SubmitNotice(CallContext().get(), request, &accepted.emplace_back()).ok());
    }
  }
  EXPECT_EQ(accepted[0].receipt().actor(), first.Fingerprint());
  EXPECT_EQ(accepted[1].receipt().actor(), first.Fingerprint()) << "a repeated one is the first one's";
  EXPECT_EQ(accepted[2].receipt().actor(), second.Fingerprint());

  const auto inbox = v1::InboxService::NewStub(municipality.channel());
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kCode);
  v1::PullNoticesResponse pulled;
  ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
  ASSERT_EQ(pulled.items_size(), 2);
  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(kCode);
  *acknowledge.add_leases() = pulled.items(0).lease().name();
  v1::AcknowledgeNoticesResponse acknowledged;
  v1::ReturnNoticesRequest refuse;
  refuse.set_municipality_code(kCode);
  *refuse.add_returns()->mutable_lease() = pulled.items(1).lease().name();
  refuse.mutable_returns(0)->set_reason(v1::RETURN_REASON_DECEASED);
  v1::ReturnNoticesResponse returned;
  for (int repeat = 0; repeat < 2; ++repeat) {
    ASSERT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged).ok());
    ASSERT_TRUE(inbox->ReturnNotices(CallContext().get(), refuse, &returned).ok());
  }
  ASSERT_EQ(broker_.Stop().code, support::kDone);

  using journal::EventType;
  std::vector<std::pair<EventType, std::string>> told;
  for (const journal::Event& event : Events()) told.emplace_back(event.type, event.actor);
  EXPECT_THAT(told, ElementsAre(Pair(EventType::kAccepted, first.Fingerprint()),
                                Pair(EventType::kAccepted, second.Fingerprint()),
                                Pair(EventType::kLeased, municipality.Fingerprint()),
                                Pair(EventType::kLeased, municipality.Fingerprint()),
                                Pair(EventType::kAcknowledged, municipality.Fingerprint()),
                                Pair(EventType::kReturned, municipality.Fingerprint())));
  ExpectWhole();
}

TEST_F(JournalEventsTest, CountsWhatKnownCallersWereRefusedAndNamesNoNotice) {
  const Participant region(broker_.address(), support::kRegion);
  const Participant municipality(broker_.address(), support::kMunicipality);
  const auto intake = v1::IntakeService::NewStub(region.channel());

  v1::SubmitNoticesRequest batch;
  for (int number = 0; number < 5; ++number) *batch.add_notices() = support::NewNotice(kCode);
  for (const int bad : {1, 2, 3}) batch.mutable_notices(bad)->mutable_citizen()->clear_name();
  v1::SubmitNoticesResponse answered;
  ASSERT_TRUE(intake->SubmitNotices(CallContext().get(), batch, &answered).ok());
  v1::SubmitNoticeRequest single;
  *single.mutable_notice() = batch.notices(1);
  v1::SubmitNoticeResponse accepted;
  EXPECT_FALSE(intake->SubmitNotice(CallContext().get(), single, &accepted).ok());

  v1::PullNoticesRequest pull;
  pull.set_municipality_code(support::kOtherCode);
  v1::PullNoticesResponse pulled;
  const auto refuse_pull = [&](const std::shared_ptr<grpc::Channel>& channel) {
    EXPECT_FALSE(v1::InboxService::NewStub(channel)->PullNotices(CallContext().get(), pull, &pulled).ok());
  };
  refuse_pull(region.channel());
  refuse_pull(municipality.channel());
  refuse_pull(municipality.channel());
  for (const char* nobody : {"urn:example:one", "urn:example:two"}) {
    refuse_pull(Participant(broker_.address(), nobody).channel());
  }
  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(kCode);
  for (int number = 0; number < 2; ++number) {
    v1::LeaseName& lease = *acknowledge.add_leases();
    lease.set_region_code("1081");
    lease.set_notice_id(number == 0 ? batch.notices(1).envelope().notice_id() : "no id");
    lease.set_revision(1);
  }
  v1::AcknowledgeNoticesResponse acknowledged;
  ASSERT_TRUE(v1::InboxService::NewStub(municipality.channel())
                  ->AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged)
                  .ok());
  ASSERT_EQ(broker_.Stop().code, support::kDone);

  using Counted = std::tuple<std::string, std::string, uint32_t>;
  std::map<Counted, uint64_t> counts;
  for (const journal::Event& event : Events()) {
    if (event.type != journal::EventType::kCallsRefused) continue;
    counts[{event.caller, event.actor, event.refusal_reason}] += event.count;
    for (const v1::Notice& notice : batch.notices()) {
      EXPECT_THAT(journal::EncodeEvent(event), Not(HasSubstr(notice.envelope().notice_id())));
    }
  }
  const std::map<Counted, uint64_t> expected = {
      {{support::kRegion, region.Fingerprint(), v1::REJECTION_REASON_NAME_MISSING}, 4},
      {{support::kRegion, region.Fingerprint(), v1::REJECTION_REASON_CALLER_KIND_NOT_ALLOWED}, 1},
      {{support::kMunicipality, municipality.Fingerprint(), v1::REJECTION_REASON_INBOX_NOT_FOUND}, 2},
      {{support::kMunicipality, municipality.Fingerprint(), v1::REJECTION_REASON_NOTICE_NOT_FOUND}, 2},
      {{"", "", v1::REJECTION_REASON_CALLER_UNKNOWN}, 2}};
  EXPECT_EQ(counts, expected);
  ExpectWhole();
}

}  // namespace
}  // namespace envej::system
