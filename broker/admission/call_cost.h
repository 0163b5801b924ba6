#ifndef ENVEJ_BROKER_ADMISSION_CALL_COST_H_
#define ENVEJ_BROKER_ADMISSION_CALL_COST_H_

#include "broker/admission/access_policy.h"

namespace envej::admission {

// What a call takes from its caller's allowance, in notices. A batch takes one more for each notice or lease in it
// beyond the first.
int CostOf(Method method);

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_CALL_COST_H_
