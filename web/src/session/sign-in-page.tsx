/** Sign-in, step by step (R20). The server decides which step is next; an incomplete sign-in opens nothing. */
import { lazy, Suspense } from 'react'
import { Waiting } from '../controls/waiting.tsx'
import { CredentialsStep } from './credentials-step.tsx'
import type { SessionEndReason } from './leave.ts'
import type { SignInStep } from './sign-in-step.ts'

const SecondFactorStep = lazy(async () => ({
  default: (await import('./second-factor-step.tsx')).SecondFactorStep,
}))
const EnrolmentStep = lazy(async () => ({ default: (await import('../account/enrolment-step.tsx')).EnrolmentStep }))

/** Shows the awaited step. `because` explains a sign-in in the middle of work. */
export function SignInPage({ awaits, because }: { awaits: SignInStep; because?: SessionEndReason | undefined }) {
  if (awaits.step === 'credentials') return <CredentialsStep because={because} />
  return (
    <Suspense fallback={<Waiting />}>
      {awaits.step === 'second-factor' ? <SecondFactorStep factors={awaits.factors} /> : <EnrolmentStep />}
    </Suspense>
  )
}
