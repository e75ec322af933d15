import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { pino } from 'pino'
import { makeSigner, readCheckpoint, signCheckpoint, signedBy } from '#safeguards/audit/note.ts'
import { consistencyProof, hashLeaf, RightEdge, type ReadTreeHashes } from '#safeguards/audit/tree.ts'
import { fetchCosigned, requestCosignature } from '#safeguards/audit/witness/request-cosignature.ts'
import { ledgerKeyOf } from '#safeguards/ledger/ledger-tree.ts'
import { serveWitness } from './serve-witness.ts'

const newKey = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
const log = makeSigner('seloste/test/00000001', newKey(), 'note')
const quiet = pino({ level: 'silent' })
const state = await mkdtemp(join(tmpdir(), 'seloste-witness-'))
const start = (logKey = log, folder = state) =>
  serveWitness({
    endpoint: { host: '127.0.0.1', port: 0 },
    state: folder,
    logKey,
    name: 'witness.example/w1',
    log: quiet,
  })
let witness = await start()
afterAll(() => witness.stop())

const leaves = Array.from({ length: 700 }, (_, n) => hashLeaf(Buffer.from(`entry ${n}`)))

function treeOf(all: readonly Buffer[]) {
  const whole: Buffer[] = []
  const edge = new RightEdge()
  const roots = all.map((leaf) => {
    whole.push(...edge.append(leaf).map(({ hash }) => hash))
    return edge.root()
  })
  const read: ReadTreeHashes = async (level, from, to) => (level === 0 ? all : whole).slice(from, to)
  const note = (size: number, signer = log) =>
    signCheckpoint(signer, { origin: signer.name, size, root: roots[size - 1] ?? new RightEdge().root() })
  return { read, note }
}

const tree = treeOf(leaves)

async function post(old: number | string, proof: readonly Buffer[], note: string) {
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('')
  const answer = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body: `old ${old}\n${lines}\n${note}` })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

