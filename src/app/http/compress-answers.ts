/** Compresses long answers that hold neither a secret nor anything that the requester sent: their length reveals nothing (BREACH). */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip as gzipped } from 'node:zlib'
import type { Routes } from './routes.ts'

const [brotli, gzip] = [promisify(brotliCompress), promisify(gzipped)]
/** Operations of the contract whose answer is the same for everybody signed in. */
const compressible = new Set(['readEvidence'])
/** A compromise between time and size, for answers made at each request. */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

export function compressAnswers(app: Routes): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { operationId } = (request.routeOptions.schema ?? {}) as { operationId?: string }
    if (operationId === undefined || !compressible.has(operationId)) return payload
    if (reply.statusCode !== 200 || typeof payload !== 'string') return payload
    reply.header('vary', 'accept-encoding')
    const accepted = request.headers['accept-encoding'] ?? ''
    if (/\bbr\b/.test(accepted)) return brotli(payload, quality).then(sendAs('br'))
    if (/\bgzip\b/.test(accepted)) return gzip(payload).then(sendAs('gzip'))
    return payload

    function sendAs(encoding: string) {
      return (bytes: Buffer) => {
        reply.header('content-encoding', encoding).removeHeader('content-length')
        return bytes
      }
    }
  })
}
