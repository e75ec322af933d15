/**
 * Routes below /log with checkpoints and hashes of the audit log for witnesses, as C2SP tlog-tiles. The hashes are salted, so
 * they reveal nothing about the entries.
 */
import { tileWidth } from '#safeguards/audit/tree.ts'
import { newestCheckpoint, storedHashReader } from '#safeguards/audit/stored-tree.ts'
import { withCosignatures } from '#safeguards/audit/witness/cosignatures.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

const limit = { rateLimit: { max: 1_200, timeWindow: 60_000 } }
/** Tile path, such as `0/x001/234` (full) or `0/005.p/17` (partial, width 17). */
const tilePattern = /^(\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

export function logTileRoutes(app: Routes, { db }: Desk): void {
  app.get('/log/checkpoint', { config: limit }, async (_request, reply) => {
    const checkpoint = await newestCheckpoint(db)
    if (!checkpoint) return refuse(reply, 'not-found')
    return reply.type('text/plain; charset=utf-8').send(await withCosignatures(db, checkpoint))
  })

  app.get<{ Params: { '*': string } }>('/log/tile/*', { config: limit }, async (request, reply) => {
    const [, level, path, partial] = tilePattern.exec(request.params['*']) ?? []
    const checkpoint = path === undefined ? undefined : await newestCheckpoint(db)
    if (path === undefined || !checkpoint) return refuse(reply, 'not-found')
    const index = Number(path.replaceAll(/[x/]/g, ''))
    const width = partial === undefined ? tileWidth : Number(partial)
    const from = index * tileWidth
    const members = Math.floor(checkpoint.size / tileWidth ** Number(level))
    if (width > tileWidth || (partial !== undefined && width === tileWidth) || from + width > members) {
      return refuse(reply, 'not-found')
    }
    const hashes = await storedHashReader(db)(Number(level), from, from + width)
    // Full tiles never change.
    if (partial === undefined) reply.header('cache-control', 'public, max-age=31536000, immutable')
    return reply.type('application/octet-stream').send(Buffer.concat(hashes))
  })
}
