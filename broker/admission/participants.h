#ifndef ENVEJ_BROKER_ADMISSION_PARTICIPANTS_H_
#define ENVEJ_BROKER_ADMISSION_PARTICIPANTS_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "proto/contract/thresholds.h"

namespace envej::admission {

// Whom operations phone about a participant: a function or a team, no citizen.
struct Contact {
  std::string name;
  std::string phone_number;  // E.164
};

// How a region or a municipality calls.
struct Access {
  // The subjects of their certificates, for those that do not bear their URI name.
  std::vector<certs::SubjectName> certificates = {};
  // Every call of theirs is refused; what others do with them is not changed.
  bool suspended = false;
};

// A region that another one takes over on a day.
struct Predecessor {
  std::string region_code;
  absl::CivilDay from;
};

struct Region {
  std::string code;  // four digits
  std::string name;
  std::vector<Predecessor> successor_of;
  Access access = {};
  std::optional<Contact> on_call = {};
};

// The scheme's texts are there where the municipality participates, and may be there where it does not.
struct Municipality {
  std::string code;  // four digits
  std::string name;
  bool participating = false;
  std::string scheme_name;
  std::string phone_number;  // E.164
  std::string leaflet_text;
  std::vector<certs::Certificate> inbox_certificates;  // content is sealed to those of them that are in force
  bool sealed_by_sender_only = false;                  // a plain notice is refused
  Access access = {};
  std::optional<Contact> on_call = {};
};

// The cooperation agreement of one region with one municipality, in force from the first to the last day, both
// included, in Copenhagen.
struct Agreement {
  std::string region_code;
  std::string municipality_code;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  contract::Thresholds late = {};
};

struct Register {
  std::vector<Region> regions;
  std::vector<Municipality> municipalities;
  std::vector<Agreement> agreements;
  std::vector<std::string> operations;  // names
  std::vector<std::string> files = {};  // that it names, and that were read with it
};

// Who takes part, and which region may send to which municipality when. Only agreements say that: a region has no
// municipalities of its own.
//
// From the day on which a region succeeds others it also has, on every day, each agreement that one of them has in
// force on that day, and speaks for their notices. The others keep theirs until the last day. Whom they had succeeded
// themselves, it succeeds with them.
//
// Immutable once it is shared, so safe to use from many threads. Every lookup is indexed.
class Participants {
 public:
  // `entries` is as ReadParticipants checks it: codes, names and subjects are unique, and nobody succeeds
  // itself. (Of doubled ones the first counts, and a circle of successors ends.)
  explicit Participants(Register entries);

  // Nullptr for a code that is not in the register. What is found lives as long as this object.
  const Region* FindRegion(absl::string_view code) const;
  const Municipality* FindMunicipality(absl::string_view code) const;
  bool KnowsOperations(absl::string_view name) const;

  // Takes out the inbox certificates that are not to be kept. Only before anybody else has this object.
  void KeepInboxCertificates(
      const std::function<bool(const Municipality& municipality, const certs::Certificate& certificate)>& keep);

  // Whether the participant is in the register and suspended there.
  bool Suspended(const certs::Identity& participant) const;

  // Who is known by which subject of a certificate.
  const certs::SubjectTable& subjects() const { return subjects_; }

  // Whether the region may send to the municipality on the day; false for codes that are not in the register.
  bool AgreementInForce(absl::string_view region_code, absl::string_view municipality_code, absl::CivilDay day) const;

  // Whether the region has succeeded the other one by that day.
  bool HasSucceeded(absl::string_view region_code, absl::string_view other_code, absl::CivilDay day) const;
  // The region, and all that it has succeeded by that day.
  std::set<std::string> SpeaksFor(absl::string_view region_code, absl::CivilDay day) const;

  // When a notice of that region to that municipality is late: as that agreement of theirs has it that began last,
  // inherited ones included, also where it is over (of several on one day, as soon as the strictest says); where there
  // is none, as one that says nothing else.
  contract::Thresholds ThresholdsOf(absl::string_view region_code, absl::string_view municipality_code,
                                    absl::CivilDay day) const;

  const std::set<std::string>& operations() const { return operations_; }            // names
  absl::Span<const Region> regions() const { return regions_; }                      // by code
  absl::Span<const Municipality> municipalities() const { return municipalities_; }  // by code
  const std::vector<std::string>& files() const { return files_; }                   // that the register names

 private:
  using Predecessors = std::map<std::string, absl::CivilDay>;  // from which day
  struct Period {
    absl::CivilDay first_day;
    absl::CivilDay last_day;

    bool operator==(const Period&) const = default;
  };
  // What the agreements of one region with one municipality say together.
  struct Cooperation {
    std::vector<Period> in_force;                         // in order of days; no two touch or overlap
    std::map<absl::CivilDay, contract::Thresholds> late;  // from that day on
  };

  static void Unite(std::vector<Period>& periods, Period added);
  // The agreement as the region has it that succeeds its region on a day; or that region itself, from long ago.
  void Add(const std::string& region_code, absl::CivilDay from, const Agreement& agreement);
  // Whom the region succeeds, directly or through others, and from which day.
  void Reach(const Region& region, absl::CivilDay from, Predecessors& reached) const;
  const Cooperation* Find(absl::string_view region_code, absl::string_view municipality_code) const;

  std::vector<Region> regions_;
  std::vector<Municipality> municipalities_;
  std::set<std::string> operations_;
  std::vector<std::string> files_;
  certs::SubjectTable subjects_;
  std::map<std::string, Predecessors> predecessors_;                       // of each region
  std::map<std::string, std::map<std::string, Cooperation>> cooperation_;  // by region, then by municipality
};

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_PARTICIPANTS_H_
