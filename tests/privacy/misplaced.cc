// Traffic, the part of it that puts people where none belongs.

#include <grpcpp/create_channel.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/log_limit.h"
#include "tests/privacy/raw_call.h"
#include "tests/privacy/traffic.h"
#include "tests/support/loopback.h"
#include "tests/support/notice_messages.h"

namespace envej::privacy {
namespace {

using support::CallContext;
using support::kCode;

// As a caller that does not look at whom it calls, and may so name any host.
std::shared_ptr<grpc::Channel> ChannelToAnyHost(const std::string& address, const certs::IssuedCertificate& issued,
                                                const std::string& host) {
  using grpc::experimental::StaticDataCertificateProvider;
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<StaticDataCertificateProvider>(
      support::SharedAuthority().CertificatePem(),
      std::vector<grpc::experimental::IdentityKeyCertPair>{{issued.key_pem, issued.certificate_pem}}));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!host.empty()) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, host);
  return grpc::CreateCustomChannel(address, grpc::experimental::TlsCredentials(options), arguments);
}

std::string All(const Person& person) {
  return absl::StrCat(person.name, ", ", person.phone, ", ", person.email, ", ", person.street);
}

void SendAsText(const std::string& address, const std::string& text) {
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  const int connection = support::ConnectTo(port);
  ASSERT_GE(connection, 0);
  send(connection, text.data(), text.size(), MSG_NOSIGNAL);
  shutdown(connection, SHUT_WR);
  char answer[256];
  while (recv(connection, answer, sizeof answer, 0) > 0) continue;  // until the broker has had enough
  close(connection);
}

}  // namespace

