#include "broker/options/broker_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/certs/options/written_file.h"

namespace envej::options {
namespace {

using testing::ElementsAre;

constexpr char kLeast[] =
    "broker_name: broker-1\n"                  // 1
    "listen: 127.0.0.1:8443\n"                 // 2
    "data_directory: store\n"                  // 3
    "participants: ../participants.yaml\n"     // 4
    "tls:\n"                                   // 5
    "  certificate_chain: broker.crt\n"        // 6
    "  private_key: broker.key\n"              // 7
    "  client_authorities: authorities.crt\n"  // 8
    "commitment:\n"                            // 9
    "  key_id: plain-1\n"                      // 10
    "  secret_file: /etc/envej/secret\n"       // 11
    ;

constexpr char kOptional[] =
    "reflection: true\n"              // 12
    "limits:\n"                       // 13
    "  concurrent_streams: 1\n"       // 14
    "  commit_queue: 64\n"            // 15
    "  batch_transitions: 2\n"        // 16
    "  waiting_pulls: 3\n"            // 17
    "  waiting_pulls_per_inbox: 2\n"  // 18
    "drain_seconds: 0\n"              // 19
    "journal:\n"                      // 20
    "  checkpoint_seconds: 5\n"       // 21
    "  mirror: ../mirror\n"           // 22
    ;

std::string Whole() { return absl::StrCat(kLeast, kOptional); }

std::vector<std::string> ErrorsIn(absl::string_view text) {
  const std::string path = WrittenFile(text);
  return ErrorLines(ReadBrokerOptions(path).status(), path);
}

std::vector<std::string> ErrorsAfter(absl::string_view old_part, absl::string_view new_part) {
  return ErrorsIn(Edited(Whole(), old_part, new_part));
}

TEST(BrokerOptions, ReadsTheRequiredOnesAndKeepsTheOthersDefaults) {
  const std::string path = WrittenFile(kLeast);
  const std::string folder = path.substr(0, path.rfind('/'));
  const absl::StatusOr<BrokerOptions> options = ReadBrokerOptions(path);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->broker_name, "broker-1");
  EXPECT_EQ(options->listen, "127.0.0.1:8443");
  EXPECT_EQ(options->data_directory, folder + "/store");
  EXPECT_EQ(options->participants, folder.substr(0, folder.rfind('/')) + "/participants.yaml");
  EXPECT_EQ(options->tls.certificate_chain, folder + "/broker.crt");
  EXPECT_EQ(options->tls.private_key, folder + "/broker.key");
  EXPECT_EQ(options->tls.client_authorities, folder + "/authorities.crt");
  EXPECT_EQ(options->commitment.in_use.key_id, "plain-1");
  EXPECT_EQ(options->commitment.in_use.secret_file, "/etc/envej/secret");
  EXPECT_FALSE(options->reflection);
  EXPECT_EQ(options->limits.concurrent_streams, 100);
  EXPECT_EQ(options->limits.commit_queue, 16384);
  EXPECT_EQ(options->limits.batch_transitions, 512);
  EXPECT_EQ(options->limits.waiting_pulls, 1000);
  EXPECT_EQ(options->limits.waiting_pulls_per_inbox, 100);
  EXPECT_EQ(options->drain, absl::Seconds(10));
  EXPECT_EQ(options->journal.checkpoint_every, absl::Seconds(60));
  EXPECT_EQ(options->journal.mirror, "");
  EXPECT_EQ(options->tls.revocation_lists, "");
  EXPECT_EQ(options->tls.revocation_warning, absl::Hours(12));
  EXPECT_EQ(options->metrics.listen, "");
  EXPECT_EQ(options->operations.listen, "");
}

TEST(BrokerOptions, ReadsTheOptionalOnes) {
  const absl::StatusOr<BrokerOptions> options = ReadBrokerOptions(WrittenFile(Whole()));
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->reflection);
  EXPECT_EQ(options->limits.concurrent_streams, 1);
  EXPECT_EQ(options->limits.commit_queue, 64);
  EXPECT_EQ(options->limits.batch_transitions, 2);
  EXPECT_EQ(options->limits.waiting_pulls, 3);
  EXPECT_EQ(options->limits.waiting_pulls_per_inbox, 2);
  EXPECT_EQ(options->drain, absl::ZeroDuration());
  EXPECT_EQ(options->journal.checkpoint_every, absl::Seconds(5));
  EXPECT_TRUE(absl::EndsWith(options->journal.mirror, "/mirror"));
}

