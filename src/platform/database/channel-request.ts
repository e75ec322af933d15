// Requests to processes on other machines over LISTEN/NOTIFY. Nothing is stored. Requests must contain no secrets: every
// database role can read them, and can answer. So answers are authenticated by a key (HMAC) that only the two sides have.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { sql, type Kysely } from 'kysely'
import { listen, type Listening } from './listen.ts'

const requestChannel = 'seloste_asked'
const responseChannel = 'seloste_told'
/** A notification holds 8,000 bytes (PostgreSQL, NOTIFY). */
const pieceLength = 7_000
/** Largest answer, uncompressed. */
const maxBytes = 32 << 20
const maxPieces = Math.ceil(maxBytes / pieceLength)
/** Most identical requests that wait for one answer, and most different requests that wait; further ones are dropped. */
const maxWaiting = 8

interface ChannelRequest {
  id: string
  what: string
  /** Names of the processes whose answers are expected. */
  of: readonly string[]
}

interface Piece {
  id: string
  from: string
  /** Index of the piece, from 0, and the number of pieces. */
  place: number
  of: number
  part: string
  /** HMAC-SHA-256 of the rest, base64. */
  mac: string
}

/** Every database role can write to a channel: messages that are not ours are ignored. */
function parse(payload: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(payload)
    return typeof message === 'object' && message !== null ? { ...message } : {}
  } catch {
    return {}
  }
}

function readRequest(payload: string): ChannelRequest | undefined {
  const { id, what, of } = parse(payload)
  if (typeof id !== 'string' || typeof what !== 'string' || !Array.isArray(of)) return undefined
  return { id, what, of: of.filter((one) => typeof one === 'string') }
}

function readPiece(payload: string): Piece | undefined {
  const { id, from, place, of, part, mac } = parse(payload)
  if (typeof id !== 'string' || typeof from !== 'string' || typeof part !== 'string' || typeof mac !== 'string')
    return undefined
  if (!Number.isSafeInteger(place) || !Number.isSafeInteger(of)) return undefined
  const piece = { id, from, place: Number(place), of: Number(of), part, mac }
  return piece.place >= 0 && piece.place < piece.of && piece.of <= maxPieces ? piece : undefined
}

function macOf(key: string, { id, from, place: index, of, part }: Omit<Piece, 'mac'>): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([id, from, index, of, part]))
    .digest('base64')
}

function isAuthentic(key: string, { mac, ...piece }: Piece): boolean {
  const [expected, given] = [Buffer.from(macOf(key, piece)), Buffer.from(mac)]
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/**
 * Answers requests until `stop()`, one at a time: every database role can send as many as it likes. The same request several
 * times has one answer.
 * @param name unique among those who answer; every database role can read it
 * @param key secret by which requesters recognise the answers
 * @param answer returns JSON, or undefined if the request is for another process
 */
export function answerOnChannel<Tables>(options: {
  db: Kysely<Tables>
  url: string
  name: string
  key: string
  answer: (request: string) => Promise<unknown>
  onFault: (error: unknown) => void
}): Listening {
  const { db, name, key, onFault } = options
  /** Ids of waiting requests, by request. */
  const waiting = new Map<string, string[]>()
  let responding: Promise<void> | undefined

  async function respondToAll(): Promise<void> {
    for (const [request, ids] of waiting) {
      waiting.delete(request)
      await respond(request, ids).catch(onFault)
    }
  }
  async function respond(request: string, ids: readonly string[]): Promise<void> {
    const message = await options.answer(request)
    if (message === undefined) return
    const packed = (await promisify(zstdCompress)(JSON.stringify(message))).toString('base64')
    const of = Math.ceil(packed.length / pieceLength)
    for (let index = 0; index < of; index++) {
      const part = packed.slice(index * pieceLength, (index + 1) * pieceLength)
      for (const id of ids) {
        const piece = { id, from: name, place: index, of, part }
        const signed: Piece = { ...piece, mac: macOf(key, piece) }
        await sql`select pg_notify(${responseChannel}, ${JSON.stringify(signed)})`.execute(db)
      }
    }
  }
  return listen({
    url: options.url,
    channels: [requestChannel],
    onNotification(_channel, payload) {
      const { id, what, of: recipients } = readRequest(payload) ?? {}
      if (id === undefined || what === undefined || !recipients?.includes(name)) return
      const ids = waiting.get(what) ?? []
      if (ids.length >= maxWaiting || (ids.length === 0 && waiting.size >= maxWaiting)) return
      waiting.set(what, [...ids, id])
      responding ??= respondToAll().finally(() => (responding = undefined))
    },
    onBroken: onFault,
  })
}

export interface ChannelRequester {
  /**
   * Sends a request and waits until all have answered, or `forMs`.
   * @param expected key of each process that should answer, by its name
   * @returns answers by name
   */
  request(request: string, expected: ReadonlyMap<string, string>, forMs: number): Promise<Map<string, unknown>>
  stop(): Promise<void>
}

export function requestOnChannel<Tables>(options: {
  db: Kysely<Tables>
  url: string
  onFault: (error: unknown) => void
}): ChannelRequester {
  const { db, onFault } = options
  const waiting = new Map<string, (piece: Piece) => void>()
  const listening = listen({
    url: options.url,
    channels: [responseChannel],
    onNotification(_channel, payload) {
      const piece = readPiece(payload)
      if (piece) waiting.get(piece.id)?.(piece)
    },
    onBroken: onFault,
  })
  return {
    async request(what, expected, forMs) {
      const answers = new Map<string, unknown>()
      if (expected.size === 0) return answers
      const id = randomUUID()
      const pieces = new Map<string, { of: number; parts: Map<number, string> }>()
      const all = new Promise<void>((resolve) => {
        waiting.set(id, (piece) => {
          const { from, place: index, of, part } = piece
          const key = expected.get(from)
          if (key === undefined || !isAuthentic(key, piece)) return
          const known = pieces.get(from) ?? { of, parts: new Map<number, string>() }
          pieces.set(from, known)
          const { parts } = known
          // The piece belongs to another answer, or the answer is complete already.
          if (of !== known.of || parts.size === of) return
          parts.set(index, part)
          if (parts.size < of) return
          unpack(Array.from({ length: of }, (_, at) => parts.get(at) ?? '').join(''))
            .then((answer) => answers.set(from, answer))
            .catch(onFault)
            .finally(() => answers.size === expected.size && resolve())
        })
      })
      try {
        await sql`select pg_notify(${requestChannel}, ${JSON.stringify({ id, what, of: [...expected.keys()] } satisfies ChannelRequest)})`.execute(
          db,
        )
        const tooLate = new AbortController()
        await Promise.race([all, wait(forMs, undefined, { signal: tooLate.signal }).catch(() => undefined)])
        tooLate.abort()
        return answers
      } finally {
        waiting.delete(id)
      }
    },
    stop: () => listening.stop(),
  }
}

async function unpack(packed: string): Promise<unknown> {
  const bytes = await promisify(zstdDecompress)(Buffer.from(packed, 'base64'), { maxOutputLength: maxBytes })
  return JSON.parse(bytes.toString('utf8'))
}
