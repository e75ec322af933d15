/**
 * Signing in, step by step (R20). In: what the sign-in still awaits, by the server. Out: a session, or why there is none.
 * Never here: who may do what; a sign-in under way opens nothing.
 */
import { lazy, Suspense } from 'react'
import { Waiting } from '../controls/waiting.tsx'
import { CredentialsStep } from './credentials-step.tsx'
import type { Left } from './leave.ts'
import { SecondFactorStep } from './second-factor-step.tsx'
import type { SignInStep } from './sign-in-step.ts'

const EnrolmentStep = lazy(() =>
  import('../account/enrolment-step.tsx').then(({ EnrolmentStep }) => ({ default: EnrolmentStep })),
)

/** The step that is awaited. `because` says why it is asked in the middle of work. */
export function SignInPage({ awaits, because }: { awaits: SignInStep; because?: Left | undefined }) {
  if (awaits.step === 'second-factor') return <SecondFactorStep factors={awaits.factors} />
  if (awaits.step === 'credentials') return <CredentialsStep because={because} />
  return (
    <Suspense fallback={<Waiting />}>
      <EnrolmentStep />
    </Suspense>
  )
}
