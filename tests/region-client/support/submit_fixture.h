#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_SUBMIT_FIXTURE_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_SUBMIT_FIXTURE_H_

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {

inline std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

inline std::string ReadAll(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

class SubmitTest : public testing::Test {
 protected:
  ProgramRun Submit(const std::string& text, std::vector<std::string> further = {}) {
    std::vector<std::string> arguments = {"submit", "-"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return RunWith(server_.address(), arguments, text);
  }

  std::string Lines(unsigned count) const {
    std::string text;
    for (unsigned i = 1; i <= count; ++i) text += LineNumber(i, now_);
    return text;
  }

  std::string WithoutConsent(unsigned number, const std::string& municipality_code) const {
    v1::Notice notice = NoticeNumber(number, now_);
    notice.mutable_envelope()->mutable_consent()->clear_contact();
    notice.mutable_envelope()->set_municipality_code(municipality_code);
    return ToLine(notice);
  }

  const absl::Time now_ = absl::Now();
  IntakeServer server_;
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_SUBMIT_FIXTURE_H_
