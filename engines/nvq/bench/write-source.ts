/** Sources that a script makes: numbers in base64, as the formatter would write them. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** An expression whose value is this text, in lines. */
export const linesOf = (base64: string): string =>
  ['[', ...(base64.match(/.{1,112}/g) ?? []).map((line) => `'${line}',`), `].join('')`].join('\n')

export function writeSource(target: string, text: string): void {
  writeFileSync(target, text)
  execFileSync('npx', ['prettier', '--write', target], { stdio: 'ignore' })
}
