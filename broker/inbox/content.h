#ifndef ENVEJ_BROKER_INBOX_CONTENT_H_
#define ENVEJ_BROKER_INBOX_CONTENT_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/inbox/operation.h"
#include "broker/store/key_layout.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// A notice's content as it is stored: framed (store/record_codec.h). Decoding: DATA_LOSS or FAILED_PRECONDITION as
// Unframe.
std::string EncodeContent(absl::string_view content);
absl::StatusOr<std::string> DecodeContent(absl::string_view value);

// Whether the error says that what is stored of one item cannot be read, and nothing of any other.
bool IsUnreadable(const absl::Status& status);

// Why the item that an index named could not be changed, if that is because its record cannot be read or is missing;
// else OK. Not for happenings that name a notice from outside.
absl::Status WhyUnreadable(const Result& result);

// Whether content that holds is a notice that can be handed out. Without one, all is.
using ContentCheck = std::function<bool(absl::string_view content)>;

// Reads the contents of waiting items. Thread safety: any thread.
class ContentReader {
 public:
  ContentReader(store::OrderedStore& store, Operations& operations, ContentCheck check)
      : store_(store), operations_(operations), check_(std::move(check)) {}

  // The content of the item that `waiting_key` was found for; nothing if that item waits no more. An error for which
  // IsUnreadable holds if it is missing although the item's record says that it waits, or damaged, or no notice;
  // any other error is the store's.
  absl::StatusOr<std::optional<std::string>> Read(absl::string_view waiting_key, const store::WaitingEntry& entry);

 private:
  store::OrderedStore& store_;
  Operations& operations_;
  const ContentCheck check_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_CONTENT_H_
