#include "certs/client_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::HasSubstr;

TEST(AddConnectionOptions, ReadsTheCommandLineBeforeTheEnvironment) {
  ConnectionOptions options;
  CLI::App app;
  AddConnectionOptions(app, options);
  ASSERT_EQ(setenv("ENVEJ_BROKER", "environment:1", 1), 0);
  ASSERT_EQ(setenv("ENVEJ_AUTHORITIES", "authorities.pem", 1), 0);
  app.parse("--broker line:2 --certificate own.pem --key own.key");
  unsetenv("ENVEJ_BROKER");
  unsetenv("ENVEJ_AUTHORITIES");
  EXPECT_EQ(options.broker, "line:2");
  EXPECT_EQ(options.files.certificate_chain, "own.pem");
  EXPECT_EQ(options.files.private_key, "own.key");
  EXPECT_EQ(options.files.authorities, "authorities.pem");
}

TEST(AddConnectionOptions, RequiresEachOption) {
  const std::vector<std::string> all = {"--broker=h:1", "--certificate=c", "--key=k", "--authorities=a"};
  for (size_t missing = 0; missing < all.size(); ++missing) {
    ConnectionOptions options;
    CLI::App app;
    AddConnectionOptions(app, options);
    std::vector<std::string> arguments = all;
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(missing));
    EXPECT_THROW(app.parse(arguments), CLI::RequiredError) << all[missing];
  }
}

TEST(CheckBrokerAddress, AcceptsHostAndPort) {
  for (const char* address : {"localhost:1", "broker.example.dk:65535", "127.0.0.1:8443", "[::1]:8443"}) {
    EXPECT_TRUE(CheckBrokerAddress(address).ok()) << address;
  }
}

TEST(CheckBrokerAddress, RefusesAnythingElse) {
  for (const char* address :
       {"", ":", "localhost", "localhost:", ":8443", "localhost:0", "localhost:65536", "localhost:+80", "localhost: 80",
        "localhost:80 ", "::1:8443", "[::1]", "[]:80", "unix:80x", "dns:///localhost:80", "https://localhost:80",
        "local host:80", "localhost:99999999999999999999"}) {
    EXPECT_EQ(CheckBrokerAddress(address).code(), absl::StatusCode::kInvalidArgument) << address;
  }
}

TEST(Connect, RefusesABadAddressAndBadFilesBeforeAnyCall) {
  const TestDirectory directory;
  const TestAuthority authority;
  const TlsFiles files = authority.IssueFiles(directory, "client", ClientRequest("urn:envej:region:1081"));
  EXPECT_TRUE(Connect({"localhost:1", files}).ok());
  EXPECT_EQ(Connect({"localhost", files}).status().code(), absl::StatusCode::kInvalidArgument);
  TlsFiles bad = files;
  bad.private_key = directory.Write("open.key", ReadFile(files.private_key), 0644);
  EXPECT_THAT(std::string(Connect({"localhost:1", bad}).status().message()), HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace envej::certs
