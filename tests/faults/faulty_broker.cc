#include "tests/faults/faulty_broker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/notice_messages.h"

namespace envej::faults {
namespace {

using support::CallContext;
using support::kCode;

constexpr absl::Duration kCall = absl::Seconds(10);
constexpr int kLeaseSeconds = 600;

}  // namespace

bool FaultyBroker::Submit(int count) {
  const auto intake = broker_.Intake(support::kRegion);
  for (int index = 0; index < count; ++index) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    v1::SubmitNoticeResponse answer;
    last_error_ = intake->SubmitNotice(CallContext(kCall).get(), request, &answer);
    if (!last_error_.ok()) return false;
    accepted_[request.notice().envelope().notice_id()] = request.notice();
  }
  return true;
}

bool FaultyBroker::Acknowledge(int count) {
  const auto inbox = broker_.Inbox(support::kMunicipality);
  v1::PullNoticesRequest request;
  request.set_municipality_code(kCode);
  request.set_max_notices(count);
  request.mutable_lease_duration()->set_seconds(kLeaseSeconds);
  v1::PullNoticesResponse pulled;
  last_error_ = inbox->PullNotices(CallContext(kCall).get(), request, &pulled);
  if (!last_error_.ok()) return false;
  EXPECT_EQ(pulled.items_size(), count);
  for (const v1::InboxItem& item : pulled.items()) {
    const std::string& id = item.lease().name().notice_id();
    EXPECT_FALSE(acknowledged_.contains(id) || withdrawn_.contains(id)) << "handed out again: " << id;
    v1::AcknowledgeNoticesRequest acknowledgement;
    acknowledgement.set_municipality_code(kCode);
    *acknowledgement.add_leases() = item.lease().name();
    acknowledging_.insert(id);
    v1::AcknowledgeNoticesResponse answer;
    last_error_ = inbox->AcknowledgeNotices(CallContext(kCall).get(), acknowledgement, &answer);
    if (!last_error_.ok()) return false;
    EXPECT_TRUE(answer.results(0).has_acknowledged_at());
    acknowledged_.insert(id);
  }
  return true;
}

bool FaultyBroker::Withdraw(int count) {
  const auto intake = broker_.Intake(support::kRegion);
  for (const auto& [id, notice] : accepted_) {
    if (count == 0) break;
    if (acknowledging_.contains(id) || withdrawing_.contains(id)) continue;
    --count;
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = support::WithdrawalOf(notice);
    withdrawing_.insert(id);
    v1::WithdrawNoticeResponse answer;
    last_error_ = intake->WithdrawNotice(CallContext(kCall).get(), request, &answer);
    if (!last_error_.ok()) return false;
    withdrawn_.insert(id);
  }
  return true;
}

bool FaultyBroker::MayBe(const std::string& id, const v1::NoticeStatus& status) const {
  const v1::NoticeState state = status.state();
  if (acknowledged_.contains(id)) return state == v1::NOTICE_STATE_ACKNOWLEDGED;
  const bool is_offered = state == v1::NOTICE_STATE_WAITING || state == v1::NOTICE_STATE_LEASED;
  // One that was ever handed out is withdrawn once the municipality has confirmed it.
  const bool is_withdrawn =
      state == v1::NOTICE_STATE_WITHDRAWN || (is_offered && status.kind() == v1::ITEM_KIND_WITHDRAWAL);
  if (withdrawn_.contains(id)) return is_withdrawn;
  if (is_withdrawn) return withdrawing_.contains(id);
  return is_offered || (state == v1::NOTICE_STATE_ACKNOWLEDGED && acknowledging_.contains(id));
}

std::map<std::string, v1::NoticeStatus> FaultyBroker::List() {
  std::map<std::string, v1::NoticeStatus> notices;
  const auto intake = broker_.Intake(support::kRegion);
  v1::ListNoticesRequest request;
  request.set_municipality_code(kCode);
  request.set_page_size(500);
  for (int page = 0; page < 1000; ++page) {
    v1::ListNoticesResponse answer;
    last_error_ = intake->ListNotices(CallContext().get(), request, &answer);
    if (!last_error_.ok()) break;
    for (const v1::NoticeStatus& notice : answer.notices()) notices[notice.notice_id()] = notice;
    if (answer.next_page_token().empty()) break;
    request.set_page_token(answer.next_page_token());
  }
  return notices;
}

void FaultyBroker::PullInto(std::set<std::string>& waiting) {
  const auto inbox = broker_.Inbox(support::kMunicipality);
  for (int pull = 0; pull < 1000 && !waiting.empty(); ++pull) {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_max_notices(500);
    request.mutable_lease_duration()->set_seconds(kLeaseSeconds);
    v1::PullNoticesResponse pulled;
    last_error_ = inbox->PullNotices(CallContext().get(), request, &pulled);
    if (!last_error_.ok() || pulled.items().empty()) break;
    for (const v1::InboxItem& item : pulled.items()) {
      const std::string& id = item.lease().name().notice_id();
      if (item.kind() == v1::ITEM_KIND_WITHDRAWAL) {
        EXPECT_TRUE(withdrawing_.contains(id)) << "told as withdrawn: " << id;
        waiting.erase(id);
        continue;
      }
      EXPECT_FALSE(acknowledged_.contains(id) || withdrawn_.contains(id)) << "handed out again: " << id;
      const auto sent = accepted_.find(id);
      if (sent == accepted_.end()) continue;  // its answer was lost
      EXPECT_EQ(support::Opened(item, pulled).citizen().SerializeAsString(),
                sent->second.citizen().SerializeAsString());
      waiting.erase(id);
    }
  }
}

