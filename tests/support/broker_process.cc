#include "tests/support/broker_process.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "certs/pem.h"
#include "certs/sealing.h"
#include "proto/contract/sealed_payload.h"

namespace envej::support {
namespace {

constexpr char kParticipants[] = R"(regions:
  - {code: "1081", name: Region Nordjylland}
  - {code: "1082", name: Region Midtjylland}
  - {code: "1083", name: Region Syddanmark}
  - {code: "1084", name: Region Hovedstaden}
  - {code: "1085", name: Region Sjælland}
  - code: "1086"
    name: Region Østdanmark
    successor_of: [{region: "1081", from: 2026-01-01}, {region: "1082", from: 2099-01-01}]
municipalities:
  - {code: "0101", name: København, participating: true, scheme_name: Vejen videre, phone_number: "+4599000001",
     leaflet_text: Ring til os.,
     inbox_certificates: inbox-0101.pem}
  - {code: "0147", name: Frederiksberg, participating: true, scheme_name: Godt hjem, phone_number: "+4599000002",
     leaflet_text: Ring til os.,
     inbox_certificates: inbox-0147.pem}
  - {code: "0151", name: Ballerup, participating: false}
  - {code: "0851", name: Aalborg, participating: true, scheme_name: Hjem igen, phone_number: "+4599000003",
     leaflet_text: Ring til os.,
     inbox_certificates: inbox-0851.pem}
agreements:
  - {region: "1081", municipality: "0101", first_day: 2020-01-01, last_day: 2199-12-31}
  - {region: "1081", municipality: "0147", first_day: 2020-01-01, last_day: 2199-12-31}
  - {region: "1081", municipality: "0851", first_day: 2020-01-01, last_day: 2020-12-31}
  - {region: "1082", municipality: "0101", first_day: 2020-01-01, last_day: 2199-12-31}
operations: [day-watch, evening-watch, night-watch]
)";

std::string Configuration(const BrokerSettings& settings) {
  return absl::StrCat("broker_name: broker-1\nlisten: ", settings.listen,
                      "\ndata_directory: data\nparticipants: participants.yaml\n"
                      "tls:\n  certificate_chain: broker.pem\n  private_key: broker.key\n"
                      "  client_authorities: broker.authorities.pem\n",
                      settings.revocation ? "  revocation_lists: lists\n" : "",
                      "commitment:\n  key_id: plain-1\n  secret_file: commitment.secret\n", settings.more);
}

// The log's first line of this event; nothing before it is there whole.
std::optional<nlohmann::json> EventIn(const std::string& log, absl::string_view event) {
  const size_t end = log.rfind('\n');
  if (end == std::string::npos) return std::nullopt;
  for (const absl::string_view line : absl::StrSplit(absl::string_view(log).substr(0, end), '\n')) {
    nlohmann::json parsed = nlohmann::json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object() && parsed.value("event", "") == std::string(event)) return parsed;
  }
  return std::nullopt;
}

}  // namespace

certs::TestAuthority& SharedAuthority() {
  static auto* const authority = new certs::TestAuthority;
  return *authority;
}

const certs::IssuedCertificate& InboxFor(const std::string& municipality_code) {
  static std::mutex mutex;
  static auto* const issued = new std::map<std::string, certs::IssuedCertificate>;
  const std::lock_guard lock(mutex);
  auto found = issued->find(municipality_code);
  if (found == issued->end()) {
    certs::LeafRequest request = certs::ClientRequest(absl::StrCat("urn:envej:municipality:", municipality_code));
    request.usage = certs::LeafUsage::kInbox;
    found = issued->emplace(municipality_code, SharedAuthority().Issue(request)).first;
  }
  return found->second;
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const certs::IssuedCertificate& client) {
  return grpc::SslCredentials({.pem_root_certs = SharedAuthority().CertificatePem(),
                               .pem_private_key = client.key_pem,
                               .pem_cert_chain = client.certificate_pem});
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::vector<std::string>& uris) {
  static std::mutex mutex;
  static auto* const issued = new std::map<std::vector<std::string>, certs::IssuedCertificate>;
  if (uris.empty()) return CredentialsOf({});
  const std::lock_guard lock(mutex);
  auto found = issued->find(uris);
  if (found == issued->end()) {
    certs::LeafRequest request = certs::ClientRequest(uris.front());
    request.uris = uris;
    found = issued->emplace(uris, SharedAuthority().Issue(request)).first;
  }
  return CredentialsOf(found->second);
}

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(4 << 20);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

