#ifndef ENVEJ_TESTS_SYSTEM_RESTORE_FIXTURE_H_
#define ENVEJ_TESTS_SYSTEM_RESTORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "broker/journal/mirror_folder.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::system {

// A broker with a mirror, whose store is to be lost.
class RestoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(mirror_);
    ASSERT_TRUE(broker_.Start());
  }

  support::Ended Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), support::ProgramPath("envej-broker"));
    return support::RunProgram(arguments);
  }
  support::Ended Backup(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"backup", "--config", broker_.config(), "--to", backups_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
  std::string NewBackup() const {
    const support::Ended made = Backup({"--output", "json"});
    EXPECT_EQ(made.code, support::kDone) << made.err;
    const nlohmann::json said = nlohmann::json::parse(made.out, nullptr, false);
    return said.is_object() ? said.value("backup", "") : "";
  }
  // A backup that the mirror goes as far as, at least.
  std::string NewMirroredBackup() const {
    const std::string backup = NewBackup();
    const uint64_t batch = std::stoull("0" + backup.substr(backup.rfind('-') + 1));
    const auto is_mirrored = [&] {
      const absl::StatusOr<std::vector<std::string>> folders = journal::ListIncarnations(mirror_);
      if (!folders.ok()) return false;
      for (const std::string& folder : *folders) {
        const auto checkpoints = journal::ListCheckpoints(folder);
        if (checkpoints.ok() && !checkpoints->empty() && checkpoints->back().last_batch >= batch) return true;
      }
      return false;
    };
    for (int wait = 0; wait < 600 && !is_mirrored(); ++wait) absl::SleepFor(absl::Milliseconds(50));
    EXPECT_TRUE(is_mirrored());
    return backup;
  }
  support::Ended Restore(const std::string& backup, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"restore", "--config", broker_.config(), "--from", backup};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
  support::Ended Recovery(const std::string& what, const std::string& output = "text") const {
    return Run({"recovery", what, "--config", broker_.config(), "--output", output});
  }
  nlohmann::json RecoveryState() const { return nlohmann::json::parse(Recovery("status", "json").out, nullptr, false); }
  support::Ended Verify() const {
    return Run({"journal", "verify", "--config", broker_.config(), "--authorities", authorities_});
  }

  v1::Receipt Submit(const v1::Notice& notice) const {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    const grpc::Status status =
        broker_.Intake(support::kRegion)->SubmitNotice(support::CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(answer.repeated_submission());
    return answer.receipt();
  }
  v1::Notice SubmitNew() const {
    v1::Notice notice = support::NewNotice(support::kCode);
    Submit(notice);
    return notice;
  }
  void Withdraw(const v1::Notice& notice) const {
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = support::WithdrawalOf(notice);
    v1::WithdrawNoticeResponse answer;
    const grpc::Status status =
        broker_.Intake(support::kRegion)->WithdrawNotice(support::CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  grpc::Status Pull(v1::PullNoticesResponse& answer, int most = 500) const {
    v1::PullNoticesRequest request;
    request.set_municipality_code(support::kCode);
    request.set_max_notices(most);
    return broker_.Inbox(support::kMunicipality)->PullNotices(support::CallContext().get(), request, &answer);
  }
  // The ids that wait.
  std::vector<std::string> Pulled(int most = 500) {
    pulled_.Clear();
    const grpc::Status status = Pull(pulled_, most);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> ids;
    for (const v1::InboxItem& item : pulled_.items()) ids.push_back(item.lease().name().notice_id());
    return ids;
  }
  v1::AcknowledgeNoticesResponse Acknowledge(const v1::PullNoticesResponse& pulled) const {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(support::kCode);
    for (const v1::InboxItem& item : pulled.items()) *request.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    const grpc::Status status =
        broker_.Inbox(support::kMunicipality)->AcknowledgeNotices(support::CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }
  v1::NoticeState StateOf(const v1::Notice& notice) const {
    v1::GetNoticeRequest request;
    request.set_municipality_code(support::kCode);
    request.set_notice_id(notice.envelope().notice_id());
    v1::GetNoticeResponse answer;
    const grpc::Status status =
        broker_.Intake(support::kRegion)->GetNotice(support::CallContext().get(), request, &answer);
    if (support::ReasonOf(status) == contract::Reason::kNoticeNotFound) return v1::NOTICE_STATE_UNSPECIFIED;
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer.status().state();
  }

  // The disk with the store is gone, at once.
  void Lose() {
    broker_.Kill();
    std::filesystem::remove_all(broker_.data());
  }

  support::BrokerProcess broker_{{.more = "journal: {mirror: mirror, checkpoint_seconds: 1}\n"}};
  const std::string mirror_ = broker_.folder().Path("mirror");
  const std::string backups_ = broker_.folder().Path("backups");
  const std::string authorities_ = broker_.folder().Write("verify.pem", support::SharedAuthority().CertificatePem());
  v1::PullNoticesResponse pulled_;
};

}  // namespace envej::system

#endif  // ENVEJ_TESTS_SYSTEM_RESTORE_FIXTURE_H_
