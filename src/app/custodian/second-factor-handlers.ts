import type { SecondFactors } from '#safeguards/sign-in/second-factor.ts'
import type { CustodianHandlers } from './custodian-server.ts'

/** Returns the custodian's handlers of second-factor requests, by path. */
export function secondFactorHandlers(factors: SecondFactors): CustodianHandlers['jsonHandlers'] {
  return {
    '/second-factor/give': factors.give,
    '/second-factor/begin-totp': factors.beginTotp,
    '/second-factor/confirm-totp': factors.confirmTotp,
    '/second-factor/remove-totp': factors.removeTotp,
    '/second-factor/prove-again': factors.proveAgain,
    '/second-factor/renew-recovery-codes': factors.renewRecoveryCodes,
  }
}
