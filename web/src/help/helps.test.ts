import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import en from 'virtual:texts/en'
import fi from 'virtual:texts/fi'
import sv from 'virtual:texts/sv'
import { afterAll, expect, test, vi } from 'vitest'
import type { Me } from '../api/shapes.ts'
import { screenAbove } from '../shell/screens.ts'
import { helps } from './help-paths.ts'
import { helpsOf, mayOpen, type HelpName } from './helps.ts'

// The navigation imports the client of the API, which needs an origin.
vi.hoisted(() => vi.stubGlobal('window', { location: { origin: 'http://seloste.example' } }))
afterAll(() => void vi.unstubAllGlobals())

const names = Object.keys(helps) as HelpName[]
const paths: string[] = Object.values(helps)
/** The page of all helps, a page before sign-in, a wall display, and the page of a browser that is no listening room. */
const withoutHelp = ['/help', '/welcome', '/wall', '/room']
/** Screens whose helps have no picture, because the demo has nothing on them. */
const withoutPicture: readonly HelpName[] = [
  'request-decisions',
  'anonymisation',
  'anonymisation-check',
  'anonymisation-report',
  'quality-results',
  'reconciliation',
  'recalls',
  'rights-review',
]
const parts = ['title', 'for', 'steps', 'words', 'next'] as const
const textOf = (texts: Record<string, string>, name: HelpName) =>
  parts.map((part) => texts[`help.screen.${name}.${part}`]).join('\n')

test('every screen has a help', () => {
  const routes = readFileSync(join(import.meta.dirname, '../routes.tsx'), 'utf8')
  const screens = [...routes.matchAll(/^ {2}(?:path: |page\(|  )'(\/[^']*)'/gm)].map(([, path]) => path!)
  expect(screens.length).toBeGreaterThan(60)
  expect([...paths, ...withoutHelp].toSorted()).toEqual(screens.toSorted())
})

test.each(Object.entries({ fi, sv, en }))(
  'a help has 60 to 150 words, a line for each step and word: %s',
  (_, texts) => {
    for (const name of names) {
      const text = textOf(texts, name)
      expect(text, name).not.toContain('undefined')
      const length = text.split(/\s+/).length
      expect(length, name).toBeGreaterThanOrEqual(60)
      expect(length, name).toBeLessThanOrEqual(150)
      for (const line of texts[`help.screen.${name}.words`]!.split('\n')) expect(line, name).toMatch(/^[^:]+: \S/)
    }
  },
)

test('a help has the same steps, words and links in every language, and links lead to screens', () => {
  const shapeOf = (text: string) => [
    text.split('\n').length,
    ...[...text.matchAll(/\[([^\]]*)\]/g)].map(([, to]) => to),
  ]
  for (const name of names) {
    const [first, ...others] = [fi, sv, en].map((texts) => shapeOf(textOf(texts, name)))
    expect(others, name).toEqual([first, first])
    expect(first!.slice(1).filter((to) => !paths.includes(String(to)))).toEqual([])
  }
})

test('a screen of the navigation has the same title in its help', () => {
  for (const name of names) {
    const above = screenAbove(helps[name])
    if (above?.to === helps[name]) expect(fi[`help.screen.${name}.title`], name).toBe(fi[above.word])
  }
})

test('a help has a picture that the journey takes on its screen, or is among those without', () => {
  const pictures = readdirSync(join(import.meta.dirname, 'pictures')).map((file) => file.replace('.webp', ''))
  const journey = readFileSync(join(import.meta.dirname, '../../../test/journeys/help-screens.ts'), 'utf8')
  const screens = [...journey.matchAll(/^ {2}'?([\w-]+)'?: \{\s+as: /gm)].map(([, name]) => name!)
  expect(pictures.toSorted()).toEqual(screens.toSorted())
  expect([...pictures, ...withoutPicture].toSorted()).toEqual(names.toSorted())
})

const person = (role: string, ...purposes: string[]) =>
  ({ rights: [{ role, purposes: purposes.map((purpose) => ({ purpose })) }] }) as unknown as Me

test('a person reads helps only of screens that they may open', () => {
  const official = person('OFFICIAL', 'DEVELOPMENT')
  expect(mayOpen(official, 'my-calls')).toBe(true)
  expect(mayOpen(official, 'alarms')).toBe(false)
  expect(mayOpen(official, 'authority')).toBe(false)
  const clerk = person('SERVICE_UNIT', 'INSPECTION')
  expect(mayOpen(clerk, 'contacts')).toBe(false)
  expect(mayOpen(clerk, 'contact')).toBe(true)
  expect(mayOpen(person('DATA_PROTECTION_OFFICER'), 'holds')).toBe(false)
  expect(helpsOf(official).flatMap((group) => group.names)).toContain('account')
  for (const me of [official, clerk]) {
    const mine = helpsOf(me).flatMap((group) => group.names)
    expect(mine).toEqual([...new Set(mine)])
    expect(mine.filter((name) => !mayOpen(me, name))).toEqual([])
  }
})
