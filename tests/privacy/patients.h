#ifndef ENVEJ_TESTS_PRIVACY_PATIENTS_H_
#define ENVEJ_TESTS_PRIVACY_PATIENTS_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/privacy/marker_search.h"
#include "tests/privacy/people.h"

namespace envej::privacy {

// Somebody invented, as a ward's systems know them: whatever is said is a marker, or holds one.
struct Patient {
  std::string name;      // the family name, with Danish letters
  std::string phone;     // E.164, as libphonenumber takes it
  std::string email;     // ASCII
  std::string street;    // with Danish letters
  std::string number;    // ten digits that begin with day 00, so that they are nobody's CPR number
  std::string clinical;  // what was noted of them, with Danish letters
};

// One patient for each path on which something of a patient may come into an agent.
class Patients {
 public:
  // The patient of a new path.
  const Patient& On(const std::string& path);

  // Of those on `paths`, or of all: what identifies them.
  std::vector<Marker> Identifiers() const { return identifiers_; }
  std::vector<Marker> IdentifiersOf(const std::set<std::string>& paths) const;
  std::vector<Marker> Clinical() const { return clinical_; }
  // Both.
  std::vector<Marker> All() const;

 private:
  People people_;
  std::vector<std::unique_ptr<Patient>> patients_;
  std::vector<Marker> identifiers_;
  std::vector<Marker> clinical_;
};

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_PATIENTS_H_
