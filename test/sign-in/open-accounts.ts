/**
 * Opens accounts as people use them: a desk, browsers that keep their cookies, and a new person for each test who signs
 * in with a password. Every route is called over the network.
 */
import { Secret, TOTP } from 'otpauth'
import { beforeEach } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { storeSecondFactorDemand } from '#safeguards/sign-in/accounts.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '../database/people.ts'
import { makeTestRegister } from '../register/make-register.ts'
import { answer, openTestDesk } from '../register/open-desk.ts'

/** Password valid for a person without a second factor. */
export const validPassword = 'kolme harmaata hanhea'

/** Browser that keeps its cookies. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #url: string
  readonly #headers: Record<string, string>
  constructor(url: string, headers: Record<string, string>) {
    this.#url = url
    this.#headers = headers
  }

  async request(method: string, path: string, json?: unknown) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: {
        ...this.#headers,
        ...(cookie && { cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return { ...(await answer(response)), headers: response.headers }
  }

  signIn = (person: { userId: string }, secret = password, otp?: string) =>
    this.request('POST', '/api/session', { userId: person.userId, password: secret, ...(otp !== undefined && { otp }) })
}

/** Call it at the top of a test file. */
export async function openAccounts() {
  const database = await createTestDatabase<RegisterTables>()
  const desk = await openTestDesk(database, await makeTestRegister(database))
  const admin = database.as().db
  const enter = (name: string) => enterTestPerson(admin, database.as('seloste_desk').db, { name })

  let address = 0
  /** Opens a browser with an IP address of its own, so that no test is limited by another's attempts. */
  function browse(headers: Record<string, string> = {}): Browser {
    address += 1
    return new Browser(desk.url, { 'x-forwarded-for': `10.${address >> 8}.${address & 255}.1`, ...headers })
  }

  let ahead = 0
  /** Returns the next code: the time advances thirty seconds with each, because no code is valid twice. */
  function codeOf(secret: string): string {
    ahead += 30
    return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + ahead * 1000 })
  }

  const signer = { aino: undefined as unknown as TestPerson }
  beforeEach(async () => {
    await storeSecondFactorDemand(admin, 'optional')
    ahead = 0
    signer.aino = await enter('Aino Virtanen')
  })

  async function enrol(browser: Browser) {
    const begun = await browser.request('POST', '/api/account/totp', { password })
    const { id, secret } = begun.body as unknown as { id: string; secret: string }
    const otp = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
    const confirmed = await browser.request('POST', '/api/account/totp/confirmation', { id, otp })
    return { begun, confirmed, secret, recoveryCodes: confirmed.body['recoveryCodes'] as string[] }
  }

  const isSignedIn = (browser: Browser) => browser.request('GET', '/api/session').then(({ status }) => status === 200)

  return { database, desk, admin, enter, browse, codeOf, signer, enrol, isSignedIn }
}
