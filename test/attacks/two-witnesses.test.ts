import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { serveWitness } from '#app/witness/serve-witness.ts'
import { makeSigner, signCheckpoint } from '#safeguards/audit/note.ts'
import { hashLeaf, RightEdge } from '#safeguards/audit/tree.ts'
import { requestCosignature } from '#safeguards/audit/witness/request-cosignature.ts'

// The owner of the database has the log's key and signs a second log beside the true one. A witness that runs twice on
// one folder, for example started again while the first process still runs, must not cosign both logs.
const folder = await mkdtemp(join(tmpdir(), 'seloste-witnesses-'))
const log = makeSigner(
  'seloste/test/00000002',
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
  'note',
)
const start = () =>
  serveWitness({
    endpoint: { host: '127.0.0.1', port: 0 },
    state: folder,
    logKey: log,
    name: 'witness.example/w2',
    log: pino({ level: 'silent' }),
  })
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Log of these entries, with a checkpoint. */
function treeOf(entries: readonly string[]) {
  const leaves = entries.map((entry) => hashLeaf(Buffer.from(entry)))
  const whole: Buffer[] = []
  const edge = new RightEdge()
  for (const leaf of leaves) whole.push(...edge.append(leaf).map(({ hash }) => hash))
  const read = async (level: number, from: number, to: number) => (level === 0 ? leaves : whole).slice(from, to)
  return { read, note: signCheckpoint(log, { origin: log.name, size: leaves.length, root: edge.root() }) }
}

test('a second witness on one folder is refused while the first runs, so that two logs of one size are never both cosigned', async () => {
  const [truth, lie] = [treeOf(['a', 'b', 'c']), treeOf(['a', 'b', 'another'])]
  const first = await start()
  const second = await start().catch((error: unknown) => error as { code?: string })
  const cosigned: unknown[] = [await requestCosignature(first, log, truth.note, truth.read, 0)]
  if ('url' in second) {
    cosigned.push(await requestCosignature(second, log, lie.note, lie.read, 0))
    await second.stop()
  }
  expect(cosigned.filter((answer) => 'line' in (answer as object))).toHaveLength(1)
  expect(second).toMatchObject({ code: 'witness-state-in-use' })
  await first.stop()
  const again = await start()
  expect(await requestCosignature(again, log, lie.note, lie.read, 0)).not.toHaveProperty('line')
  await again.stop()
})
