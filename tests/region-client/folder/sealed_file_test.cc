#include "region-client/folder/sealed_file.h"

#include <gtest/gtest.h>

#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

TEST(SealedFileTest, IsOpenedUnderItsOwnNameAlone) {
  const AgentFolder agent;
  const AtRest at_rest = AtRest::Read(agent.Options().secret, {}).value();
  const std::string sealed = SealFile(at_rest, "day.hl7", "Nanna Prøve").value();
  EXPECT_EQ(sealed.find("Nanna"), std::string::npos);
  EXPECT_EQ(OpenSealedFile(at_rest, "day.hl7", sealed).value_or(""), "Nanna Prøve");
  EXPECT_EQ(OpenSealedFile(at_rest, "other.hl7", sealed).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace envej::region
