/**
 * What a password has to be (NIST SP 800-63B-4). In: the password, the rules of the person, what the server found. Out:
 * each rule and whether it is met. Never here: the list of common passwords; the server has it.
 */
import type { PasswordProblem } from '../api/shapes.ts'
import type { Say, Word } from '../language/use-words.ts'

export interface PasswordLengths {
  /** In characters, after NFKC. */
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

/** So many characters as the server counts them: code points after NFKC. */
export function lengthOf(password: string): number {
  return [...password.normalize('NFKC')].length
}

/** What is wrong with the length, which needs no server. */
export function lengthProblem(password: string, { least, greatest }: PasswordLengths): PasswordProblem | undefined {
  const length = lengthOf(password)
  if (length < least) return { code: 'too-short', least }
  if (length > greatest) return { code: 'too-long', greatest }
  return undefined
}

/**
 * Whether each rule is met. That it is long enough is seen at once; everything else once the server has answered for this
 * very password (`found`), and is open until then. `current` is the password of now, where it has been written too.
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
  // The server does not know the present password; whoever writes both does.
  const judgeSame = (): RuleState => {
    if (current === '') return judge('same') === 'unmet' ? 'unmet' : 'open'
    return isSamePassword(password, current) ? 'unmet' : judge('same')
  }
  // While one still writes, a password is not too short yet.
  const hasLength = password !== '' && !lengthProblem(password, lengths)
  return {
    length: hasLength ? 'met' : judge('length'),
    guessable: judge('guessable'),
    context: judge('context'),
    same: judgeSame(),
  }
}

/** True where two passwords are one to the server, which compares them after NFKC. */
export function isSamePassword(one: string, other: string): boolean {
  return one.normalize('NFKC') === other.normalize('NFKC')
}

/** What is wrong, a sentence each. */
export function tellProblems(problems: readonly PasswordProblem[], say: Say): string {
  return problems
    .map(({ code, least, greatest, word }) =>
      say(`account.password.problem.${code}` as Word, {
        least: least ?? '',
        greatest: greatest ?? '',
        word: word ?? '',
      }),
    )
    .join(' ')
}
