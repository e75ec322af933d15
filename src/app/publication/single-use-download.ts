import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Routes } from '#app/http/routes.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { everyLanguage } from './addresses.ts'
import { copyPage } from './copy-page.ts'
import { html } from './html.ts'
import type { Pages } from './pages.ts'
import { downloadTexts } from './page-texts.ts'

/** Encrypted file that can be downloaded once through a link. */
export interface SingleUseDownload<Fetched extends { sizeBytes: number }> {
  /** First part of the link's path. */
  path: string
  /** Kind of file, which selects the text of the page. */
  kind: 'copy' | 'package'
  /** Name of the kind in the process log. */
  name: string
  /** Returns the recipient's language; undefined if the link is not valid. */
  languageOfLink: (token: string) => Promise<Language | undefined>
  /** Starts a download; `isBusy` while another client downloads the file. */
  begin: (token: string, address: string) => Promise<Fetched | { isBusy: true } | undefined>
  /** Returns encrypted bytes from a position, in base64; no bytes if the download has ended meanwhile. */
  piece: (request: Fetched & { from: number }) => Promise<{ bytes?: string }>
  /** Ends a download whose bytes were all sent: the link is used up. */
  taken: (fetched: Fetched) => Promise<unknown>
  /** Ends an interrupted download: the link can be used again. */
  releaseLease: (fetched: Fetched) => Promise<unknown>
  /** Suffix of the saved file, with its dot. */
  suffix: string
}

/** Rate limit per network address, against guessing links. Nobody downloads this often. */
const rateLimit = { max: 30, timeWindow: '10 minutes' }
const isToken = /^[\w-]{43}$/

interface DownloadRequest {
  Params: { token: string }
  Querystring: { language?: string }
}

/**
 * Serves single-use downloads of files encrypted for an external recipient. Opening the page does not use up the download,
 * pressing its button does. Invalid, used and expired links get the same answer, in the browser's language instead of the
 * recipient's. While one client downloads, all others get 409 and no data.
 */
export function singleUseDownloadRoutes<Fetched extends { sizeBytes: number }>(
  app: Routes,
  pages: Pages,
  source: SingleUseDownload<Fetched>,
): void {
  const fewAttempts = { onRequest: app.rateLimit(rateLimit) }
  app.get<DownloadRequest>(`/${source.path}/:token`, fewAttempts, async (request, reply) => {
    const { token } = request.params
    const recipientLanguage = isToken.test(token) ? await source.languageOfLink(token) : undefined
    if (!recipientLanguage) return sendUnavailable(request, reply, 404)
    const language = chosenLanguage(request) ?? recipientLanguage
    // The explicit status prevents caching (pages.ts).
    return pages.send(request, confidential(reply), language, {
      title: downloadTexts(language)(`download.${source.kind}.title`),
      crumbs: [],
      addresses: everyLanguage((one) => `/${source.path}/${token}?language=${one}`),
      status: 200,
      content: copyPage(source.kind, language, `/${source.path}/${token}?language=${language}`),
    })
  })

  app.post<DownloadRequest>(`/${source.path}/:token`, fewAttempts, async (request, reply) => {
    const { token } = request.params
    const fetched = isToken.test(token) ? await source.begin(token, request.ip) : undefined
    if (!fetched) return sendUnavailable(request, reply, 404)
    if ('isBusy' in fetched) return sendUnavailable(request, reply, 409)
    return sendEncryptedFile(
      request,
      reply,
      source,
      fetched,
      downloadTexts(chosenLanguage(request) ?? 'fi')(`download.${source.kind}.file-name`) + source.suffix,
    )
  })

  async function sendUnavailable(request: FastifyRequest<DownloadRequest>, reply: FastifyReply, status: 404 | 409) {
    const language = chosenLanguage(request) ?? preferredLanguage(request) ?? 'fi'
    const [t, reason] = [downloadTexts(language), status === 409 ? 'busy' : 'gone'] as const
    const [title, text] = [t(`download.${source.kind}.${reason}-title`), t(`download.${source.kind}.${reason}`)]
    return pages.send(request, confidential(reply), language, {
      title,
      crumbs: [],
      addresses: everyLanguage((one) => `?language=${one}`),
      status,
      content: html`<article class="sheet">
        <h1>${title}</h1>
        <p>${text}</p>
      </article>`,
    })
  }
}

/** Sends encrypted bytes as a file, and reports to the custodian that all were sent or that the connection broke. */
export function sendEncryptedFile<Fetched extends { sizeBytes: number }>(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, piece, taken, releaseLease }: Pick<SingleUseDownload<Fetched>, 'name' | 'piece' | 'taken' | 'releaseLease'>,
  fetched: Fetched,
  fileName: string,
): FastifyReply {
  const pieces = Readable.from(piecesOf(name, piece, fetched, reply.raw), { objectMode: false })
  reply.raw.once('close', () => {
    const isWhole = reply.raw.writableFinished && pieces.readableEnded
    const report = isWhole ? taken : releaseLease
    report(fetched).catch((error: unknown) => {
      request.log.error({ err: error }, `cannot report the end of the download of a ${name} to the custodian`)
    })
  })
  return confidential(reply)
    .code(200)
    .type('application/octet-stream')
    .header('content-length', fetched.sizeBytes)
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(pieces)
}

/**
 * Yields the encrypted bytes in order; throws if the download ends early, so that the client does not treat a part as the whole
 * file. Requests each piece only after the previous one was sent, because the custodian sends the last piece only once: it must
 * not be requested if the connection has already broken.
 */
async function* piecesOf<Fetched extends { sizeBytes: number }>(
  name: string,
  fetchPiece: SingleUseDownload<Fetched>['piece'],
  fetched: Fetched,
  to: ServerResponse,
) {
  for (let from = 0; from < fetched.sizeBytes;) {
    await waitForDrain(to)
    const { bytes } = await fetchPiece({ ...fetched, from })
    if (bytes === undefined) throw new Error(`the ${name} expired during its download`)
    const piece = Buffer.from(bytes, 'base64')
    from += piece.length
    yield piece
  }
}

/** Waits until what was written has been sent. Throws if the connection has broken. */
async function waitForDrain(response: ServerResponse): Promise<void> {
  if (response.writableNeedDrain && !response.destroyed) {
    const { promise, resolve } = Promise.withResolvers<void>()
    response.once('drain', resolve).once('close', resolve)
    await promise
    response.off('drain', resolve).off('close', resolve)
  }
  if (response.destroyed) throw new Error('the connection has broken')
}

/** Sets headers that keep the secret link from other sites (Referrer-Policy) and from search engines. */
function confidential(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
}

function chosenLanguage({ query }: FastifyRequest<DownloadRequest>): Language | undefined {
  return languages.find((one) => one === query.language)
}

/** Returns the first of a browser's languages that is supported. */
function preferredLanguage({ headers }: FastifyRequest<DownloadRequest>): Language | undefined {
  const wanted = (headers['accept-language'] ?? '').split(',').map((one) => one.trim().slice(0, 2).toLowerCase())
  return wanted.flatMap((one) => languages.filter((known) => known === one))[0]
}
