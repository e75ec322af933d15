import type { AccountRefusal } from '../api/shapes.ts'
import { sayWait } from '../format/duration.ts'
import type { Say } from '../language/use-words.ts'
import { refusalIn } from '../people/directory-refusal.ts'
import { describeProblems } from './password-rules.ts'

/** Returns the text of a refusal on the account pages: how long to wait, what is wrong with the password, or another reason. */
export function describeRefusal(error: unknown, say: Say): string {
  const { waitSeconds, problems } = (error as Partial<AccountRefusal> | null)?.error ?? {}
  if (waitSeconds !== undefined) return say('account.wait', { time: sayWait(waitSeconds * 1000, say) })
  if (problems && problems.length > 0) return describeProblems(problems, say)
  return say(refusalIn(error).word)
}
