#ifndef ENVEJ_TESTS_PRIVACY_PEOPLE_H_
#define ENVEJ_TESTS_PRIVACY_PEOPLE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "envej/v1/notice.pb.h"
#include "tests/privacy/marker_search.h"

namespace envej::privacy {

// Somebody invented, unlike anybody else: each of the four texts is a marker, or holds one.
struct Person {
  std::string name;    // with Danish letters
  std::string phone;   // E.164
  std::string email;   // ASCII
  std::string street;  // with Danish letters
};

// One person for each path on which a notice may go.
class People {
 public:
  // The person of a new path.
  const Person& On(const std::string& path);
  // A proper notice about the person of a new path.
  v1::Notice NoticeOn(const std::string& path, absl::string_view municipality_code);

  std::vector<Marker> markers() const;

 private:
  struct OnPath {
    std::string path;
    Person person;
    std::vector<Marker> markers;
  };
  std::vector<std::unique_ptr<OnPath>> people_;
};

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_PEOPLE_H_
