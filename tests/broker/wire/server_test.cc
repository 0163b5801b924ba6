#include "broker/wire/server.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/admission/admission.h"
#include "broker/wire/gate.h"
#include "broker/wire/inbox_service.h"
#include "certs/tls_credentials.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;

// The server of the broker, over a store in memory, with a clock and a gate that a test moves.
class ServerTest : public testing::Test {
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

TEST_F(ServerTest, ServesUntilItsGateIsClosed) {
  EXPECT_TRUE(Pull().ok());
  gate_.Close();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
}

TEST_F(ServerTest, PullsAreRefusedOnceTheInboxesDrain) {
  inboxes_.Drain();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
}

TEST_F(ServerTest, ACallWhoseDeadlineIsOverIsNotCarriedOut) {
  clock_.Advance(absl::Hours(1));
  ExpectRefused(Pull(), Reason::kDeadlinePassed);
}

}  // namespace
}  // namespace envej::wire
