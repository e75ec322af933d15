/** Sign-in, step by step (R20). The server decides which step is next; an incomplete sign-in opens nothing. */
import { lazy, Suspense } from 'react'
import { Waiting } from '../controls/waiting.tsx'
import { CredentialsStep } from './credentials-step.tsx'
import type { Left } from './leave.ts'
import { SecondFactorStep } from './second-factor-step.tsx'
import type { SignInStep } from './sign-in-step.ts'

const EnrolmentStep = lazy(() =>
  import('../account/enrolment-step.tsx').then(({ EnrolmentStep }) => ({ default: EnrolmentStep })),
)

/** Shows the awaited step. `because` explains a sign-in in the middle of work. */
export function SignInPage({ awaits, because }: { awaits: SignInStep; because?: Left | undefined }) {
  if (awaits.step === 'second-factor') return <SecondFactorStep factors={awaits.factors} />
  if (awaits.step === 'credentials') return <CredentialsStep because={because} />
  return (
    <Suspense fallback={<Waiting />}>
      <EnrolmentStep />
    </Suspense>
  )
}
