#ifndef ENVEJ_REGION_CLIENT_PAGES_WARD_SITE_H_
#define ENVEJ_REGION_CLIENT_PAGES_WARD_SITE_H_

#include <httplib.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "certs/https/assets.h"
#include "certs/https/https_handler.h"
#include "certs/https/places.h"
#include "certs/https/tls_connection.h"
#include "region-client/pages/consent_api.h"
#include "region-client/pages/process_message.h"
#include "region-client/pages/sign_in.h"

namespace envej::region {

inline constexpr size_t kPageRequestBytes = 16 << 10;  // of what the page posts
inline constexpr size_t kRequestsEach = 8;  // of one member of staff, and of all systems together, answered at once

struct WardSiteParts {
  const SignInOptions& sign_in;
  const https::Assets& assets;
  const ConsentApi& api;
  ProcessMessage process_message;  // may be empty: then there is nothing at its path
  // Takes a JSON object a line: who did what with whose case. It names no citizen.
  std::function<void(const std::string& json)> log;
};

// What there is at each path. To staff:
//   GET /  /lookup                     pages, in Danish or with ?lang=en in English
//   GET /static/NAME                   what they are made of
//   GET /api/municipalities            JSON, as of ConsentApi
//   POST /api/consents  /api/withdrawals  /api/lookups   JSON, from the page itself alone (Origin)
// To systems:
//   POST /fhir/$process-message
// What names a citizen comes in what is posted, never in a path or a header, and is overwritten once it is answered.
// Everybody else, and each at the other's paths, is refused with 403. Thread-safe.
class WardSite final : public https::HttpsHandler {
 public:
  // All that is referred to must outlive it.
  explicit WardSite(WardSiteParts parts) : parts_(std::move(parts)), places_(kRequestsEach) {}

  std::unique_ptr<https::Visit> Receive(const certs::Certificate& certificate) override;
  void Answer(const httplib::Request& request, httplib::Response& response, https::TlsConnection& connection) override;
  httplib::Headers HeadersOfAll() const override { return https::SecurityHeaders(); }

 private:
  struct Caller final : https::Visit {
    Peer peer;
    std::unique_ptr<https::Places::Place> place;
  };

  // Who of the staff asks; nothing: nobody of them.
  std::optional<std::string> StaffOf(const Peer& peer, const httplib::Request& request) const;
  bool IsFromThePage(const httplib::Request& request) const;
  void Get(const httplib::Request& request, httplib::Response& response) const;
  void Post(const std::string& staff, const httplib::Request& request, httplib::Response& response,
            https::TlsConnection& connection) const;
  void TakeMessage(const Peer& peer, const httplib::Request& request, httplib::Response& response,
                   https::TlsConnection& connection) const;
  void Log(const std::string& staff, const ApiAnswer& answer) const;

  const WardSiteParts parts_;
  https::Places places_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_WARD_SITE_H_
