import type { AccountRefusal } from '../api/shapes.ts'
import { waitText } from '../format/duration.ts'
import type { Translate } from '../language/use-words.ts'
import { refusalIn } from '../people/directory-refusal.ts'
import { describeProblems } from './password-rules.ts'

/** Returns the text of a refusal on the account pages: how long to wait, what is wrong with the password, or another reason. */
export function describeRefusal(error: unknown, t: Translate): string {
  const { waitSeconds, problems } = (error as Partial<AccountRefusal> | null)?.error ?? {}
  if (waitSeconds !== undefined) return t('account.wait', { time: waitText(waitSeconds * 1000, t) })
  if (problems && problems.length > 0) return describeProblems(problems, t)
  return t(refusalIn(error).word)
}
