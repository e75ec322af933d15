/**
 * Plays recording clients of many vendors with SIPp: sends their vectors over real SIP with real sound to a whole
 * Seloste. Each call must become the right contact with the right voices (R9, R13, R16, R17).
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAuthority } from '#test/conformance/sip/make-certificates.ts'
import { alawToLinear } from '#test/simulator/g711.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { eventually, signInAt, type Api } from '../../whole/api.ts'
import { findSound } from '../../whole/compare-sound.ts'
import { freePort } from '../../whole/free-ports.ts'
import { startSeloste, type RunningSeloste } from '../../whole/start-seloste.ts'
import { playCommand, playRequestedStreams } from './play-stream.ts'
import { runSipp, sippMissing } from './run-sipp.ts'
import { expectationOf, writeScenario, type Play, type ScenarioOptions, type Step } from './sipp/write-scenario.ts'
import { sweep } from './sweep.ts'
import { findCall } from './telephones.ts'

type Voice = 'caller' | 'official'

interface Call {
  /** Client, and what happens in the call; part of the test's title. */
  title: string
  transport: 'udp' | 'tcp' | 'tls'
  official: string
  /** Vector that opens the dialog, or both vectors if the call has two dialogs. */
  opens: readonly string[]
  /** Voice on each media line of each dialog. `both`: one mixed stream. */
  lanes: readonly (readonly (Voice | 'both')[])[]
  /** Steps between the first part of the conversation and the second. */
  between?: readonly Step[]
  /** Steps while the first part still plays. */
  early?: readonly Step[]
  /** Steps before the conversation, which answer the call. */
  answers?: readonly Step[]
  /** Vector with the ports of the second part, if its media move. */
  movesBy?: string
  /** Expected marks of the contact's segment. */
  marks?: readonly string[]
  ack?: (opens: string) => string
  bye?: string
  edits?: ScenarioOptions['edits']
  /** Regular expression for the answer to the first request. */
  answerHas?: string
}

const partMs = 1_200
/** Time by which the sound can start after the scenario. */
const slackMs = 800
const holdMs = 600
/** Minimum session interval of RFC 4028. */
const timerSeconds = 90
const holdStep: Step = { waitMs: holdMs }

const calls: Call[] = [
  {
    title: 'Oracle, caller by its extension, local times',
    ...{ transport: 'tcp', official: 'aino', opens: ['oracle'], lanes: [['caller', 'official']] },
    // The vector's second stream is G.729, which is kept but cannot be played.
    edits: [
      [/RTP\/AVP 18 /g, 'RTP/AVP 8 '],
      [/a=fmtp:18.*/g, 'a=ptime:20'],
    ],
  },
  {
    title: 'Cisco CUBE, transferred to an official, held, and its end told in the BYE',
    ...{ transport: 'udp', official: 'bertil', opens: ['cisco-cube'], lanes: [['official', 'caller']] },
    early: [{ send: 'cisco-cube-transfer' }],
    between: [
      { send: 'cisco-cube-hold', answerHas: 'a=inactive.*a=inactive' },
      holdStep,
      { send: 'cisco-cube-transfer', answerHas: 'a=recvonly.*a=recvonly' },
    ],
    bye: 'cisco-cube-bye',
  },
  {
    title: 'Avaya SBCE over TLS, the official told by an UPDATE',
    ...{ transport: 'tls', official: 'kaisa', opens: ['avaya-sbce'], lanes: [['caller', 'official']] },
    answers: [{ send: 'avaya-sbce-update' }],
  },
  {
    title: 'AudioCodes, addresses without a scheme',
    ...{ transport: 'tcp', official: 'juhani', opens: ['audiocodes'], lanes: [['caller', 'official']] },
  },
  {
    title: 'Ribbon, the official on the first stream, a clock that was never set, reports among the sound',
    ...{ transport: 'udp', official: 'annika', opens: ['ribbon'], lanes: [['official', 'caller']] },
    // The client offers to multiplex (RFC 5761), and the player sends its reports on the port of the audio.
    edits: [[/^a=sendonly$/gm, 'a=rtcp-mux\na=sendonly']],
    answerHas: 'a=rtcp-mux.*a=rtcp-mux',
  },
  {
    title: 'Metaswitch, one mixed stream that moves to another port',
    ...{ transport: 'udp', official: 'oili', opens: ['metaswitch'], lanes: [['both']] },
    between: [{ send: 'metaswitch-new-port' }],
    movesBy: 'metaswitch-new-port',
    marks: ['source-changed'],
  },
  {
    title: 'BroadWorks, paused with zeros and resumed',
    ...{ transport: 'udp', official: 'esa', opens: ['broadworks'], lanes: [['caller', 'official']] },
    between: [{ send: 'broadworks-pause' }, holdStep, { send: 'broadworks' }],
  },
  {
    title: 'Cisco CUCM, the built-in bridge: two dialogs without an offer, no metadata',
    ...{ transport: 'tcp', official: 'leena', lanes: [['official'], ['caller']] },
    opens: ['cucm-near-end', 'cucm-far-end'],
    ack: (opens) => `${opens}-ack`,
  },
]

