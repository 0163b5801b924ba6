#ifndef ENVEJ_REGION_CLIENT_FOLDER_FILE_ITEM_H_
#define ENVEJ_REGION_CLIENT_FOLDER_FILE_ITEM_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "envej/v1/notice.pb.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/desk.h"
#include "region-client/ward/event.h"

namespace envej::region {

// Why something is not taken: `reason` is one word by which it is counted, such as LINE_NOT_JSON, and `text` says where
// and what. Neither ever repeats what stood there.
struct FileProblem {
  std::string reason;
  std::string text;

  bool operator==(const FileProblem&) const = default;
};

// Nothing follows from it, and nothing is wrong with it: a message that is of no concern, or a notice without consent.
struct NothingFollows {
  std::string reason;  // as above; counted, and nothing else of it is kept
};

// What a citizen answered.
struct ConsentAnswer {
  ward::PatientId patient;
  std::optional<ward::v1::RegisteredConsent> given;  // nothing where the citizen withdrew it
};

// One of the things that a file says, each taken or refused by itself.
struct FileItem {
  size_t place = 0;  // of a line or a message, from 1; 0 for the file as a whole
  // By which it is known again. Without an id it is by the file's bytes and its place there.
  MessageName name;
  std::variant<std::vector<ward::Event>, ConsentAnswer, v1::Notice, NothingFollows, FileProblem> said;
};

// What the bytes of a whole file say, in order. An error means that nothing of it can be read; its text says where and
// what, and never what stood there. It must not block, and holds for hostile bytes: of a file that says more than
// `items_most` things it holds no more of them at once, and answers TooManyItems.
using FileDecoder = std::function<absl::StatusOr<std::vector<FileItem>>(absl::string_view bytes, size_t items_most)>;

inline absl::Status TooManyItems(size_t items_most) {
  return absl::InvalidArgumentError(absl::StrCat("it says more than ", items_most, " things: split it"));
}

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_FILE_ITEM_H_
