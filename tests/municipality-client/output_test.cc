#include "municipality-client/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>

namespace envej::municipality_client {
namespace {

using testing::HasSubstr;

// What is told on standard error.
std::string Messages(const std::function<void(Output&)>& tell) {
  std::FILE* const events = std::tmpfile();
  std::FILE* const messages = std::tmpfile();
  Output output(Output::Format::kText, events, messages);
  tell(output);
  std::rewind(messages);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), messages));
  std::fclose(events);
  std::fclose(messages);
  return text;
}

TEST(OutputTest, SpeaksOfOneNoticeAsOne) {
  EXPECT_THAT(Messages([](Output& output) { output.CommandFailed(1, "why"); }),
              HasSubstr("; 1 written notice is not acknowledged and comes again when its lease runs out\n"));
  EXPECT_THAT(Messages([](Output& output) { output.CommandFailed(2, "why"); }),
              HasSubstr("; 2 written notices are not acknowledged and come again when their leases run out\n"));
}

TEST(OutputTest, SaysWhatToCheckWhereNoTlsConnectionComesAbout) {
  Retry retry{.code = absl::StatusCode::kUnavailable, .wait = absl::Seconds(1)};
  EXPECT_EQ(Messages([&](Output& output) { output.Retrying(retry); }),
            "envej-municipality: the broker does not answer (UNAVAILABLE); trying again in 1s\n");
  retry.lacks_tls_connection = true;
  EXPECT_EQ(Messages([&](Output& output) { output.Retrying(retry); }),
            "envej-municipality: no TLS connection to the broker comes about (UNAVAILABLE): check that --authorities "
            "and --certificate are those of its authority, and that --broker is a name in its certificate; trying "
            "again in 1s\n");
}

}  // namespace
}  // namespace envej::municipality_client
