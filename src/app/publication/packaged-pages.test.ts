// Pages in packages: readable anywhere, and without active content.
import { expect, test } from 'vitest'
import { readDescription } from '#description/read-description.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { dayText } from '#description/value-texts.ts'
import { readLetterStyle } from './letter-page.ts'
import { packagedPages } from './packaged-pages.ts'

const description = await readDescription()
const today = Temporal.PlainDate.from('2026-11-27')
const pages = packagedPages(() => ({ description, today }), await readLetterStyle())
const hostile = `"><script src=https://x.example/a.js></script><img src=x onerror=alert(1)> & ' \u202e ${'x'.repeat(150)}`

const letterIn = (language: Language, ...levels: ('T' | 'N' | 'D')[]) =>
  pages.research(
    {
      ...{ id: 'x', number: 'T-2026-1', language, dueOn: '2026-12-31', format: 'OPUS' as const },
      ...{ institute: 'Institute', study: 'Study' },
    },
    levels.map((level, n) => ({ name: `${n}.opus`, sha256: `${n}`.repeat(64), level, durationS: 5 })),
  )

const expectInert = (page: string) => {
  const withoutText = page.replaceAll(/>[^<]*/g, '>')
  expect(withoutText).not.toMatch(/<(script|img|link|iframe|object|a|form|base)\b|\bon\w+=|https?:|url\(/i)
  expect(page).toContain(`http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'"`)
  expect(page).toContain('&lt;script src=')
}

test.each(languages)(
  'the letter to an institute runs and loads nothing, whatever the name of its study (%s)',
  (language) => {
    const about = { id: 'x', number: 'T-2026-1', language, dueOn: '2026-12-31', format: 'OPUS' as const }
    const files = [{ name: 'ab.opus', sha256: '0'.repeat(64), level: 'D' as const, durationS: 5 }]
    const page = pages.research({ ...about, institute: hostile, study: hostile }, files)
    expectInert(page)
    expect(page).toContain(`<html lang="${language}">`)
  },
)

test.each([
  ['fi', 'Tallenteiden luovutus tutkimuslaitokselle', 'anonymisoitua', 'Jäljennöksistä 1 on vain pseudonymisoitu'],
  ['sv', 'Utlämnande av inspelningar', 'anonymiserade', '1 av kopiorna är bara pseudonymiserad:'],
  ['en', 'Recordings disclosed to a research institute', 'anonymised', '1 of the copies is only pseudonymised'],
] as const)(
  'the letter is in the institute’s language, with its dates, and calls only anonymised files anonymised (%s)',
  (language, title, anonymised, pseudonymised) => {
    const good = letterIn(language, 'T', 'N')
    expect(good).toContain(title)
    expect(good).toContain('2026')
    expect(good).toContain(dayText(today)[language])
    expect(good).toContain('1'.repeat(64))
    expect(good).toMatch(new RegExp(`\\b${anonymised}`))
    expect(good).not.toContain('seudonymi')
    const mixed = letterIn(language, 'T', 'D')
    expect(mixed).toContain(pseudonymised)
    // Only the one anonymised file is called anonymised.
    expect(mixed.replaceAll(/<td>[^<]*<\/td>/g, '')).not.toMatch(new RegExp(`\\b${anonymised}`))
    expect(mixed.match(/<td>[^<]*seudonymi[^<]*<\/td>/g)).toHaveLength(1)
    expect(good).not.toMatch(/<td>[^<]*nonymi/)
  },
)

test.each([
  ['fi', 'yksi anonymisoitu jäljennös puhelutallenteesta', 'Jäljennös on vain pseudonymisoitu'],
  ['sv', 'en anonymiserad kopia av en samtalsinspelning', 'Kopian är bara pseudonymiserad:'],
  ['en', 'one anonymised copy of a call recording', 'The copy is only pseudonymised'],
] as const)('one copy is mentioned in the singular (%s)', (language, anonymised, pseudonymised) => {
  expect(letterIn(language, 'N')).toContain(anonymised)
  expect(letterIn(language, 'D')).toContain(pseudonymised)
})

test.each(languages)(
  'the letter names its sender, and names it again as the recipient of the institute’s confirmation (%s)',
  (language) => {
    const { name, unit, postalAddress, switchboard } = description.controller
    const letter = letterIn(language, 'T')
    for (const text of [name, unit, postalAddress, switchboard]) expect(letter.split(text[language])).toHaveLength(3)
  },
)

test('the page of identification data runs and loads nothing, whatever the name of the authority', () => {
  const about = { id: 'x', number: 'V-2026-1', decidedAt: Temporal.Now.instant(), provision: null }
  const part = { seq: 1, number: null, answeredAt: null, endedAt: null, officialName: hostile, officialPhone: null }
  const call = { item: 1, startedAt: '2026-01-01T00:00:00Z', endedAt: null, caller: null, number: null, parts: [part] }
  expectInert(pages.authority({ ...about, authority: hostile, caseNumber: hostile }, [call]))
})
