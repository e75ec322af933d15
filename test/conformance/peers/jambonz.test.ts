/**
 * jambonz as the recording client: its border controllers for incoming and for outgoing calls, with drachtio and
 * rtpengine, between two telephones of SIPp; the inner one requests the recording as jambonz' feature server does.
 * `JAMBONZ_PREFIX` names a folder with `bin/drachtio`, `sbc-inbound` and `sbc-outbound`: README.md here.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { signInAt, type Api } from '../../whole/api.ts'
import { freePort } from '../../whole/free-ports.ts'
import { startSeloste, type RunningSeloste } from '../../whole/start-seloste.ts'
import type { BorderOptions } from './jambonz/border-controller.ts'
import { endProgram, hasRtpengine, startRtpengine } from './programs.ts'
import { sippMissing } from './run-sipp.ts'
import type { CallPlan } from './sipp/write-endpoints.ts'
import { expectRecorded, findCall, playCall } from './telephones.ts'

const prefix = process.env['JAMBONZ_PREFIX'] ?? ''
const parts = ['bin/drachtio', 'sbc-inbound/node_modules', 'sbc-outbound/node_modules']
const isInstalled = prefix !== '' && hasRtpengine && parts.every((part) => existsSync(join(prefix, part)))
const missing =
  sippMissing || (isInstalled ? '' : ' (left out: it wants rtpengine, and drachtio and jambonz in JAMBONZ_PREFIX)')
const program = fileURLToPath(new URL('jambonz/border-controller.ts', import.meta.url))
const aino = officialByKey('aino')
const secret = 'drachtio'

type Direction = 'inbound' | 'outbound'
interface BorderController {
  direction: Direction
  /** In its mode for AudioCodes' recorder, only the address identifies jambonz. */
  host: '127.0.0.1' | '127.0.0.2'
}
const trunks = 'trunks:\n  - { name: smarttap, from: 127.0.0.2, tracks: crossed, zone: UTC }\n'

