// What lies in packages for whoever opens them: read anywhere, and nothing in it does anything.
import { expect, test } from 'vitest'
import { readDescription } from '#description/read-description.ts'
import { languages } from '#description/register-description.ts'
import { packagedPages } from './packaged-pages.ts'

const description = await readDescription()
const pages = packagedPages(() => description)
const hostile = `"><script src=https://x.example/a.js></script><img src=x onerror=alert(1)> & ' \u202e ${'x'.repeat(150)}`

const inert = (page: string) => {
  const withoutText = page.replaceAll(/>[^<]*/g, '>')
  expect(withoutText).not.toMatch(/<(script|img|link|iframe|object|a|form|base)\b|\bon\w+=|https?:|url\(/i)
  expect(page).toContain(`http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'"`)
  expect(page).toContain('&lt;script src=')
}

test.each(languages)(
  'the letter to an institute runs and fetches nothing, whatever its study is called (%s)',
  (language) => {
    const about = { id: 'x', number: 'T-2026-1', language, dueOn: '2026-12-31', format: 'OPUS' as const }
    const files = [{ name: 'ab.opus', sha256: '0'.repeat(64), level: 'D' as const, durationS: 5 }]
    const page = pages.research({ ...about, institute: hostile, study: hostile }, files)
    inert(page)
    expect(page).toContain(`<html lang="${language}">`)
  },
)

test('the page of identification data runs and fetches nothing, whatever the authority is called', () => {
  const about = { id: 'x', number: 'V-2026-1', decidedAt: Temporal.Now.instant(), provision: null }
  const part = { seq: 1, number: null, answeredAt: null, endedAt: null, officialName: hostile, officialPhone: null }
  const call = { item: 1, startedAt: '2026-01-01T00:00:00Z', endedAt: null, caller: null, number: null, parts: [part] }
  inert(pages.authority({ ...about, authority: hostile, caseNumber: hostile }, [call]))
})
