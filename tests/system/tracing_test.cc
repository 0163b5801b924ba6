// One request followed by its trace id, from a caller's programs and calls to the broker's log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/process.h"

namespace envej::system {
namespace {

using contract::Reason;
using support::CallContext;
using support::Ended;
using support::ExpectRefused;
using testing::HasSubstr;
using testing::Not;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kSpan[] = "00f067aa0ba902b7";
constexpr char kCallsLogged[] = "log: {calls: true}\n";

std::string Traceparent() { return absl::StrCat("00-", kTrace, "-", kSpan, "-01"); }

std::vector<nlohmann::json> Lines(const std::string& log, const std::string& event) {
  std::vector<nlohmann::json> lines;
  for (const absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    nlohmann::json parsed = nlohmann::json::parse(std::string(line), nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object() && parsed.value("event", "") == event) lines.push_back(std::move(parsed));
  }
  return lines;
}

// The trace that a program says on its standard error; empty if it says none.
std::string ToldTrace(const std::string& err) {
  std::smatch found;
  static const std::regex told("for operations: this run is trace_id ([0-9a-f]{32}) in the broker's log\n");
  return std::regex_search(err, found, told) ? found[1].str() : "";
}

class TracingTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  // A call that a municipality may not make, with these headers.
  grpc::Status Refused(const std::vector<std::string>& traceparents) {
    const auto context = CallContext();
    for (const std::string& traceparent : traceparents) context->AddMetadata("traceparent", traceparent);
    v1::ListMunicipalitiesResponse answer;
    return broker_.Intake(support::kMunicipality)->ListMunicipalities(context.get(), {}, &answer);
  }

  Ended Municipalities(absl::string_view uri, const std::string& traceparent = "") {
    std::vector<std::string> arguments = {"/usr/bin/env", absl::StrCat("TRACEPARENT=", traceparent),
                                          support::ProgramPath("envej-region"), "municipalities"};
    const std::vector<std::string> connection = broker_.ConnectionArguments(uri);
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    return support::RunProgram(arguments);
  }

  support::BrokerProcess broker_{{.more = kCallsLogged}};
};

TEST_F(TracingTest, ARefusalStandsInTheLogUnderTheTraceOfItsCall) {
  ExpectRefused(Refused({Traceparent()}), Reason::kCallerKindNotAllowed);
  ASSERT_TRUE(broker_.WaitForLog("\"caller_refused\""));
  const auto lines = Lines(broker_.Log(), "caller_refused");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["trace_id"], kTrace);
}

TEST_F(TracingTest, ARefusedNoticeStandsThereToo) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(support::kNotParticipatingCode);
  const auto context = CallContext();
  context->AddMetadata("traceparent", Traceparent());
  v1::SubmitNoticeResponse answer;
  ExpectRefused(broker_.Intake(support::kRegion)->SubmitNotice(context.get(), request, &answer),
                Reason::kMunicipalityNotParticipating,
                {"envelope.municipality_code", "envelope.municipality_code"});  // nor is there an agreement
  ASSERT_TRUE(broker_.WaitForLog("\"call_refused\""));
  for (const char* event : {"call", "notice_refused", "call_refused"}) {
    const auto lines = Lines(broker_.Log(), event);
    ASSERT_EQ(lines.size(), 1U) << event;
    EXPECT_EQ(lines[0]["trace_id"], kTrace) << event;
    EXPECT_EQ(lines[0]["caller"], support::kRegion) << event;
  }
  EXPECT_EQ(Lines(broker_.Log(), "call")[0]["method"], "envej.v1.IntakeService/SubmitNotice");
  EXPECT_EQ(Lines(broker_.Log(), "call")[0]["span_id"], kSpan);
}

TEST_F(TracingTest, WhatIsNoTraceIsIgnored) {
  const std::string other = absl::StrCat("00-", std::string(32, 'a'), "-", kSpan, "-01");
  const std::vector<std::vector<std::string>> ignored = {{},
                                                         {""},
                                                         {"x"},
                                                         {Traceparent(), other},
                                                         {Traceparent(), Traceparent()},
                                                         {absl::StrCat("01", Traceparent().substr(2))},
                                                         {absl::StrCat(Traceparent(), "-more")},
                                                         {std::string(4000, '0')}};
  for (const auto& headers : ignored) ExpectRefused(Refused(headers), Reason::kCallerKindNotAllowed);
  ASSERT_TRUE(broker_.WaitForLog("\"caller_refused\"", static_cast<int>(ignored.size())));
  EXPECT_THAT(broker_.Log(), Not(HasSubstr("trace_id")));
}