void Traffic::SendMisplaced() {
  const auto intake = broker_.Intake(support::kRegion);
  const auto inbox = broker_.Inbox(support::kMunicipality);

  // In the envelope, and in what names notices and pages.
  struct Misplaced {
    const char* path;
    void (*put)(v1::Envelope& envelope, const std::string& text);
  };
  using E = v1::Envelope&;
  using T = const std::string&;
  for (const Misplaced& each : std::vector<Misplaced>{
           {"as a notice id", [](E e, T text) { e.set_notice_id(text); }},
           {"as a municipality's code", [](E e, T text) { e.set_municipality_code(text); }},
           {"as a discharge date", [](E e, T text) { e.set_discharge_date(text); }},
           {"as a day of consent", [](E e, T text) { e.mutable_consent()->mutable_contact()->set_given_on(text); }},
           {"as a key's id", [](E e, T text) { e.mutable_content_commitment()->set_key_id(text); }},
       }) {
    v1::Notice notice = support::NewNotice(kCode);
    each.put(*notice.mutable_envelope(), All(people_.On(each.path)));
    EXPECT_FALSE(SubmitPlain(each.path, notice).ok()) << each.path;
  }
  v1::GetNoticeRequest get;
  get.set_municipality_code(All(people_.On("as the code of a notice asked for")));
  get.set_notice_id(All(people_.On("as the id of a notice asked for")));
  v1::GetNoticeResponse got;
  Told("GetNotice", intake->GetNotice(CallContext().get(), get, &got));
  get.set_municipality_code(kCode);
  Told("GetNotice", intake->GetNotice(CallContext().get(), get, &got));
  for (const auto& [path, put] : std::vector<std::pair<const char*, void (*)(v1::ListNoticesRequest&, T)>>{
           {"as an origin", [](v1::ListNoticesRequest&r, T text) { r.set_origin(text); }},
           {"as a page token", [](v1::ListNoticesRequest&r, T text) { r.set_page_token(text); }},
           {"as a page token in base64",
            [](v1::ListNoticesRequest&r, T text) { r.set_page_token(absl::WebSafeBase64Escape(text)); }}}) {
    v1::ListNoticesRequest list;
    list.set_municipality_code(kCode);
    put(list, people_.On(path).name);
    v1::ListNoticesResponse listed;
    const grpc::Status status = intake->ListNotices(CallContext().get(), list, &listed);
    Told(path, status);
    Told(path, listed);
  }
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(All(people_.On("as an inbox")));
  v1::PullNoticesResponse pulled;
  Told("PullNotices", inbox->PullNotices(CallContext().get(), pull, &pulled));

  // In a lease's name. The answer says again which lease it is about: the caller's own words, to the caller alone.
  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(kCode);
  v1::LeaseName& lease = *acknowledge.add_leases();
  lease.set_region_code(people_.On("as a lease's region").name);
  lease.set_notice_id(people_.On("as a lease's notice").name);
  lease.set_token(people_.On("as a lease's token").name);
  v1::LeaseName& proper = *acknowledge.add_leases();
  proper.set_region_code("1081");
  proper.set_notice_id(support::NewNoticeId());
  proper.set_revision(1);
  proper.set_token(people_.On("as a token of a proper lease").name);
  v1::AcknowledgeNoticesResponse answered;
  Told("AcknowledgeNotices", inbox->AcknowledgeNotices(CallContext().get(), acknowledge, &answered));
  for (const v1::AcknowledgeNoticeResult& result : answered.results()) {
    EXPECT_TRUE(result.has_rejected());
    Told("AcknowledgeNotices", result.rejected());
  }

  // Around the message.
  const Person& header = people_.On("in a header");
  const auto context = CallContext();
  context->AddMetadata("x-contact", absl::StrCat(header.phone, " ", header.email));
  context->AddMetadata("x-name-bin", absl::StrCat(header.name, header.street));
  v1::GetServiceInfoResponse info;
  EXPECT_TRUE(intake->GetServiceInfo(context.get(), {}, &info).ok());
  const Person& method = people_.On("as a method's name");
  const auto channel = broker_.ChannelFor(support::kRegion);
  for (const std::string& name : {absl::StrCat("/envej.v1.IntakeService/", method.phone),
                                  absl::StrCat("/", method.email, "/", method.email), method.email}) {
    const auto answer = support::CallWithBytes(channel, name, "");
    EXPECT_FALSE(answer.status.ok());
    Told("an unknown method", answer.status);
  }
  const certs::IssuedCertificate region = support::SharedAuthority().Issue(certs::ClientRequest(support::kRegion));
  for (const char* const field : {"te", "content-type", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding",
                                  "user-agent", "host", ":authority", ":scheme", ":method", ":path", ":unknown"}) {
    const Person& person = people_.On(absl::StrCat("as the header field ", field));
    std::vector<std::pair<std::string, std::string>> headers = {
        {":method", "POST"},         {":scheme", "https"}, {":path", "/envej.v1.IntakeService/GetServiceInfo"},
        {":authority", "localhost"}, {"te", "trailers"},   {"content-type", "application/grpc"},
    };
    const auto known =
        std::find_if(headers.begin(), headers.end(), [field](const auto& sent) { return sent.first == field; });
    const std::string value = absl::StrCat(person.phone, person.email, "/", person.name);
    if (known == headers.end()) {
      headers.emplace_back(field, value);
    } else {
      known->second = value;
    }
    told_.emplace_back(absl::StrCat("the header field ", field), RawCall(broker_.address(), region, headers));
    // No faster than the broker logs complaints, so that it leaves out none.
    absl::SleepFor(absl::Seconds(1) / LogLimit::kLinesASecond);
  }
  const Person& host = people_.On("as the host that is called");
  Told("another host",
       v1::IntakeService::NewStub(ChannelToAnyHost(broker_.address(), region, absl::StrCat(host.phone, host.email)))
           ->GetServiceInfo(CallContext().get(), {}, &info));
  const Person& nobody = people_.On("in a certificate of nobody");
  certs::LeafRequest request = certs::ClientRequest(absl::StrCat("urn:envej:region:", nobody.email));
  request.common_name = nobody.name;
  request.subject_serial_number = nobody.phone;
  const grpc::Status unknown =
      v1::IntakeService::NewStub(ChannelToAnyHost(broker_.address(), support::SharedAuthority().Issue(request), ""))
          ->GetServiceInfo(CallContext().get(), {}, &info);
  EXPECT_FALSE(unknown.ok());
  Told("a certificate of nobody", unknown);
  SendAsText(broker_.address(), absl::StrCat("GET /", All(people_.On("without TLS")), " HTTP/1.1\r\n\r\n"));
}

}  // namespace envej::privacy