BrokerProcess::BrokerProcess(const BrokerSettings& settings)
    : open_files_(settings.open_files), program_(settings.program), environment_(settings.environment) {
  EXPECT_TRUE(std::filesystem::create_directory(folder_.Path("lists")));
  folder_.Write("lists/authority.pem", SharedAuthority().RevocationListPem({}), 0644);
  folder_.Write("broker.yaml", Configuration(settings), 0644);
  folder_.Write("participants.yaml", kParticipants, 0644);
  folder_.Write("commitment.secret", std::string(64, 'a') + "\n");
  SharedAuthority().IssueFiles(folder_, "broker", certs::ServerRequest());
  for (const std::string code : {"0101", "0147", "0851"}) {
    const certs::IssuedCertificate& inbox = InboxFor(code);
    folder_.Write(absl::StrCat("inbox-", code, ".pem"), inbox.certificate_pem);
    folder_.Write(absl::StrCat("inbox-", code, ".key"), inbox.key_pem);
  }
  const bool known = absl::SimpleAtoi(settings.listen.substr(settings.listen.rfind(':') + 1), &port_);
  EXPECT_TRUE(known) << settings.listen;
}

std::vector<std::string> BrokerProcess::ServeArguments() const {
  std::vector<std::string> arguments = {ProgramPath(program_), "serve", "--config", config()};
  if (!environment_.empty()) {
    arguments.insert(arguments.begin(), environment_.begin(), environment_.end());
    arguments.insert(arguments.begin(), "/usr/bin/env");
  }
  if (open_files_ == 0) return arguments;
  const std::vector<std::string> shell = {"/bin/sh", "-c", absl::StrCat("ulimit -n ", open_files_, "; exec \"$@\""),
                                          "sh"};
  arguments.insert(arguments.begin(), shell.begin(), shell.end());
  return arguments;
}

bool BrokerProcess::Start() {
  Begin();
  return Resume();
}

bool BrokerProcess::Resume() {
  const auto serves = [](const std::string& log) { return EventIn(log, "serving").has_value(); };
  if (!process_->WaitForError(serves)) {
    ADD_FAILURE() << "the broker does not serve: " << process_->Err();
    return false;
  }
  const std::lock_guard lock(mutex_);
  port_ = EventIn(process_->Err(), "serving")->value("port", 0);
  return port_ > 0;
}

Ended BrokerProcess::StartRefused() { return RunProgram(ServeArguments(), absl::Seconds(30)); }

Ended BrokerProcess::Stop() {
  Signal(SIGTERM);
  return Wait();
}

Ended BrokerProcess::Wait(absl::Duration at_most) { return process_->Wait(at_most); }

void BrokerProcess::Kill() {
  Signal(SIGKILL);
  EXPECT_EQ(Wait().code, 128 + SIGKILL);
}

std::string BrokerProcess::address() const {
  const std::lock_guard lock(mutex_);
  return absl::StrCat("127.0.0.1:", port_);
}

bool BrokerProcess::WaitForLog(absl::string_view text, int times, absl::Duration at_most) {
  const auto holds = [&](const std::string& log) {
    int found = 0;
    for (size_t at = log.find(text.data(), 0, text.size()); at != std::string::npos;
         at = log.find(text.data(), at + text.size(), text.size()))
      ++found;
    return found >= times;
  };
  return process_->WaitForError(holds, at_most);
}

