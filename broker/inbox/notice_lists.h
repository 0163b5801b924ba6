#ifndef ENVEJ_BROKER_INBOX_NOTICE_LISTS_H_
#define ENVEJ_BROKER_INBOX_NOTICE_LISTS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/record.h"
#include "broker/store/key_layout.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/notice_id.h"

namespace envej::inbox {

// Which notices of all inboxes to list, and where to go on.
struct NoticeQuery {
  std::string municipality_code = {};         // empty: all
  std::string region_code = {};               // empty: all
  std::vector<State> states = {};             // empty: all
  std::optional<absl::Time> entered_by = {};  // only what came into its inbox then or earlier
  size_t page_size = 100;
  std::optional<store::NoticeKey> after = {};
};

struct FoundNotice {
  store::NoticeKey notice;
  // Nothing if it cannot be read: such a notice is listed whatever is asked of its record.
  std::optional<Record> record;
};

struct NoticePage {
  std::vector<FoundNotice> notices;      // by municipality, region and id
  std::optional<store::NoticeKey> next;  // go on after this one; nothing after the last page
};

// Under way, and late in any way or told as undelivered.
bool IsLate(const Record& record);
// What the query asks of a record: its state and age.
bool Matches(const NoticeQuery& query, const Record& record);

// Told of each notice that cannot be read.
using UnreadableNotice = std::function<void(const store::NoticeKey& notice, const absl::Status& why)>;

// Reads a page. It looks at no more than kListScan records, in the order of their keys, whatever is asked of them: so a
// page may hold fewer than asked for, also none, and be followed by another. Errors: the store's. Any thread.
absl::StatusOr<NoticePage> ListNotices(store::OrderedStore& store, const NoticeQuery& query,
                                       const UnreadableNotice& unreadable);

inline constexpr size_t kListScan = 5000;

// A municipality and a region of whose notices the store has any.
struct Parties {
  std::string municipality_code;
  std::string region_code;

  bool operator==(const Parties&) const = default;
};

// Of this municipality (empty: of all), by municipality and region, whatever the register has by now. Costs a lookup
// for each, however many notices there are. Errors: the store's. Any thread.
absl::StatusOr<std::vector<Parties>> ListParties(store::OrderedStore& store, const std::string& municipality_code);

// These notices, by one lookup for each, in their order; what was never accepted or is forgotten is left out. Errors:
// the store's. Any thread.
absl::StatusOr<std::vector<FoundNotice>> ReadNotices(store::OrderedStore& store,
                                                     absl::Span<const store::NoticeKey> notices,
                                                     const UnreadableNotice& unreadable);

// The notices that have this id, in this inbox and of this region (empty: in all, of all), by municipality and region:
// two lookups for each of their parties. Errors: the store's. Any thread.
absl::StatusOr<std::vector<FoundNotice>> FindNotices(store::OrderedStore& store, const contract::NoticeId& id,
                                                     const std::string& municipality_code,
                                                     const std::string& region_code,
                                                     const UnreadableNotice& unreadable);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_NOTICE_LISTS_H_
