import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { gdprText, otherAgencyText, publishText } from '#test/database/describe-from.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { openTestDesk } from '#test/register/open-desk.ts'
import type { RecordOfProcessing } from '#description/publish/record-of-processing.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { languages } from '#description/closed-lists.ts'
import type { RegisterTables } from '#register/tables.ts'
import { descriptionPaths, feedbackListPaths, feedbackPaths, statementPaths, versionsAddresses } from './addresses.ts'

const seed = readFileSync(seedDescriptionFile, 'utf8')
const source = readFileSync(new URL('../../../test/vectors/register-description.fi.txt', import.meta.url), 'utf8')

// Version 1 is the seed. In force now: another agency that keeps recordings for three months. In the future: a GDPR
// notice.
const now = Temporal.Now.instant()
const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const inForce = otherAgencyText(seed).replace('recordingMonths: 6', 'recordingMonths: 3')
const change = { fi: 'Säilytys 6:sta 3 kuukauteen', sv: 'Förvaring från 6 till 3 månader', en: 'From 6 to 3 months' }
await publishText(pool, inForce, now.subtract({ hours: 1 }), [{ field: 'recordingPlan', text: change }])
await publishText(pool, gdprText(inForce), now.add({ hours: 24 * 30 }))
const desk = await openTestDesk(database, await makeTestRegister(database))

async function read(path: string) {
  const response = await desk.visitor.fetch(path)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, words: wordsOf(text) }
}

