#ifndef ENVEJ_TESTS_SUPPORT_TRUST_CHANGES_H_
#define ENVEJ_TESTS_SUPPORT_TRUST_CHANGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "certs/certificate.h"
#include "certs/certificate_authority.h"
#include "certs/revocation.h"
#include "tests/support/broker_process.h"

namespace envej::support {

certs::Certificate CertificateOf(const certs::IssuedCertificate& issued);

// Adds keys to the entry of the region or municipality with this code, in the register that the broker has as a file:
// "suspended: true". A broker that runs follows when it reloads.
void AddToParticipant(const BrokerProcess& broker, const std::string& code, const std::string& keys);

// Changes what a running broker trusts. Each change waits until the broker follows it, and records a failure if it does
// not. The broker must outlive this object, which is alone in having it reload, and be started once.
class TrustChanges {
 public:
  explicit TrustChanges(BrokerProcess& broker) : broker_(broker) {}

  // For a broker that asks a list: puts them on it, beside those put there before.
  void Revoke(const std::vector<certs::Certificate>& certificates);
  // Suspends the region or municipality with this code, and lets it in again.
  void Suspend(const std::string& code);
  void LetIn(const std::string& code);
  // Takes these words out of the register, which has them once.
  void TakeOut(const std::string& words);

 private:
  void Reload();

  BrokerProcess& broker_;
  std::vector<certs::RevokedCertificate> revoked_;
  uint64_t list_number_ = 1;
  int reloads_ = 0;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_TRUST_CHANGES_H_
