#include "broker/operations/console/output.h"

#include "absl/strings/str_cat.h"

namespace envej::console {
namespace {

absl::string_view Rendition(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::kPlain:
      return "";
    case Emphasis::kHeading:
      return "\x1b[1m";
    case Emphasis::kFaint:
      return "\x1b[2m";
    case Emphasis::kWarning:
      return "\x1b[33m";
    case Emphasis::kTrouble:
      return "\x1b[1;31m";
  }
  return "";
}

}  // namespace

std::string Emphasised(absl::string_view text, Emphasis emphasis, bool colour) {
  const absl::string_view rendition = Rendition(emphasis);
  if (!colour || rendition.empty()) return std::string(text);
  return absl::StrCat(rendition, text, "\x1b[0m");
}

}  // namespace envej::console
