#ifndef ENVEJ_CERTS_OPTION_CHECKS_H_
#define ENVEJ_CERTS_OPTION_CHECKS_H_

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace envej::certs {

// What the clients' command lines check of their options' values.

// What is wrong with a text; empty if it is good.
std::string CheckMunicipalityCode(const std::string& text);
std::string CheckRegionCode(const std::string& text);
std::string CheckNoticeId(const std::string& text);
std::string CheckDeadline(const std::string& text);  // from 1s to 24h

// A duration, both ends included.
CLI::Validator DurationBetween(absl::Duration least, absl::Duration most);

// Only the names of `choices`, whose values are for later. They must outlive the validator.
template <typename Value>
CLI::Validator OneOf(const std::map<std::string, Value>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) absl::StrAppend(&names, names.empty() ? "one of " : ", ", name);
  return CLI::Validator([&choices, names](std::string& text) { return choices.count(text) != 0 ? "" : names; }, "");
}

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_OPTION_CHECKS_H_
