#include "broker/journal/record_chain.h"

#include <utility>

namespace envej::journal {
namespace {

constexpr absl::string_view kNotNext = "the record is not the one that the next batch's record follows";

}  // namespace

void RecordChain::Pass(const store::BatchRecord& record, std::optional<absl::string_view> vouched) {
  const std::string hash = store::HashOf(record);
  if (vouched && hash != *vouched) {
    SettleBreak(false);
    changed_(record.batch, "the record is not the one that was signed or marked");
    previous_ = Link{.batch = record.batch, .hash = std::string(*vouched), .is_right = true};
    return;
  }
  const bool leads_on = !previous_ || record.previous_hash == previous_->hash;
  if (open_break_) {
    SettleBreak(leads_on);
  } else if (!leads_on && previous_->is_right) {
    changed_(record.batch, "the record does not follow the one before it");
  } else if (!leads_on && vouched) {
    changed_(previous_->batch, kNotNext);
  } else if (!leads_on) {
    open_break_ = previous_->batch;
  }
  previous_ = Link{.batch = record.batch, .hash = hash, .is_right = vouched.has_value()};
}

void RecordChain::PassUnknown(uint64_t batch, std::optional<absl::string_view> vouched) {
  SettleBreak(true);
  previous_.reset();
  if (vouched) previous_ = Link{.batch = batch, .hash = std::string(*vouched), .is_right = true};
}

void RecordChain::Finish() { SettleBreak(true); }

void RecordChain::SettleBreak(bool next_leads_on) {
  if (!open_break_) return;
  if (next_leads_on) {
    changed_(*open_break_, kNotNext);
  } else {
    changed_(*open_break_ + 1, "the record fits neither the one before it nor the one after it");
  }
  open_break_.reset();
}

}  // namespace envej::journal
