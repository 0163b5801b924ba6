#include "region-client/leaflet_hint.h"

#include <grpcpp/client_context.h>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/printable.h"
#include "region-client/call_failure.h"

namespace envej::region {

LeafletHints LeafletHints::Fetch(const CommandContext& context) {
  LeafletHints hints;
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  grpc::ClientContext call;
  SetCallDeadline(context, call);
  v1::ListMunicipalitiesResponse response;
  const grpc::Status status = stub->ListMunicipalities(&call, {}, &response);
  if (!status.ok()) hints.failure_ = ToCallFailure(status).refusal.reason;
  for (const v1::Municipality& municipality : response.municipalities()) {
    hints.schemes_[municipality.municipality_code()] = {
        .participating = municipality.participating(),
        .name = contract::Printable(municipality.scheme_name()),
        .phone_number = contract::Printable(municipality.phone_number())};
  }
  return hints;
}

std::string LeafletHints::For(const std::string& municipality_code) const {
  if (municipality_code.empty()) {
    return "hand out the leaflet of the citizen's municipality (the line names no municipality)";
  }
  if (!failure_.empty()) {
    return absl::StrCat("hand out the leaflet of municipality ", municipality_code,
                        " (its name and phone cannot be fetched from the broker: ", failure_, ")");
  }
  const auto scheme = schemes_.find(municipality_code);
  if (scheme == schemes_.end()) return "hand out general advice (no municipality has the code that the line gives)";
  if (!scheme->second.participating) {
    return absl::StrCat("hand out general advice (municipality ", municipality_code, " has no scheme that takes part)");
  }
  return absl::StrCat("hand out the leaflet (\"", scheme->second.name, "\", phone ", scheme->second.phone_number, ")");
}

}  // namespace envej::region