TEST(BrokerOptions, ReadsFormerSecrets) {
  const std::string path = WrittenFile(
      Edited(Whole(), "/etc/envej/secret\n", "/etc/envej/secret\n  former: [{key_id: plain-0, secret_file: /old}]\n"));
  const absl::StatusOr<BrokerOptions> options = ReadBrokerOptions(path);
  ASSERT_TRUE(options.ok()) << options.status();
  ASSERT_EQ(options->commitment.former.size(), 1u);
  EXPECT_EQ(options->commitment.former[0].key_id, "plain-0");
  EXPECT_EQ(options->commitment.former[0].secret_file, "/old");
}

TEST(BrokerOptions, AcceptsEveryFormOfListenAddress) {
  for (const absl::string_view listen : {"0.0.0.0:8443", "broker.example.dk:1", "\"[::]:65535\"", "localhost:0"}) {
    EXPECT_THAT(ErrorsAfter("127.0.0.1:8443", listen), testing::IsEmpty()) << listen;
  }
}

TEST(BrokerOptions, RefusesWrongValuesOnTheirLine) {
  constexpr absl::string_view kListen = "2: \"listen\" must be HOST:PORT or [IPV6]:PORT";
  constexpr absl::string_view kName = "1: \"broker_name\" must be lower-case letters, digits and hyphens";
  const struct {
    absl::string_view old_part, new_part, error;
  } kCases[] = {
      {"broker-1", "Broker-1", kName},
      {"broker-1", "broker_1", kName},
      {"broker-1", "\"\"", "1: \"broker_name\" is empty"},
      {"broker-1", "abcdefghijklmnopqrstuvwxyz0123456", "1: \"broker_name\" is longer than 32 characters"},
      {"127.0.0.1:8443", "127.0.0.1", kListen},
      {"127.0.0.1:8443", "\":8443\"", kListen},
      {"127.0.0.1:8443", "127.0.0.1:65536", kListen},
      {"127.0.0.1:8443", "127.0.0.1:https", kListen},
      {"127.0.0.1:8443", "127.0.0.1:-1", kListen},
      {"127.0.0.1:8443", "\"127.0.0.1:\"", kListen},
      {"127.0.0.1:8443", "\"::1:8443\"", kListen},
      {"127.0.0.1:8443", "\"[]:8443\"", kListen},
      {"127.0.0.1:8443", "https://broker:8443", kListen},
      {"data_directory: store", "data_directory: [store]", "3: \"data_directory\" must be a text"},
      {"participants: ../participants.yaml\n", "", "1: key \"participants\" is missing"},
      {"  private_key: broker.key\n", "", "5: key \"private_key\" is missing"},
      {"  client_authorities: authorities.crt\n", "  client_authority: authorities.crt\n  client_authorities: a\n",
       "8: key \"client_authority\" is not known here"},
      {"tls:\n", "tls:\n  private_key: other.key\n", "8: key \"private_key\" stands twice, first on line 6"},
      {"key_id: plain-1", "key_id: Plain", "10: \"key_id\" must be lower-case letters, digits and hyphens"},
      {"  secret_file: /etc/envej/secret\n", "", "9: key \"secret_file\" is missing"},
      {"  secret_file: /etc/envej/secret\n", "  secret_file: /etc/envej/secret\n  secret: x\n",
       "12: key \"secret\" is not known here"},
      {"  secret_file: /etc/envej/secret\n", "  secret_file: s\n  former:\n    - {key_id: plain-1, secret_file: t}\n",
       "13: \"key_id\" is that of another secret"},
      {"  secret_file: /etc/envej/secret\n", "  secret_file: s\n  former:\n    - {key_id: plain-0}\n",
       "13: key \"secret_file\" is missing"},
      {"reflection: true", "reflection: on", "12: \"reflection\" must be true or false"},
      {"  concurrent_streams: 1\n  commit_queue: 64\n  batch_transitions: 2\n  waiting_pulls: 3\n  "
       "waiting_pulls_per_inbox: 2\n",
       "  100\n", "13: \"limits\" must be a mapping"},
      {"concurrent_streams: 1", "concurrent_streams: 0",
       "14: \"concurrent_streams\" must be a whole number from 1 to 1000"},
      {"concurrent_streams: 1", "concurrent_streams: 1001",
       "14: \"concurrent_streams\" must be a whole number from 1 to 1000"},
      {"commit_queue: 64", "commit_queue: 63", "15: \"commit_queue\" must be a whole number from 64 to 1000000"},
      {"commit_queue: 64", "commit_queue: 1000001", "15: \"commit_queue\" must be a whole number from 64 to 1000000"},
      {"batch_transitions: 2", "batch_transitions: 0",
       "16: \"batch_transitions\" must be a whole number from 1 to 1024"},
      {"batch_transitions: 2", "batch_transitions: 1025",
       "16: \"batch_transitions\" must be a whole number from 1 to 1024"},
      {"waiting_pulls: 3", "waiting_pulls: 0", "17: \"waiting_pulls\" must be a whole number from 1 to 100000"},
      {"waiting_pulls: 3", "waiting_pulls: 100001", "17: \"waiting_pulls\" must be a whole number from 1 to 100000"},
      {"_per_inbox: 2", "_per_inbox: 0", "18: \"waiting_pulls_per_inbox\" must be a whole number from 1 to 10000"},
      {"_per_inbox: 2", "_per_inbox: 10001", "18: \"waiting_pulls_per_inbox\" must be a whole number from 1 to 10000"},
      {"_per_inbox: 2", "_per_inbox: 2\n  participant_burst: 499",
       "19: \"participant_burst\" must be a whole number from 500 to 1000000"},
      {"_per_inbox: 2", "_per_inbox: 2\n  participant_burst: 1000001",
       "19: \"participant_burst\" must be a whole number from 500 to 1000000"},
      {"_per_inbox: 2", "_per_inbox: 2\n  participant_notices_per_second: 0",
       "19: \"participant_notices_per_second\" must be a whole number from 1 to 1000000"},
      {"_per_inbox: 2", "_per_inbox: 2\n  participant_notices_per_second: 1000001",
       "19: \"participant_notices_per_second\" must be a whole number from 1 to 1000000"},
      {"waiting_pulls: 3", "waiting_pulls: 3\n  waiting: 3", "18: key \"waiting\" is not known here"},
      {"drain_seconds: 0", "drain_seconds: 301", "19: \"drain_seconds\" must be a whole number from 0 to 300"},
      {"drain_seconds: 0", "drain_seconds: 10s", "19: \"drain_seconds\" must be a whole number from 0 to 300"},
      {"checkpoint_seconds: 5", "keep_months: 7", "21: \"keep_months\" must be a whole number from 8 to 1200"},
      {"checkpoint_seconds: 5", "checkpoint_seconds: 0",
       "21: \"checkpoint_seconds\" must be a whole number from 1 to 3600"},
      {"checkpoint_seconds: 5", "checkpoint_seconds: 3601",
       "21: \"checkpoint_seconds\" must be a whole number from 1 to 3600"},
      {"drain_seconds: 0", "storage: {reserve_mib: 127}",
       "19: \"reserve_mib\" must be a whole number from 128 to 1048576"},
      {"mirror: ../mirror", "mirrors: [a]", "22: key \"mirrors\" is not known here"},
      {"drain_seconds: 0", "drain_seconds: 0\nmetric: true", "20: key \"metric\" is not known here"},
      {"drain_seconds: 0", "drain_seconds: 0\nmetrics: {}", "20: key \"listen\" is missing"},
      {"drain_seconds: 0", "drain_seconds: 0\nlog: {calls: some}", "20: \"calls\" must be true or false"},
  };
  for (const auto& example : kCases) {
    EXPECT_THAT(ErrorsAfter(example.old_part, example.new_part), ElementsAre(example.error)) << example.new_part;
  }
}

