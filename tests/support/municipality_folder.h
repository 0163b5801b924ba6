#ifndef ENVEJ_TESTS_SUPPORT_MUNICIPALITY_FOLDER_H_
#define ENVEJ_TESTS_SUPPORT_MUNICIPALITY_FOLDER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/support/broker_process.h"

namespace envej::support {

// What a municipality has in the folder into which its own program receives.
class MunicipalityFolder {
 public:
  explicit MunicipalityFolder(const BrokerProcess& broker, std::string municipality_code = kCode)
      : broker_(broker), code_(std::move(municipality_code)) {}

  // Pulls once; then what it has, in order: "DAY OF DISCHARGE / NAME / PHONES" of each notice.
  std::vector<std::string> Pull() const;
  // Pulls until it has this and nothing else; what it had last where that is another after the time.
  std::vector<std::string> PullUntil(const std::vector<std::string>& held,
                                     absl::Duration at_most = absl::Seconds(60)) const;

 private:
  const BrokerProcess& broker_;
  const std::string code_;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_MUNICIPALITY_FOLDER_H_
