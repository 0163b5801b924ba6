#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/tidy/checks.h"
#include "tests/tidy/house_rules.h"
#include "tests/tidy/source_tree.h"

namespace envej::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(HouseTest, KeepsItsRules) {
  const char* root = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  ASSERT_NE(root, nullptr) << "ENVEJ_SOURCE_DIRECTORY is not set; ctest sets it, so run this with ctest -R tidy_test";
  const SourceTree tree = ReadSourceTree(root);
  ASSERT_GT(tree.files.size(), 40u) << "the source tree was not found in " << root;
  const std::vector<std::string> violations = CheckEverything(tree);
  EXPECT_THAT(violations, IsEmpty()) << absl::StrJoin(violations, "\n");
}

std::string Header(const std::string& guard, const std::string& body = "") {
  return absl::StrCat("#ifndef ", guard, "\n#define ", guard, "\n", body, "\n#endif  // ", guard, "\n");
}

// A small tree on disk. Each test adds one violation to a sound one, so that every rule is seen to fail.
class PlantedTest : public testing::Test {
 protected:
  PlantedTest() {
    std::filesystem::remove_all(root_);
    Write("proto/contract/day.h", Header("ENVEJ_PROTO_CONTRACT_DAY_H_"));
    Write("proto/contract/day.cc", "#include <openssl/sha.h>\n\n#include \"absl/time/time.h\"\n");
    Write("proto/contract/message_codec.cc", "#include \"envej/v1/notice.pb.h\"\n");
    Write("proto/contract/CMakeLists.txt",
          "envej_library(envej_contract\n  SOURCES day.cc\n  LINKS absl::time OpenSSL::Crypto)\n"
          "envej_library(envej_message_codec SOURCES message_codec.cc LINKS envej_contract envej_messages)\n");
    Write("certs/identity.cc", "#include \"certs/identity.h\"\n");
    Write("certs/CMakeLists.txt", "envej_library(envej_identity SOURCES identity.cc LINKS absl::status)\n");
    Write("broker/store/ordered_store.h", Header("ENVEJ_BROKER_STORE_ORDERED_STORE_H_"));
    Write("broker/store/rocksdb_store.cc", "#include <rocksdb/db.h>\n#include \"broker/store/ordered_store.h\"\n");
    Write("broker/store/CMakeLists.txt",
          "envej_library(envej_store SOURCES key_layout.cc LINKS envej_contract)\n"
          "envej_library(envej_rocksdb_store SOURCES rocksdb_store.cc LINKS envej_store RocksDB::rocksdb-shared)\n");
    Write("broker/inbox/inbox.cc", "#include \"broker/store/ordered_store.h\"  // not absl::Mutex\n");
    Write("broker/inbox/CMakeLists.txt", "envej_library(envej_inbox SOURCES inbox.cc LINKS envej_store)\n");
    Write("broker/main.cc", "#include \"broker/store/rocksdb_store.h\"\n#include \"broker/wire/server.h\"\n");
    Write("broker/CMakeLists.txt",
          "envej_program(envej-broker SOURCES main.cc LINKS envej_inbox envej_rocksdb_store envej_identity)\n");
    Write("region-client/outbox.h", Header("ENVEJ_REGION_CLIENT_OUTBOX_H_"));
    Write("tests/broker/inbox/inbox_test.cc", "#include \"broker/inbox/inbox.h\"\n#include <rocksdb/db.h>\n");
    Write("tests/broker/inbox/CMakeLists.txt", "envej_test(inbox_test SOURCES inbox_test.cc LINKS envej_inbox)\n");
  }

