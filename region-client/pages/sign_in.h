#ifndef ENVEJ_REGION_CLIENT_PAGES_SIGN_IN_H_
#define ENVEJ_REGION_CLIENT_PAGES_SIGN_IN_H_

#include <optional>
#include <string>
#include <vector>

#include "certs/certificate.h"

namespace envej::region {

// Who may do what with a certificate under the page's authorities. A certificate is named by a URI name in it, or by
// its subject's serialNumber or organizationIdentifier; one that has several of the names below is nobody.
struct SignInOptions {
  // A proxy that signs staff in by itself, and says in a header who it is. The header of anybody else says nothing.
  struct Proxy {
    std::string certificate;
    std::string header;
    std::string origin;  // of the page as browsers see it, such as https://ward.example
  };

  std::vector<std::string> staff;
  std::vector<std::string> systems;  // that post messages, and see no page
  std::optional<Proxy> proxy;
};

enum class PeerKind { kNobody, kStaff, kProxy, kSystem };

// Whose connection it is.
struct Peer {
  PeerKind kind = PeerKind::kNobody;
  std::string name;         // the first name in the certificate, or else how its fingerprint begins
  std::string fingerprint;  // SHA-256 of the certificate, 32 bytes
};

Peer PeerOf(const certs::Certificate& certificate, const SignInOptions& options);

// Whether a proxy may say in this header who somebody is: printable, and 1 to 200 characters.
bool IsStaffName(const std::string& text);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_SIGN_IN_H_