TEST_F(TracingTest, AProgramSaysTheTraceThatItWasGiven) {
  const Ended listed = Municipalities(support::kRegion, Traceparent());
  EXPECT_EQ(listed.code, support::kDone) << listed.err;
  EXPECT_EQ(ToldTrace(listed.err), "") << "nobody has to ask about what went well";
  ASSERT_TRUE(broker_.WaitForLog(kTrace));
  const auto calls = Lines(broker_.Log(), "call");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0]["trace_id"], kTrace);
  EXPECT_NE(calls[0]["span_id"], kSpan) << "each call is a span of its own";

  const Ended refused = Municipalities(support::kMunicipality, Traceparent());
  EXPECT_NE(refused.code, support::kDone);
  EXPECT_EQ(ToldTrace(refused.err), kTrace) << refused.err;
}

TEST_F(TracingTest, WithoutOneEachRunIsATraceOfItsOwnThatItTellsWhenItFails) {
  const std::string first = ToldTrace(Municipalities(support::kMunicipality).err);
  const std::string second = ToldTrace(Municipalities(support::kMunicipality, "00-not-a-trace-01").err);
  ASSERT_NE(first, "");
  ASSERT_NE(second, "");
  EXPECT_NE(first, second);
  ASSERT_TRUE(broker_.WaitForLog("\"caller_refused\"", 2));
  EXPECT_THAT(broker_.Log(), HasSubstr(first));
  EXPECT_THAT(broker_.Log(), HasSubstr(second));
}

TEST_F(TracingTest, TheMunicipalitysProgramSaysItsTraceToo) {
  std::vector<std::string> arguments = {"/usr/bin/env",
                                        absl::StrCat("TRACEPARENT=", Traceparent()),
                                        support::ProgramPath("envej-municipality"),
                                        "pull",
                                        "--municipality",
                                        support::kOtherCode,
                                        "--into",
                                        broker_.folder().Path("inbox")};
  const std::vector<std::string> connection = broker_.MunicipalityArguments(support::kMunicipality);
  arguments.insert(arguments.end(), connection.begin(), connection.end());
  const Ended refused = support::RunProgram(arguments);
  EXPECT_NE(refused.code, support::kDone) << "another's inbox";
  EXPECT_EQ(ToldTrace(refused.err), kTrace) << refused.err;
  ASSERT_TRUE(broker_.WaitForLog("\"call_refused\""));
  EXPECT_EQ(Lines(broker_.Log(), "call_refused")[0]["trace_id"], kTrace);
}

TEST_F(TracingTest, NothingOfATraceIsStored) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(support::kCode);
  const auto context = CallContext();
  context->AddMetadata("traceparent", Traceparent());
  v1::SubmitNoticeResponse answer;
  ASSERT_TRUE(broker_.Intake(support::kRegion)->SubmitNotice(context.get(), request, &answer).ok());
  ExpectRefused(Refused({Traceparent()}), Reason::kCallerKindNotAllowed);
  EXPECT_THAT(answer.DebugString(), Not(HasSubstr(kTrace)));
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(broker_.data())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_FALSE(absl::StrContains(bytes, kTrace)) << entry.path();
    EXPECT_FALSE(absl::StrContains(bytes, absl::HexStringToBytes(kTrace))) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 0U);
}

TEST(TracingOffTest, CallsThatGoWellAreNotLoggedUnlessAsked) {
  support::BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const auto context = CallContext();
  context->AddMetadata("traceparent", Traceparent());
  v1::GetServiceInfoResponse answer;
  ASSERT_TRUE(broker.Intake(support::kRegion)->GetServiceInfo(context.get(), {}, &answer).ok());
  const Ended ended = broker.Stop();
  EXPECT_THAT(ended.err, Not(HasSubstr(kTrace)));
  EXPECT_TRUE(Lines(ended.err, "call").empty());
}

}  // namespace
}  // namespace envej::system