describe.skipIf(missing !== '')(`jambonz with drachtio and rtpengine records a call${missing}`, () => {
  let seloste: RunningSeloste
  let security: Api
  let folder: string
  let officialPort = 0
  let rtpenginePort = 0
  const peers: ChildProcess[] = []
  const borders = new Map<string, number>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jambonz-'))
    await writeFile(join(folder, 'trunks.yaml'), trunks)
    seloste = await startSeloste({ isPrepared: true, environment: { SELOSTE_TRUNKS: join(folder, 'trunks.yaml') } })
    security = await signInAt(seloste.url, 'tuula', seloste.password)
    officialPort = await freePort()
    const rtpengine = await startRtpengine(['public/127.0.0.1', 'private/127.0.0.1'])
    peers.push(rtpengine.program)
    rtpenginePort = rtpengine.port
    await startBorder({ direction: 'inbound', host: '127.0.0.1' })
    await startBorder({ direction: 'outbound', host: '127.0.0.1' })
    await startBorder({ direction: 'outbound', host: '127.0.0.2' })
  }, 200_000)
  afterAll(async () => {
    for (const peer of peers.reverse()) await endProgram(peer)
    await seloste?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  type Shape = Partial<CallPlan> & Partial<BorderController> & { pauses?: true; transport?: 'tcp' }
  test.each<[string, Direction, Shape]>([
    ['the caller hangs up', 'inbound', {}],
    ['the official hangs up', 'inbound', { hangsUp: 'official' }],
    ['held and resumed', 'inbound', { held: true, hangsUp: 'official' }],
    ['the recording is paused and resumed', 'inbound', { pauses: true }],
    ['the caller hangs up', 'outbound', {}],
    ['the official hangs up', 'outbound', { hangsUp: 'official' }],
    ['held and resumed', 'outbound', { held: true, hangsUp: 'caller' }],
    ['the recording is paused and resumed', 'outbound', { pauses: true }],
    ['over TCP', 'outbound', { transport: 'tcp' }],
    ['in the mode of SmartTAP', 'outbound', { host: '127.0.0.2' }],
  ])(
    '%s, %s: the right contact, with each voice complete on its own channel',
    { timeout: 120_000 },
    async (_, direction, shape) => {
      const { held = false, hangsUp = 'caller', host = '127.0.0.1', pauses = false, transport } = shape
      const caller = nextCaller()
      const begunMs = Date.now()
      await call({ direction, host }, caller, { held, hangsUp, pauses }, { transport })
      const contact = await findCall(security, caller)
      expect(contact).toMatchObject(expected(direction))
      expect(Date.parse(contact.startedAt)).toBeGreaterThan(begunMs - 1_000)
      expect(Date.parse(contact.endedAt ?? '')).toBeLessThan(Date.now())
      await expectRecorded(security, contact, caller)
    },
  )

  test('two calls at once: a contact for each, without the other’s voices', { timeout: 120_000 }, async () => {
    const callers = [nextCaller(), nextCaller()] as const
    const plan = { held: false, hangsUp: 'caller', pauses: false } as const
    await call({ direction: 'outbound', host: '127.0.0.1' }, callers[0], plan, { otherCallers: [callers[1]] })
    for (const caller of callers) {
      const contact = await findCall(security, caller)
      expect(contact).toMatchObject(expected('outbound'))
      await expectRecorded(security, contact, caller)
    }
  })

  /** The inner side of an incoming call is the number called; the person who answers is not reported. */
  function expected(direction: Direction) {
    const official = direction === 'outbound' ? { official: { name: aino.name, phone: aino.phone } } : {}
    return { number: numbersCalled.testLine, segments: [{ ...official, marks: [], lostPackets: 0 }] }
  }

  let callers = 0
  function nextCaller(): string {
    return `+35840765${6000 + callers++}`
  }

  async function call(
    { direction, host }: BorderController,
    caller: string,
    { pauses, ...plan }: CallPlan & { pauses: boolean },
    { transport, otherCallers = [] }: { transport?: 'tcp' | undefined; otherCallers?: readonly string[] } = {},
  ): Promise<void> {
    const number = numbersCalled.testLine.replace('+358', '0')
    await playCall({
      folder,
      proxyHost: host,
      proxyPort: borders.get(`${direction} ${host}`) ?? 0,
      officialPort,
      caller,
      dialled: direction === 'inbound' ? number : aino.phone,
      // Both ends are silent until jambonz has been asked to record.
      plan: {
        silentMs: 1_500,
        recordingRequest: { by: direction === 'inbound' ? 'official' : 'caller', pauses },
        ...plan,
      },
      keys: {
        number,
        recorder: `sip:127.0.0.1:${seloste.sip.port}${transport ? `;transport=${transport}` : ''}`,
        ...(direction === 'outbound' && { called: `127.0.0.1:${officialPort}` }),
      },
      otherCallers,
    })
  }

  async function startBorder({ direction, host }: BorderController): Promise<void> {
    const [sipPort, drachtioPort, keysPort] = [await freePort(), await freePort(), await freePort()]
    const own = join(folder, `${direction}-${host}`)
    await mkdir(own)
    await writeFile(
      join(own, 'drachtio.xml'),
      `<drachtio>
        <admin port="${drachtioPort}" secret="${secret}">127.0.0.1</admin>
        <sip><contacts><contact>sip:${host}:${sipPort};transport=udp,tcp</contact></contacts></sip>
        <logging><console/><loglevel>error</loglevel></logging>
      </drachtio>`,
    )
    peers.push(spawn(join(prefix, 'bin/drachtio'), ['-f', 'drachtio.xml'], { cwd: own, stdio: 'ignore' }))
    const options: BorderOptions = {
      folder: join(prefix, `sbc-${direction}`),
      drachtioPort,
      secret,
      sip: `${host}:${sipPort}`,
      rtpengine: `127.0.0.1:${rtpenginePort}`,
      keysPort,
      featureServer: `127.0.0.1:${officialPort}`,
    }
    const mode = host === '127.0.0.2' ? { JAMBONES_SIPREC_TYPE: 'SMART_TAP' } : {}
    const border = spawn(process.execPath, [program, JSON.stringify(options)], {
      env: { ...process.env, ...mode },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    peers.push(border)
    const [text] = (await once(border.stdout, 'data')) as [Buffer]
    expect(String(text)).toContain('ready')
    borders.set(`${direction} ${host}`, sipPort)
  }
})
