#include "proto/contract/json_line.h"

#include <gtest/gtest.h>

#include "envej/v1/operations_service.pb.h"

namespace envej::contract {
namespace {

TEST(JsonLineTest, WritesOneLineWithoutWhatATerminalWouldObey) {
  v1::Contact contact;
  contact.set_name("Vagten\n\x1b[2J\x7f på Ærø");
  EXPECT_EQ(ToJsonLine(contact), R"({"name":"Vagten\n\u001b[2J\u007f på Ærø"})");
}

TEST(JsonLineTest, WritesDefaultsWhereAsked) {
  v1::InboxStatus inbox;
  inbox.set_municipality_code("0101");
  EXPECT_EQ(ToJsonLine(inbox), R"({"municipalityCode":"0101"})");
  const std::string all = ToJsonLine(inbox, Defaults::kWritten);
  EXPECT_NE(all.find(R"("waiting":"0")"), std::string::npos) << all;
  EXPECT_NE(all.find(R"("silent":false)"), std::string::npos) << all;
  EXPECT_EQ(all.find("oldestEnteredAt"), std::string::npos) << "what is absent stays so: " << all;
}

}  // namespace
}  // namespace envej::contract
