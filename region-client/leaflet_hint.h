#ifndef ENVEJ_REGION_CLIENT_LEAFLET_HINT_H_
#define ENVEJ_REGION_CLIENT_LEAFLET_HINT_H_

#include <map>
#include <string>

#include "region-client/command_context.h"

namespace envej::region {

// What a ward does where the citizen has not consented (model, section 4.1): it hands out the municipality's leaflet,
// with which the citizen can call the scheme without any notice.
class LeafletHints {
 public:
  // Asks the broker for the schemes, once; if it cannot answer, the hints say so.
  static LeafletHints Fetch(const CommandContext& context);

  // Such as `hand out the leaflet ("Scheme name", phone +4511223344)`. An empty code is one that the line did not give.
  std::string For(const std::string& municipality_code) const;

 private:
  struct Scheme {
    bool participating = false;
    std::string name;
    std::string phone_number;
  };

  std::string failure_;  // why the broker did not answer; empty if it did
  std::map<std::string, Scheme> schemes_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_LEAFLET_HINT_H_
