#include "region-client/folder/item_taker.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

// What would be refused again; all else is a matter of this agent's, and passes.
bool IsRefused(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) || absl::IsAlreadyExists(status) ||
         absl::IsOutOfRange(status);
}

std::string ReasonOf(const absl::Status& status) {
  if (absl::IsNotFound(status)) return "CONSENT_NOT_FOUND";
  if (absl::IsAlreadyExists(status)) return "NOTICE_ID_REUSED";
  if (absl::IsOutOfRange(status)) return kConsentWithdrawnSince;
  return "MESSAGE_INVALID";
}

}  // namespace

MessageName ItemTaker::NameOf(const FileItem& item) const {
  if (!item.name.id.empty()) return item.name;
  return {.source = "file", .id = absl::StrCat(file_hash_, "/", item.place)};
}

absl::Status ItemTaker::Note(const FileItem& item, const absl::Status& status, bool repeated, FileOutcome& outcome) {
  if (status.ok()) {
    ++(repeated ? outcome.repeated : outcome.taken);
    return absl::OkStatus();
  }
  if (!IsRefused(status)) return status;
  outcome.refused.push_back(
      {.place = item.place, .problem = {.reason = ReasonOf(status), .text = std::string(status.message())}});
  return absl::OkStatus();
}

absl::Status ItemTaker::TakeAnswer(const FileItem& item, const ConsentAnswer& answer, FileOutcome& outcome) {
  const absl::StatusOr<ConsentTaken> taken =
      answer.given.has_value()
          ? desk_.RegisterConsent(answer.patient, *answer.given, NameOf(item), ward::AnswerFrom::kSystem)
          : desk_.WithdrawConsent(answer.patient, NameOf(item));
  return Note(item, taken.status(), taken.ok() && taken->repeated, outcome);
}

absl::Status ItemTaker::Take(const FileItem& item, FileOutcome& outcome) {
  if (const auto* const problem = std::get_if<FileProblem>(&item.said)) {
    outcome.refused.push_back({.place = item.place, .problem = *problem});
    return absl::OkStatus();
  }
  if (const auto* const nothing = std::get_if<NothingFollows>(&item.said)) {
    ++outcome.nothing[nothing->reason];
    return absl::OkStatus();
  }
  if (const auto* const answer = std::get_if<ConsentAnswer>(&item.said)) return TakeAnswer(item, *answer, outcome);
  const auto* const notice = std::get_if<v1::Notice>(&item.said);
  const absl::StatusOr<Answer> taken =
      notice != nullptr ? desk_.TakeNotice(*notice)
                        : desk_.TakeMessage(NameOf(item), std::get<std::vector<ward::Event>>(item.said));
  return Note(item, taken.status(), taken.ok() && taken->repeated, outcome);
}

}  // namespace envej::region
