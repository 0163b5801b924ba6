#ifndef ENVEJ_TESTS_BROKER_OPERATIONS_BOARD_FIXTURE_H_
#define ENVEJ_TESTS_BROKER_OPERATIONS_BOARD_FIXTURE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/board.h"
#include "proto/contract/day.h"
#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::operations {

inline constexpr char kHere[] = "0101";

// Inboxes whose changes a board counts, over a store in memory, with time in the test's hand: it begins on a morning in
// Copenhagen, at nine.
class BoardFixture : public inbox::InboxesFixture {
 protected:
  BoardFixture() { Restart(); }

  // Everything but the store begins anew.
  void Restart() {
    scheduler_.DropAll();
    inboxes_.reset();
    metrics_.emplace();
    durations_.emplace(clock_);
    attendance_.emplace();
    board_ = NewBoard();
    board_->Serve();
    inboxes_.emplace(store_, clock_, scheduler_,
                     inbox::Inboxes::Options{.pulls = {.all = 4, .each_inbox = 3},
                                             .changed = [this](const inbox::Change& change) { board_->Take(change); }});
    inboxes_->Start();
    board_->SetConsumers([this] { return inboxes_->WaitingPulls(); });
  }

  // A board that has counted what is under way now.
  std::unique_ptr<Board> NewBoard() {
    auto board = std::make_unique<Board>(Board::Parts{.store = store_,
                                                      .attendance = *attendance_,
                                                      .durations = *durations_,
                                                      .metrics = *metrics_,
                                                      .clock = clock_,
                                                      .copenhagen = *contract::CopenhagenTimeZone()});
    const absl::StatusOr<Standing> standing = CountStanding(store_, clock_.Now());
    EXPECT_TRUE(standing.ok()) << standing.status();
    if (standing.ok()) board->Begin(*standing);
    return board;
  }

  // Long enough that not every look in it can be taken.
  void Skip(absl::Duration duration) {
    clock_.Advance(duration - absl::Seconds(5));
    LetTimePass(absl::Seconds(5));
  }

  InboxFigures Here() { return board_->ReadOne(kHere); }
  // After what was found of the oldest is found anew.
  InboxFigures HereAnew() {
    LetTimePass(Board::kOldestFor);
    return Here();
  }
  // Adds what is known of before this run.
  void AddBefore(absl::Time ran_until, const std::map<std::string, JournalledInbox>& inboxes = {}) {
    board_->Add({.day_began = board_->DayBegan(), .ran_until = ran_until, .inboxes = inboxes});
  }
  std::vector<inbox::PulledItem> PullSome(size_t most = 1) { return PullNow(most); }

  std::optional<Metrics> metrics_;
  std::optional<Durations> durations_;
  std::optional<Attendance> attendance_;
  std::unique_ptr<Board> board_;
};

}  // namespace envej::operations

#endif  // ENVEJ_TESTS_BROKER_OPERATIONS_BOARD_FIXTURE_H_
