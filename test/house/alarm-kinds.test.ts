import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Alarm } from '../../src/app/http/contract/watch.ts'

test('docs/operate/watch.md lists each kind of alarm', () => {
  const kinds = (Alarm.properties.kind as unknown as { enum: string[] }).enum
  const text = readFileSync('docs/operate/watch.md', 'utf8')
  const rows = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, kind]) => kind)
  expect(rows.sort()).toEqual([...kinds].sort())
})
