/**
 * Opens a desk as people use it: the real server on a free port, and the real custodian behind a Unix socket. Returns
 * browsers. Every route is called over the network.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach } from 'vitest'
import { createCallFlows, type CallFlows } from '#capture/session/seen/call-flows.ts'
import type { RefusalCode } from '#app/http/refuse.ts'
import { createReadRateLimit } from '#app/http/read-rate-limit.ts'
import type { Desk } from '#app/http/desk.ts'
import { serve, type ServeOptions } from '#app/http/serve.ts'
import { startAnonymisedCopies } from '#app/custodian/jobs/anonymised-copies.ts'
import { logKeyHandler } from '#app/custodian/log-key-handler.ts'
import type { OpenVoiceEngines } from '#app/custodian/voice-engines.ts'
import { startNodeHeartbeat } from '#app/capture/node-heartbeat.ts'
import { startPackages } from '#app/custodian/jobs/packages.ts'
import { copyHandlers } from '#app/custodian/copy-handlers.ts'
import { openCaptures } from '#app/desk/captures.ts'
import { answerCallFlows, readCallFlows } from '#app/capture/call-flow-requests.ts'
import { connectCustodian } from '#app/custodian/custodian-client.ts'
import { createDeskHandler, serveCustodian } from '#app/custodian/custodian-server.ts'
import { followVersions } from '#app/roles/follow-versions.ts'
import { identifiedDeskHandlers } from '#app/custodian/home-handlers.ts'
import { identityProviderHandlers, passkeyHandlers } from '#app/custodian/sign-in-handlers.ts'
import { secondFactorHandlers } from '#app/custodian/second-factor-handlers.ts'
import { createDryRunner } from '#app/custodian/dry-run-draft.ts'
import { custodianAtSocket } from '#app/custodian/custodian-transport.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { makeLog } from '#platform/log/log.ts'
import type { IdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import { createPasskeys } from '#safeguards/sign-in/passkeys.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createSecondFactors } from '#safeguards/sign-in/second-factor.ts'
import { readSignInKeys } from '#safeguards/sign-in/sign-in-key.ts'
import { createAudioServer } from '#use/playback/serve-audio.ts'
import { createCopyDownloads } from '#use/requests/acts/fetch-copy.ts'
import type { IdentifiedDesk } from '#use/requests/home/identified-desk.ts'
import { createCopyMaker } from '#use/requests/acts/make-copy.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { password } from '../database/people.ts'
import type { TestRegister } from './make-register.ts'

export interface Browser {
  /** Session cookie, for requests that are sent without `fetch`. */
  readonly cookie?: string | undefined
  /** Fetches with the browser's cookie, as the page itself would. */
  fetch: (path: string, options?: RequestInit & { json?: unknown }) => Promise<Response>
}

export interface TestDesk {
  url: string
  /** Lines of the server's log so far. */
  log: string[]
  /** Faults of the custodian's parts so far: lines of their log, and the reported errors. */
  faults: readonly unknown[]
  /** Browser without a session that reads public pages, from another network in each test. */
  visitor: Browser
  signIn: (person: { userId: string }) => Promise<Browser>
  stopCustodian: () => Promise<void>
  /** Notifies the desk that a call has changed. */
  notifyCalls: () => void
}

/** Public URL of a test desk, for its passkeys. */
export const publicUrl = 'https://seloste.example'

/** Limits that no test reaches. A test views more in a minute than a person does, and would wait. */
const noReadLimits = { inMinute: 100_000, inHour: 100_000 }

