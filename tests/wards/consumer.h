#ifndef ENVEJ_TESTS_WARDS_CONSUMER_H_
#define ENVEJ_TESTS_WARDS_CONSUMER_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"

namespace envej::wards {

// A municipality's consumer: what it took out of the inbox, by what came last of each notice.
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
  // By notice id: "0101 / 2027-01-20 / name / phone".
  const std::map<std::string, std::string>& held() const { return held_; }

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
    uint32_t& revision = revisions_[id];
    EXPECT_GE(item.lease().name().revision(), revision) << "revisions come in order";
    revision = item.lease().name().revision();
    if (item.has_withdrawal()) {
      held_.erase(id);
      return;
    }
    const v1::Notice notice = support::Opened(item, pulled);
    held_[id] = absl::StrCat(code_, " / ", notice.envelope().discharge_date(), " / ", notice.citizen().name(), " / ",
                             absl::StrJoin(notice.citizen().phone_numbers(), " "));
  }

  support::BrokerProcess& broker_;
  const std::string code_;
  std::atomic<bool> stopping_ = false;
  std::map<std::string, uint32_t> revisions_;
  std::map<std::string, std::string> held_;
  std::thread thread_;
};

}  // namespace envej::wards

#endif  // ENVEJ_TESTS_WARDS_CONSUMER_H_
