#ifndef ENVEJ_TESTS_BROKER_INBOX_INBOXES_FIXTURE_H_
#define ENVEJ_TESTS_BROKER_INBOX_INBOXES_FIXTURE_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "broker/inbox/inboxes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"

namespace envej::inbox {

inline const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

inline store::NoticeKey Key(int number, const std::string& municipality = "0101", const std::string& region = "1084") {
  const std::string text = absl::StrFormat("00000000-0000-4000-8000-%012d", number);
  return {.municipality_code = municipality, .region_code = region, .id = *contract::NoticeId::Parse(text)};
}

// The certificates with which a region submits and a municipality calls.
inline const std::string kSubmitter(32, 's');
inline const std::string kConsumer(32, 'c');

inline InboxCaller CallerOf(const std::string& municipality) {
  return {.municipality_code = municipality, .actor = kConsumer};
}

// Inboxes over a store in memory whose commits are carried out at once, with time in the test's hand.
class InboxesFixture : public testing::Test {
 protected:
  InboxesFixture() { Open(); }

  void Open(ContentCheck check = nullptr) {
    inboxes_.emplace(store_, clock_, scheduler_,
                     Inboxes::Options{.pulls = {.all = 4, .each_inbox = 3}, .check = std::move(check)});
    inboxes_->Start();
  }

  absl::StatusOr<Accepted> SubmitOne(int number, const std::string& content = "content",
                                     const std::string& municipality = "0101") {
    std::optional<absl::StatusOr<Accepted>> answer;
    inboxes_->SubmitAll({SubmissionOf(number, content, municipality)},
                        [&](std::vector<absl::StatusOr<Accepted>> answers) { answer = answers.at(0); });
    return *answer;
  }

  static Submission SubmissionOf(int number, const std::string& content = "content",
                                 const std::string& municipality = "0101") {
    Submission submission;
    submission.notice = Key(number, municipality);
    submission.actor = kSubmitter;
    Submit submit;
    submit.origin = "ward";
    submit.discharge_date = "2027-01-15";
    submit.discharge_day_ends = kStart + absl::Hours(16);
    submit.commitments = {{.key_id = "k", .value = contract::Sha256(content)}};
    submission.what = submit;
    submission.keep = KeepAsItIs(content);
    return submission;
  }

  using Pulled = absl::StatusOr<std::vector<PulledItem>>;

  PullRequest Request(size_t most = 10, absl::Duration wait = absl::ZeroDuration()) {
    return {.municipality_code = "0101",
            .actor = kConsumer,
            .max_notices = most,
            .max_bytes = size_t{1} << 20,
            .wait = wait,
            .lease = absl::Seconds(60)};
  }

  std::vector<PulledItem> PullNow(PullRequest request) {
    std::optional<Pulled> pulled;
    inboxes_->Pull(std::move(request), [&](Pulled items) { pulled = std::move(items); });
    if (!pulled.has_value()) scheduler_.RunDue();  // it goes on after it met what it cannot have
    EXPECT_TRUE(pulled.has_value());
    return pulled.has_value() && pulled->ok() ? **pulled : std::vector<PulledItem>();
  }
  std::vector<PulledItem> PullNow(size_t most = 10) { return PullNow(Request(most)); }

  static LeaseName NameOf(const PulledItem& item) {
    return {.region_code = item.item.notice.region_code,
            .id = item.item.notice.id,
            .revision = item.item.revision,
            .token = item.record.token};
  }

  absl::StatusOr<absl::Time> AcknowledgeOne(const LeaseName& lease, const std::string& municipality = "0101") {
    std::optional<absl::StatusOr<absl::Time>> answer;
    inboxes_->AcknowledgeAll(CallerOf(municipality), {lease},
                             [&](std::vector<absl::StatusOr<absl::Time>> times) { answer = times.at(0); });
    return *answer;
  }

  void LetTimePass(absl::Duration duration) {
    clock_.Advance(duration);
    scheduler_.Advance(duration);
  }

  store::MemoryStore store_;
  ManualClock clock_{kStart};
  ManualScheduler scheduler_;
  std::optional<Inboxes> inboxes_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_TESTS_BROKER_INBOX_INBOXES_FIXTURE_H_
