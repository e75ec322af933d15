import { refusalKey } from '../api/refusal.ts'
import type { AccountRefusal } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { sayWait } from '../format/duration.ts'
import { useLanguage, type Say } from '../language/use-words.ts'
import { tellProblems } from './password-rules.ts'

/** A refusal of one's own account in words: what was wrong, or how long there is to wait. */
export function tellRefusal(error: unknown, say: Say): string {
  const { waitSeconds, problems } = (error as Partial<AccountRefusal> | null)?.error ?? {}
  if (waitSeconds !== undefined) return say('account.wait', { time: sayWait(waitSeconds * 1000, say) })
  if (problems && problems.length > 0) return tellProblems(problems, say)
  return say(`error.${refusalKey(error)}`)
}

/** Why something of one's own account could not be done or shown. */
export function AccountFailure({ error, onAgain }: { error: unknown; onAgain?: () => void }) {
  const { say } = useLanguage()
  if ((error as Partial<AccountRefusal> | null)?.error?.waitSeconds === undefined) {
    return <Failure error={error} onAgain={onAgain} />
  }
  return (
    <Notice kind="warning" isUrgent>
      {tellRefusal(error, say)}
    </Notice>
  )
}
