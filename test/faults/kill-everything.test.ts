/**
 * K1 for all processes: custodian, desk, feeds, capture and single database connections are killed while calls are
 * recorded, detail records arrive and people view. Everything that was acknowledged must be there afterwards. Seloste
 * is started as an operator starts it, and observed from outside.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPacer } from '../simulator/pacer.ts'
import { numbersCalled, officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { seedRandom } from '../simulator/random.ts'
import { eventually, signInAt, type Api } from '../whole/api.ts'
import { adminUrlOf } from '../whole/external-state.ts'
import { startSeloste, type RunningSeloste } from '../whole/start-seloste.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const calls = isLong ? 20 : 4
const kills = Number(process.env['SELOSTE_KILLS'] ?? (isLong ? 50 : 5))
const seed = Number(process.env['SELOSTE_SEED'] ?? '7')
/** People who view: several, because many views of one person are slowed down. */
const viewers = ['aino', 'eero', 'ilona']
const official = officialByKey('aino')
const { testLine, national } = numbersCalled
const victims = ['custodian', 'desk', 'feeds', 'capture', 'database'] as const
type Victim = (typeof victims)[number]

let folder = ''
let seloste: RunningSeloste
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-kills-'))
  await mkdir(cdrFolder())
  const feeds = join(folder, 'feeds.yaml')
  const fields = 'callId: id, startedAt: start, answeredAt: answer, endedAt: end, caller: caller, called: called'
  await writeFile(
    feeds,
    `feeds:
  - name: keskus
    source: csv
    folder: ${cdrFolder()}
    settleSeconds: 0
    fields: { ${fields}, official: official }
`,
    { mode: 0o600 },
  )
  seloste = await startSeloste({ isPrepared: true, environment: { SELOSTE_FEEDS: feeds } })
}, 200_000)
afterAll(async () => {
  await seloste.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const cdrFolder = () => join(folder, 'cdrs')

/** Writes the detail record of a call that only the telephone system reports; the file is complete when it appears. */
async function reportCall(n: number): Promise<void> {
  const at = (secondsAgo: number) =>
    Temporal.Now.instant().subtract({ seconds: secondsAgo }).toString({ smallestUnit: 'second' })
  const row = [`fed-${n}`, at(90), at(80), at(20), `+35840128${4000 + n}`, national, official.phone]
  const unfinished = join(folder, `${n}.csv`)
  await writeFile(unfinished, `id;start;answer;end;caller;called;official\n${row.join(';')}\n`)
  await rename(unfinished, join(cdrFolder(), `${n}.csv`))
}

/** Returns the server processes that serve Seloste's roles; empty while the server restarts. */
async function databaseConnections(): Promise<number[]> {
  const client = new Client({ connectionString: await adminUrlOf(seloste.dataDirectory) })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where usename like 'seloste\\_%' and backend_type = 'client backend'`,
    )
    return rows.map(({ pid }) => pid)
  } catch {
    return []
  } finally {
    await client.end()
  }
}

/** Returns the victim of each kill: every kind equally often, in random order. */
function shuffleVictims(random: ReturnType<typeof seedRandom>): Victim[] {
  const order: Victim[] = []
  while (order.length < kills) {
    const left = [...victims]
    while (left.length > 0) order.push(...left.splice(random.integer(0, left.length - 1), 1))
  }
  return order.slice(0, kills)
}

async function kill(victim: Victim, random: ReturnType<typeof seedRandom>): Promise<void> {
  const pid = await eventually(
    async () => {
      if (victim !== 'database') return (await seloste.rolePids())[victim]
      const connections = await databaseConnections()
      return connections.length > 0 ? random.pick(connections) : undefined
    },
    `${victim} running`,
    30_000,
  )
  process.kill(pid, 'SIGKILL')
}

interface Views {
  /** References of requests that were answered with the requested data. */
  acknowledged: Set<string>
  /** Counts of other answers, by their kind. */
  refused: Map<string, number>
}

/** Makes random views (the call list, a call, a listening), each under a reference of its own, until aborted. */
async function makeViews(api: Api, name: string, recordingId: string, over: AbortSignal, views: Views): Promise<void> {
  const random = seedRandom(`${name} ${seed}`)
  // Retries, because the process may be killed before it answers.
  const [listed] = await eventually(
    () => api.contacts({ purpose: 'QUALITY', number: testLine, limit: '1' }).catch(() => undefined),
    'a contact listed',
    30_000,
  )
  for (let n = 0; !over.aborted; n++) {
    const reference = `${name}-${n}`
    const request = new URLSearchParams({ purpose: 'QUALITY', reference }).toString()
    const answer = await random
      .pick([
        () => api.call('GET', `/api/contacts?${request}&number=${encodeURIComponent(testLine)}&limit=5`),
        () => api.call('GET', `/api/contacts/${listed!.id}?${request}`),
        () => api.call('POST', `/api/recordings/${recordingId}/listenings`, { purpose: 'QUALITY', reference }),
      ])()
      .catch(() => undefined)
    if (answer?.ok) {
      views.acknowledged.add(reference)
      const { id } = (await answer.json().catch(() => ({}))) as { id?: string }
      if (answer.status === 201) await api.call('DELETE', `/api/listenings/${id}`).catch(() => undefined)
    } else {
      const item = String(answer?.status ?? 'no answer')
      views.refused.set(item, (views.refused.get(item) ?? 0) + 1)
      await wait(50)
    }
    await wait(50)
  }
}

/**
 * Returns the references of an export's entries (docs/formats/audit-log.md): RFC 8785 JSON, each preceded by its
 * length.
 */
async function referencesInLog(exported: string): Promise<Set<string>> {
  const entries = join(exported, 'tile/entries')
  const found = new Set<string>()
  for (const file of await readdir(entries, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    const text = await readFile(join(file.parentPath, file.name), 'latin1')
    for (const [, reference] of text.matchAll(/"reference":"(K1[^"]*)","result":"ok"/g)) found.add(reference!)
  }
  return found
}

async function runCommand(...words: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../bin/seloste.js', import.meta.url)), ...words], {
    env: { ...process.env, ...seloste.environment, SELOSTE_HTTP: seloste.url.replace('http://', '') },
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => lines.push(text.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text: lines.join('') }
}

test(
  `kill -9 of any process, ${kills} times under ${calls} calls: no recording, no detail record and no answered view’s log entry is lost, and the log verifies`,
  { timeout: isLong ? 1_200_000 : 200_000 },
  async () => {
    const random = seedRandom(`everything ${seed}`)
    const pacer = startPacer()
    const hangUp = new AbortController()
    const call = (n: number, seconds: number, signal?: AbortSignal) =>
      placeCall({
        ...{
          seed: 900 + n,
          caller: `+35840129${4000 + n}`,
          number: testLine,
          official,
          seconds,
          pacer,
          record: 'hash',
        },
        ...{ server: seloste.sip, ...(signal && { signal }) },
      })
    const api = await signInAt(seloste.url, 'aino', seloste.password)
    const search = { purpose: 'QUALITY', number: testLine, limit: '100' }
    await call(0, 1)
    const recordingId = await eventually(async () => {
      const [contact] = await api.contacts(search)
      const recording = contact?.segments[0]?.recording
      return recording?.state === 'available' ? recording.id : undefined
    }, 'a recording to listen to')
    const placed = Array.from({ length: calls }, (_, n) => call(n + 1, 3600, hangUp.signal))
    await eventually(
      async () => (await api.contacts(search)).length === calls + 1 || undefined,
      'all calls in progress',
    )

    const views: Views = { acknowledged: new Set(), refused: new Map() }
    const people = await Promise.all(viewers.map((userId) => signInAt(seloste.url, userId, seloste.password)))
    const viewing = people.map((person, n) => makeViews(person, `K1-${n}`, recordingId, hangUp.signal, views))
    const order = shuffleVictims(random)
    for (const [n, victim] of order.entries()) {
      await wait(random.integer(500, isLong ? 6_000 : 1_500))
      await reportCall(n)
      await wait(random.integer(0, 300))
      await kill(victim, random)
    }
    await wait(3_000)
    hangUp.abort()
    for (const { sessions } of await Promise.all(placed)) expect(sessions[0]?.endedBy).toBe('us')
    await Promise.all(viewing)

    // Retries, because a desk or database that was just killed does not answer yet.
    const contacts = await eventually(
      async () => {
        const items = await api.contacts(search).catch(() => [])
        const recordings = items.flatMap(({ segments }) => segments.map(({ recording }) => recording.state))
        return items.length === calls + 1 && recordings.every((state) => state === 'available') ? items : undefined
      },
      'every recording is ingested',
      60_000,
    )
    const capturesKilled = order.filter((victim) => victim === 'capture').length
    const segments = contacts.flatMap((one) => one.segments)
    expect(segments).toHaveLength(calls * (capturesKilled + 1) + 1)
    const fed = await eventually(
      async () => {
        const items = await api.contacts({ ...search, number: national })
        return items.length >= kills ? items : undefined
      },
      'every call that the telephone system reported',
      30_000,
    )
    expect(fed).toHaveLength(kills)

    const exported = join(folder, 'log')
    const missing = await eventually(
      async () => {
        await runCommand('audit', 'export', '--to', exported)
        const logged = await referencesInLog(exported)
        const without = [...views.acknowledged].filter((reference) => !logged.has(reference))
        return without.length === 0 ? without : undefined
      },
      'each answered view in the log',
      30_000,
    ).catch(async () => {
      const logged = await referencesInLog(exported)
      return [...views.acknowledged].filter((reference) => !logged.has(reference))
    })
    expect(missing).toEqual([])
    expect(views.acknowledged.size).toBeGreaterThan(kills)
    const verified = await runCommand('audit', 'verify')
    expect(verified, verified.text).toMatchObject({ code: 0 })
    const opened = await runCommand('recordings', 'verify')
    expect(opened, opened.text).toMatchObject({ code: 0 })

    const refused = [...views.refused].map(([item, count]) => `${count} ${item}`).join(', ')
    console.log(
      `K1, all processes (seed ${seed}, load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors): ${kills} kills (${order.slice(0, 10).join(', ')}${kills > 10 ? ', …' : ''}) under ${calls} calls; ${segments.length} recordings, 0 lost; ${fed.length} fed calls, 0 lost; ${views.acknowledged.size} looks answered, all in the log; not answered: ${refused || 'none'}`,
    )
  },
)
