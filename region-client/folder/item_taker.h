#ifndef ENVEJ_REGION_CLIENT_FOLDER_ITEM_TAKER_H_
#define ENVEJ_REGION_CLIENT_FOLDER_ITEM_TAKER_H_

#include <string>

#include "absl/status/status.h"
#include "region-client/agent/desk.h"
#include "region-client/folder/file_item.h"
#include "region-client/folder/file_outcome.h"

namespace envej::region {

// Gives what a file says to the desk, one after another.
//
// Thread safety: none.
class ItemTaker {
 public:
  // `file_hash` stands for the file's bytes, and says nothing of them. The desk must outlive it.
  ItemTaker(Desk& desk, std::string file_hash) : desk_(desk), file_hash_(std::move(file_hash)) {}

  // Takes it, durable, or notes why it is refused. An error, of the desk's, means that it is to be tried again: nothing
  // is noted then.
  absl::Status Take(const FileItem& item, FileOutcome& outcome);

 private:
  absl::Status Note(const FileItem& item, const absl::Status& status, bool repeated, FileOutcome& outcome);
  absl::Status TakeAnswer(const FileItem& item, const ConsentAnswer& answer, FileOutcome& outcome);
  MessageName NameOf(const FileItem& item) const;

  Desk& desk_;
  const std::string file_hash_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_ITEM_TAKER_H_
