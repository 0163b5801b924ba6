#ifndef ENVEJ_REGION_CLIENT_WARD_SITE_H_
#define ENVEJ_REGION_CLIENT_WARD_SITE_H_

#include <set>
#include <string>

namespace envej::ward {

// What a hospital has to say of itself before its events mean anything.
struct Site {
  // Whose numbers identify a patient: PatientId::authority. Numbers of nobody else do.
  std::string patient_authority;
  // What counts as regional psychiatry: wards (Event::ward) and services (Event::service). A discharge counts if its
  // ward or its service is one of them.
  std::set<std::string> wards;
  std::set<std::string> services;
  // Other names of the same authority, as a CPR number has one in HL7 and one in FHIR (patient_number.h).
  std::set<std::string> same_authority = {};
};

inline bool IsPsychiatry(const std::string& ward, const std::string& service, const Site& site) {
  return site.wards.contains(ward) || site.services.contains(service);
}

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_SITE_H_
