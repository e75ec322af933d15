/** Password rules (NIST SP 800-63B-4) and whether each is met. The list of common passwords is on the server only. */
import type { PasswordProblem } from '../api/shapes.ts'
import type { Translate, Word } from '../language/use-words.ts'

export interface PasswordLengths {
  /** Minimum length in characters, after NFKC. */
  least: number
  greatest: number
}

export type RuleState = 'open' | 'met' | 'unmet'
export type PasswordRule = 'length' | 'guessable' | 'context' | 'same'

const ruleOf: Record<PasswordProblem['code'], PasswordRule> = {
  'too-short': 'length',
  'too-long': 'length',
  common: 'guessable',
  repeated: 'guessable',
  context: 'context',
  same: 'same',
}

/** Returns the length in characters as the server counts it: code points after NFKC. */
export function lengthOf(password: string): number {
  return [...password.normalize('NFKC')].length
}

/** Returns what is wrong with the length, without asking the server; undefined if nothing is. */
export function lengthProblem(
  password: string,
  { least: min, greatest }: PasswordLengths,
): PasswordProblem | undefined {
  const length = lengthOf(password)
  if (length < min) return { code: 'too-short', least: min }
  if (length > greatest) return { code: 'too-long', greatest }
  return undefined
}

/**
 * Returns whether each rule is met. Length is checked at once; the other rules are open until the server has answered for this
 * very password (`found`). `current` is the current password, where it has been typed too.
 */
export function judgeRules(
  password: string,
  lengths: PasswordLengths,
  found: readonly PasswordProblem[] | undefined,
  current = '',
): Record<PasswordRule, RuleState> {
  const judge = (rule: PasswordRule): RuleState => {
    if (password === '' || !found) return 'open'
    return found.some(({ code }) => ruleOf[code] === rule) ? 'unmet' : 'met'
  }
  // The server's check does not get the current password: where both are typed, the browser compares them.
  const judgeSame = (): RuleState => {
    if (current === '') return judge('same') === 'unmet' ? 'unmet' : 'open'
    return isSamePassword(password, current) ? 'unmet' : judge('same')
  }
  // While one is typing, a password is not yet too short.
  const hasLength = password !== '' && !lengthProblem(password, lengths)
  return {
    length: hasLength ? 'met' : judge('length'),
    guessable: judge('guessable'),
    context: judge('context'),
    same: judgeSame(),
  }
}

/** Returns true if the server treats two passwords as equal: it compares after NFKC. */
export function isSamePassword(one: string, other: string): boolean {
  return one.normalize('NFKC') === other.normalize('NFKC')
}

/** Returns the problems, one sentence each. */
export function describeProblems(problems: readonly PasswordProblem[], t: Translate): string {
  return problems
    .map(({ code, least: min, greatest, word }) =>
      t(`account.password.problem.${code}` as Word, {
        least: min ?? '',
        greatest: greatest ?? '',
        word: word ?? '',
      }),
    )
    .join(' ')
}
