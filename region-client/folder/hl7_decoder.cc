#include "region-client/folder/hl7_decoder.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "region-client/folder/hl7_file.h"

namespace envej::region {
namespace {

FileProblem ToProblem(const hl7::Problem& problem) {
  return {.reason = "MESSAGE_INVALID", .text = absl::StrCat(hl7::ToText(problem.place), " ", problem.what)};
}

void Decode(absl::string_view bytes, const Hl7Files& files, absl::Time now, FileItem& item) {
  const std::variant<hl7::Message, hl7::Problem> read = hl7::Message::Read(bytes, files.unsaid);
  if (const auto* const problem = std::get_if<hl7::Problem>(&read)) {
    item.said = ToProblem(*problem);
    return;
  }
  const auto& message = std::get<hl7::Message>(read);
  item.name = NameOfHl7(files.name, message);
  const auto event = hl7::ReadPatientEvent(message, files.site, now);
  if (const auto* const problem = std::get_if<hl7::Problem>(&event)) {
    item.said = ToProblem(*problem);
  } else if (const auto* const said = std::get_if<ward::Event>(&event)) {
    item.said = std::vector<ward::Event>{*said};
  } else {
    item.said = NothingFollows{.reason = "NOT_OF_CONCERN"};
  }
}

}  // namespace

MessageName NameOfHl7(const std::string& source, const hl7::Message& message) {
  const auto text = [&](int field) { return message.Text({.segment = "MSH", .field = field}); };
  return {.source = absl::StrCat(source, "|", text(3), "|", text(4)), .id = message.ControlId()};
}

absl::StatusOr<std::vector<FileItem>> DecodeHl7File(absl::string_view bytes, size_t items_most, const Hl7Files& files,
                                                    absl::Time now) {
  const Hl7File file = SplitHl7File(bytes, items_most);
  if (file.messages.size() > items_most) return TooManyItems(items_most);
  std::vector<FileItem> items;
  for (const absl::string_view message : file.messages) {
    FileItem& item = items.emplace_back();
    item.place = items.size();
    Decode(message, files, now, item);
  }
  for (const FileProblem& problem : file.problems) items.push_back({.place = 0, .name = {}, .said = problem});
  if (items.empty() && file.has_batches) {
    items.push_back({.place = 0, .name = {}, .said = NothingFollows{.reason = "BATCH_EMPTY"}});
  }
  return items;
}

}  // namespace envej::region
