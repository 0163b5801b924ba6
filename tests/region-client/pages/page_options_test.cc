#include "region-client/pages/page_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PageOptionsTest : public testing::Test {
 protected:
  absl::Status Read(const std::string& text) {
    absl::StatusOr<options::YamlReader> reader = options::YamlReader::Open(files_.Write("agent.yaml", text));
    if (!reader.ok()) return reader.status();
    options::YamlMapping top = reader->Top();
    read_ = ReadPageOptions(top.Mapping("page"));
    return reader->status();
  }

  const certs::TestDirectory files_;
  PageOptions read_;
};

constexpr char kLeast[] =
    "page:\n  listen: 127.0.0.1:8443\n  certificate: page.pem\n  key: page.key\n  authorities: staff.pem\n";

TEST_F(PageOptionsTest, ReadsWhatThereIs) {
  const absl::Status status = Read(std::string(kLeast) +
                                   "  systems: [\"urn:envej:operations:engine\"]\n"
                                   "  proxy:\n    certificate: UI:DK-O:G:1\n    header: X-Staff\n"
                                   "    origin: https://ward.example\n");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(read_.listen, "127.0.0.1:8443");
  EXPECT_THAT(read_.files.authorities, HasSubstr("/staff.pem"));
  EXPECT_THAT(read_.sign_in.systems, ElementsAre("urn:envej:operations:engine"));
  ASSERT_TRUE(read_.sign_in.proxy.has_value());
  EXPECT_EQ(read_.sign_in.proxy->header, "X-Staff");
}

TEST_F(PageOptionsTest, WhatIsWrongIsNamed) {
  const std::string least = kLeast;
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"page: {}\n", "listen"},
           {least + "  colour: red\n", "colour"},
           {least, "must name who may come"},
           {least + "  staff: []\n", "names nobody"},
           {least + "  proxy:\n    certificate: a\n    header: \"X Staff\"\n    origin: https://ward.example\n",
            "header"},
           {least + "  proxy:\n    certificate: a\n    header: X-Staff\n    origin: http://ward.example\n", "origin"},
           {least + "  proxy:\n    certificate: a\n    header: X-Staff\n    origin: https://ward.example/\n",
            "origin"}}) {
    EXPECT_THAT(Read(text).message(), HasSubstr(said)) << text;
  }
}

}  // namespace
}  // namespace envej::region
