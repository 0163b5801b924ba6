#ifndef ENVEJ_CERTS_REVOCATION_SET_H_
#define ENVEJ_CERTS_REVOCATION_SET_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/revocation.h"
#include "certs/revocation_list.h"

namespace envej::certs {

enum class RevocationState {
  kGood,
  kRevoked,
  kNoList,       // nobody says: no list of an authority that may have issued the certificate
  kListExpired,  // its next update has passed, so it no longer says anything, not even of a certificate on it
};

// What the authorities say of one certificate.
struct Standing {
  RevocationState state = RevocationState::kNoList;
  RevocationReason reason = RevocationReason::kUnspecified;  // these two only if revoked
  absl::Time counts_from;                                    // as CountsFrom gives it
};

// OK if what the certificate did at `at` counts: it is good, or revoked from a later date on. PERMISSION_DENIED if it
// was revoked from then or before, UNAVAILABLE if no current list says anything of it: ask again with newer ones. The
// text repeats nothing of the certificate.
absl::Status CheckStanding(const Standing& standing, absl::Time at);

// The revocation lists of all authorities, in memory. Cheap to copy, never changes, safe from any thread.
class RevocationSet {
 public:
  static constexpr size_t kFilesMost = 64;
  static constexpr size_t kEntriesMost = RevocationList::kEntriesMost;  // of all lists that count together

  // Reads the file, or every file of the directory but those whose names begin with a dot. Each holds one or more lists
  // (RevocationList::Parse), each signed by one of the authorities. Of several lists of one authority the newest by
  // this update counts, then by number. All or nothing: an error is one line that names the file and what to do, and
  // nothing of its contents; one is also that there is no list at all. Reads no clock: an expired list is taken.
  static absl::StatusOr<RevocationSet> Load(const std::string& path, const std::vector<Certificate>& authorities);

  // What is known of the certificate at `now`. A certificate that does not tell which key of its authority's name
  // signed it (no authority key identifier) needs a list of each. About a microsecond for each authority.
  Standing StandingOf(const Certificate& certificate, absl::Time now) const;

  // OK if every authority's list here is at least as new as `earlier` has it, where both have the authority. Else an
  // error that says to fetch the newest: with an older list a certificate would be good again.
  absl::Status CheckNoOlderThan(const RevocationSet& earlier) const;

  // Whether at least one list has not expired by `now`. Without one, nobody at all can be judged.
  bool AnyIsCurrent(absl::Time now) const;

  // How many of the authorities have no list: nobody whose certificate is theirs can be judged.
  size_t authorities_without_list() const;

  // When the first list that counts expires: from then on some certificates can no longer be judged.
  absl::Time earliest_next_update() const;

  size_t entries() const;

 private:
  struct List {
    absl::Time this_update;
    absl::Time next_update;
    std::string number;
    std::unordered_map<std::string, RevokedCertificate> revoked;  // by serial
  };
  struct Issuer {
    Certificate authority;
    std::shared_ptr<const List> list;  // nullptr if there is none
  };
  using Issuers = std::vector<Issuer>;

  explicit RevocationSet(Issuers issuers);

  static absl::Status Add(const RevocationList& list, Issuers& issuers);
  static std::shared_ptr<const List> Indexed(const RevocationList& list);

  std::shared_ptr<const Issuers> issuers_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_REVOCATION_SET_H_
