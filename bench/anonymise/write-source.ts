/** Sources that a script makes: numbers in base64, as the formatter would write them. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** A property whose value is this text, in lines. */
export const base64Lines = (name: string, base64: string): string =>
  [`  ${name}: [`, ...(base64.match(/.{1,112}/g) ?? []).map((line) => `    '${line}',`), `  ].join(''),`].join('\n')

export function writeSource(target: string, text: string): void {
  writeFileSync(target, text)
  execFileSync('npx', ['prettier', '--write', target], { stdio: 'ignore' })
}
