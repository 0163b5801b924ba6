#include "broker/operations/web/site.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "broker/operations/web/feed_stream.h"
#include "broker/operations/web/snapshot.h"
#include "certs/https/body.h"
#include "certs/identity.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/rejection.h"
#include "proto/contract/text_rules.h"

namespace envej::operations {
namespace {

using https::CloseAfter;
using https::TlsConnection;

constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kJson[] = "application/json; charset=utf-8";
constexpr absl::Duration kAgainAfter = absl::Seconds(10);  // for who has too much open

void Say(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(absl::StrCat(text, "\n"), kPlainText);
}

void SayNotFound(httplib::Response& response) { Say(response, 404, "Findes ikke. / Not found."); }

void SayStatus(httplib::Response& response, const absl::Status& status) {
  Say(response, status.ok() ? 200 : 503, status.ok() ? "ok" : std::string(status.message()));
}

void GiveJson(httplib::Response& response, const std::string& json) {
  response.status = 200;
  response.set_header("Cache-Control", "no-store");
  response.set_content(json, kJson);
}

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return 503;
    default:
      return 500;
  }
}

// A path that names what there cannot be, or nobody: that is not found, and not asked for in a wrong way.
bool NamesNothing(contract::Reason reason) {
  return reason == contract::Reason::kMunicipalityUnknown || reason == contract::Reason::kNoticeIdNotRandomUuid;
}

// What is said of an error: its reason's fixed text, whatever else it says.
void GiveError(httplib::Response& response, const absl::Status& status) {
  const contract::ReasonEntry& entry = contract::Describe(contract::RejectionOf(status).reason);
  GiveJson(response, absl::StrCat("{\"reason\":\"", entry.name, "\"}"));
  response.status = NamesNothing(entry.reason) ? 404 : HttpStatusOf(status.code());
}

template <typename Response>
void GiveAnswer(httplib::Response& response, const absl::StatusOr<Response>& answer) {
  answer.ok() ? GiveJson(response, ToJson(*answer)) : GiveError(response, answer.status());
}

// Also in upper case, as some programs show it.
std::optional<contract::NoticeId> NoticeIdOf(absl::string_view text) {
  return contract::NoticeId::Parse(absl::AsciiStrToLower(text));
}

bool IsOneName(absl::string_view text) { return !text.empty() && !absl::StrContains(text, '/'); }

// What is asked of the broker's parts, and not of files in memory.
bool IsLookedUp(absl::string_view path) {
  return path == "/feed" || path == "/metrics" || absl::StartsWith(path, "/api/") ||
         absl::StartsWith(path, "/inboxes/");
}

void SayTooMany(httplib::Response& response, absl::Duration delay, const std::string& text) {
  response.set_header("Retry-After", absl::StrCat(absl::ToInt64Seconds(absl::Ceil(delay, absl::Seconds(1)))));
  Say(response, 429, text);
}

}  // namespace

std::unique_ptr<https::Visit> Site::Receive(const certs::Certificate& peer) {
  const absl::StatusOr<std::string> operator_uri = sources_.judge(peer);
  auto caller = std::make_unique<Caller>();
  if (operator_uri.ok()) {
    caller->operator_uri = *operator_uri;
    caller->place = requests_.Take(*operator_uri);
  }
  caller->is_turned_away = caller->place == nullptr;
  if (caller->is_turned_away) caller->place = turned_away_.Take("");
  if (caller->place == nullptr) return nullptr;
  return caller;
}

void Site::Answer(const httplib::Request& request, httplib::Response& response, TlsConnection& connection) {
  if (https::HasBody(request)) {
    CloseAfter(response, connection);  // what follows is no request
    return Say(response, 400, "En forespørgsel har intet indhold her. / A request has no content here.");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    CloseAfter(response, connection);
    response.set_header("Allow", "GET, HEAD");
    return Say(response, 405, "Kun GET og HEAD. / GET and HEAD alone.");
  }
  const auto& caller = static_cast<const Caller&>(*connection.visit);
  if (!caller.operator_uri.has_value()) {
    CloseAfter(response, connection);
    return Say(response, 403,
               "Certifikatet giver ikke adgang til driftssiderne. / "
               "The certificate gives no access to the pages for operations.");
  }
  if (Admit(request.path, caller, response)) Route(request, response, connection, *caller.operator_uri);
}

bool Site::Admit(const std::string& path, const Caller& caller, httplib::Response& response) {
  if (caller.is_turned_away) {
    SayTooMany(
        response, kAgainAfter,
        absl::StrCat(limits_.operator_requests,
                     " forespørgsler med dette certifikat besvares allerede: vent på dem, eller luk nogle sider. / ",
                     limits_.operator_requests,
                     " requests with this certificate are being answered: wait for them, or close some pages."));
    return false;
  }
  if (!IsLookedUp(path)) return true;
  const certs::Identity identity{
      .kind = certs::ParticipantKind::kOperations, .code = *caller.operator_uri, .origin = ""};
  const std::optional<absl::Duration> delay = rate_.Take(identity, 1, clock_.Elapsed());
  if (!delay.has_value()) return true;
  SayTooMany(response, *delay,
             absl::StrCat("Højst ", limits_.operator_per_second,
                          " opslag i sekundet med ét certifikat: prøv igen om lidt. / At most ",
                          limits_.operator_per_second, " look-ups a second with one certificate: try again shortly."));
  return false;
}

