import type { SecondFactors } from '#safeguards/sign-in/second-factor.ts'
import type { CustodianAnswers } from './custodian-server.ts'

/** The questions of signing in that the custodian answers, by their paths. */
export function secondFactorQuestions(factors: SecondFactors): CustodianAnswers['questions'] {
  return {
    '/second-factor/give': factors.give,
    '/second-factor/begin-totp': factors.beginTotp,
    '/second-factor/confirm-totp': factors.confirmTotp,
    '/second-factor/remove-totp': factors.removeTotp,
    '/second-factor/prove-again': factors.proveAgain,
    '/second-factor/renew-recovery-codes': factors.renewRecoveryCodes,
  }
}
