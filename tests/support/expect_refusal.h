#ifndef ENVEJ_TESTS_SUPPORT_EXPECT_REFUSAL_H_
#define ENVEJ_TESTS_SUPPORT_EXPECT_REFUSAL_H_

#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "envej/v1/rejection.pb.h"
#include "proto/contract/rejection.h"

namespace envej::support {

// A failed call: the reason's code and fixed text, both also in the details, its name under our domain, the wrong
// fields (first) with the reason's text, a delay where it is worth trying again, and nothing else.
void ExpectRefused(const grpc::Status& status, contract::Reason reason, const std::vector<std::string>& fields = {});

// The same of one item of a batch.
void ExpectRefused(const v1::Rejection& rejection, contract::Reason reason,
                   const std::vector<std::string>& fields = {});

// The reason that a failed call carries; kNone if none of ours.
contract::Reason ReasonOf(const grpc::Status& status);

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_EXPECT_REFUSAL_H_
