// A running Seloste as seen by an operator's own programs: Prometheus, a collector of traces, a webhook's target, and a
// telephone system that queries it. Uses one call with real media, and every setting that some metric needs.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCollector } from '#test/monitoring/collector.ts'
import { listedMetrics } from '#test/monitoring/listed-metrics.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually, signInAt, type ContactShape } from './api.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const testLine = '+35829497099'
const caller = '+358401239876'
const aino = officialByKey('aino')
const token = 'a token of twenty characters'

let seloste: RunningSeloste
let witness = ''
let contact: ContactShape
const folder = await mkdtemp(join(tmpdir(), 'seloste-connecting-'))
const collector = await startCollector()

/** Events received by a webhook target that refuses everything at first. */
const events: { type: string; subject: string }[] = []
let refused = 0
const receiver = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (refused < 2) {
      refused++
      response.writeHead(500).end()
      return
    }
    events.push(JSON.parse(Buffer.concat(parts).toString('utf8')) as { type: string; subject: string })
    response.writeHead(204).end()
  })
})

/** C2SP signed-note: name, hash and key of a cosigner that does not run. */
const witnessKey = `
const { createHash, generateKeyPairSync } = require('node:crypto')
const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const key = Buffer.concat([Buffer.from([4]), raw])
const id = createHash('sha256').update('witness.example\\n').update(key).digest().subarray(0, 4).toString('hex')
process.stdout.write('witness.example+' + id + '+' + key.toString('base64'))`

