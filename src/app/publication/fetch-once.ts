import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Routes } from '#app/http/routes.ts'
import { languages, type Language } from '#description/register-description.ts'
import { everyLanguage } from './addresses.ts'
import { html, type Html } from './html.ts'
import type { Pages } from './pages.ts'

/** Something sealed that lies ready behind a link, once. */
export interface Fetchable<Fetched extends { sizeBytes: number }> {
  /** The first part of the link's path. */
  path: string
  /** What it is, for the log of the process. */
  name: string
  /** The language of whoever it is for; nothing where there is nothing to fetch. */
  behind: (token: string) => Promise<Language | undefined>
  begin: (token: string) => Promise<Fetched | undefined>
  /** Sealed bytes from a position on, in base64; nothing where it has ended meanwhile. */
  piece: (asked: Fetched & { from: number }) => Promise<{ bytes?: string }>
  taken: (fetched: Fetched) => Promise<unknown>
  page: (language: Language, action: string) => Html
  words: Record<Language, { title: string; goneTitle: string; gone: string; fileName: string }>
  /** Of the file that is saved, with its first point. */
  suffix: string
}

/** So many from one network address in ten minutes: a link is never guessed, and nobody fetches this often. */
const most = { max: 30, timeWindow: '10 minutes' }
const isToken = /^[\w-]{43}$/

interface Asked {
  Params: { token: string }
  Querystring: { language?: string }
}

/**
 * Where somebody outside fetches what was sealed for them, once. Whoever opens the page takes nothing: the button does. A link
 * that is wrong, used or over is answered alike, in the browser's language and not in the recipient's.
 */
export function fetchOnceRoutes<Fetched extends { sizeBytes: number }>(
  app: Routes,
  pages: Pages,
  what: Fetchable<Fetched>,
): void {
  app.get<Asked>(`/${what.path}/:token`, { config: { rateLimit: most } }, async (request, reply) => {
    const { token } = request.params
    const meant = isToken.test(token) ? await what.behind(token) : undefined
    if (!meant) return sendGone(request, reply)
    const language = chosen(request) ?? meant
    // With a status of its own: it is kept nowhere.
    return pages.send(request, confidential(reply), language, {
      title: what.words[language].title,
      crumbs: [],
      addresses: everyLanguage((one) => `/${what.path}/${token}?language=${one}`),
      status: 200,
      content: what.page(language, `/${what.path}/${token}?language=${language}`),
    })
  })

  app.post<Asked>(`/${what.path}/:token`, { config: { rateLimit: most } }, async (request, reply) => {
    const { token } = request.params
    const fetched = isToken.test(token) ? await what.begin(token) : undefined
    if (!fetched) return sendGone(request, reply)
    return sendSealed(request, reply, what, fetched, what.words[chosen(request) ?? 'fi'].fileName + what.suffix)
  })

  async function sendGone(request: FastifyRequest<Asked>, reply: FastifyReply) {
    const language = chosen(request) ?? preferred(request) ?? 'fi'
    const { goneTitle: title, gone: text } = what.words[language]
    return pages.send(request, confidential(reply), language, {
      title,
      crumbs: [],
      addresses: everyLanguage((one) => `?language=${one}`),
      status: 404,
      content: html`<article class="sheet">
        <h1>${title}</h1>
        <p>${text}</p>
      </article>`,
    })
  }
}

/** Sends sealed bytes to be saved, and says when the last of them has left. */
export function sendSealed<Fetched extends { sizeBytes: number }>(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, piece, taken }: Pick<Fetchable<Fetched>, 'name' | 'piece' | 'taken'>,
  fetched: Fetched,
  fileName: string,
): FastifyReply {
  const pieces = Readable.from(piecesOf(name, piece, fetched), { objectMode: false })
  reply.raw.on('finish', () => {
    // The last byte has been sent; where the connection broke before, this never comes and it may be begun again.
    if (!pieces.readableEnded) return
    taken(fetched).catch((error: unknown) => {
      request.log.error({ err: error }, `a ${name} was fetched, and could not be noted as fetched`)
    })
  })
  return confidential(reply)
    .code(200)
    .type('application/octet-stream')
    .header('content-length', fetched.sizeBytes)
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(pieces)
}

/** Sealed bytes in order; what ends meanwhile breaks off, so that nobody takes a part for the whole. */
async function* piecesOf<Fetched extends { sizeBytes: number }>(
  name: string,
  ask: Fetchable<Fetched>['piece'],
  fetched: Fetched,
) {
  for (let from = 0; from < fetched.sizeBytes;) {
    const { bytes } = await ask({ ...fetched, from })
    if (bytes === undefined) throw new Error(`the ${name} has ended while it was fetched`)
    const piece = Buffer.from(bytes, 'base64')
    from += piece.length
    yield piece
  }
}

/** The link is a secret: no other site is told of it, and no search engine. */
function confidential(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
}

function chosen({ query }: FastifyRequest<Asked>): Language | undefined {
  return languages.find((one) => one === query.language)
}

/** The first of a browser's languages that there is. */
function preferred({ headers }: FastifyRequest<Asked>): Language | undefined {
  const wanted = (headers['accept-language'] ?? '').split(',').map((one) => one.trim().slice(0, 2).toLowerCase())
  return wanted.flatMap((one) => languages.filter((known) => known === one))[0]
}
