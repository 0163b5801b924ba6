#include "tests/tidy/house_rules.h"

namespace envej::tidy {
namespace {

constexpr char kContract[] = "proto/contract/";
constexpr char kMessages[] = "envej/v1/";
constexpr char kWard[] = "envej/ward/v1/";
constexpr char kRichErrors[] = "google/rpc/";
constexpr char kHealth[] = "grpc/health/v1/";
constexpr char kProtobuf[] = "google/protobuf/";
constexpr char kGrpc[] = "grpcpp/";
constexpr char kRocksdb[] = "rocksdb/";
constexpr char kOpenssl[] = "openssl/";
// The codecs from and to the messages bring gRPC with them.
constexpr char kMessageCodec[] = "proto/contract/message_codec.h";
constexpr char kStatusCodec[] = "proto/contract/status_codec.h";
constexpr char kEngine[] = "broker/store/rocksdb_*";

}  // namespace

const std::vector<Room>& Rooms() {
  static const auto* rooms = new std::vector<Room>{
      // The contract: pure, but for the codec from and to the messages.
      {"proto/contract/message_codec.*", {kContract, kMessages, kRichErrors, kProtobuf, kGrpc}},
      {"proto/contract/sealed_payload.*", {kContract, kMessages, kProtobuf, kOpenssl}},
      {"proto/contract/wiping.*", {kContract, kProtobuf, kOpenssl}},
      {"proto/contract/status_codec.*", {kContract, kMessages, kRichErrors, kProtobuf, kGrpc}},
      {"proto/contract/json_line.*", {kContract, kProtobuf}},
      {kContract, {kContract, kOpenssl, "utf8proc.h"}, {kMessageCodec, kStatusCodec}},

      // What every program reads that people write.
      {"certs/options/", {kContract, "certs/options/", "yaml-cpp/"}, {kMessageCodec, kStatusCodec}},

      // Who somebody is.
      {"certs/resumed_watch.*", {kContract, "certs/", kGrpc}},
      {"certs/retried_call.*", {kContract, "certs/", kGrpc}},
      {"certs/identity.*", {kContract, "certs/"}, {kMessageCodec, kStatusCodec}},
      {"certs/commands/", {kContract, "certs/", kOpenssl, "CLI/", "nlohmann/"}, {kMessageCodec, kStatusCodec}},
      {"certs/https/", {"certs/", kOpenssl, "httplib.h"}},
      {"certs/", {kContract, "certs/", kOpenssl, kGrpc, "CLI/"}, {kMessageCodec, kStatusCodec}},

      // The broker, from the inside out. Only the engine knows RocksDB, only main knows the engine.
      {kEngine, {kContract, "broker/store/", "broker/*.h", kRocksdb, kOpenssl}, {kMessageCodec, kStatusCodec}},
      {"broker/store/", {kContract, "broker/store/", "broker/*.h", "zlib.h"}, {kMessageCodec, kStatusCodec, kEngine}},
      {"broker/journal/",
       {kContract, "broker/journal/", "broker/store/", "broker/*.h"},
       {kMessageCodec, kStatusCodec, kEngine}},
      {"broker/inbox/",
       {kContract, "broker/inbox/", "broker/journal/", "broker/store/", "broker/*.h"},
       {kMessageCodec, kStatusCodec, kEngine}},
      {"broker/options/",
       {kContract, "certs/identity.h", "certs/options/", "broker/options/"},
       {kMessageCodec, kStatusCodec}},
      {"broker/admission/",
       {kContract, "certs/", "broker/admission/", "broker/options/"},
       {kMessageCodec, kStatusCodec, "certs/client_connection.h", "certs/peer_*", "certs/tls_credentials.h"}},
      {"broker/operations/console/",
       {kContract, kMessages, kProtobuf, kGrpc, "certs/", "broker/operations/console/", "CLI/"}},
      {"broker/operations/web/",
       {kContract, kMessages, kProtobuf, kOpenssl, "certs/", "broker/admission/rate_limit.h", "broker/operations/",
        "broker/*.h", "httplib.h"},
       {kMessageCodec, kStatusCodec}},
      {"broker/operations/",
       {kContract, kMessages, kProtobuf, "certs/", "broker/operations/", "broker/admission/", "broker/inbox/",
        "broker/journal/", "broker/options/", "broker/store/", "broker/trust/", "broker/*.h", "prometheus/"},
       {kEngine}},
      {"broker/trust/",
       {kContract, "certs/", "broker/trust/", "broker/admission/", "broker/options/", "broker/*.h"},
       {kMessageCodec, kStatusCodec}},
      {"broker/wire/",
       {kContract, kMessages, kRichErrors, kProtobuf, kGrpc, "grpc/grpc.h", "grpc/support/log.h", kHealth, kOpenssl,
        "certs/", "broker/wire/", "broker/admission/", "broker/inbox/", "broker/operations/answers.h",
        "broker/options/", "broker/trust/", "broker/*.h"}},
      {"broker/answers/", {kContract, kMessages, "certs/", "broker/"}, {kEngine, "broker/wire/"}},
      {"broker/commands/",
       {kContract, "certs/", "broker/", "nlohmann/", kOpenssl, "CLI/"},
       {kMessageCodec, kStatusCodec}},
      {"broker/configuration.*", {kContract, "certs/", "broker/", kGrpc}},
      {"broker/watching.*", {kContract, "certs/", "broker/"}, {kEngine}},
      {"broker/reloading.*", {kContract, "certs/", "broker/", kGrpc}, {kEngine}},
      {"broker/serving.*", {kContract, "certs/", "broker/", kGrpc}},
      {"broker/main.cc", {kContract, "certs/", "broker/", kGrpc, "CLI/"}},
      {"broker/", {kContract, "certs/", "broker/", "nlohmann/"}, {kEngine}},

      // The clients know neither the broker nor one another. Of the region's, only the agent's store knows RocksDB.
      {"region-client/agent/agent_*",
       {kContract, kMessages, kWard, kProtobuf, kGrpc, "grpc/support/time.h", kRocksdb, "certs/", "region-client/",
        "nlohmann/"}},
      {"region-client/agent/",
       {kContract, kMessages, kWard, kProtobuf, kGrpc, kOpenssl, "certs/", "region-client/", "nlohmann/", "httplib.h",
        "phonenumbers/"}},
      {"region-client/fhir/",
       {kContract, "region-client/fhir/", "region-client/ward/", "nlohmann/", "pugixml.hpp"},
       {kMessageCodec, kStatusCodec}},
      {"region-client/pages/",
       {kContract, kMessages, kWard, kProtobuf, "certs/", "region-client/", "httplib.h", "nlohmann/"}},
      {"region-client/",
       {kContract, kMessages, kWard, kRichErrors, kProtobuf, kGrpc, kOpenssl, "certs/", "region-client/", "CLI/",
        "nlohmann/", "yaml-cpp/"}},
      {"municipality-client/",
       {kContract, kMessages, kRichErrors, kProtobuf, kGrpc, kOpenssl, "certs/", "municipality-client/", "CLI/",
        "nlohmann/", "yaml-cpp/"}},

      {"deploy/", {kContract, kMessages, kProtobuf, "deploy/", "CLI/", "nlohmann/"}},
      {"tests/", {"/"}},
  };
  return *rooms;
}

const std::vector<Library>& Libraries() {
  static const auto* libraries = new std::vector<Library>{
      {"envej_warnings", ""},
      {"absl::", ""},
      {"Threads::", ""},
      {"envej_messages", "envej/v1/"},
      {"envej_messages", "envej/ward/v1/"},
      {"envej_messages", "google/rpc/"},
      {"envej_messages", "grpc/health/v1/"},
      {"gRPC::", "grpcpp/"},
      {"gRPC::", "grpc/"},
      {"protobuf::", "google/protobuf/"},
      {"RocksDB::", "rocksdb/"},
      {"OpenSSL::", "openssl/"},
      {"PkgConfig::UTF8PROC", "utf8proc.h"},
      {"ZLIB::", "zlib.h"},
      {"envej_allocator", ""},
      {"yaml-cpp", "yaml-cpp/"},
      {"nlohmann_json::", "nlohmann/"},
      {"pugixml::", "pugixml.hpp"},
      {"prometheus-cpp::", "prometheus/"},
      {"PkgConfig::HTTPLIB", "httplib.h"},
      {"phonenumber", "phonenumbers/"},
      {"CLI11::", "CLI/"},
      {"GTest::", "gtest/"},
      {"GTest::", "gmock/"},
  };
  return *libraries;
}

const std::vector<ForbiddenText>& ForbiddenTexts() {
  // The programs' edges: where a call, a wait or a certificate meets the world.
  static const std::vector<std::string> kWhereClocksAreRead = {"broker/clock*",
                                                               "broker/operations/console/main.cc",
                                                               "certs/client_connection.cc",
                                                               "certs/commands/",
                                                               "certs/tls_credentials.cc",
                                                               "region-client/main.cc",
                                                               "municipality-client/delivery.cc",
                                                               "municipality-client/hook.cc",
                                                               "municipality-client/inbox_client.cc",
                                                               "tests/",
                                                               "deploy/"};
  static const std::vector<std::string> kWhereSteadyClocksAreRead = {"broker/clock*",
                                                                     "broker/timer_scheduler.cc",
                                                                     "certs/https/elapsed.cc",
                                                                     "municipality-client/inbox_client.cc",
                                                                     "tests/",
                                                                     "deploy/"};
  static const std::vector<std::string> kTheseRules = {"tests/tidy/"};
  static const auto* texts = new std::vector<ForbiddenText>{
      {"absl/synchronization/", {"/"}, kTheseRules, "std::mutex: ThreadSanitizer does not understand absl::Mutex here"},
      {"absl::Mutex", {"/"}, kTheseRules, "std::mutex: ThreadSanitizer does not understand absl::Mutex here"},
      {"absl/log/", {"/"}, kTheseRules, "the broker's own log: Debian's Abseil has none"},
      {"std::string_view", {"/"}, kTheseRules, "absl::string_view: the two do not convert here"},
      {"absl::Now()", {"/"}, kWhereClocksAreRead, "a time handed down from broker/clock.h"},
      {"absl/time/clock.h", {"/"}, kWhereClocksAreRead, "a time handed down from broker/clock.h"},
      {"system_clock::now", {"/"}, kWhereClocksAreRead, "a time handed down from broker/clock.h"},
      {"steady_clock::now",
       {"/"},
       kWhereSteadyClocksAreRead,
       "Elapsed of broker/clock.h, broker/timer_scheduler.h, or a wait with its own bound"},
  };
  return *texts;
}

const std::vector<std::string>& HandMadeTargets() {
  static const auto* files = new std::vector<std::string>{"CMakeLists.txt", "proto/CMakeLists.txt", "tests/"};
  return *files;
}

const std::vector<std::string>& TestFoldersOfTheirOwn() {
  static const auto* folders = new std::vector<std::string>{
      "tests/benchmark/", "tests/contract/",   "tests/crash/",   "tests/faults/",     "tests/fuzz/",
      "tests/histories/", "tests/lint/",       "tests/mutants/", "tests/operations/", "tests/privacy/",
      "tests/support/",   "tests/simulation/", "tests/system/",  "tests/tidy/",       "tests/trust/",
      "tests/wards/",     "tests/web/"};
  return *folders;
}

}  // namespace envej::tidy
