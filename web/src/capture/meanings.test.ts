import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { meaningOf, reviewNames, sourceNames } from './meanings.ts'

const siprec = join(import.meta.dirname, '../../../src/capture/siprec')

/** Returns the members of a union of strings in a file of capture. */
function membersOf(file: string, type: string): string[] {
  const text = readFileSync(join(siprec, file), 'utf8')
  const [, union] = new RegExp(`export type ${type} =([^/]*?)\n\n`).exec(text)!
  return [...union!.matchAll(/'(\w+)'/g)].map(([, name]) => name!)
}

test('every source of a value and every unclear case has a meaning', () => {
  const sources = [...membersOf('party-evidence.ts', 'Source'), ...membersOf('identified-parties.ts', 'StreamSource')]
  expect([...sourceNames].toSorted()).toEqual([...new Set(sources)].toSorted())
  expect([...reviewNames].toSorted()).toEqual(membersOf('identified-parties.ts', 'ReviewReason').toSorted())
})

test('a name that has no meaning is shown as it is', () => {
  const t = (key: string) => key
  expect(meaningOf({ kind: 'caller', name: 'neither' }, t)).toBe('capture.source.neither')
  expect(meaningOf({ kind: 'review', name: 'streamsByOrder' }, t)).toBe('capture.review.streamsByOrder')
  expect(meaningOf({ kind: 'caller', name: 'of-a-later-version' }, t)).toBeUndefined()
  expect(meaningOf({ kind: 'header', name: 'from' }, t)).toBeUndefined()
})
