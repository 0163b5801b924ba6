#ifndef ENVEJ_BROKER_OPERATIONS_LATE_INDEX_H_
#define ENVEJ_BROKER_OPERATIONS_LATE_INDEX_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/time/time.h"
#include "broker/store/key_layout.h"
#include "proto/contract/notice_id.h"

namespace envej::operations {

// A notice that is late, and since when it is in its inbox.
struct LateNotice {
  absl::Time entered_at;
  store::NoticeKey notice;

  bool operator==(const LateNotice&) const = default;
};

// Which notices of one inbox are late, those first that came first; told of each that becomes late and of each that is
// so no more, it never looks for them. It keeps the kKeptMost that came first of those that it was told of, some 45
// bytes each: less than a megabyte an inbox. All are counted, also those that it does not keep; such a one is kept from
// the next time on that it is told of while there is room, as it is at each lease and each day that it is undelivered.
class LateIndex {
 public:
  static constexpr size_t kKeptMost = 20'000;

  // The notice is of the inbox, and its time in whole microseconds.
  void Add(const LateNotice& late);
  // One that was added, with the same time. One that never was changes no more than the number of those not kept.
  void Remove(const LateNotice& late);

  // How many are late, and how many of them are not kept.
  uint64_t size() const { return size_; }
  uint64_t left_out() const { return size_ - kept_.size(); }

  // Adds to `page` those that come after `after`, or all if it is null, while it holds fewer than `most`. True if more
  // follow.
  bool Read(const std::string& municipality_code, const LateNotice* after, size_t most,
            std::vector<LateNotice>& page) const;

 private:
  struct Entry {
    int64_t entered_at = 0;  // microseconds since 1970
    std::array<char, 4> region_code = {};
    contract::NoticeId id;

    auto operator<=>(const Entry&) const = default;
  };

  static Entry EntryOf(const LateNotice& late);

  absl::btree_set<Entry> kept_;
  uint64_t size_ = 0;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_LATE_INDEX_H_
