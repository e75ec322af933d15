import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = new URL('../../../', import.meta.url)

function help(...args: string[]): string {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(new URL('bin/seloste.js', root)), ...args], {
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  return stdout
}

test('the usage lists exactly the commands of docs/operate/commands.md, and --help after a command its forms', () => {
  const documented = readFileSync(new URL('docs/operate/commands.md', root), 'utf8').matchAll(/^\| `([a-z-]+)/gm)
  const listed = help('--help').matchAll(/^ {2}seloste ([a-z][a-z-]*)/gm)
  const names = (found: Iterable<RegExpMatchArray>) => [...new Set([...found].map(([, name]) => name))].toSorted()
  expect(names(listed)).toEqual(names(documented))
  expect(help('webhooks', '--help')).toMatch(/^ {2}seloste webhooks list .*\n +list undelivered webhooks.*\n$/)
  expect(help('nope', '--help')).toBe(help('--help'))
})