TEST(BrokerOptions, MetricsAreServedOnTheLoopbackNetworkAlone) {
  const auto errors = [](absl::string_view listen) {
    return ErrorsAfter("drain_seconds: 0", absl::StrCat("drain_seconds: 0\nmetrics: {listen: \"", listen, "\"}"));
  };
  for (const absl::string_view good : {"127.0.0.1:9464", "127.1.2.3:0", "[::1]:9464", "localhost:9464"}) {
    EXPECT_THAT(errors(good), testing::IsEmpty()) << good;
  }
  for (const absl::string_view bad : {"0.0.0.0:9464", "[::]:9464", "127.example.dk:1", "10.0.0.1:9464", "9464"}) {
    EXPECT_THAT(errors(bad), testing::SizeIs(1)) << bad;
  }
}

TEST(BrokerOptions, TwoCannotListenAtOnePlace) {
  EXPECT_THAT(ErrorsAfter("drain_seconds: 0", "drain_seconds: 0\noperations: {listen: \"127.0.0.1:8443\"}"),
              ElementsAre("20: \"listen\" is where the broker listens for something else"));
  EXPECT_THAT(ErrorsAfter("drain_seconds: 0",
                          "drain_seconds: 0\nmetrics: {listen: \"[::1]:1\"}\noperations: {listen: \"[::1]:1\"}"),
              ElementsAre("21: \"listen\" is where the broker listens for something else"));
  EXPECT_THAT(ErrorsAfter("drain_seconds: 0",
                          "drain_seconds: 0\nmetrics: {listen: \"[::1]:0\"}\noperations: {listen: \"[::1]:0\"}"),
              testing::IsEmpty());
}

