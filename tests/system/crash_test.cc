#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/sanitizer.h"
#include "tests/system/crash_ledger.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;

constexpr int kCyclesDefault = 20;
constexpr int kCyclesMost = 10'000;
constexpr absl::Duration kCall = absl::Seconds(3);
// Under a sanitizer a consumer opens some ten notices a second.
constexpr int kLeaseSeconds = support::kUnderSanitizer ? 20 : 5;
constexpr absl::Duration kDraining = support::kUnderSanitizer ? absl::Minutes(4) : absl::Seconds(30);

int Cycles() {
  const char* const text = std::getenv("ENVEJ_CRASH_CYCLES");
  int cycles = 0;
  const bool said = text != nullptr && absl::SimpleAtoi(text, &cycles) && cycles >= 1 && cycles <= kCyclesMost;
  return said ? cycles : kCyclesDefault;
}

// Where the broker serves at present, for those who lost it.
class Whereabouts {
 public:
  struct Place {
    std::string address;
    int number = 0;  // counts its starts
  };

  void Set(const std::string& address) {
    const std::lock_guard lock(mutex_);
    place_ = {.address = address, .number = place_.number + 1};
    moved_.notify_all();
  }
  Place Get() const {
    const std::lock_guard lock(mutex_);
    return place_;
  }
  // Waits for another place than this one; a call may also have failed for another reason, so not for long.
  void WaitForAnother(int number) {
    std::unique_lock lock(mutex_);
    moved_.wait_for(lock, std::chrono::seconds(1), [&] { return place_.number != number; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  Place place_;
};

// A client that calls until it is answered, with the same request, wherever the broker is.
template <typename Service>
class Client {
 public:
  Client(Whereabouts& whereabouts, std::string uri) : whereabouts_(whereabouts), uri_(std::move(uri)) {}

  // False once `give_up` is true.
  template <typename Call>
  bool UntilAnswered(Call call, const std::atomic<bool>& give_up) {
    while (!give_up) {
      const Whereabouts::Place place = whereabouts_.Get();
      if (place.number != number_) {
        stub_ = Service::NewStub(support::OpenChannel(place.address, support::CredentialsFor({uri_})));
        number_ = place.number;
      }
      const auto context = CallContext(kCall);
      const grpc::Status status = call(*stub_, *context);
      if (status.ok()) return true;
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE &&
          status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED &&
          status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
        ADD_FAILURE() << "an answer that no crash explains: " << status.error_message();
        return false;
      }
      whereabouts_.WaitForAnother(number_);
    }
    return false;
  }

 private:
  Whereabouts& whereabouts_;
  const std::string uri_;
  int number_ = 0;
  std::unique_ptr<typename Service::Stub> stub_;
};

class CrashTest : public testing::Test {
 protected:
  // A region's system: batch after batch, each until it is answered.
  void Submit(const std::string& uri, const std::vector<std::string>& codes, unsigned seed) {
    Client<v1::IntakeService> client(whereabouts_, uri);
    std::mt19937 random(seed);
    for (int batch = 0; !end_of_load_; ++batch) {
      v1::SubmitNoticesRequest request;
      const int size = std::uniform_int_distribution(1, 20)(random);
      for (int index = 0; index < size; ++index) {
        const std::string& code = codes[random() % codes.size()];
        v1::Notice notice = support::NewNotice(code);
        notice.mutable_citizen()->set_name("Prøve " + std::string(1 + random() % 50, 'a'));
        ledger_.Submitting(notice.envelope().notice_id(), code, notice.citizen().name());
        *request.add_notices() = std::move(notice);
      }
      v1::SubmitNoticesResponse answer;
      const auto call = [&](auto& stub, auto& context) { return stub.SubmitNotices(&context, request, &answer); };
      if (!client.UntilAnswered(call, give_up_)) return;
      for (int index = 0; index < answer.results_size(); ++index) {
        EXPECT_TRUE(answer.results(index).has_accepted()) << answer.results(index).rejected().message();
        if (answer.results(index).has_accepted()) ledger_.Accepted(answer.results(index).notice_id());
      }
    }
  }

  // A municipality's consumer. Now and then it forgets what it leased, as one that crashed does.
  void Receive(const std::string& uri, const std::string& code, unsigned seed) {
    Client<v1::InboxService> client(whereabouts_, uri);
    std::mt19937 random(seed);
    while (!drained_) {
      v1::PullNoticesRequest request;
      request.set_municipality_code(code);
      request.set_max_notices(std::uniform_int_distribution(1, 60)(random));
      request.mutable_wait()->set_nanos(200'000'000);
      request.mutable_lease_duration()->set_seconds(kLeaseSeconds);
      v1::PullNoticesResponse pulled;
      uint64_t began = 0;
      const auto pull = [&](auto& stub, auto& context) {
        began = ledger_.Now();
        pulled.Clear();
        return stub.PullNotices(&context, request, &pulled);
      };
      if (!client.UntilAnswered(pull, give_up_)) return;
      for (const v1::InboxItem& item : pulled.items()) {
        ledger_.Delivered(item.notice().envelope().notice_id(), code, support::Opened(item, pulled).citizen().name(),
                          began);
      }
      if (pulled.items().empty() || (!end_of_load_ && random() % 10 == 0)) continue;
      Acknowledge(client, code, pulled);
    }
  }

  void Acknowledge(Client<v1::InboxService>& client, const std::string& code, const v1::PullNoticesResponse& pulled) {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(code);
    for (const v1::InboxItem& item : pulled.items()) *request.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    const auto call = [&](auto& stub, auto& context) { return stub.AcknowledgeNotices(&context, request, &answer); };
    if (!client.UntilAnswered(call, give_up_)) return;
    for (const v1::AcknowledgeNoticeResult& result : answer.results()) {
      if (result.has_acknowledged_at()) {
        ledger_.Acknowledged(result.lease().notice_id());
      } else {
        ledger_.LeaseRefused();
      }
    }
  }

  // How many of a region's notices to a municipality are acknowledged, as the broker says; what the others are is
  // printed.
  size_t AcknowledgedOf(const char* uri, const char* code) {
    const auto intake = broker_.Intake(uri);
    v1::ListNoticesRequest request;
    request.set_municipality_code(code);
    request.set_page_size(500);
    std::map<std::string, size_t> states;
    for (int page = 0; page < 10'000; ++page) {
      v1::ListNoticesResponse answer;
      const grpc::Status status = intake->ListNotices(CallContext().get(), request, &answer);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::NoticeStatus& notice : answer.notices()) ++states[v1::NoticeState_Name(notice.state())];
      if (!status.ok() || answer.next_page_token().empty()) break;
      request.set_page_token(answer.next_page_token());
    }
    const size_t acknowledged = states[v1::NoticeState_Name(v1::NOTICE_STATE_ACKNOWLEDGED)];
    for (const auto& [state, count] : states) {
      if (count != acknowledged) std::cout << uri << " to " << code << ": " << state << " " << count << std::endl;
    }
    return acknowledged;
  }

  BrokerProcess broker_;
  Whereabouts whereabouts_;
  CrashLedger ledger_;
  std::atomic<bool> end_of_load_ = false;
  std::atomic<bool> drained_ = false;
  std::atomic<bool> give_up_ = false;
};

TEST_F(CrashTest, NothingAcceptedIsLostAndNothingAcknowledgedComesAgain) {
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  ASSERT_TRUE(broker_.Start());
  whereabouts_.Set(broker_.address());
  const std::vector<std::string> both = {support::kCode, support::kOtherCode};
  std::vector<std::thread> regions;
  std::vector<std::thread> municipalities;
  regions.emplace_back([&] { Submit(support::kRegion, both, seed + 1); });
  regions.emplace_back([&] { Submit(support::kRegion, both, seed + 2); });
  regions.emplace_back([&] { Submit(support::kOtherRegion, {support::kCode}, seed + 3); });
  municipalities.emplace_back([&] { Receive(support::kMunicipality, support::kCode, seed + 4); });
  municipalities.emplace_back([&] { Receive(support::kMunicipality, support::kCode, seed + 5); });
  municipalities.emplace_back([&] { Receive(support::kOtherMunicipality, support::kOtherCode, seed + 6); });

  const int cycles = Cycles();
  bool serves = true;
  for (int cycle = 0; cycle < cycles && serves; ++cycle) {
    EXPECT_TRUE(ledger_.WaitForMoments(1 + random() % 300, absl::Seconds(10))) << "the clients stand still";
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));  // not always just after an answer
    broker_.Kill();
    serves = broker_.Start();
    whereabouts_.Set(broker_.address());
  }
  give_up_ = !serves;
  end_of_load_ = true;
  for (std::thread& region : regions) region.join();
  const absl::Time at_latest = absl::Now() + kDraining;
  while (serves && !ledger_.IsDrained() && absl::Now() < at_latest) ledger_.WaitForMoments(1, absl::Seconds(1));
  drained_ = true;
  for (std::thread& municipality : municipalities) municipality.join();

  const CrashLedger::Counts counts = ledger_.Count();
  std::cout << absl::StrCat("leases that were lost or ran out: ", counts.lease_refusals, "\n")
            << absl::StrCat("cycles ", cycles, ", accepted ", counts.accepted, ", lost ", counts.lost, ", doubled ",
                            counts.doubled, ", wrong inbox ", counts.wrong_inbox)
            << std::endl;
  EXPECT_GT(counts.accepted, 0u);
  EXPECT_EQ(counts.lost, 0u);
  EXPECT_EQ(counts.doubled, 0u);
  EXPECT_EQ(counts.wrong_inbox, 0u);
  EXPECT_EQ(counts.altered, 0u);
  EXPECT_EQ(AcknowledgedOf(support::kRegion, support::kCode) + AcknowledgedOf(support::kOtherRegion, support::kCode),
            ledger_.AcceptedFor(support::kCode));
  EXPECT_EQ(AcknowledgedOf(support::kRegion, support::kOtherCode), ledger_.AcceptedFor(support::kOtherCode));
  EXPECT_EQ(broker_.Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::system
