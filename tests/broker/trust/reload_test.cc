#include "broker/trust/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <optional>

#include "absl/time/clock.h"
#include "tests/broker/trust/trust_files.h"

namespace envej::trust {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kInTime(20);

// What the reload told, one after the other.
class Told {
 public:
  // The next thing that is told from now on.
  std::future<std::string> Next() {
    const std::lock_guard lock(mutex_);
    next_.emplace();
    return next_->get_future();
  }
  void Tell(const std::string& text) {
    const std::lock_guard lock(mutex_);
    ++count_;
    if (next_.has_value()) next_->set_value(text);
    next_.reset();
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::optional<std::promise<std::string>> next_;
  int count_ = 0;
};

std::string After(std::future<std::string> told) {
  return told.wait_for(kInTime) == std::future_status::ready ? told.get() : "nothing in time";
}

class ReloadTest : public testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<TrustFiles> first = files_.Read(absl::Now());
    ASSERT_TRUE(first.ok()) << first.status();
    current_.emplace(first->trust);
    auto credentials = certs::ReplaceableCredentials::Create(first->tls);
    ASSERT_TRUE(credentials.ok());
    credentials_ = *std::move(credentials);
    Reload::Options options;
    options.read = [this] { return files_.Read(absl::Now()); };
    options.look_every = absl::Milliseconds(10);
    options.taken = [this](const TrustFiles&) { taken_.Tell("taken"); };
    options.broken = [this](const absl::Status& why) { broken_.Tell(std::string(why.message())); };
    options.looked = [this](const Trust&) { looked_.Tell("looked"); };
    reload_.emplace(*first, *current_, *credentials_, options);
  }

  bool RegionSuspended() const {
    return current_->Get()->participants().Suspended(
        {.kind = certs::ParticipantKind::kRegion, .code = "1081", .origin = {}});
  }
  void LookTwice() {
    for (int look = 0; look < 2; ++look) EXPECT_EQ(After(looked_.Next()), "looked");
  }

  GoodFiles files_;
  Told taken_;
  Told broken_;
  Told looked_;
  std::optional<CurrentTrust> current_;
  std::unique_ptr<certs::ReplaceableCredentials> credentials_;
  std::optional<Reload> reload_;
};

TEST_F(ReloadTest, NothingIsReadAgainAsLongAsNothingChanges) {
  LookTwice();
  LookTwice();
  EXPECT_EQ(taken_.count(), 0);
}

TEST_F(ReloadTest, AChangedRegisterIsTaken) {
  std::future<std::string> taken = taken_.Next();
  files_.WriteRegister(files_.RegisterText(true));
  EXPECT_EQ(After(std::move(taken)), "taken");
  EXPECT_TRUE(RegionSuspended());
}

TEST_F(ReloadTest, EveryFileIsFollowed) {
  const std::function<void()> changes[] = {
      [this] { files_.WriteOwn(); }, [this] { files_.WriteInbox(files_.authority()); },
      [this] { files_.WriteList({}); },
      [this] {
        files_.Write("authorities.pem",
                     files_.authority().CertificatePem() + certs::TestAuthority("another").CertificatePem());
      }};
  for (const std::function<void()>& change : changes) {
    std::future<std::string> taken = taken_.Next();
    change();
    EXPECT_EQ(After(std::move(taken)), "taken");
  }
  EXPECT_EQ(broken_.count(), 0);
}

TEST_F(ReloadTest, WhatIsBrokenIsToldOnceAndChangesNothingUntilItIsMended) {
  const std::shared_ptr<const Trust> before = current_->Get();
  std::future<std::string> broken = broken_.Next();
  files_.WriteRegister("regions: 1\n");
  EXPECT_THAT(After(std::move(broken)), HasSubstr(files_.Path("participants.yaml")));
  reload_->Now();
  LookTwice();
  EXPECT_EQ(broken_.count(), 1);
  EXPECT_EQ(current_->Get(), before);
  std::future<std::string> taken = taken_.Next();
  files_.WriteRegister(files_.RegisterText(true));
  EXPECT_EQ(After(std::move(taken)), "taken");
  EXPECT_TRUE(RegionSuspended());
}

TEST_F(ReloadTest, OneBrokenFileKeepsBackTheOthersToo) {
  const std::shared_ptr<const Trust> before = current_->Get();
  std::future<std::string> broken = broken_.Next();
  files_.Write("broker.key", "no key");
  files_.WriteRegister(files_.RegisterText(true));
  After(std::move(broken));
  LookTwice();
  EXPECT_EQ(current_->Get(), before);
  EXPECT_FALSE(RegionSuspended());
}

TEST_F(ReloadTest, AFileThatABrokenRegisterNamesIsFoundWhenItComes) {
  std::future<std::string> broken = broken_.Next();
  std::string text = files_.RegisterText(true);
  text.replace(text.find("inbox.pem"), 9, "later.pem");
  files_.WriteRegister(text);
  EXPECT_THAT(After(std::move(broken)), HasSubstr("later.pem"));
  std::future<std::string> taken = taken_.Next();
  files_.Write("later.pem", certs::ReadFile(files_.Path("inbox.pem")));
  EXPECT_EQ(After(std::move(taken)), "taken");
}

TEST_F(ReloadTest, ARevokedInboxCertificateIsUsedNoMoreAndTold) {
  const auto inboxes = [this] { return current_->Get()->participants().FindMunicipality("0101")->inbox_certificates; };
  ASSERT_EQ(inboxes().size(), 1u);
  const certs::Certificate inbox = inboxes().front();
  std::future<std::string> taken = taken_.Next();
  files_.WriteList({certs::Revoked(inbox, certs::RevocationReason::kKeyCompromise)});
  EXPECT_EQ(After(std::move(taken)), "taken");
  EXPECT_TRUE(inboxes().empty());
  EXPECT_THAT(files_.Read(absl::Now())->with_revoked_inbox_certificates, testing::ElementsAre("0101"));
}

TEST_F(ReloadTest, AnOlderListDoesNotMakeARevokedCertificateGoodAgain) {
  const certs::Certificate region = files_.authority().IssueCertificate(certs::ClientRequest("urn:envej:region:1081"));
  const std::string older = certs::ReadFile(files_.Path("lists/authority.pem"));
  const absl::StatusOr<std::string> newer = files_.authority().authority().MakeRevocationList(
      {.number = 2,
       .this_update = absl::Now(),
       .next_update = absl::Now() + absl::Hours(1),
       .revoked = {certs::Revoked(region, certs::RevocationReason::kKeyCompromise)}});
  ASSERT_TRUE(newer.ok()) << newer.status();
  EXPECT_TRUE(current_->Get()->Identify(region, absl::Now()).ok());
  std::future<std::string> taken = taken_.Next();
  files_.Write("lists/authority.pem", *newer);
  EXPECT_EQ(After(std::move(taken)), "taken");
  EXPECT_TRUE(absl::IsPermissionDenied(current_->Get()->Identify(region, absl::Now()).status()));
  std::future<std::string> broken = broken_.Next();
  files_.Write("lists/authority.pem", older);
  EXPECT_THAT(After(std::move(broken)), HasSubstr("older than the one in use"));
  EXPECT_TRUE(absl::IsPermissionDenied(current_->Get()->Identify(region, absl::Now()).status()));
}

}  // namespace
}  // namespace envej::trust