TEST(BrokerOptions, ThePagesForOperationsAreServedWhereTheyAreToBe) {
  const absl::StatusOr<BrokerOptions> options = ReadBrokerOptions(
      WrittenFile(Edited(Whole(), "drain_seconds: 0", "drain_seconds: 0\noperations: {listen: \"[::]:8443\"}")));
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->operations.listen, "[::]:8443");
  EXPECT_THAT(ErrorsAfter("drain_seconds: 0", "drain_seconds: 0\noperations: {listen: 8443}"), testing::SizeIs(1));
  EXPECT_THAT(ErrorsAfter("drain_seconds: 0", "drain_seconds: 0\noperations: {}"), testing::SizeIs(1));
}

TEST(BrokerOptions, RevocationIsAskedWhereItsListsAreNamed) {
  const std::string lists = "authorities.crt\n  revocation_lists: lists\n";
  const absl::StatusOr<BrokerOptions> options =
      ReadBrokerOptions(WrittenFile(Edited(Whole(), "authorities.crt\n", lists + "  revocation_warning_hours: 3\n")));
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(absl::EndsWith(options->tls.revocation_lists, "/lists"));
  EXPECT_EQ(options->tls.revocation_warning, absl::Hours(3));
  EXPECT_THAT(ErrorsAfter("authorities.crt\n", lists + "  revocation_warning_hours: 0\n"), testing::SizeIs(1));
  EXPECT_THAT(ErrorsAfter("authorities.crt\n", lists + "  revocation_warning_hours: 721\n"), testing::SizeIs(1));
}

TEST(BrokerOptions, NamesEveryRequiredKey) {
  EXPECT_THAT(ErrorsIn("tls: {}\ncommitment: {}\n"),
              ElementsAre("1: key \"broker_name\" is missing", "1: key \"listen\" is missing",
                          "1: key \"data_directory\" is missing", "1: key \"participants\" is missing",
                          "1: key \"certificate_chain\" is missing", "1: key \"private_key\" is missing",
                          "1: key \"client_authorities\" is missing", "2: key \"key_id\" is missing",
                          "2: key \"secret_file\" is missing"));
}

TEST(BrokerOptions, TheShippedExampleLoadsAndShowsTheDefaults) {
  const char* source = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  ASSERT_NE(source, nullptr);
  const absl::StatusOr<BrokerOptions> options = ReadBrokerOptions(absl::StrCat(source, "/deploy/broker.yaml"));
  ASSERT_TRUE(options.ok()) << options.status();
  const BrokerOptions defaults;
  EXPECT_EQ(options->data_directory, "/var/lib/envej");
  EXPECT_EQ(options->reflection, defaults.reflection);
  EXPECT_EQ(options->log.calls, defaults.log.calls);
  EXPECT_EQ(options->limits.concurrent_streams, defaults.limits.concurrent_streams);
  EXPECT_EQ(options->limits.commit_queue, defaults.limits.commit_queue);
  EXPECT_EQ(options->limits.batch_transitions, defaults.limits.batch_transitions);
  EXPECT_EQ(options->limits.waiting_pulls, defaults.limits.waiting_pulls);
  EXPECT_EQ(options->limits.waiting_pulls_per_inbox, defaults.limits.waiting_pulls_per_inbox);
  EXPECT_EQ(options->limits.participant_burst, defaults.limits.participant_burst);
  EXPECT_EQ(options->limits.participant_notices_per_second, defaults.limits.participant_notices_per_second);
  EXPECT_EQ(options->drain, defaults.drain);
}

}  // namespace
}  // namespace envej::options
