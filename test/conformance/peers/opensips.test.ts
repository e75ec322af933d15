/**
 * OpenSIPS with rtpengine as the recording client, with the operators' configuration, between two telephones of SIPp.
 * Debian has no OpenSIPS package: `OPENSIPS_PREFIX` names the folder where OpenSIPS is installed (README.md here).
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { signInAt, type Api } from '../../whole/api.ts'
import { freePort } from '../../whole/free-ports.ts'
import { startSeloste, type RunningSeloste } from '../../whole/start-seloste.ts'
import { endProgram, hasRtpengine, startRtpengine } from './programs.ts'
import { sippMissing } from './run-sipp.ts'
import type { CallPlan } from './sipp/write-endpoints.ts'
import { expectRecorded, findCall, playCall } from './telephones.ts'

const example = new URL('../../../docs/operate/examples/opensips-siprec.cfg', import.meta.url)
const installations = [process.env['OPENSIPS_PREFIX'] ?? '/usr', '/usr/local'].flatMap((prefix) =>
  ['lib64', 'lib', 'lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu'].map((lib) => ({
    program: `${prefix}/sbin/opensips`,
    modules: `${prefix}/${lib}/opensips/modules/`,
  })),
)
const opensips = installations.find(({ program, modules }) => existsSync(program) && existsSync(`${modules}siprec.so`))
const missing =
  sippMissing ||
  (opensips && hasRtpengine ? '' : ' (left out: it wants OpenSIPS with its module siprec, and rtpengine)')
const aino = officialByKey('aino')
const expected = {
  number: numbersCalled.testLine,
  segments: [{ official: { name: aino.name, phone: aino.phone }, marks: [], lostPackets: 0 }],
}

describe.skipIf(missing !== '')(`OpenSIPS with rtpengine records a call${missing}`, () => {
  let seloste: RunningSeloste
  let security: Api
  let folder: string
  let proxyPort = 0
  let officialPort = 0
  const peers: ChildProcess[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opensips-'))
    seloste = await startSeloste({ isPrepared: true })
    security = await signInAt(seloste.url, 'tuula', seloste.password)
    proxyPort = await freePort()
    officialPort = await freePort()
    const rtpengine = await startRtpengine(['127.0.0.1'])
    peers.push(rtpengine.program)
    // OpenSIPS answers no call before it has found rtpengine.
    await wait(2_000)
    const given: [string, string][] = [
      ['192.0.2.10:5060', `127.0.0.1:${proxyPort}`],
      ['/usr/lib/x86_64-linux-gnu/opensips/modules/', opensips?.modules ?? ''],
      ['127.0.0.1:2223', `127.0.0.1:${rtpengine.port}`],
      ['192.0.2.30:5060', `127.0.0.1:${officialPort}`],
      ['192.0.2.200:5060', `127.0.0.1:${seloste.sip.port}`],
    ]
    const text = given.reduce((all, [theirs, ours]) => all.replaceAll(theirs, ours), await readFile(example, 'utf8'))
    await writeFile(join(folder, 'opensips.cfg'), text)
    peers.push(spawn(opensips?.program ?? '', ['-F', '-f', join(folder, 'opensips.cfg')], { stdio: 'ignore' }))
    await wait(2_000)
  }, 200_000)
  afterAll(async () => {
    for (const peer of peers.reverse()) await endProgram(peer)
    await seloste?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each<[string, string, CallPlan]>([
    ['held and resumed, the official hangs up', '+358407655001', { held: true, hangsUp: 'official' }],
    ['held and resumed, the caller hangs up', '+358407655002', { held: true, hangsUp: 'caller' }],
    ['the official hangs up', '+358407655003', { held: false, hangsUp: 'official' }],
    ['the caller hangs up', '+358407655004', { held: false, hangsUp: 'caller' }],
  ])(
    '%s: the right contact, with each voice complete on its own channel',
    { timeout: 120_000 },
    async (_, caller, plan) => {
      const begunMs = Date.now()
      await call(caller, plan)
      const contact = await findCall(security, caller)
      expect(contact).toMatchObject(expected)
      // OpenSIPS reports whole seconds.
      expect(Date.parse(contact.startedAt)).toBeGreaterThan(begunMs - 1_000)
      expect(Date.parse(contact.endedAt ?? '')).toBeLessThan(Date.now())
      await expectRecorded(security, contact, caller)
    },
  )

  test('two calls at once: a contact for each, without the other’s voices', { timeout: 120_000 }, async () => {
    const callers = ['+358407655005', '+358407655006'] as const
    await call(callers[0], { held: false, hangsUp: 'caller' }, [callers[1]])
    for (const caller of callers) {
      const contact = await findCall(security, caller)
      expect(contact).toMatchObject(expected)
      await expectRecorded(security, contact, caller)
    }
  })

  test('a call whose recorder answers late is recorded from that answer on', { timeout: 120_000 }, async () => {
    const caller = '+358407655007'
    const { capture } = await seloste.rolePids()
    const played = call(caller, { held: false, hangsUp: 'official' })
    process.kill(capture ?? 0, 'SIGSTOP')
    await wait(3_000)
    process.kill(capture ?? 0, 'SIGCONT')
    await played
    const contact = await findCall(security, caller)
    expect(contact).toMatchObject(expected)
    await expectRecorded(security, contact, caller, ['second'])
  })

  async function call(caller: string, plan: CallPlan, otherCallers: readonly string[] = []): Promise<void> {
    const dialled = numbersCalled.testLine.replace('+358', '0')
    // Sound before the recorder's answer is not recorded.
    const spoken = { silentMs: 500, ...plan }
    await playCall({ folder, proxyPort, officialPort, caller, dialled, plan: spoken, otherCallers })
  }
})