describe('a witness', () => {
  test('cosigns the destruction ledger of the same installation too, and remembers its last checkpoint across a restart', async () => {
    const ledger = { ...log, ...ledgerKeyOf(log) }
    const connection = { url: witness.url, key: witness.key }
    expect(await fetchCosigned(connection, ledger)).toBeUndefined()
    for (const size of [3, 40]) {
      expect(await requestCosignature(connection, ledger, tree.note(size, ledger), tree.read, 0)).toHaveProperty('line')
    }
    await witness.stop()
    witness = await start()
    connection.url = witness.url
    expect(await fetchCosigned(connection, ledgerKeyOf(log))).toMatchObject({ origin: `${log.name}/ledger`, size: 40 })
    expect(await requestCosignature(connection, ledger, tree.note(39, ledger), tree.read, 0)).toEqual({ ahead: 40 })
    expect((await post(0, [], tree.note(1, { ...ledger, name: `${log.name}/other` }))).status).toBe(404)
  })

  test('cosigns a log that only grows, in any steps, and remembers it across restarts', async () => {
    for (const size of [1, 2, 255, 256, 256, 300, 512, 513]) {
      const answer = await requestCosignature(
        { url: witness.url, key: witness.key },
        log,
        tree.note(size),
        tree.read,
        0,
      )
      const cosigned = 'line' in answer ? readCheckpoint(`${tree.note(size)}${answer.line}\n`) : undefined
      expect(cosigned && signedBy(witness.key, cosigned)).toMatchObject({ seconds: expect.any(Number) })
    }
    await witness.stop()
    witness = await start()
    const origin = createHash('sha256').update(log.name).digest('hex')
    const held = readCheckpoint(await (await fetch(`${witness.url}/${origin}/checkpoint`)).text())
    expect(held?.size).toBe(513)
    expect(held && [typeof signedBy(log, held), typeof signedBy(witness.key, held)]).toEqual(['object', 'object'])
    expect(await post(300, [], tree.note(600))).toMatchObject({ status: 409, type: 'text/x.tlog.size', text: '513\n' })
  })

  test('refuses what C2SP tlog-witness requires it to refuse, and keeps its state', async () => {
    const proof = await consistencyProof(513, 600, tree.read)
    const other = treeOf([hashLeaf(Buffer.from('another')), ...leaves.slice(1)])
    const stranger = makeSigner(log.name, newKey(), 'note')
    const elsewhere = makeSigner('seloste/other/00000002', newKey(), 'note')
    const forged = tree.note(600).replace(/\n600\n/, '\n601\n')
    const refused: [string, Awaited<ReturnType<typeof post>>, number][] = [
      ['no old size', await post('x', proof, tree.note(600)), 400],
      ['an old size with zeroes', await post('0513', proof, tree.note(600)), 400],
      ['no checkpoint', await post(513, proof, 'hello\n'), 400],
      ['too long a proof', await post(513, Array<Buffer>(64).fill(leaves[0] as Buffer), tree.note(600)), 400],
      ['an old size above the new one', await post(513, [], tree.note(512)), 400],
      ['another log', await post(0, [], tree.note(600, elsewhere)), 404],
      ['a stranger’s key', await post(513, proof, tree.note(600, stranger)), 403],
      ['a checkpoint changed after it was signed', await post(513, proof, forged), 403],
      ['no proof', await post(513, [], tree.note(600)), 422],
      ['half a proof', await post(513, proof.slice(1), tree.note(600)), 422],
      ['an altered tree', await post(513, await consistencyProof(513, 600, other.read), other.note(600)), 422],
      ['an altered tree of the same size', await post(513, [], other.note(513)), 422],
      ['a smaller tree', await post(300, await consistencyProof(300, 400, tree.read), tree.note(400)), 409],
    ]
    for (const [problem, { status }, expected] of refused) expect([problem, status]).toEqual([problem, expected])
    expect(await post(513, proof, tree.note(600))).toMatchObject({ status: 200 })
    const big = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body: 'x'.repeat(70_000) })
    expect(big.status).toBe(413)
    expect((await fetch(`${witness.url}/elsewhere`)).status).toBe(404)
  })

  test('cosigns only one of several simultaneous checkpoints that follow the same one', async () => {
    const sizes = [601, 650, 640, 699, 620]
    const requests = sizes.map(async (size) => post(600, await consistencyProof(600, size, tree.read), tree.note(size)))
    const statuses = (await Promise.all(requests)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(4)
  })

  test('reports a log that was rolled back; the log’s owner accepts that report only with a checkpoint that the log has signed', async () => {
    const key = witness.key
    const answer = await requestCosignature({ url: witness.url, key }, log, tree.note(100), tree.read, 0)
    expect(answer).toHaveProperty('ahead')
    const liar = createServer((incoming, outgoing) => {
      if (incoming.method === 'POST') outgoing.writeHead(409).end('900\n')
      else outgoing.writeHead(200).end(tree.note(900, makeSigner(log.name, newKey(), 'note')))
    })
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    const { port } = liar.address() as { port: number }
    const result = await requestCosignature({ url: `http://127.0.0.1:${port}`, key }, log, tree.note(100), tree.read, 0)
    expect(result).toEqual({ failed: expect.stringContaining('shows no checkpoint') })
    await new Promise((resolve) => liar.close(resolve))
  })

  test('reports a second log signed with the same key; the log’s owner accepts that report only with a valid signature', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seloste-witness-'))
    const other = await start(log, folder)
    const fork = treeOf([...leaves.slice(0, 50), ...leaves.slice(0, 50).map((leaf) => hashLeaf(leaf))])
    expect(await requestCosignature(other, log, fork.note(80), fork.read, 0)).toHaveProperty('line')
    // The original log is at least as long as the fork.
    for (const size of [80, 200])
      expect(await requestCosignature(other, log, tree.note(size), tree.read, 0)).toEqual({ differs: 80 })
    await other.stop()
    for (const checkpoint of [tree.note(40), fork.note(80, makeSigner(log.name, newKey(), 'note')), 'nothing']) {
      const liar = createServer((incoming, outgoing) => {
        if (incoming.method === 'POST') outgoing.writeHead(422).end('no\n')
        else outgoing.writeHead(200).end(checkpoint)
      })
      await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
      const { port } = liar.address() as { port: number }
      const result = await requestCosignature(
        { ...other, url: `http://127.0.0.1:${port}` },
        log,
        tree.note(200),
        tree.read,
        40,
      )
      expect(result).toEqual({ failed: expect.stringContaining('422') })
      await new Promise((resolve) => liar.close(resolve))
    }
  })

  test('refuses to continue from another log’s state', async () => {
    await witness.stop()
    await expect(start(makeSigner('seloste/other/00000002', newKey(), 'note'))).rejects.toThrow(
      'was not cosigned by this witness for this log',
    )
    witness = await start()
  })
})
