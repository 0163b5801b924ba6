#ifndef ENVEJ_REGION_CLIENT_OPTION_WORDS_H_
#define ENVEJ_REGION_CLIENT_OPTION_WORDS_H_

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.pb.h"
#include "envej/v1/state.pb.h"
#include "region-client/output.h"
#include "region-client/progress_bar.h"

namespace envej::region {

// The words that options take, with what they mean.
const std::map<std::string, OutputForm>& OutputForms();
const std::map<std::string, ProgressMode>& ProgressModes();
const std::map<std::string, v1::NoticeState>& States();
const std::map<std::string, v1::WithdrawalReason>& WithdrawalReasons();
const std::map<std::string, v1::ChangeKind>& ChangeKinds();

// Only the names of `choices`, whose values are for later.
template <typename Value>
CLI::Validator OneOf(const std::map<std::string, Value>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) absl::StrAppend(&names, names.empty() ? "one of " : ", ", name);
  return CLI::Validator([&choices, names](std::string& text) { return choices.count(text) != 0 ? "" : names; }, "");
}

// What is wrong with a text; empty if it is good.
std::string CheckMunicipalityCode(const std::string& text);
std::string CheckRegionCode(const std::string& text);
std::string CheckNoticeId(const std::string& text);
std::string CheckDeadline(const std::string& text);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_OPTION_WORDS_H_