  void Write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::trunc) << text;
  }

  std::vector<std::string> Violations() { return CheckEverything(ReadSourceTree(root_)); }

 private:
  const std::filesystem::path root_ =
      std::filesystem::path(testing::TempDir()) /
      absl::StrCat("tidy-", testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(PlantedTest, ASoundTreePasses) { EXPECT_THAT(Violations(), IsEmpty()); }

TEST_F(PlantedTest, HiddenAndBuiltFilesAreLeftOut) {
  for (const char* folder : {"build/dev/", ".git/", "tests/node/node_modules/"}) {
    Write(absl::StrCat(folder, "x.h"), "#include \"broker/main.h\"\n");
  }
  EXPECT_THAT(Violations(), IsEmpty());
}

TEST_F(PlantedTest, AnIncludeAgainstTheDirectionIsFound) {
  const std::map<std::string, std::string> planted = {
      {"proto/contract/planted.cc", "\"envej/v1/notice.pb.h\""},
      {"proto/contract/rejection.cc", "<grpcpp/grpcpp.h>"},
      {"proto/contract/notice.cc", "\"proto/contract/message_codec.h\""},
      {"broker/inbox/codec.cc", "\"proto/contract/message_codec.h\""},
      {"certs/planted.cc", "\"broker/clock.h\""},
      {"certs/identity.cc", "<grpcpp/grpcpp.h>"},
      {"broker/store/planted.cc", "<rocksdb/db.h>"},
      {"broker/store/key_layout.cc", "\"broker/store/rocksdb_store.h\""},
      {"broker/journal/planted.cc", "\"broker/inbox/inbox.h\""},
      {"broker/inbox/planted.cc", "\"broker/store/rocksdb_store.h\""},
      {"broker/inbox/executor.cc", "<grpcpp/grpcpp.h>"},
      {"broker/inbox/messages.cc", "\"envej/v1/notice.pb.h\""},
      {"broker/admission/planted.cc", "\"broker/store/ordered_store.h\""},
      {"broker/admission/timed.cc", "\"broker/clock.h\""},
      {"broker/admission/called.cc", "<grpcpp/grpcpp.h>"},
      {"broker/wire/planted.cc", "\"broker/store/ordered_store.h\""},
      {"broker/wire/engine.cc", "<rocksdb/db.h>"},
      {"broker/serve.cc", "\"broker/store/rocksdb_store.h\""},
      {"broker/main.cc", "\"tests/support/memory_store.h\""},
      {"region-client/planted.cc", "\"broker/mutex.h\""},
      {"region-client/other.cc", "\"municipality-client/ledger.h\""},
      {"municipality-client/planted.cc", "\"broker/mutex.h\""},
      {"municipality-client/other.cc", "\"region-client/outbox.h\""},
      {"elsewhere/planted.cc", "<vector>"},
  };
  for (const auto& [path, header] : planted) Write(path, absl::StrCat("#include <string>\n#include ", header, "\n"));
  const std::string found = absl::StrJoin(Violations(), "\n");
  for (const auto& [path, header] : planted) {
    const std::string name = header.substr(1, header.size() - 2);
    EXPECT_THAT(found, path.rfind("elsewhere", 0) == 0 ? HasSubstr(path + ": no room")
                                                       : HasSubstr(absl::StrCat(path, ":2: ", name)));
  }
  EXPECT_EQ(Violations().size(), planted.size()) << found;
}

TEST_F(PlantedTest, ALinkAgainstTheDirectionIsFound) {
  for (const char* link : {"envej_rocksdb_store", "RocksDB::rocksdb-shared", "gRPC::grpc++", "envej_messages",
                           "envej_message_codec", "envej_unheard_of", "Boost::asio"}) {
    Write("broker/inbox/CMakeLists.txt",
          absl::StrCat("envej_library(envej_inbox\n  SOURCES inbox.cc\n  LINKS envej_store ", link, ")\n"));
    EXPECT_THAT(Violations(), ElementsAre(HasSubstr("envej_inbox "))) << link;
    EXPECT_THAT(Violations(), ElementsAre(HasSubstr(link)));
  }
}

TEST_F(PlantedTest, AnEngineInsideANeutralTargetIsFound) {
  Write("broker/store/CMakeLists.txt",
        "envej_library(envej_store SOURCES key_layout.cc rocksdb_store.cc LINKS RocksDB::rocksdb-shared)\n"
        "envej_library(envej_rocksdb_store SOURCES rocksdb_store.cc LINKS envej_store)\n");
  EXPECT_THAT(Violations(), ElementsAre(HasSubstr("envej_inbox may not link envej_store")));
}

TEST_F(PlantedTest, ATargetMadeByHandIsFound) {
  Write("certs/CMakeLists.txt",
        "envej_library(envej_identity SOURCES identity.cc LINKS absl::status)\n"
        "target_link_libraries(envej_identity PUBLIC gRPC::grpc++)\n");
  EXPECT_THAT(Violations(), ElementsAre(HasSubstr("certs/CMakeLists.txt:2")));
}

TEST_F(PlantedTest, EveryForbiddenTextIsFoundInCodeAndFreeInComments) {
  for (const ForbiddenText& forbidden : ForbiddenTexts()) {
    Write("broker/store/planted.cc", absl::StrCat("// ", forbidden.text, "\nauto x = ", forbidden.text, ";\n"));
    EXPECT_THAT(Violations(), ElementsAre(HasSubstr(absl::StrCat("planted.cc:2: ", forbidden.text))));
  }
}

TEST_F(PlantedTest, OnlyTheClocksAndTheEdgesReadTheTime) {
  Write("broker/clock.cc", "auto now = std::chrono::system_clock::now();\n");
  Write("broker/timer_scheduler.cc", "auto now = std::chrono::steady_clock::now();\n");
  Write("municipality-client/delivery.cc", "auto now = absl::Now();\n");
  EXPECT_THAT(Violations(), IsEmpty());
  Write("broker/inbox/inbox.cc", "auto now = std::chrono::system_clock::now();\n");
  Write("municipality-client/ledger.cc", "auto now = absl::Now();\n");
  Write("region-client/program.cc", "auto now = std::chrono::steady_clock::now();\n");
  EXPECT_THAT(Violations(), testing::UnorderedElementsAre(HasSubstr("broker/inbox/inbox.cc:1"),
                                                          HasSubstr("municipality-client/ledger.cc:1"),
                                                          HasSubstr("region-client/program.cc:1")));
}

TEST_F(PlantedTest, ATestThatNobodyBuildsIsFound) {
  Write("tests/broker/inbox/lease_test.cc", "");
  Write("tests/broker/inbox/CMakeLists.txt",
        "envej_test(inbox_test SOURCES inbox_test.cc LINKS envej_inbox)  # lease_test.cc\n");
  EXPECT_THAT(Violations(), ElementsAre(HasSubstr("lease_test.cc: no CMakeLists.txt names it")));
}

TEST_F(PlantedTest, ATestThatMirrorsNothingIsFound) {
  Write("tests/broker/outbox/outbox_test.cc", "");
  Write("tests/broker/outbox/CMakeLists.txt", "envej_test(outbox_test SOURCES outbox_test.cc)\n");
  EXPECT_THAT(Violations(), ElementsAre(HasSubstr("outbox_test.cc: mirrors no folder")));
}

TEST_F(PlantedTest, ATestBesideProductionCodeIsFound) {
  Write("certs/identity_test.cc", "");
  EXPECT_THAT(Violations(), ElementsAre(HasSubstr("certs/identity_test.cc: tests live below tests/")));
}

TEST_F(PlantedTest, AFileOfTwoIdeasIsFound) {
  Write("certs/identity.cc", std::string(kMaximumLines, '\n'));
  EXPECT_THAT(Violations(), IsEmpty());
  Write("certs/identity.cc", std::string(kMaximumLines + 1, '\n'));
  EXPECT_THAT(Violations(), ElementsAre(HasSubstr("certs/identity.cc: 401 lines")));
}

TEST_F(PlantedTest, AGuardThatDoesNotMatchThePathIsFound) {
  for (const std::string& text : {Header("ENVEJ_OUTBOX_H_"), Header("ENVEJ_REGION-CLIENT_OUTBOX_H_"), std::string(),
                                  std::string("#pragma once\n")}) {
    Write("region-client/outbox.h", text);
    EXPECT_THAT(Violations(), ElementsAre(HasSubstr("the guard must be ENVEJ_REGION_CLIENT_OUTBOX_H_")));
  }
}

}  // namespace
}  // namespace envej::tidy
