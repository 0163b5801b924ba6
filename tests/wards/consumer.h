#ifndef ENVEJ_TESTS_WARDS_CONSUMER_H_
#define ENVEJ_TESTS_WARDS_CONSUMER_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"

namespace envej::wards {

// What a municipality knows of one notice, by what came last of it.
struct FetchedNotice {
  std::string holds;      // "0101 / 2027-01-20 / name / phone"; empty: it was withdrawn
  std::string phone;      // the first, as it was said last; empty: it was never fetched, and is withdrawn
  std::string withdrawn;  // "0101 READMITTED"; empty: it was not
  uint32_t revision = 0;
};

// A municipality's consumer: what it took out of the inbox.
class Consumer {
 public:
  Consumer(support::BrokerProcess& broker, std::string code) : broker_(broker), code_(std::move(code)) {
    thread_ = std::thread([this] {
      while (!stopping_) {
        if (!PullOnce()) absl::SleepFor(absl::Milliseconds(50));
      }
    });
  }
  ~Consumer() { Stop(); }

  void Stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    thread_.join();
  }
  // So far, by notice id. Any thread.
  std::map<std::string, FetchedNotice> fetched() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return fetched_;
  }

 private:
  bool PullOnce() {
    const auto inbox = broker_.Inbox(absl::StrCat("urn:envej:municipality:", code_));
    v1::PullNoticesRequest pull;
    pull.set_municipality_code(code_);
    pull.mutable_lease_duration()->set_seconds(5);
    v1::PullNoticesResponse pulled;
    if (!inbox->PullNotices(support::CallContext().get(), pull, &pulled).ok() || pulled.items().empty()) return false;
    v1::AcknowledgeNoticesRequest acknowledge;
    acknowledge.set_municipality_code(code_);
    for (const v1::InboxItem& item : pulled.items()) {
      Take(item, pulled);
      *acknowledge.add_leases() = item.lease().name();
    }
    v1::AcknowledgeNoticesResponse answer;
    inbox->AcknowledgeNotices(support::CallContext().get(), acknowledge, &answer);
    return true;
  }
  // A lease may have been lost with its answer, and the same come again.
  void Take(const v1::InboxItem& item, const v1::PullNoticesResponse& pulled) {
    const std::string& id = item.lease().name().notice_id();
    const std::lock_guard<std::mutex> lock(mutex_);
    FetchedNotice& notice = fetched_[id];
    EXPECT_GE(item.lease().name().revision(), notice.revision) << "revisions come in order";
    notice.revision = item.lease().name().revision();
    if (item.has_withdrawal()) {
      const absl::string_view reason = v1::WithdrawalReason_Name(item.withdrawal().reason());
      notice.holds.clear();
      notice.withdrawn = absl::StrCat(code_, " ", absl::StripPrefix(reason, "WITHDRAWAL_REASON_"));
      return;
    }
    EXPECT_EQ(notice.withdrawn, "") << "what is withdrawn stays so";
    const v1::Notice said = support::Opened(item, pulled);
    notice.phone = said.citizen().phone_numbers_size() > 0 ? said.citizen().phone_numbers(0) : "";
    notice.holds = absl::StrCat(code_, " / ", said.envelope().discharge_date(), " / ", said.citizen().name(), " / ",
                                absl::StrJoin(said.citizen().phone_numbers(), " "));
  }

  support::BrokerProcess& broker_;
  const std::string code_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, FetchedNotice> fetched_;
  std::thread thread_;
};

}  // namespace envej::wards

#endif  // ENVEJ_TESTS_WARDS_CONSUMER_H_
