#include "region-client/pages/ward_site.h"

#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/https/body.h"
#include "proto/contract/wiping.h"

namespace envej::region {
namespace {

using https::CloseAfter;
using https::TlsConnection;

constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kJson[] = "application/json";
constexpr char kMessages[] = "/fhir/$process-message";

void Say(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(absl::StrCat(text, "\n"), kPlainText);
}

void SayNotFound(httplib::Response& response) { Say(response, 404, "Findes ikke. / Not found."); }

void Give(httplib::Response& response, const ApiAnswer& answer) {
  response.status = answer.status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(answer.json, "application/json; charset=utf-8");
}

// The type alone, without its parameters.
std::string ContentTypeOf(const httplib::Request& request) {
  const std::string said = request.get_header_value("Content-Type");
  return std::string(absl::StripAsciiWhitespace(absl::string_view(said).substr(0, said.find(';'))));
}

// What the request brings; nothing, and it is answered, where that is not to be read.
std::optional<std::string> BodyOf(const httplib::Request& request, httplib::Response& response,
                                  TlsConnection& connection, size_t most) {
  absl::StatusOr<std::string> body = https::ReadBody(request, connection, most);
  if (body.ok()) return *std::move(body);
  CloseAfter(response, connection);
  switch (body.status().code()) {
    case absl::StatusCode::kResourceExhausted:
      Say(response, 413, absl::StrCat("For meget på én gang. / Too much at once: at most ", most, " bytes."));
      break;
    case absl::StatusCode::kDeadlineExceeded:
      Say(response, 408, "Indholdet kom ikke i tide. / The content did not come in time.");
      break;
    case absl::StatusCode::kDataLoss:
      Say(response, 400, "Indholdet er ikke delt op, som der står. / The content is not in chunks, as it says.");
      break;
    default:
      Say(response, 411, "Indholdets længde mangler. / Content-Length is missing.");
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<https::Visit> WardSite::Receive(const certs::Certificate& certificate) {
  auto caller = std::make_unique<Caller>();
  caller->peer = PeerOf(certificate, parts_.sign_in);
  const PeerKind kind = caller->peer.kind;
  const bool shares = kind == PeerKind::kSystem || kind == PeerKind::kNobody;
  caller->place = places_.Take(shares ? absl::StrCat("kind ", static_cast<int>(kind)) : caller->peer.fingerprint);
  if (caller->place == nullptr) return nullptr;
  return caller;
}

void WardSite::Answer(const httplib::Request& request, httplib::Response& response, TlsConnection& connection) {
  const Peer& peer = static_cast<const Caller&>(*connection.visit).peer;
  const bool is_post = request.method == "POST";
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (!is_post && https::HasBody(request)) CloseAfter(response, connection);  // what follows is no request
  const std::optional<std::string> staff = StaffOf(peer, request);
  const bool is_for_systems = absl::StartsWith(request.path, "/fhir/");
  if (is_for_systems ? peer.kind != PeerKind::kSystem : !staff.has_value()) {
    CloseAfter(response, connection);
    return Say(response, 403, "Certifikatet giver ikke adgang hertil. / The certificate gives no access to this.");
  }
  if (is_get && !is_for_systems) return Get(request, response);
  if (is_post && !is_for_systems) return Post(*staff, request, response, connection);
  if (is_post) return TakeMessage(peer, request, response, connection);
  CloseAfter(response, connection);
  response.set_header("Allow", is_for_systems ? "POST" : "GET, HEAD, POST");
  Say(response, 405, "Den metode bruges ikke her. / That method is not used here.");
}

std::optional<std::string> WardSite::StaffOf(const Peer& peer, const httplib::Request& request) const {
  if (peer.kind == PeerKind::kStaff) return peer.name;
  if (peer.kind != PeerKind::kProxy) return std::nullopt;
  const std::string& header = parts_.sign_in.proxy->header;
  const std::string said = request.get_header_value(header.c_str());
  const bool is_one = request.get_header_value_count(header.c_str()) == 1 && IsStaffName(said);
  return is_one ? std::optional(said) : std::nullopt;
}

// Another site may lead a browser here with its user's certificate; what a browser says of that it cannot change.
bool WardSite::IsFromThePage(const httplib::Request& request) const {
  const std::string origin = request.get_header_value("Origin");
  const std::string fetched = request.get_header_value("Sec-Fetch-Site");
  if (origin.empty() || request.get_header_value_count("Origin") != 1) return false;
  if (!fetched.empty() && fetched != "same-origin") return false;
  const bool by_proxy = parts_.sign_in.proxy.has_value() && origin == parts_.sign_in.proxy->origin;
  return by_proxy || origin == absl::StrCat("https://", request.get_header_value("Host"));
}

void WardSite::Get(const httplib::Request& request, httplib::Response& response) const {
  absl::string_view path = request.path;
  if (path == "/api/municipalities") return Give(response, parts_.api.ListMunicipalities());
  if (absl::ConsumePrefix(&path, "/static/")) {
    const https::Asset* const asset = absl::EndsWith(path, ".html") ? nullptr : parts_.assets.Find(path);
    return asset == nullptr ? SayNotFound(response) : https::GiveAsset(*asset, request, response);
  }
  const absl::string_view name = path == "/" ? "register.html" : path == "/lookup" ? "lookup.html" : "";
  const https::Asset* const page = parts_.assets.Find(name);
  page == nullptr ? SayNotFound(response) : https::GivePage(*page, request, response);
}

void WardSite::Post(const std::string& staff, const httplib::Request& request, httplib::Response& response,
                    TlsConnection& connection) const {
  std::optional<std::string> body = BodyOf(request, response, connection, kPageRequestBytes);
  if (!body.has_value()) return;
  const contract::WipeAtEnd<std::string> wipe(*body);
  if (!IsFromThePage(request)) return Say(response, 403, "Kun fra siden selv. / From the page itself alone.");
  if (ContentTypeOf(request) != kJson) return Say(response, 415, absl::StrCat("Kun / Only ", kJson, "."));
  ApiAnswer answer;
  if (request.path == "/api/consents") {
    answer = parts_.api.Register(*body);
  } else if (request.path == "/api/withdrawals") {
    answer = parts_.api.Withdraw(*body);
  } else if (request.path == "/api/lookups") {
    answer = parts_.api.Find(*body);
  } else {
    return SayNotFound(response);
  }
  Log(staff, answer);
  Give(response, answer);
}

void WardSite::TakeMessage(const Peer& peer, const httplib::Request& request, httplib::Response& response,
                           TlsConnection& connection) const {
  std::optional<std::string> body = BodyOf(request, response, connection, kPostedMessageBytes);
  if (!body.has_value()) return;
  const contract::WipeAtEnd<std::string> wipe(*body);
  if (request.path != kMessages || !parts_.process_message) return SayNotFound(response);
  const MessageAnswer answer = parts_.process_message(peer, request.get_header_value("Content-Type"), *body);
  response.status = answer.status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(answer.body, answer.content_type);
}

void WardSite::Log(const std::string& staff, const ApiAnswer& answer) const {
  if (answer.action.empty()) return;
  const nlohmann::json line = {
      {"event", answer.action}, {"by", staff}, {"patient_reference", answer.patient_reference}};
  parts_.log(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace envej::region