void Site::Route(const httplib::Request& request, httplib::Response& response, TlsConnection& connection,
                 const std::string& operator_uri) {
  absl::string_view path = request.path;
  if (path == "/") return AnswerPage(request, response, "dashboard.html", 200);
  if (path == "/feed") return AnswerFeed(request, response, connection, operator_uri);
  if (path == "/healthz") return SayStatus(response, sources_.healthy());
  if (path == "/readyz") return SayStatus(response, sources_.ready());
  if (path == "/metrics") {
    response.status = 200;
    response.set_header("Cache-Control", "no-store");
    return response.set_content(sources_.metrics_text(), kMetricsText);
  }
  if (absl::ConsumePrefix(&path, "/static/")) return AnswerAsset(request, response, path);
  if (absl::ConsumePrefix(&path, "/api/")) return AnswerApi(request, response, path);
  if (absl::ConsumePrefix(&path, "/inboxes/") && contract::IsCode(path)) {
    return AnswerPage(request, response, "inbox.html", HasInbox(path) ? 200 : 404);
  }
  if (absl::ConsumePrefix(&path, "/notices/") && IsOneName(path)) {
    return AnswerPage(request, response, "trace.html", NoticeIdOf(path).has_value() ? 200 : 404);
  }
  SayNotFound(response);
}

void Site::AnswerAsset(const httplib::Request& request, httplib::Response& response, absl::string_view name) const {
  const https::Asset* asset = absl::EndsWith(name, ".html") ? nullptr : assets_.Find(name);
  asset == nullptr ? SayNotFound(response) : https::GiveAsset(*asset, request, response);
}

void Site::AnswerPage(const httplib::Request& request, httplib::Response& response, absl::string_view name,
                      int status) const {
  const https::Asset* page = assets_.Find(name);
  if (page == nullptr) return SayNotFound(response);
  https::GivePage(*page, request, response);
  response.status = status;
}

void Site::AnswerApi(const httplib::Request& request, httplib::Response& response, absl::string_view path) const {
  if (path == "inboxes") return GiveAnswer(response, sources_.answers.ListInboxes({}));
  if (path == "status") return GiveAnswer(response, sources_.answers.GetBrokerStatus({}));
  if (absl::ConsumePrefix(&path, "inboxes/") && contract::IsCode(path)) return AnswerInbox(response, path);
  if (!absl::ConsumePrefix(&path, "notices/") || !IsOneName(path)) return SayNotFound(response);
  const std::optional<contract::NoticeId> id = NoticeIdOf(path);
  if (!id.has_value()) return GiveError(response, contract::Refusal(contract::Reason::kNoticeIdNotRandomUuid));
  v1::TraceNoticeRequest trace;
  trace.set_notice_id(id->ToString());
  for (const char* name : {"municipality", "region"}) {
    const std::string code = request.get_param_value(name);
    if (!code.empty() && !contract::IsCode(code)) return SayNotFound(response);
    absl::string_view(name) == "region" ? trace.set_region_code(code) : trace.set_municipality_code(code);
  }
  GiveAnswer(response, sources_.answers.TraceNotice(trace));
}

bool Site::HasInbox(absl::string_view code) const {
  v1::ListInboxesRequest request;
  request.set_municipality_code(std::string(code));
  const absl::Status status = sources_.answers.ListInboxes(request).status();
  return status.ok() || !NamesNothing(contract::RejectionOf(status).reason);
}

void Site::AnswerInbox(httplib::Response& response, absl::string_view code) const {
  v1::ListInboxesRequest request;
  request.set_municipality_code(std::string(code));
  const absl::StatusOr<v1::ListInboxesResponse> inboxes = sources_.answers.ListInboxes(request);
  if (!inboxes.ok()) return GiveError(response, inboxes.status());
  const absl::StatusOr<v1::ListOperationsNoticesResponse> late =
      LateNotices(sources_.answers, request.municipality_code());
  if (!late.ok()) return GiveError(response, late.status());
  GiveJson(response, absl::StrCat("{\"inboxes\":", ToJson(*inboxes), ",\"late\":", ToJson(*late), "}"));
}

void Site::AnswerFeed(const httplib::Request& request, httplib::Response& response, TlsConnection& connection,
                      const std::string& operator_uri) {
  CloseAfter(response, connection);
  response.set_header("Cache-Control", "no-store");
  std::shared_ptr<https::Places::Place> place = feeds_.Take(operator_uri);
  if (place == nullptr) {
    return SayTooMany(
        response, kAgainAfter,
        absl::StrCat(limits_.operator_feeds, " sider er åbne med dette certifikat: luk en af dem. / ",
                     limits_.operator_feeds, " pages are open with this certificate: close one of them."));
  }
  if (request.method == "HEAD") {
    response.status = 200;
    return response.set_content("", FeedStream::kContentType);
  }
  std::unique_ptr<Feed::Listener> listener = feed_.Listen();
  if (listener == nullptr) {
    response.set_header("Retry-After", absl::StrCat(absl::ToInt64Seconds(kAgainAfter)));
    return Say(response, 503, "For mange sider er åbne i alt. / Too many pages are open in all.");
  }
  const auto stream = std::make_shared<FeedStream>(std::move(listener), feed_, connection, sources_, limits_, clock_,
                                                   request.get_header_value("Last-Event-ID"));
  response.status = 200;
  response.set_chunked_content_provider(
      FeedStream::kContentType,
      [stream, place = std::move(place)](size_t, httplib::DataSink& sink) { return stream->GoOn(sink); });
}

}  // namespace envej::operations
