#include "municipality-client/folder_binding.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "municipality-client/digest.h"

namespace envej::municipality_client {
namespace {

constexpr absl::string_view kName = ".inbox";
constexpr absl::string_view kUnfinishedName = ".inbox_unfinished";
constexpr absl::string_view kVersion = "1";
constexpr size_t kFileBytesMost = 4096;
constexpr size_t kChecksumCharacters = 16;

//   1 MUNICIPALITY KEY CHECKSUM
std::string Encode(const FolderBinding& binding) {
  const std::string fields = absl::StrCat(kVersion, " ", binding.municipality_code, " ", binding.digest_key);
  return absl::StrCat(fields, " ", Sha256Hex(fields).substr(0, kChecksumCharacters), "\n");
}

}  // namespace

absl::StatusOr<std::optional<FolderBinding>> ReadBinding(const PrivateFolder& folder) {
  const absl::StatusOr<std::optional<std::string>> bytes = folder.Read(kName, kFileBytesMost);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::nullopt;
  const std::vector<std::string> fields = absl::StrSplit(**bytes, ' ');
  if (fields.size() == 4) {
    FolderBinding binding{.municipality_code = fields[1], .digest_key = fields[2]};
    if (Encode(binding) == **bytes) return binding;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      folder.path(), "/", kName, ", which says whose inbox the folder is for, is damaged; receive into a new folder"));
}

absl::StatusOr<FolderBinding> Bind(const PrivateFolder& folder, absl::string_view municipality_code,
                                   const StepCallback& on_step) {
  if (folder.Exists(kUnfinishedName)) {
    if (absl::Status status = folder.Remove(kUnfinishedName); !status.ok()) return status;
  }
  const absl::StatusOr<std::string> key = RandomHex();
  if (!key.ok()) return key.status();
  FolderBinding binding{.municipality_code = std::string(municipality_code), .digest_key = *key};
  if (absl::Status status = folder.WriteNew(kUnfinishedName, Encode(binding)); !status.ok()) return status;
  if (on_step) on_step(Step::kBindingWritten);
  if (absl::Status status = folder.Rename(kUnfinishedName, kName); !status.ok()) return status;
  if (on_step) on_step(Step::kRenamed);
  if (absl::Status status = folder.Sync(); !status.ok()) return status;
  if (on_step) on_step(Step::kBound);
  return binding;
}

}  // namespace envej::municipality_client
