/** Opens the public page of requests, an OpenID provider where requesters identify, and the Service Unit's desk. */
import { randomUUID } from 'node:crypto'
import { afterAll, expect } from 'vitest'
import { shippedDescriptionText, publishText } from '../database/describe-from.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { answer, publicUrl } from '../register/open-desk.ts'
import { runTestProvider, signInAtProvider, testClient } from '../sign-in/run-provider.ts'
import { openServiceUnit } from './open-service-unit.ts'
import type { HomeAsking } from '#description/closed-lists.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createRequesterIdentification } from '#safeguards/sign-in/requester-identity.ts'
import { createIdentifiedDesk } from '#use/requests/home/identified-desk.ts'

export const strong = 'two-factors'

/** Opens them for a test file; to be called at its top. */
export async function openHome(database: TestDatabase<RegisterTables>, asking: HomeAsking = 'identified') {
  const described = async (value: HomeAsking) =>
    (await shippedDescriptionText()).replace(/^(switches:\n)/m, `$1  askingFromHome: ${value}\n`)
  const before = Temporal.Now.instant().subtract({ minutes: 1 })
  if (asking !== 'off') await publishText(database.as().pool, await described(asking), before)
  const provider = await runTestProvider(publicUrl)
  afterAll(() => provider.stop())
  provider.proof = { acr: strong, amr: ['mfa'] }
  const faults: unknown[] = []
  let offset = Temporal.Duration.from({ seconds: 0 })
  const custodian = database.as('seloste_custodian').db
  const identification = createRequesterIdentification({
    db: custodian,
    now: () => Temporal.Now.instant().add(offset),
    settings: {
      issuer: provider.issuer,
      clientId: testClient.id,
      clientSecretFile: '',
      name: 'Tunnistus',
      claim: 'urn:oid:1.2.246.21',
      nameClaim: 'name',
      scopes: 'openid profile',
      acr: [strong],
    },
    secret: testClient.secret,
    publicUrl,
    onFault: (error) => faults.push(error),
  })
  const unit = await openServiceUnit(database, {
    identifiedDesk: createIdentifiedDesk(custodian, identification, () => asking === 'identified'),
  })
  const { desk } = unit

  /** Opens a browser with a network and cookies of its own. */
  function browse() {
    const cookies = new Map<string, string>()
    const network = randomUUID().slice(0, 4)
    const fetchPage = async (path: string, options: RequestInit = {}) => {
      const response = await fetch(new URL(path, desk.url), {
        ...options,
        redirect: 'manual',
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          'x-forwarded-for': `2001:db8:${network}:1::1`,
          ...(options.headers as Record<string, string> | undefined),
        },
      })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      return { status: response.status, headers: response.headers, text: await response.text() }
    }
    const send = (path: string, fields: Record<string, string | string[]>) =>
      fetchPage(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(
          Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
        ).toString(),
      })
    return { cookies, fetch: fetchPage, send }
  }
  type HomeBrowser = ReturnType<typeof browse>

  /** Goes to the provider and back; `user` is typed there. Returns the path to which the provider sent the browser. */
  async function throughProvider(browser: HomeBrowser, user: string): Promise<string> {
    const begun = await browser.fetch('/pyynto-puhelusta/tunnistaudu')
    expect(begun.status).toBe(303)
    const back = await signInAtProvider(begun.headers.get('location')!, user)
    return back.pathname + back.search
  }

  /** Identifies, and returns the ticket in the page's form. */
  async function identify(browser: HomeBrowser, user: string) {
    const page = await browser.fetch(await throughProvider(browser, user))
    expect(page.status, page.text).toBe(200)
    return ticketIn(page.text)
  }

  const form = {
    party: 'CALLER',
    kinds: ['KNOW', 'LISTEN'],
    told: 'Soitin 1.12. noin kello 10 numeroon 029 497 000.',
    name: 'Maija Meikäläinen',
    address: '',
    phone: '040 123 4567',
    email: '',
  }
  const waiting = async (by?: Parameters<typeof unit.act>[4]) => {
    const found = await unit.act('GET', '', '/api/home-requests', undefined, by)
    return found.body['items'] as {
      id: string
      requester: { name: string }
      told: string
      identifiedAt?: string
      userId?: string
    }[]
  }

  return {
    ...unit,
    ...{ provider, faults, browse, throughProvider, identify, form, waiting, described, answer },
    passTime: (duration: Temporal.DurationLike) => {
      offset = Temporal.Duration.from(duration)
    },
  }
}

export function ticketIn(page: string): string {
  const [, ticket] = /name="ticket" value="([^"]+)"/.exec(page) ?? []
  expect(ticket, page).toBeDefined()
  return ticket!
}

export function codeIn(page: string): string {
  const [, code] = /class="fetch-code">([^<]+)</.exec(page) ?? []
  expect(code, page).toBeDefined()
  return code!
}
