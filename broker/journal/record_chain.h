#ifndef ENVEJ_BROKER_JOURNAL_RECORD_CHAIN_H_
#define ENVEJ_BROKER_JOURNAL_RECORD_CHAIN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "broker/journal/finding.h"
#include "broker/store/batch_record.h"

namespace envej::journal {

// Holds records, one after the other, against the one before and against hashes that somebody vouches for, and says of
// two that do not fit together which was changed.
//
// A record whose hash is vouched for is right. Otherwise, where a record does not lead on from the one before, the next
// one tells: if it leads on from its own predecessor, the record before that was changed, and else the one between.
class RecordChain {
 public:
  // `changed` is told of each batch whose record is another than it was, with what shows it.
  using Changed = std::function<void(uint64_t batch, absl::string_view what)>;
  explicit RecordChain(Changed changed) : changed_(std::move(changed)) {}

  // The record of the next batch. `vouched` is the hash that it should have, if anything vouches for one.
  void Pass(const store::BatchRecord& record, std::optional<absl::string_view> vouched);
  // The next batch's record is not there or cannot be read.
  void PassUnknown(uint64_t batch, std::optional<absl::string_view> vouched);
  // After the last.
  void Finish();

 private:
  struct Link {
    uint64_t batch;
    std::string hash;
    bool is_right;  // vouched for, or led on to from one that is
  };

  void SettleBreak(bool next_leads_on);

  const Changed changed_;
  std::optional<Link> previous_ = Link{.batch = 0, .hash = std::string(32, '\0'), .is_right = true};
  std::optional<uint64_t> open_break_;  // between this batch and the one after it, which is `previous_`
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_RECORD_CHAIN_H_