beforeAll(async () => {
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  await mkdir(join(folder, 'records'))
  const feed = { name: 'exchange', source: 'asterisk-csv', folder: join(folder, 'records'), zone: 'Europe/Helsinki' }
  await writeFile(join(folder, 'feeds.yaml'), JSON.stringify({ feeds: [feed] }))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const hook = { name: 'case-system', url, secret: 'a secret of twenty-four characters' }
  await writeFile(join(folder, 'webhooks.yaml'), JSON.stringify({ webhooks: [hook] }))
  const [certificate, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')]
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost']
  execFileSync('openssl', [...made, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  witness = execFileSync(process.execPath, ['-e', witnessKey], { encoding: 'utf8' })
  seloste = await startSeloste({
    isPrepared: true,
    environment: {
      SELOSTE_NODE: 'capture-1',
      SELOSTE_FEEDS: join(folder, 'feeds.yaml'),
      SELOSTE_WEBHOOKS: join(folder, 'webhooks.yaml'),
      SELOSTE_DECISIONS: '127.0.0.1:0',
      SELOSTE_DECISIONS_TOKEN: token,
      SELOSTE_SIPS_CERTIFICATE: certificate,
      SELOSTE_SIPS_KEY: key,
      SELOSTE_SIPS_CLIENTS: certificate,
      SELOSTE_WITNESSES: `http://127.0.0.1:9 ${witness}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    },
  })
  const maintenance = await signInAt(seloste.url, 'matti', seloste.password)
  await placeCall({
    ...{ seed: 'connecting', caller, number: testLine, official: aino, seconds: 5 },
    ...{ server: seloste.sip, transport: 'tcp' },
  })
  contact = await eventually(
    async () => {
      const [found] = await maintenance.contacts({ purpose: 'MAINTENANCE', reference: 'VIKA-7', caller })
      return found?.segments[0]?.recording.state === 'available' ? found : undefined
    },
    'the recording of the call',
    60_000,
  )
  await (await maintenance.call('GET', `/api/contacts/${contact.id}?purpose=MAINTENANCE&reference=VIKA-7`)).text()
}, 300_000)
afterAll(async () => {
  await seloste?.stop()
  collector.stop()
  receiver.closeAllConnections()
  receiver.close()
  await rm(folder, { recursive: true, force: true })
})

const scrape = async () => (await fetch(`${seloste.url}/metrics`)).text()
async function readExposed() {
  const text = await scrape()
  const types = new Map([...text.matchAll(/^# TYPE (seloste_\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]))
  const helps = [...text.matchAll(/^# HELP (seloste_\w+) (.*)$/gm)]
  return helps
    .map(([, name = '', help]) => ({ name, type: types.get(name), help }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

test('/metrics exposes exactly the metrics that docs/operate/metrics.md lists, with their types and help texts', async () => {
  const listed = listedMetrics().map(({ name, type, help }) => ({ name, type, help }))
  // Retries: a process that is too busy to answer is missing in one scrape, which reports that.
  await expect.poll(readExposed, { timeout: 30_000 }).toEqual(listed)
  for (const { name, type } of listed) expect(name.endsWith('_total'), name).toBe(type === 'counter')
})

test('every exposed label is listed, and none contains a person’s number', async () => {
  const labels = new Map(listedMetrics().map((metric) => [metric.name, metric.labels]))
  for (const [line, name, given] of (await scrape()).matchAll(/^(seloste_\w+)\{([^}]*)\}.*$/gm)) {
    const known = labels.get(name!) ?? labels.get(name!.replace(/_(bucket|sum|count)$/, '')) ?? []
    for (const [, label] of given!.matchAll(/(\w+)="/g))
      expect([...known, 'process', 'node', 'le'], line).toContain(label)
    expect(given, line).not.toMatch(/\+?\d{6,}/)
  }
})

test('every process is up, the call was counted, and there is no backlog', async () => {
  const text = await scrape()
  for (const role of ['desk', 'capture', 'custodian', 'feeds']) {
    expect(text).toContain(`seloste_process_up{of="${role}",process="desk"} 1`)
  }
  expect(text).toMatch(/^seloste_capture_calls_recorded_total\{process="capture",node="capture-1"\} [1-9]/m)
  for (const name of ['database_up{process="desk"}', 'key_store_up{kind="file",process="custodian"}']) {
    expect(text).toContain(`seloste_${name} 1`)
  }
  for (const kind of ['recording', 'contact']) {
    expect(text).toContain(`seloste_records_overdue{kind="${kind}",process="custodian"} 0`)
  }
})

test('the status names a witness that does not answer', async () => {
  const environment = { ...process.env, ...seloste.environment, SELOSTE_HTTP: new URL(seloste.url).host }
  const given = { ...environment, SELOSTE_WITNESSES: `http://127.0.0.1:9 ${witness}` }
  const text = spawnSync(process.execPath, [program, 'status'], { env: given, encoding: 'utf8' }).stdout
  expect(text).toContain('witness.example has not cosigned the audit log yet')
})

test('the call is one trace with the contact’s id, across all processes, without a number or a name', async () => {
  const traceId = contact.id.replaceAll('-', '')
  const names = ['call segment', 'record', 'store', 'admit', 'keep']
  await eventually(
    () => {
      const callSpans = collector.spans().filter((span) => span.traceId === traceId)
      return Promise.resolve(names.every((name) => callSpans.some((span) => span.name === name)) || undefined)
    },
    'every span of the call',
    30_000,
  )
  await eventually(
    () => Promise.resolve(collector.spans().some(({ name }) => name === 'GET /api/contacts/:id') || undefined),
    'the span of a request',
    30_000,
  )
  const services = new Set(collector.spans().map(({ resource }) => JSON.stringify(resource[0]!.value)))
  for (const role of ['capture', 'custodian', 'desk']) expect([...services].join()).toContain(`seloste-${role}`)
  const sentText = collector.requests.map(({ text }) => text).join()
  for (const value of [
    caller.slice(4),
    testLine.slice(4),
    aino.phone.slice(4),
    aino.name,
    'Virtanen',
    'VIKA-7',
    'matti',
  ]) {
    expect(sentText, value).not.toContain(value)
  }
})

test('a target that refused at first still receives the contact and its sealed recording', async () => {
  const recording = contact.segments[0]!.recording.id
  await eventually(() => Promise.resolve(events.length >= 2 || undefined), 'the events', 60_000)
  expect(refused).toBe(2)
  // Refused events are retried, each after a delay of its own, in any order.
  expect(events.map(({ type, subject }) => [type, subject]).sort()).toEqual([
    ['fi.seloste.contact.admitted', contact.id],
    ['fi.seloste.recording.sealed', recording],
  ])
}, 90_000)

test('a telephone system that queries before its announcement gets the plan’s decision for such a call, and nothing is stored', async () => {
  const port =
    /listening for recording decision requests from telephone systems at port (\d+) \(TLS, with a token\)/.exec(
      seloste.output(),
    )?.[1]
  const body = JSON.stringify({ number: testLine, callIds: { ucid: '00010002600A1B2C' } })
  const requested = await new Promise<string>((resolve, reject) => {
    const pending = request(
      {
        ...{ host: '127.0.0.1', port, path: '/decisions', method: 'POST', rejectUnauthorized: false },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      },
      (response) => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text))
      },
    )
    pending.on('error', reject)
    pending.end(body)
  })
  expect(JSON.parse(requested)).toMatchObject({ outcome: 'recorded', announce: true, reason: 'drawn' })
  const text = await scrape()
  expect(text).toMatch(/^seloste_decisions_asked_total\{outcome="recorded",process="capture",node="capture-1"\} 1$/m)
  expect(text).toMatch(/^seloste_capture_calls_offered_total\{process="capture",node="capture-1"\} 1$/m)
})
