#include "region-client/folder/sealed_file.h"

#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

// No key of the agent's store begins so.
std::string KeyOf(absl::string_view name) { return absl::StrCat("file/", name); }

}  // namespace

absl::StatusOr<std::string> SealFile(const AtRest& at_rest, absl::string_view name, absl::string_view bytes) {
  return at_rest.Seal(KeyOf(name), bytes);
}

absl::StatusOr<std::string> OpenSealedFile(const AtRest& at_rest, absl::string_view name, absl::string_view sealed) {
  return at_rest.Open(KeyOf(name), sealed);
}

}  // namespace envej::region