describe.skipIf(sippMissing !== '')(`recording clients of many vendors, by SIPp${sippMissing}`, () => {
  let seloste: RunningSeloste
  let security: Api
  let folder: string
  let certificates: { cert: string; key: string; ca: string }
  const tunnels: Server[] = []
  let player: { stop(): void }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sipp-vendors-'))
    player = playRequestedStreams(folder)
    const trunks = makeAuthority('trunk authority')
    const serverAuthority = makeAuthority('server authority')
    const server = serverAuthority.issue({ name: 'seloste.example' })
    const files = { 'seloste.pem': server.cert, 'seloste.key': server.key, 'clients.pem': trunks.certificate }
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
    certificates = { ...trunks.issue({ name: 'sbc.example' }), ca: serverAuthority.certificate }
    seloste = await startSeloste({
      isPrepared: true,
      environment: {
        SELOSTE_SIPS_CERTIFICATE: join(folder, 'seloste.pem'),
        SELOSTE_SIPS_KEY: join(folder, 'seloste.key'),
        SELOSTE_SIPS_CLIENTS: join(folder, 'clients.pem'),
      },
    })
    security = await signInAt(seloste.url, 'tuula', seloste.password)
  }, 200_000)
  afterAll(async () => {
    player?.stop()
    for (const tunnel of tunnels) tunnel.close()
    await seloste?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.concurrent.for(calls.map((call, at) => [call.title, call, at] as const))(
    '%s: one contact with its people and times, with each voice complete on its own channel',
    { timeout: 120_000 },
    async ([, call, at]) => {
      const official = officialByKey(call.official)
      const caller = `+35840765${4000 + at}`
      const people = new Map([
        ['401234567', caller.slice(4)],
        ['29497000', numbersCalled.testLine.slice(4)],
        ['29497010', numbersCalled.testLine.slice(4)],
        ['295121001', official.phone.slice(4)],
        ['295121002', official.phone.slice(4)],
      ])
      const sounds = soundsOf(at)
      const begunMs = Date.now()
      const shiftMs = begunMs - Date.parse('2027-03-03T08:01:30Z')
      await Promise.all(call.opens.map((_, dialog) => sendCall(call, dialog, { people, shiftMs, sounds, at })))
      const endedMs = Date.now()

      const contact = await findCall(security, caller)
      expect(contact).toMatchObject({
        number: numbersCalled.testLine,
        segments: [
          {
            official: { name: official.name, phone: official.phone },
            decision: { record: true, reason: 'drawn' },
            marks: call.marks ?? [],
            lostPackets: 0,
            recording: { state: 'available' },
          },
        ],
      })
      const reported = expectationOf(call.opens[0] ?? '', { people, shiftMs, endShiftMs: 0 })
      expect(Date.parse(contact.startedAt) / 1000).toBeCloseTo((reported.startedAtMs ?? begunMs) / 1000, -1)
      const received = await security.listen(contact.segments[0]?.recording.id ?? '', 'CRIME_OR_MISUSE', 'test')
      const end = Date.parse(contact.endedAt ?? '')
      expect(end).toBeGreaterThan(begunMs + 2 * partMs)
      expect(end).toBeLessThanOrEqual(endedMs + 1000)
      for (const lane of ['caller', 'official'] as const) {
        const parts = call.lanes.flat().includes('both') ? sounds.both : sounds[lane]
        let from = 0
        for (const part of parts) {
          const sent = alawToLinear(part)
          const found = findSound(sent, received[lane])
          expect(found, lane).toMatchObject({ compared: sent.length, different: 0 })
          expect(found.shift).toBeGreaterThanOrEqual(from)
          from = found.shift + sent.length
        }
      }
    },
  )

  test.concurrent(
    'a session that is refreshed continues, and a session that is not is ended with a BYE (RFC 4028)',
    { timeout: 200_000 },
    async () => {
      const own = join(folder, 'timer')
      await mkdir(own)
      const caller = '+358407654099'
      const people = new Map([
        ['401234567', caller.slice(4)],
        ['29497000', numbersCalled.testLine.slice(4)],
        ['295121001', officialByKey('raija').phone.slice(4)],
      ])
      const refreshed = { send: 'ribbon', answerHas: 'a=recvonly' }
      const steps: Step[] = [refreshed, { waitMs: 2_000 }, refreshed, { bye: 'theirs' }]
      // Changes the ids, so that this is not this client's other call.
      const edits = [
        [/^Session-Expires: 1800/m, `Session-Expires: ${timerSeconds}`],
        [/805306369|orig-leg-9|LXJpYmJvbg==/g, 'another-call'],
      ] as const
      const scenario = join(own, 'scenario.xml')
      await writeFile(
        scenario,
        writeScenario(steps, {
          people,
          shiftMs: 0,
          endShiftMs: 0,
          edits,
          ports: { ribbon: [undefined, await freePort()] },
        }),
      )
      const begun = performance.now()
      const more = ['-p', String(await freePort()), '-timeout', '150s']
      await runSipp({ server: seloste.sip, transport: 'udp', scenario, folder: own, more })
      expect(performance.now() - begun).toBeGreaterThan(2_000 + timerSeconds * 1_000)
      const [found] = await eventually(async () => {
        const contacts = await security.contacts({ purpose: 'CRIME_OR_MISUSE', reference: 'test', caller })
        return contacts[0]?.endedAt ? contacts : undefined
      }, 'the call, ended')
      const contact = await security.contact(found?.id ?? '', 'CRIME_OR_MISUSE', 'test')
      expect(contact.segments[0]?.marks).toContain('end-inferred')
    },
  )

  /** Plays one dialog of a call, from INVITE to BYE. */
  async function sendCall(
    call: Call,
    dialog: number,
    { people, shiftMs, sounds, at }: { people: Map<string, string>; shiftMs: number; sounds: Sounds; at: number },
  ): Promise<void> {
    const opens = call.opens[dialog] ?? ''
    const lanes = call.lanes[dialog] ?? []
    const own = join(folder, `${at}-${dialog}`)
    await mkdir(own)
    const ports = await Promise.all(lanes.map(freePort))
    const moved = await freePort()

    async function play(part: number): Promise<Step> {
      const plays = lanes.map(async (lane, stream): Promise<Play> => {
        const file = join(own, `${stream}-${part}.al`)
        await writeFile(file, sounds[lane][part] ?? new Uint8Array())
        const bySipp = stream === 0 && !(part === 1 && call.movesBy)
        const fromPort = stream === 0 ? moved : (ports[stream] ?? 0)
        return {
          stream,
          file,
          by: bySipp ? 'sipp' : { order: (address, port) => playCommand(folder, file, address, port, fromPort) },
        }
      })
      return { play: await Promise.all(plays) }
    }

    const sipPorts = (vector: string): (number | undefined)[] =>
      lanes.map((_, stream) => (vector === call.movesBy ? moved : stream === 0 ? undefined : ports[stream]))
    const vectors = [
      opens,
      call.ack?.(opens),
      ...[...(call.answers ?? []), ...(call.early ?? []), ...(call.between ?? [])].map((step) =>
        'send' in step ? step.send : undefined,
      ),
    ]
    const talk: Step = { waitMs: partMs + slackMs }
    const steps: Step[] = [
      { send: opens, ...(call.ack && { ack: call.ack(opens) }), ...(call.answerHas && { answerHas: call.answerHas }) },
      ...(call.answers ?? []),
      await play(0),
      ...(call.early ?? []),
      talk,
      ...(call.between ?? []),
      await play(1),
      talk,
      call.bye ? { send: call.bye } : { bye: 'ours' },
    ]
    const lengthMs = 2 * (partMs + slackMs)
    const text = writeScenario(steps, {
      people,
      shiftMs,
      // The reported end must be the time of the BYE.
      endShiftMs: shiftMs + Date.parse('2027-03-03T08:01:30Z') + lengthMs - Date.parse('2027-03-03T08:05:00Z'),
      ports: Object.fromEntries(vectors.flatMap((name) => (name ? [[name, sipPorts(name)]] : []))),
      ...(call.edits && { edits: call.edits }),
    })
    const scenario = join(own, 'scenario.xml')
    await writeFile(scenario, text)
    await runSipp({
      server: call.transport === 'tls' ? await openTunnel() : seloste.sip,
      transport: call.transport === 'udp' ? 'udp' : 'tcp',
      scenario,
      folder: own,
      // Simultaneous tests would use the same port.
      more: ['-p', String(await freePort())],
    })
  }

  /**
   * Opens a tunnel: TCP in, TLS with a client certificate out, because SIPp 3.7.3's own TLS loses its first message.
   */
  async function openTunnel(): Promise<{ host: string; port: number }> {
    const tunnel = createServer((near) => {
      const upstream = connect({
        host: '127.0.0.1',
        port: seloste.ports.sips,
        servername: 'seloste.example',
        ...certificates,
      })
      near.pipe(upstream).pipe(near)
      near.on('error', () => upstream.destroy())
      upstream.on('error', () => near.destroy())
    }).listen(0, '127.0.0.1')
    await once(tunnel, 'listening')
    tunnels.push(tunnel)
    return { host: '127.0.0.1', port: (tunnel.address() as AddressInfo).port }
  }
})

type Sounds = Record<Voice | 'both', readonly [Uint8Array, Uint8Array]>

/** Returns two parts for each voice, with tones that no other call has. */
function soundsOf(call: number): Sounds {
  const part = (kind: number) => sweep(300 + 37 * call + 500 * kind, 480 + 37 * call + 500 * kind, partMs)
  return { caller: [part(0), part(1)], official: [part(2), part(3)], both: [part(4), part(5)] }
}
