#include "region-client/sources/hl7_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::HasSubstr;

class Hl7ListenerTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options());
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    desk_ = std::make_unique<Desk>(
        DeskOptions{.site = TestSite()}, *store_, locks_, [] { return absl::Now(); }, absl::UTCTimeZone(), [] {});
  }
  absl::StatusOr<std::unique_ptr<Hl7Listener>> Start(const Hl7ListenerOptions& options) {
    return Hl7Listener::Start(options, {.desk = *desk_,
                                        .copenhagen = absl::UTCTimeZone(),
                                        .now = [] { return absl::Now(); },
                                        .log = [](const std::string&) {}});
  }

  AgentFolder folder_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(Hl7ListenerTest, SaysWhyItDoesNotStart) {
  const certs::TlsFiles missing{.certificate_chain = "/no-chain", .private_key = "/no-key", .authorities = "/none"};
  const auto unread = Start({.name = "adt", .listen = "127.0.0.1:0", .tls = missing, .form = {}});
  EXPECT_THAT(unread.status().message(), HasSubstr("hl7 listener adt: "));
  const auto open_to_all = Start({.name = "adt", .listen = "0.0.0.0:0", .tls = {}, .form = {}});
  EXPECT_THAT(open_to_all.status().message(), HasSubstr("hl7 listener adt: "));
  const auto first = Start({.name = "adt", .listen = "127.0.0.1:0", .tls = {}, .form = {}});
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second =
      Start({.name = "lab", .listen = absl::StrCat("127.0.0.1:", (*first)->port()), .tls = {}, .form = {}});
  EXPECT_THAT(second.status().message(), HasSubstr("hl7 listener lab: "));
}

}  // namespace
}  // namespace envej::region
