#ifndef ENVEJ_MUNICIPALITY_CLIENT_FOLDER_BINDING_H_
#define ENVEJ_MUNICIPALITY_CLIENT_FOLDER_BINDING_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "municipality-client/durable_file.h"
#include "municipality-client/step.h"

namespace envej::municipality_client {

// Whose inbox a folder is for, from the first notice that came into it. Ids are scoped by municipality, so that in a
// folder for two a notice of the one would pass for a notice of the other.
struct FolderBinding {
  std::string municipality_code;  // four digits
  std::string digest_key;         // 32 random hexadecimal digits: what the ledger's digests are keyed with
};

// Reads what the folder's file `.inbox` says; nothing if there is none. FAILED_PRECONDITION if it is damaged.
absl::StatusOr<std::optional<FolderBinding>> ReadBinding(const PrivateFolder& folder);

// Binds a folder that has no binding, with a new key. OK means durable; a crash leaves the whole file or none.
absl::StatusOr<FolderBinding> Bind(const PrivateFolder& folder, absl::string_view municipality_code,
                                   const StepCallback& on_step);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_FOLDER_BINDING_H_
