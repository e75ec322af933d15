import { describe, expect, test } from 'vitest'
import { promises } from '#description/promises.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'
import { openTestDesk } from '#test/register/open-desk.ts'
import { languages } from '#description/closed-lists.ts'
import type { RegisterTables } from '#register/tables.ts'
import { descriptionPaths } from './addresses.ts'

const database = await createTestDatabase<RegisterTables>()
const testPromises = await makeTestPromises(database)
await testPromises.check()
const desk = await openTestDesk(database, testPromises.register)
const aino = await desk.signIn(testPromises.aino)

const pageFor = async (browser: typeof aino, path = '/rekisteriseloste') => (await browser.fetch(path)).text()
/** Returns the proof shown beside a sentence. */
const proofOfSentence = (page: string, sentence: string) =>
  new RegExp(`id="${sentence}"[\\s\\S]*?(?=<p id="|</section>|</article>)`).exec(page)?.[0] ?? ''

describe('the evidence beside the sentences', () => {
  test('is for signed-in people, and a visitor’s page does not mention it', async () => {
    for (const language of languages) {
      const visitor = await desk.visitor.fetch(descriptionPaths[language])
      expect(visitor.headers.get('cache-control')).toContain('public')
      expect(await visitor.text()).not.toMatch(/class="(evidence|proof|summary)|is-proved|recordings\.ceiling/)
      const signedIn = await aino.fetch(descriptionPaths[language])
      expect(signedIn.headers.get('cache-control')).toBe('private, no-store')
      expect(await signedIn.text()).toContain('recordings.ceiling')
    }
  })

  test('states for each promise that it holds, with its rule, its counts, the time of the check and the test', async () => {
    const page = await pageFor(aino, '/register-description')
    expect(page).toContain(`${promises.length} promises hold.`)
    expect(page).not.toContain('class="proof broken"')
    const ceiling = proofOfSentence(page, 'S21')
    expect(ceiling).toMatch(/<strong>Holds\.<\/strong>/)
    for (const word of ['Last checked', 'Rule', 'Counts', 'The test that would fail otherwise', '.test.ts']) {
      expect(ceiling).toContain(word)
    }
  })

  test('states if nothing proves a sentence', async () => {
    expect(proofOfSentence(await pageFor(aino, '/register-description'), 'S33')).toContain('Nothing proves this yet')
  })

  test('shows a visitor which sentences are not checked, in every language', async () => {
    const title = {
      fi: 'Mitä järjestelmä ei voi tarkistaa',
      sv: 'Vad systemet inte kan kontrollera',
      en: 'What the system cannot check',
    }
    for (const language of languages) {
      const page = await pageFor(desk.visitor, descriptionPaths[language])
      const section = /class="not-checked on-screen"[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
      expect(section).toContain(title[language])
      expect(section).toContain('href="#S33"')
      expect(section).not.toContain('href="#S35"')
    }
  })

  test('does not hold as a whole if a proof is missing', async () => {
    expect(await pageFor(aino)).toContain('class="summary holds"')
    await testPromises.tamper("delete from proof where promise = 'recordings.floor'")
    const page = await pageFor(aino, '/register-description')
    expect(page).toContain(`${promises.length - 1} promises hold. 1 promise has not been checked yet.`)
    expect(page).toContain('class="summary broken"')
    await testPromises.check()
  })

  test('marks a sentence as broken if its proof fails, at its place and at the top, in every language', async () => {
    await testPromises.tamper(
      "update contact set history_ends_at = now() - interval '3 days', ended_at = ended_at - interval '15 months' where id = (select id from contact limit 1)",
    )
    await testPromises.check()
    const words = { fi: 'Ei pidä paikkaansa.', sv: 'Stämmer inte.', en: 'Does not hold.' }
    for (const language of languages) {
      const page = await pageFor(aino, descriptionPaths[language])
      expect(proofOfSentence(page, 'S20')).toContain('class="proof broken"')
      expect(page).toMatch(/class="proved is-broken">\s*<p id="S20"/)
      expect(proofOfSentence(page, 'S20')).toContain(words[language])
      expect(page).toMatch(/class="summary broken"[\s\S]*?<a href="#S20"/)
    }
  })

  test('does not hold if a proof is too old', async () => {
    await testPromises.tamper("update proof set checked_at = now() - interval '31 minutes'")
    expect(await pageFor(aino, '/register-description')).toContain('0 promises hold.')
  })
})
