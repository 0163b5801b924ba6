#include "broker/inbox/notice_lists.h"

#include <algorithm>
#include <utility>

#include "broker/inbox/content.h"

namespace envej::inbox {
namespace {

constexpr size_t kReadAtOnce = 500;

store::ScanRange RangeOf(const NoticeQuery& query) {
  // A region's alone are not together: then all are looked at.
  const std::string prefix = query.municipality_code.empty()
                                 ? store::RecordPrefix()
                                 : store::RecordPrefix(query.municipality_code, query.region_code);
  store::ScanRange range{.from = prefix, .to = store::EndOfPrefix(prefix), .entries = kReadAtOnce};
  if (query.after.has_value()) range.from = std::max(range.from, store::KeyAfter(store::RecordKey(*query.after)));
  return range;
}

// Adds the notice of an entry to the page, if it is asked for.
absl::Status LookAt(const store::KeyValue& entry, const NoticeQuery& query, const UnreadableNotice& unreadable,
                    NoticePage& page) {
  absl::StatusOr<store::NoticeKey> notice = store::ParseRecordKey(entry.key);
  if (!notice.ok()) return notice.status();
  if (!query.region_code.empty() && notice->region_code != query.region_code) return absl::OkStatus();
  absl::StatusOr<Record> record = DecodeRecord(entry.value);
  if (!record.ok()) {
    unreadable(*notice, record.status());
    page.notices.push_back({.notice = *std::move(notice), .record = std::nullopt});
  } else if (Matches(query, *record)) {
    page.notices.push_back({.notice = *std::move(notice), .record = *std::move(record)});
  }
  return absl::OkStatus();
}

// The page, to be gone on with after this key.
absl::StatusOr<NoticePage> GoOnAfter(const std::string& key, NoticePage page) {
  absl::StatusOr<store::NoticeKey> last = store::ParseRecordKey(key);
  if (!last.ok()) return last.status();
  page.next.emplace(*std::move(last));
  return page;
}

}  // namespace

bool IsLate(const Record& record) {
  return IsUnderWay(record.state) && (record.late != 0 || record.undelivered_told > 0);
}

bool Matches(const NoticeQuery& query, const Record& record) {
  const bool state =
      query.states.empty() || std::find(query.states.begin(), query.states.end(), record.state) != query.states.end();
  return state && (!query.entered_by.has_value() || record.entered_at <= *query.entered_by);
}

absl::StatusOr<NoticePage> ListNotices(store::OrderedStore& store, const NoticeQuery& query,
                                       const UnreadableNotice& unreadable) {
  NoticePage page;
  store::ScanRange range = RangeOf(query);
  for (size_t looked_at = 0;;) {
    range.entries = std::min(kReadAtOnce, kListScan - looked_at);
    const absl::StatusOr<store::ScanResult> scan = store.Scan(range);
    if (!scan.ok()) return scan.status();
    for (size_t index = 0; index < scan->entries.size(); ++index) {
      const store::KeyValue& entry = scan->entries[index];
      if (absl::Status status = LookAt(entry, query, unreadable, page); !status.ok()) return status;
      const bool is_last = index + 1 == scan->entries.size() && !scan->more;
      if (page.notices.size() >= query.page_size && !is_last) return GoOnAfter(entry.key, std::move(page));
    }
    if (!scan->more || scan->entries.empty()) return page;
    const std::string& last = scan->entries.back().key;
    looked_at += scan->entries.size();
    if (looked_at >= kListScan) return GoOnAfter(last, std::move(page));
    range.from = store::KeyAfter(last);
  }
}

absl::StatusOr<std::vector<Parties>> ListParties(store::OrderedStore& store, const std::string& municipality_code) {
  std::vector<Parties> all;
  const std::string prefix = store::RecordPrefix(municipality_code, "");
  store::ScanRange range{.from = prefix, .to = store::EndOfPrefix(prefix), .entries = 1};
  for (;;) {
    const absl::StatusOr<store::ScanResult> scan = store.Scan(range);
    if (!scan.ok()) return scan.status();
    if (scan->entries.empty()) return all;
    const absl::StatusOr<store::NoticeKey> notice = store::ParseRecordKey(scan->entries.front().key);
    if (!notice.ok()) return notice.status();
    const bool is_meant = municipality_code.empty() || municipality_code == notice->municipality_code;
    if (is_meant) all.push_back({.municipality_code = notice->municipality_code, .region_code = notice->region_code});
    range.from = store::EndOfPrefix(store::RecordPrefix(notice->municipality_code, notice->region_code));
  }
}

absl::StatusOr<std::vector<FoundNotice>> ReadNotices(store::OrderedStore& store,
                                                     absl::Span<const store::NoticeKey> notices,
                                                     const UnreadableNotice& unreadable) {
  std::vector<FoundNotice> found;
  for (const store::NoticeKey& notice : notices) {
    const absl::StatusOr<std::optional<std::string>> value = store.Get(store::RecordKey(notice));
    if (!value.ok() && !IsUnreadable(value.status())) return value.status();
    if (value.ok() && !value->has_value()) continue;
    absl::StatusOr<Record> record = value.ok() ? DecodeRecord(**value) : value.status();
    if (!record.ok()) unreadable(notice, record.status());
    found.push_back(
        {.notice = notice, .record = record.ok() ? std::optional<Record>(*std::move(record)) : std::nullopt});
  }
  return found;
}

absl::StatusOr<std::vector<FoundNotice>> FindNotices(store::OrderedStore& store, const contract::NoticeId& id,
                                                     const std::string& municipality_code,
                                                     const std::string& region_code,
                                                     const UnreadableNotice& unreadable) {
  absl::StatusOr<std::vector<Parties>> parties = ListParties(store, municipality_code);
  if (!parties.ok()) return parties.status();
  std::vector<store::NoticeKey> notices;
  for (Parties& each : *parties) {
    if (!region_code.empty() && region_code != each.region_code) continue;
    notices.push_back(
        {.municipality_code = std::move(each.municipality_code), .region_code = std::move(each.region_code), .id = id});
  }
  return ReadNotices(store, notices, unreadable);
}

}  // namespace envej::inbox
