/** Writes generated sources: numbers in base64, formatted as by the formatter. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** Returns an expression for this text, on several lines. */
export const linesOf = (base64: string): string =>
  ['[', ...(base64.match(/.{1,112}/g) ?? []).map((line) => `'${line}',`), `].join('')`].join('\n')

export function writeSource(target: string, text: string): void {
  writeFileSync(target, text)
  execFileSync('npx', ['prettier', '--write', target], { stdio: 'ignore' })
}