/** Returns a page's text, without its elements and head. */
function wordsOf(page: string): string {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
  return page
    .slice(Math.max(0, page.indexOf('<body')))
    .replace(/<[^>]*>/g, ' ')
    .replace(/&\w+;|&#39;/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ')
}

const publicPaths = [descriptionPaths, versionsAddresses(), statementPaths, feedbackPaths].flatMap((paths) =>
  Object.values(paths),
)

describe('the public pages', () => {
  test.each([...publicPaths, '/rekisteriseloste/1', '/rekisteriseloste/3', '/rekisteriseloste/99'])(
    '%s needs no script and loads nothing from other origins',
    async (path) => {
      const { headers, text } = await read(path)
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      )
      expect(text).not.toMatch(/<script|\son\w+=|\sstyle=|javascript:/i)
      const loaded = [...text.matchAll(/<(?:img|link)[^>]*?(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
      expect(loaded.filter((address) => !address?.startsWith('/'))).toEqual([])
    },
  )

  test('are in the language of their URL, and link to the other languages', async () => {
    for (const paths of [descriptionPaths, versionsAddresses(), statementPaths, feedbackPaths]) {
      for (const language of languages) {
        const { status, text } = await read(paths[language])
        expect(status, paths[language]).toBe(200)
        expect(text).toContain(`<html lang="${language}">`)
        for (const other of languages) expect(text).toMatch(new RegExp(`href="${paths[other]}"\\s+lang="${other}"`))
      }
    }
  })

  test('are revalidated and sent only if they have changed', async () => {
    const { headers } = await read('/rekisteriseloste')
    expect(headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
    const again = await desk.visitor.fetch('/rekisteriseloste', {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('have an error page in the language of a missing address', async () => {
    const { status, words } = await read('/registerbeskrivning/99')
    expect(status).toBe(404)
    expect(words).toContain('Det finns ingen version 99 av registerbeskrivningen.')
    expect((await read('/rekisteriseloste/0x1')).status).toBe(404)
  })
})

describe('versions', () => {
  test('the Finnish page of the seed has the text of the source, sentence for sentence, in order', async () => {
    const { words } = await read('/rekisteriseloste/1')
    const units = source
      .replaceAll('•', ' ')
      .split(/\n\s*\n|\n|(?<=\.)\s+(?=[A-ZÄÖ])/u)
      .map((unit) => unit.replace(/\s+/gu, ' ').trim())
      .filter((unit) => unit !== '')
    expect(units.length).toBeGreaterThan(50)
    let at = 0
    for (const unit of units) {
      const found = words.indexOf(unit, at)
      expect(found, `"${unit}" after "${words.slice(Math.max(0, at - 60), at)}"`).toBeGreaterThanOrEqual(at)
      at = found + unit.length
    }
  })

  test('the page shows the version in force, its hash and its start', async () => {
    const hash = createHash('sha256').update(inForce).digest('hex')
    for (const language of languages) {
      const { words } = await read(descriptionPaths[language])
      expect(words).toContain(hash)
      expect(words).toMatch(/Versio 2|Version 2/)
    }
  })

  test('a changed controller and term are in three languages, and nothing names the former agency', async () => {
    const retention = {
      fi: '2–6 kuukautta, nyt 3 kuukautta',
      sv: '2–6 månader, nu 3 månader',
      en: '2–6 months, now 3 months',
    }
    for (const language of languages) {
      const { words } = await read(descriptionPaths[language])
      expect(words).toContain(retention[language])
    }
    const paths = [...publicPaths, ...Object.values(descriptionPaths).map((path) => `${path}.json`)]
    for (const path of paths)
      expect((await read(path)).text, path).not.toMatch(/vero(?!\w)|verohal|skatteförv|tax admin/i)
  })

  test('a past and a future version are marked as such and link to the version in force', async () => {
    expect((await read('/rekisteriseloste/1')).words).toContain('Tämä versio ei ole enää voimassa.')
    expect((await read('/register-description/3')).words).toContain('This version is not in force yet.')
    for (const path of ['/rekisteriseloste/1', '/rekisteriseloste/3']) {
      expect((await read(path)).text).toContain('<a href="/rekisteriseloste">Voimassa oleva versio</a>')
    }
    expect((await read('/rekisteriseloste/2')).words).not.toContain('Voimassa oleva versio')
  })

  test('the list has every version, newest first, with its changes', async () => {
    const { words } = await read('/register-description/versions')
    expect([...words.matchAll(/Version (\d) (Upcoming|In force|Past)/g)].map(([found]) => found)).toEqual([
      'Version 3 Upcoming',
      'Version 2 In force',
      'Version 1 Past',
    ])
    expect(words).toContain(change.en)
  })

  test('a notice under the GDPR names its Articles, the basis of each purpose and the officer', async () => {
    for (const [path, words] of [
      ['/rekisteriseloste/3', ['13 ja 14 artiklan', 'Tietosuojavastaava', 'tietosuojalaki (1050/2018) 4 §']],
      ['/registerbeskrivning/3', ['artiklarna 13 och 14', 'Dataskyddsombud', 'dataskyddslagen (1050/2018) 4 §']],
      ['/register-description/3', ['Articles 13 and 14', 'Data protection officer', 'Data Protection Act (1050/2018)']],
    ] as const) {
      const page = await read(path)
      for (const word of words) expect(page.words).toContain(word)
      expect(page.words).not.toContain('10 §')
    }
  })

  test('each version has its PDF and its record of processing, in each language', async () => {
    for (const language of languages) {
      const pdf = await desk.visitor.fetch(`${descriptionPaths[language]}/3.pdf`)
      expect(pdf.headers.get('content-type')).toBe('application/pdf')
      expect(
        Buffer.from(await pdf.arrayBuffer())
          .subarray(0, 8)
          .toString(),
      ).toBe('%PDF-1.7')
      const { text } = await read(`${descriptionPaths[language]}/2.json`)
      const record = JSON.parse(text) as RecordOfProcessing
      expect(record).toMatchObject({
        format: 'seloste/record-of-processing',
        version: { version: 2, sha256: createHash('sha256').update(inForce).digest('hex') },
        controller: { name: { fi: 'Esimerkkivirasto' } },
        retention: { historyMonths: 14, recordings: { minimumMonths: 2, maximumMonths: 6, now: [{ months: 3 }] } },
        document: { language },
      })
      expect(record.document.sentences.length).toBeGreaterThan(40)
      expect(text, 'names of approvers are not published').not.toMatch(/eero|riitta/)
    }
  })
})

describe('feedback on accessibility', () => {
  const send = (path: string, fields: Record<string, string>, browser = desk.visitor) =>
    browser.fetch(path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

  test('is shown again with the entered text and every error', async () => {
    const response = await send('/saavutettavuuspalaute', { message: ' ', place: '<b>PDF</b>', email: 'ei osoite' })
    const text = await response.text()
    expect(response.status).toBe(400)
    expect(text).toContain('<title>Palautetta ei vielä lähetetty')
    expect(text).toContain('<a href="#message">Kirjoita viesti.</a>')
    expect(text).toContain('<a href="#email">Tarkista sähköpostiosoite')
    expect(text).toContain('value="&lt;b&gt;PDF&lt;/b&gt;"')
    expect(text).toContain('value="ei osoite"')
    expect(text.match(/aria-invalid="true"/g)).toHaveLength(2)
  })

  test('is acknowledged, reaches only the administrator’s list, and is answered there', async () => {
    const { administrator, decisionMaker } = await people()
    const response = await send('/accessibility-feedback', { message: 'Too small\r\ntext', email: 'a@b.example' })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/accessibility-feedback/received'])
    expect((await read('/accessibility-feedback/received')).words).toContain('Thank you for your feedback')

    for (const language of languages) {
      expect((await read(feedbackListPaths[language])).status).toBe(401)
      expect((await decisionMaker.fetch(feedbackListPaths[language])).status).toBe(403)
    }
    const { rows } = await database
      .as()
      .pool.query(
        "select from audit_entry where action = 'request.refused' and detail ->> 'operation' = 'listFeedback'",
      )
    expect(rows).toHaveLength(languages.length)
    const list = await (await administrator.fetch('/palaute')).text()
    expect(list).toContain('Too small\ntext')
    const [, answerPath = ''] = /action="(\/palaute\/[\w-]+)"/.exec(list) ?? []
    expect((await send(answerPath, { answer: 'x' }, decisionMaker)).status).toBe(403)
    const empty = await send(answerPath, { answer: '' }, administrator)
    expect([empty.status, await empty.text()]).toEqual([400, expect.stringContaining('Kirjoita, mitä vastattiin')])
    expect((await send(answerPath, { answer: 'Kokoa suurennettu.' }, administrator)).status).toBe(303)
    expect((await send(answerPath, { answer: 'Uudestaan' }, administrator)).status).toBe(409)
    expect(await (await administrator.fetch('/palaute')).text()).toContain('Kokoa suurennettu.')
  })

  test('from one address is rate limited, in any language, with a page for people', async () => {
    const statuses: number[] = []
    let last = ''
    const paths = ['/saavutettavuuspalaute', '/accessibility-feedback', '/tillganglighetsrespons']
    for (let sent = 0; sent < 6; sent += 1) {
      const response = await send(paths[sent % 3]!, { message: 'hej' })
      statuses.push(response.status)
      last = await response.text()
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303, 429])
    expect(last).toContain('<h1>För många meddelanden</h1>')
  })

  test('is counted by the writer’s address, not by that of the proxy in front', async () => {
    for (let writer = 1; writer <= 8; writer += 1) {
      const response = await desk.visitor.fetch('/accessibility-feedback', {
        method: 'POST',
        body: new URLSearchParams({ message: 'hello' }),
        redirect: 'manual',
        // X-Forwarded-For: the sender's own claim comes first, the address seen by the proxy last.
        headers: { 'x-forwarded-for': `198.51.100.1, 203.0.113.${writer}` },
      })
      expect(response.status).toBe(303)
    }
  })

  test('has a mailto link that an e-mail address cannot extend with headers or a body', async () => {
    const { administrator } = await people()
    const email = 'a?bcc=spy%40b.example&body=x@b.example'
    expect((await send('/saavutettavuuspalaute', { message: 'Hei', email })).status).toBe(303)
    const list = await (await administrator.fetch('/palaute')).text()
    expect(list).toContain('href="mailto:a%3Fbcc%3Dspy%2540b.example%26body%3Dx@b.example"')
  })

  test('that is not a form is refused, with a page for people', async () => {
    const response = await desk.visitor.fetch('/saavutettavuuspalaute', { json: { message: 'x' } })
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8'])
    const foreign = await desk.visitor.fetch('/saavutettavuuspalaute', {
      method: 'POST',
      body: '<x/>',
      headers: { 'content-type': 'text/xml' },
    })
    expect([foreign.status, await foreign.text()]).toEqual([415, expect.stringContaining('Pyyntöä ei voitu käsitellä')])
  })
})

async function people() {
  const nothing = { kind: 'none' as const, units: [], numbers: [] }
  const enter = async (role: 'ADMINISTRATOR' | 'DECISION_MAKER') => {
    const right = { role, purposes: [], scope: nothing }
    return desk.signIn(await enterTestPerson(database.as().db, database.as('seloste_desk').db, { name: role, right }))
  }
  return { administrator: await enter('ADMINISTRATOR'), decisionMaker: await enter('DECISION_MAKER') }
}
