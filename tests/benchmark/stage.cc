#include "tests/benchmark/stage.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "certs/client_connection.h"
#include "certs/new_file.h"

namespace envej::benchmark {
namespace {

constexpr absl::Duration kValidity = absl::Hours(24 * 365);  // as theirs: none is about to expire
constexpr int kFirstMore = 9000;                             // of the codes of inboxes that are there for their number
constexpr char kMinutes[] = "minutes";

constexpr char kConfiguration[] =
    "broker_name: benchmark\n"
    "listen: 127.0.0.1:0\n"
    "data_directory: store\n"
    "participants: participants.yaml\n"
    "tls: {certificate_chain: broker.pem, private_key: broker.key, client_authorities: authority.pem}\n"
    "commitment: {key_id: benchmark, secret_file: commitment.secret}\n"
    // What is measured is the broker, and not what a participant may do.
    "metrics: {listen: \"127.0.0.1:0\"}\n"
    "operations: {listen: \"127.0.0.1:0\"}\n"
    "limits: {participant_notices_per_second: 1000000, participant_burst: 1000000}\n";

constexpr char kLateInAnHour[] = ", late: {not_fetched_hours: 1}";

std::string RegisterText() {
  std::string municipalities = "municipalities:\n";
  std::string agreements = "agreements:\n";
  for (const std::string& code : InboxCodes()) {
    absl::StrAppend(&municipalities, "  - {code: \"", code, "\", name: Municipality ", code,
                    ", participating: true, scheme_name: Mentor, phone_number: \"+4533333333\", leaflet_text: Ring, "
                    "inbox_certificates: inbox-",
                    code, ".pem}\n");
    absl::StrAppend(&agreements, "  - {region: \"", kRegion, "\", municipality: \"", code,
                    "\", first_day: 2020-01-01, last_day: 2999-12-31", IsLateInbox(code) ? kLateInAnHour : "", "}\n");
  }
  return absl::StrCat("regions:\n  - {code: \"", kRegion, "\", name: Region}\n", agreements, "operations: [watch]\n",
                      municipalities);
}

certs::LeafRequest RequestFor(const std::string& name, certs::LeafUsage usage) {
  certs::LeafRequest request;
  request.common_name = name;
  request.not_before = absl::Now() - absl::Minutes(5);
  request.not_after = absl::Now() + kValidity;
  request.usage = usage;
  return request;
}

}  // namespace

std::vector<std::string> InboxCodes() {
  std::vector<std::string> codes(std::begin(kSpread), std::end(kSpread));
  codes.insert(codes.end(), {kBatchInbox, kDeepInbox, kShallowInbox});
  for (int code = kFirstMore; codes.size() < kInboxes; ++code) codes.push_back(absl::StrCat(code));
  return codes;
}

bool IsLateInbox(const std::string& code) {
  const std::vector<std::string> codes = InboxCodes();
  return std::find(codes.end() - kLateInboxes, codes.end(), code) != codes.end();
}

absl::StatusOr<std::unique_ptr<Stage>> Stage::Set(const std::string& programs, const std::string& directory,
                                                  bool can_skip_time) {
  std::string folder = absl::StrCat(directory, "/envej-benchmark-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", folder));
  absl::StatusOr<certs::CertificateAuthority> authority =
      certs::CertificateAuthority::Create("benchmark", absl::Now() - absl::Minutes(5), absl::Now() + kValidity);
  if (!authority.ok()) return authority.status();
  auto stage = std::unique_ptr<Stage>(new Stage(programs, folder, *std::move(authority)));
  if (absl::Status status = stage->WriteConfiguration(); !status.ok()) return status;

  absl::StatusOr<std::unique_ptr<ServerProcess>> broker = ServerProcess::Start(
      {absl::StrCat(programs, "/envej-broker"), "serve", "--config", stage->Path("broker.yaml")},
      stage->Path("broker.log"), can_skip_time ? stage->SkippingTime() : std::vector<std::string>());
  if (!broker.ok()) return broker.status();
  stage->broker_ = *std::move(broker);
  absl::StatusOr<std::unique_ptr<ServerProcess>> empty_server = ServerProcess::Start(
      {absl::StrCat(programs, "/tests/benchmark-empty-server"), "--certificate", stage->Path("broker.pem"), "--key",
       stage->Path("broker.key"), "--authorities", stage->Path("authority.pem")},
      stage->Path("empty-server.log"));
  if (!empty_server.ok()) return empty_server.status();
  stage->empty_server_ = *std::move(empty_server);
  return stage;
}

// As tests/support/skipped_time.cc has it: a byte a minute.
std::vector<std::string> Stage::SkippingTime() const {
  return {absl::StrCat("LD_PRELOAD=", programs_, "/tests/libenvej_skipped_time.so"),
          absl::StrCat("ENVEJ_SKIPPED_TIME=", Path(kMinutes)), "ENVEJ_SKIPPED_WALL_CLOCK=1"};
}

