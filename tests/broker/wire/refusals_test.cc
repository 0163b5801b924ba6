#include "tests/support/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/admission/admission.h"
#include "broker/wire/gate.h"
#include "broker/wire/inbox_service.h"
#include "broker/wire/server.h"
#include "certs/tls_credentials.h"
#include "proto/contract/notice_rules.h"
#include "tests/broker/wire/wire_cases.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;

// Those that a caller of the running process cannot be sure to meet: the tests below make the same server give them.
constexpr Reason kByAHandMadeServer[] = {Reason::kBrokerStopping, Reason::kDeadlinePassed};

std::string Title(Reason reason, absl::string_view how) {
  return absl::StrCat(contract::Describe(reason).name, ": ", how);
}

class WireRefusalsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world().is_serving()); }

  static World& world() {
    static auto* const world = new World;
    return *world;
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(world().broker().Stop().code, 0);
    const std::string log = world().broker().Log();
    for (const char* const marked : {support::kMarkedName, support::kMarkedPhone, support::kMarkedStreet}) {
      EXPECT_THAT(log, testing::Not(testing::HasSubstr(marked)));
    }
  }
};

TEST_F(WireRefusalsTest, EveryReasonOfTheContractHasACase) {
  std::set<Reason> covered(std::begin(kByAHandMadeServer), std::end(kByAHandMadeServer));
  for (const WireCase& wire_case : WireCases()) covered.insert(wire_case.reason);
  for (const support::Spoiling& spoiling : support::Spoilings()) covered.insert(spoiling.reason);
  for (const contract::ReasonEntry& entry : contract::AllReasons()) {
    EXPECT_TRUE(covered.contains(entry.reason)) << entry.name << " has no case";
  }
}

TEST_F(WireRefusalsTest, EachIsRefusedForExactlyItsReason) {
  for (const WireCase& wire_case : WireCases()) {
    SCOPED_TRACE(Title(wire_case.reason, wire_case.how));
    wire_case.provoke(world());
  }
}

// What is spoiled, as it is sent now; nothing if no sender of this language can put it on the wire.
struct Spoiled {
  v1::Notice message;
  std::vector<std::string> fields;
};

Spoiled Spoil(const support::Spoiling& spoiling) {
  contract::Notice notice = support::GoodNotice();
  notice.envelope->notice_id = support::NewNoticeId();
  spoiling.spoil(notice);
  Spoiled spoiled{.message = support::MessageAt(notice, absl::Now()), .fields = {}};
  const contract::Moment judged{.time = support::kJudgedAt, .day = support::kJudgedOn};
  const std::optional<contract::Rejection> rejection = contract::CheckNotice(notice, judged).ForNew();
  if (!rejection.has_value()) return spoiled;
  for (const contract::Violation& violation : rejection->violations) spoiled.fields.push_back(violation.field);
  return spoiled;
}

bool CanBeSent(const v1::Notice& notice) {
  v1::Notice parsed;
  return parsed.ParseFromString(notice.SerializeAsString());
}

// Alone, and between two good neighbours, which it does not spoil.
TEST_F(WireRefusalsTest, EachSpoiledNoticeIsRefusedForExactlyItsReasonAloneAndInABatch) {
  for (const support::Spoiling& spoiling : support::Spoilings()) {
    SCOPED_TRACE(Title(spoiling.reason, spoiling.how));
    const Spoiled spoiled = Spoil(spoiling);
    if (!CanBeSent(spoiled.message)) continue;
    EXPECT_FALSE(spoiled.fields.empty() && spoiling.reason != Reason::kEnvelopeMissing);
    ExpectRefused(world().Submit(spoiled.message), spoiling.reason, spoiled.fields);

    v1::SubmitNoticesRequest batch;
    *batch.add_notices() = support::NewNotice(kCode);
    *batch.add_notices() = spoiled.message;
    *batch.add_notices() = support::NewNotice(kCode);
    v1::SubmitNoticesResponse answer;
    const grpc::Status status = world().intake().SubmitNotices(CallContext().get(), batch, &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(answer.results_size(), 3);
    ExpectRefused(answer.results(1).rejected(), spoiling.reason, spoiled.fields);
    for (const int neighbour : {0, 2}) {
      EXPECT_TRUE(answer.results(neighbour).has_accepted());
      EXPECT_EQ(answer.results(neighbour).notice_id(), batch.notices(neighbour).envelope().notice_id());
    }
  }
}

// The server of the broker, over a store in memory, with a clock and a gate that a test moves.
class HandMadeServerTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto credentials =
        certs::MakeServerCredentials(support::SharedAuthority().IssueFiles(folder_, "broker", certs::ServerRequest()));
    ASSERT_TRUE(credentials.ok());
    auto server = Server::Start({.listen = "127.0.0.1:0", .credentials = *credentials}, {&service_});
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
    stub_ = v1::InboxService::NewStub(support::OpenChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                                           support::CredentialsFor({support::kMunicipality})));
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Drain(absl::Now());
  }

  grpc::Status Pull() {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::PullNoticesResponse answer;
    return stub_->PullNotices(CallContext().get(), request, &answer);
  }

  certs::TestDirectory folder_;
  ManualClock clock_{absl::Now()};
  const Log log_{clock_};
  ManualScheduler scheduler_;
  store::MemoryStore store_;
  inbox::Inboxes inboxes_{store_, clock_, scheduler_, {}};
  const admission::Participants participants_{{.regions = {},
                                               .municipalities = {{.code = kCode,
                                                                   .name = "København",
                                                                   .participating = false,
                                                                   .scheme_name = {},
                                                                   .phone_number = {},
                                                                   .leaflet_text = {}}},
                                               .agreements = {},
                                               .operations = {}}};
  const admission::Admission admission_{participants_, absl::UTCTimeZone()};
  Gate gate_{admission_, clock_, log_};
  InboxService service_{gate_, admission_, inboxes_, log_};
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::InboxService::Stub> stub_;
};

TEST_F(HandMadeServerTest, ServesUntilItsGateIsClosed) {
  EXPECT_TRUE(Pull().ok());
  gate_.Close();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
}

TEST_F(HandMadeServerTest, PullsAreRefusedOnceTheInboxesDrain) {
  inboxes_.Drain();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
}

TEST_F(HandMadeServerTest, ACallWhoseDeadlineIsOverIsNotCarriedOut) {
  clock_.Advance(absl::Hours(1));
  ExpectRefused(Pull(), Reason::kDeadlinePassed);
}

}  // namespace
}  // namespace envej::wire
