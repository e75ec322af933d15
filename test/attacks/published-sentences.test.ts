/**
 * Promise: each sentence of the published description has a function and a check, or is not published (L6, L9, L26).
 * The attack: an agency's description whose data are stored abroad, or that offers what the program cannot do.
 */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { publishDescription } from '#description/publish/publish-description.ts'
import { sentencesOf } from '#description/publish/published-document.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { parseDescription, parseSuccessor } from '#description/read-description.ts'
import { languages } from '#description/closed-lists.ts'
import { readSettings } from '#platform/config/settings.ts'
import { offeredKinds } from '#use/requests/offered-requests.ts'
import { gdprText } from '#test/database/describe-from.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const notice = gdprText(seed)
const at = Temporal.Instant.from('2026-11-30T12:00:00Z')

function read(text: string) {
  const parsed = parseDescription(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.description
}
const sentences = (text: string, language: (typeof languages)[number] = 'fi') =>
  new Map(sentencesOf(publishDescription(read(text), language, at)).map((one) => [one.id, one]))

test('publishes and checks that data stay in the European Economic Area only if every storage site is in a country there', () => {
  for (const language of languages) {
    expect(sentences(notice, language).get('L26')?.promises).toEqual(['storage.sites'])
    expect(sentences(notice.replace('country: FI', 'country: US'), language).has('L26')).toBe(false)
    expect(sentences(notice.replace('      country: FI\n', ''), language).has('L26')).toBe(false)
  }
  expect(parseDescription(seed.replace('country: FI', 'country: Finland')).ok).toBe(false)
})

test('without a server’s address a bucket needs a region, because a default region could be outside the area', () => {
  const settings = (url: string) => () => readSettings({ OBJECTS_URL: url }, '/tmp')
  expect(settings('s3://bucket')).toThrow('region=')
  expect(settings('s3://bucket?region=eu-north-1')).not.toThrow()
  expect(settings('s3://bucket?endpoint=https://s3.example.fi')).not.toThrow()
})

test('promises no transcript, and refuses a new version that offers one', () => {
  const offering = seed.replace('accessTranscript: false', 'accessTranscript: true')
  const parsed = parseSuccessor(offering, [])
  expect(!parsed.ok && parsed.problems.map(({ code }) => code)).toEqual(['switch.not-available'])
  // An earlier version with that sentence is still read, but the sentence is no longer published.
  for (const language of languages) {
    const text = [...sentences(offering, language).values()].map((one) => one.text).join(' ')
    expect(text).not.toMatch(/kirjallisena|skriftlig form|given in writing/)
  }
})

test('the notice names only rights of a data subject that some kind of request implements', () => {
  const description = read(notice)
  expect(offeredKinds(description)).toEqual(
    expect.arrayContaining(['KNOW', 'LISTEN', 'HISTORY', 'RECTIFY', 'PROHIBIT', 'ERASURE', 'OBJECTION', 'RESTRICTION']),
  )
  // Erasure and objection are implemented as the prohibition, which is stronger (C2); a restriction keeps the
  // recording. The sentence states that.
  expect(sentences(notice).get('L7-rights')?.text).toMatch(
    /vastustaminen toteutetaan kieltämällä tallenteen käyttö.*rajoitetaan/,
  )
  expect(sentences(notice, 'sv').get('L7-rights')?.text).toMatch(
    /sker genom att användningen av inspelningen förbjuds.*begränsas/,
  )
  expect(sentences(notice, 'en').get('L7-rights')?.text).toMatch(/are carried out by forbidding its use.*restricted/)
})