void Stage::SkipTime(int minutes) const {
  std::ofstream(Path(kMinutes), std::ios::app) << std::string(static_cast<size_t>(minutes), '.') << std::flush;
}

absl::Status Stage::StartBrokerWithoutSealing() {
  absl::StatusOr<std::unique_ptr<ServerProcess>> broker =
      ServerProcess::Start({absl::StrCat(programs_, "/tests/envej-broker-without-sealing"), "serve", "--config",
                            Path("broker-without-sealing.yaml")},
                           Path("broker-without-sealing.log"));
  if (!broker.ok()) return broker.status();
  broker_without_sealing_ = *std::move(broker);
  return absl::OkStatus();
}

Stage::~Stage() {
  Stop().IgnoreError();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status Stage::Stop() {
  absl::Status status;
  for (const auto& server : {std::ref(broker_), std::ref(broker_without_sealing_), std::ref(empty_server_)}) {
    if (server.get() != nullptr) status.Update(server.get()->Stop());
  }
  return status;
}

std::string Stage::Path(absl::string_view name) const { return absl::StrCat(folder_, "/", name); }

absl::Status Stage::WriteConfiguration() {
  const absl::StatusOr<certs::IssuedCertificate> authority = authority_.ToPem();
  if (!authority.ok()) return authority.status();
  const absl::Status written = certs::WriteFiles(
      {{.path = Path("authority.pem"), .contents = authority->certificate_pem, .mode = certs::kCertificateFileMode},
       {.path = Path("broker.yaml"), .contents = kConfiguration},
       {.path = Path("broker-without-sealing.yaml"),
        .contents = absl::StrReplaceAll(kConfiguration, {{"data_directory: store", "data_directory: opaque-store"}})},
       {.path = Path("participants.yaml"), .contents = RegisterText()},
       {.path = Path("commitment.secret"), .contents = std::string(64, '5') + "\n"}},
      certs::WhenThere::kRefuse);
  if (!written.ok()) return written;
  for (const std::string& code : InboxCodes()) {
    certs::LeafRequest inbox = RequestFor("inbox", certs::LeafUsage::kInbox);
    inbox.uris = {absl::StrCat("urn:envej:municipality:", code)};
    if (absl::Status status = Issue(absl::StrCat("inbox-", code), inbox).status(); !status.ok()) return status;
  }
  certs::LeafRequest request = RequestFor("broker", certs::LeafUsage::kServer);
  request.uris = {"urn:envej:broker:benchmark"};
  request.ip_addresses = {"127.0.0.1"};
  return Issue("broker", request).status();
}

absl::StatusOr<certs::TlsFiles> Stage::Issue(const std::string& name, const certs::LeafRequest& request) {
  const absl::StatusOr<certs::IssuedCertificate> issued = authority_.Issue(request);
  if (!issued.ok()) return issued.status();
  const certs::TlsFiles files{.certificate_chain = Path(absl::StrCat(name, ".pem")),
                              .private_key = Path(absl::StrCat(name, ".key")),
                              .authorities = Path("authority.pem")};
  const absl::Status written = certs::WriteFiles(
      {{.path = files.private_key, .contents = issued->key_pem, .mode = certs::kKeyFileMode},
       {.path = files.certificate_chain, .contents = issued->certificate_pem, .mode = certs::kCertificateFileMode}},
      certs::WhenThere::kReplace);
  if (!written.ok()) return written;
  return files;
}

absl::StatusOr<certs::TlsFiles> Stage::IssueToClient(const std::string& name, const std::string& uri) {
  certs::LeafRequest request = RequestFor(name, certs::LeafUsage::kClient);
  request.uris = {uri};
  return Issue(name, request);
}

absl::StatusOr<certs::TlsFiles> Stage::IssueToRegion() {
  return IssueToClient("region", absl::StrCat("urn:envej:region:", kRegion));
}

std::string Stage::InboxCertificateFile(absl::string_view code) const {
  return Path(absl::StrCat("inbox-", code, ".pem"));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Stage::Connect(const ServerProcess& server,
                                                              const certs::TlsFiles& files) {
  return certs::Connect({.broker = server.address(), .files = files});
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Stage::ConnectToEmptyServer() {
  const absl::StatusOr<certs::TlsFiles> files = IssueToRegion();
  if (!files.ok()) return files.status();
  return Connect(*empty_server_, *files);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Stage::ConnectAsRegion() {
  const absl::StatusOr<certs::TlsFiles> files = IssueToRegion();
  if (!files.ok()) return files.status();
  return Connect(*broker_, *files);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Stage::ConnectAsMunicipality(const std::string& code) {
  const absl::StatusOr<certs::TlsFiles> files =
      IssueToClient(absl::StrCat("municipality-", code), absl::StrCat("urn:envej:municipality:", code));
  if (!files.ok()) return files.status();
  return Connect(*broker_, *files);
}

}  // namespace envej::benchmark
