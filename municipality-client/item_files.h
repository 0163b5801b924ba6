#ifndef ENVEJ_MUNICIPALITY_CLIENT_ITEM_FILES_H_
#define ENVEJ_MUNICIPALITY_CLIENT_ITEM_FILES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "municipality-client/ledger.h"

namespace envej::municipality_client {

// The name of the file that tells an item: notice-REGION-ID-REVISION.json, or withdrawn-REGION-ID-REVISION.json.
std::string FileNameOf(const ItemName& item, EntryKind kind = EntryKind::kNotice);

// What a file's name says of it.
struct NamedFile {
  ItemName item;
  EntryKind kind = EntryKind::kNotice;
};
// Nothing for a name that FileNameOf does not give.
std::optional<NamedFile> ParseFileName(absl::string_view name);

// The name of an item's file before it is put in place.
std::string TemporaryNameOf(const ItemName& item);
bool IsTemporaryName(absl::string_view name);

struct TemporaryParts {
  ItemName item;
  std::string salt;  // at the end of the names that the first version gave
};
// Nothing for a name that neither version gave.
std::optional<TemporaryParts> ParseTemporaryName(absl::string_view name);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_ITEM_FILES_H_
