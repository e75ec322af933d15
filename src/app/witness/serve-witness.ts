/**
 * A witness (C2SP tlog-witness) with one key for the audit log and the destruction ledger of one installation. It stores the
 * last checkpoint of each, receives new ones over HTTP, and cosigns those that are consistent with the stored one. A cosigned
 * checkpoint is on disk before the answer. A witness never receives entries.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { formatEndpoint, type Endpoint } from '#platform/config/addresses.ts'
import { closeServer, listenAt, readBody } from '#platform/connections/small-server.ts'
import { Fault } from '#platform/fault.ts'
import type { Log } from '#platform/log/log.ts'
import { lockFolder } from '#platform/processes/lock-folder.ts'
import { openLogFolder, type LogFolder } from '#safeguards/audit/log-folder.ts'
import {
  cosign,
  makeSigner,
  readCheckpoint,
  signedBy,
  type SignedCheckpoint,
  type Signer,
  type VerifierKey,
} from '#safeguards/audit/note.ts'
import { addCheckpoint, originOf } from '#safeguards/audit/witness/add-checkpoint.ts'
import { ledgerKeyOf } from '#safeguards/ledger/ledger-tree.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'

const maxBodyLength = 64 * 1024
const keyName = 'witness'

interface WitnessOptions {
  endpoint: Endpoint
  /** Folder of the witness's key and last checkpoints. */
  state: string
  logKey: VerifierKey
  name: string | undefined
  log: Log
}

interface ServedWitness {
  url: string
  key: Signer
  stop: () => Promise<void>
}

export async function serveWitness(options: WitnessOptions): Promise<ServedWitness> {
  const lock = lockFolder(options.state)
  if (lock.kind === 'in-use') {
    throw new Fault(
      'witness-state-in-use',
      `another witness (process id ${lock.pid}) uses ${options.state}: two of them could cosign two different logs under one key`,
    )
  }
  try {
    const served = await serve(options)
    return { ...served, stop: () => served.stop().finally(lock.release) }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function serve(options: WitnessOptions): Promise<ServedWitness> {
  const { endpoint, logKey, log } = options
  const signer = await witnessKey(options.state, options.name)
  const logs = await Promise.all([
    openWitnessedLog(options.state, 'seen', logKey, signer),
    openWitnessedLog(options.state, 'seen-ledger', ledgerKeyOf(logKey), signer),
  ])
  let turn: Promise<unknown> = Promise.resolve()

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed')
      if (!outgoing.headersSent) outgoing.writeHead(500)
      outgoing.end()
    })
  })

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const log = logs.find(({ hash }) => incoming.url === `/${hash}/checkpoint`)
    if (incoming.method === 'GET' && log?.latest) {
      outgoing.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(log.latest.note)
      return
    }
    if (incoming.method !== 'POST' || incoming.url !== '/add-checkpoint') {
      respond(outgoing, 404, 'a witness supports only POST /add-checkpoint and GET /<origin hash>/checkpoint')
      return
    }
    const body = await readBody(incoming, maxBodyLength)
    if (body === undefined) {
      respond(outgoing, 413, `the request body exceeds ${maxBodyLength} bytes`)
      return
    }
    // One request at a time: no other may be cosigned between reading the last checkpoint and cosigning this one.
    const handled = turn.then(() => handleAddCheckpoint(body, outgoing))
    turn = handled.catch(() => undefined)
    await handled
  }

  async function handleAddCheckpoint(body: string, outgoing: ServerResponse): Promise<void> {
    const origin = originOf(body)
    const seen = logs.find(({ key }) => key.name === origin) ?? logs[0]
    const found = addCheckpoint(body, seen.key, seen.latest)
    if (found.status === 409) {
      outgoing.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${found.size}\n`)
      return
    }
    if (found.status !== 200) {
      log.warn({ status: found.status, why: found.why }, 'refused to cosign a checkpoint')
      respond(outgoing, found.status, found.why)
      return
    }
    const { checkpoint } = found
    const logLine = signedBy(seen.key, checkpoint)
    const line = cosign(signer, checkpoint.text, Math.floor(Date.now() / 1000))
    const note = `${checkpoint.text}\n${typeof logLine === 'object' ? logLine.line : ''}\n${line}\n`
    await seen.folder.writeCheckpoint(note)
    seen.latest = { ...checkpoint, note }
    outgoing.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${line}\n`)
  }

  const { port } = await listenAt(server, endpoint)
  return {
    url: `http://${formatEndpoint({ host: endpoint.host, port })}`,
    key: signer,
    stop: () => closeServer(server),
  }
}

interface WitnessedLog {
  key: VerifierKey
  /** SHA-256 of the origin, as used in URLs. */
  hash: string
  folder: LogFolder
  /** The last cosigned checkpoint. */
  latest: (SignedCheckpoint & { note: string }) | undefined
}

/** Opens the stored state. Refuses the state of another witness: the last checkpoints of this witness would be lost. */
async function openWitnessedLog(state: string, name: string, key: VerifierKey, signer: Signer): Promise<WitnessedLog> {
  const folder = await openLogFolder(join(state, name))
  const hash = createHash('sha256').update(key.name).digest('hex')
  const note = await folder.readCheckpoint()
  if (note === undefined) return { key, hash, folder, latest: undefined }
  const read = readCheckpoint(note)
  if (!read || typeof signedBy(key, read) === 'string' || typeof signedBy(signer, read) === 'string') {
    throw new Fault(
      'witness-state-other',
      `the checkpoint in ${state} was not cosigned by this witness for this log: use the folder of this log, or a new one`,
    )
  }
  return { key, hash, folder, latest: { ...read, note } }
}

async function witnessKey(state: string, name: string | undefined): Promise<Signer> {
  const keys = await openKeyFolder(join(state, 'keys'))
  const held = await keys.read(keyName)
  if (held) {
    const end = held.indexOf('\n')
    const known = held.subarray(0, end).toString('utf8')
    if (name !== undefined && name !== known) {
      throw new Fault('argument-wrong', `--name is "${name}", but the witness of this folder is "${known}"`)
    }
    return makeSigner(known, held.subarray(end + 1), 'cosignature')
  }
  const chosen = name ?? `seloste-witness/${randomBytes(4).toString('hex')}`
  if (!/^[^\s+]+$/.test(chosen))
    throw new Fault('argument-wrong', `--name is "${chosen}"; spaces and + are not allowed`)
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
  await keys.write(keyName, Buffer.concat([Buffer.from(`${chosen}\n`), privateKey]))
  return makeSigner(chosen, privateKey, 'cosignature')
}

function respond(outgoing: ServerResponse, status: number, reason: string): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`)
}
