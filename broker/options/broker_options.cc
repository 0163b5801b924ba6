#include "broker/options/broker_options.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "certs/options/yaml_reader.h"
#include "proto/contract/limits.h"

namespace envej::options {
namespace {

constexpr size_t kNameCharacters = 32;
constexpr size_t kListenCharacters = 255;
constexpr int kDrainSecondsMost = 300;
constexpr int kCheckpointSecondsMost = 3600;
constexpr absl::Duration kMonth = absl::Hours(24 * 31);
// What is remembered of a notice needs its receipt.
constexpr int kKeepMonthsLeast = 8;
constexpr int kKeepMonthsMost = 1200;
constexpr int kReserveMost = 1 << 20;
static_assert(kKeepMonthsLeast > contract::kIdMemoryMonths);
constexpr int kRevocationWarningHoursMost = 30 * 24;
constexpr int kPortMost = 65535;
constexpr size_t kFormerSecretsMost = 8;
constexpr int kLeastBurst = 500;  // or a full batch would never be let through
static_assert(kLeastBurst >= contract::kBatchNotices);

bool AllOf(absl::string_view text, absl::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char character) {
    return absl::ascii_isalnum(static_cast<unsigned char>(character)) || others.find(character) != others.npos;
  });
}

bool IsShortName(absl::string_view text) {
  return AllOf(text, "-") && std::none_of(text.begin(), text.end(), [](char letter) {
           return absl::ascii_isupper(static_cast<unsigned char>(letter));
         });
}

bool IsPort(absl::string_view text) {
  int port = 0;
  return !text.empty() && text.size() <= 5 && AllOf(text, "") && absl::SimpleAtoi(text, &port) && port >= 0 &&
         port <= kPortMost;
}

// Whether it has the form HOST:PORT or [IPV6]:PORT; whether the host exists, only listening tells.
bool IsListenAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon == 0 || !IsPort(text.substr(colon + 1))) return false;
  const absl::string_view host = text.substr(0, colon);
  if (host.front() != '[') return AllOf(host, ".-");
  return host.size() > 2 && host.back() == ']' && AllOf(host.substr(1, host.size() - 2), ":.%");
}

constexpr TextRule kShortName = {
    .most_characters = kNameCharacters, .accepts = IsShortName, .form = "lower-case letters, digits and hyphens"};
constexpr TextRule kListenAddress = {
    .most_characters = kListenCharacters, .accepts = IsListenAddress, .form = "HOST:PORT or [IPV6]:PORT"};

// Where a mapping says that something listens, into `taken`: two cannot listen at one place, but at ports that the
// system chooses.
std::string ReadListen(YamlMapping& mapping, const TextRule& rule, std::set<std::string>& taken) {
  std::string listen = mapping.Text("listen", rule);
  const bool is_new = absl::EndsWith(listen, ":0") || taken.insert(listen).second;
  if (!is_new && !mapping.Refused("listen")) {
    mapping.Refuse("listen", "\"listen\" is where the broker listens for something else");
  }
  return listen;
}

TlsOptions ReadTls(YamlMapping mapping) {
  TlsOptions tls;
  tls.certificate_chain = mapping.Path("certificate_chain");
  tls.private_key = mapping.Path("private_key");
  tls.client_authorities = mapping.Path("client_authorities");
  if (mapping.Has("revocation_lists")) tls.revocation_lists = mapping.Path("revocation_lists");
  if (mapping.Has("revocation_warning_hours")) {
    tls.revocation_warning = absl::Hours(mapping.Number("revocation_warning_hours", 1, kRevocationWarningHoursMost));
  }
  mapping.RefuseOtherKeys();
  return tls;
}

CommitmentSecretFile ReadSecretFile(YamlMapping& mapping) {
  CommitmentSecretFile secret;
  secret.key_id = mapping.Text("key_id", kShortName);
  secret.secret_file = mapping.Path("secret_file");
  return secret;
}

CommitmentOptions ReadCommitment(YamlMapping mapping) {
  CommitmentOptions commitment;
  commitment.in_use = ReadSecretFile(mapping);
  std::set<std::string> key_ids = {commitment.in_use.key_id};
  if (mapping.Has("former")) {
    for (YamlMapping& former : mapping.Mappings("former", kFormerSecretsMost)) {
      commitment.former.push_back(ReadSecretFile(former));
      const bool is_new = key_ids.insert(commitment.former.back().key_id).second;
      if (!is_new && !former.Refused("key_id")) former.Refuse("key_id", "\"key_id\" is that of another secret");
      former.RefuseOtherKeys();
    }
  }
  mapping.RefuseOtherKeys();
  return commitment;
}

