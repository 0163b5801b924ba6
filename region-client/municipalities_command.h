#ifndef ENVEJ_REGION_CLIENT_MUNICIPALITIES_COMMAND_H_
#define ENVEJ_REGION_CLIENT_MUNICIPALITIES_COMMAND_H_

#include <string>

#include "region-client/command_context.h"

namespace envej::region {

struct MunicipalitiesOptions {
  OutputForm output = OutputForm::kText;
  std::string leaflet;  // the municipality whose leaflet is asked for; empty for the list of all
};

// Lists the municipalities, or prints one leaflet with the scheme's name and phone, ready to be handed out.
ExitCode ListMunicipalities(const MunicipalitiesOptions& options, const CommandContext& context);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_MUNICIPALITIES_COMMAND_H_
