// R20, R36: the demo's people share one password and have every right. Started in an authority's data folder, the demo
// would enter these people there, and give their rights to whoever has one of their user ids. An authority's register
// started in the demo's folder would already contain them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { assertDemo, assertNoDemo } from '../../src/app/cli/demo/detect-demo-register.ts'
import { enterPerson, setPassword } from '#safeguards/people/enter-person.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { stopExternalState, externalState } from '../whole/external-state.ts'
import { findPorts } from '../whole/free-ports.ts'
import { removeData, startSeloste } from '../whole/start-seloste.ts'

const database = await createTestDatabase<RegisterTables>()
const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) {
    await stopExternalState(folder)
    await removeData(folder)
  }
})

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-whose-'))
  await chmod(folder, 0o711)
  folders.push(folder)
  return folder
}

interface CommandResult {
  code: number | null
  output: string
}

/** Runs a command until it ends or prints `until`; then runs `beforeEnd`, and ends the command. */
async function run(
  args: string[],
  data: string,
  until?: string,
  beforeEnd?: () => Promise<unknown>,
): Promise<CommandResult> {
  const ports = await findPorts()
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      ...{ SELOSTE_DATA: data, ...(await externalState(data)), SELOSTE_DEMO_PASSWORD: 'salasana-kokeeseen' },
      ...{ SELOSTE_HTTP: `127.0.0.1:${ports.http}`, SELOSTE_SIP: `127.0.0.1:${ports.sip}` },
      SELOSTE_RTP: `127.0.0.1:${ports.firstRtp}-${ports.lastRtp}`,
    },
  })
  let lines = ''
  let ending: Promise<unknown> | undefined
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      lines += text.toString()
      if (until !== undefined && lines.includes(until))
        ending ??= (beforeEnd?.() ?? Promise.resolve()).finally(() => child.kill('SIGTERM'))
    })
  const [code] = (await once(child, 'exit')) as [number | null]
  await ending
  return { code, output: lines }
}

test('people with the demo’s user ids, as the identity system may enter them, do not keep a register from starting', async () => {
  const { db } = database.as()
  const ids: string[] = []
  for (const userId of 'sari eero ilona tiina matti tuula paula olli riitta anssi outi anneli'.split(' ')) {
    const entered = await enterPerson(db, { userId, name: userId, employedFrom: Temporal.Now.instant() })
    if ('id' in entered) ids.push(entered.id)
  }
  await assertNoDemo(database.url())
  await expect(assertDemo(database.url())).rejects.toThrow('was not made by the demo')
  for (const id of ids) await setPassword(db, id, 'salasana-kokeeseen')
  await expect(assertNoDemo(database.url())).rejects.toThrow('has the demo’s people')
  await assertDemo(database.url())
})

test('the demo refuses to start on a register that somebody else began', { timeout: 240_000 }, async () => {
  const data = await makeFolder()
  let added: CommandResult | undefined
  await run(['start'], data, 'web at', async () => {
    added = await run(['people', 'add', '--user-id', 'sari', '--name', 'Sari Oikea'], data)
  })
  expect(added).toMatchObject({ code: 0 })
  const demo = await run(['demo', '--no-calls', '--no-history'], data, 'Ctrl-C ends it')
  expect(demo).toMatchObject({ code: 1, output: expect.stringContaining('was not made by the demo') as string })
})

test(
  'a register refuses to start in the folder of a demo, and the demo starts there again',
  { timeout: 240_000 },
  async () => {
    const data = await makeFolder()
    const demo = await startSeloste({ dataDirectory: data, isPrepared: true })
    await demo.stop()
    const begun = await run(['start'], data, 'web at')
    expect(begun).toMatchObject({ code: 1, output: expect.stringContaining('has the demo’s people') as string })
    const again = await run(['demo', '--no-calls', '--no-history'], data, 'Ctrl-C ends it')
    expect(again.output).toContain('Ctrl-C ends it')
  },
)
