#ifndef ENVEJ_REGION_CLIENT_FHIR_PROBLEM_H_
#define ENVEJ_REGION_CLIENT_FHIR_PROBLEM_H_

#include <cstdint>
#include <string>

namespace envej::fhir {

// What kind of thing is wrong with a message; of FHIR's issue types (http://hl7.org/fhir/R4/valueset-issue-type.html).
enum class Issue : uint8_t {
  kTooLong = 1,       // a bound is exceeded
  kStructure = 2,     // not FHIR in that form at all
  kRequired = 3,      // something is not there
  kValue = 4,         // something is there that may not be
  kNotFound = 5,      // a reference leads nowhere
  kNotSupported = 6,  // well-formed, but nothing that is read here
  kTransient = 7,     // nothing is wrong with it; it could not be kept now
};

// The first thing that is wrong with a message: where, never what. Neither text ever repeats anything of the message.
struct Problem {
  Issue issue = Issue::kStructure;
  std::string where;  // such as "Bundle.entry[2].resource.period.end", or "byte 1042"; empty for the whole
  std::string text;   // goes on from there: "is given twice"

  bool operator==(const Problem&) const = default;
};

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_PROBLEM_H_
