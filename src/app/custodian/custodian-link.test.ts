import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Peaks } from '../http/contract/schemas.ts'
import { makeLog } from '#platform/log/log.ts'
import { makeAuthority, type Authority } from '#test/conformance/sip/make-certificates.ts'
import { connectCustodian } from './custodian-client.ts'
import { serveCustodianLink, type CustodianLink } from './custodian-link.ts'
import { createDeskHandler, type CustodianHandlers } from './custodian-server.ts'
import { openCustodianTransport } from './custodian-transport.ts'

const ourAuthority = makeAuthority('our authority')
const requests: unknown[] = []
const lines: string[] = []
const now = () => Temporal.Now.instant()
const log = makeLog({ name: 'link', write: (line) => void lines.push(line), pretty: false })
const checkMs = 20
let folder = ''
let link: CustodianLink | undefined

const handlers: CustodianHandlers = {
  blockers: () => [],
  audio: async (range) => {
    requests.push(range)
    return { bytes: Buffer.from('RIFF'), from: 8, totalBytes: 44 }
  },
  peaks: async () => ({ over: 'ended' }) as unknown as Peaks & { over: 'ended' },
  prepare: async () => undefined,
  tryDraft: async () => 'refused',
  playCopy: async () => 'too-fast',
  jsonHandlers: {},
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-link-'))
  const listening = { host: '127.0.0.1', port: 0 }
  const files = await install('custodian', ourAuthority.issue({ name: 'custodian.example' }), ourAuthority)
  const settings = { custodianListen: listening, desks: ['desk-1.example', 'desk-2.example'], linkFiles: files }
  link = await serveCustodianLink(
    settings,
    createDeskHandler(handlers, () => undefined),
    { now, log, checkMs },
  )
})
afterAll(async () => {
  await link?.stop()
  await rm(folder, { recursive: true })
})

/** Installs a certificate as certbot does: writes a new file and renames it. Returns the paths. */
async function install(
  name: string,
  { cert, key }: { cert: string; key: string },
  trusted: Pick<Authority, 'certificate'>,
) {
  const files = Object.entries({ certificate: cert, key, authorities: trusted.certificate })
  const paths = files.map(([subject]) => [subject, join(folder, `${name}-${subject}.pem`)] as const)
  for (const [index, [, path]] of paths.entries()) {
    await writeFile(`${path}.new`, files[index]![1])
    await rename(`${path}.new`, path)
  }
  return Object.fromEntries(paths) as { certificate: string; key: string; authorities: string }
}

async function deskWith(linkFiles: Awaited<ReturnType<typeof install>>, host = '127.0.0.1') {
  const custodian = { host, port: Number(new URL(link!.address).port) }
  const splitRoles = { custodian, linkFiles, socketsFolder: undefined }
  const transport = await openCustodianTransport({ dataDirectory: folder, splitRoles }, { now, log, checkMs })
  return { transport, custodian: connectCustodian(transport) }
}

test('a desk on another machine gets a range of its listening over TLS, with certificates on both sides', async () => {
  const { transport, custodian } = await deskWith(
    await install('desk', ourAuthority.issue({ name: 'desk-2.example' }), ourAuthority),
  )
  expect(await custodian.alive()).toBe(true)
  const range = { session: 's', listening: 'l', from: 8, to: 12 }
  expect(await custodian.audio(range as never)).toEqual({ bytes: Buffer.from('RIFF'), from: 8, totalBytes: 44 })
  expect(requests).toEqual([range])
  transport.stop()
})

test.each([
  [
    'whose certificate is from another authority',
    makeAuthority('someone').issue({ name: 'desk-1.example' }),
    ourAuthority,
    /does not accept this desk/,
  ],
  [
    'whose certificate has expired',
    ourAuthority.issue({ name: 'desk-1.example', days: -1 }),
    ourAuthority,
    /does not accept this desk/,
  ],
  [
    'whose certificate has the name of a machine that is not a desk',
    ourAuthority.issue({ name: 'capture-1.example' }),
    ourAuthority,
    /SELOSTE_CUSTODIAN_DESKS/,
  ],
  [
    'that does not trust the authority of the custodian’s certificate',
    ourAuthority.issue({ name: 'desk-1.example' }),
    makeAuthority('x'),
    /SELOSTE_LINK_AUTHORITIES/,
  ],
])('a desk %s cannot connect, and the log has the reason', async (_which, certificate, trusted, message) => {
  lines.length = 0
  const before = requests.length
  const { transport, custodian } = await deskWith(await install('other', certificate, trusted))
  expect(await custodian.alive()).toBe(false)
  await expect(custodian.audio({} as never)).rejects.toThrow()
  expect(requests.length).toBe(before)
  expect(lines.join('')).toMatch(message)
  transport.stop()
})

test('a desk refuses a custodian whose certificate has another host name than the setting', async () => {
  lines.length = 0
  const files = await install('desk', ourAuthority.issue({ name: 'desk-1.example' }), ourAuthority)
  const { transport, custodian } = await deskWith(files, 'localhost')
  expect(await custodian.alive()).toBe(false)
  expect(lines.join('')).toMatch(/its certificate is for another host name than that in SELOSTE_CUSTODIAN/)
  transport.stop()
})

test('renewed certificates on either side are used without a restart', async () => {
  const { transport, custodian } = await deskWith(
    await install('desk', ourAuthority.issue({ name: 'desk-1.example' }), ourAuthority),
  )
  expect(await custodian.alive()).toBe(true)
  const next = makeAuthority('the next authority')
  await install('custodian', next.issue({ name: 'custodian.example' }), next)
  // Until the custodian has reloaded its files, the desk with the new authority refuses the custodian's certificate. Afterwards
  // a desk with the old authority refuses it.
  await install('desk', next.issue({ name: 'desk-1.example' }), next)
  const old = await install('late', ourAuthority.issue({ name: 'desk-1.example' }), ourAuthority)
  const oldDeskIsAnswered = async () => {
    const late = await deskWith(old)
    const alive = await late.custodian.alive()
    late.transport.stop()
    return alive
  }
  await expect.poll(oldDeskIsAnswered).toBe(false)
  await expect.poll(() => custodian.alive()).toBe(true)
  // A wrong file does not replace the certificate in use.
  lines.length = 0
  await writeFile(join(folder, 'desk-key.pem'), 'nonsense')
  await expect.poll(() => lines.join('')).toMatch(/desk-key\.pem holds no private key.*the previous one stays in use/)
  expect(await custodian.alive()).toBe(true)
  transport.stop()
})

test('without SELOSTE_CUSTODIAN_LISTEN nothing listens', async () => {
  const none = { custodianListen: undefined, desks: [], linkFiles: undefined }
  expect(await serveCustodianLink(none, () => undefined, { now, log })).toBeUndefined()
})