// Anybody on the machine reads what is served there, so nobody elsewhere may.
bool IsLoopbackAddress(absl::string_view text) {
  if (!IsListenAddress(text)) return false;
  const absl::string_view host = text.substr(0, text.rfind(':'));
  const bool is_number = std::all_of(host.begin(), host.end(), [](char character) {
    return character == '.' || absl::ascii_isdigit(static_cast<unsigned char>(character));
  });
  return host == "localhost" || host == "[::1]" || (is_number && absl::StartsWith(host, "127."));
}

constexpr TextRule kLoopbackAddress = {.most_characters = kListenCharacters,
                                       .accepts = IsLoopbackAddress,
                                       .form = "127.0.0.1:PORT, [::1]:PORT or localhost:PORT"};

MetricsOptions ReadMetrics(YamlMapping mapping, std::set<std::string>& taken) {
  MetricsOptions metrics;
  metrics.listen = ReadListen(mapping, kLoopbackAddress, taken);
  mapping.RefuseOtherKeys();
  return metrics;
}

OperationsOptions ReadOperations(YamlMapping mapping, std::set<std::string>& taken) {
  OperationsOptions operations;
  operations.listen = ReadListen(mapping, kListenAddress, taken);
  mapping.RefuseOtherKeys();
  return operations;
}

LogOptions ReadLog(YamlMapping mapping) {
  LogOptions log;
  if (mapping.Has("calls")) log.calls = mapping.Flag("calls");
  mapping.RefuseOtherKeys();
  return log;
}

JournalOptions ReadJournal(YamlMapping mapping) {
  JournalOptions journal;
  if (mapping.Has("checkpoint_seconds")) {
    journal.checkpoint_every = absl::Seconds(mapping.Number("checkpoint_seconds", 1, kCheckpointSecondsMost));
  }
  if (mapping.Has("mirror")) journal.mirror = mapping.Path("mirror");
  if (mapping.Has("keep_months")) {
    journal.keep = kMonth * mapping.Number("keep_months", kKeepMonthsLeast, kKeepMonthsMost);
  }
  mapping.RefuseOtherKeys();
  return journal;
}

StorageOptions ReadStorage(YamlMapping mapping) {
  StorageOptions storage;
  if (mapping.Has("reserve_mib")) {
    storage.reserve_bytes = static_cast<uint64_t>(mapping.Number("reserve_mib", kReserveMibLeast, kReserveMost)) << 20;
  }
  mapping.RefuseOtherKeys();
  return storage;
}

LimitOptions ReadLimits(YamlMapping mapping) {
  LimitOptions limits;
  const auto read = [&](absl::string_view key, int& limit, int least, int most) {
    if (mapping.Has(key)) limit = mapping.Number(key, least, most);
  };
  read("concurrent_streams", limits.concurrent_streams, 1, 1000);
  read("commit_queue", limits.commit_queue, 64, 1'000'000);
  read("batch_transitions", limits.batch_transitions, 1, 1024);
  read("waiting_pulls", limits.waiting_pulls, 1, 100'000);
  read("waiting_pulls_per_inbox", limits.waiting_pulls_per_inbox, 1, 10'000);
  read("participant_notices_per_second", limits.participant_notices_per_second, 1, 1'000'000);
  read("participant_burst", limits.participant_burst, kLeastBurst, 1'000'000);
  mapping.RefuseOtherKeys();
  return limits;
}

}  // namespace

absl::StatusOr<BrokerOptions> ReadBrokerOptions(absl::string_view path) {
  absl::StatusOr<YamlReader> reader = YamlReader::Open(path);
  if (!reader.ok()) return reader.status();
  YamlMapping top = reader->Top();
  BrokerOptions options;
  options.broker_name = top.Text("broker_name", kShortName);
  std::set<std::string> taken;
  options.listen = ReadListen(top, kListenAddress, taken);
  options.data_directory = top.Path("data_directory");
  options.participants = top.Path("participants");
  options.tls = ReadTls(top.Mapping("tls"));
  options.commitment = ReadCommitment(top.Mapping("commitment"));
  if (top.Has("journal")) options.journal = ReadJournal(top.Mapping("journal"));
  if (top.Has("storage")) options.storage = ReadStorage(top.Mapping("storage"));
  if (top.Has("log")) options.log = ReadLog(top.Mapping("log"));
  if (top.Has("metrics")) options.metrics = ReadMetrics(top.Mapping("metrics"), taken);
  if (top.Has("operations")) options.operations = ReadOperations(top.Mapping("operations"), taken);
  if (top.Has("reflection")) options.reflection = top.Flag("reflection");
  if (top.Has("limits")) options.limits = ReadLimits(top.Mapping("limits"));
  if (top.Has("drain_seconds")) options.drain = absl::Seconds(top.Number("drain_seconds", 0, kDrainSecondsMost));
  top.RefuseOtherKeys();
  const absl::Status status = reader->status();
  if (!status.ok()) return status;
  return options;
}

}  // namespace envej::options
