#ifndef ENVEJ_REGION_CLIENT_EXIT_CODES_H_
#define ENVEJ_REGION_CLIENT_EXIT_CODES_H_

#include <initializer_list>
#include <string>

#include "region-client/output.h"

namespace envej::region {

struct ExitCodeMeaning {
  ExitCode code;
  const char* meaning;
};

// What the --help of a command says of its exit codes: those that it ends with, each in its own words.
std::string ExitCodeHelp(std::initializer_list<ExitCodeMeaning> meanings);

// What several commands mean by one.
inline constexpr ExitCodeMeaning kUnusableFile = {
    ExitCode::kUnusable,
    "wrong usage, or a file, certificate or output that cannot be used; a file without notices is one"};
inline constexpr ExitCodeMeaning kUnusableCertificate = {
    ExitCode::kUnusable, "wrong usage, or a file, certificate or output that cannot be used"};
inline constexpr ExitCodeMeaning kUnsentNotices = {
    ExitCode::kUnreachable,
    "the broker could not be reached, or notices are unsent, or it is unknown whether they are accepted: run the\n"
    "     same again with the same ids; nothing is doubled"};
inline constexpr ExitCodeMeaning kNoBroker = {ExitCode::kUnreachable,
                                              "the broker could not be reached: run the same again later"};
inline constexpr ExitCodeMeaning kUnusableAgent = {ExitCode::kUnusable,
                                                   "wrong usage, or neither a socket nor a good configuration"};
inline constexpr ExitCodeMeaning kNoAgent = {ExitCode::kUnreachable,
                                             "no agent answers: run the same again; nothing is doubled"};
inline constexpr ExitCodeMeaning kShown = {ExitCode::kDone, "it is shown"};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_EXIT_CODES_H_