/** Call it at the top of a test file; it is closed after the file's tests. */
export async function openTestDesk(
  database: TestDatabase<RegisterTables>,
  register: TestRegister,
  {
    identityProvider,
    identifiedDesk,
    engines,
    flows = createCallFlows({ nowMs: () => systemClock.now().epochMilliseconds, uuid: randomUUID }),
    web: webOptions = {},
    health = {},
    readLimits = noReadLimits,
  }: {
    identityProvider?: IdentityProvider
    identifiedDesk?: IdentifiedDesk
    engines?: OpenVoiceEngines
    flows?: CallFlows
    web?: Partial<ServeOptions>
    health?: Partial<Awaited<ReturnType<Desk['health']>>>
    /** Views after which a person's next ones are slowed down: by default none. */
    readLimits?: { inMinute: number; inHour: number }
  } = {},
): Promise<TestDesk> {
  const webFolder = join(register.folder, 'web')
  await mkdir(join(webFolder, 'assets'), { recursive: true })
  await writeFile(
    join(webFolder, 'index.html'),
    '<!doctype html><script nonce="__CSP_NONCE__"></script><title>x</title>',
  )
  await writeFile(join(webFolder, 'assets', 'app-abc.js'), 'export {}')
  const socket = join(register.folder, 'c')
  const faults: unknown[] = []
  const audio = createAudioServer(database.as('seloste_custodian').db, register.objects, register.keys)
  const factors = createSecondFactors(database.as('seloste_custodian').db, await readSignInKeys(register.keys), () =>
    systemClock.now(),
  )
  const passkeys = createPasskeys({
    db: database.as('seloste_custodian').db,
    now: () => systemClock.now(),
    relyingParty: { origin: publicUrl, host: new URL(publicUrl).hostname },
    service: () => 'Seloste',
    secondFactors: factors,
  })
  const versions = await followVersions({
    db: database.as('seloste_desk').db,
    databaseUrl: database.url('seloste_desk'),
    onFault: (fault) => faults.push(fault),
  })
  const anonymised = await startAnonymisedCopies(
    {
      store: register.ingest,
      pool: database.as('seloste_custodian').pool,
      versions,
      clock: systemClock,
      log: makeLog({ name: 'custodian', write: (line) => faults.push(line), pretty: false }),
    },
    // Serves audio without a rate limit.
    { pace: { leadMs: Infinity, pieceMs: 0 }, ...(engines && { engines }) },
  )
  const packages = await startPackages({
    store: register.ingest,
    pool: database.as('seloste_custodian').pool,
    versions,
    clock: systemClock,
    log: makeLog({ name: 'custodian', write: (line) => faults.push(line), pretty: false }),
  })
  const copies = createCopyMaker({
    ...register.ingest,
    isOffered: () => versions.at(systemClock.now()).description.switches.accessCopy,
    onFault: (fault) => faults.push(fault),
  })
  const answers = {
    ...audio,
    blockers: () => [],
    tryDraft: createDryRunner(database.as('seloste_custodian').db, systemClock),
    playCopy: anonymised.playbacks.audio,
    jsonHandlers: {
      ...logKeyHandler(register.keys),
      ...anonymised.jsonHandlers,
      ...packages.jsonHandlers,
      ...secondFactorHandlers(factors),
      ...passkeyHandlers(passkeys),
      ...copyHandlers(copies, createCopyDownloads(register.ingest)),
      ...(identityProvider && identityProviderHandlers(identityProvider)),
      ...(identifiedDesk && identifiedDeskHandlers(identifiedDesk)),
    },
  }
  const answerDesk = createDeskHandler(answers, (fault) => faults.push(fault))
  const custodian = await serveCustodian(socket, answerDesk)
  const log: string[] = []
  const watchers = new Set<() => void>()
  const onFault = (fault: unknown) => void faults.push(String(fault))
  const url = (role: string) => database.url(role)
  const node = startNodeHeartbeat({
    ...{
      db: database.as('seloste_capture').db,
      databaseUrl: url('seloste_capture'),
      onFault,
      onEnded: () => undefined,
    },
    node: { id: randomUUID(), name: 'capture-1', version: '0.0.0', startedAt: systemClock.now() },
    state: () => ({ draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }),
    answer: (request) => Promise.resolve(answerCallFlows(flows, request)),
  })
  const captures = openCaptures({ db: database.as('seloste_desk').db, databaseUrl: url('seloste_desk'), onFault })
  const web = await serve(
    {
      db: database.as('seloste_desk').db,
      custodian: connectCustodian(
        custodianAtSocket(socket, makeLog({ name: 'desk', write: (line) => void log.push(line) })),
      ),
      versions,
      clock: systemClock,
      flows: readCallFlows(captures),
      readRateLimit: createReadRateLimit(database.as('seloste_desk').db, systemClock, readLimits),
      health: () => Promise.resolve({ missing: [], silentCaptures: [], blockers: [], ...health }),
      sip: ['sip:127.0.0.1:5060'],
      signInConfig: {
        publicUrl,
        ...(identityProvider && { identityProvider: { name: 'Virkamiestunnistus' } }),
        ...(identifiedDesk && { requesterIdentity: { name: 'Tunnistus' } }),
      },
      onCallChanged(changed) {
        watchers.add(changed)
        return () => watchers.delete(changed)
      },
    },
    {
      host: '127.0.0.1',
      port: 0,
      webFolder,
      version: '0.0.0',
      log: makeLog({ name: 'desk', write: (line) => log.push(line), pretty: false }),
      metrics: () => Promise.resolve({ type: 'text/plain', text: '' }),
      ...webOptions,
    },
  )
  afterAll(async () => {
    await web.stop()
    await Promise.all([node.stop(), captures.stop()])
    await custodian.stop()
    await copies.stop()
    await anonymised.stop()
    await packages.stop()
    await versions.stop()
  })

  // Uses another network in each test for reading public pages, because rate limits count by visitor.
  let networks = 0
  beforeEach(() => {
    networks += 1
  })
  function browse(cookie?: string): Browser {
    return {
      cookie,
      fetch(path, { json, ...options } = {}) {
        const headers = new Headers(options.headers)
        if (cookie !== undefined) headers.set('cookie', cookie)
        if (json !== undefined) headers.set('content-type', 'application/json')
        return fetch(new URL(path, web.url), {
          ...options,
          headers,
          ...(json !== undefined && { method: options.method ?? 'POST', body: JSON.stringify(json) }),
        })
      },
    }
  }

  return {
    url: web.url,
    log,
    faults,
    visitor: {
      fetch: (path, options) => {
        const headers = new Headers(options?.headers)
        const isPage = !/^\/(api|health|metrics)\b/.test(new URL(path, web.url).pathname)
        if (isPage && !headers.has('x-forwarded-for'))
          headers.set('x-forwarded-for', `2001:db8:${networks.toString(16)}::1`)
        return browse().fetch(path, { ...options, headers })
      },
    },
    async signIn({ userId }) {
      const answer = await browse().fetch('/api/session', { json: { userId, password } })
      const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
      if (!cookie) throw new Error(`sign-in answered ${answer.status}`)
      return browse(cookie)
    },
    stopCustodian: () => custodian.stop(),
    notifyCalls() {
      for (const watcher of watchers) watcher()
    },
  }
}

export interface Answer {
  error?: { code: RefusalCode; message: string; field?: string }
  [field: string]: unknown
}

/** Returns status, code and body of a JSON answer. */
export async function answer(response: Response | Promise<Response>) {
  const given = await response
  const text = await given.text()
  const body = ((text && JSON.parse(text)) || {}) as Answer
  return { status: given.status, code: body.error?.code, field: body.error?.field, body }
}

/** Starts a listening under QUALITY, as the player does. */
export async function beginListening(browser: Browser, recordingId: string) {
  const { body } = await answer(
    browser.fetch(`/api/recordings/${recordingId}/listenings`, { json: { purpose: 'QUALITY' } }),
  )
  return body as unknown as { id: string; audio: string; peaks: string; until: string }
}
