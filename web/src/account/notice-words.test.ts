import { describe, expect, test } from 'vitest'
import type { AccountNotice } from '../api/shapes.ts'
import en from 'virtual:texts/en'
import fi from 'virtual:texts/fi'
import sv from 'virtual:texts/sv'
import { translateWith, type Texts } from '../language/texts.ts'
import { groupNotices, noticeText } from './notice-words.ts'

const notice = (kind: AccountNotice['kind'], more: Partial<AccountNotice> = {}): AccountNotice => ({
  id: 'x',
  kind,
  at: '2026-11-30T10:00:00Z',
  seen: false,
  own: false,
  ...more,
})
const notices = [
  notice('sign-in', { device: 'Firefox, Linux' }),
  notice('directory-ended', { ended: 'number' }),
  notice('sign-in', { device: 'Chrome, Windows' }),
  notice('directory-ended', { ended: 'employment' }),
  notice('sign-in', { device: 'Firefox, Linux' }),
]

describe('notices of one kind', () => {
  test.each<[string, Texts, string, string]>([
    [
      'fi',
      fi,
      '3 kirjautumista uusilla selaimilla: Firefox, Linux; Chrome, Windows.',
      'Numerosi merkittiin hakemistossa päättyneeksi. ',
    ],
    [
      'sv',
      sv,
      '3 inloggningar i nya webbläsare: Firefox, Linux; Chrome, Windows.',
      'Ditt nummer markerades som avslutat i katalogen. ',
    ],
    [
      'en',
      en,
      '3 sign-ins in new browsers: Firefox, Linux; Chrome, Windows.',
      'Your number was marked as ended in the directory. ',
    ],
  ])('are one sentence with the newest notice first (%s)', (lng, translation, signIns, number) => {
    const text = groupNotices(notices).map((group) => noticeText(group, translateWith(translation, lng)))
    expect(text).toEqual([signIns, expect.stringMatching(`^${number}`), expect.not.stringMatching(/notice\.|{{/)])
  })
})