void FaultyBroker::ExpectNothingLost() {
  const std::map<std::string, v1::NoticeStatus> notices = List();
  ASSERT_TRUE(last_error_.ok()) << last_error_.error_message();
  std::set<std::string> waiting;
  for (const auto& [id, notice] : accepted_) {
    const auto found = notices.find(id);
    ASSERT_NE(found, notices.end()) << id << " is lost";
    EXPECT_TRUE(MayBe(id, found->second)) << id << " is " << v1::NoticeState_Name(found->second.state());
    if (found->second.state() == v1::NOTICE_STATE_WAITING) waiting.insert(id);
  }
  PullInto(waiting);
  EXPECT_TRUE(last_error_.ok()) << last_error_.error_message();
  EXPECT_TRUE(waiting.empty()) << waiting.size() << " notices wait and are not handed out";
}

std::string FaultyBroker::DescribeAnswers() {
  const std::map<std::string, v1::NoticeStatus> notices = List();
  const grpc::Status listed = last_error_;
  size_t unreadable = 0;
  std::set<std::string> waiting;
  for (const auto& [id, notice] : accepted_) {
    const auto found = notices.find(id);
    if (found == notices.end()) {
      EXPECT_FALSE(listed.ok()) << id << " is answered as if it were not there";
    } else if (found->second.state() == v1::NOTICE_STATE_UNREADABLE) {
      ++unreadable;
    } else {
      EXPECT_TRUE(MayBe(id, found->second)) << id << " is " << v1::NoticeState_Name(found->second.state());
    }
    if (found != notices.end() && found->second.state() == v1::NOTICE_STATE_WAITING) waiting.insert(id);
  }
  PullInto(waiting);
  const grpc::Status pulled = last_error_;
  if (listed.ok() && pulled.ok() && unreadable == 0 && waiting.empty()) return kEverythingRight;
  return absl::StrCat("it serves; list: ", listed.ok() ? "OK" : listed.error_message(), ", ", unreadable,
                      " unreadable; pull: ", pulled.ok() ? "OK" : pulled.error_message(), ", ", waiting.size(),
                      " not handed out");
}

std::string LogLine(const std::string& log, absl::string_view event) {
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    const auto parsed = nlohmann::json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object() && parsed.value("event", "") == std::string(event)) return std::string(line);
  }
  return "";
}

std::string Describe(const support::Ended& ended) {
  std::string said;
  for (const absl::string_view line : absl::StrSplit(ended.err, '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, "envej-broker: ")) said = std::string(line.substr(14));
  }
  for (const char* const event : {"store_failed", "log_end_dropped", "notice_unreadable", "call_failed"}) {
    const std::string line = LogLine(ended.err, event);
    if (line.empty()) continue;
    const auto parsed = nlohmann::json::parse(line);
    said = absl::StrCat("log ", event, ": ", parsed.value("error", ""));
    if (parsed.contains("next")) absl::StrAppend(&said, "; next: ", parsed.value("next", ""));
    break;
  }
  if (said.empty() && ended.code != 0) {
    const std::vector<std::string> lines = absl::StrSplit(ended.err, '\n', absl::SkipEmpty());
    said = lines.empty() ? "" : lines.back();
  }
  return absl::StrCat("exit ", ended.code, said.empty() ? "" : ": ", said);
}

bool MountSmallDisk(const std::string& folder, size_t bytes) {
  static const bool is_alone =
      unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  return is_alone &&
         mount("small", folder.c_str(), "tmpfs", 0, absl::StrCat("size=", bytes, ",mode=0700").c_str()) == 0;
}

void Unmount(const std::string& folder) { umount2(folder.c_str(), MNT_DETACH); }

bool RemountReadOnly(const std::string& folder, bool read_only) {
  return mount("small", folder.c_str(), "tmpfs", read_only ? MS_REMOUNT | MS_RDONLY : MS_REMOUNT, nullptr) == 0;
}

void FillDisk(const std::string& folder, size_t left, const std::string& ballast) {
  struct statvfs disk {};
  ASSERT_EQ(statvfs(folder.c_str(), &disk), 0);
  const size_t free = disk.f_bavail * disk.f_frsize;
  if (free <= left) return;
  const int file = open((folder + "/" + ballast).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  EXPECT_EQ(posix_fallocate(file, 0, static_cast<off_t>(free - left)), 0);
  close(file);
}

void RemoveBallast(const std::string& folder) {
  for (const char* const ballast : {"/ballast", "/more-ballast"}) std::filesystem::remove(folder + ballast);
}

}  // namespace envej::faults
