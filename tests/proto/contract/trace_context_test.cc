#include "proto/contract/trace_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace envej::contract {
namespace {

using ::testing::MatchesRegex;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kSpan[] = "00f067aa0ba902b7";

std::string Header() { return absl::StrCat("00-", kTrace, "-", kSpan, "-01"); }

TEST(TraceContextTest, WhatIsReadIsWrittenAgain) {
  const std::optional<TraceContext> context = TraceContext::Parse(Header());
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id(), kTrace);
  EXPECT_EQ(context->span_id(), kSpan);
  EXPECT_EQ(context->ToString(), Header());
}

TEST(TraceContextTest, FlagsThatVersionZeroDoesNotDefineAreNotPassedOn) {
  const std::optional<TraceContext> all = TraceContext::Parse(absl::StrCat("00-", kTrace, "-", kSpan, "-ff"));
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->ToString(), Header());
  const std::optional<TraceContext> others = TraceContext::Parse(absl::StrCat("00-", kTrace, "-", kSpan, "-fe"));
  ASSERT_TRUE(others.has_value());
  EXPECT_EQ(others->ToString(), absl::StrCat("00-", kTrace, "-", kSpan, "-00"));
}

TEST(TraceContextTest, AnythingElseIsNone) {
  const std::string zeros(32, '0');
  const std::string wrong[] = {
      "",
      "0",
      "00",
      Header().substr(0, 54),
      Header() + "0",
      Header() + "-",
      Header() + "-00",
      " " + Header().substr(1),
      absl::StrCat(" ", Header()),
      absl::StrCat(Header(), "\n"),
      absl::StrCat("01-", kTrace, "-", kSpan, "-01"),
      absl::StrCat("cc-", kTrace, "-", kSpan, "-01"),
      absl::StrCat("ff-", kTrace, "-", kSpan, "-01"),
      absl::StrCat("0x-", kTrace, "-", kSpan, "-01"),
      absl::StrCat("00_", kTrace, "-", kSpan, "-01"),
      absl::StrCat("00-", kTrace, "_", kSpan, "-01"),
      absl::StrCat("00-", kTrace, "-", kSpan, "_01"),
      absl::StrCat("00-", zeros, "-", kSpan, "-01"),
      absl::StrCat("00-", kTrace, "-", zeros.substr(16), "-01"),
      absl::StrCat("00-4BF92F3577B34DA6A3CE929D0E0E4736-", kSpan, "-01"),
      absl::StrCat("00-", kTrace, "-00F067AA0BA902B7-01"),
      absl::StrCat("00-", kTrace, "-", kSpan, "-0G"),
      absl::StrCat("00-", kTrace, "-", kSpan, "-A1"),
      absl::StrCat("00-g", std::string(kTrace).substr(1), "-", kSpan, "-01"),
      std::string(55, '\0'),
      std::string(1 << 20, '0'),
      "00-Opdigtet Borger, 010190-0000, Ukendt Vej 1, 0000 Ingen-01",
  };
  for (const std::string& text : wrong) EXPECT_FALSE(TraceContext::Parse(text).has_value()) << text.substr(0, 100);
}

TEST(TraceContextTest, EveryChangeOfOneCharacterIsRefusedOrReadAsItStands) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = Header();
    text[random() % text.size()] = static_cast<char>(random() % 256);
    const std::optional<TraceContext> read = TraceContext::Parse(text);
    if (!read.has_value()) continue;
    EXPECT_THAT(text, MatchesRegex("00-[0-9a-f]*-[0-9a-f]*-[0-9a-f]*"));
    EXPECT_EQ(text.substr(0, 53), read->ToString().substr(0, 53));
  }
}

TEST(TraceContextTest, NewOnesDifferAndCanBeRead) {
  std::set<std::string> traces;
  for (int i = 0; i < 100; ++i) {
    const std::optional<TraceContext> context = TraceContext::New();
    ASSERT_TRUE(context.has_value());
    EXPECT_EQ(TraceContext::Parse(context->ToString()), context);
    traces.insert(context->trace_id());
  }
  EXPECT_EQ(traces.size(), 100U);
}

TEST(TraceContextTest, AChildIsAnotherSpanOfTheSameTrace) {
  const TraceContext parent = *TraceContext::Parse(absl::StrCat("00-", kTrace, "-", kSpan, "-00"));
  const std::optional<TraceContext> child = parent.Child();
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(child->trace_id(), kTrace);
  EXPECT_NE(child->span_id(), kSpan);
  EXPECT_EQ(child->ToString().substr(53), "00");
}

}  // namespace
}  // namespace envej::contract
