#include "region-client/municipalities_command.h"

#include <grpcpp/client_context.h>

#include <vector>

#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/json_line.h"
#include "proto/contract/printable.h"
#include "region-client/call_failure.h"

namespace envej::region {
namespace {

std::string YesOrNo(bool value) { return value ? "yes" : "no"; }
std::string OrDash(const std::string& text) { return text.empty() ? "-" : contract::Printable(text); }

ExitCode PrintLeaflet(const v1::ListMunicipalitiesResponse& response, const MunicipalitiesOptions& options,
                      const Streams& streams) {
  for (const v1::Municipality& municipality : response.municipalities()) {
    if (municipality.municipality_code() != options.leaflet) continue;
    if (!municipality.participating()) {
      streams.err << "municipality " << options.leaflet << " has no scheme that takes part, so it has no leaflet\n";
      return ExitCode::kRefused;
    }
    if (options.output == OutputForm::kJson) {
      streams.out << contract::ToJsonLine(municipality) << '\n';
      return ExitCode::kDone;
    }
    streams.out << contract::Printable(municipality.scheme_name())
                << "\nPhone: " << contract::Printable(municipality.phone_number()) << "\n\n"
                << contract::Printable(municipality.leaflet_text(), true) << '\n';
    return ExitCode::kDone;
  }
  streams.err << "no municipality has the code " << contract::Printable(options.leaflet)
              << "; `envej-region municipalities` lists them\n";
  return ExitCode::kRefused;
}

}  // namespace

ExitCode ListMunicipalities(const MunicipalitiesOptions& options, const CommandContext& context) {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  grpc::ClientContext call;
  SetCallDeadline(context, call);
  v1::ListMunicipalitiesResponse response;
  const grpc::Status status = stub->ListMunicipalities(&call, {}, &response);
  if (!status.ok()) return ReportFailure(status, context.broker, context.streams);
  if (!options.leaflet.empty()) return PrintLeaflet(response, options, context.streams);

  std::vector<std::vector<std::string>> rows = {{"CODE", "NAME", "TAKES PART", "AGREEMENT", "SCHEME", "PHONE"}};
  for (const v1::Municipality& municipality : response.municipalities()) {
    if (options.output == OutputForm::kJson) {
      context.streams.out << contract::ToJsonLine(municipality) << '\n';
      continue;
    }
    rows.push_back({contract::Printable(municipality.municipality_code()), contract::Printable(municipality.name()),
                    YesOrNo(municipality.participating()), YesOrNo(municipality.agreement_in_force()),
                    OrDash(municipality.scheme_name()), OrDash(municipality.phone_number())});
  }
  if (options.output == OutputForm::kText) contract::WriteTable(rows, context.streams.out);
  return ExitCode::kDone;
}

}  // namespace envej::region