std::shared_ptr<grpc::Channel> BrokerProcess::ChannelFor(absl::string_view uri) const {
  return OpenChannel(address(), CredentialsFor({std::string(uri)}));
}

std::unique_ptr<v1::IntakeService::Stub> BrokerProcess::Intake(absl::string_view uri) const {
  return v1::IntakeService::NewStub(ChannelFor(uri));
}

std::unique_ptr<v1::OperationsService::Stub> BrokerProcess::Operations(absl::string_view uri) const {
  return v1::OperationsService::NewStub(ChannelFor(uri));
}

std::unique_ptr<v1::InboxService::Stub> BrokerProcess::Inbox(absl::string_view uri) const {
  return v1::InboxService::NewStub(ChannelFor(uri));
}

std::vector<std::string> BrokerProcess::ConnectionArguments(absl::string_view uri, absl::string_view name) const {
  const certs::TlsFiles files = SharedAuthority().IssueFiles(folder_, name, certs::ClientRequest(uri));
  return {"--broker", address(),         "--certificate", files.certificate_chain,
          "--key",    files.private_key, "--authorities", files.authorities};
}

std::vector<std::string> BrokerProcess::RegionArguments(absl::string_view uri, absl::string_view name) const {
  std::vector<std::string> arguments = ConnectionArguments(uri, name);
  arguments.insert(arguments.end(), {"--secret", folder_.Path("commitment.secret")});
  return arguments;
}

std::vector<std::string> BrokerProcess::MunicipalityArguments(absl::string_view uri, absl::string_view name) const {
  const std::string inbox = absl::StrCat("inbox-", uri.substr(uri.rfind(':') + 1));
  std::vector<std::string> arguments = ConnectionArguments(uri, name);
  arguments.insert(arguments.end(),
                   {"--inbox-certificate", folder_.Path(inbox + ".pem"), "--inbox-key", folder_.Path(inbox + ".key")});
  return arguments;
}

v1::Notice Opened(const v1::InboxItem& item, const v1::PullNoticesResponse& pulled) {
  const certs::IssuedCertificate& inbox = InboxFor(item.notice().envelope().municipality_code());
  std::vector<certs::Opener::Inbox> inboxes;
  inboxes.push_back({.certificate = certs::Certificate::FromPem(inbox.certificate_pem)->front(),
                     .key = *certs::ParsePrivateKey(inbox.key_pem)});
  const absl::StatusOr<certs::SignedContent> content =
      certs::Opener::Create(std::move(inboxes))->Open(item.notice().sealed().cms());
  EXPECT_TRUE(content.ok()) << content.status();
  if (!content.ok()) return {};
  for (const std::string& der : pulled.signer_certificates()) {
    const certs::Certificate signer = *certs::Certificate::FromDer(der);
    if (signer.fingerprint() != item.notice().sealed().signer_fingerprint()) continue;
    const absl::StatusOr<std::string> payload = content->Payload(signer);
    EXPECT_TRUE(payload.ok()) << payload.status();
    if (!payload.ok()) return {};
    absl::StatusOr<v1::Notice> notice =
        contract::OpenNotice(*payload, item.lease().name().region_code(), item.notice());
    EXPECT_TRUE(notice.ok()) << notice.status();
    return notice.value_or(v1::Notice());
  }
  ADD_FAILURE() << "the signer's certificate did not come along";
  return {};
}

std::unique_ptr<grpc::ClientContext> CallContext(absl::Duration deadline) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  return context;
}

BytesAnswer CallWithBytes(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                          const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  const std::unique_ptr<grpc::ClientContext> context = CallContext();
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  const auto call = stub.PrepareUnaryCall(context.get(), method, sent, &queue);
  call->StartCall();
  grpc::ByteBuffer received;
  BytesAnswer answer;
  call->Finish(&received, &answer.status, nullptr);
  void* tag = nullptr;
  bool fine = false;
  queue.Next(&tag, &fine);
  std::vector<grpc::Slice> slices;
  if (answer.status.ok() && received.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices)
      answer.bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  return answer;
}

}  // namespace envej::support
