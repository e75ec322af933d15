// temporary: looks
import cookie from '@fastify/cookie'
import fastifyStatic from '@fastify/static'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { chromium } from 'playwright-core'
import { AxeBuilder } from '@axe-core/playwright'
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { expect, test, afterAll } from 'vitest'
import { chromiumArgs, findChromium } from '#test/house/find-chromium.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { promises } from '#description/promises.ts'
import { readText } from '#safeguards/versions/versions.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { publicationRoutes } from './publication-routes.ts'
import { seedDescriptionFile } from '#description/read-description.ts'

const database = await createTestDatabase<RegisterTables>()
const seed = readFileSync(seedDescriptionFile, 'utf8')

const proofs = promises.map((promise) => ({
  promise,
  holds: promise !== 'recordings.ceiling' || !process.env['BROKEN'],
  checkedAt: '2026-11-25T04:00:00Z',
  text: {
    fi: 'Kuudesta tuhannesta 812 tallenteesta yksikään ei ole yli 6 kuukautta vanha.',
    sv: 'Av 6 812 inspelningar är ingen äldre än 6 månader.',
    en: 'Of 6,812 recordings none is older than 6 months.',
  },
  facts: { recordings: 6812, oldest: '2026-06-02T10:00:00Z', over: 0 },
  rule: 'no recording whose ceiling has passed has a body or a key',
  test: 'src/destruction/retention/sweep.test.ts: "a recording is gone at its ceiling"',
}))

test('look', async () => {
  const gdpr = process.env['PROFILE'] === 'gdpr'
  const edit = (text: string) => (gdpr ? gdprText(text) : text)
  const now = Temporal.Now.instant()
  const make = (version: number, from: Temporal.Instant, text: string) => ({
    version,
    effectiveFrom: from,
    approvedAt: from,
    author: null,
    approver: null,
    ...readText(text, 'x'),
  })
  const all = [
    make(1, Temporal.Instant.from('2025-12-31T22:00:00Z'), edit(seed)),
    make(
      2,
      Temporal.Instant.from('2026-09-30T21:00:00Z'),
      edit(seed).replace('recordingMonths: 6', 'recordingMonths: 3'),
    ),
    make(3, now.add({ hours: 24 * 30 }), edit(seed)),
  ]
  const versions = {
    all: process.env['VERSIONS'] ? all : all.slice(0, 1),
    at: () => all[0]!,
    stop: async () => undefined,
  }
  const app = Fastify({ logger: false })
  await app.register(cookie)
  await app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"] } } })
  await app.register(rateLimit, { global: false })
  const desk = {
    db: database.as('seloste_desk').db,
    versions,
    clock: systemClock,
    custodian: undefined,
    onCallChanged: () => () => undefined,
  }
  await publicationRoutes(app as never, desk as never, { readProofs: async () => proofs as never })
  app.get('/seloste.svg', async (_r, reply) =>
    reply.type('image/svg+xml').send(readFileSync(new URL('../../../web/public/seloste.svg', import.meta.url))),
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const admin = await enterTestPerson(database.as().db, database.as('seloste_desk').db, {
    name: 'Päivi Pääkäyttäjä',
    right: { role: 'ADMINISTRATOR' as never, purposes: [], scope: { kind: 'none', units: [], numbers: [] } as never },
  })
  const session = await admin.signIn()
  const found = await findChromium()
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    args: chromiumArgs,
    env: { ...process.env, ...found.env } as never,
  })
  const jobs = (process.env['LOOK'] ?? '/rekisteriseloste').split(',')
  const widths = (process.env['WIDTHS'] ?? '1440').split(',').map(Number)
  try {
    for (const signed of (process.env['SIGNED'] ?? 'no').split(','))
      for (const width of widths) {
        const context = await browser.newContext({ viewport: { width, height: 900 } })
        if (signed === 'yes') await context.addCookies([{ name: 'seloste', value: session.token, url }])
        for (const path of jobs) {
          const page = await context.newPage()
          const strayed: string[] = []
          page.on('console', (m) => strayed.push(m.text()))
          await page.goto(url + path)
          if (process.env['OPEN'])
            await page.evaluate('document.querySelectorAll("details").forEach((d, i) => { if (i < 2) d.open = true })')
          const name = `/tmp/c-shots/${process.env['NAME'] ?? ''}${path.replaceAll(/\W/g, '_')}-${width}-${signed}`
          await page.screenshot({ path: `${name}.png`, fullPage: true })
          const sideways = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          )
          const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze()
          console.log(
            path,
            width,
            signed,
            'sideways',
            sideways,
            'axe',
            violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`),
            strayed,
          )
          if (process.env['PDF'])
            await page.pdf({ path: `${name}.pdf`, preferCSSPageSize: true, printBackground: true })
          await page.close()
        }
        await context.close()
      }
  } finally {
    await browser.close()
    await app.close()
  }
}, 200_000)

function gdprText(text: string) {
  return text
    .replace('profile: seed', 'profile: gdpr')
    .replace(
      /( {4}dataSets: \[)/g,
      "    legalBasis: { fi: 'Yleinen tietosuoja-asetus 6 artikla 1 kohta e alakohta, tietosuojalaki (1050/2018) 4 §', sv: 'Allmänna dataskyddsförordningen artikel 6.1 e, dataskyddslagen (1050/2018) 4 §', en: 'General Data Protection Regulation Article 6(1)(e), Data Protection Act (1050/2018) section 4' }\n$1",
    )
    .replace(
      'contacts:\n',
      "contacts:\n  dataProtectionOfficer: { address: { fi: 'PL 325, 00052 VERO', sv: 'PB 325, 00052 SKATT', en: 'PO Box 325, 00052 VERO' }, email: tietosuoja@vero.example, phone: 029 512 000 }\n",
    )
}
